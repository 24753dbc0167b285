"""Reading rule sets: the numbers in force, whose they are, and how they changed."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.http import Http404

from mingqian.accounts.models import Division, Organ, User
from mingqian.accounts.selectors import organs_below
from mingqian.common.errors import DomainError
from mingqian.rules.models import RuleSet
from mingqian.rules.sets.resolution import Change, changes, newest, resolve
from mingqian.rules.sets.schema import PARAMETERS
from mingqian.rules.sets.shipped import DEFAULT
from mingqian.rules.sets.states import Level, Rules, Stated, Version
from mingqian.rules.states import SetKind, SetState


def stated_of(row: RuleSet) -> dict[str, Stated]:
    """Return what a version states, in the order of the articles."""
    return {key: Stated(**row.stated[key]) for key in PARAMETERS if key in row.stated}


def version_of(row: RuleSet) -> Version:
    """Return a row as the value that `resolution` reckons with."""
    return Version(
        code=row.code,
        name=row.name,
        basis=row.basis,
        level=row.level_name,
        kind=SetKind(row.kind),
        effective_from=row.effective_from,
        valid_until=row.valid_until,
        serial=row.serial,
        stated=stated_of(row),
    )


def _line_of(organ: Organ) -> list[Organ]:
    """Return the organ and those above it, from the top down."""
    line = [organ]
    while (above := line[0].parent) is not None:
        line.insert(0, above)
    return line


def levels_of(organ: Organ, division: Division | None = None) -> list[Level]:
    """Return what is approved at each level that the organ, or its division, stands on; raise DomainError for a foreign division."""
    if division is not None and division.organ_id != organ.pk:
        raise DomainError("所选科室不属于该机关，请重新选择科室。")
    line = _line_of(organ)
    wanted = Q(organ__in=line, division=None)
    if division is not None:
        wanted |= Q(division=division)
    rows = RuleSet.objects.filter(wanted, state=SetState.APPROVED).select_related("organ", "division")
    approved = list(rows.order_by("effective_from", "serial"))
    levels: list[Level] = [[DEFAULT]]
    levels += [[version_of(r) for r in approved if r.organ_id == o.pk and r.division_id is None] for o in line]
    if division is not None:
        levels.append([version_of(r) for r in approved if r.division_id is not None])
    return levels


def rule_set_for(organ: Organ, on: date, division: Division | None = None) -> Rules:
    """Return the rules in force on `on` for the organ or its division (art. 21, 22): one query, and one for each organ above.

    Raise DomainError where none has begun by then.
    """
    return resolve(levels_of(organ, division), on)


def above_of(organ: Organ, division: Division | None, on: date) -> Rules:
    """Return the rules that a refinement at this level would stand on."""
    return resolve(levels_of(organ, division)[:-1], on)


def own_in_force(organ: Organ, division: Division | None, on: date) -> Version | None:
    """Return the approved version of this very level that counts on `on`, None where it has none."""
    return newest(levels_of(organ, division)[-1], on)


@dataclass(frozen=True)
class Step:
    """A day on which the rules changed: what took effect or ended, and which numbers became others."""

    day: date
    title: str
    level: str
    code: str
    ended: bool
    changes: tuple[Change, ...]


def history(organ: Organ, division: Division | None = None) -> list[Step]:
    """Return when which number changed for the organ or its division, the latest first; what is to come included."""
    levels = levels_of(organ, division)
    days: dict[date, list[tuple[Version, bool]]] = {}
    for version in (version for level in levels for version in level):
        days.setdefault(version.effective_from, []).append((version, False))
        if version.valid_until is not None:
            days.setdefault(version.valid_until + timedelta(days=1), []).append((version, True))
    before: dict[str, int] = {}
    steps: list[Step] = []
    for day in sorted(days):
        try:
            after = dict(resolve(levels, day))
        except DomainError:
            # An organ's refinement that begins before any regulation does says nothing yet.
            after = before
        found = tuple(changes(before, after))
        for version, ended in days[day]:
            steps.append(Step(day, version.title, version.level, version.code, ended, found))
        before = after
    return steps[::-1]


def sets_visible_to(user: User) -> QuerySet[RuleSet]:
    """Return the versions of the user's organ and of those below it; of the organs above what is approved, since it binds."""
    above = [organ.pk for organ in _line_of(user.organ)[:-1]]
    wanted = Q(organ__in=organs_below(user.organ)) | Q(organ__in=above, division=None, state=SetState.APPROVED)
    return RuleSet.objects.filter(wanted).select_related(
        "organ", "division", "drafted_by", "changed_by", "submitted_by", "decided_by"
    )


def set_for(user: User, code: str) -> RuleSet:
    """Return the version, or raise Http404 where it is not for `user` to know."""
    found = sets_visible_to(user).filter(code=code).first()
    if found is None:
        raise Http404("没有找到这个规则集，或它不在您可以查看的范围内。")
    return found
