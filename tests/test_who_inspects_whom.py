"""Who inspects whom follows from a lot, from a supplement, or from an appointment that is shown as such; nothing else changes it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client

from mingqian.accounts.states import Role
from mingqian.drawing.bundle.selectors import bundle_files, teams_of
from mingqian.drawing.tests.changes import asked
from mingqian.pages.access import walk_urls
from mingqian.planning.models import Encounter
from mingqian.testing import Bureau, opened_draw

ROOT = Path(__file__).resolve().parent.parent / "mingqian"
#: Who alone may put a team on record, and who alone may keep what a lot or an appointment brought.
BURDEN_WRITERS = {"drawing/aftermath.py"}
RESULT_WRITERS = {"drawing/draw/services.py", "drawing/changes/services.py"}
#: A joint visit and a warning repeat a team as it stands; they are read by nobody who sends an inspector anywhere.
TEAM_WRITERS = {
    "planning/burden/services.py",
    "drawing/joint/services.py",
    "drawing/warnings/selectors.py",
}


def trees() -> Iterator[tuple[str, ast.Module]]:
    """Yield every module of the platform, tests and migrations apart."""
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if "/tests/" not in name and "/migrations/" not in name:
            yield name, ast.parse(path.read_text())


def called(node: ast.AST) -> str:
    """Return the name that a call calls, "" for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def test_art10_only_draws_and_supplements_put_teams_on_record() -> None:
    """A10.3: the functions that write teams are called from the opening of a draw and of a supplement alone."""
    wanted = {"note_drawn", "note_teams", "note_replaced"}
    callers = {name for name, tree in trees() for node in ast.walk(tree) if called(node) in wanted}
    assert callers == BURDEN_WRITERS


def test_art10_outcomes_are_written_where_they_are_computed() -> None:
    """A10.3: a lot is opened by two services alone, which keep what it computed; the team of a visit is set where it was computed."""
    results, teams = set(), set()
    for name, tree in trees():
        for node in ast.walk(tree):
            if called(node) == "opened" or (isinstance(node, ast.keyword) and node.arg == "result_json"):
                results.add(name)
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                results |= {name} if node.attr == "result_json" else set()
                teams |= {name} if node.attr == "team" else set()
            if called(node) in {"update", "bulk_update"} and isinstance(node, ast.Call):
                assert not {one.arg for one in node.keywords} & {"team", "result_json"}, name
    assert results == RESULT_WRITERS
    assert teams <= TEAM_WRITERS


def test_art10_there_is_no_admin_site() -> None:
    """A10.3: no generic editor of rows is installed."""
    assert not apps.is_installed("django.contrib.admin")


def arguments(route: str, known: dict[str, object]) -> dict[str, object] | None:
    """Return what an address needs, None where it leads elsewhere."""
    names = [part.split(":")[-1].split(">")[0] for part in route.split("<")[1:]]
    return {name: known[name] for name in names} if set(names) <= known.keys() else None


@pytest.mark.django_db
def test_art10_no_page_moves_an_inspector(stocked: Bureau, client: Client) -> None:
    """A10.3: forged forms to every address of a draw, by everybody who works with draws, leave teams and bundle as they were."""
    draw = opened_draw(stocked)
    change = asked(stocked, draw)
    teams, files = teams_of(draw), bundle_files(draw)
    on_record = sorted(Encounter.objects.values_list("subject__number", "team", "dropped_why"))
    subject, other = sorted(teams)[:2]
    known: dict[str, object] = {
        "code": draw.code,
        "serial": change.serial,
        "subject": subject,
        "number": teams[subject][0],
        "position": 1,
        "pk": 1,
        "form": "pdf",
    }
    forged = {
        "team": teams[other], "inspector": teams[other][0], "inspectors": teams[other], "subject": subject, "subjects": [subject],
        "came_inspector": teams[other][0], "coming": teams[other], "appointed": teams[other][0], "assignments": "[]", "kind": "appointment",
        "result_json": "{}", "leader": teams[other][0], "decision": "decline", "reviewed": "", "digits": "123456789012", "position": "1",
    }  # fmt: skip
    tried = 0
    for role in (
        Role.DIVISION_OFFICER,
        Role.REGULATIONS_OFFICER,
        Role.DIVISION_HEAD,
        Role.LEADER,
        Role.PRINCIPAL_LEADER,
    ):
        client.force_login(stocked.user(role), backend="django.contrib.auth.backends.ModelBackend")
        for route, name, _callback in walk_urls():
            where = arguments(route, known) if name.startswith("drawing:") and "draft" not in name else None
            if where is not None:
                tried += 1
                address = "/" + route
                for key, value in where.items():
                    kind = next(k for k in ("str", "int", "slug") if f"<{k}:{key}>" in address)
                    address = address.replace(f"<{kind}:{key}>", str(value))
                for way in (client.post, client.put, client.delete):
                    assert way(address, forged if way == client.post else "").status_code < 500
    assert tried > 100
    draw.refresh_from_db()
    assert teams_of(draw) == teams
    assert bundle_files(draw) == files
    assert sorted(Encounter.objects.values_list("subject__number", "team", "dropped_why")) == on_record
