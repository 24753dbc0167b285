"""What whoever decides on the people of a draw is shown: how many there are and are needed, who cannot come and who said so when."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from mingqian.accounts import models as accounts
from mingqian.accounts.models import User
from mingqian.accounts.selectors import divisions_of
from mingqian.casework.officers import officer_of
from mingqian.common import clock
from mingqian.drawing.bundle.selectors import names_of, read_bundle
from mingqian.drawing.changes.selectors import declared_in, facts_for, why_away, window_of
from mingqian.drawing.draft.selectors import subject_pool, visit_date
from mingqian.drawing.draw.states import Assignment
from mingqian.drawing.limits import limits_for
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draft
from mingqian.drawing.models.people import PeopleRequest
from mingqian.drawing.people import selectors
from mingqian.drawing.people.states import clauses
from mingqian.ledger import selectors as ledger
from mingqian.planning.models import Task
from mingqian.registry.models import Absence, Inspector
from mingqian.registry.people.selectors import (
    OUT_WORDS,
    inspectors_of,
    interests_on,
    key_of_inspector,
    why_not_drawable,
)
from mingqian.registry.people.states import OutReason

#: How somebody is out whom the officer chose to leave out of this very draw.
BY_HAND = "经办人排除"


@dataclass(frozen=True)
class Missing:
    """Somebody who cannot come, why, and who put that on record when. `late`: after what the reader takes as the beginning."""

    number: str
    name: str
    division: str
    why: str
    how: str
    who: str = ""
    at: datetime | None = None
    late: bool = False

    @property
    def by_hand(self) -> bool:
        """Say whether the officer left them out of this draw."""
        return self.how == BY_HAND


@dataclass(frozen=True)
class Division:
    """How many inspectors a division has, and how many of them the draw could take on the day."""

    name: str
    part: str
    registered: int
    drawable: int
    left_out: int
    drawn: bool

    @property
    def left(self) -> int:
        """Return how many take part."""
        return self.drawable - self.left_out if self.drawn else 0


@dataclass(frozen=True)
class DraftPicture:
    """What the decision on a draft's people rests on."""

    on: date
    divisions: list[Division]
    teams: int
    team_size: int
    missing: list[Missing]

    @property
    def own(self) -> Division:
        """Return the task's own division."""
        return self.divisions[0]

    @property
    def late(self) -> int:
        """Return how many were put on record as missing late."""
        return sum(row.late for row in self.missing)


@dataclass(frozen=True)
class ChangePicture:
    """What the decision on an appointment, or on a lot with other divisions, rests on."""

    registered: int
    listed: int
    candidates: int
    missing: list[Missing]

    @property
    def late(self) -> int:
        """Return how many were put on record as missing late."""
        return sum(row.late for row in self.missing)


def _named(rows: Iterable[Missing]) -> list[Missing]:
    """Return the rows with people instead of accounts, the late ones first."""
    held = list(rows)
    accounts = {row.who.removeprefix("user/") for row in held if row.who.startswith("user/")}
    names = dict(User.objects.filter(username__in=accounts).values_list("username", "name"))
    told = [replace(row, who=names.get(row.who.removeprefix("user/"), row.who.partition("/")[2])) for row in held]
    return sorted(told, key=lambda row: (not (row.late or row.by_hand), row.division, row.number))


def _absence(inspector: Inspector, code: str, days: Iterable[date]) -> Absence | None:
    rows = [row for row in inspector.absences.all() if row.reason == code]
    return next((row for row in rows if all(row.covers(day) for day in days)), None)


def _on_record(inspector: Inspector, code: str, days: tuple[date, ...], since: datetime | None) -> Missing:
    """Tell of somebody whom the registry keeps out: by an absence with who recorded it, else by the last change of the entry."""
    why, who, at = OUT_WORDS.get(code, code), "", None
    if code in OutReason.values:
        absence = _absence(inspector, code, days)
        if absence is not None:
            why = f"{why}，{absence.since:%m-%d} 至 {absence.until:%m-%d}"
            who, at = absence.recorded_by, absence.recorded_at
    else:
        entry = ledger.entries_on(key_of_inspector(inspector.organ, inspector.certificate_number)).last()
        if entry is not None:
            who, at = entry.actor, clock.from_text(entry.time)
    late = at is not None and since is not None and at >= since
    return Missing(
        inspector.certificate_number, inspector.name, inspector.division.name, why, "名录库在册", who, at, late
    )


