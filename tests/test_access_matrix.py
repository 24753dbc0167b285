"""Every address with every persona. An address that is not in the table fails the test, so that none is forgotten."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.states import ADMIN_ROLES, LEADER_ROLES, OFFICER_ROLES, READER_ROLES, Role
from mingqian.common import clock
from mingqian.common.access import declared_access, walk_urls
from mingqian.drawing import services as drawing
from mingqian.drawing.models import Draw, PeopleRequest
from mingqian.drawing.tests import changing
from mingqian.planning import bringing_in, services as planning
from mingqian.planning.models import ItemRevision
from mingqian.planning.states import Ground
from mingqian.planning.tests import stages
from mingqian.registry import duplicates, services as registry
from mingqian.registry.models import Inspector, Subject
from mingqian.registry.services import ExpertValues
from mingqian.registry.states import ExpertKind, FlagKind, InterestKind, OutReason
from mingqian.rules import services as rules
from mingqian.rules.models import RuleSet
from mingqian.rules.states import SetKind
from mingqian.testing import Bureau, make_bureau, make_draft, opened_draw, sealed_draw

EVERYBODY = frozenset({"anonymous", *Role})
SIGNED_IN = frozenset(Role)
READERS = frozenset(READER_ROLES)
OFFICERS = frozenset(OFFICER_ROLES)
LEADERS = frozenset(LEADER_ROLES)
ADMINS = frozenset(ADMIN_ROLES)
SYSTEM = frozenset({Role.SYSTEM_ADMIN})
SECURITY = frozenset({Role.SECURITY_ADMIN})
REGULATIONS = frozenset({Role.REGULATIONS_OFFICER})
LEDGER = READERS | {Role.AUDIT_ADMIN}

#: name -> (who may open it, arguments by stage)
MATRIX: dict[str, frozenset[str]] = {
    "portal:workbench": SIGNED_IN,
    "portal:ledger": LEDGER,
    "portal:ledger-verify": LEDGER,
    "portal:ledger-verification": LEDGER,
    "portal:personal": frozenset({Role.AUDIT_ADMIN, Role.DIVISION_HEAD}),
    "portal:personal-export": frozenset({Role.AUDIT_ADMIN, Role.DIVISION_HEAD}),
    "portal:components": EVERYBODY,
    "portal:health": EVERYBODY,
    "accounts:sign-in": EVERYBODY,
    "accounts:sign-out": EVERYBODY,
    "accounts:code": EVERYBODY,
    "accounts:oidc-start": EVERYBODY,
    "accounts:oidc-callback": EVERYBODY,
    "accounts:password": SIGNED_IN,
    "accounts:mine": SIGNED_IN,
    "accounts:notices": SIGNED_IN,
    "accounts:notices-seen": SIGNED_IN,
    "accounts:notice": SIGNED_IN,
    "accounts:filters": SIGNED_IN,
    "accounts:filter-save": SIGNED_IN,
    "accounts:filter-change": SIGNED_IN,
    "accounts:second-factor": SIGNED_IN,
    "accounts:second-factor-off": SIGNED_IN,
    "accounts:organs": ADMINS,
    "accounts:organ-new": SYSTEM,
    "accounts:organ": SYSTEM,
    "accounts:division-new": SYSTEM,
    "accounts:division": SYSTEM,
    "accounts:field-new": SYSTEM,
    "accounts:users": ADMINS,
    "accounts:user-new": SYSTEM,
    "accounts:user": ADMINS,
    "accounts:user-edit": SYSTEM,
    "accounts:user-reset": SYSTEM,
    "accounts:grant": SECURITY,
    "accounts:grant-end": SECURITY,
    "accounts:second-factor-drop": SECURITY,
    "accounts:sign-ins": frozenset({Role.AUDIT_ADMIN}),
    "rules:current": SIGNED_IN,
    "rules:sets": READERS,
    "rules:new": REGULATIONS,
    "rules:set": READERS,
    "rules:edit": REGULATIONS,
    "rules:submit": REGULATIONS,
    "rules:drop": REGULATIONS,
    "rules:decide": LEADERS,
    "rules:deadline": SIGNED_IN,
    "rules:calendar": SIGNED_IN,
    "rules:calendar-edit": REGULATIONS | SYSTEM,
    "registry:subjects": READERS,
    "registry:subject-new": OFFICERS,
    "registry:subjects-export": READERS,
    "registry:subject": READERS,
    "registry:subject-reveal": OFFICERS,
    "registry:subject-find": OFFICERS,
    "registry:subjects-export-personal": OFFICERS,
    "registry:expert-reveal": OFFICERS,
    "registry:experts-export-personal": OFFICERS,
    "registry:subject-edit": OFFICERS,
    "registry:subject-changes-export": READERS,
    "registry:duplicates": READERS,
    "registry:distinct-withdraw": OFFICERS,
    "registry:subject-merge": OFFICERS,
    "registry:completeness": READERS,
    "registry:completeness-export": READERS,
    "registry:as-of": READERS,
    "registry:as-of-export": READERS,
    "registry:subject-libraries": OFFICERS,
    "registry:permit-new": OFFICERS,
    "registry:permit-end": OFFICERS,
    "registry:permit-withdraw": OFFICERS,
    "registry:flag-new": OFFICERS,
    "registry:flag-end": OFFICERS,
    "registry:flag-withdraw": OFFICERS,
    "registry:flags": READERS,
    "registry:flags-export": READERS,
    "registry:exemption-new": OFFICERS,
    "registry:exemption-end": OFFICERS,
    "registry:exemption-withdraw": OFFICERS,
    "registry:exemptions": READERS,
    "registry:exemptions-export": READERS,
    "registry:libraries": READERS,
    "registry:library-new": OFFICERS,
    "registry:library-edit": OFFICERS,
    "registry:library-put-in": OFFICERS,
    "registry:inspectors": READERS,
    "registry:inspector-new": OFFICERS,
    "registry:inspectors-export": READERS,
    "registry:inspector": READERS,
    "registry:inspector-edit": OFFICERS,
    "registry:drawable": READERS,
    "registry:drawable-export": READERS,
    "registry:inspector-account": OFFICERS,
    "registry:inspector-fields": OFFICERS,
    "registry:absence-new": OFFICERS,
    "registry:absence-end": OFFICERS,
    "registry:interest-new": OFFICERS,
    "registry:interest-end": OFFICERS,
    "registry:qualification-new": OFFICERS,
    "registry:qualification-withdraw": OFFICERS,
    "registry:mine": frozenset({Role.INSPECTOR}),
    "registry:declare": frozenset({Role.INSPECTOR}),
    "registry:experts": READERS,
    "registry:expert-new": OFFICERS,
    "registry:experts-export": READERS,
    "registry:expert": READERS,
    "registry:expert-edit": OFFICERS,
    "registry:imports": READERS,
    "registry:import-new": OFFICERS,
    "registry:import-template": OFFICERS,
    "registry:import": READERS,
    "registry:import-columns": OFFICERS,
    "registry:import-confirm": OFFICERS,
    "registry:import-discard": OFFICERS,
    "registry:import-report": READERS,
    "registry:import-refused": OFFICERS,
    "documents:papers": READERS,
    "documents:paper": READERS,
    "documents:sample": READERS,
    "burden:specials": READERS,
    "burden:specials-export": READERS,
    "burden:special-new": OFFICERS,
    "burden:special": READERS,
    "burden:special-withdraw": OFFICERS,
    "burden:visits": READERS,
    "planning:laws": READERS,
    "planning:law-new": REGULATIONS,
    "planning:missing": REGULATIONS,
    "planning:laws-export": READERS,
    "planning:law": READERS,
    "planning:law-amend": REGULATIONS,
    "planning:law-repeal": REGULATIONS,
    "planning:article": READERS,
    "planning:items": READERS,
    "planning:items-export": READERS,
    "planning:drafts": READERS,
    "planning:drafts-together": OFFICERS,
    "planning:item-new": OFFICERS,
    "planning:item": READERS,
    "planning:item-edit": OFFICERS,
    "planning:item-submit": OFFICERS,
    "planning:item-drop": OFFICERS,
    "planning:item-change": OFFICERS,
    "planning:item-withdraw": OFFICERS,
    "planning:item-join": OFFICERS,
    "planning:item-return": OFFICERS,
    "planning:item-check": OFFICERS,
    "planning:lists": READERS,
    "planning:list-compose": REGULATIONS,
    "planning:list": READERS,
    "planning:list-decide": LEADERS,
    "plans:index": READERS,
    "plans:begin": OFFICERS,
    "plans:plan": READERS,
    "plans:export": READERS,
    "plans:entry-new": OFFICERS,
    "plans:estimate": OFFICERS,
    "plans:compose": REGULATIONS,
    "plans:year": READERS,
    "plans:year-measure": READERS,
    "plans:year-export": READERS,
    "plans:version": READERS,
    "plans:decide": LEADERS,
    "plans:entry": READERS,
    "plans:entry-edit": OFFICERS,
    "plans:entry-submit": OFFICERS,
    "plans:entry-drop": OFFICERS,
    "plans:entry-change": OFFICERS,
    "plans:entry-withdraw": OFFICERS,
    "plans:entry-join": OFFICERS,
    "plans:entry-return": OFFICERS,
    "plans:task-open": OFFICERS,
    "plans:tasks": READERS,
    "plans:tasks-export": READERS,
    "plans:task": READERS,
    "plans:pool": READERS,
    "plans:pool-export": READERS,
    "plans:sheet": READERS,
    "plans:sheet-file": READERS,
    "plans:task-cancel": OFFICERS,
    "plans:exclude": OFFICERS,
    "plans:expert-ask": OFFICERS,
    "plans:expert-decide": LEADERS | {Role.DIVISION_HEAD},
    "plans:expert-withdraw": OFFICERS,
    "plans:exclusion-decide": LEADERS,
    "plans:exclusion-withdraw": OFFICERS,
    "plans:joint": OFFICERS,
    "plans:joint-answer": OFFICERS,
    "planning:imports": READERS,
    "planning:import-new": OFFICERS,
    "planning:import": OFFICERS,
    "planning:import-confirm": OFFICERS,
    "planning:import-discard": OFFICERS,
    "drawing:list": READERS,
    "drawing:new": OFFICERS,
    "drawing:draft-pool": OFFICERS,
    "drawing:draft-people": OFFICERS,
    "drawing:draft-people-ask": OFFICERS,
    "drawing:draft-people-withdraw": OFFICERS,
    "drawing:people-decide": LEADERS | {Role.DIVISION_HEAD},
    "drawing:draft-conflicts": OFFICERS,
    "drawing:draft-witnesses": OFFICERS,
    "drawing:draft-seal": OFFICERS,
    "drawing:draft-drop": OFFICERS,
    "drawing:draw": READERS,
    "drawing:witness": OFFICERS,
    "drawing:receipt": OFFICERS,
    "drawing:open": OFFICERS,
    "drawing:void": OFFICERS,
    "drawing:void-decide": LEADERS,
    "drawing:publish": LEADERS,  # officers once the task is done
    "drawing:invites": OFFICERS,
    "drawing:signature": OFFICERS,
    "drawing:sign": OFFICERS,
    "drawing:change-sign": OFFICERS,
    "drawing:phone": EVERYBODY,
    "drawing:phone-state": EVERYBODY,
    "drawing:phone-sign": EVERYBODY,
    "drawing:record": READERS,
    "drawing:record-file": READERS,
    "drawing:materials": READERS,
    "drawing:signed-attach": OFFICERS,
    "drawing:signed-file": READERS,
    "drawing:signed-remove": OFFICERS,
    "drawing:media": READERS,
    "drawing:media-one": READERS,
    "drawing:media-file": READERS,
    "drawing:media-withdraw": OFFICERS,
    "drawing:uploads": OFFICERS,
    "drawing:upload": OFFICERS,
    "drawing:ceremony": READERS,
    "drawing:ceremony-state": READERS,
    "drawing:ceremony-data": READERS,
    "drawing:mine": frozenset({Role.INSPECTOR}),
    "drawing:mine-ask": frozenset({Role.INSPECTOR}),
    "drawing:joint-list": READERS,
    "drawing:joint": READERS,
    "drawing:joint-agree": OFFICERS,
    "drawing:joint-answer": OFFICERS,
    "drawing:joint-leaders": OFFICERS,
    "drawing:joint-consent": OFFICERS,
    "drawing:joint-withdraw": OFFICERS,
    "drawing:warnings": READERS,
    "drawing:warning": READERS,
    "drawing:warnings-answer": OFFICERS,
    "drawing:warning-decide": LEADERS | {Role.DIVISION_HEAD},
    "drawing:change-choose": OFFICERS,
    "drawing:change-new": OFFICERS,
    "drawing:change": READERS,
    "drawing:change-withdraw": OFFICERS | {Role.INSPECTOR},
    "drawing:change-decide": LEADERS | {Role.DIVISION_HEAD},
    "drawing:change-statement": READERS,
    "drawing:trainings": READERS,
    "drawing:train": OFFICERS,
    "drawing:change-invites": OFFICERS,
    "drawing:change-signature": OFFICERS,
    "drawing:change-ceremony": READERS,
    "drawing:change-ceremony-state": READERS,
    "drawing:change-ceremony-data": READERS,
    "drawing:change-record": READERS,
    "drawing:change-record-file": READERS,
    "drawing:change-seal": OFFICERS,
    "drawing:change-witness": OFFICERS,
    "drawing:change-receipt": OFFICERS,
    "drawing:change-open": OFFICERS,
    "drawing:change-void": OFFICERS,
    "drawing:change-void-decide": LEADERS,
    "disclosure:home": EVERYBODY,
    "disclosure:draws": EVERYBODY,
    "disclosure:draw": EVERYBODY,
    "disclosure:seal": EVERYBODY,
    "disclosure:bundle": EVERYBODY,
    "disclosure:ledger-json": EVERYBODY,
    "disclosure:check": EVERYBODY,
    "disclosure:subject": EVERYBODY,
    "disclosure:inspectors": EVERYBODY,
    "disclosure:item-lists": EVERYBODY,
    "disclosure:item-list": EVERYBODY,
    "disclosure:item-list-json": EVERYBODY,
    "disclosure:item-list-xlsx": EVERYBODY,
    "disclosure:item-list-pdf": EVERYBODY,
    "disclosure:item": EVERYBODY,
    "disclosure:plans": EVERYBODY,
    "disclosure:plan": EVERYBODY,
    "disclosure:plan-json": EVERYBODY,
    "disclosure:plan-file": EVERYBODY,
    "disclosure:plan-entry": EVERYBODY,
    "disclosure:log": EVERYBODY,
    "disclosure:log-key": EVERYBODY,
    "disclosure:checkpoint": EVERYBODY,
    "disclosure:entry-proof": EVERYBODY,
    "disclosure:consistency": EVERYBODY,
    "disclosure:tools": EVERYBODY,
    "disclosure:verify-html": EVERYBODY,
    "disclosure:verify-pyz": EVERYBODY,
}
ADDRESSES = [(name, route) for route, name, _callback in walk_urls()]


def test_the_matrix_knows_every_address_and_no_other() -> None:
    """style.md, habit 8."""
    assert {name for name, _route in ADDRESSES} == set(MATRIX)


def test_every_view_declares_who_may_open_it() -> None:
    """architecture.md: the project does not start otherwise."""
    assert [route for route, _name, callback in walk_urls() if declared_access(callback) is None] == []


def make_rule_set(bureau: Bureau) -> RuleSet:
    """Begin a version of the bureau's rules."""
    return rules.begin(
        bureau.user(Role.REGULATIONS_OFFICER),
        division=None,
        kind=SetKind.REFINEMENT,
        name="细化规定",
        basis="",
        why="工作需要",
        effective_from=clock.today() + timedelta(days=30),
    )


