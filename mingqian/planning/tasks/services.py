"""Writers of tasks: opened from an approved entry in its window, moved on by what becomes of their draw; exclusions, joint inspections."""

from django.db import IntegrityError, transaction

from mingqian.accounts.models import User
from mingqian.casework.officers import refuse
from mingqian.casework.procedure import MAY_SAY, Remark
from mingqian.casework.register import sides
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.documents.papers import services as paper_services
from mingqian.planning.models.plans import EntryRevision, PlanEntry
from mingqian.planning.models.tasks import Exclusion, JointProposal, Task
from mingqian.planning.pool.states import ExclusionState
from mingqian.planning.selectors import PLAN_WORDS, lock_task, windows_of, works_on
from mingqian.planning.tasks.papers import TASK_SHEET
from mingqian.planning.tasks.procedure import EXCLUSIONS, JOINT, TASKS
from mingqian.planning.tasks.selectors import may_open, meets, task_scope
from mingqian.planning.tasks.states import TaskState
from mingqian.registry.models import Subject


@transaction.atomic
def open_task(user: User, revision: EntryRevision, number: int) -> Task:
    """Open the task of an entry's `number`-th window, from 1: it gets a number without gaps for its division and year (A2.2).

    Raise DomainError where the entry is not on the plan that counts, its basis fails, or today is not in the window.
    """
    refuse(sides.drafts(user, revision.division, PLAN_WORDS))
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
    try:
        return TASKS.begin(
            user, task, "open", details={"entry": entry.code, "revision": revision.number, "round": number}
        )
    except IntegrityError as error:
        raise DomainError(
            f"任务编号“{task.number}”已经用过。请到“文书用语”检查抽查任务单的文号，其中应含科室、年和号。"
        ) from error


def cancel_task(user: User, task: Task, *, remark: str) -> Task:
    """Give a task up that was not drawn; its number stays used, and its window may be opened again."""
    return TASKS.take(user, task, "cancel", remark=remark)


def note_sealed(user: User, task: Task) -> Task:
    """Note that a draw of the task is sealed, inside the caller's transaction."""
    return TASKS.move(user.actor, lock_task(task), "seal")


def note_voided(user: User, task: Task) -> Task:
    """Note that the sealed draw of the task is void: it may be drawn again."""
    return TASKS.move(user.actor, lock_task(task), "void")


def note_opened(user: User, task: Task) -> Task:
    """Note that the task was drawn."""
    return TASKS.move(user.actor, lock_task(task), "draw")


def note_finished(user: User, task: Task) -> Task:
    """Note that every visit of the task has come to its end."""
    return TASKS.move(user.actor, lock_task(task), "finish")


def _refuse_sealed(task: Task) -> None:
    if task.state != TaskState.OPEN:
        raise DomainError(f"任务{task.get_state_display()}，名单已经固定，不能再改。")


@transaction.atomic
def ask_exclusion(user: User, task: Task, subject: Subject, *, reason: str) -> Exclusion:
    """Ask that a subject be kept out of a task that is not sealed yet; a leader decides, and it is counted in public."""
    refuse(works_on(user, task))
    reason = Remark("请写明排除的理由。人工排除须经领导批准，并在公示页列明数量。", "理由", longest=200).checked(reason)
    task = lock_task(task)
    _refuse_sealed(task)
    if not task_scope(task).filter(pk=subject.pk).exists():
        raise DomainError(f"{subject.name}不在这个任务的对象范围内，无需排除。")
    live = (ExclusionState.PENDING, ExclusionState.APPROVED)
    if held := task.exclusions.filter(subject=subject, state__in=live).first():
        raise DomainError(f"{subject.name}{held.already}排除，不必重复申请。")
    return EXCLUSIONS.begin(user, Exclusion(task=task, subject=subject, reason=reason), details={"reason": reason})


@transaction.atomic
def _settled(user: User, exclusion: Exclusion, verb: str, remark: str = "") -> Exclusion:
    task = lock_task(exclusion.task)
    refuse(EXCLUSIONS.forbids(user, exclusion, verb))
    _refuse_sealed(task)
    return EXCLUSIONS.take(user, exclusion, verb, remark=remark)


def decide_exclusion(user: User, exclusion: Exclusion, *, approve: bool, remark: str = "") -> Exclusion:
    """Approve or decline; never by whoever asked."""
    return _settled(user, exclusion, "approve" if approve else "decline", remark)


def withdraw_exclusion(user: User, exclusion: Exclusion) -> Exclusion:
    """Take the wish back before it is decided."""
    return _settled(user, exclusion, "withdraw")


def propose_joint(user: User, task: Task, other: Task, *, note: str = "") -> JointProposal:
    """Propose to another division that what both draw is inspected together (A12.2)."""
    return _about_joint(user, task, other, "propose", MAY_SAY.checked(note))


def keep_out(user: User, task: Task, other: Task, *, note: str) -> JointProposal:
    """Settle without asking that this draw keeps out what the other task drew already; the reason stays (A12.2)."""
    return _about_joint(user, task, other, "keep-out", note)


@transaction.atomic
def _about_joint(user: User, task: Task, other: Task, verb: str, note: str) -> JointProposal:
    row = JointProposal(task=lock_task(task), other=other, state=JOINT.step(verb).to, note=note)
    refuse(JOINT.forbids(user, row, verb))
    _refuse_sealed(row.task)
    if not meets(task, other):
        raise DomainError("两个任务在同一时段没有抽取到相同的对象，无需商定联合检查。")
    if held := task.joint_proposals.filter(other=other).first():
        raise DomainError(f"与这个任务的联合检查{held.already}过，请在原来的提议上办理。")
    return JOINT.begin(user, row, verb, details={"note": note})


@transaction.atomic
def answer_joint(user: User, proposal: JointProposal, *, agree: bool, remark: str = "") -> JointProposal:
    """Answer for the other division."""
    verb = "agree" if agree else "decline"
    refuse(JOINT.forbids(user, proposal, verb))
    _refuse_sealed(lock_task(proposal.task))
    return JOINT.take(user, proposal, verb, remark=remark)
