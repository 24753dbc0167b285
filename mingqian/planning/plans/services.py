"""The register of a year's plan: entries drafted, consulted on, composed into a version, approved and published (art. 8)."""

from collections.abc import Sequence
from typing import Any

from django.db import models, transaction
from django.urls import reverse

from mingqian.accounts.models import Division, Organ, User
from mingqian.accounts.states import DivisionKind, Role
from mingqian.casework.numbers import next_number
from mingqian.casework.officers import refuse
from mingqian.casework.procedure import Step
from mingqian.casework.register import sides
from mingqian.casework.register.services import Register
from mingqian.casework.register.states import ChangeKind
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.documents.files import services as file_services
from mingqian.documents.models import StoredFile
from mingqian.ledger import services as ledger
from mingqian.ledger.models import canonical
from mingqian.planning.models.plans import EntryRevision, Plan, PlanEntry, PlanVersion
from mingqian.planning.plans import checks, values as entry_services
from mingqian.planning.plans.selectors import failing
from mingqian.planning.plans.states import EntryValues
from mingqian.planning.plans.values import document_of
from mingqian.planning.selectors import PLAN_RECORDS, PLAN_WORDS, items_of, listed_items

#: Name and version of the published file's form.
FORMAT = "mingqian-annual-plan/1"


def _refuse_division(division: Division) -> None:
    if division.kind != DivisionKind.BUSINESS:
        raise DomainError("检查科室应是业务科室，请重新选择（第四条）。")


class PlanRegister(Register[EntryRevision, PlanVersion]):
    """The entries of annual plans and the plans' versions."""

    words = PLAN_WORDS
    name, whole_name = "plan-entry", "plan"
    records = PLAN_RECORDS
    copied = entry_services.COPIED
    address, consulting = "plans:entry", "plans:entry-consult"
    version_address, deciding = "plans:version", "plans:decide"

    def mark_of(self, owner: models.Model) -> str:
        """Return how the codes of a plan's versions begin."""
        return f"{owner.code}-V" if isinstance(owner, Plan) else ""

    def organ_of(self, owner: models.Model) -> Organ:
        """Return whose plan it is."""
        assert isinstance(owner, Plan)  # noqa: S101  for the types: the owner of a version
        return owner.organ

    def list_of(self, user: User, _step: Step[EntryRevision]) -> str:
        """Return where the years are; each shows what is under way."""
        return reverse("plans:index")

    def hindrances(self, row: EntryRevision) -> list[str]:
        """Return what article 8 asks for and is missing yet."""
        return checks.hindrances(row)

    def counted(self, row: EntryRevision) -> dict[str, Any]:
        """Return the estimate and the kind by the registry and the list of today (A8.1)."""
        return entry_services.estimated(row)

    def lost(self, taken: Sequence[EntryRevision]) -> str:
        """Say which change has lost its basis since it was consulted on (A2.1), or does not go with tasks that run."""
        if lost := failing([row for row in taken if row.change != ChangeKind.WITHDRAW]):
            return f"{lost[0][0]}：{lost[0][1]}请退回计划，由科室改正后再报（第二条）。"
        if clash := [(row, found[0]) for row in taken if (found := checks.task_hindrances(row))]:
            return f"{clash[0][0]}：{clash[0][1]}请退回计划（第八条）。"
        return ""

    def store(
        self, actor: str, version: PlanVersion, taken: list[EntryRevision], rows: list[EntryRevision], moment: str
    ) -> StoredFile:
        """Store the file: canonical JSON of the whole plan and of what it changes, by natural keys."""
        plan = version.plan
        listed = listed_items(plan.organ)
        book: dict[str, Any] = {
            "format": FORMAT,
            "organ": {"code": plan.organ.code, "name": plan.organ.name},
            "year": plan.year,
            "title": version.title,
            "why": version.why,
            "version": version.number,
            "published": moment,
            "entries": [document_of(row, items_of(row, listed)) for row in rows],
            "changes": [
                {
                    "code": row.entry.code,
                    "revision": row.number,
                    "change": row.change,
                    "why": row.why,
                    "title": row.title,
                }
                for row in taken
            ],
        }
        return file_services.store(actor, canonical(book))

    @transaction.atomic
    def draft(self, user: User, plan: Plan, division: Division, values: EntryValues) -> EntryRevision:
        """Draft a new entry; it gets its code, which stays."""
        refuse(sides.drafts(user, division, self.words))
        _refuse_division(division)
        if plan.organ_id != user.organ_id:
            raise NotAllowedError("这是其他机关的计划，可以查看，不能办理（第四条）。")
        serial = next_number(PlanEntry.objects.filter(plan=plan), under=plan)
        told = entry_services.read_values(plan.organ, division, values)
        entry = PlanEntry.objects.create(
            plan=plan, serial=serial, code=f"{plan.code}-P{serial}", created_at=clock.now()
        )
        row = EntryRevision(entry=entry, number=1, change=ChangeKind.NEW, division=division, **told)
        return self.begin(user, row, also=[entry], details={"title": values.title})

    def write(
        self,
        user: User,
        row: EntryRevision,
        values: EntryValues,
        *,
        division: Division | None = None,
        seen: str = "",
    ) -> EntryRevision:
        """Save a draft as its form has it."""
        division = division or row.division
        refuse(sides.drafts(user, division, self.words))
        _refuse_division(division)
        if row.change == ChangeKind.WITHDRAW:
            raise DomainError("取消的修订没有内容可改；不再取消的，请放弃这份修订。")
        told = entry_services.read_values(row.organ, division, values)
        return self.save(user, row, told, division=division, seen=seen)


PLANS = PlanRegister()


@transaction.atomic
def open_plan(user: User, year: int) -> Plan:
    """Return the plan of the user's organ for a year, begun now where there is none yet."""
    refuse = "年度抽查工作计划由综合法规科会同业务科室编制（第八条）。"
    if not user.has_role(Role.REGULATIONS_OFFICER, Role.DIVISION_OFFICER, Role.DIVISION_HEAD):
        raise NotAllowedError(refuse)
    today = clock.today()
    if not today.year <= year <= today.year + 1:
        raise DomainError(f"只能编制今年（{today.year}年）或明年（{today.year + 1}年）的计划。")
    organ = Organ.objects.select_for_update(no_key=True).get(pk=user.organ_id)
    found = Plan.objects.filter(organ=organ, year=year).first()
    if found is not None:
        return found
    plan = Plan.objects.create(organ=organ, year=year, code=f"{organ.code}-{year}", created_at=clock.now())
    ledger.record(user.actor, "plan.begin", plan.ledger_subject, rows=[plan], details={"year": year})
    return plan
