"""The numbers of the rule set that a draw must hold: size of a team, number of witnesses (art. 9, 21)."""

from dataclasses import dataclass

from mingqian.accounts.models import Division, Organ
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.drawing.draw.states import Assignment
from mingqian.drawing.models.draws import Draft
from mingqian.ledger import selectors as ledger
from mingqian.rules.sets.selectors import rule_set_for


@dataclass(frozen=True)
class Limits:
    """The least numbers for draws of an organ or a division today, with the paper and article that set them."""

    team_size: int
    team_cited: str
    witnesses: int
    witnesses_cited: str
    #: How many outside parties must have cosigned seal and close before anything follows.
    cosigners: int = 0

    @property
    def team_words(self) -> str:
        """Say how many inspectors there must be at least."""
        return f"每组不少于 {self.team_size} 人（{self.team_cited}）。"

    @property
    def witness_words(self) -> str:
        """Say how many witnesses there must be at least."""
        return f"至少需要 {self.witnesses} 位抽取监督人（{self.witnesses_cited}）。"


def limits_for(organ: Organ, division: Division | None) -> Limits:
    """Return the limits in force today (Asia/Shanghai)."""
    rules = rule_set_for(organ, clock.today(), division)
    return Limits(
        rules.value("team_size"),
        rules.article("team_size"),
        rules.value("witnesses"),
        rules.article("witnesses"),
        rules.value("cosigners"),
    )


def refuse_uncosigned(wanted: int, log_subject: str, verb: str) -> None:
    """Raise DomainError while fewer than `wanted` outside parties have cosigned a step of the log."""
    entry = ledger.entries_on(log_subject).filter(verb=verb).last() if wanted else None
    if entry is None:
        return
    found = ledger.cosigned(ledger.checkpoint_after(entry.index, k=wanted))
    if found < wanted:
        step = {"draw.seal": "封存", "draw.close": "献数截止"}[verb]
        raise DomainError(
            f"{step}写入公开留痕后，要等 {wanted} 家外部见证方联署，现在有 {found} 家。请稍候再试；"
            "联署迟迟不到的，请到“留痕”的外部见证页查看，或用文件送签。"
        )


def refuse_below(draft: Draft, limits: Limits) -> None:
    """Raise DomainError where a draft asks for less than the rules in force do; they may have changed since the form was filled in."""
    if len(draft.witnesses) < limits.witnesses:
        raise DomainError(f"{limits.witness_words}现在是 {len(draft.witnesses)} 位，请回到“见证与时间”补充。")
    if draft.assignment != Assignment.NONE and draft.team_size < limits.team_size:
        raise DomainError(f"{limits.team_words}现在是 {draft.team_size} 人，请回到“人员”修改。")
    planned = draft.task.revision.team_size if draft.task else 0
    if draft.assignment != Assignment.NONE and draft.team_size < planned:
        raise DomainError(
            f"年度计划定为每组 {planned} 人，现在是 {draft.team_size} 人，请回到“人员”修改，或先调整计划（第八条）。"
        )
