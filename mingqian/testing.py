"""Stages for tests: a bureau with one person a role, registries, and draws driven through the real services up to a stage."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from mingqian.accounts import services as accounts
from mingqian.accounts.models import Division, Organ, User
from mingqian.accounts.states import DivisionKind, OrganKind, Role
from mingqian.common import clock
from mingqian.documents.files import services as file_services
from mingqian.drawing.ceremony import services as ceremony_services
from mingqian.drawing.draft import services as draft_services
from mingqian.drawing.draw import services as draw_services
from mingqian.drawing.models import Draft, Draw
from mingqian.drawing.people import selectors as people_selectors, services as people_services
from mingqian.drawing.prepared.selectors import prepare
from mingqian.ledger import services as ledger
from mingqian.ledger.models import Recorded
from mingqian.planning.items.states import ItemKind
from mingqian.planning.laws import services as law_services
from mingqian.planning.laws.states import LawLevel
from mingqian.planning.models import (
    EntryRevision,
    Item,
    ItemRevision,
    Law,
    ListEntry,
    ListVersion,
    PlanEntry,
    PlanLine,
    PlanVersion,
    Task,
)
from mingqian.planning.plans import services as plan_services
from mingqian.planning.tasks import services as task_services
from mingqian.registry.models import Inspector, Subject
from mingqian.registry.search import services as search_services

PASSWORD = "Correct-Horse-9"  # noqa: S105  of invented people in tests
DIGITS = ("3164521364512", "6215436124", "445566112233")
WITNESSES = ("综合法规科 孙立群", "法律顾问 陶静", "企业代表 马国庆")


@dataclass
class Bureau:
    """An organ with its people."""

    organ: Organ
    divisions: dict[str, Division] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    #: Tasks by the name that a test gives them.
    tasks: dict[str, Task] = field(default_factory=dict)

    def user(self, role: Role) -> User:
        """Return the person with `role`, as freshly read."""
        return User.objects.get(pk=self.users[role].pk)

    @property
    def officer(self) -> User:
        """Return the division officer."""
        return self.user(Role.DIVISION_OFFICER)

    @property
    def leader(self) -> User:
        """Return the leader."""
        return self.user(Role.LEADER)


def make_bureau(code: str = "zibo", name: str = "淄博市工业和信息化局", short_name: str = "淄博市工信局") -> Bureau:
    """Make an organ with three divisions and one user for every role, named `CODE-ROLE`."""
    organ = accounts.create_organ(
        "system", code=code, name=name, short_name=short_name, kind=OrganKind.CITY, area_code="370300"
    )
    bureau = Bureau(organ)
    for key, title, kind in (
        ("fagui", "综合法规科", DivisionKind.REGULATIONS),
        ("jieneng", "节能科", DivisionKind.BUSINESS),
        ("anquan", "安全科", DivisionKind.BUSINESS),
    ):
        bureau.divisions[key] = accounts.create_division("system", organ=organ, code=key, name=title, kind=kind)
    for role in Role:
        division = bureau.divisions["fagui" if role == Role.REGULATIONS_OFFICER else "jieneng"]
        placed = (
            division
            if role in {Role.DIVISION_OFFICER, Role.DIVISION_HEAD, Role.REGULATIONS_OFFICER, Role.INSPECTOR}
            else None
        )
        user = accounts.create_user(
            "system",
            username=f"{code}-{role}"[:32],
            password=PASSWORD,
            name=f"{role.label}甲",
            organ=organ,
            division=placed,
        )
        accounts.grant_role("system", user=user, role=role, since=clock.today() - timedelta(days=30))
        bureau.users[role] = user
    return bureau


def fill_registry(bureau: Bureau, subjects: int = 60, inspectors: int = 12) -> None:
    """Put invented subjects in three districts and inspectors of two divisions into the registries."""
    districts = ("张店区", "淄川区", "桓台县")
    areas = {"张店区": "370303", "淄川区": "370302", "桓台县": "370321"}
    with transaction.atomic():
        companies = Subject.objects.bulk_create(
            Subject(
                organ=bureau.organ,
                number=f"91{areas[districts[i % 3]]}{i:010d}",
                name=f"淄博示例{i:03d}有限公司",
                district=districts[i % 3],
                address=f"山东省淄博市{districts[i % 3]}示例路{i}号",
            )
            for i in range(subjects)
        )
        people = Inspector.objects.bulk_create(
            Inspector(
                organ=bureau.organ,
                division=bureau.divisions["jieneng" if i % 2 else "anquan"],
                certificate_number=f"15030{i:03d}",
                name=f"检查员{i:02d}",
                valid_until=date(2039, 12, 31),
            )
            for i in range(inspectors)
        )
        search_services.index(companies)
        ledger.record("system", "registry.import", f"organ/{bureau.organ.code}", rows=[*companies, *people])


LAW_TEXT = "第一条　主管部门应当加强监督检查。\n"
#: What of a draw stands in the plan's entry.
_PLANNED = (
    "criteria", "stratify", "quota_mode", "quota_value", "quotas", "flag_mode", "flag_value", "division", "exemption",
    "lead_present",
)  # fmt: skip


def _list_of(bureau: Bureau) -> ListVersion:
    """Return the bureau's item list, begun here with a law that every item may cite."""
    regulations = bureau.user(Role.REGULATIONS_OFFICER)
    code = f"L-{bureau.organ.code}"
    if not Law.objects.filter(code=code).exists():
        edition = law_services.EditionValues(title="公布", effective_from=date(2020, 1, 1), text=LAW_TEXT)
        law_services.add_law(
            regulations, code=code, name="测试监督法", issuer="人大", level=LawLevel.STATUTE, edition=edition
        )
    found = ListVersion.objects.filter(organ=bureau.organ, number__isnull=False).order_by("-number").first()
    if found is not None:
        return found
    version = ListVersion(organ=bureau.organ, serial=1, code=f"{bureau.organ.code}-L1", number=1, title="抽查事项清单")
    version.why, version.state, version.composed_by, version.composed_at = "编制", "published", regulations, clock.now()
    version.decided_by, version.decided_at = bureau.leader, clock.now()
    version.document = file_services.store("system", b"{}")
    version.save()
    ledger.record("system", "item-list.publish", version.ledger_subject, rows=[version])
    return version