def special_arguments(bureau: Bureau, subject: Subject) -> dict[str, dict[str, object]]:
    """Record an inspection outside the lottery; return where its pages are."""
    today = clock.today()
    values = planning.SpecialValues(Ground.COMPLAINT, "举报核查", "举报〔2026〕7号", "能耗数据", today, today)
    two = list(Inspector.objects.filter(organ=bureau.organ)[:2])
    special = planning.record_special(bureau.officer, values, subjects=[subject], inspectors=two)
    where: dict[str, object] = {"code": special.code}
    return {
        "burden:special": where,
        "burden:special-withdraw": where,
        "burden:visits": {"number": subject.number},
    }


def people_arguments(bureau: Bureau, subject: Subject, inspector: Inspector) -> dict[str, dict[str, object]]:
    """Put something of everything beside an inspector, and an expert; return where their pages are."""
    today = clock.today()
    absence = registry.add_absence(bureau.officer, inspector, reason=OutReason.TRAVEL, since=today, until=today)
    interest = registry.add_interest(bureau.officer, inspector, subject, kind=InterestKind.OTHER, since=today)
    held = registry.add_qualification(bureau.officer, inspector, name="内审员", number="1", valid_until=None)
    values = ExpertValues(kind=ExpertKind.EXPERT, name="钱教授", speciality="节能")
    expert = registry.add_expert(bureau.officer, values)
    names = ("inspector", "inspector-edit", "inspector-account", "inspector-fields")
    more = ("absence-new", "interest-new", "qualification-new")
    return {
        **{f"registry:{name}": {"number": inspector.certificate_number} for name in (*names, *more)},
        "registry:absence-end": {"pk": absence.pk},
        "registry:interest-end": {"pk": interest.pk},
        "registry:qualification-withdraw": {"pk": held.pk},
        "registry:expert": {"number": expert.number},
        "registry:expert-edit": {"number": expert.number},
        "registry:expert-reveal": {"number": expert.number},
    }


