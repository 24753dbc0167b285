"""What a verifier says of a bundle: status, warnings, teams, census, ledger, and what a void would have brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mingqian_draw import chain, ledger, outcome
from mingqian_draw.census import Proved, census
from mingqian_draw.chain import Bundle
from mingqian_draw.changes import make
from mingqian_draw.contributions import Lot, is_revealed, opens, seed_of
from mingqian_draw.grammar import is_contribution, is_digits, is_hash
from mingqian_draw.refusal import RefusedError, check

#: The exit code of each status.
EXITS = {"verified-complete": 0, "refused": 1, "pending": 2, "verified-unanchored": 3}
_LATE = "an opening that was handed in does not open its commit"


@dataclass
class Options(ledger.Given):
    """What a verifier is given; `late` are openings and beacon values handed in after a void, by its number."""

    late: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Report:
    """What a verifier says."""

    status: str
    reason: str = ""
    warnings: list[str] = field(default_factory=list)
    teams: dict[str, list[str]] = field(default_factory=dict)
    appointed: list[list[str]] = field(default_factory=list)
    census: dict[str, Any] | None = None
    ledger: dict[str, Any] | None = None
    would: dict[str, Any] = field(default_factory=dict)

    @property
    def exit(self) -> int:
        """The exit code that goes with the status."""
        return EXITS[self.status]

    def told(self) -> dict[str, Any]:
        """The same as plain values, as `--json` prints it."""
        keys = ("status", "reason", "warnings", "teams", "appointed", "census", "ledger", "would")
        return {key: getattr(self, key) for key in keys}


def verify(files: Mapping[str, bytes], options: Options | None = None) -> Report:
    """Check a bundle. A rule that is broken, in any file, refuses the whole; nothing is repaired."""
    try:
        return _verified(files, options or Options())
    except RefusedError as error:
        return Report("refused", error.reason)


def _verified(files: Mapping[str, bytes], options: Options) -> Report:
    ledger.check_given(options)
    bundle = chain.read(files)
    log = None
    if "ledger.json" in files:
        log = ledger.read(files["ledger.json"], bundle, options)
    else:
        check(not options.kept, "kept checkpoints, and no ledger.json")
    proved = log.proved if log is not None else Proved()
    told = census(bundle, proved)
    status = "verified-complete" if log is not None and log.complete else "verified-unanchored"
    return Report(
        "pending" if bundle.is_pending else status,
        warnings=_warnings(told["lots"]),
        teams=bundle.state.teams,
        appointed=[list(place) for place in sorted(bundle.state.appointed)],
        census=told,
        ledger=log.told if log is not None else None,
        would=_would(files, bundle, options.late),
    )


def _warnings(lots: list[dict[str, Any]]) -> list[str]:
    unguarded = [f"unguarded {lot['number']}" for lot in lots if lot["guarded"] is False]
    strangers = [
        f"new {lot['number']}"
        for lot in lots
        if lot["number"] and len(lot["new"]) == len(lot["witnesses"]) and lot["beacon_rests"] != "cosigners"
    ]
    return [*unguarded, *strangers]


def _would(files: Mapping[str, bytes], bundle: Bundle, late: Mapping[str, Any]) -> dict[str, Any]:
    """What would have come of a void, where what was handed in since suffices."""
    lots = {str(lot.seal.number): lot for lot in bundle.lots}
    found: dict[str, Any] = {}
    for number, given in late.items():
        lot = lots.get(str(number))
        if lot is None or lot.state != "void" or lot.closed is None:
            raise RefusedError(_LATE)
        seed = _late_seed(lot, given)
        if seed:
            found[str(number)] = _brought(files, bundle, lot, seed)
    return found


def _late_seed(lot: Lot, given: Any) -> str:
    """The seed of a void lot with what was handed in, "" where it does not suffice."""
    seal, known, beacon = lot.seal, list(lot.known), lot.beacon
    check(isinstance(given, dict) and set(given) <= {"openings", "beacon"}, _LATE)
    openings = given.get("openings", {})
    check(isinstance(openings, dict), _LATE)
    for text, one in openings.items():
        place = int(text) if str(text).isascii() and str(text).isdigit() and len(str(text)) < 4 else 0
        shape = isinstance(one, dict) and set(one) == {"digits", "nonce"}
        fits = shape and is_contribution(one["digits"]) and is_hash(one["nonce"]) and 1 <= place <= len(known)
        check(fits, _LATE)
        closed = (lot.closed or [])[place - 1]
        check("commit" in closed and opens(seal.digest, place, closed, one), _LATE)
        known[place - 1] = one
    if "beacon" in given:
        fits = seal.beacon is not None and is_digits(given["beacon"], seal.beacon.digits, seal.beacon.digits)
        check(fits and lot.beacon in (None, given["beacon"]), _LATE)
        beacon = given["beacon"]
    if not is_revealed(seal, known, beacon):
        return ""
    return seed_of(seal.digest, lot.secret, [one for one in known if one is not None], beacon)


def _brought(files: Mapping[str, bytes], bundle: Bundle, lot: Lot, seed: str) -> Any:
    if not lot.seal.number:
        strata, assignments = outcome.draw(seed, bundle.seal.rules, bundle.state.tables)
        return {"strata": strata, "assignments": assignments}
    # Its lot was sealed in the state that the steps before it left.
    state = chain.read(chain.up_to(files, lot.seal.number), bundle).state
    changes = bundle.supplements[lot.seal.number - 1].changes
    return [one.told() for one in make(state, lot.seal.kind, seed, changes)]