def _item_for(bureau: Bureau, title: str, division: Division, exemption: str) -> ItemRevision:
    """Put a key item onto the list, with a basis in force."""
    version = _list_of(bureau)
    serial = Item.objects.filter(organ=bureau.organ).count() + 1
    item = Item.objects.create(
        organ=bureau.organ, serial=serial, code=f"{bureau.organ.code}-{serial:03d}", created_at=clock.now()
    )
    basis = {"law": f"L-{bureau.organ.code}", "title": "测试监督法", "number": "", "article": "第一条", "paragraph": ""}
    row = ItemRevision.objects.create(
        item=item,
        number=1,
        change="new",
        state="published",
        division=division,
        category="监督检查",
        name=f"{title}事项",
        kind=ItemKind.KEY,
        bases=[basis],
        ratio=10000,
        frequency=2,
        exemption=exemption,
        drafted_by=bureau.officer,
        drafted_at=clock.now(),
        consulted_by=bureau.user(Role.REGULATIONS_OFFICER),
        version=version,
    )
    entry = ListEntry.objects.create(version=version, position=1000 + serial, revision=row)
    ledger.record("system", "item.publish", item.ledger_subject, rows=[item, row, entry])
    return row


def _plan_of(bureau: Bureau) -> PlanVersion:
    year = clock.today().year
    plan = plan_services.open_plan(bureau.officer, year)
    found = PlanVersion.objects.filter(plan=plan, number__isnull=False).order_by("-number").first()
    if found is not None:
        return found
    version = PlanVersion(plan=plan, serial=1, code=f"{plan.code}-V1", number=1, title=f"{year}年度计划", why="编制")
    version.state, version.composed_at, version.decided_at = "published", clock.now(), clock.now()
    version.composed_by, version.decided_by = bureau.user(Role.REGULATIONS_OFFICER), bureau.leader
    version.document = file_services.store("system", b"{}")
    version.save()
    ledger.record("system", "plan.publish", version.ledger_subject, rows=[version])
    return version