def subject_arguments(bureau: Bureau, subject: Subject) -> dict[str, dict[str, object]]:
    """Put something of everything beside a subject; return where the pages are."""
    officer, today = bureau.officer, clock.today()
    library = registry.add_library(officer, code="minbao", name="民爆", basis="鲁工信〔2026〕1号")
    permit = registry.add_permit(officer, subject, name="生产许可", number="1", since=today)
    flag = registry.add_flag(officer, subject, kind=FlagKind.SERIOUS, source="市应急局", since=today)
    exemption = registry.add_exemption(
        officer, subject, code="miansao-2026", basis="鲁政办〔2026〕1号", source="市发改委", since=today
    )
    other = Subject.objects.filter(organ=bureau.organ).exclude(pk=subject.pk)[0]
    apart = duplicates.keep_apart(officer, subject, other, why="两家单位")
    names = (
        "subject",
        "subject-edit",
        "subject-reveal",
        "subject-libraries",
        "permit-new",
        "flag-new",
        "exemption-new",
    )
    parts: dict[str, object] = {"permit": permit.pk, "flag": flag.pk, "exemption": exemption.pk}
    return {
        **{f"registry:{name}": {"number": subject.number} for name in names},
        **{f"registry:{kind}-{act}": {"pk": pk} for kind, pk in parts.items() for act in ("end", "withdraw")},
        "registry:distinct-withdraw": {"pk": apart.pk},
        "registry:library-edit": {"code": library.code},
        "registry:library-put-in": {"code": library.code},
    }


