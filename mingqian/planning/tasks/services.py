"""Writers of tasks: opened from an approved entry in its window, moved on by what becomes of their draw; exclusions, joint inspections."""

from django.db import IntegrityError, transaction

from mingqian.accounts.models import User
from mingqian.accounts.services import refuse_same_person
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES, Role
from mingqian.casework.officers import refuse
from mingqian.casework.register import sides
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.documents.papers import services as paper_services
from mingqian.ledger import services as ledger
from mingqian.planning.entries.checks import windows_of
from mingqian.planning.entries.services import WORDS
from mingqian.planning.models.plans import EntryRevision, PlanEntry
from mingqian.planning.models.tasks import Exclusion, JointProposal, Task
from mingqian.planning.pool.states import EXCLUSION_MOVES
from mingqian.planning.tasks.papers import TASK_SHEET
from mingqian.planning.tasks.selectors import may_open, meets, task_scope
from mingqian.planning.tasks.states import JOINT_MOVES, TASK_MOVES, JointState, TaskState
from mingqian.registry.models import Subject


def may_act(user: User, task: Task) -> bool:
    """Say whether `user` works on the task: an officer of its division, or of the regulations division."""
    own = user.organ_id == task.organ_id and user.has_role(*OFFICER_ROLES)
    return own and (user.division_id == task.division_id or user.has_role(Role.REGULATIONS_OFFICER))


def refuse_unless_officer(user: User, task: Task) -> None:
    """Let only officers of the task's division, or of the regulations division, act."""
    if not user.has_role(*OFFICER_ROLES):
        raise NotAllowedError("抽查任务由业务科室或综合法规科经办人办理（第九条）。")
    if user.organ_id != task.organ_id:
        raise NotAllowedError("这是其他机关的任务，可以查看，不能办理（第四条）。")
    if user.division_id != task.division_id and not user.has_role(Role.REGULATIONS_OFFICER):
        raise NotAllowedError(f"这个任务由{task.division.name}负责，请由该科室或综合法规科办理（第四条）。")


def lock_task(task: Task) -> Task:
    """Return the task as it stands, locked until the transaction ends."""
    rows = Task.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("organ", "division", "revision__entry__plan__organ", "revision__division").get(
        pk=task.pk
    )


@transaction.atomic
def open_task(user: User, revision: EntryRevision, number: int) -> Task:
    """Open the task of an entry's `number`-th window, from 1: it gets a number without gaps for its division and year (A2.2).

    Raise DomainError where the entry is not on the plan that counts, its basis fails, or today is not in the window.
    """
    refuse(sides.drafts(user, revision.division, WORDS))
    entry = PlanEntry.objects.select_for_update(no_key=True, of=("self",)).get(pk=revision.entry_id)
    if problem := may_open(revision, number):
        raise DomainError(problem)
    since, until = windows_of(revision)[number - 1]
    task = Task(revision=revision, entry=entry, round=number, organ=revision.organ, division=revision.division)
    task.year, task.title, task.since, task.until = clock.today().year, revision.title, since, until
    given = paper_services.give_number(
        user,
        TASK_SHEET,
        about=f"task/{entry.code}/{number}/{Task.objects.filter(entry=entry, round=number).count() + 1}",
        division=revision.division,
        organ=revision.organ,
    )
    task.serial, task.number = given.serial, given.text[:64]
    task.code = f"{revision.organ.code}-{revision.division.code}-{task.year}-{given.serial}"
    task.opened_by, task.opened_at = user, clock.now()
    try:
        with transaction.atomic():
            task.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError(
            f"任务编号“{task.number}”已经用过。请到“文书用语”检查抽查任务单的文号，其中应含科室、年和号。"
        ) from error
    details = {"number": task.number, "entry": entry.code, "revision": revision.number, "round": number}
    ledger.record(user.actor, "task.open", task.ledger_subject, rows=[task], details=details)
    return task


@transaction.atomic
def cancel_task(user: User, task: Task, *, why: str) -> Task:
    """Give a task up that was not drawn; its number stays used, and its window may be opened again."""
    refuse_unless_officer(user, task)
    if not why.strip():
        raise DomainError("取消任务须写明原因，请填写。")
    return _move(user, lock_task(task), "cancel", cancelled_why=why.strip()[:200])


def _move(user: User, task: Task, verb: str, **changes: str) -> Task:
    details = {"number": task.number, **changes}
    return ledger.move(
        user.actor,
        verb,
        task,
        TASK_MOVES,
        subject=task.ledger_subject,
        entry_verb=f"task.{verb}",
        details=details,
        also=(),
        **changes,
    )


def note_sealed(user: User, task: Task) -> Task:
    """Note that a draw of the task is sealed, inside the caller's transaction."""
    return _move(user, lock_task(task), "seal")


def note_voided(user: User, task: Task) -> Task:
    """Note that the sealed draw of the task is void: it may be drawn again."""
    return _move(user, lock_task(task), "void")


def note_opened(user: User, task: Task) -> Task:
    """Note that the task was drawn."""
    return _move(user, lock_task(task), "draw")


def note_finished(user: User, task: Task) -> Task:
    """Note that every visit of the task has come to its end."""
    return _move(user, lock_task(task), "finish")


