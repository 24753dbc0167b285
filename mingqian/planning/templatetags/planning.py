"""Filters of the room's own templates."""

from django import template

from mingqian.planning import plan_wording, wording
from mingqian.planning.models import EntryRevision

register = template.Library()


@register.filter
def percent(value: int | None) -> str:
    """Write basis points as 5%."""
    return wording.percent(value) or "—"


@register.filter
def methods(values: list[str]) -> str:
    """Write methods of inspection."""
    return wording.methods_words(values) or "—"


@register.filter
def quota(row: EntryRevision) -> str:
    """Write how many an entry draws."""
    return plan_wording.quota_words(row)


@register.filter
def windows(row: EntryRevision) -> str:
    """Write an entry's windows."""
    return plan_wording.windows_words(row.windows)
