"""From a limit of the rules to a clock that runs on a thing, and reckoned anew once the calendar is known."""

from datetime import date, timedelta

from mingqian.casework.clocks import services as clocks
from mingqian.casework.clocks.selectors import provisional_clocks
from mingqian.casework.clocks.services import About, Reckoned
from mingqian.casework.clocks.states import ClockKind
from mingqian.casework.models import Clock
from mingqian.rules.calendar.selectors import Calendar, current_calendar
from mingqian.rules.deadlines.selectors import Deadline, add_working_days, light, reckon
from mingqian.rules.sets.selectors import rule_set_for
from mingqian.rules.states import Light

_DAY = timedelta(days=1)


def reckoned(limit: Deadline, calendar: Calendar, soon_days: int) -> Reckoned:
    """Return a limit as a clock takes it: yellow from the first day, its start at the earliest, that `light` shows so."""
    soon = limit.due
    while soon > limit.start and light(limit.due, soon - _DAY, calendar, soon_days) == Light.SOON:
        soon -= _DAY
    return Reckoned(limit.start, limit.days, limit.due, soon, limit.words, limit.provisional)


def run(actor: str, kind: ClockKind, about: About, limit: str, start: date) -> Clock:
    """Let a limit run from the event on `start`: a key of the rules in force on that day.

    Raise DomainError for a key that is no limit, and for a day before any rules.
    """
    rules, calendar = rule_set_for(about.organ, start, about.division), current_calendar()
    found = reckon(rules, limit, start, calendar)
    return clocks.start(actor, kind, about, reckoned(found, calendar, rules.value("due_soon_days")))


def reckon_provisional(actor: str) -> int:
    """Put the provisional clocks right by the calendar as it is known now, inside the caller's transaction; return how many moved.

    All of them are locked before the first entry is made on the ledger, whose own lock comes last.
    """
    rows = provisional_clocks().select_for_update(no_key=True, of=("self",)).order_by("pk")
    calendar, done = current_calendar(), 0
    for row in list(rows):
        found = add_working_days(row.started, row.days, calendar)
        if (found.due, found.provisional) == (row.due, row.provisional):
            continue
        rules = rule_set_for(row.organ, row.started, row.division)
        clocks.reckon_anew(actor, row, reckoned(found, calendar, rules.value("due_soon_days")))
        done += 1
    return done
