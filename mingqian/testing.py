"""Stages for tests: a bureau with one person a role, registries, and draws driven through the real services up to a stage."""

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
from mingqian.drawing import pool as pools, services as drawing
from mingqian.drawing.models import Draft, Draw
from mingqian.ledger import services as ledger
from mingqian.registry import search
from mingqian.registry.models import Inspector, Subject

PASSWORD = "Correct-Horse-9"  # noqa: S105  of invented people in tests
DIGITS = ("3164521364512", "6215436124", "445566112233")
WITNESSES = ("综合法规科 孙立群", "法律顾问 陶静", "企业代表 马国庆")


@dataclass
class Bureau:
    """An organ with its people."""

    organ: Organ
    divisions: dict[str, Division] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

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
        search.index(companies)
        ledger.record("system", "registry.import", f"organ/{bureau.organ.code}", rows=[*companies, *people])


def make_draft(bureau: Bureau, **fields: Any) -> Draft:
    """Prepare a draw: all subjects, 10 % a district, two inspectors each, three witnesses."""
    officer = bureau.officer
    draft = drawing.create_draft(
        officer, title=fields.pop("title", "节能监察随机抽查"), scope=fields.pop("scope", "2026-节能监察-01")
    )
    settings = {
        "quota_value": 1000,
        "divisions": [bureau.divisions["jieneng"].pk, bureau.divisions["anquan"].pk],
        "witnesses": list(WITNESSES),
        "open_by": clock.now() + timedelta(days=1),
        **fields,
    }
    return drawing.save_draft(officer, draft, **settings)


def reviewed(draft: Draft) -> str:
    """Return what the review page would hand in with the seal."""
    return pools.reviewed_digest(draft, pools.build(draft))


def sealed_draw(bureau: Bureau, **fields: Any) -> Draw:
    """Return a sealed draw."""
    draft = make_draft(bureau, **fields)
    return drawing.seal(bureau.officer, draft, reviewed=reviewed(draft))


def contributed_draw(bureau: Bureau, **fields: Any) -> Draw:
    """Return a draw to which every witness has contributed."""
    draw = sealed_draw(bureau, **fields)
    for position, digits in enumerate(DIGITS[: len(draw.plan["witnesses"])], 1):
        drawing.contribute(bureau.officer, draw, position=position, digits=digits)
    draw.refresh_from_db()
    return draw


def opened_draw(bureau: Bureau, **fields: Any) -> Draw:
    """Return an opened draw."""
    return drawing.open_draw(bureau.officer, contributed_draw(bureau, **fields))


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
