"""The books that give out numbers. Every writer of a registry takes its book first, so that writers of one organ come one after another."""

from mingqian.accounts.models import Organ
from mingqian.registry.models.registers import Register
from mingqian.registry.states import RegisterKind


def take(organ: Organ, kind: RegisterKind) -> Register:
    """Lock and return the book; the caller is inside a transaction and records the row that it leaves behind."""
    Register.objects.get_or_create(organ=organ, kind=kind)
    return Register.objects.select_for_update(no_key=True).get(organ=organ, kind=kind)


def peek(organ: Organ, kind: RegisterKind) -> Register:
    """Return the book as it stands, unsaved where nothing has been written yet."""
    return Register.objects.filter(organ=organ, kind=kind).first() or Register(organ=organ, kind=kind)


def turn(register: Register, last_number: int | None = None) -> Register:
    """Note a write: raise the version, and keep the last number given out."""
    register.version += 1
    if last_number is not None:
        register.last_number = last_number
    register.save()
    return register


def subject_number(position: int) -> str:
    """Return the number of a subject that has no code.

    >>> subject_number(123)
    'DJ-000123'
    """
    return f"DJ-{position:06d}"
