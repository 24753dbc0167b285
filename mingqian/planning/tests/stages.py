"""Stages for tests: a small law library, and items driven through the real services up to a stage."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from mingqian.accounts import services as accounts
from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.casework.register.states import ChangeKind
from mingqian.common import clock
from mingqian.ledger import services as ledger
from mingqian.planning.burden import services as burden_services
from mingqian.planning.items.services import ITEMS
from mingqian.planning.items.states import ItemKind, ItemValues, Method
from mingqian.planning.laws import services as law_services
from mingqian.planning.laws.services import EditionValues
from mingqian.planning.laws.states import LawLevel
from mingqian.planning.models import EntryRevision, ItemRevision, Law, ListVersion, PlanVersion, Task
from mingqian.planning.plans import services as plan_services
from mingqian.planning.plans.services import PLANS
from mingqian.planning.plans.states import EntryValues
from mingqian.planning.tasks import services as task_services
from mingqian.registry.models import Exemption, Flag, Subject
from mingqian.registry.parts.states import FlagKind
from mingqian.testing import PASSWORD, Bureau

TEXT = """第一章 总则
第一条　为了测试，制定本法。
第二条　主管部门应当加强监督检查。
履行职责不得收取费用。
第三条　用能单位应当每年报告。
"""
VALUES = ItemValues(
    category="节能监察",
    name="能源利用状况报告检查",
    target="重点用能单位",
    content="报告的报送情况",
    bases="《测试节能法》第二条、第三条",
    methods=[str(Method.DOCUMENTS)],
    body="市局",
    ratio=500,
    frequency=1,
    points=[{"text": "是否按期报送", "method": str(Method.DOCUMENTS), "materials": "报告、回执"}],
    results=[{"code": "clean", "follow_up": "none"}, {"code": "rectify", "follow_up": "recheck"}],
    compliance="每年按时报送报告。",
)
BEGIN = date(2020, 1, 1)


def regulations(bureau: Bureau) -> User:
    """Return the regulations officer."""
    return bureau.user(Role.REGULATIONS_OFFICER)


def edition(text: str = TEXT, *, begin: date = BEGIN, title: str = "2019年公布", **more: Any) -> EditionValues:
    """Return a text of a law."""
    return EditionValues(title=title, effective_from=begin, text=text, **more)


def make_law(
    bureau: Bureau, code: str = "CSJN1", name: str = "测试节能法", level: LawLevel = LawLevel.STATUTE, **more: Any
) -> Law:
    """Put a law into the bureau's library."""
    return law_services.add_law(
        regulations(bureau), code=code, name=name, issuer="全国人大常委会", level=level, edition=edition(**more)
    )


def values(**more: Any) -> ItemValues:
    """Return what an item says, changed as named."""
    return replace(VALUES, **more)


def draft(bureau: Bureau, **more: Any) -> ItemRevision:
    """Draft an item of the energy division."""
    return ITEMS.draft(bureau.officer, bureau.divisions["jieneng"], values(**more))


def consulted(bureau: Bureau, **more: Any) -> ItemRevision:
    """Draft, submit and consult on an item."""
    row = ITEMS.submit(bureau.officer, draft(bureau, **more))
    return ITEMS.consult(regulations(bureau), row)


def composed(bureau: Bureau, *rows: ItemRevision) -> ListVersion:
    """Send a version to the leader."""
    return ITEMS.compose(
        regulations(bureau), regulations(bureau).organ, title="测试局抽查事项清单", why="首次编制", taken=list(rows)
    )


def published(bureau: Bureau, *rows: ItemRevision) -> ListVersion:
    """Publish a version with these changes."""
    return ITEMS.publish(bureau.leader, composed(bureau, *rows))


def listed(bureau: Bureau) -> tuple[ListVersion, ItemRevision, ItemRevision]:
    """Publish a list with a general and a key item; return all three."""
    make_law(bureau)
    first = consulted(bureau)
    second = consulted(bureau, name="储存安全检查", kind=ItemKind.KEY, ratio=10000, frequency=2)
    version = published(bureau, first, second)
    first.refresh_from_db()
    second.refresh_from_db()
    return version, first, second


def change(bureau: Bureau, row: ItemRevision, **more: Any) -> ItemRevision:
    """Draft a change of a published item, by its division."""
    made = ITEMS.draft_change(bureau.officer, row, ChangeKind.CHANGE)
    return ITEMS.write(bureau.officer, made, values(**({"why": "工作需要"} | more)))


def colleague(bureau: Bureau, role: Role, division: str, name: str = "小乙") -> User:
    """Add one more person with a role."""
    username = f"{bureau.organ.code}-{role[:14]}-2"
    user = accounts.create_user(
        "system",
        username=username,
        password=PASSWORD,
        name=name,
        organ=bureau.organ,
        division=bureau.divisions[division],
    )
    accounts.grant_role("system", user=user, role=role, since=clock.today())
    return user


