"""Reading drafts; from a draft and the registries to the rows that a seal fixes: the pool, its strata and quotas, and who may be dealt."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from mingqian.accounts.models import User
from mingqian.accounts.states import READER_ROLES, Role
from mingqian.casework.officers import officer_of
from mingqian.common import clock
from mingqian.common.rows import row_or_404
from mingqian.drawing.draw.states import Assignment
from mingqian.drawing.models.draws import Draft
from mingqian.planning.models import Task
from mingqian.planning.pool.selectors import Partaker, Stratum, as_word
from mingqian.planning.tasks import selectors as task_selectors
from mingqian.planning.tasks.selectors import TaskPool
from mingqian.registry.models import Inspector, Interest
from mingqian.registry.people.selectors import (
    ELSEWHERE,
    NOBODY,
    OUT_WORDS,
    inspectors_of,
    interests_on,
    why_not_drawable,
)
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


@dataclass(frozen=True)
class Pool:
    """What a seal would fix, with what it was made of: the task's pool, the inspectors and the interests on record, with their reasons."""

    subjects: list[tuple[str, str, int, str]]
    inspectors: list[tuple[str, str, str]]
    conflicts: list[tuple[str, str]]
    names: list[tuple[str, str, str]]
    strata: list[Stratum]
    task: TaskPool
    people: list[InspectorRow]
    interests: list[Interest]

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


def why_not_prepare(user: User, task: Task) -> str:
    """Say why `user` does not prepare the draw of a task: its own division's officers do, and the regulations division's (art. 9)."""
    return officer_of(user, task.organ_id, task.division)


def public_name(subject: Partaker) -> str:
    """Return the name that pages of a draw show: of a natural person only the first character."""
    if subject.kind == SubjectKind.PERSON:
        return subject.name[:1] + "某"
    return subject.name


def subject_pool(draft: Draft) -> TaskPool:
    """Return who takes part, as the one function that decides on scope, cap, exemption, joint inspection and flags has it (art. 9, 12)."""
    return task_selectors.pool_of(draft.drawn_for, visit_date(draft))


def inspector_rows(draft: Draft, on: date) -> list[InspectorRow]:
    """Return the inspectors of the draft's divisions, each with `in` or `out:CODE` on a date (art. 7)."""
    if draft.assignment == Assignment.NONE or not draft.divisions:
        return []
    return [row for row in every_inspector(draft, on) if row.inspector.division_id in draft.divisions]


def every_inspector(draft: Draft, on: date) -> list[InspectorRow]:
    """Return every inspector of the organ as the sealed table has them: who is not in it has no part in the draw, ever (art. 7).

    Who is of a division that does not take part may be let in later, with all the others of it (art. 10).
    """
    nobody = draft.assignment == Assignment.NONE
    found = []
    for inspector in inspectors_of(draft.organ):
        known = why_not_drawable(inspector, on)
        code = known or draft.left_out.get(inspector.certificate_number, "")
        if not code and (nobody or inspector.division_id not in draft.divisions):
            code = NOBODY if nobody else ELSEWHERE
        found.append(InspectorRow(inspector, f"out:{code}" if code else "in", bool(known)))
    return found


def home_of(draft: Draft) -> str:
    """Return the unit that leads every team, "" where the plan asks for none or nobody is drawn (draw protocol, E1)."""
    task = draft.drawn_for
    if draft.assignment == Assignment.NONE or not task.revision.lead_present:
        return ""
    return as_word(task.division.name)


def visit_date(draft: Draft) -> date:
    """Return the date on which certificates must be valid: that of the opening, today where none is set."""
    return draft.open_by.astimezone(clock.LAW_ZONE).date() if draft.open_by else clock.today()


def pool_of(draft: Draft) -> Pool:
    """Put the whole pool together; raise DomainError where a conflict speaks of somebody outside it."""
    held = subject_pool(draft)
    every = every_inspector(draft, visit_date(draft))
    people = [row for row in every if row.inspector.division_id in draft.divisions]
    interests = interests_on_record(draft)
    numbers, certificates = {row.number for row in held.rows}, {row.inspector.certificate_number for row in every}
    return Pool(
        subjects=[(row.number, row.stratum, row.lots, row.status) for row in held.rows],
        inspectors=[
            (row.inspector.certificate_number, as_word(row.inspector.division.name), row.status) for row in every
        ],
        conflicts=_conflicts(draft, interests, numbers, certificates),
        names=[(row.number, public_name(row), row.district) for row in held.rows]
        + [(row.inspector.certificate_number, row.inspector.name, row.inspector.division.name) for row in every],
        strata=list(held.strata),
        task=held,
        people=people,
        interests=interests,
    )


def _conflicts(
    draft: Draft, interests: Iterable[Interest], subjects: set[str], people: set[str]
) -> list[tuple[str, str]]:
    """Return the pairs that matter in this pool, those on record and the draft's own (A11.2); one about somebody outside cannot come up."""
    pairs = {(c["subject"], c["inspector"]) for c in draft.conflicts}
    pairs |= {(i.subject.number, i.inspector.certificate_number) for i in interests}
    return sorted(pair for pair in pairs if pair[0] in subjects and pair[1] in people)


def interests_on_record(draft: Draft) -> list[Interest]:
    """Return the interests in the registry that are in force on the date of the draw; they enter its conflicts by themselves."""
    return list(interests_on(draft.organ, visit_date(draft)))


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
    return row_or_404(
        drafts_visible_to(user).filter(pk=pk), "没有找到这份草稿：可能已经封存或放弃，或者不属于您的科室。"
    )
