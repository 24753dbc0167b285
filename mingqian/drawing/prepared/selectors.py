"""A draft with all that its seal would rest on, read once: the page before the seal, the rehearsal and the seal itself work on this."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.drawing.draft.selectors import Pool, home_of, pool_of
from mingqian.drawing.draw.states import Assignment
from mingqian.drawing.limits import Limits, limits_for, refuse_below
from mingqian.drawing.models.draws import Draft
from mingqian.drawing.people.selectors import People, people_of, refuse_undecided, told
from mingqian.ledger.models import Recorded
from mingqian.ledger.verification.selectors import changed_by_hand
from mingqian.planning.models import Encounter, EntryRevision, Exclusion, PlanEntry, PlanLine, Task
from mingqian.planning.plans import selectors as plan_selectors
from mingqian.planning.plans.states import Stratify
from mingqian.planning.tasks import selectors as task_selectors
from mingqian.registry.models import (
    Absence,
    Exemption,
    Flag,
    Inspector,
    InspectorField,
    Interest,
    Permit,
    Qualification,
    Subject,
)
from mingqian.rules.models import RuleSet

#: What decides who takes part, how many are drawn and who must not meet.
SHAPING: tuple[type[Recorded], ...] = (
    Subject, Flag, Exemption, Permit, Inspector, Absence, Interest, InspectorField, Qualification,
    Task, Exclusion, PlanEntry, EntryRevision, PlanLine, Encounter, RuleSet,
)  # fmt: skip
#: How many subjects the page before the seal names.
MOST_NAMED = 10
#: How many of the rows that were changed past the services a message names.
MOST_TOLD = 3
#: Everything of a draft that a seal fixes or the public page says, beside the rows.
_REVIEWED = (
    "title", "assignment", "team_size", "teams", "batches", "witnesses", "beacon", "publication", "conflicts",
    "left_out",
)  # fmt: skip
#: What the page of a draw says of each stratum.
_STRATUM = ("name", "label", "taking_part", "out", "quota", "how")


@dataclass(frozen=True)
class Apart:
    """A pair that must not meet, with who put it on record."""

    subject_number: str
    subject_name: str
    inspector_number: str
    inspector_name: str
    reason: str
    source: str


@dataclass(frozen=True)
class Prepared:
    """What a seal of the draft would fix. `home` is the unit that leads every team, `reviewed` the digest of all that the page shows."""

    draft: Draft
    task: Task
    limits: Limits
    pool: Pool
    people: People
    #: What the task may not be drawn for: no basis, not planned, not settled with other divisions (A2.1, A2.2, A12.2).
    problems: tuple[str, ...]
    home: str
    reviewed: str

    @property
    def rules(self) -> dict[str, Any]:
        """Return the `rules` of the seal."""
        draft = self.draft
        return {
            "home": self.home or None,
            "quotas": self.pool.quotas,
            "team_size": 0 if draft.assignment == Assignment.NONE else draft.team_size,
            "assignment": draft.assignment,
            "teams": draft.teams if draft.assignment == Assignment.TEAMS else 0,
            "batches": draft.batches,
        }

    @property
    def conditions(self) -> str:
        """Return who is in the table, by the conditions that decide it, with how many they are."""
        found = plan_selectors.deciding_words(self.task.revision) or "全部对象（没有条件）"
        return f"{found}，{len(self.pool.subjects):,} 家"

    @property
    def first_names(self) -> list[str]:
        """Return the names of the first few of them, so that whoever seals sees whom it is about."""
        return [name for _number, name, _district in self.pool.names[: min(MOST_NAMED, len(self.pool.subjects))]]

    @property
    def out(self) -> int:
        """Return how many subjects do not take part."""
        return sum(stratum.out for stratum in self.pool.strata)

    @property
    def apart(self) -> list[Apart]:
        """Return the pool's conflicts as the page before the seal lists them, each with its ground and its source."""
        found = {
            (c["subject"], c["inspector"]): Apart(
                c["subject"], c["subject_name"], c["inspector"], c["inspector_name"], c["reason"], "本次登记"
            )
            for c in self.draft.conflicts
        }
        for i in self.pool.interests:
            pair = (i.subject.number, i.inspector.certificate_number)
            ground, source = i.get_kind_display(), f"已在册（{i.get_source_display()}）"
            found[pair] = Apart(pair[0], i.subject.name, pair[1], i.inspector.name, ground, source)
        return [found[pair] for pair in self.pool.conflicts]

    @property
    def plan(self) -> dict[str, object]:
        """Return what the page of the draw says beside the seal: conditions and quotas in words, witnesses, reasons."""
        draft, pool = self.draft, self.pool
        return {
            "conditions": self.conditions,
            # What the item list says of whom it is for, in its own words: it decides nothing.
            "listed_as": plan_selectors.said_of_targets(self.task.revision),
            "stratify": str(Stratify(self.task.revision.stratify).label),
            # How many bear each status, and how many were kept out by hand (art. 9): counts for the public page.
            "statuses": pool.task.by_status,
            "more_lots": pool.task.more_lots,
            "strata": [{name: getattr(s, name) for name in _STRATUM} for s in pool.strata],
            "assignment": draft.assignment,
            "team_size": draft.team_size,
            "home": self.home,
            "teams": draft.teams,
            "batches": draft.batches,
            "witnesses": list(draft.witnesses),
            "place": draft.place,
            # Fixed with the seal: whoever changes the rules afterwards neither ends the wait nor makes one.
            "cosigners": self.limits.cosigners,
            "beacon_due": draft.beacon["due"] if draft.beacon else None,
            "beacon_digits": draft.beacon["digits"] if draft.beacon else None,
            "to_select": pool.to_select,
            "inspectors": len(pool.inspectors),
            "inspectors_in": pool.free_inspectors,
            "conflicts": len(pool.conflicts),
            # For the file only, never for a public page: why each pair was kept apart, who was left out and why.
            "grounds": list(draft.conflicts),
            "left_out": dict(draft.left_out),
            "people": told(self.people),
        }

    def refuse_below(self) -> None:
        """Raise DomainError where the draft asks for less than the rules in force do."""
        refuse_below(self.draft, self.limits)

    def refuse_hindered(self) -> None:
        """Raise DomainError where the task may not be drawn for."""
        if self.problems:
            raise DomainError("".join(self.problems))

    def refuse_empty(self) -> None:
        """Refuse what the protocol could not word for a user."""
        pool = self.pool
        if not pool.subjects:
            raise DomainError("任务的对象范围里没有任何抽查对象。请先完善名录库，或调整年度计划。")
        if not pool.quotas:
            raise DomainError("没有任何一层设了名额。请调整年度计划，至少给一层设定 1 个名额。")
        greedy = [f"“{s.label}”要抽 {s.quota} 家，可抽的只有 {s.selectable} 家" for s in pool.strata if s.too_many]
        if greedy:
            raise DomainError("；".join(greedy) + "。请调整年度计划的比例或数量。")

    def refuse_undecided(self) -> None:
        """Raise DomainError where the draft's people want a decision that nobody has made."""
        refuse_undecided(self.people)