def draft_picture(draft: Draft, row: PeopleRequest | None = None, *, to_draw: int | None = None) -> DraftPicture:
    """Return the picture of a draft as it stands; what is left out by hand was put there by who asked (`row`)."""
    task, on = draft.drawn_for, visit_date(draft)
    nobody = draft.assignment == Assignment.NONE
    chosen = set() if nobody else set(draft.divisions)
    shown = _divisions_shown(draft, task, chosen)
    people = list(inspectors_of(draft.organ).filter(division__in=shown))
    codes = {one.pk: why_not_drawable(one, on) for one in people}
    free = [one for one in people if not codes[one.pk]]
    by_hand = [one for one in free if one.division_id in chosen and one.certificate_number in draft.left_out]
    missing = [_on_record(one, codes[one.pk], (on,), task.opened_at) for one in people if codes[one.pk]]
    missing += _left_out(draft, row, by_hand)
    held, drawable, out = (Counter(one.division_id for one in rows) for rows in (people, free, by_hand))
    rows = [Division(d.name, _part(task, d), held[d.pk], drawable[d.pk], out[d.pk], d.pk in chosen) for d in shown]
    size = max(limits_for(draft.organ, draft.division).team_size, task.revision.team_size)
    return DraftPicture(on, rows, _teams_of(draft, to_draw), size if nobody else draft.team_size, _named(missing))


def _divisions_shown(draft: Draft, task: Task, chosen: set[int]) -> list[accounts.Division]:
    """Return the task's own division, then those that were chosen or that the plan names."""
    others = (d for d in divisions_of(draft.organ) if d.pk != task.division_id)
    return [task.division, *(d for d in others if d.pk in chosen or d.code in task.revision.partners)]


def _teams_of(draft: Draft, to_draw: int | None) -> int:
    """Return how many teams there are to be; `to_draw` where the caller has counted the subjects already."""
    if draft.assignment == Assignment.TEAMS:
        return draft.teams
    return subject_pool(draft).to_draw if to_draw is None else to_draw


def _left_out(draft: Draft, row: PeopleRequest | None, people: Iterable[Inspector]) -> list[Missing]:
    who, at = (row.asked_by.actor, row.asked_at) if row is not None else (draft.owner.actor, None)
    codes = draft.left_out
    return [
        Missing(
            one.certificate_number,
            one.name,
            one.division.name,
            OUT_WORDS[codes[one.certificate_number]],
            BY_HAND,
            who,
            at,
        )
        for one in people
    ]


def _part(task: Task, division: accounts.Division) -> str:
    """Say why a division is shown: the plan names it, it is the task's own, or somebody asks for it."""
    if division.code in task.revision.partners:
        return "计划联合"
    return "任务所属" if division.pk == task.division_id else "提请加入"


def change_picture(row: Supplement) -> ChangePicture:
    """Return who of the sealed list could still come in the place that the change speaks of, and why everybody else cannot."""
    held = _Held(row)
    missing = [found for number in sorted(held.listed) if (found := held.why_not(number)) is not None]
    registered = inspectors_of(row.draw.organ).count()
    return ChangePicture(registered, len(held.listed), len(held.listed) - len(missing), _named(missing))


