"""Making the files of a bundle, step by step. Nothing is handed out that a verifier would refuse.

Each function takes the files so far and returns the new ones; the caller keeps both. Secrets come from the operating system's generator
and are the caller's to keep until they are laid open. `known` is `read_chain(files)`, where the caller has that already: a large draw is
then not read a second time.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mingqian_draw import chain, outcome
from mingqian_draw.canonical import dumps, loads
from mingqian_draw.changes import make
from mingqian_draw.contributions import Given, Lot, commitment_of
from mingqian_draw.refusal import RefusedError, check
from mingqian_draw.seal import PROTOCOL, parse as parse_seal
from mingqian_draw.tables import TABLES, parse as parse_tables

Files = dict[str, bytes]


def new_secret() -> str:
    """32 bytes from the operating system's generator, in hex: a secret, a nonce, a salt."""
    return secrets.token_hex(32)


def table(rows: Iterable[Sequence[str]]) -> bytes:
    """A table of rows, sorted as the protocol wants it."""
    return "".join(f"{row}\n" for row in sorted("\t".join(row) for row in rows)).encode()


def seal_draw(
    *,
    draw_id: str,
    title: str,
    organ: str,
    scope: str,
    rules: Mapping[str, Any],
    tables: Mapping[str, bytes],
    witnesses: Sequence[str],
    sealed_at: str,
    open_by: str,
    secret: str,
    after: tuple[int, str | None] = (0, None),
    beacon: Mapping[str, Any] | None = None,
) -> Files:
    """The tables and `seal.json` of a draw; raise RefusedError, naming what is wrong, where it may not be sealed.

    `tables` by name of the file; `after` are the number of the scope's last attempt and the digest of its `void.json`.
    """
    check(set(tables) == set(TABLES), "tables: which")
    parsed = parse_tables(tables)
    row = {
        "protocol": PROTOCOL,
        "draw_id": draw_id,
        "attempt": after[0] + 1,
        "previous": after[1],
        "title": title,
        "organ": organ,
        "scope": scope,
        "sealed_at": sealed_at,
        "open_by": open_by,
        "rules": dict(rules),
        **{name.removesuffix(".tsv"): {"root": root, "count": count} for name, (root, count) in parsed.roots.items()},
        "witnesses": list(witnesses),
        "beacon": beacon,
        "commitment": commitment_of(draw_id, 0, secret),
    }
    data = dumps(row)
    parse_seal(loads(data, "seal.json"), data, lambda: parsed)
    return {**tables, "seal.json": data}


def _prefix(lot: Lot) -> str:
    return f"supplement-{lot.seal.number}/" if lot.seal.number else ""


def _lot(files: Mapping[str, bytes], known: chain.Bundle | None, *states: str) -> tuple[chain.Bundle, Lot]:
    bundle = known or chain.read(files)
    lot = bundle.last_lot
    if lot.state not in states:
        raise RefusedError(f"the last lot is {lot.state}")
    return bundle, lot


def close(
    files: Mapping[str, bytes], contributions: Sequence[Given], *, closed_at: str, known: chain.Bundle | None = None
) -> Files:
    """`close.json` of the last lot: what the witnesses committed to or spoke, in the seal's order."""
    bundle, lot = _lot(files, known, "sealed")
    seal = lot.seal
    row = {
        "protocol": PROTOCOL,
        "draw_id": seal.draw_id,
        "number": seal.number,
        "seal": seal.digest,
        "contributions": [dict(one) for one in contributions],
        "closed_at": closed_at,
    }
    made = {f"{_prefix(lot)}close.json": dumps(row)}
    chain.read({**files, **made}, bundle)
    return made


def open_lot(
    files: Mapping[str, bytes],
    *,
    secret: str,
    openings: Mapping[int, Given],
    opened_at: str,
    beacon: str | None = None,
    known: chain.Bundle | None = None,
) -> Files:
    """`reveal.json` and `result.json` of the last lot; `openings` by position are those of the commits."""
    bundle, lot = _lot(files, known, "closed")
    seal, prefix = lot.seal, _prefix(lot)
    given = [dict(openings.get(place, one)) for place, one in enumerate(lot.closed or [], 1)]
    row = {
        "protocol": PROTOCOL,
        "draw_id": seal.draw_id,
        "number": seal.number,
        "close": lot.close_digest,
        "secret": secret,
        "contributions": given,
        "beacon": beacon,
        "opened_at": opened_at,
    }
    reveal = dumps(row)
    bundle = chain.read({**files, f"{prefix}reveal.json": reveal}, bundle)
    return {f"{prefix}reveal.json": reveal, **_result(bundle)}


