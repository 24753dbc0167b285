"""Reading annual plans and their versions."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.http import Http404

from mingqian.accounts.models import Organ, User
from mingqian.accounts.selectors import organs_below
from mingqian.planning.lists.states import ListState
from mingqian.planning.models.plans import EntryRevision, Plan, PlanLine, PlanVersion

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
