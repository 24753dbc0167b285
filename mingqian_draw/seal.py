"""`seal.json`: the rules that a draw fixes, and step 2: what could not be opened is not sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mingqian_draw.canonical import digest, keyed
from mingqian_draw.grammar import is_hash, is_integer, is_line, is_name, is_time, is_word
from mingqian_draw.refusal import RefusedError, check
from mingqian_draw.tables import TABLES, Tables

PROTOCOL = "MQ2"
#: The keys of `seal.json`.
KEYS = (
    "protocol", "draw_id", "attempt", "previous", "title", "organ", "scope", "sealed_at", "open_by", "rules",
    "subjects", "inspectors", "conflicts", "witnesses", "beacon", "commitment",
)  # fmt: skip
_RULES = ("quotas", "team_size", "assignment", "teams", "batches", "home")
MOST_PLACES = 100_000
MOST_RESULT = 64_000_000


@dataclass(frozen=True)
class Beacon:
    """A public event that has not happened yet when the lot is sealed."""

    source: str
    round: str
    digits: int
    due: str


@dataclass(frozen=True)
class LotSeal:
    """What the seals of a draw and of a lot after it have in common."""

    draw_id: str
    number: int
    kind: str
    sealed_at: str
    open_by: str
    witnesses: tuple[str, ...]
    beacon: Beacon | None
    commitment: str
    digest: str


@dataclass(frozen=True)
class Rules:
    """How many are drawn, and how inspectors are dealt."""

    quotas: dict[str, int]
    team_size: int
    assignment: str
    teams: int
    batches: int
    home: str | None


@dataclass(frozen=True)
class Seal:
    """The seal of a draw."""

    lot: LotSeal
    scope: str
    attempt: int
    previous: str | None
    title: str
    organ: str
    rules: Rules


def beacon_of(value: object, sealed_at: str, open_by: str) -> Beacon | None:
    """The beacon of a seal."""
    if value is None:
        return None
    row = keyed(value, ("source", "round", "digits", "due"), "beacon")
    source, turn, count, due = row["source"], row["round"], row["digits"], row["due"]
    fits = is_line(source) and is_line(turn) and is_integer(count, 6, 100) and is_time(due)
    check(fits and sealed_at <= str(due) <= open_by, "beacon")
    return Beacon(str(source), str(turn), int(str(count)), str(due))


def witnesses_of(value: object) -> tuple[str, ...]:
    """The witnesses of a seal: 1 to 100 names, all different."""
    fits = isinstance(value, list) and 1 <= len(value) <= 100 and all(map(is_name, value))
    check(fits and isinstance(value, list) and len(set(value)) == len(value), "witnesses")
    return tuple(value) if isinstance(value, list) else ()


def lot_of(row: Mapping[str, Any], data: bytes, number: int, kind: str) -> LotSeal:
    """What `row`, a seal whose head was checked, fixes of its lot."""
    witnesses = witnesses_of(row["witnesses"])
    beacon = beacon_of(row["beacon"], row["sealed_at"], row["open_by"])
    check(is_hash(row["commitment"]), "commitment")
    return LotSeal(
        row["draw_id"],
        number,
        kind,
        row["sealed_at"],
        row["open_by"],
        witnesses,
        beacon,
        row["commitment"],
        digest(data),
    )


def _quotas(value: object) -> dict[str, int]:
    quotas: dict[str, int] = {}
    if not isinstance(value, list) or not value:
        raise RefusedError("quotas")
    for one in value:
        row = keyed(one, ("stratum", "count"), "quotas")
        check(is_word(row["stratum"]) and is_integer(row["count"], 1), "quotas")
        check(not quotas or list(quotas)[-1] < str(row["stratum"]), "quotas are not sorted and unique")
        quotas[str(row["stratum"])] = int(str(row["count"]))
    return quotas


def rules_of(value: object) -> Rules:
    """The rules of a seal."""
    row: dict[str, Any] = keyed(value, _RULES, "rules")
    quotas = _quotas(row["quotas"])
    kind = row["assignment"]
    check(kind in ("per-subject", "teams", "none"), "assignment")
    nobody = kind == "none"
    check(is_integer(row["team_size"], 0, 0) if nobody else is_integer(row["team_size"], 1, 100), "team_size")
    check(is_integer(row["teams"], 1, 10_000) if kind == "teams" else is_integer(row["teams"], 0, 0), "teams")
    check(is_integer(row["batches"], 1), "batches")
    check(row["home"] is None or (is_word(row["home"]) and not nobody), "home")
    return Rules(quotas, row["team_size"], kind, row["teams"], row["batches"], row["home"])


def parse(value: object, data: bytes, read: Callable[[], Tables]) -> tuple[Seal, Tables]:
    """Read `seal.json`, then the tables, and hold one against the other."""
    row: dict[str, Any] = keyed(value, KEYS, "seal.json: keys")
    head = row["protocol"] == PROTOCOL and is_word(row["draw_id"]) and is_word(row["scope"])
    check(head and is_line(row["title"]) and is_line(row["organ"]), "seal head")
    first = is_integer(row["attempt"], 1, 1)
    follows = is_integer(row["attempt"], 2) and is_hash(row["previous"])
    check((first and row["previous"] is None) or follows, "attempt")
    times = is_time(row["sealed_at"]) and is_time(row["open_by"])
    check(times and row["sealed_at"] < row["open_by"], "seal times")
    rules, tables = rules_of(row["rules"]), read()
    for name in TABLES:
        root, count = tables.roots[name]
        told = row[name.removesuffix(".tsv")]
        fits = isinstance(told, dict) and set(told) == {"root", "count"} and type(told["count"]) is int
        check(fits and told["root"] == root and told["count"] == count, f"{name}: root or count")
    lot = lot_of(row, data, 0, "draw")
    seal = Seal(lot, row["scope"], row["attempt"], row["previous"], row["title"], row["organ"], rules)
    check_capacity(rules, tables)
    return seal, tables


def check_capacity(rules: Rules, tables: Tables) -> None:
    """Step 2: refuse what could not be opened, naming what is wrong."""
    there: dict[str, int] = dict.fromkeys(rules.quotas, 0)
    for (stratum, _lots, status), rows in tables.kinds.items():
        if status == "in" and stratum in there:
            there[stratum] += rows
    for stratum, count in rules.quotas.items():
        check(there[stratum] >= count, f"stratum {stratum}: quota")
    total = sum(rules.quotas.values())
    check(total * (rules.team_size or 1) <= MOST_PLACES, "too many places")
    subject, inspector = tables.longest
    size = total * (256 + 2 * subject + (rules.team_size + 1) * (inspector + 3)) + 512 * len(rules.quotas)
    check(size <= MOST_RESULT, "result.json might be too large")
    if rules.assignment == "per-subject":
        _check_each(rules, tables)
    elif rules.assignment == "teams":
        _check_teams(rules, tables)


def _drawn(rules: Rules, tables: Tables, *, all_rows: bool) -> Iterable[str]:
    """The rows not `out:` of strata with a quota, in the order of the file; `all_rows`: also those without a conflict."""
    for key in tables.subjects if all_rows else tables.conflicts:
        stratum, _lots, status = tables.subjects[key]
        if stratum in rules.quotas and not status.startswith("out"):
            yield key


def _check_each(rules: Rules, tables: Tables) -> None:
    free = set(tables.free())
    home = {key for key in free if tables.inspectors[key].unit == rules.home}
    # Where there are enough for a row without conflicts, only the others can have too few.
    short = len(free) < rules.team_size or (rules.home is not None and not home)
    for key in _drawn(rules, tables, all_rows=short):
        barred = tables.conflicts.get(key, set())
        check(len(free) - len(free & barred) >= rules.team_size, f"subject {key}: too few inspectors")
        if rules.home is not None:
            check(len(home - barred) >= 1, f"subject {key}: nobody of the lead division")


def _check_teams(rules: Rules, tables: Tables) -> None:
    free = set(tables.free())
    check(len(free) >= rules.teams * rules.team_size, "too few inspectors for the teams")
    if rules.home is not None:
        home = sum(tables.inspectors[key].unit == rules.home for key in free)
        check(home >= rules.teams, "too few of the lead division for the teams")
    for key in _drawn(rules, tables, all_rows=False):
        check(len(free & tables.conflicts[key]) < rules.teams, f"subject {key}: conflicts with too many")


def is_home(rules: Rules, tables: Tables, inspector: str) -> bool:
    """Whether an inspector is of the lead division; nobody is where there is none."""
    return tables.inspectors[inspector].unit == rules.home
