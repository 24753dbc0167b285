"""Reading the changes of draws: who may see and decide, teams as they stand, and members who should be changed (art. 11)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from mingqian.accounts.models import User
from mingqian.accounts.states import OFFICER_ROLES, Role
from mingqian.common import clock
from mingqian.common.rows import row_or_404
from mingqian.documents.files import services as file_services
from mingqian.drawing.changes.states import Reason
from mingqian.drawing.draw.selectors import draw_for, is_officer, names_of, numbered, teams_of
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.planning.burden.selectors import teams_on_record
from mingqian.planning.tasks.states import TaskState
from mingqian.registry.models import Inspector
from mingqian.registry.people.selectors import inspectors_of, interests_on, why_not_drawable
from mingqian.registry.people.states import OutReason


@dataclass(frozen=True)
class Crossing:
    """A member of a team who should not be in it, by numbers and names."""

    subject: str
    subject_name: str
    inspector: str
    inspector_name: str
    why: str


def conflicts_of(draw: Draw) -> set[tuple[str, str]]:
    """Return (subject, inspector) of every interest known to the registry, the draw and its supplements."""
    pairs = {(i.subject.number, i.inspector.certificate_number) for i in interests_on(draw.organ, clock.today())}
    pairs |= {(row[0], row[1]) for one in numbered(draw) for row in one.conflicts}
    lines = file_services.read(draw.conflicts_file).decode().splitlines()
    return pairs | {(line.split("\t")[0], line.split("\t")[1]) for line in lines}


def crossings_of(draw: Draw) -> list[Crossing]:
    """Return who should be changed in an opened draw whose visits go on, by subject."""
    if draw.state != DrawState.OPENED or draw.task is None or draw.task.state != TaskState.DRAWN:
        return []
    return _crossings(draw, teams_of(draw))


def _crossings(draw: Draw, teams: dict[str, list[str]]) -> list[Crossing]:
    pairs = conflicts_of(draw)
    away = {number for one in numbered(draw) for number in one.unavailable}
    held = [
        (subject, number, "有利害关系" if (subject, number) in pairs else "检查期间不能参加")
        for subject, team in sorted(teams.items())
        for number in team
        if (subject, number) in pairs or number in away
    ]
    names = names_of(draw) if held else {}
    return [
        Crossing(subject, names.get(subject, (subject, ""))[0], number, names.get(number, (number, ""))[0], why)
        for subject, number, why in held
    ]


def crossings_to_settle(user: User) -> list[tuple[Draw, int]]:
    """Return (draw, how many) of the draws whose work `user` carries."""
    if not user.has_role(*OFFICER_ROLES):
        return []
    opened = Draw.objects.filter(organ=user.organ, state=DrawState.OPENED, task__state=TaskState.DRAWN)
    mine = [draw for draw in opened.select_related("organ", "division") if is_officer(user, draw)]
    teams = teams_on_record(draw.code for draw in mine)
    counted = (
        (draw, len(_crossings(draw, {one: list(team) for one, team in teams.get(draw.code, {}).items()})))
        for draw in mine
    )
    return [(draw, count) for draw, count in counted if count]


def table_units(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the unit of every inspector whom the draw's seal fixed."""
    return {row[0]: row[1] for row in _inspector_rows(files)}


