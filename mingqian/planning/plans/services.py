"""Writers of a plan's versions: composed by the regulations division, approved and published by a leader in one act (art. 8)."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from mingqian.accounts.models import Organ, User
from mingqian.accounts.services import refuse_same_person
from mingqian.accounts.states import LEADER_ROLES, Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.documents.files import services as file_services
from mingqian.ledger import services as ledger
from mingqian.ledger.models import canonical
from mingqian.planning.entries.checks import basis_problems, task_hindrances
from mingqian.planning.entries.selectors import items_of, listed_items
from mingqian.planning.entries.services import estimated
from mingqian.planning.entries.wording import document_of
from mingqian.planning.items.states import REVISION_MOVES, ChangeKind, RevisionState
from mingqian.planning.lists.states import LIST_MOVES, ListState
from mingqian.planning.models.plans import EntryRevision, Plan, PlanLine, PlanVersion
from mingqian.planning.plans.selectors import changes_of, resulting

#: Name and version of the published file's form.
FORMAT = "mingqian-annual-plan/1"


def joined_entries(plan: Plan) -> list[EntryRevision]:
    """Return what waits for the next version, by entry."""
    rows = EntryRevision.objects.filter(entry__plan=plan, state=RevisionState.JOINED, version=None)
    return list(
        rows.select_related("entry__plan__organ", "division", "drafted_by", "joined_by").order_by("entry__serial")
    )


@transaction.atomic
def compose_plan(user: User, plan: Plan, *, title: str, why: str, taken: list[EntryRevision]) -> PlanVersion:
    """Put joined changes together and send the version to a leader."""
    if not user.has_role(Role.REGULATIONS_OFFICER) or user.organ_id != plan.organ_id:
        raise NotAllowedError("年度抽查工作计划由本机关综合法规科会同业务科室编制（第八条）。")
    plan = Plan.objects.select_for_update(no_key=True, of=("self",)).select_related("organ").get(pk=plan.pk)
    if not taken:
        raise DomainError("没有选择任何已会同的条目，请至少选择一项。")
    waiting = {row.pk: row for row in joined_entries(plan)}
    if any(row.pk not in waiting for row in taken):
        raise DomainError("所选条目中有的已被退回或编入其他版本，请刷新页面重新选择。")
    rows = [waiting[row.pk] for row in taken]
    if not resulting(plan, rows):
        raise DomainError("按所选的变动，计划将是空的，不能公布空计划。请至少保留一个条目。")
    serial = 1 + (PlanVersion.objects.filter(plan=plan).aggregate(last=Max("serial"))["last"] or 0)
    version = PlanVersion(plan=plan, serial=serial, code=f"{plan.code}-V{serial}", title=title, why=why)
    version.composed_by, version.composed_at = user, clock.now()
    try:
        with transaction.atomic():
            version.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError("已有一版计划在等待领导批准，请待其批准或退回后再报。") from error
    for row in rows:
        row.version = version
        row.save(update_fields=["version"])
    details = {"title": title, "why": why, "changes": [f"{row.entry.code}/{row.number}" for row in rows]}
    ledger.record(user.actor, "plan.compose", version.ledger_subject, rows=[version, *rows], details=details)
    return version


def refuse_deciding_plan(user: User, version: PlanVersion) -> None:
    """Raise NotAllowedError unless `user` is a leader of the organ who neither wrote nor joined anything in the version."""
    if not user.has_role(*LEADER_ROLES):
        raise NotAllowedError("年度抽查工作计划由局领导批准（第八条）。")
    if user.organ_id != version.plan.organ_id:
        raise NotAllowedError("这是其他机关的计划，可以查看，不能办理（第四条）。")
    refuse_same_person(version.composed_by_id, user)
    for row in changes_of(version):
        if row.has_author(user) or row.joined_by_id == user.pk:
            refuse_same_person(user, user)


def _take(version: PlanVersion) -> PlanVersion:
    """Take the plan and return the version as it stands; raise StateConflictError where somebody decided already."""
    Plan.objects.select_for_update(no_key=True).get(pk=version.plan_id)
    now = PlanVersion.objects.select_related("plan__organ").get(pk=version.pk)
    if now.state != ListState.PENDING:
        raise ledger.StateConflictError("这一版计划已经办结，请刷新页面查看。")
    return now


@transaction.atomic
def return_plan(user: User, version: PlanVersion, *, remark: str) -> PlanVersion:
    """Return a version to the regulations division; its changes wait for another one."""
    refuse_deciding_plan(user, version)
    if not remark:
        raise DomainError("退回计划须写明意见，请填写。")
    version = _take(version)
    rows = changes_of(version)
    for row in rows:
        row.version = None
        row.save(update_fields=["version"])
    return ledger.move(
        user.actor,
        "return",
        version,
        LIST_MOVES,
        subject=version.ledger_subject,
        entry_verb="plan.return",
        details={"remark": remark},
        also=rows,
        decided_by=user,
        decided_at=clock.now(),
        remark=remark,
    )


def failing(rows: list[EntryRevision]) -> list[tuple[EntryRevision, str]]:
    """Return the entries that may not be planned today, with the first reason (A2.1)."""
    if not rows:
        return []
    listed = listed_items(rows[0].organ)
    found = []
    for row in rows:
        problems = basis_problems(row, items_of(row, listed))
        if problems:
            found.append((row, problems[0]))
    return found


@transaction.atomic
def publish_plan(user: User, version: PlanVersion, *, remark: str = "") -> PlanVersion:
    """Approve a version, which publishes it: number, lines and file are fixed, and the file's digest stands on the ledger.

    Raise DomainError where what it brings has lost its basis since it was joined (A2.1).
    """
    refuse_deciding_plan(user, version)
    version = _take(version)
    taken = changes_of(version)
    lost = failing([row for row in taken if row.change != ChangeKind.WITHDRAW])
    if lost:
        raise DomainError(f"{lost[0][0]}：{lost[0][1]}请退回计划，由科室改正后再报（第二条）。")
    if clash := [(row, found[0]) for row in taken if (found := task_hindrances(row))]:
        raise DomainError(f"{clash[0][0]}：{clash[0][1]}请退回计划（第八条）。")
    rows = resulting(version.plan, taken)
    if not rows:
        raise DomainError("计划是空的，不能公布。请退回综合法规科。")
    number = 1 + (PlanVersion.objects.filter(plan=version.plan).aggregate(last=Max("number"))["last"] or 0)
    moment = clock.now()
    for row in taken:
        ledger.move(
            user.actor,
            "publish",
            row,
            REVISION_MOVES,
            subject=row.ledger_subject,
            entry_verb="plan-entry.publish",
            details={"revision": row.number, "plan": version.code, "number": number},
            **estimated(row),
        )
    version.number = number
    rows = resulting_with(rows, taken)
    stored = file_services.store(user.actor, document(version, taken, rows, clock.to_text(moment)))
    lines = PlanLine.objects.bulk_create(
        PlanLine(version=version, position=i, revision=row) for i, row in enumerate(rows, 1)
    )
    return ledger.move(
        user.actor,
        "publish",
        version,
        LIST_MOVES,
        subject=version.ledger_subject,
        digest=stored.digest,
        entry_verb="plan.publish",
        details={"number": number, "entries": len(rows), "remark": remark},
        also=lines,
        number=number,
        document=stored,
        decided_by=user,
        decided_at=moment,
        remark=remark,
    )


def resulting_with(rows: list[EntryRevision], taken: list[EntryRevision]) -> list[EntryRevision]:
    """Return `rows` with those of `taken` as they stand after their move."""
    fresh = {row.pk: row for row in taken}
    return [fresh.get(row.pk, row) for row in rows]


def document(version: PlanVersion, taken: list[EntryRevision], rows: list[EntryRevision], moment: str) -> bytes:
    """Return the file that is published: canonical JSON of the whole plan and of what the version changes, by natural keys."""
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
            {"code": row.entry.code, "revision": row.number, "change": row.change, "why": row.why, "title": row.title}
            for row in taken
        ],
    }
    return canonical(book)


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
