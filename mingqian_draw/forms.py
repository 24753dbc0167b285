"""The JSON files of a bundle as typed values (sections "The bundle" and "After the draw").

Each ``parse_*`` adds what is wrong to a :class:`Problems` and goes on as long as the types allow it; ``None`` means
that nothing can be done with the file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mingqian_draw.canonical import loads
from mingqian_draw.errors import DrawError, Problems
from mingqian_draw.grammar import LARGEST, contribution_ok, digits_ok, hash_ok, integer_ok, line_ok, time_ok, word_ok
from mingqian_draw.steps import PROTOCOL, digest

ASSIGNMENTS = ("per-subject", "teams", "none")

_SEAL = "protocol draw_id title organ scope sealed_at open_by rules subjects inspectors conflicts witnesses commitment"
_VOID = "protocol draw_id number seal reason approver voided_at contributions beacon secret"


@dataclass(frozen=True)
class Beacon:
    """A public event that gives digits."""

    source: str
    round: str
    digits: int
    due: str


@dataclass(frozen=True)
class Quota:
    """How many subjects a stratum gives."""

    stratum: str
    count: int


@dataclass(frozen=True)
class Rules:
    """The ``rules`` of a seal."""

    quotas: tuple[Quota, ...]
    team_size: int
    assignment: str
    teams: int
    batches: int
    home: str = ""
    """The unit of the lead division (extension E1), empty without."""

    @property
    def counts(self) -> dict[str, int]:
        """Quota by stratum."""
        return {quota.stratum: quota.count for quota in self.quotas}


@dataclass(frozen=True)
class TableRef:
    """Root (hex) and number of rows of a table."""

    root: str
    count: int


@dataclass(frozen=True)
class Opening:
    """What the seal of a draw and that of a supplement have in common. ``digest`` is that of the file."""

    file: str
    digest: str
    draw_id: str
    number: int
    witnesses: tuple[str, ...]
    sealed_at: str
    open_by: str
    beacon: Beacon | None
    commitment: str


@dataclass(frozen=True)
class Seal(Opening):
    """``seal.json`` of a draw."""

    title: str
    organ: str
    scope: str
    rules: Rules
    subjects: TableRef
    inspectors: TableRef
    conflicts: TableRef


@dataclass(frozen=True)
class Reveal:
    """``reveal.json``."""

    digest: str
    secret: str
    contributions: tuple[str, ...]
    beacon: str | None
    closed_at: str
    opened_at: str


@dataclass(frozen=True)
class Void:
    """``void.json``."""

    digest: str
    secret: str
    contributions: tuple[str, ...]
    beacon: str | None
    reason: str
    approver: str
    voided_at: str


class Reader:
    """Takes values out of parsed JSON, checks them, and remembers whether one had the wrong type."""

    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self.broken = False
        self._problems = problems

    def fail(self, code: str, row: str = "", **params: object) -> None:
        """Note a problem of this file."""
        self._problems.add(code, self.file, row, **params)

    def mapping(self, value: object, row: str, keys: str, optional: str = "") -> dict[str, object] | None:
        """An object with exactly the keys named, blank-separated; ``None`` where it has not all of them.

        Those in ``optional`` may be missing.
        """
        names, able = set(keys.split()), set(optional.split())
        if not isinstance(value, dict):
            self.fail("not-object", row)
            self.broken = True
            return None
        found: dict[str, object] = value
        if found.keys() - able != names:
            missing, extra = sorted(names - found.keys()), sorted(found.keys() - names - able)
            self.fail("keys", row, missing=missing, extra=extra)
            if missing:
                self.broken = True
                return None
        return found

    def array(self, value: object, row: str, code: str) -> list[object]:
        """A list, empty where it is none."""
        if not isinstance(value, list):
            self.fail(code, row, expected="@list", found=value)
            self.broken = True
            return []
        return value

    def text(self, value: object, row: str, code: str, expected: str, ok: Callable[[object], bool]) -> str:
        """A text for which ``ok`` holds."""
        if not ok(value):
            # A secret that is to be used again must not end up in a log of errors.
            found = {} if "secret" in code else {"found": value}
            self.fail(code, row, expected=f"@{expected}", **found)
        if not isinstance(value, str):
            self.broken = True
            return ""
        return value

    def choice(self, value: object, row: str, code: str, expected: str, choices: tuple[str, ...]) -> str:
        """One of a few texts; with any other nothing can be done."""
        if value not in choices:
            self.broken = True
        return self.text(value, row, code, expected, choices.__contains__)

    def integer(self, value: object, row: str, code: str, low: int, high: int = LARGEST) -> int:
        """An integer within bounds."""
        if isinstance(value, int) and integer_ok(value, low, high):
            return value
        self.fail(code, row, expected=f"{low}–{high}", found=value)
        self.broken = True
        return low

    def same(self, value: object, row: str, code: str, expected: object) -> None:
        """A value that can only be one."""
        if value != expected or type(value) is not type(expected):
            self.fail(code, row, expected=expected, found=value)


def read_top(data: bytes, reader: Reader, problems: Problems) -> dict[str, object] | None:
    """The object that a whole file holds, whatever its keys."""
    try:
        value, canonical = loads(data, reader.file)
    except DrawError as error:
        problems.extend([error])
        return None
    if not canonical:
        reader.fail("not-canonical")
    if not isinstance(value, dict):
        reader.fail("not-object")
        return None
    return value


def read_object(data: bytes, reader: Reader, keys: str, problems: Problems) -> dict[str, object] | None:
    """The object with exactly these keys that a whole file holds."""
    top = read_top(data, reader, problems)
    return None if top is None else reader.mapping(top, "", keys)


def _beacon(reader: Reader, value: object, sealed_at: str, open_by: str) -> Beacon | None:
    if value is None:
        return None
    found = reader.mapping(value, "beacon", "source round digits due")
    if found is None:
        return None
    beacon = Beacon(
        reader.text(found["source"], "beacon.source", "beacon", "line", line_ok),
        reader.text(found["round"], "beacon.round", "beacon", "line", line_ok),
        reader.integer(found["digits"], "beacon.digits", "beacon", 1, 100),
        reader.text(found["due"], "beacon.due", "beacon", "time", time_ok),
    )
    if beacon.due < sealed_at:
        # A public event "that has not happened yet"; and no closing could lie between the two.
        reader.fail("beacon-past", "beacon.due", expected=f"≥ {sealed_at}", found=beacon.due)
    if beacon.due > open_by:
        reader.fail("beacon-due", "beacon.due", due=beacon.due, open_by=open_by)
    return beacon


def read_opening(reader: Reader, top: dict[str, object], number: int, digest_: str) -> Opening:
    """The fields that both kinds of seal share; protocol, draw and number are for the caller to check."""
    sealed_at = reader.text(top["sealed_at"], "sealed_at", "seal-times", "time", time_ok)
    open_by = reader.text(top["open_by"], "open_by", "seal-times", "time", time_ok)
    if not sealed_at < open_by:
        reader.fail("seal-times", "open_by", expected="@after-sealed-at", found=open_by)
    witnesses = tuple(
        reader.text(name, f"witnesses[{at}]", "witnesses", "line", line_ok)
        for at, name in enumerate(reader.array(top["witnesses"], "witnesses", "witnesses"))
    )
    if not witnesses or len(set(witnesses)) < len(witnesses):
        reader.fail("witnesses", "witnesses", expected="@witnesses", found=list(witnesses))
    return Opening(
        file=reader.file,
        digest=digest_,
        draw_id=top["draw_id"] if isinstance(top["draw_id"], str) else "",
        number=number,
        witnesses=witnesses,
        sealed_at=sealed_at,
        open_by=open_by,
        beacon=_beacon(reader, top["beacon"], sealed_at, open_by),
        commitment=reader.text(top["commitment"], "commitment", "commitment-form", "hash", hash_ok),
    )


def _rules(reader: Reader, value: object) -> Rules | None:
    found = reader.mapping(value, "rules", "quotas team_size assignment teams batches", "home")
    if found is None:
        return None
    quotas = []
    for at, entry in enumerate(reader.array(found["quotas"], "rules.quotas", "quotas")):
        row = f"rules.quotas[{at}]"
        quota = reader.mapping(entry, row, "stratum count")
        if quota is not None:
            stratum = reader.text(quota["stratum"], f"{row}.stratum", "quotas", "word", word_ok)
            quotas.append(Quota(stratum, reader.integer(quota["count"], f"{row}.count", "quotas", 1)))
    if not quotas:
        reader.fail("quotas", "rules.quotas", expected="@quotas", found=[])
    strata = [quota.stratum for quota in quotas]
    if strata != sorted(set(strata)):
        reader.fail("quotas-order", "rules.quotas", found=strata)
    assignment = reader.choice(found["assignment"], "rules.assignment", "assignment", "assignment", ASSIGNMENTS)
    alone, standing = assignment == "none", assignment == "teams"
    if "home" in found and alone:
        reader.fail("home", "rules.home", expected="@no-home", found=found["home"])
    return Rules(
        quotas=tuple(quotas),
        team_size=reader.integer(
            found["team_size"], "rules.team_size", "team-size", *((0, 0) if alone else (1, LARGEST))
        ),
        assignment=assignment,
        teams=reader.integer(found["teams"], "rules.teams", "teams", *((1, LARGEST) if standing else (0, 0))),
        batches=reader.integer(found["batches"], "rules.batches", "batches", 1),
        home=reader.text(found["home"], "rules.home", "home", "word", word_ok) if "home" in found else "",
    )


def _table_ref(reader: Reader, value: object, row: str) -> TableRef | None:
    found = reader.mapping(value, row, "root count")
    if found is None:
        return None
    return TableRef(
        reader.text(found["root"], f"{row}.root", "table-ref", "hash", hash_ok),
        reader.integer(found["count"], f"{row}.count", "table-ref", 0),
    )


def parse_seal(data: bytes, problems: Problems) -> Seal | None:
    """``seal.json``."""
    reader = Reader("seal.json", problems)
    top = read_object(data, reader, _SEAL + " beacon", problems)
    if top is None:
        return None
    reader.same(top["protocol"], "protocol", "seal-head", PROTOCOL)
    reader.text(top["draw_id"], "draw_id", "seal-head", "word", word_ok)
    title, organ, scope = (
        reader.text(top[key], key, "seal-head", "line", line_ok) for key in ("title", "organ", "scope")
    )
    opening = read_opening(reader, top, 0, digest(data))
    rules = _rules(reader, top["rules"])
    subjects, inspectors, conflicts = (
        _table_ref(reader, top[key], key) for key in ("subjects", "inspectors", "conflicts")
    )
    if reader.broken or rules is None or subjects is None or inspectors is None or conflicts is None:
        return None
    return Seal(
        **vars(opening),
        title=title,
        organ=organ,
        scope=scope,
        rules=rules,
        subjects=subjects,
        inspectors=inspectors,
        conflicts=conflicts,
    )


def _contributions(reader: Reader, value: object, seal: Opening, *, all_spoke: bool) -> tuple[str, ...]:
    entries = reader.array(value, "contributions", "contributions")
    given = tuple(
        reader.text(digits, f"contributions[{at}]", "contributions", "contribution", contribution_ok)
        for at, digits in enumerate(entries)
    )
    expected = len(seal.witnesses)
    if (len(given) != expected) if all_spoke else (len(given) > expected):
        wanted = str(expected) if all_spoke else f"0–{expected}"
        reader.fail("contributions-count", "contributions", expected=wanted, found=len(given))
    return given


def _beacon_value(reader: Reader, value: object, seal: Opening, *, needed: bool) -> str | None:
    if value is None:
        if needed and seal.beacon is not None:
            reader.fail("beacon-value", "beacon", expected=seal.beacon.digits, found=None)
        return None
    if seal.beacon is None:
        reader.fail("beacon-not-named", "beacon", found=value)
    elif not digits_ok(value, seal.beacon.digits, seal.beacon.digits):
        reader.fail("beacon-value", "beacon", expected=seal.beacon.digits, found=value)
    if isinstance(value, str):
        return value
    reader.broken = True
    return None


def parse_reveal(data: bytes, file: str, seal: Opening, problems: Problems) -> Reveal | None:
    """``reveal.json`` of the draw or a supplement, checked against its seal (but for the commitment)."""
    reader = Reader(file, problems)
    top = read_object(data, reader, "secret contributions beacon closed_at opened_at", problems)
    if top is None:
        return None
    secret = reader.text(top["secret"], "secret", "secret-form", "hash", hash_ok)
    given = _contributions(reader, top["contributions"], seal, all_spoke=True)
    beacon = _beacon_value(reader, top["beacon"], seal, needed=True)
    closed_at = reader.text(top["closed_at"], "closed_at", "times", "time", time_ok)
    opened_at = reader.text(top["opened_at"], "opened_at", "times", "time", time_ok)
    if closed_at < seal.sealed_at:
        reader.fail("times", "closed_at", expected=f"≥ {seal.sealed_at}", found=closed_at)
    if opened_at < closed_at:
        reader.fail("times", "opened_at", expected=f"≥ {closed_at}", found=opened_at)
    if seal.beacon is not None:
        if closed_at > seal.beacon.due:
            reader.fail("beacon-time", "closed_at", expected=f"≤ {seal.beacon.due}", found=closed_at)
        if opened_at < seal.beacon.due:
            reader.fail("beacon-time", "opened_at", expected=f"≥ {seal.beacon.due}", found=opened_at)
    return None if reader.broken else Reveal(digest(data), secret, given, beacon, closed_at, opened_at)


def parse_void(data: bytes, file: str, seal: Opening, problems: Problems) -> Void | None:
    """``void.json`` of the draw or a supplement, checked against its seal (but for the commitment)."""
    reader = Reader(file, problems)
    top = read_object(data, reader, _VOID, problems)
    if top is None:
        return None
    for key, value in (
        ("protocol", PROTOCOL),
        ("draw_id", seal.draw_id),
        ("number", seal.number),
        ("seal", seal.digest),
    ):
        reader.same(top[key], key, "void-head", value)
    secret = reader.text(top["secret"], "secret", "void-secret", "hash", hash_ok)
    given = _contributions(reader, top["contributions"], seal, all_spoke=False)
    beacon = _beacon_value(reader, top["beacon"], seal, needed=False)
    reason = reader.text(top["reason"], "reason", "void-reason", "line", line_ok)
    approver = reader.text(top["approver"], "approver", "void-reason", "line", line_ok)
    voided_at = reader.text(top["voided_at"], "voided_at", "times", "time", time_ok)
    if voided_at < seal.sealed_at:
        reader.fail("times", "voided_at", expected=f"≥ {seal.sealed_at}", found=voided_at)
    return None if reader.broken else Void(digest(data), secret, given, beacon, reason, approver, voided_at)


def as_texts(values: Sequence[str]) -> list[str]:
    """A list of texts for JSON. Raises ``TypeError`` for one text alone, which Python would take for its characters."""
    if isinstance(values, str):
        raise TypeError("a list of texts is wanted, not a text")
    return list(values)