def finish(files: Mapping[str, bytes], known: chain.Bundle | None = None) -> Files:
    """`result.json` of the last lot, whose `reveal.json` is there alone: what an interruption leaves."""
    return _result(_lot(files, known, "revealed")[0])


def _result(bundle: chain.Bundle) -> Files:
    lot = bundle.last_lot
    seal, seed = lot.seal, lot.seed
    head = outcome.result_head(seal.draw_id, seal.number, seal.digest, lot.close_digest, lot.reveal_digest, seed)
    if seal.number:
        made = bundle.supplements[-1]
        told: dict[str, Any] = {"changes": [one.told() for one in make(bundle.state, seal.kind, seed, made.changes)]}
    else:
        told = {"strata": bundle.strata, "assignments": bundle.assignments}
    return {f"{_prefix(lot)}result.json": dumps({**head, **told})}


def void(
    files: Mapping[str, bytes],
    *,
    secret: str,
    contributions: Sequence[Given | None],
    reason: str,
    approver: str,
    voided_at: str,
    beacon: str | None = None,
    known: chain.Bundle | None = None,
) -> Files:
    """`void.json` of the last lot: everything known of it; refused where the seed follows, for then the outcome stands."""
    bundle, lot = _lot(files, known, "sealed", "closed")
    seal = lot.seal
    row = {
        "protocol": PROTOCOL,
        "draw_id": seal.draw_id,
        "number": seal.number,
        "seal": seal.digest,
        "close": lot.close_digest or None,
        "secret": secret,
        "contributions": [None if one is None else dict(one) for one in contributions],
        "beacon": beacon,
        "reason": reason,
        "approver": approver,
        "voided_at": voided_at,
    }
    made = {f"{_prefix(lot)}void.json": dumps(row)}
    chain.read({**files, **made}, bundle)
    return made


def _supplement(
    files: Mapping[str, bytes], row: Mapping[str, Any], known: chain.Bundle | None, secret: str | None = None
) -> Files:
    """The seal of the next supplement; `secret` where it is a lot's."""
    bundle = known or chain.read(files)
    draw_id, number = bundle.seal.lot.draw_id, len(bundle.supplements) + 1
    head = {"protocol": PROTOCOL, "draw_id": draw_id, "number": number, "previous": bundle.steps[-1].digest}
    own = {} if secret is None else {"commitment": commitment_of(draw_id, number, secret)}
    made = {f"supplement-{number}/seal.json": dumps({**head, **own, **row})}
    chain.read({**files, **made}, bundle)
    return made


def seal_facts(
    files: Mapping[str, bytes],
    *,
    sealed_at: str,
    ground: str,
    approver: str,
    salt: str,
    conflicts: Iterable[Sequence[str]] = (),
    absent: Iterable[Sequence[str]] = (),
    unavailable: Iterable[Sequence[str]] = (),
    excused: Iterable[Sequence[str]] = (),
    joining: Mapping[str, Any] | None = None,
    known: chain.Bundle | None = None,
) -> Files:
    """Facts: who cannot go, what must not meet, who joins."""
    row = {
        "kind": "facts",
        "sealed_at": sealed_at,
        "conflicts": sorted(map(list, conflicts)),
        "absent": sorted(map(list, absent)),
        "unavailable": sorted(map(list, unavailable)),
        "excused": sorted(map(list, excused)),
        "joining": joining,
        "ground": ground,
        "approver": approver,
        "salt": salt,
    }
    return _supplement(files, row, known)


def seal_lot(
    files: Mapping[str, bytes],
    *,
    kind: str,
    changes: Iterable[Sequence[str]],
    sealed_at: str,
    open_by: str,
    witnesses: Sequence[str],
    secret: str,
    beacon: Mapping[str, Any] | None = None,
    known: chain.Bundle | None = None,
) -> Files:
    """The seal of a lot after the draw: several changes of one kind, one ceremony."""
    row = {
        "kind": kind,
        "changes": sorted(map(list, changes)),
        "sealed_at": sealed_at,
        "open_by": open_by,
        "witnesses": list(witnesses),
        "beacon": beacon,
    }
    return _supplement(files, row, known, secret)


def appoint(
    files: Mapping[str, bytes],
    *,
    subject: str,
    inspector: str,
    appointed: str,
    sealed_at: str,
    ground: str,
    approver: str,
    salt: str,
    known: chain.Bundle | None = None,
) -> Files:
    """An appointment, where no lot is possible."""
    row = {
        "kind": "appointment",
        "subject": subject,
        "inspector": inspector,
        "appointed": appointed,
        "sealed_at": sealed_at,
        "ground": ground,
        "approver": approver,
        "salt": salt,
    }
    return _supplement(files, row, known)