def planning_arguments(bureau: Bureau) -> dict[str, dict[str, object]]:
    """Publish a list, leave a change under way and a table of items waiting; return where the pages are."""
    version, row, _other = stages.listed(bureau)
    draft = stages.change(bureau, row, content="另行检查")
    table = "抽查事项,抽查对象,抽查依据\n甲检查,企业,《测试节能法》第二条\n".encode()
    batch = bringing_in.upload(bureau.officer, bureau.divisions["jieneng"], file_name="事项.csv", content=table)
    item = {"code": row.item.code}
    public: dict[str, object] = {"organ": bureau.organ.code, "number": version.number}
    names = ("item", "item-change", "item-withdraw", "item-check")
    # Only the other side joins and returns: which role that is depends on who drafted, so a revision that is not there stands for it.
    nobody = {f"planning:{name}": {**item, "number": 99} for name in ("item-join", "item-return")}
    return {
        **{f"planning:{name}": {"code": "CSJN1"} for name in ("law", "law-amend", "law-repeal")},
        "planning:article": {"code": "CSJN1", "label": "第二条"},
        **{f"planning:{name}": {**item, "number": 1} for name in names},
        **{f"planning:{name}": {**item, "number": draft.number} for name in ("item-edit", "item-submit", "item-drop")},
        **nobody,
        **{f"planning:{name}": {"code": version.code} for name in ("list", "list-decide")},
        **{f"planning:{name}": {"code": batch.code} for name in ("import", "import-confirm", "import-discard")},
        **{f"disclosure:{name}": public for name in ("item-list", "item-list-json", "item-list-xlsx", "item-list-pdf")},
        "disclosure:item": {**public, **item},
    }


