"""Who may act on what belongs to a division: each rule once, as the sentence that says why not ("" where one may).

The sentence is what the service answers with, what the page shows beside a button that is not offered, and what keeps a thing off a
to-do list.
"""

from collections.abc import Collection

from mingqian.accounts.models import Division, Organ, User
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES, Role
from mingqian.common.errors import NotAllowedError

#: What is said to somebody of another organ.
OTHER_ORGAN = "这是其他机关的事项，可以查看，不能办理。"
#: What is said to whoever would decide on what they asked for themselves.
SAME_PERSON = "申请人或起草人不能审批自己的事项，请由另一位有权限的人员办理。"


def _id(row: Organ | Division | int | None) -> int | None:
    return row if row is None or isinstance(row, int) else row.pk


def officer_of(user: User, organ: Organ | int, division: Division | None) -> str:
    """Say why `user` does not carry the work of a division: its officers do, and those of the regulations division (art. 9).

    Without a division only the regulations division does.
    """
    if user.organ_id != _id(organ):
        return OTHER_ORGAN
    if user.has_role(Role.REGULATIONS_OFFICER):
        return ""
    if division is not None and user.division_id == division.pk and user.has_role(*OFFICER_ROLES):
        return ""
    whose = f"{division.name}或综合法规科" if division is not None else "综合法规科"
    return f"由{whose}的经办人办理（第九条）。"


def head_or_leader_of(user: User, organ: Organ | int, division: Division | None) -> str:
    """Say why `user` does not decide for a division: its head does, and the organ's leaders."""
    if user.organ_id != _id(organ):
        return OTHER_ORGAN
    if user.has_role(*LEADER_ROLES):
        return ""
    if division is not None and user.division_id == division.pk and user.has_role(Role.DIVISION_HEAD):
        return ""
    whose = f"{division.name}负责人或" if division is not None else ""
    return f"由{whose}分管领导、主要领导审批。"


def leader_of(user: User, organ: Organ | int) -> str:
    """Say why `user` is no leader of the organ."""
    if user.organ_id != _id(organ):
        return OTHER_ORGAN
    return "" if user.has_role(*LEADER_ROLES) else "由分管领导或主要领导审批。"


def decides_as(user: User, roles: Collection[Role], organ: Organ | int, division: Division | int | None) -> Role | None:
    """Return the highest of `roles` in which `user` decides for a division, None where there is none; a head decides for the own one."""
    if user.organ_id != _id(organ):
        return None
    for role in (Role.PRINCIPAL_LEADER, Role.LEADER, Role.DIVISION_HEAD):
        fits = role != Role.DIVISION_HEAD or user.division_id == _id(division)
        if role in roles and fits and user.has_role(role):
            return role
    return None


def refuse(why_not: str) -> None:
    """Raise NotAllowedError with the sentence, where there is one."""
    if why_not:
        raise NotAllowedError(why_not)
