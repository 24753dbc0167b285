"""Filters of the room's own templates."""

from django import template

from mingqian.planning import cells as planning_cells
from mingqian.planning.items import selectors as item_selectors
from mingqian.planning.models.plans import EntryRevision
from mingqian.planning.plans.selectors import quota_words, windows_words

register = template.Library()


@register.filter
def percent(value: int | None) -> str:
    """Write basis points as 5%."""
    return planning_cells.percent(value) or "—"


@register.filter
def methods(values: list[str]) -> str:
    """Write methods of inspection."""
    return item_selectors.methods_words(values) or "—"


@register.filter
def quota(row: EntryRevision) -> str:
    """Write how many an entry draws."""
    return quota_words(row)


@register.filter
def windows(row: EntryRevision) -> str:
    """Write an entry's windows."""
    return windows_words(row.windows)
