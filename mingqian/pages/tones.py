"""The colour and sign of every state, told once beside the state itself; `<c-state :of="thing" />` shows them.

A colour never stands alone: the state's word stands with it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models

#: Tones and the sign that goes with each unless the state has its own.
ICONS = {
    "plain": "void",
    "soon": "clock",
    "active": "clock",
    "sealed": "lock",
    "overdue": "alert",
    "done": "check",
}
C = TypeVar("C", bound=type[models.TextChoices])


@dataclass(frozen=True)
class Shown:
    """A state as a page shows it."""

    label: str
    tone: str = "plain"
    icon: str = ""


_table: dict[tuple[tuple[str, str], ...], dict[str, Shown]] = {}


def _key(choices: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), str(label)) for value, label in choices)


def toned(**tones: str) -> Callable[[C], C]:
    """Tell the tone of each state of a closed list by its name: `@toned(PENDING="soon", APPROVED="done")`; the rest is plain.

    "soon:alert" gives a sign of its own.
    """

    def told(states: C) -> C:
        unknown = tones.keys() - {state.name for state in states}
        if unknown:
            raise ValueError(f"{states.__name__} has no {sorted(unknown)}")
        shown = {}
        for state in states:
            tone, _, icon = tones.get(state.name, "plain").partition(":")
            shown[str(state.value)] = Shown(str(state.label), tone, icon or ICONS[tone])
        if _table.setdefault(_key((state.value, state.label) for state in states), shown) != shown:
            raise ValueError(f"{states.__name__} has the states of another list in other tones")
        return states

    return told


def shown(thing: Any, field: str = "state", *, own: bool = True) -> Shown:
    """Return the state of a thing; a thing whose colour depends on more than its state has a property `shown` of its own.

    That property asks for the table's answer with `own=False`.
    """
    if isinstance(thing, Shown):
        return thing
    if isinstance(thing, models.TextChoices):
        told = _table.get(_key(type(thing).choices), {})
        return told.get(str(thing.value)) or Shown(str(thing.label))
    if own and field == "state" and isinstance(its := getattr(thing, "shown", None), Shown):
        return its
    value, choices = str(getattr(thing, field)), type(thing)._meta.get_field(field).flatchoices
    found = _table.get(_key(choices), {}).get(value)
    return found or Shown(str(dict(_key(choices)).get(value, value)))


def is_toned(states: type[models.TextChoices]) -> bool:
    """Say whether a closed list has its tones told."""
    return _key((state.value, state.label) for state in states) in _table
