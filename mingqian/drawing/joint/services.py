"""What the system does for joint visits by itself: find them at an opening, let them follow what changes a draw (A12.2).

Everything runs inside the transaction of the opening, so that a draw is never open without its proposals. The number of queries
does not depend on how many subjects were drawn, save for those that really meet.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from mingqian.accounts.models import Organ
from mingqian.casework.numbers import next_number
from mingqian.common import clock
from mingqian.drawing.bundle.selectors import names_of, teams_of
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.joint.parts import go_on, locked, overtake, plan_settlement, take_in
from mingqian.drawing.joint.procedure import PART, VISIT
from mingqian.drawing.joint.selectors import going_parts, leaders_problem, pending
from mingqian.drawing.joint.states import JOINT_AGREED, JOINT_LIVE, PART_LIVE, FoundBy, JointVisitState, PartState
from mingqian.drawing.models.draws import Draw, local_year
from mingqian.drawing.models.joint import JointPart, JointSettlement, JointVisit
from mingqian.drawing.warnings.services import SYSTEM, lift_joined
from mingqian.ledger import services as ledger
from mingqian.planning.burden.states import BurdenSource
from mingqian.planning.models import Encounter, JointProposal, Task
from mingqian.planning.tasks.states import JointState, TaskState
from mingqian.rules.deadlines.selectors import deadline


@dataclass
class _Stay:
    """A subject as one draw holds it; `survivor` is the row that counts where it was merged into another."""

    draw: Draw
    number: str
    survivor: int
    part: JointPart | None = None
    #: How many draws the visit has in which it takes part already.
    company: int = 0

    @property
    def key(self) -> tuple[int, str]:
        """Return draw and number."""
        return self.draw.pk, self.number


@dataclass
class _Group:
    """The draws that meet at one subject; `visit` where two of them are joined already."""

    survivor: int
    stays: list[_Stay]
    visit: JointVisit | None = None


#: Teams and names of draws that were read, by the draw.
_Read = dict[int, tuple[dict[str, list[str]], dict[str, tuple[str, str]]]]


def _stays(rows: Iterable[tuple[str, str, int]], draws: Mapping[str, Draw]) -> list[_Stay]:
    return [_Stay(draws[code], number, survivor) for code, number, survivor in rows if code in draws]


def _unvisited(organ: Organ) -> QuerySet[Encounter, Any]:
    rows = Encounter.objects.filter(organ=organ, source=BurdenSource.DRAW, dropped_why="", on__isnull=True)
    return rows.annotate(survivor=Coalesce("subject__merged_into_id", "subject_id"), own=F("subject__number"))


def _meeting(draw: Draw, task: Task, numbers: Iterable[str] | None) -> dict[int, list[_Stay]]:
    """Return the stays at each subject that this draw and one of another division hold in one window, this draw's own first."""
    columns = ("reference", "own", "survivor")
    rows = _unvisited(draw.organ)
    wanted = None if numbers is None else set(numbers)
    found: dict[int, list[_Stay]] = {}
    for stay in _stays(rows.filter(reference=draw.code).values_list(*columns), {draw.code: draw}):
        if wanted is None or stay.number in wanted:
            found[stay.survivor] = [stay]
    others = (
        rows.filter(task__since__lte=task.until, task__until__gte=task.since, task__state=TaskState.DRAWN)
        .exclude(task__division=task.division_id)
        .exclude(reference=draw.code)
        .order_by("pk")
    )
    told = [row for row in others.values_list(*columns).iterator(2000) if row[2] in found]
    held = Draw.objects.filter(code__in={row[0] for row in told}, state=DrawState.OPENED, task__isnull=False)
    draws = {one.code: one for one in held.select_related("task__division", "task__revision", "organ", "division")}
    for stay in _stays(told, draws):
        found[stay.survivor].append(stay)
    return {key: stays for key, stays in found.items() if len(stays) > 1}


