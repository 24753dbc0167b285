"""The only writers of clocks: started by what the rules count from, cleared by what they ask for, reckoned anew with the calendar."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from mingqian.accounts.models import Division, Organ
from mingqian.casework.clocks.states import ClockKind
from mingqian.casework.models.clocks import Clock
from mingqian.common import clock
from mingqian.ledger import services as ledger


@dataclass(frozen=True)
class Reckoned:
    """A limit as the rules reckon it: `days` working days after `start`, yellow from `soon`, and the sentence that says how."""

    start: date
    days: int
    due: date
    soon: date
    working: str
    provisional: bool


@dataclass(frozen=True)
class About:
    """What a clock runs on: the ledger's name of the thing, its title, its page, whose it is."""

    thing: str
    title: str
    path: str
    organ: Organ
    division: Division | None = None


@transaction.atomic
def start(actor: str, kind: ClockKind, about: About, limit: Reckoned) -> Clock:
    """Let a limit run on a thing; where one of its kind runs already, that one stays."""
    Organ.objects.select_for_update(no_key=True).get(pk=about.organ.pk)
    running = Clock.objects.filter(kind=kind.name, thing=about.thing, cleared_at__isnull=True).first()
    if running is not None:
        return running
    row = Clock(
        organ=about.organ,
        division=about.division,
        kind=kind.name,
        thing=about.thing,
        title=about.title[:200],
        path=about.path,
        started=limit.start,
        days=limit.days,
        due=limit.due,
        soon=limit.soon,
        working=limit.working[:500],
        provisional=limit.provisional,
    )
    row.save(force_insert=True)
    details = {"kind": kind.name, "due": limit.due.isoformat(), "working": limit.working}
    ledger.record(actor, "clock.start", about.thing, rows=[row], details=details)
    return row


@transaction.atomic
def clear(actor: str, kind: ClockKind, thing: str, how: str) -> Clock | None:
    """End the limit that runs on a thing, by what was asked for; None where none runs."""
    row = Clock.objects.select_for_update().filter(kind=kind.name, thing=thing, cleared_at__isnull=True).first()
    if row is None:
        return None
    row.cleared_at, row.cleared_by, row.cleared_how = clock.now(), actor, how[:300]
    row.save(update_fields=["cleared_at", "cleared_by", "cleared_how"])
    details = {"kind": kind.name, "due": row.due.isoformat(), "how": how}
    ledger.record(actor, "clock.clear", thing, rows=[row], details=details)
    return row


@transaction.atomic
def reckon_anew(actor: str, row: Clock, limit: Reckoned) -> Clock:
    """Put a provisional limit right once the calendar that it runs through is published."""
    if row.cleared_at is not None:
        return row
    old = row.due
    row.due, row.soon, row.working, row.provisional = limit.due, limit.soon, limit.working[:500], limit.provisional
    row.save(update_fields=["due", "soon", "working", "provisional"])
    details = {"kind": row.kind, "old": old.isoformat(), "due": limit.due.isoformat(), "working": limit.working}
    ledger.record(actor, "clock.reckon", row.thing, rows=[row], details=details)
    return row
