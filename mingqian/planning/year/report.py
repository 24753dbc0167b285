"""The reckoning of a year as plain values, kept as JSON and shown by page and workbook: natural keys, numbers, ISO days (A8.2).

Every figure says whether it is exact or rehearsed: `lots` and `capped` are what keeps the visits from being exact.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from mingqian.planning.rehearsal.services import Chances, Rehearsal, Round
from mingqian.planning.year.pairs import Meeting, meeting
from mingqian.planning.year.reckoning import Burden, Gathered, burden, chances
from mingqian.planning.year.staffing import Shortage, Staffing, Window, staffing


def _share(value: float) -> float:
    return round(value, 4)


def _short(found: Shortage | None) -> dict[str, Any]:
    if found is None:
        return {"short": "", "people": None, "a_day": None}
    a_day = _share(found.a_day) if found.a_day is not None else None
    return {"short": found.why, "people": _share(found.people), "a_day": a_day}


def _round(one: Round, window: Window, shortage: Shortage | None, stuck: float, *, capped: bool) -> dict[str, Any]:
    return {
        "entry": one.entry,
        "time": one.time,
        "title": one.title,
        "divisions": list(one.divisions),
        "since": one.since.isoformat(),
        "until": one.until.isoformat(),
        "team_size": one.team_size,
        "eligible": one.eligible,
        "visits": one.visits,
        "wanting": sum(stratum.quota - stratum.drawn for stratum in one.strata),
        "exempt": sum(len(stratum.exempt or ()) for stratum in one.strata),
        "exact": all(stratum.even for stratum in one.strata) and not capped,
        "working": len(window.working),
        "holidays": [list(row) for row in window.holidays],
        "made_up": [day.isoformat() for day in window.made_up],
        "provisional": window.provisional,
        **_short(shortage),
        "stuck": _share(stuck),
    }


def _visits(found: Burden, rehearsal: Rehearsal, numbers: Sequence[str]) -> dict[str, Any]:
    return {
        "subjects": found.subjects,
        "spread": [_share(value) for value in found.spread],
        "rehearsed": [_share(value) for value in rehearsal.spread],
        "least": list(rehearsal.least),
        "most": list(rehearsal.most),
        "expected": _share(found.expected),
        "reachable": found.reachable,
        "burdened": [
            [numbers[one.position], one.already, one.rounds, _share(one.expected), _share(one.twice), _share(one.thrice)]
            for one in found.most
        ],
        "coverage": [
            [one.district, one.subjects, one.reachable, _share(one.visited)] for one in found.coverage
        ],
    }  # fmt: skip


def _meeting(found: Meeting) -> dict[str, Any]:
    return {
        "subjects": found.subjects,
        "both": _share(found.both),
        "pairs": [[pair.first, pair.second, pair.shared, _share(pair.both)] for pair in found.pairs],
    }


def _staff(found: Staffing, rehearsal: Rehearsal) -> dict[str, Any]:
    return {
        "loads": [[one.division, one.month, _share(one.visits), one.people, one.days] for one in found.loads],
        "dealt_years": rehearsal.dealt_years,
        "dealt": [[one.number, _share(one.mean), one.least, one.most] for one in rehearsal.dealt],
    }


def report(gathered: Gathered, rehearsal: Rehearsal, year: int) -> dict[str, Any]:
    """Reckon what can be reckoned exactly and put it together with what was rehearsed."""
    script = gathered.script
    known: Chances = chances(script.rounds, rehearsal.found)
    staff = staffing(script.rounds, script.people, gathered.calendar, year)
    short: Mapping[int, Shortage] = {one.round: one for one in staff.shortages}
    return {
        "rounds": [
            _round(
                one, staff.windows[r], short.get(r), rehearsal.stuck.get(r, 0.0),
                capped=not script.capped.isdisjoint(one.items),
            )
            for r, one in enumerate(script.rounds)
        ],
        "over": gathered.over,
        "unready": gathered.unready,
        "years": rehearsal.years,
        "share": _share(rehearsal.share),
        "cap": script.cap,
        "capped": sorted(script.capped),
        "lots": any(not stratum.even for one in script.rounds for stratum in one.strata),
        "kept_out": _share(rehearsal.kept_out),
        "passed": _share(rehearsal.passed),
        "on_record": sum(script.faces.already.values()),
        "conflicts": sum(len(numbers) for numbers in script.conflicts.values()),
        "visits": _visits(burden(script.faces, script.rounds, rehearsal.found), rehearsal, script.faces.numbers),
        "meeting": _meeting(meeting(script.rounds, known)),
        "staff": _staff(staff, rehearsal),
    }  # fmt: skip
