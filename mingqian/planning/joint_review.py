"""Drafted by one side, joined by the other (会同): who may write and who may agree, alike for items and for entries of a plan."""

from dataclasses import dataclass
from typing import Protocol

from mingqian.accounts.models import Division, User
from mingqian.accounts.services import refuse_same_person
from mingqian.accounts.states import OFFICER_ROLES, DivisionKind, Role
from mingqian.common.errors import NotAllowedError


@dataclass(frozen=True)
class Matter:
    """What is drafted, as sentences name it, and by which article."""

    name: str
    article: str


ITEM = Matter("抽查事项", "第五条")
PLAN = Matter("计划条目", "第八条")


class Drafted(Protocol):
    """A revision that somebody wrote for a division."""

    division: Division
    drafted_by: User

    def has_author(self, user: User) -> bool:
        """Say whether `user` wrote in it."""


def refuse_unless_drafter(user: User, matter: Matter, division: Division) -> None:
    """Raise NotAllowedError unless `user` drafts for the division: its own officer, or the regulations division."""
    if not user.has_role(*OFFICER_ROLES):
        raise NotAllowedError(f"{matter.name}由业务科室或综合法规科经办人起草（{matter.article}）。")
    if user.organ_id != division.organ_id:
        raise NotAllowedError(f"这是其他机关的{matter.name}，可以查看，不能办理（第四条）。")
    if user.division_id != division.pk and not user.has_role(Role.REGULATIONS_OFFICER):
        raise NotAllowedError(f"这个{matter.name}由{division.name}负责，请由该科室或综合法规科办理（第四条）。")


def drafted_by_regulations(revision: Drafted) -> bool:
    """Say on which side the draft was written: then the other side joins."""
    division = revision.drafted_by.division
    return division is not None and division.kind == DivisionKind.REGULATIONS


def refuse_joining(user: User, revision: Drafted, organ_id: int, matter: Matter) -> None:
    """Raise NotAllowedError unless `user` speaks for the other side and wrote nothing in it."""
    if not user.has_role(*OFFICER_ROLES) or user.organ_id != organ_id:
        raise NotAllowedError(f"{matter.name}由本机关综合法规科会同业务科室审核（{matter.article}）。")
    if revision.has_author(user):
        refuse_same_person(user, user)
    if drafted_by_regulations(revision):
        if user.division_id != revision.division.pk:
            raise NotAllowedError(
                f"综合法规科起草的{matter.name}，请由责任科室（{revision.division.name}）会同（{matter.article}）。"
            )
    elif not user.has_role(Role.REGULATIONS_OFFICER):
        raise NotAllowedError(f"业务科室起草的{matter.name}，请由综合法规科会同审核（{matter.article}）。")


def may_join(user: User, revision: Drafted, organ_id: int, matter: Matter) -> bool:
    """Say whether `user` speaks for the other side."""
    try:
        refuse_joining(user, revision, organ_id, matter)
    except NotAllowedError:
        return False
    return True
