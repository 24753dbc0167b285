"""Filters of the room's own templates."""

from django import template

from mingqian.planning import wording

register = template.Library()


@register.filter
def percent(value: int | None) -> str:
    """Write basis points as 5%."""
    return wording.percent(value) or "—"


@register.filter
def methods(values: list[str]) -> str:
    """Write methods of inspection."""
    return wording.methods_words(values) or "—"
