"""Drafted by one side, looked through by the other (会同): who may write and who may agree. Each rule as the sentence that says why not."""

from dataclasses import dataclass

from mingqian.accounts.models import Division, User
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES, DivisionKind, Role
from mingqian.casework.models.register import RegisterRevision
from mingqian.casework.officers import SAME_PERSON


@dataclass(frozen=True)
class Words:
    """What the register and its parts are called in sentences, and by which article."""

    #: One thing of it: 抽查事项.
    thing: str
    #: The whole: 抽查事项清单, and in short: 清单.
    whole: str
    short: str
    #: As pages cite it: 第五条; and the id.
    article: str
    article_id: str


def drafts(user: User, division: Division, words: Words) -> str:
    """Say why `user` does not draft for a division: its own officers do, and the regulations division."""
    if not user.has_role(*OFFICER_ROLES):
        return f"{words.thing}由业务科室或综合法规科经办人起草（{words.article}）。"
    if user.organ_id != division.organ_id:
        return f"这是其他机关的{words.thing}，可以查看，不能办理（第四条）。"
    if user.division_id != division.pk and not user.has_role(Role.REGULATIONS_OFFICER):
        return f"这个{words.thing}由{division.name}负责，请由该科室或综合法规科办理（第四条）。"
    return ""


def drafted_by_regulations(revision: RegisterRevision) -> bool:
    """Say on which side the draft was written: then the other side is consulted."""
    division = revision.drafted_by.division
    return division is not None and division.kind == DivisionKind.REGULATIONS


def consults(user: User, revision: RegisterRevision, organ_id: int, words: Words) -> str:
    """Say why `user` does not speak for the other side, or wrote in the draft."""
    if not user.has_role(*OFFICER_ROLES) or user.organ_id != organ_id:
        return f"{words.thing}由本机关综合法规科会同业务科室审核（{words.article}）。"
    if revision.has_author(user):
        return SAME_PERSON
    if drafted_by_regulations(revision):
        if user.division_id != revision.division.pk:
            return f"综合法规科起草的{words.thing}，请由责任科室（{revision.division.name}）会同（{words.article}）。"
    elif not user.has_role(Role.REGULATIONS_OFFICER):
        return f"业务科室起草的{words.thing}，请由综合法规科会同审核（{words.article}）。"
    return ""


def composes(user: User, organ_id: int, words: Words) -> str:
    """Say why `user` does not compose versions: the regulations division does."""
    if not user.has_role(Role.REGULATIONS_OFFICER) or user.organ_id != organ_id:
        return f"{words.whole}由本机关综合法规科会同业务科室编制（{words.article}）。"
    return ""


def approves(user: User, organ_id: int, words: Words) -> str:
    """Say why `user` does not approve versions: a leader of the organ does."""
    if not user.has_role(*LEADER_ROLES):
        return f"{words.whole}由局领导批准（{words.article}）。"
    if user.organ_id != organ_id:
        return f"这是其他机关的{words.short}，可以查看，不能办理（第四条）。"
    return ""
