"""Reading annual plans, their versions and entries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.http import Http404

from mingqian.accounts.models import Division, Organ, User
from mingqian.accounts.selectors import organs_below
from mingqian.common import clock
from mingqian.planning import conditions
from mingqian.planning.item_selectors import (
    current_version as current_list,
    entries_of as list_entries,
    published_versions as published_lists,
)
from mingqian.planning.models import EntryRevision, ItemRevision, Plan, PlanEntry, PlanLine, PlanVersion
from mingqian.planning.partaking import Partaker, partakers
from mingqian.planning.plan_wording import fields_of_entry
from mingqian.planning.quotas import QuotaRule, Stratum
from mingqian.planning.states import OPEN_STATES, ListState, RevisionState
from mingqian.planning.wording import Shown
from mingqian.registry.models import Subject

_WITH = ("entry", "entry__plan", "entry__plan__organ", "division", "drafted_by", "joined_by", "version")


def plans_visible_to(user: User) -> QuerySet[Plan]:
    """Return the plans of the user's organ and of those below it, the latest year first."""
    return (
        Plan.objects.filter(organ__in=organs_below(user.organ)).select_related("organ").order_by("-year", "organ__code")
    )


def plan_for(user: User, code: str) -> Plan:
    """Return the plan, or raise Http404 where it is not for `user` to know; of organs below only what is published."""
    found = plans_visible_to(user).filter(code=code).first()
    if found is None or (found.organ_id != user.organ_id and current_version(found) is None):
        raise Http404("没有找到这份年度计划，或它不在您可以查看的范围内。")
    return found


def versions_of(plan: Plan) -> QuerySet[PlanVersion]:
    """Return the published versions of a plan, the latest first: readable by everybody, for ever."""
    rows = PlanVersion.objects.filter(plan=plan, state=ListState.PUBLISHED)
    return rows.select_related("plan", "plan__organ", "composed_by", "decided_by", "document").order_by("-number")


def current_version(plan: Plan) -> PlanVersion | None:
    """Return the version of the plan that counts now."""
    return versions_of(plan).first()


def version_for(user: User, code: str) -> PlanVersion:
    """Return a version, or raise Http404 where it is not for `user` to know."""
    below = [pk for pk in organs_below(user.organ) if pk != user.organ_id]
    wanted = Q(plan__organ=user.organ) | Q(plan__organ__in=below, state=ListState.PUBLISHED)
    rows = PlanVersion.objects.filter(wanted, code=code)
    found = rows.select_related("plan", "plan__organ", "composed_by", "decided_by", "document").first()
    if found is None:
        raise Http404("没有找到这一版计划，或它不在您可以查看的范围内。")
    return found


def lines_of(version: PlanVersion) -> list[EntryRevision]:
    """Return the entries of a published version, in its order."""
    rows = PlanLine.objects.filter(version=version).select_related("revision", *(f"revision__{name}" for name in _WITH))
    return [line.revision for line in rows.order_by("position")]


def changes_of(version: PlanVersion) -> list[EntryRevision]:
    """Return what a version changes, by entry."""
    return list(version.changes.select_related(*_WITH).order_by("entry__serial"))


def entry_revisions_visible_to(user: User) -> QuerySet[EntryRevision]:
    """Return the revisions of the user's organ and, where published, of those below it (art. 4)."""
    below = [pk for pk in organs_below(user.organ) if pk != user.organ_id]
    wanted = Q(entry__plan__organ=user.organ) | Q(entry__plan__organ__in=below, state=RevisionState.PUBLISHED)
    return EntryRevision.objects.filter(wanted).select_related(*_WITH)


def entry_revision_for(user: User, code: str, number: int) -> EntryRevision:
    """Return the revision, or raise Http404 where it is not for `user` to know."""
    found = entry_revisions_visible_to(user).filter(entry__code=code, number=number).first()
    if found is None:
        raise Http404("没有找到这个计划条目，或它不在您可以查看的范围内。")
    return found


def revisions_of(entry: PlanEntry) -> QuerySet[EntryRevision]:
    """Return all revisions of an entry, the latest first."""
    return entry.revisions.select_related(*_WITH).order_by("-number")


def published_before(revision: EntryRevision) -> EntryRevision | None:
    """Return what was published of the entry before `revision`."""
    rows = revision.entry.revisions.filter(state=RevisionState.PUBLISHED, number__lt=revision.number)
    return rows.select_related(*_WITH).order_by("-number").first()


def open_revisions(plan: Plan) -> QuerySet[EntryRevision]:
    """Return what is under way in a plan."""
    rows = EntryRevision.objects.filter(entry__plan=plan, state__in=OPEN_STATES)
    return rows.select_related(*_WITH).order_by("entry__serial")


