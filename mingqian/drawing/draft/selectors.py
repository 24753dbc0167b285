"""Reading drafts; from a draft and the registries to the rows that a seal fixes: the pool, its strata and quotas, and who may be dealt."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet
from django.http import Http404

from mingqian.accounts.models import User
from mingqian.accounts.states import READER_ROLES, Role
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.drawing.draw.states import Assignment
from mingqian.drawing.models.draws import Draft
from mingqian.planning.entries import selectors as entry_selectors
from mingqian.planning.entries.states import Stratify
from mingqian.planning.models import Task
from mingqian.planning.pool.selectors import Partaker, Stratum, as_word
from mingqian.planning.tasks import selectors as task_selectors
from mingqian.planning.tasks.selectors import TaskPool
from mingqian.registry.models import Inspector, Interest
from mingqian.registry.people.selectors import OUT_WORDS, inspectors_of, interests_on, why_not_drawable
from mingqian.registry.subjects.states import SubjectKind


@dataclass(frozen=True)
class InspectorRow:
    """An inspector as the draw would take them."""

    inspector: Inspector
    status: str
    #: The registry itself says that they are out; nothing is left to choose.
    on_record: bool = False

    @property
    def why(self) -> str:
        """Say in words why the inspector is out, "" where in."""
        code = self.status.removeprefix("out:")
        if self.status == "in":
            return ""
        return OUT_WORDS.get(code, code)


@dataclass
class Pool:
    """What a seal would fix."""

    subjects: list[tuple[str, str, int, str]] = field(default_factory=list)
    inspectors: list[tuple[str, str, str]] = field(default_factory=list)
    conflicts: list[tuple[str, str]] = field(default_factory=list)
    names: list[tuple[str, str, str]] = field(default_factory=list)
    strata: list[Stratum] = field(default_factory=list)
    #: The task's pool that this was made of, with the reasons.
    task: TaskPool | None = None

    @property
    def quotas(self) -> list[dict[str, object]]:
        """Return the quotas as the protocol writes them."""
        wanted = sorted((s.name.encode(), s.quota) for s in self.strata if s.quota)
        return [{"stratum": name.decode(), "count": count} for name, count in wanted]

    @property
    def to_select(self) -> int:
        """Return how many subjects the draw selects."""
        return sum(s.quota for s in self.strata)

    @property
    def free_inspectors(self) -> int:
        """Return how many inspectors may be dealt."""
        return sum(1 for _id, _unit, status in self.inspectors if status == "in")

    @property
    def drawable_names(self) -> set[str]:
        """Return the names of the inspectors who may be dealt."""
        free = {number for number, _unit, status in self.inspectors if status == "in"}
        return {name for number, name, _where in self.names if number in free}

    def digest(self) -> str:
        """Return a fingerprint of all rows and quotas."""
        state = hashlib.sha256()
        for rows in (self.subjects, self.inspectors, self.conflicts):
            for row in rows:
                state.update("\t".join(map(str, row)).encode() + b"\n")
            state.update(b"\n")
        state.update(repr(self.quotas).encode())
        return state.hexdigest()


#: Everything of a draft that a seal fixes or the public page says, beside the rows.
_REVIEWED = (
    "title",
    "scope",
    "assignment",
    "team_size",
    "teams",
    "batches",
    "witnesses",
    "beacon",
    "publication",
    "conflicts",
    "left_out",
)


def reviewed_digest(draft: Draft, pool: Pool) -> str:
    """Return a fingerprint of all that the review page shows, to notice that anything changed between review and seal."""
    facts = {name: getattr(draft, name) for name in _REVIEWED}
    facts |= {
        "open_by": clock.to_text(draft.open_by) if draft.open_by else "",
        "organ": draft.organ.name,
        "pool": pool.digest(),
        "home": home_of(draft),
    }
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def task_of(draft: Draft) -> Task:
    """Return the task that the draw is for; raise DomainError where there is none (art. 2)."""
    if draft.task is None:
        raise DomainError("这份草稿没有对应的抽查任务，不能抽取（第二条）。请放弃它，从“抽查任务”开始。")
    return draft.task


def public_name(subject: Partaker) -> str:
    """Return the name that pages of a draw show: of a natural person only the first character."""
    if subject.kind == SubjectKind.PERSON:
        return subject.name[:1] + "某"
    return subject.name


def subject_pool(draft: Draft) -> TaskPool:
    """Return who takes part, as the one function that decides on scope, cap, exemption, joint inspection and flags has it (art. 9, 12)."""
    return task_selectors.pool_of(task_of(draft), visit_date(draft))


def inspector_rows(draft: Draft, on: date) -> list[InspectorRow]:
    """Return the inspectors of the draft's divisions, each with `in` or `out:CODE` on a date (art. 7)."""
    if draft.assignment == Assignment.NONE or not draft.divisions:
        return []
    found = []
    for inspector in inspectors_of(draft.organ).filter(division_id__in=draft.divisions):
        known = why_not_drawable(inspector, on)
        code = known or draft.left_out.get(inspector.certificate_number, "")
        found.append(InspectorRow(inspector, f"out:{code}" if code else "in", bool(known)))
    return found


def home_of(draft: Draft) -> str:
    """Return the unit that leads every team, "" where the plan asks for none or nobody is drawn (draw protocol, E1)."""
    task = task_of(draft)
    if draft.assignment == Assignment.NONE or not task.revision.lead_present:
        return ""
    return as_word(task.division.name)


def visit_date(draft: Draft) -> date:
    """Return the date on which certificates must be valid: that of the opening, today where none is set."""
    return draft.open_by.astimezone(clock.LAW_ZONE).date() if draft.open_by else clock.today()


