"""What a change's seal would say, and whether it could be made."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import mingqian_draw as mq
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.drawing.bundle.selectors import bundle_files, numbered, steps_of
from mingqian.drawing.changes.selectors import approver_of, facts_for
from mingqian.drawing.changes.states import Kind, Reason
from mingqian.drawing.joint.states import JOINT_AGREED, PartState
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.protocol import words
from mingqian.planning.burden import services as burden_services
from mingqian.planning.tasks import selectors as task_selectors
from mingqian.planning.tasks.states import JointState, TaskState
from mingqian.registry.models import Inspector


class TooFewError(DomainError):
    """Fewer than two could come: no lot (art. 10)."""

    def __init__(self, kind: str, found: int) -> None:
        """Say it, and what to do instead."""
        words = {
            Kind.INSPECTOR: f"能够顶替的人只有 {found} 人，不足 2 人，不能抽签。"
            "请书面说明人员不足，报主要领导决定直接委派或跨科室随机抽取（第十条）。",
            Kind.EXCHANGE: f"能够互换的只有 {found} 对，不足 2 对，不能抽签。请改为更换检查人员（第十一条）。",
            Kind.SUBJECT: f"同层能够替补的对象只有 {found} 家，不足 2 家，不能抽签替补。"
            "请将情况报综合法规科，在检查时如实记录。",
        }
        super().__init__(words[Kind(kind)])
        self.kind, self.found = kind, found


@dataclass(frozen=True)
class Preview:
    """What a change would put on the log: facts, then the lot or the appointment; how many could come (`None`: not by lot)."""

    facts: list[dict[str, Any]]
    candidates: int | None
    number: int

    def digest(self, supplement: Supplement) -> str:
        """Return a fingerprint of all that the page before the seal shows."""
        facts = [self.facts, self.candidates, self.number, supplement.pk, supplement.draw_id]
        return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


Files = dict[str, bytes]


def facts_files(row: Supplement, files: Files, facts: Sequence[Mapping[str, Any]], sealed_at: str) -> list[Files]:
    """Return the facts of a change as files of the bundle, one after the other, checked by the protocol."""
    made: list[Files] = []
    for one in facts:
        ground = row.ground if "joining" in one else f"{row.public_reason}（{row.reason_article}）"
        try:
            made.append(
                mq.seal_facts(
                    files,
                    sealed_at=sealed_at,
                    ground=ground,
                    approver=approver_of(row),
                    salt=mq.new_secret(),
                    **one,
                )
            )
        except mq.RefusedError as error:
            raise _told(row, error, files) from error
        files = {**files, **made[-1]}
    return made


def lot_file(row: Supplement, files: Files, **how: Any) -> Files:
    """Return the seal of the lot, checked by the protocol. Raise DomainError, TooFewError where the lot lacks candidates."""
    try:
        return mq.seal_lot(files, kind=row.kind, changes=row.places, **how)
    except mq.RefusedError as error:
        raise _told(row, error, files) from error


def appointment_file(row: Supplement, files: Files, sealed_at: str) -> Files:
    """Return the appointment, checked by the protocol; the salt hides it behind its public digest while the list is held back."""
    (subject, inspector), *_rest = row.places
    try:
        return mq.appoint(
            files,
            subject=subject,
            inspector=inspector,
            appointed=row.appointed,
            sealed_at=sealed_at,
            ground=row.ground,
            approver=approver_of(row),
            salt=mq.new_secret(),
        )
    except mq.RefusedError as error:
        raise _told(row, error, files) from error


def candidates_in(row: Supplement, state: mq.State) -> int:
    """Return the least number of who or what could come in one of the changes, the earlier ones of the same lot set aside."""
    before: Counter[str] = Counter()
    found = []
    for subject, inspector in row.places:
        kind = Kind.INSPECTOR if row.kind == Kind.APPOINTMENT else row.kind
        group = state.tables.stratum_of(subject) if kind == Kind.SUBJECT else subject
        found.append(max(0, mq.candidates(state, kind, subject, inspector) - before[group]))
        before[group] += 1
    return min(found)


def _told(row: Supplement, error: mq.RefusedError, files: Files) -> DomainError:
    """Return what the protocol refuses as officers can act on it: in words, and what to do."""
    state = mq.read_chain(files).state
    if error.reason == "changes: fewer than two candidates":
        found = candidates_in(row, state)
        if row.joining:
            return DomainError(
                f"连同加入的科室，能够顶替的只有 {found} 人，不足 2 人，不能抽签。"
                "请再勾选有人能够参加的科室，或者改为直接委派（第十条）。"
            )
        return TooFewError(row.kind, found)
    if error.reason in {"appointment: the lot goes first", "joining: a lot is possible"}:
        found, what = candidates_in(row, state), "不能直接委派" if row.kind == Kind.APPOINTMENT else "不需要跨科室抽取"
        return DomainError(f"还有 {found} 人可以抽，{what}：能抽签的先抽签（第十条）。请改为抽签更换。")
    if error.reason == "joining: fewer than two":
        return DomainError("加入的人员合计不足 2 人：只加入一人等于指定。请再勾选一个科室（第十条）。")
    if error.reason == "appointment: cannot be appointed":
        return DomainError(f"不能委派{_name(row)}：{_why_not_appointed(row, state)}。请撤回后另选一人申请。")
    return DomainError(f"{words(error.reason)}。请刷新页面，核对后重新办理。")


def _name(row: Supplement) -> str:
    found = Inspector.objects.filter(organ=row.draw.organ, certificate_number=row.appointed).first()
    return found.name if found else row.appointed


def _why_not_appointed(row: Supplement, state: mq.State) -> str:
    (subject, _inspector), *_rest = row.places
    if row.appointed not in state.tables.inspectors:
        return "封存的名单里没有此人"
    if row.appointed in state.teams[subject]:
        return "已在这个对象的检查组里"
    return "有利害关系应当回避，或者已列为不能参加（第十一条）"


def preview(row: Supplement) -> Preview:
    """Try the seal without keeping anything; raise DomainError saying what stands in the way."""
    refuse_second(row.draw)
    files, now = bundle_files(row.draw), clock.now()
    facts = facts_for(row, mq.read_chain(files).state)
    sealed_at = clock.to_text(now)
    made = facts_files(row, files, facts, sealed_at)
    for one in made:
        files = {**files, **one}
    number = len(steps_of(row.draw)) + len(made) + 1
    if not row.by_lot:
        appointment_file(row, files, sealed_at)
        return Preview(facts, None, number)
    lot_file(
        row,
        files,
        witnesses=row.draw.plan["witnesses"],
        sealed_at=sealed_at,
        open_by=clock.to_text(now + timedelta(days=1)),
        secret=mq.new_secret(),
    )
    return Preview(facts, candidates_in(row, mq.read_chain(files).state), number)


def refuse_second(draw: Draw) -> None:
    """Refuse a supplement while another is being made: its outcome decides what this one starts from."""
    other = next((one for one in numbered(draw) if one.is_making), None)
    if other is not None:
        raise DomainError(
            f"第 {other.number} 号变更正在办理（{other.get_state_display()}）。请等它开签或作废之后再办理下一个。"
        )


def refuse_subject(draw: Draw, subject: str, reason: str) -> None:
    """A subject goes only where the registry has the exemption (A9.2), or another division really visits it in the window (A12.2)."""
    if draw.task is None:
        raise DomainError("这次抽取没有对应的抽查任务，不能替补对象。")
    if reason == Reason.EXEMPT:
        rows = {row.number: row for row in task_selectors.pool_of(draw.task, clock.today()).rows}
        found = rows.get(subject)
        if found is None or not found.status.startswith("exempt:"):
            raise DomainError(
                "名录库里没有这家企业当前有效的免检免扰登记，或者本任务的事项不适用免检（第九条）。请先登记免检免扰，再申请替补。"
            )
        return
    joint = draw.joint_parts.filter(number=subject, state=PartState.AGREED, visit__state__in=JOINT_AGREED)
    if joint.exists():
        raise DomainError("各科室已同意对这个对象联合检查，进一次门即可，不存在避让的情形（第十二条）。")
    apart = [meeting for meeting in task_selectors.meetings_for(draw.task) if meeting.state != JointState.AGREED]
    if not any(subject in meeting.numbers for meeting in apart):
        raise DomainError("其他科室在同一时段没有抽取这家企业，或者双方已同意联合检查，不存在避让的情形（第十二条）。")


def refuse_ended(row: Supplement) -> None:
    """Raise DomainError where what allowed an approved change has ended: the visit took place, the task is over, the ground is gone."""
    draw = row.draw
    if draw.task is not None and draw.task.state != TaskState.DRAWN:
        raise DomainError(f"任务{draw.task.get_state_display()}，不能再变更。请撤回这份申请。")
    if any(burden_services.visited(draw.organ, reference=draw.code, subject=one) for one in row.subjects):
        raise DomainError("对其中的对象的检查已经进行，不能再变更。请撤回这份申请。")
    if row.kind == Kind.EXCHANGE and burden_services.visited(draw.organ, reference=draw.code):
        raise DomainError(
            "这次抽取已有对象完成检查，互换可能动到已经完成的检查。请撤回后改为抽签更换检查人员（第十一条）。"
        )
    if row.kind == Kind.SUBJECT:
        for subject in row.subjects:
            refuse_subject(draw, subject, row.reason)