def listed_items(organ: Organ, at: datetime | None = None) -> dict[str, ItemRevision]:
    """Return the items on the list that counts, or counted at a moment, by code, in its order."""
    version = current_list(organ) if at is None else published_lists(organ).filter(decided_at__lte=at).first()
    return {entry.revision.item.code: entry.revision for entry in list_entries(version)} if version else {}


def items_of(revision: EntryRevision, listed: dict[str, ItemRevision] | None = None) -> list[ItemRevision]:
    """Return the items of an entry as the list that counts has them; one that is not on it any more is left out."""
    found = listed if listed is not None else listed_items(revision.organ)
    return [found[code] for code in revision.items if code in found]


def scope_of(
    revision: EntryRevision, on: date | None = None, listed: dict[str, ItemRevision] | None = None
) -> QuerySet[Subject]:
    """Return the subjects in the scope of an entry on a day (today), by number, whether they may be drawn or not."""
    return conditions.subjects_in(revision.organ, revision.criteria, items_of(revision, listed), on)


def quota_rule(revision: EntryRevision) -> QuotaRule:
    """Return how the entry's quotas are set."""
    return QuotaRule(
        revision.quota_mode,
        revision.quota_value,
        revision.quotas,
        revision.stratify,
        revision.flag_mode,
        revision.flag_value,
    )


@dataclass(frozen=True)
class Estimate:
    """What an entry would meet on a day: subjects in scope, those that may be drawn, how many each time, stratum by stratum."""

    on: date
    in_scope: int
    taking_part: int
    exempt: int
    flagged: int
    strata: list[Stratum] = field(default_factory=list)

    @property
    def to_draw(self) -> int:
        """Return how many one draw selects."""
        return sum(stratum.quota for stratum in self.strata)


def estimate(revision: EntryRevision, items: Iterable[ItemRevision] | None = None, on: date | None = None) -> Estimate:
    """Count what the entry would meet if it were drawn on a day (today); nothing that other tasks drew is taken off yet."""
    on = on or clock.today()
    known = list(items) if items is not None else items_of(revision)
    rows: list[Partaker] = partakers(revision, known, on)
    strata = quota_rule(revision).strata((row.stratum, row.status) for row in rows)
    return Estimate(
        on,
        len(rows),
        sum(row.takes_part for row in rows),
        sum(row.status.startswith("exempt:") for row in rows),
        sum(bool(row.flags) for row in rows),
        strata,
    )


def resulting(plan: Plan, taken: Iterable[EntryRevision]) -> list[EntryRevision]:
    """Return the plan as it would stand with the changes `taken`: the version that counts, changed, shortened, lengthened; by entry."""
    version = current_version(plan)
    rows = {row.entry_id: row for row in lines_of(version)} if version else {}
    for revision in taken:
        if revision.change == "withdraw":
            rows.pop(revision.entry_id, None)
        else:
            rows[revision.entry_id] = revision
    return sorted(rows.values(), key=lambda row: row.entry.serial)


def partner_names(revision: EntryRevision) -> list[str]:
    """Return the names of the divisions that come along."""
    names = dict(Division.objects.filter(organ=revision.organ).values_list("code", "name"))
    return [names.get(code, code) for code in revision.partners]


def years_with_plans(organ: Organ) -> list[Plan]:
    """Return the plans of an organ that have a published version, the latest first; for the public."""
    rows = Plan.objects.filter(organ=organ, versions__state=ListState.PUBLISHED).distinct()
    return list(rows.select_related("organ").order_by("-year"))


def organs_with_plans() -> QuerySet[Organ]:
    """Return the organs that have published a plan."""
    return Organ.objects.filter(plans__versions__state=ListState.PUBLISHED).distinct().order_by("code")


def public_plan_version(organ_code: str, year: int, number: int) -> PlanVersion:
    """Return a published version for anybody, or raise Http404."""
    rows = PlanVersion.objects.filter(
        plan__organ__code=organ_code, plan__year=year, number=number, state=ListState.PUBLISHED
    )
    found = rows.select_related("plan", "plan__organ", "decided_by", "document").first()
    if found is None:
        raise Http404("没有公布过这一版计划。")
    return found


def entry_shown(revision: EntryRevision, version: PlanVersion | None = None) -> list[Shown]:
    """Return what an entry says, in words, in the order of article 8; of a published version as the item list stood on its day."""
    listed = listed_items(revision.organ, version.decided_at) if version else None
    return fields_of_entry(
        revision, items_of(revision, listed), conditions.names_of(revision.organ), partner_names(revision)
    )
