"""The books that give out numbers. Every writer of a registry takes its book first, so that writers of one organ come one after another."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from mingqian.accounts.models import Organ, User
from mingqian.common.errors import DomainError
from mingqian.ledger import services as ledger
from mingqian.ledger.models import Recorded
from mingqian.registry.guards import check_officer
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


@dataclass
class Writing:
    """A write to a registry under its book's lock."""

    user: User
    register: Register

    def number(self) -> int:
        """Give out the next number; it is kept when the write is recorded."""
        self.register.last_number += 1
        return self.register.last_number

    def record(
        self,
        verb: str,
        key: str,
        rows: Sequence[Recorded],
        fields: Sequence[Sequence[str]] = (),
        *,
        deleted: Sequence[str] = (),
        digest: str = "",
        **more: Any,
    ) -> None:
        """Turn the book and put the act on the ledger: `fields` are title, old and new of what changed, `more` further details."""
        turn(self.register)
        details: Mapping[str, Any] = {**({"fields": list(fields)} if fields else {}), **more}
        ledger.record(
            self.user.actor, verb, key, rows=[*rows, self.register], deleted=deleted, digest=digest, details=details
        )


@contextmanager
def writing(user: User, organ: Organ, kind: RegisterKind, *, twice: str = "") -> Iterator[Writing]:
    """Take the book for one act of an officer of the organ; a row that is there already is refused with the sentence `twice`."""
    check_officer(user, organ)
    with taken(user, organ, kind, twice=twice) as act:
        yield act


@contextmanager
def taken(user: User, organ: Organ, kind: RegisterKind, *, twice: str = "") -> Iterator[Writing]:
    """Take the book as `writing` does, for an act that is not an officer's alone: the caller has asked who may."""
    try:
        with transaction.atomic():
            yield Writing(user, take(organ, kind))
    except IntegrityError as error:
        if not twice:
            raise
        raise DomainError(twice) from error


def subject_number(position: int) -> str:
    """Return the number of a subject that has no code.

    >>> subject_number(123)
    'DJ-000123'
    """
    return f"DJ-{position:06d}"