def table_out(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return inspector → status of those whom the draw's seal left out; they may join once they are free (draw protocol, E2)."""
    return {row[0]: row[2] for row in _inspector_rows(files) if row[2] != "in"}


def joined_in(supplements: Iterable[Supplement]) -> dict[str, str]:
    """Return inspector → unit of those who came in by supplements, beside whom the draw's seal fixed."""
    return {number: unit for one in supplements for number, unit in one.joining.get("inspectors", [])}


def _inspector_rows(files: Mapping[str, bytes]) -> list[list[str]]:
    return [line.split("\t") for line in files["inspectors.tsv"].decode().splitlines()]


def drawable_names(draw: Draw) -> set[str]:
    """Return the names of the inspectors whom the draw's seal let be dealt."""
    rows = (line.split("\t") for line in file_services.read(draw.inspectors_file).decode().splitlines())
    names = names_of(draw)
    return {names[row[0]][0] for row in rows if row[2] == "in" and row[0] in names}


def window_of(draw: Draw) -> tuple[date, date]:
    """Return the days on which the visits may still take place."""
    today = clock.today()
    if draw.task is None:
        return today, today
    since = max(today, draw.task.since)
    return since, max(since, draw.task.until)


def why_away(inspector: Inspector, since: date, until: date) -> str:
    """Return the code for which somebody cannot go on any day of a window, "" where there is a day on which he can."""
    code = why_not_drawable(inspector, until)
    if code and code not in OutReason.values:
        return code
    return next((row.reason for row in inspector.absences.all() if row.covers(since) and row.covers(until)), "")


def found_since(supplement: Supplement, files: Mapping[str, bytes]) -> tuple[list[list[str]], list[str]]:
    """Return the conflicts and the absent that this seal must report: those of the registries by today, and the ground of this one."""
    earlier = numbered(supplement.draw)
    joined = joined_in([*earlier, supplement]).keys()
    people = table_units(files).keys() | joined
    # Whom the seal left out takes no part as it is. Were he reported as absent, he could not join when he is back.
    taking_part = people - (table_out(files).keys() - joined)
    pairs = _new_conflicts(supplement.draw, earlier, people, files)
    away = _newly_away(supplement.draw, earlier, taking_part)
    if supplement.is_recusal and supplement.inspector:
        pairs.add((supplement.subject, supplement.inspector))
    if supplement.is_absence and (supplement.all_visits or supplement.reason == Reason.POST):
        away.add(supplement.inspector)
    return [list(pair) for pair in sorted(pairs)], sorted(away)


def _new_conflicts(
    draw: Draw, earlier: Sequence[Supplement], people: set[str], files: Mapping[str, bytes]
) -> set[tuple[str, str]]:
    known = {tuple(pair) for other in earlier for pair in other.conflicts}
    known |= {tuple(line.split("\t")) for line in files["conflicts.tsv"].decode().splitlines()}
    subjects = {line.partition("\t")[0] for line in files["subjects.tsv"].decode().splitlines()}
    pairs = {(i.subject.number, i.inspector.certificate_number) for i in interests_on(draw.organ, clock.today())}
    return {pair for pair in pairs if pair[0] in subjects and pair[1] in people} - known


def _newly_away(draw: Draw, earlier: Sequence[Supplement], taking_part: set[str]) -> set[str]:
    since, until = window_of(draw)
    away = {one.certificate_number for one in inspectors_of(draw.organ) if why_away(one, since, until)}
    return (away & taking_part) - {number for other in earlier for number in other.unavailable}


def joining_of(supplement: Supplement) -> dict[str, Any] | None:
    """Return the key `joining` of the seal, None where nobody joins."""
    if not supplement.joining:
        return None
    return {**supplement.joining, "ground": supplement.ground, "approver": approver_of(supplement)}


def approver_of(supplement: Supplement) -> str:
    """Return who decided, as the seal names him."""
    return f"{supplement.decided_as} {supplement.decided_by.name}" if supplement.decided_by else "主要领导"


def change_for(user: User, code: str, serial: int) -> Supplement:
    """Return the request or supplement, or raise Http404 where it is not for `user` to know."""
    draw = draw_for(user, code)
    rows = draw.supplements.select_related("asked_by", "decided_by", "sealed_by").filter(serial=serial)
    row = row_or_404(rows, "没有找到这份变更申请。")
    row.draw = draw
    return row


def may_read_statement(user: User, supplement: Supplement) -> bool:
    """Say whether `user` may read the statement: who carries the work, who asked, who decides (A20.1)."""
    if is_officer(user, supplement.draw) or supplement.asked_by_id == user.pk:
        return True
    same = user.organ_id == supplement.draw.organ_id
    return same and user.has_role(Role.LEADER, Role.PRINCIPAL_LEADER)
