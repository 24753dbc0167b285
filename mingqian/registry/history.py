"""What the ledger says of a thing, for its page: who, when, what, old and new. There is no second record of it."""

from collections.abc import Iterable
from typing import Any

from mingqian.ledger import selectors as ledger
from mingqian.registry.guards import key_of_part, key_of_subject
from mingqian.registry.models.inspectors import Inspector
from mingqian.registry.models.subjects import Subject
from mingqian.registry.people.selectors import key_of_inspector


def history_of(keys: Iterable[str]) -> list[dict[str, Any]]:
    """Return the acts on the things that the ledger names `keys`, oldest first, each with its details."""
    found = [{"entry": entry, "details": ledger.details_of(entry)} for key in keys for entry in ledger.entries_on(key)]
    return sorted(found, key=lambda act: act["entry"].index)


def keys_of_inspector(inspector: Inspector) -> list[str]:
    """Return how the ledger names an inspector and what belongs to them."""
    organ = inspector.organ
    return [
        key_of_inspector(organ, inspector.certificate_number),
        *(key_of_part("absence", organ, row) for row in inspector.absences.all()),
        *(key_of_part("interest", organ, row) for row in inspector.interests.all()),
    ]


def keys_of_subject(subject: Subject) -> list[str]:
    """Return how the ledger names a subject and what belongs to it."""
    organ = subject.organ
    return [
        key_of_subject(organ, subject.number),
        *(key_of_part("flag", organ, row) for row in subject.flags.all()),
        *(key_of_part("exemption", organ, row) for row in subject.exemptions.all()),
    ]