class _Said:
    """What the divisions had said to one another: before their seals, task by task (`planning`), and since, subject by subject."""

    def __init__(self, stays: Sequence[_Stay]) -> None:
        tasks = {stay.draw.task_id or 0 for stay in stays}
        rows = JointProposal.objects.filter(task__in=tasks, other__in=tasks).values_list("task", "other", "state")
        self.by_pair = {frozenset((one, other)): state for one, other, state in rows}
        refused = JointPart.objects.filter(draw__in={stay.draw.pk for stay in stays}, state=PartState.DECLINED)
        held: dict[int, list[tuple[tuple[int, str], str]]] = {}
        for part in JointPart.objects.filter(visit__in=refused.values("visit")):
            held.setdefault(part.visit_id, []).append(((part.draw_id, part.number), part.state))
        self.refused = {
            frozenset((one, other))
            for told in held.values()
            for (one, state), (other, also) in combinations(told, 2)
            if PartState.DECLINED in (state, also)
        }

    def apart(self, one: _Stay, other: _Stay) -> bool:
        """Say whether one had declined to go with the other; nobody is asked twice."""
        return self.state(one, other) == JointState.DECLINED or frozenset((one.key, other.key)) in self.refused

    def state(self, one: _Stay, other: _Stay) -> str:
        """Return what two tasks agreed on, "" where nobody asked."""
        return self.by_pair.get(frozenset((one.draw.task_id or 0, other.draw.task_id or 0)), "")

    def agreed(self, one: _Stay, others: Iterable[_Stay]) -> bool:
        """Say whether one had agreed with all the others."""
        return all(self.state(one, other) == JointState.AGREED for other in others)


def _put_parts(groups: Mapping[int, list[_Stay]]) -> None:
    """Put to each stay the part that it plays in a joint visit already."""
    draws = {stay.draw.pk for stays in groups.values() for stay in stays}
    rows = JointPart.objects.filter(draw__in=draws, state__in=PART_LIVE, visit__state__in=JOINT_LIVE)
    held = {(row.draw_id, row.number): row for row in rows.select_related("visit")}
    visits = {row.visit_id for row in held.values()}
    company = Counter(JointPart.objects.filter(visit__in=visits, state__in=PART_LIVE).values_list("visit", flat=True))
    for stays in groups.values():
        for stay in stays:
            stay.part = held.get(stay.key)
            stay.company = company[stay.part.visit_id] if stay.part is not None else 0


def _overlap(stays: Iterable[_Stay]) -> bool:
    tasks = [stay.draw.task for stay in stays if stay.draw.task is not None]
    return max(task.since for task in tasks) <= min(task.until for task in tasks)


def _grouped(survivor: int, stays: Sequence[_Stay], said: _Said) -> _Group | None:
    """Choose with whom the draw is to go: a visit that is joined already, else all that have a day in common and never declined."""
    own, others = stays[0], stays[1:]
    if own.part is not None:
        return None
    for visit, held in _by_visit(others):
        if _may_join(own, held, said):
            return _Group(survivor, [own, *held], visit)
    free = [own]
    for stay in others:
        if stay.part is None and _fits(stay, free, said):
            free.append(stay)
    return _Group(survivor, free) if len(free) > 1 else None


def _by_visit(stays: Iterable[_Stay]) -> Iterable[tuple[JointVisit, list[_Stay]]]:
    """Return the visits that some of the stays are part of already, each with those stays."""
    found: dict[int, tuple[JointVisit, list[_Stay]]] = {}
    for stay in stays:
        if stay.part is not None:
            found.setdefault(stay.part.visit_id, (stay.part.visit, []))[1].append(stay)
    return found.values()


def _may_join(own: _Stay, held: list[_Stay], said: _Said) -> bool:
    """Say whether the draw can come along to a visit; who takes part without a day in common with it did not even come here."""
    return len(held) == held[0].company and _fits(own, held, said)


def _fits(stay: _Stay, held: list[_Stay], said: _Said) -> bool:
    """Say whether nobody declined to go with the others, and all have a day in common."""
    return not any(said.apart(one, stay) for one in held) and _overlap([*held, stay])