def listed_for_plan(bureau: Bureau) -> tuple[ItemRevision, ItemRevision]:
    """Publish a list whose items leave room for a plan: a general and a key one."""
    make_law(bureau)
    first = consulted(bureau, frequency=2)
    second = consulted(
        bureau,
        name="储存安全检查",
        kind=ItemKind.KEY,
        ratio=10000,
        frequency=2,
        exemption="safety",
        exemption_why="安全生产",
    )
    published(bureau, first, second)
    first.refresh_from_db()
    second.refresh_from_db()
    return first, second


def entry_values(*codes: str, **more: Any) -> EntryValues:
    """Return what an entry says: 5 % of every district, from today for a month or to the end of the year."""
    today = clock.today()
    until = min(today + timedelta(days=30), date(today.year, 12, 31))
    told: dict[str, Any] = {"title": "节能监察随机抽查", "items": list(codes), "windows": [(today, until)]}
    return EntryValues(**(told | more))


def drafted_entry(bureau: Bureau, *codes: str, **more: Any) -> EntryRevision:
    """Draft an entry of this year's plan for the energy division, or the one named."""
    division = bureau.divisions[more.pop("division", "jieneng")]
    officer = more.pop("officer", bureau.officer)
    plan = plan_services.open_plan(officer, clock.today().year)
    return PLANS.draft(officer, plan, division, entry_values(*codes, **more))


def consulted_entry(bureau: Bureau, *codes: str, **more: Any) -> EntryRevision:
    """Draft, submit and consult on an entry."""
    officer = more.get("officer", bureau.officer)
    row = PLANS.submit(officer, drafted_entry(bureau, *codes, **more))
    return PLANS.consult(regulations(bureau), row)


def published_plan(bureau: Bureau, *rows: EntryRevision, why: str = "首次编制") -> PlanVersion:
    """Publish a version of the plan with these changes."""
    plan = rows[0].entry.plan
    version = PLANS.compose(regulations(bureau), plan, title=f"{plan.year}年度抽查工作计划", why=why, taken=list(rows))
    return PLANS.publish(bureau.leader, version)


def planned(bureau: Bureau, *codes: str, **more: Any) -> EntryRevision:
    """Bring an entry onto the published plan."""
    row = consulted_entry(bureau, *codes, **more)
    published_plan(bureau, row)
    row.refresh_from_db()
    return row


def opened_task(bureau: Bureau, *codes: str, **more: Any) -> Task:
    """Open the task of an entry that stands on the plan."""
    officer = more.get("officer", bureau.officer)
    return task_services.open_task(officer, planned(bureau, *codes, **more), 1)


def safety_officer(bureau: Bureau) -> User:
    """Return the officer of the safety division."""
    found = User.objects.filter(organ=bureau.organ, division=bureau.divisions["anquan"]).first()
    return found or colleague(bureau, Role.DIVISION_OFFICER, "anquan")


def subjects(bureau: Bureau) -> list[Subject]:
    """Return the registry by number."""
    return list(Subject.objects.filter(organ=bureau.organ).order_by("number"))


def draw(bureau: Bureau, task: Task, chosen: Iterable[Subject]) -> None:
    """Let a task be drawn with this outcome, as the room above would note it."""
    task = task_services.note_opened(bureau.officer, task_services.note_sealed(bureau.officer, task))
    drawn = [burden_services.Drawn(subject.number, ()) for subject in chosen]
    with transaction.atomic():
        rows = burden_services.note_drawn(
            bureau.organ,
            reference=task.code,
            title=task.title,
            since=task.since,
            until=task.until,
            drawn=drawn,
            task=task,
        )
        ledger.record("system", "burden.note", f"burden/{task.code}", rows=rows)


def flag(subject: Subject) -> None:
    """Mark a subject for repeated complaints."""
    row = Flag.objects.create(
        subject=subject,
        kind=FlagKind.COMPLAINTS,
        source="12345 热线",
        since=date(2020, 1, 1),
        recorded_by="system",
        recorded_at=clock.now(),
    )
    ledger.record("system", "flag", f"subject/{subject.number}", rows=[row])


def exempt(subject: Subject) -> None:
    """Put a subject on the exemption list."""
    row = Exemption.objects.create(
        subject=subject,
        code="miansao-2026",
        basis="鲁政发〔2026〕1号",
        source="市政府",
        since=date(2020, 1, 1),
        recorded_by="system",
        recorded_at=clock.now(),
    )
    ledger.record("system", "exempt", f"subject/{subject.number}", rows=[row])


def safety_task(bureau: Bureau, code: str, **more: object) -> Task:
    """Open a task of the safety division in the same window."""
    told = {"title": "安全检查", "division": "anquan", "officer": safety_officer(bureau), "quota_value": 2000}
    return opened_task(bureau, code, **(told | more))