def refuse_touched() -> None:
    """Raise DomainError where a row that shapes a lot was changed, deleted or put in past the services: the log does not know of it."""
    if found := changed_by_hand(SHAPING):
        told = "；".join(one.rstrip("。") for one in found[:MOST_TOLD])
        more = f"等 {len(found)} 处" if len(found) > MOST_TOLD else ""
        raise DomainError(
            f"有数据没有经过系统就被改动，不能封存：{told}{more}。请报告安全管理员，核验留痕、恢复数据之后再封存。"
        )


def prepare(draft: Draft) -> Prepared:
    """Read what a seal of the draft would rest on; raise DomainError where the draft has no task."""
    task, pool = draft.drawn_for, pool_of(draft)
    limits, home = limits_for(draft.organ, draft.division), home_of(draft)
    problems = tuple(task_selectors.task_problems(task))
    return Prepared(draft, task, limits, pool, people_of(draft), problems, home, _reviewed(draft, pool, home))


def _reviewed(draft: Draft, pool: Pool, home: str) -> str:
    """Return a fingerprint of all that the review page shows, to notice that anything changed between review and seal."""
    facts = {name: getattr(draft, name) for name in _REVIEWED}
    facts |= {
        "open_by": clock.to_text(draft.open_by) if draft.open_by else "",
        "organ": draft.organ.name,
        "task": draft.task_number,
        "pool": pool.digest(),
        "home": home,
    }
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()