@transaction.atomic
def ask_exclusion(user: User, task: Task, subject: Subject, *, reason: str) -> Exclusion:
    """Ask that a subject be kept out of a task that is not sealed yet; a leader decides, and it is counted in public."""
    refuse_unless_officer(user, task)
    reason = reason.strip()
    if not reason:
        raise DomainError("请写明排除的理由。人工排除须经领导批准，并在公示页列明数量。")
    if len(reason) > 200:
        raise DomainError("理由最多 200 字，请缩短。")
    task = lock_task(task)
    _refuse_sealed(task)
    if not task_scope(task).filter(pk=subject.pk).exists():
        raise DomainError(f"{subject.name}不在这个任务的对象范围内，无需排除。")
    exclusion = Exclusion(task=task, subject=subject, reason=reason, asked_by=user, asked_at=clock.now())
    try:
        with transaction.atomic():
            exclusion.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError(f"{subject.name}已经申请或批准排除，不必重复申请。") from error
    details = {"subject": subject.number, "reason": reason}
    ledger.record(user.actor, "exclusion.ask", task.ledger_subject, rows=[exclusion], details=details)
    return exclusion


def _refuse_sealed(task: Task) -> None:
    if task.state != TaskState.OPEN:
        raise DomainError(f"任务{task.get_state_display()}，名单已经固定，不能再改。")


@transaction.atomic
def decide_exclusion(user: User, exclusion: Exclusion, *, approve: bool, remark: str = "") -> Exclusion:
    """Approve or decline; never by whoever asked."""
    task = lock_task(exclusion.task)
    if not user.has_role(*LEADER_ROLES) or user.organ_id != task.organ_id:
        raise NotAllowedError("人工排除由本机关领导审批。")
    refuse_same_person(exclusion.asked_by_id, user)
    _refuse_sealed(task)
    if not approve and not remark.strip():
        raise DomainError("不批准须写明意见，请填写。")
    return _decide(user, exclusion, "approve" if approve else "decline", remark.strip()[:200])


@transaction.atomic
def withdraw_exclusion(user: User, exclusion: Exclusion) -> Exclusion:
    """Take the wish back before it is decided."""
    task = lock_task(exclusion.task)
    refuse_unless_officer(user, task)
    return ledger.move(
        user.actor,
        "withdraw",
        exclusion,
        EXCLUSION_MOVES,
        subject=task.ledger_subject,
        entry_verb="exclusion.withdraw",
        details={"subject": exclusion.subject.number},
    )


def _decide(user: User, exclusion: Exclusion, verb: str, remark: str) -> Exclusion:
    return ledger.move(
        user.actor,
        verb,
        exclusion,
        EXCLUSION_MOVES,
        subject=exclusion.task.ledger_subject,
        entry_verb=f"exclusion.{verb}",
        details={"subject": exclusion.subject.number, "remark": remark},
        decided_by=user,
        decided_at=clock.now(),
        remark=remark,
    )


@transaction.atomic
def propose_joint(user: User, task: Task, other: Task, *, note: str = "") -> JointProposal:
    """Propose to another division that what both draw is inspected together (A12.2)."""
    refuse_unless_officer(user, task)
    return _settle(user, task, other, JointState.PROPOSED, note)


@transaction.atomic
def keep_out(user: User, task: Task, other: Task, *, note: str) -> JointProposal:
    """Settle without asking that this draw keeps out what the other task drew already; the reason stays (A12.2)."""
    refuse_unless_officer(user, task)
    if not note.strip():
        raise DomainError("请写明不能联合检查的原因。")
    return _settle(user, task, other, JointState.DECLINED, note)


def _settle(user: User, task: Task, other: Task, state: JointState, note: str) -> JointProposal:
    task = lock_task(task)
    _refuse_sealed(task)
    if not meets(task, other):
        raise DomainError("两个任务在同一时段没有抽取到相同的对象，无需商定联合检查。")
    proposal = JointProposal(task=task, other=other, state=state, note=note.strip()[:200])
    proposal.proposed_by, proposal.proposed_at = user, clock.now()
    if state == JointState.DECLINED:
        proposal.decided_by, proposal.decided_at = user, clock.now()
    try:
        with transaction.atomic():
            proposal.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError("与这个任务的联合检查已经提出过，请在原来的提议上办理。") from error
    verb = "joint.propose" if state == JointState.PROPOSED else "joint.keep-out"
    details = {"other": other.code, "note": proposal.note}
    ledger.record(user.actor, verb, task.ledger_subject, rows=[proposal], details=details)
    return proposal


@transaction.atomic
def answer_joint(user: User, proposal: JointProposal, *, agree: bool, remark: str = "") -> JointProposal:
    """Answer for the other division."""
    refuse_unless_officer(user, proposal.other)
    refuse_same_person(proposal.proposed_by_id, user)
    if user.division_id == proposal.task.division_id:
        raise NotAllowedError("联合检查的提议由对方科室答复。")
    _refuse_sealed(lock_task(proposal.task))
    if not agree and not remark.strip():
        raise DomainError("不同意联合检查须写明原因，请填写。")
    return ledger.move(
        user.actor,
        "agree" if agree else "decline",
        proposal,
        JOINT_MOVES,
        subject=proposal.task.ledger_subject,
        entry_verb="joint.agree" if agree else "joint.decline",
        details={"other": proposal.other.code, "remark": remark.strip()[:200]},
        decided_by=user,
        decided_at=clock.now(),
        remark=remark.strip()[:200],
    )
