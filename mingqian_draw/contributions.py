"""Steps 3 to 5 and voids: what witnesses commit to or speak, what the close fixes, what the opening lays open, and the seed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mingqian_draw.canonical import digest, keyed, loads
from mingqian_draw.grammar import is_contribution, is_digits, is_hash, is_line, is_name, is_time
from mingqian_draw.refusal import RefusedError, check
from mingqian_draw.seal import PROTOCOL, LotSeal

#: What one witness gave: {"commit"}, {"digits"} or {"digits", "nonce"}; None where a void shows that nothing was given.
Given = Mapping[str, str]
_CLOSE = ("protocol", "draw_id", "number", "seal", "contributions", "closed_at")
_REVEAL = ("protocol", "draw_id", "number", "close", "secret", "contributions", "beacon", "opened_at")
_VOID = (
    "protocol", "draw_id", "number", "seal", "close", "secret", "contributions", "beacon", "reason", "approver", "voided_at",
)  # fmt: skip


def commitment_of(draw_id: str, number: int, secret: str) -> str:
    """The system's commitment to its secret (step 1)."""
    return digest(f"MQ2/commit\n{draw_id}/{number}\n{secret}".encode())


def commit_of(seal: str, position: int, digits: str, nonce: str) -> str:
    """What a witness's device hands over before the close (step 3); `seal` is the seal's digest, positions count from 1."""
    return digest(f"MQ2/witness\n{seal}\n{position}\n{digits}\n{nonce}".encode())


def receipt(seal: str, position: int, digits: str) -> str:
    """What a witness who spoke gets: 16 characters (step 3)."""
    return digest(f"MQ2/receipt\n{seal}\n{position}\n{digits}".encode())[:16]


def _text(given: Given) -> str:
    return f"{given['digits']}/{given['nonce']}" if "nonce" in given else given["digits"]


def seed_of(seal: str, secret: str, contributions: Sequence[Given], beacon: str | None) -> str:
    """The seed, from everything laid open (step 5)."""
    parts = ["MQ2/seed", seal, secret, *map(_text, contributions), *([] if beacon is None else [beacon])]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass
class Once:
    """What may occur once in a bundle only: commits, and secrets, nonces and salts."""

    commits: set[str] = field(default_factory=set)
    secrets: set[str] = field(default_factory=set)

    def commit(self, value: str) -> None:
        """Note a commit."""
        check(value not in self.commits, "a commit twice")
        self.commits.add(value)

    def secret(self, value: str) -> None:
        """Note a secret, a nonce or a salt."""
        check(value not in self.secrets, "a secret, nonce or salt twice")
        self.secrets.add(value)


@dataclass
class Lot:
    """A lot as far as its files tell: sealed, closed, revealed, opened or void."""

    seal: LotSeal
    state: str = "sealed"
    #: What `close.json` fixed, None before it.
    closed: list[Given] | None = None
    closed_at: str = ""
    close_digest: str = ""
    #: What is known of each witness now; None: nothing was given.
    known: list[Given | None] = field(default_factory=list)
    secret: str = ""
    beacon: str | None = None
    seed: str = ""
    ended_at: str | None = None
    #: Digest of the last file: `seal.json`, `close.json`, `reveal.json`, `result.json` or `void.json`.
    last: str = ""
    reveal_digest: str = ""

    @property
    def withheld(self) -> list[int]:
        """Positions (from 1) whose commit a void leaves unopened after the close."""
        return [i for i, one in enumerate(self.known, 1) if self.closed is not None and one and "commit" in one]


def _shape(value: object, *, closing: bool = False) -> bool:
    """Whether `value` is a commit, spoken digits, or (not in a close) an opening."""
    if not isinstance(value, dict):
        return False
    if set(value) == {"commit"}:
        return is_hash(value["commit"])
    if set(value) == {"digits"}:
        return is_contribution(value["digits"])
    return (
        not closing
        and set(value) == {"digits", "nonce"}
        and is_contribution(value["digits"])
        and is_hash(value["nonce"])
    )


def _head(row: Mapping[str, Any], lot: LotSeal) -> bool:
    same = row["protocol"] == PROTOCOL and row["draw_id"] == lot.draw_id
    return same and type(row["number"]) is int and row["number"] == lot.number


def read_close(lot: Lot, data: bytes, name: str, once: Once) -> None:
    """Take `close.json`."""
    row: dict[str, Any] = keyed(loads(data, name), _CLOSE, f"{name}: keys")
    seal = lot.seal
    check(_head(row, seal) and row["seal"] == seal.digest, "close head")
    given = row["contributions"]
    fits = isinstance(given, list) and len(given) == len(seal.witnesses)
    check(fits and all(_shape(one, closing=True) for one in given), "close contributions")
    check(is_time(row["closed_at"]) and row["closed_at"] >= seal.sealed_at, "closed_at")
    check(seal.beacon is None or row["closed_at"] <= seal.beacon.due, "closed after the beacon")
    for one in given:
        if "commit" in one:
            once.commit(one["commit"])
    lot.closed, lot.known, lot.closed_at = given, list(given), row["closed_at"]
    lot.state, lot.close_digest, lot.last = "closed", digest(data), digest(data)