def plan_arguments(bureau: Bureau) -> dict[str, dict[str, object]]:
    """Publish a plan, open a task from it, leave a change under way; return where the pages are."""
    code = ItemRevision.objects.filter(item__organ=bureau.organ, state="published").earliest("pk").item.code
    task = stages.opened_task(bureau, code)
    row = task.revision
    plan, entry = row.entry.plan, {"code": row.entry.code}
    draft = stages.drafted_entry(bureau, code, title="另一项")
    public: dict[str, object] = {"organ": bureau.organ.code, "year": plan.year, "number": 1}
    open_draft = {"code": draft.entry.code, "number": 1}
    return {
        **{f"plans:{name}": {"code": plan.code} for name in ("plan", "entry-new", "estimate", "compose")},
        "plans:export": {"code": plan.code, "form": "csv"},
        **{f"plans:{name}": {"code": plan.code} for name in ("year", "year-measure", "year-export")},
        **{f"plans:{name}": {"code": f"{plan.code}-V1"} for name in ("version", "decide")},
        **{
            f"plans:{name}": {**entry, "number": 1} for name in ("entry", "entry-change", "entry-withdraw", "task-open")
        },
        **{f"plans:{name}": open_draft for name in ("entry-edit", "entry-submit", "entry-drop")},
        **{f"plans:{name}": {**entry, "number": 99} for name in ("entry-join", "entry-return")},
        **{
            f"plans:{name}": {"code": task.code}
            for name in ("task", "pool", "sheet", "task-cancel", "exclude", "joint", "expert-ask")
        },
        "plans:sheet-file": {"code": task.code, "form": "docx"},
        "plans:pool-export": {"code": task.code, "form": "csv"},
        **{
            f"plans:{name}": {"code": task.code, "pk": 99}
            for name in ("exclusion-decide", "exclusion-withdraw", "expert-decide", "expert-withdraw")
        },
        "plans:joint-answer": {"code": task.code, "pk": 99},
        **{f"disclosure:{name}": public for name in ("plan", "plan-json")},
        "disclosure:plan-file": {**public, "form": "xlsx"},
        "disclosure:plan-entry": {**public, **entry},
    }


