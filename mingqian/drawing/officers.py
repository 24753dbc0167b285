"""Who carries the work of a draw: one rule for everything that is done with it before, at and after its opening (art. 9)."""

from mingqian.accounts.models import User
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES, Role
from mingqian.common.errors import NotAllowedError
from mingqian.drawing.models import Draw


def is_officer(user: User, draw: Draw) -> bool:
    """Say whether `user` carries the draw's work: an officer of its division, or of the regulations division."""
    if user.organ_id != draw.organ_id or not user.has_role(*OFFICER_ROLES):
        return False
    return user.division_id == draw.division_id or user.has_role(Role.REGULATIONS_OFFICER)


def refuse_stranger(user: User, draw: Draw) -> None:
    """Let only those who carry the draw's work go on."""
    if user.organ_id != draw.organ_id:
        raise NotAllowedError("这是其他机关的抽取，可以查看，不能办理。")
    if not is_officer(user, draw):
        where = draw.division.name if draw.division else "任务所属科室"
        raise NotAllowedError(f"这次抽取由{where}负责，请由该科室或综合法规科的经办人办理（第九条）。")


def may_publish(user: User, draw: Draw) -> bool:
    """Say whether `user` may publish a list that was kept back: its officers after the inspections, before that only a leader."""
    if draw.task is None or draw.task.state == "done":
        return is_officer(user, draw)
    return user.organ_id == draw.organ_id and user.has_role(*LEADER_ROLES)
