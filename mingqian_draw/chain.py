"""A bundle from the first file to the last: every step checked, in order, and what it leaves behind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mingqian_draw import outcome, supplements
from mingqian_draw.canonical import digest, dumps, loads
from mingqian_draw.changes import Done, make
from mingqian_draw.contributions import Lot, Once, read_close, read_reveal, read_void
from mingqian_draw.refusal import check, within
from mingqian_draw.seal import Seal, parse as parse_seal
from mingqian_draw.state import Place, State
from mingqian_draw.tables import TABLES, parse as parse_tables

_LOT_FILES = ("seal.json", "close.json", "reveal.json", "result.json", "void.json")
_SETS = (
    {"seal.json"},
    {"seal.json", "close.json"},
    {"seal.json", "close.json", "reveal.json"},
    {"seal.json", "close.json", "reveal.json", "result.json"},
    {"seal.json", "void.json"},
    {"seal.json", "close.json", "void.json"},
)
_SUPPLEMENT = re.compile(r"supplement-([1-9][0-9]{0,2})/(.+)")
LARGE = ("result.json", "ledger.json")
MOST_LARGE, MOST_SMALL, MOST_BEFORE = 64 << 20, 16 << 20, 256 << 20


@dataclass(frozen=True)
class LogStep:
    """A step that the public log has to hold."""

    step: str
    number: int
    digest: str
    time: str


@dataclass
class Supplement:
    """A step after the draw."""

    number: int
    row: dict[str, Any]
    lot: Lot | None = None
    changes: list[Place] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)
    facts: supplements.Facts | None = None
    sheet: dict[str, int] | None = None


@dataclass
class Bundle:
    """A bundle that was read whole."""

    seal: Seal
    lot: Lot
    state: State
    strata: list[dict[str, Any]] = field(default_factory=list)
    assignments: list[dict[str, Any]] = field(default_factory=list)
    supplements: list[Supplement] = field(default_factory=list)
    steps: list[LogStep] = field(default_factory=list)

    @property
    def lots(self) -> list[Lot]:
        """All lots, the draw first."""
        return [self.lot, *(one.lot for one in self.supplements if one.lot is not None)]

    @property
    def last_lot(self) -> Lot:
        """The last lot."""
        return self.lots[-1]

    @property
    def is_pending(self) -> bool:
        """Whether the last lot is neither opened nor voided."""
        return self.last_lot.state in ("sealed", "closed", "revealed")


def _arranged(files: Mapping[str, bytes]) -> dict[int, dict[str, bytes]]:
    """The files by step (0: the draw), tables and ledger apart; only known names, none too large."""
    steps: dict[int, dict[str, bytes]] = {0: {}}
    for name, data in files.items():
        if name in TABLES or name == "ledger.json":
            continue
        match = _SUPPLEMENT.fullmatch(name)
        own = match.group(2) if match else name
        check(own in _LOT_FILES, f"no file of a bundle: {name!r}")
        steps.setdefault(int(match.group(1)) if match else 0, {})[own] = data
    for name, data in files.items():
        most = MOST_LARGE if name in TABLES or name.rpartition("/")[2] in LARGE else MOST_SMALL
        within(len(data), most, f"{name}: too large")
    return steps


def _files_of(name: str, files: Mapping[str, bytes]) -> None:
    check(any(set(files) == known for known in _SETS), f"{name}: files")


def _run(lot: Lot, files: Mapping[str, bytes], prefix: str, once: Once) -> None:
    """Take close, reveal or void of a lot."""
    if "close.json" in files:
        read_close(lot, files["close.json"], f"{prefix}close.json", once)
    if "void.json" in files:
        read_void(lot, files["void.json"], f"{prefix}void.json", once)
    elif "reveal.json" in files:
        read_reveal(lot, files["reveal.json"], f"{prefix}reveal.json", once)


def _log_steps(lot: Lot) -> list[LogStep]:
    seal = lot.seal
    steps = [LogStep("seal", seal.number, seal.digest, seal.sealed_at)]
    if lot.closed is not None:
        steps.append(LogStep("close", seal.number, lot.close_digest, lot.closed_at))
    if lot.state in ("opened", "void"):
        step = "result" if lot.state == "opened" else "void"
        steps.append(LogStep(step, seal.number, lot.last, str(lot.ended_at)))
    return steps


def _take_result(lot: Lot, data: bytes, told: dict[str, Any], name: str) -> None:
    seal = lot.seal
    head = outcome.result_head(seal.draw_id, seal.number, seal.digest, lot.close_digest, lot.reveal_digest, lot.seed)
    check(dumps({**head, **told}) == data, f"{name} differs from the recomputed result")
    lot.state, lot.last = "opened", digest(data)


def read(files: Mapping[str, bytes], known: Bundle | None = None) -> Bundle:
    """Read a bundle, `ledger.json` apart: every rule of the protocol holds, or it is refused.

    `known` is the same bundle as it was read one step earlier, in the same process: its tables and its draw are not computed again.
    """
    steps = _arranged(files)
    for name in ("seal.json", *TABLES):
        check(name in files, f"{name} is missing")
    numbers = sorted(number for number in steps if number)
    for number in numbers:
        check("seal.json" in steps[number], f"supplement-{number}/seal.json is missing")
    check(numbers == list(range(1, len(numbers) + 1)), "supplements with a gap")
    data = files["seal.json"]
    seal, tables = parse_seal(
        loads(data, "seal.json"), data, lambda: known.state.tables if known else parse_tables(files)
    )
    own = steps[0]
    _files_of("draw", own)
    once = Once()
    lot = Lot(seal.lot, last=seal.lot.digest, known=[None] * len(seal.lot.witnesses))
    _run(lot, own, "", once)
    bundle = Bundle(seal, lot, State(seal.rules, tables))
    if lot.state == "revealed":
        if known and known.lot.seed == lot.seed:
            bundle.strata, bundle.assignments = known.strata, known.assignments
        else:
            bundle.strata, bundle.assignments = outcome.draw(lot.seed, seal.rules, tables)
        if "result.json" in own:
            told = {"strata": bundle.strata, "assignments": bundle.assignments}
            _take_result(lot, own["result.json"], told, "result.json")
            bundle.state.teams = {one["subject"]: list(one["team"]) for one in bundle.assignments}
    bundle.steps = _log_steps(lot)
    check(not numbers or lot.state == "opened", "supplements of a draw that was not opened")
    _walk(bundle, files, steps, numbers, once)
    return bundle


def up_to(files: Mapping[str, bytes], number: int) -> dict[str, bytes]:
    """The files of a bundle before a supplement, `ledger.json` apart."""
    steps = {name: _SUPPLEMENT.fullmatch(name) for name in files if name != "ledger.json"}
    return {name: files[name] for name, match in steps.items() if match is None or int(match.group(1)) < number}


def _walk(
    bundle: Bundle, files: Mapping[str, bytes], steps: dict[int, dict[str, bytes]], numbers: list[int], once: Once
) -> None:
    after = supplements.After(bundle.seal.lot.draw_id, 1, bundle.lot.last, str(bundle.lot.ended_at))
    size = sum(len(files[name]) for name in TABLES) + sum(map(len, steps[0].values()))
    for number in numbers:
        check(not bundle.is_pending, "a supplement after a pending one")
        own = steps[number]
        within(size + len(own["seal.json"]), MOST_BEFORE, f"supplement-{number}: too much before it")
        size += sum(map(len, own.values()))
        after = supplements.After(after.draw_id, number, after.previous, after.time)
        made = _step(bundle, own, after, once)
        bundle.supplements.append(made)
        if made.lot is None:
            time = made.row["sealed_at"]
            bundle.steps.append(LogStep("seal", number, digest(own["seal.json"]), time))
            after = supplements.After(after.draw_id, number, digest(own["seal.json"]), time)
        else:
            bundle.steps += _log_steps(made.lot)
            after = supplements.After(after.draw_id, number, made.lot.last, str(made.lot.ended_at))


def _step(bundle: Bundle, own: Mapping[str, bytes], after: supplements.After, once: Once) -> Supplement:
    number, name = after.number, f"supplement-{after.number}"
    data, state = own["seal.json"], bundle.state
    row = supplements.read_head(loads(data, f"{name}/seal.json"), after)
    made = Supplement(number, row)
    if row["kind"] in ("facts", "appointment"):
        check(set(own) == {"seal.json"}, f"{name}: files")
        if row["kind"] == "facts":
            made.facts = supplements.read_facts(row, state, once)
            supplements.take_facts(made.facts, state, number)
        else:
            made.sheet = supplements.take_appointment(row, state, once)
        return made
    _files_of(name, own)
    seal, made.changes = supplements.read_lot(row, data, state, number)
    made.lot = lot = Lot(seal, last=seal.digest, known=[None] * len(seal.witnesses))
    _run(lot, own, f"{name}/", once)
    if lot.state == "revealed" and "result.json" in own:
        made.done = make(state, row["kind"], lot.seed, made.changes)
        told = {"changes": [one.told() for one in made.done]}
        _take_result(lot, own["result.json"], told, f"{name}/result.json")
    return made