def change_arguments(bureau: Bureau, draw: Draw) -> dict[str, dict[str, object]]:
    """Ask for a change of an opened draw; return where its pages are."""
    change = changing.asked(bureau, draw)
    where: dict[str, object] = {"code": draw.code, "serial": change.serial}
    place: dict[str, object] = {"code": draw.code, "subject": change.subject}
    names = ("", "-withdraw", "-decide", "-statement", "-seal", "-witness", "-open", "-void", "-void-decide")
    more = ("-invites", "-ceremony", "-ceremony-state", "-ceremony-data", "-record")
    return {
        **{f"drawing:change{name}": where for name in (*names, *more)},
        "drawing:trainings": {"code": draw.code},
        "drawing:train": {"code": draw.code, "number": "15039999"},
        **{f"drawing:change-{name}": {**where, "position": 1} for name in ("sign", "signature")},
        "drawing:change-record-file": {**where, "form": "pdf"},
        "drawing:change-receipt": {**where, "position": 1},
        **{f"drawing:{name}": place for name in ("change-choose", "change-new", "mine-ask")},
    }


def media_arguments(draw: Draw) -> dict[str, dict[str, object]]:
    """Return where the pictures, videos and scans of a draw are."""
    one, scan = {"code": draw.code, "serial": 1}, {"code": draw.code, "position": 1}
    return {
        **{f"drawing:media-{name}": one for name in ("one", "file", "withdraw")},
        **{f"drawing:signed-{name}": scan for name in ("file", "remove")},
        "drawing:signed-attach": {"code": draw.code},
        "drawing:upload": {"code": draw.code, "key": "nobody"},
    }


