"""What a change's seal would say, and whether it could be made."""

import hashlib
import json
import secrets as system_secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import mingqian_draw as mq
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.drawing.changes.selectors import approver_of, found_since, joining_of
from mingqian.drawing.changes.states import Kind, Reason
from mingqian.drawing.draw.selectors import bundle_files, numbered
from mingqian.drawing.joint.states import JOINT_AGREED, PartState
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.planning.burden import services as burden_services
from mingqian.planning.pool import selectors as pool_selectors
from mingqian.planning.tasks import selectors as task_selectors
from mingqian.planning.tasks.states import JointState, TaskState
from mingqian.registry.models import Inspector
from mingqian_draw.chain import read_chain


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
    """What the seal of a supplement would say of others, and how many could come (`None`: not by lot)."""

    conflicts: list[list[str]]
    unavailable: list[str]
    candidates: int | None
    number: int

    def digest(self, supplement: Supplement) -> str:
        """Return a fingerprint of all that the page before the seal shows."""
        facts = [self.conflicts, self.unavailable, self.candidates, self.number, supplement.pk, supplement.draw_id]
        return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


def made_seal(
    supplement: Supplement,
    files: Mapping[str, bytes],
    found: tuple[list[list[str]], list[str]],
    *,
    secret: str,
    sealed_at: str,
    **how: Any,
) -> dict[str, bytes]:
    """Return the seal of a supplement, checked by the protocol. Raise DomainError, TooFewError where the lot lacks candidates.

    `secret` is fresh for every seal that is kept: what a lot commits to, or the salt that hides an appointment behind its
    public digests while the list is held back.
    """
    head: dict[str, Any] = {
        "subject": supplement.subject,
        "inspector": supplement.inspector,
        "reason": supplement.public_reason,
        "conflicts": found[0],
        "unavailable": found[1],
        "joining": joining_of(supplement),
    }
    try:
        if supplement.by_lot:
            given = {"secret": secret, "sealed_at": sealed_at, **head, **how}
            return mq.seal_supplement(files, kind=supplement.kind, beacon=None, **given)
        approver = approver_of(supplement)
        return mq.seal_appointment(
            files,
            appointed=supplement.appointed,
            ground=supplement.ground,
            approver=approver,
            sealed_at=sealed_at,
            salt=secret,
            **head,
        )
    except mq.DrawError as error:
        raise _told(supplement, error) from error


#: Why somebody cannot be appointed, by the code of the protocol.
_NOT_APPOINTED = {
    "appointed-unknown": "封存的名单里没有此人，或者列为不参加，也没有随这次委派加入。请撤回后重新申请",
    "appointed-unavailable": "已列为这次检查期间不能参加。请另选一人",
    "appointed-in-team": "已在这个对象的检查组里。请另选一人",
    "appointed-conflict": "与这个对象有利害关系，应当回避（第十一条）。请另选一人",
    "appointed-replaced": "在这个对象的检查组里已被更换过，不能再回来。请另选一人",
}


def _told(supplement: Supplement, error: mq.DrawError) -> DomainError:
    """Return what the protocol refuses as officers can act on it: in words, and what to do."""
    found = error.params.get("found")
    if error.code == "candidates" and supplement.joining:
        return DomainError(
            f"连同勾选的人员，能够顶替的只有 {found} 人，不足 2 人，不能抽签。"
            "请再勾选与这个对象没有利害关系、检查期间能够参加的人员，或者改为直接委派（第十条）。"
        )
    if error.code == "candidates":
        return TooFewError(supplement.kind, int(str(found)))
    if error.code == "appointment-lot":
        return DomainError(f"还有 {found} 人可以抽，不能直接委派：能抽签的先抽签（第十条）。请改为抽签更换。")
    if error.code == "joining-needless":
        return DomainError(f"名单内还有 {found} 人可以抽，不需要跨科室，也不需要另加人员（第十条）。请改为抽签更换。")
    if error.code in _NOT_APPOINTED:
        number = supplement.appointed
        row = Inspector.objects.filter(organ=supplement.draw.organ, certificate_number=number).first()
        return DomainError(f"不能委派{row.name if row else number}：{_NOT_APPOINTED[error.code]}。")
    # The place in a file of the bundle says nothing to an officer.
    return DomainError(f"{mq.DrawError(error.code, '', '', **error.params).text('zh')}。请刷新页面，核对后重新办理。")


def candidates_in(files: Mapping[str, bytes]) -> int | None:
    """Return how many candidates the last supplement of a bundle has, None for an appointment."""
    return read_chain(files).last.candidates


def preview(supplement: Supplement) -> Preview:
    """Try the seal without keeping anything; raise DomainError saying what stands in the way."""
    refuse_second(supplement.draw)
    files = bundle_files(supplement.draw)
    found = found_since(supplement, files)
    now = clock.now()
    made = made_seal(
        supplement,
        files,
        found,
        witnesses=supplement.draw.plan["witnesses"],
        sealed_at=clock.to_text(now),
        open_by=clock.to_text(now + timedelta(days=1)),
        secret=system_secrets.token_hex(32),
    )
    return Preview(found[0], found[1], candidates_in({**files, **made}), len(numbered(supplement.draw)) + 1)


def refuse_second(draw: Draw) -> None:
    """Refuse a supplement while another is being made: its outcome decides what this one starts from."""
    other = next((one for one in numbered(draw) if one.is_making), None)
    if other is not None:
        raise DomainError(
            f"第 {other.number} 号变更正在办理（{other.get_state_display()}）。请等它开签或作废之后再办理下一个。"
        )


def unit_of(inspector: Inspector) -> str:
    """Return the unit of an inspector as a word of the protocol."""
    return pool_selectors.as_word(inspector.division.name)


def _refuse_subject(draw: Draw, subject: str, reason: str) -> None:
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
    if burden_services.visited(draw.organ, reference=draw.code, subject=row.subject):
        raise DomainError("对这个对象的检查已经进行，不能再变更。请撤回这份申请。")
    if row.kind == Kind.EXCHANGE and burden_services.visited(draw.organ, reference=draw.code):
        raise DomainError(
            "这次抽取已有对象完成检查，互换可能动到已经完成的检查。请撤回后改为抽签更换检查人员（第十一条）。"
        )
    if row.kind == Kind.SUBJECT:
        _refuse_subject(draw, row.subject, row.reason)


def refuse_too_late(row: Supplement) -> None:
    """Raise DomainError where a sealed change can no longer be opened: a visit that it would change has taken place."""
    draw = row.draw
    subject = None if row.kind == Kind.EXCHANGE else row.subject
    over = draw.task is not None and draw.task.state != TaskState.DRAWN
    if over or burden_services.visited(draw.organ, reference=draw.code, subject=subject):
        raise DomainError("封存之后检查已经进行，这项变更不能再开签，请申请作废。")