def match(draw: Draw, *, numbers: Iterable[str] | None = None, supplement: bool = False) -> list[JointVisit]:
    """Propose a joint visit for each subject of an opened draw (only `numbers`) that another division drew in the same window.

    Where the tasks had agreed on it before the seal, the visit is agreed from the beginning; where they had declined, there is none.
    The system proposes, not whoever opened the draw.
    """
    task = draw.task
    if task is None:
        return []
    meeting = _meeting(draw, task, numbers)
    if not meeting:
        return []
    said = _Said([stay for stays in meeting.values() for stay in stays])
    _put_parts(meeting)
    groups = [group for key, stays in sorted(meeting.items()) if (group := _grouped(key, stays, said)) is not None]
    if not groups:
        return []
    asked = deadline(draw.organ, "joint_answer_days", clock.today()).due
    for group in groups:
        if group.visit is not None:
            _widen(draw, group.visit, group.stays, said, asked)
    return _begin(draw, [group for group in groups if group.visit is None], said, asked, supplement=supplement)


def _team(draw: Draw, number: str, cache: _Read) -> list[list[str]]:
    """Return the team of a subject as it stands: certificate number, name, division."""
    if draw.pk not in cache:
        cache[draw.pk] = (teams_of(draw), names_of(draw))
    teams, names = cache[draw.pk]
    return [[one, *names.get(one, ("", ""))] for one in teams.get(number, [])]


def _begin(draw: Draw, groups: list[_Group], said: _Said, asked: date, *, supplement: bool) -> list[JointVisit]:
    """Make the joint visits that nobody had yet, with one entry for all of them; the opening holds the organ, so numbers have no gaps."""
    if not groups:
        return []
    visits = _new_visits(draw.organ, groups, said, supplement=supplement)
    cache: _Read = {}
    parts = [
        _part(visit, stay, _team(stay.draw, stay.number, cache), _due_for(stay, group.stays, said, asked))
        for visit, group in zip(visits, groups, strict=True)
        for stay in group.stays
    ]
    JointPart.objects.bulk_create(parts, batch_size=500)
    agreed_visits = [visit for visit in visits if visit.state == JointVisitState.AGREED]
    by_plan = _settled_by_plan(agreed_visits, parts)
    details = {"draw": draw.draw_id, "visits": [visit.code for visit in visits], "by_plan": len(by_plan)}
    rows = [*visits, *parts, *by_plan]
    ledger.record(SYSTEM, "joint-visit.match", f"joint-visits/{draw.code}", rows=rows, details=details)
    told = {visit.pk for visit in agreed_visits}
    lift_joined(agreed_visits, [part for part in parts if part.visit_id in told])
    return visits


def _new_visits(organ: Organ, groups: list[_Group], said: _Said, *, supplement: bool) -> list[JointVisit]:
    """Number and keep a joint visit for each group; agreed from the beginning where all its tasks had agreed before the seal."""
    now = clock.now()
    year = local_year(now)
    visits = []
    first = next_number(JointVisit.objects.filter(organ=organ, year=year), under=organ)
    for serial, group in enumerate(groups, first):
        agreed = all(said.state(one, other) == JointState.AGREED for one, other in combinations(group.stays, 2))
        found_by = FoundBy.SEAL if agreed else FoundBy.SUPPLEMENT if supplement else FoundBy.OPENING
        visit = JointVisit(organ=organ, subject_id=group.survivor, year=year, serial=serial, found_by=found_by)
        visit.code, visit.number = f"{organ.code}-joint-{year}-{serial}", f"联检〔{year}〕{serial}号"
        visit.state = JointVisitState.AGREED if agreed else JointVisitState.PROPOSED
        visit.found_at = now
        visits.append(visit)
    return JointVisit.objects.bulk_create(visits, batch_size=500)


def _due_for(stay: _Stay, stays: Sequence[_Stay], said: _Said, asked: date) -> date | None:
    """Return the last day for the answer of a draw's division, None where it had agreed with all the others before the seal."""
    others = [other for other in stays if other is not stay]
    return None if said.agreed(stay, others) else _due(stays, asked)