def furnished(stocked: Bureau) -> tuple[Bureau, dict[str, dict[str, object]]]:
    """Put an opened and a sealed draw, a draft, and a request to void into the bureau; return it with the arguments of addresses."""
    opened, sealed = opened_draw(stocked), sealed_draw(stocked, scope="2026-02")
    request = drawing.ask_to_void(stocked.officer, sealed, reason="停电")
    draft = make_draft(stocked, scope="2026-03")
    subject, inspector = stocked.organ.subjects.first(), stocked.organ.inspectors.first()
    assert subject
    assert inspector
    arguments: dict[str, dict[str, object]] = {
        "draft": {"pk": draft.pk},
        "drawing:people-decide": {"pk": PeopleRequest.objects.get(draft_number=draft.pk).pk},
        "drawing": {"code": sealed.code},
        "disclosure": {"code": opened.code},
        "drawing:receipt": {"code": opened.code, "position": 1},
        **{f"drawing:{name}": {"code": opened.code, "position": 1} for name in ("sign", "signature")},
        **{f"drawing:{name}": {"token": "nobody"} for name in ("phone", "phone-state", "phone-sign")},
        "drawing:void-decide": {"code": sealed.code, "pk": request.pk},
        # Who may answer depends on whose draws meet (`drawing/tests/test_joint_visits.py`): one that is not there stands for it.
        "drawing:joint-answer": {"code": "nobody", "pk": 99},
        "drawing:joint-consent": {"code": "nobody", "serial": 1, "pk": 99},
        "drawing:joint-withdraw": {"code": "nobody", "serial": 1},
        "documents:paper": {"key": "draw-record"},
        "documents:sample": {"key": "draw-record", "form": "docx"},
        "drawing:record": {"code": opened.code},
        **media_arguments(opened),
        "drawing:record-file": {"code": opened.code, "form": "docx"},
        "disclosure:entry-proof": {"index": 0},
        "disclosure:consistency": {"old": 1, "new": 2},
        "rules": {"code": make_rule_set(stocked).code},
        **subject_arguments(stocked, subject),
        **people_arguments(stocked, subject, inspector),
        **special_arguments(stocked, subject),
        **planning_arguments(stocked),
        **plan_arguments(stocked),
        **change_arguments(stocked, opened),
    }
    return stocked, arguments


@pytest.fixture
def stage(staged: tuple[Bureau, dict[str, dict[str, object]]]) -> tuple[Bureau, dict[str, dict[str, object]]]:
    """The furnished bureau, and the arguments with which the addresses lead somewhere."""
    return staged


def address(name: str, route: str, arguments: dict[str, dict[str, object]]) -> str:
    """Return an address of the view that leads somewhere, or nowhere with the right form."""
    room = name.partition(":")[0]
    if name in arguments:
        found = arguments[name]
    elif name.startswith("drawing:draft-"):
        found = arguments["draft"]
    elif "<str:code>" in route:
        found = arguments[room]
    else:
        samples: dict[str, object] = {
            "code": "zibo",
            "division_code": "jieneng",
            "username": "zibo-inspector",
            "form": "csv",
            "pk": 999,
            "number": "DR-99999",
            "year": 2027,
        }
        found = {key: value for key, value in samples.items() if f":{key}>" in route}
    return reverse(name, kwargs=found)


