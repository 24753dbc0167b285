"""Reading annual plans and their versions."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import Http404

from mingqian.accounts.models import Organ, User
from mingqian.accounts.selectors import organs_below
from mingqian.casework.register import differences
from mingqian.casework.register.differences import Changed
from mingqian.casework.register.states import VersionState
from mingqian.planning.entries.checks import basis_problems
from mingqian.planning.entries.selectors import PLAN_RECORDS, entry_shown, items_of, listed_items
from mingqian.planning.models.plans import EntryRevision, Plan, PlanVersion


def plans_visible_to(user: User) -> QuerySet[Plan]:
    """Return the plans of the user's organ and of those below it, the latest year first."""
    return (
        Plan.objects.filter(organ__in=organs_below(user.organ)).select_related("organ").order_by("-year", "organ__code")
    )


def plan_for(user: User, code: str) -> Plan:
    """Return the plan, or raise Http404 where it is not for `user` to know; of organs below only what is published."""
    found = plans_visible_to(user).filter(code=code).first()
    if found is None or (found.organ_id != user.organ_id and PLAN_RECORDS.current(found) is None):
        raise Http404("没有找到这份年度计划，或它不在您可以查看的范围内。")
    return found


def years_with_plans(organ: Organ) -> list[Plan]:
    """Return the plans of an organ that have a published version, the latest first; for the public."""
    rows = Plan.objects.filter(organ=organ, versions__state=VersionState.PUBLISHED).distinct()
    return list(rows.select_related("organ").order_by("-year"))


def organs_with_plans() -> QuerySet[Organ]:
    """Return the organs that have published a plan."""
    return Organ.objects.filter(plans__versions__state=VersionState.PUBLISHED).distinct().order_by("code")


def failing(rows: Sequence[EntryRevision]) -> list[tuple[EntryRevision, str]]:
    """Return the entries that may not be planned today, with the first reason (A2.1)."""
    if not rows:
        return []
    listed = listed_items(rows[0].organ)
    found = []
    for row in rows:
        problems = basis_problems(row, items_of(row, listed))
        if problems:
            found.append((row, problems[0]))
    return found


def version_changes(version: PlanVersion) -> list[tuple[EntryRevision, list[Changed]]]:
    """Return what a version changes, word for word, as the item list stood on its day."""
    return differences.version_changes(PLAN_RECORDS, version, lambda row: entry_shown(row, row.version))