class _Held:
    """What a draw and its facts say of the people on the sealed list, with the facts that a change would add."""

    def __init__(self, row: Supplement) -> None:
        self.row, self.draw = row, row.draw
        (self.subject, self.inspector), *_rest = row.places
        state = read_bundle(row.draw).state
        first = facts_for(row, state)
        self.listed = {key: one.unit for key, one in state.tables.inspectors.items()}
        # Who was out at the seal takes part only where a group was let in; those whom this change would let in are not counted yet.
        self.out = {
            key: one.status
            for key, one in state.tables.inspectors.items()
            if one.status != "in" and key not in state.joined
        }
        self.members = state.teams.get(self.subject, [])
        new = first[0] if first and "joining" not in first[0] else {}
        self.away = {*state.unavailable, *(one for one, _code in new.get("unavailable", []))}
        self.absent = {
            one
            for place, one in [*state.absent, *(tuple(a[:2]) for a in new.get("absent", []))]
            if place == self.subject
        }
        pairs = {one for subject, one in new.get("conflicts", []) if subject == self.subject}
        self.apart = pairs | {key for key in self.listed if state.is_conflict(self.subject, key)}
        self.people = {one.certificate_number: one for one in inspectors_of(row.draw.organ)}
        interests = interests_on(row.draw.organ, window_of(row.draw)[0]).filter(subject__number=self.subject)
        self.interests = {i.inspector.certificate_number: i for i in interests}
        self.facts = declared_in(row.draw).unavailable
        self.names = names_of(row.draw)

    def why_not(self, number: str) -> Missing | None:
        """Tell why somebody cannot come, None of whom could."""
        if number in self.out:
            return self._out_at_seal(number)
        if number in self.away:
            return self._absent(number)
        if number in self.apart:
            return self._interested(number)
        if number == self.inspector:
            return self._told(number, self.row.public_reason, "本次申请", self.row.asked_by.actor, self.row.asked_at)
        if number in self.absent:
            return self._told(number, "不能参加对这个对象的检查", "变更")
        return self._told(number, "已在这个检查组", "抽签产生") if number in self.members else None

    def _interested(self, number: str) -> Missing:
        why, interest = "与检查对象有利害关系", self.interests.get(number)
        if interest is None:
            return self._told(number, why, "封存时或变更时登记")
        return self._told(number, why, "名录库在册", interest.recorded_by, interest.recorded_at)

    def _told(self, number: str, why: str, how: str, who: str = "", at: datetime | None = None) -> Missing:
        name, division = self.names.get(number, (number, self.listed.get(number, "")))
        opened = self.draw.opened_at
        late = at is not None and opened is not None and at >= opened
        return Missing(number, name, division, why, how, who, at, late)

    def _out_at_seal(self, number: str) -> Missing:
        code, inspector = self.out[number].removeprefix("out:"), self.people.get(number)
        why, seal = OUT_WORDS.get(code, code), (self.draw.sealed_by.actor, self.draw.sealed_at)
        by_hand = self.draw.plan.get("left_out", {}).get(number) == code
        back = inspector is not None and not why_away(inspector, *window_of(self.draw))
        if back or by_hand or inspector is None:
            how = "封存时不参加，现已能参加" if back else "封存时排除" if by_hand else "封存时在册"
            return self._told(number, why, how, *(seal if by_hand else ()))
        return _on_record(inspector, code, (self.draw.open_by.astimezone(clock.LAW_ZONE).date(),), self.draw.opened_at)

    def _absent(self, number: str) -> Missing:
        row, inspector = self.row, self.people.get(number)
        since, until = window_of(self.draw)
        if inspector is not None and (code := why_away(inspector, since, until)):
            return _on_record(inspector, code, (since, until), self.draw.opened_at)
        if number in row.inspectors and row.is_absence:
            return self._told(number, row.public_reason, "本次申请", row.asked_by.actor, row.asked_at)
        if number in self.facts:
            return self._told(number, "检查期间不能参加", f"第 {self.facts[number]} 号变更")
        return self._told(number, "检查期间不能参加", "名录库在册")


def people_context(user: User, draft: Draft, people: selectors.People, *, to_draw: int | None = None) -> dict[str, Any]:
    """Return what the steps of a draft say of the decision; {} where none is needed. `to_draw`: subjects, where that is known already."""
    if not people.needed:
        return {}
    row, content, task = people.row, people.content, draft.drawn_for
    return {
        "row": row,
        "clauses": clauses(selectors.told_of(task, content)),
        "who": selectors.deciders_in_words(content),
        "article": selectors.article_of(content),
        "picture": draft_picture(draft, row, to_draw=to_draw),
        "may_ask": not officer_of(user, task.organ_id, task.division),
        "changed": row is None and people.earlier,
    }