class Visits:
    """One person's requests, each from a browser that knows nothing but the sign-in."""

    def __init__(self, user: User | None) -> None:
        """Nobody has signed in yet."""
        self.user, self.session = user, ""

    def client(self) -> Client:
        """Return a browser; signed in anew where the last request ended the session."""
        client = Client()
        if self.user is None:
            return client
        if self.session and Session.objects.filter(pk=self.session).exists():
            client.cookies[settings.SESSION_COOKIE_NAME] = self.session
            return client
        client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")
        self.session = client.cookies[settings.SESSION_COOKIE_NAME].value
        return client

    def answer(self, url: str) -> HttpResponseBase:
        """Ask for an address, by POST where it takes nothing else."""
        client = self.client()
        response = client.get(url)
        return client.post(url) if response.status_code == 405 else response


def addresses_for(persona: str) -> list[tuple[str, str]]:
    """Return all of them; on PostgreSQL, which decides nothing about access, those that this persona is the first to be let in at."""
    if connection.vendor == "sqlite":
        return ADDRESSES
    order = sorted(EVERYBODY, key=lambda each: (each != Role.DIVISION_OFFICER, each))
    return [row for row in ADDRESSES if next(each for each in order if each in MATRIX[row[0]]) == persona]


@pytest.mark.stage(builder=furnished)
@pytest.mark.parametrize("persona", sorted(EVERYBODY))
def test_every_address_answers_each_persona_as_the_matrix_says(
    persona: str, stage: tuple[Bureau, dict[str, dict[str, object]]]
) -> None:
    """Who is not signed in is sent to sign in; who lacks the role gets 403; who has it gets something else."""
    bureau, arguments = stage
    visits = Visits(None if persona == "anonymous" else bureau.user(Role(persona)))
    wrong = []
    for name, route in addresses_for(persona):
        response = visits.answer(address(name, route, arguments))
        to_sign_in = response.status_code == 302 and "/sign-in/" in response["Location"]
        sent_away = to_sign_in and name not in {"accounts:sign-out", "accounts:code"}
        let_in = response.status_code != 403 and not sent_away
        if let_in != (persona in MATRIX[name]) or response.status_code >= 500:
            wrong.append(f"{name} for {persona}: {response.status_code}")
    assert wrong == []


def test_administrators_have_no_part_in_the_bureaus_work() -> None:
    """The three administrators of graded protection open no page of draws or registries."""
    for role in ADMIN_ROLES:
        assert not [
            name
            for name, who in MATRIX.items()
            if role in who and who != EVERYBODY and name.partition(":")[0] in {"drawing", "registry"}
        ]


@pytest.mark.stage(builder=furnished)
def test_another_bureaus_things_are_not_there(stage: tuple[Bureau, dict[str, dict[str, object]]]) -> None:
    """404, not 403: their existence is not for others to know. The public side shows them to everybody."""
    _bureau, arguments = stage
    stranger = make_bureau(code="weifang", name="潍坊市工业和信息化局", short_name="潍坊市工信局")
    visitors: dict[Role, Visits] = {}
    wrong = []
    for name, route in ADDRESSES:
        room = name.partition(":")[0]
        if room not in {"burden", "drawing", "registry", "rules"} or "<" not in route or "<str:form>" in route:
            continue
        if "<int:year>" in route:  # the calendar is one for everybody
            continue
        role = Role.REGULATIONS_OFFICER if room in {"rules", "planning"} else Role.DIVISION_OFFICER
        if name.endswith("decide"):
            role = Role.LEADER
        if name == "drawing:mine-ask":
            role = Role.INSPECTOR
        visits = visitors.setdefault(role, Visits(stranger.user(role)))
        response = visits.answer(address(name, route, arguments))
        if response.status_code != 404:
            wrong.append(f"{name}: {response.status_code}")
    assert wrong == []