def opens(seal: str, position: int, closed: Given, given: Given) -> bool:
    """Whether what is given now is what the close has, or opens its commit."""
    if "commit" in closed and "nonce" in given:
        return commit_of(seal, position, given["digits"], given["nonce"]) == closed["commit"]
    return dict(given) == dict(closed)


def _match(lot: Lot, given: list[Given | None], file: str) -> None:
    for position, (closed, one) in enumerate(zip(lot.closed or [], given, strict=True), 1):
        fits = one is not None and opens(lot.seal.digest, position, closed, one)
        check(fits, f"{file}: contribution {position} is not that of close.json")


def is_revealed(lot: LotSeal, known: list[Given | None], beacon: str | None) -> bool:
    """Whether the seed follows: all digits there, all commits opened, the beacon there where one is named."""
    return all(one is not None and "digits" in one for one in known) and (lot.beacon is None or beacon is not None)


def _beacon(value: object, lot: LotSeal, reason: str) -> str | None:
    if value is None:
        return None
    if lot.beacon is None:
        raise RefusedError(reason)
    check(is_digits(value, lot.beacon.digits, lot.beacon.digits), reason)
    return str(value)


def _note_openings(given: list[Given | None], once: Once) -> None:
    for one in given:
        if one is not None and "nonce" in one:
            once.secret(one["nonce"])


def read_reveal(lot: Lot, data: bytes, name: str, once: Once) -> None:
    """Take `reveal.json`: it opens everything, and the seed follows."""
    row: dict[str, Any] = keyed(loads(data, name), _REVEAL, f"{name}: keys")
    seal = lot.seal
    check(_head(row, seal) and row["close"] == lot.close_digest, "reveal head")
    _take_secret(lot, row["secret"], "reveal", once)
    given = row["contributions"]
    fits = isinstance(given, list) and len(given) == len(seal.witnesses) and all(map(_shape, given))
    check(fits, "reveal contributions")
    _match(lot, given, "reveal")
    lot.beacon = _beacon(row["beacon"], seal, "reveal beacon")
    check(is_revealed(seal, given, lot.beacon), "something is not revealed")
    check(is_time(row["opened_at"]) and row["opened_at"] >= lot.closed_at, "opened_at")
    check(seal.beacon is None or seal.beacon.due <= row["opened_at"], "opened before the beacon")
    _note_openings(given, once)
    lot.known, lot.ended_at, lot.state = given, row["opened_at"], "revealed"
    lot.seed = seed_of(seal.digest, lot.secret, given, lot.beacon)
    lot.reveal_digest = lot.last = digest(data)


def _take_secret(lot: Lot, secret: object, file: str, once: Once) -> None:
    seal = lot.seal
    fits = is_hash(secret) and commitment_of(seal.draw_id, seal.number, str(secret)) == seal.commitment
    check(fits, f"{file}: the secret does not open the commitment")
    lot.secret = str(secret)
    once.secret(lot.secret)


def read_void(lot: Lot, data: bytes, name: str, once: Once) -> None:
    """Take `void.json`: refused where the seed follows from what it publishes, for then the outcome stands."""
    row: dict[str, Any] = keyed(loads(data, name), _VOID, f"{name}: keys")
    seal, closed = lot.seal, lot.closed is not None
    head = _head(row, seal) and row["seal"] == seal.digest
    check(head and row["close"] == (lot.close_digest if closed else None), "void head")
    _take_secret(lot, row["secret"], "void", once)
    given = row["contributions"]
    fits = isinstance(given, list) and len(given) == len(seal.witnesses)
    check(fits and all(one is None or _shape(one) for one in given), "void contributions")
    told = is_line(row["reason"]) and is_name(row["approver"]) and is_time(row["voided_at"])
    check(told and row["voided_at"] >= (lot.closed_at if closed else seal.sealed_at), "void")
    if closed:
        _match(lot, given, "void")
        lot.beacon = _beacon(row["beacon"], seal, "void beacon")
        early = lot.beacon is not None and seal.beacon is not None and row["voided_at"] < seal.beacon.due
        check(not early, "void: the beacon's value before it is due")
    else:
        check(not any(one and "nonce" in one for one in given), "void: opened before closing")
        check(row["beacon"] is None, "void beacon")
        for one in given:
            if one and "commit" in one:
                once.commit(one["commit"])
    check(not is_revealed(seal, given, lot.beacon), "void: everything is revealed, the outcome stands")
    _note_openings(given, once)
    lot.known, lot.ended_at, lot.state, lot.last = given, row["voided_at"], "void", digest(data)