def pool_of(draft: Draft) -> Pool:
    """Put the whole pool together; raise DomainError where a conflict speaks of somebody outside it."""
    held = subject_pool(draft)
    people = inspector_rows(draft, visit_date(draft))
    pool = Pool(
        subjects=[(row.number, row.stratum, row.lots, row.status) for row in held.rows],
        inspectors=[
            (row.inspector.certificate_number, as_word(row.inspector.division.name), row.status) for row in people
        ],
        names=[(row.number, public_name(row), row.district) for row in held.rows]
        + [(row.inspector.certificate_number, row.inspector.name, row.inspector.division.name) for row in people],
        strata=list(held.strata),
        task=held,
    )
    pool.conflicts = _conflicts(draft, {row[0] for row in pool.subjects}, {row[0] for row in pool.inspectors})
    return pool


def _conflicts(draft: Draft, subjects: set[str], inspectors: set[str]) -> list[tuple[str, str]]:
    """Return the pairs that matter in this pool, those on record and the draft's own (A11.2); one about somebody outside cannot come up."""
    pairs = {(c["subject"], c["inspector"]) for c in draft.conflicts}
    pairs |= {(i.subject.number, i.inspector.certificate_number) for i in interests_on_record(draft)}
    return sorted(pair for pair in pairs if pair[0] in subjects and pair[1] in inspectors)


def interests_on_record(draft: Draft) -> list[Interest]:
    """Return the interests in the registry that are in force on the date of the draw; they enter its conflicts by themselves."""
    return list(interests_on(draft.organ, visit_date(draft)))


@dataclass(frozen=True)
class Apart:
    """A pair that must not meet, with who put it on record."""

    subject_number: str
    subject_name: str
    inspector_number: str
    inspector_name: str
    reason: str
    source: str


def kept_apart(draft: Draft, pool: Pool) -> list[Apart]:
    """Return the pool's conflicts as the page before the seal lists them, each with its ground and its source."""
    found = {
        (c["subject"], c["inspector"]): Apart(
            c["subject"], c["subject_name"], c["inspector"], c["inspector_name"], c["reason"], "本次登记"
        )
        for c in draft.conflicts
    }
    for i in interests_on_record(draft):
        subject, inspector = i.subject, i.inspector
        found[subject.number, inspector.certificate_number] = Apart(
            subject.number,
            subject.name,
            inspector.certificate_number,
            inspector.name,
            i.get_kind_display(),
            f"已在册（{i.get_source_display()}）",
        )
    return [found[pair] for pair in pool.conflicts]


def refuse_empty(pool: Pool) -> None:
    """Refuse what the protocol could not word for a user."""
    if not pool.subjects:
        raise DomainError("任务的对象范围里没有任何抽查对象。请先完善名录库，或调整年度计划。")
    if not pool.quotas:
        raise DomainError("没有任何一层设了名额。请调整年度计划，至少给一层设定 1 个名额。")
    greedy = [f"“{s.label}”要抽 {s.quota} 家，可抽的只有 {s.selectable} 家" for s in pool.strata if s.too_many]
    if greedy:
        raise DomainError("；".join(greedy) + "。请调整年度计划的比例或数量。")


def plan_of(draft: Draft, pool: Pool) -> dict[str, object]:
    """Return what the page of the draw says beside the seal: conditions and quotas in words, witnesses, reasons."""
    due = draft.beacon["due"] if draft.beacon else None
    return {
        "conditions": conditions_in_words(draft),
        "stratify": str(Stratify(task_of(draft).revision.stratify).label),
        # How many bear each status, and how many were kept out by hand (art. 9): counts for the public page.
        "statuses": pool.task.by_status if pool.task else {},
        "more_lots": pool.task.more_lots if pool.task else 0,
        "strata": [
            {
                "name": s.name,
                "label": s.label,
                "taking_part": s.taking_part,
                "out": s.out,
                "quota": s.quota,
                "how": s.how,
            }
            for s in pool.strata
        ],
        "assignment": draft.assignment,
        "team_size": draft.team_size,
        "home": home_of(draft),
        "teams": draft.teams,
        "batches": draft.batches,
        "witnesses": list(draft.witnesses),
        "beacon_due": due,
        "beacon_digits": draft.beacon["digits"] if draft.beacon else None,
        "to_select": pool.to_select,
        "inspectors": len(pool.inspectors),
        "inspectors_in": pool.free_inspectors,
        "conflicts": len(pool.conflicts),
        # For the file only, never for a public page: why each pair was kept apart, who was left out and why.
        "grounds": list(draft.conflicts),
        "left_out": dict(draft.left_out),
    }


def conditions_in_words(draft: Draft) -> str:
    """Return whom the task is for, as a sentence."""
    said = {one.key: one.text for one in entry_selectors.entry_shown(task_of(draft).revision)}
    return said["target"] or "本机关名录库全部抽查对象"


def drafts_visible_to(user: User) -> QuerySet[Draft]:
    """Return the user's own drafts and those of the own division; the regulations division those of the organ (art. 9)."""
    if not user.has_role(*READER_ROLES):
        return Draft.objects.none()
    drafts = Draft.objects.filter(organ=user.organ).select_related("organ", "owner", "division")
    if user.has_role(Role.REGULATIONS_OFFICER):
        return drafts
    return drafts.filter(division=user.division) if user.division_id else drafts.filter(owner=user)


def draft_for(user: User, pk: int) -> Draft:
    """Return the draft, or raise Http404 where it is not for `user` to know."""
    draft = drafts_visible_to(user).filter(pk=pk).first()
    if draft is None:
        raise Http404("没有找到这份草稿：可能已经封存或放弃，或者不属于您的科室。")
    return draft
