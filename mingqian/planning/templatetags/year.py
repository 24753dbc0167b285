"""What pages of a plan say of its reckoned year."""

from typing import Any

from django import template

from mingqian.planning.models.plans import Plan, PlanVersion
from mingqian.planning.year.display import Shown
from mingqian.planning.year.selectors import standing_of
from mingqian.planning.year.views import address_of

register = template.Library()


@register.simple_tag
def year_standing(plan: Plan, version: PlanVersion | None = None) -> dict[str, Any]:
    """Return how the reckoning stands, its numbers where there are any, and the address of its page."""
    version = version or None  # a template without a version hands in ""
    standing = standing_of(plan, version)
    result = standing.preview.result if standing.preview is not None else None
    shown = Shown(plan, result) if result is not None else None
    return {"standing": standing, "shown": shown, "address": address_of(plan, version)}