@transaction.atomic
def make_task(bureau: Bureau, name: str = "2026-节能监察-01", title: str = "节能监察随机抽查", **fields: Any) -> Task:
    """Open a task of the energy division, or the one in `division`: all subjects, 10 % a district, one key item; once for a name.

    List and plan are put together without their approvals, which have tests of their own; the task is opened through the real service.
    """
    if name in bureau.tasks:
        return Task.objects.get(pk=bureau.tasks[name].pk)
    division = bureau.divisions[fields.pop("division", "jieneng")]
    item = _item_for(bureau, title, division, fields.pop("exemption", "applies"))
    version = _plan_of(bureau)
    serial = version.plan.entries.count() + 1
    entry = PlanEntry.objects.create(
        plan=version.plan, serial=serial, code=f"{version.plan.code}-P{serial}", created_at=clock.now()
    )
    today = clock.today()
    window = {
        "since": today.isoformat(),
        "until": min(today + timedelta(days=20), date(today.year, 12, 31)).isoformat(),
    }
    told = {"quota_value": 1000, "windows": [window], "flag_mode": "none", **fields}
    row = EntryRevision(entry=entry, number=1, change="new", state="published", division=division, title=title)
    row.items, row.kind, row.version, row.team_size = [item.item.code], ItemKind.KEY, version, 2
    for key, value in told.items():
        setattr(row, key, value)
    row.drafted_by, row.drafted_at, row.consulted_by = (
        bureau.officer,
        clock.now(),
        bureau.user(Role.REGULATIONS_OFFICER),
    )
    row.save()
    line = PlanLine.objects.create(version=version, position=serial, revision=row)
    ledger.record("system", "plan-entry.publish", entry.ledger_subject, rows=[entry, row, line])
    bureau.tasks[name] = task_services.open_task(bureau.user(Role.REGULATIONS_OFFICER), row, 1)
    return bureau.tasks[name]


def make_draft(bureau: Bureau, **fields: Any) -> Draft:
    """Prepare the draw of a task (`scope` names it): all subjects, 10 % a district, two inspectors each, three witnesses."""
    planned = {key: fields.pop(key) for key in _PLANNED if key in fields}
    name, title = fields.pop("scope", "2026-节能监察-01"), fields.pop("title", "节能监察随机抽查")
    task = make_task(bureau, name, title, **planned)
    officer = (
        bureau.officer if task.division_id == bureau.officer.division_id else bureau.user(Role.REGULATIONS_OFFICER)
    )
    draft = draft_services.create_draft(officer, task)
    settings = {
        "divisions": [bureau.divisions["jieneng"].pk, bureau.divisions["anquan"].pk],
        "witnesses": list(WITNESSES),
        "open_by": clock.now() + timedelta(days=1),
        **fields,
    }
    return decide_people(bureau, draft_services.save_draft(officer, draft, **settings))


def decide_people(bureau: Bureau, draft: Draft) -> Draft:
    """Have the draft's people decided on by the principal leader, where they want a decision that nobody made (art. 10)."""
    people = people_selectors.people_of(draft)
    if people.needed and people.row is None:
        asked = people_services.ask(draft.owner, draft, ground="本科室执法检查人员不足，需要其他科室支援")
        people_services.approve(bureau.user(Role.PRINCIPAL_LEADER), asked, remark="同意")
    return draft


def reviewed(draft: Draft) -> str:
    """Return what the review page would hand in with the seal."""
    return prepare(draft).reviewed


def sealed_draw(bureau: Bureau, **fields: Any) -> Draw:
    """Return a sealed draw."""
    draft = make_draft(bureau, **fields)
    return draw_services.seal(draft.owner, draft, reviewed=reviewed(draft))


def contributed_draw(bureau: Bureau, **fields: Any) -> Draw:
    """Return a draw to which every witness has contributed."""
    draw = sealed_draw(bureau, **fields)
    for position, digits in enumerate(DIGITS[: len(draw.plan["witnesses"])], 1):
        ceremony_services.speak(draw.sealed_by, draw, position=position, digits=digits)
    draw.refresh_from_db()
    return draw


def opened_draw(bureau: Bureau, **fields: Any) -> Draw:
    """Return an opened draw."""
    draw = contributed_draw(bureau, **fields)
    return draw_services.open_draw(draw.sealed_by, draw)


def noted(*rows: Recorded, gone: Sequence[Recorded] = ()) -> None:
    """Put on the log what a test did to rows past the services, else no seal is made over them."""
    with transaction.atomic():
        ledger.record("system", "test.note", "test", rows=rows, deleted=[row.ledger_key() for row in gone])


def work_off() -> None:
    """Do the background tasks that wait, in this thread and connection."""
    worker = Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="test",
        excluded_queue_names=[],
    )
    while (waiting := DBTaskResult.objects.ready().first()) is not None:
        waiting.claim(worker.worker_id)
        worker.run_task(waiting)