def _due(stays: Iterable[_Stay], asked: date) -> date:
    """Return the last day for an answer: what the rules give, but while all can still go."""
    return min([asked, *(stay.draw.task.until for stay in stays if stay.draw.task is not None)])


def _settled_by_plan(visits: Iterable[JointVisit], parts: Iterable[JointPart]) -> list[JointSettlement]:
    """Settle those of the new visits whose leading division the plan names, all at once; the caller puts the rows on the ledger."""
    held: dict[int, list[JointPart]] = {}
    for part in parts:
        held.setdefault(part.visit_id, []).append(part)
    told = [(visit, row) for visit in visits if (row := plan_settlement(visit, held[visit.pk])) is not None]
    for visit, row in told:
        visit.state, visit.lead, visit.leader, visit.second = JointVisitState.SETTLED, row.lead, row.leader, row.second
        visit.since, visit.until = row.since, row.until
    fields = ("state", "lead", "leader", "second", "since", "until")
    JointVisit.objects.bulk_update([visit for visit, _row in told], fields, batch_size=200)
    return JointSettlement.objects.bulk_create([row for _visit, row in told], batch_size=200)


def _part(visit: JointVisit, stay: _Stay, team: list[list[str]], due: date | None) -> JointPart:
    """Return the part of a draw, not saved; without a last day for the answer it was agreed before the seal."""
    task = stay.draw.task
    if task is None:
        raise ValueError("a draw without a task takes part in nothing")
    part = JointPart(visit=visit, draw=stay.draw, division=task.division, number=stay.number, team=team, due=due)
    if due is None:
        part.state, part.remark = PartState.AGREED, str(FoundBy.SEAL.label)
    return part


def _widen(draw: Draw, visit: JointVisit, stays: Sequence[_Stay], said: _Said, asked: date) -> JointPart:
    """Let a further draw into a visit that others have joined already: its division is asked; what they settled stands until it agrees."""
    visit = locked(visit)
    own, others = stays[0], stays[1:]
    agreed = said.agreed(own, others)
    part = _part(visit, own, _team(draw, own.number, {}), None if agreed else _due(stays, asked))
    part.save(force_insert=True)
    details = {"division": part.division.name, "draw": draw.draw_id}
    ledger.record(SYSTEM, "joint-visit.part-join", visit.ledger_subject, rows=[part], details=details)
    if agreed and visit.state in JOINT_AGREED:
        take_in(SYSTEM, visit, part)
    return part


def follow(draw: Draw, why: str) -> None:
    """Let the joint visits of a draw follow a supplement: teams as they stand now, leaders who left, subjects that were replaced."""
    rows = JointPart.objects.filter(draw=draw, state__in=PART_LIVE, visit__state__in=JOINT_LIVE)
    parts = list(rows.select_related("visit__organ", "division", "draw__task"))
    if not parts:
        return
    teams, names = teams_of(draw), names_of(draw)
    for part in parts:
        team = [[one, *names.get(one, ("", ""))] for one in teams.get(part.number, [])]
        if part.number in teams and team == part.team:
            continue
        visit = locked(part.visit)
        if part.number not in teams:
            PART.move(SYSTEM, part, "leave", remark=why[:200])
            go_on(SYSTEM, _reopened(visit, why), why)
            continue
        part.team = team
        part.save()
        details = {"division": part.division.name, "draw": draw.draw_id, "why": why}
        ledger.record(SYSTEM, "joint-visit.team", visit.ledger_subject, rows=[part], details=details)
        _reopened(visit, why)


def _reopened(visit: JointVisit, why: str) -> JointVisit:
    """Let what was settled or proposed fall where those who were to lead are no longer there."""
    parts = going_parts(visit)
    asked = pending(visit)
    if asked is not None and leaders_problem(parts, asked.lead, asked.leader, asked.second):
        overtake(SYSTEM, visit, why)
    if visit.state != JointVisitState.SETTLED or not leaders_problem(parts, visit.lead, visit.leader, visit.second):
        return visit
    return VISIT.move(SYSTEM, visit, "reopen", reopened_why=f"{why}，须重新商定组长"[:200])
