"""``supplement-N/seal.json`` as a typed value: kinds by lot, and the extensions of joining (E2) and appointment (E3)."""

from __future__ import annotations

from dataclasses import dataclass

from mingqian_draw.errors import Problems
from mingqian_draw.forms import Opening, Reader, read_opening, read_top
from mingqian_draw.grammar import hash_ok, line_ok, time_ok, word_ok
from mingqian_draw.steps import PROTOCOL, digest

APPOINTMENT = "appointment"
LOTS = ("inspector", "exchange", "subject")
"""The kinds that are by lot."""

_HEAD = "protocol draw_id number previous kind subject inspector reason conflicts unavailable sealed_at"
_LOT = _HEAD + " witnesses open_by beacon commitment"
_APPOINTMENT = _HEAD + " appointed ground approver salt"


@dataclass(frozen=True)
class Joining:
    """Inspectors who come in after the seal, of other divisions or ``out`` in it, as (id, unit), why, and who decided it."""

    inspectors: tuple[tuple[str, str], ...]
    ground: str
    approver: str


@dataclass(frozen=True)
class SupplementSeal(Opening):
    """``supplement-N/seal.json``. An appointment has no witnesses, no beacon, and empty ``open_by`` and ``commitment``.

    ``appointed``, ``ground``, ``approver`` and ``salt`` are those of an appointment, empty otherwise.
    """

    previous: str
    kind: str
    subject: str
    inspector: str
    reason: str
    conflicts: tuple[tuple[str, str], ...]
    unavailable: tuple[str, ...]
    joining: Joining | None
    appointed: str
    ground: str
    approver: str
    salt: str

    @property
    def by_lot(self) -> bool:
        """Whether this is a lot: everything but an appointment."""
        return self.kind != APPOINTMENT


def _pairs(reader: Reader, value: object, row: str, code: str, expected: str) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for at, entry in enumerate(reader.array(value, row, code)):
        if isinstance(entry, list) and len(entry) == 2 and word_ok(entry[0]) and word_ok(entry[1]):
            pairs.append((entry[0], entry[1]))
        else:
            reader.fail(code, f"{row}[{at}]", expected=expected, found=entry)
            reader.broken = True
    return tuple(pairs)


def _conflicts(reader: Reader, value: object) -> tuple[tuple[str, str], ...]:
    pairs = _pairs(reader, value, "conflicts", "supplement-conflicts", "@pair")
    if list(pairs) != sorted(set(pairs)):
        reader.fail("supplement-conflicts", "conflicts", expected="@sorted", found=[list(pair) for pair in pairs])
    return pairs


def _unavailable(reader: Reader, value: object) -> tuple[str, ...]:
    names = tuple(
        reader.text(name, f"unavailable[{at}]", "supplement-unavailable", "word", word_ok)
        for at, name in enumerate(reader.array(value, "unavailable", "supplement-unavailable"))
    )
    if list(names) != sorted(set(names)):
        reader.fail("supplement-unavailable", "unavailable", expected="@sorted", found=list(names))
    return names


def _joining(reader: Reader, value: object) -> Joining | None:
    found = reader.mapping(value, "joining", "inspectors ground approver")
    if found is None:
        return None
    people = _pairs(reader, found["inspectors"], "joining.inspectors", "joining", "@joined")
    names = [name for name, _ in people]
    if not names or names != sorted(set(names)):
        reader.fail("joining", "joining.inspectors", expected="@joining", found=[list(pair) for pair in people])
    return Joining(
        inspectors=people,
        ground=reader.text(found["ground"], "joining.ground", "joining", "line", line_ok),
        approver=reader.text(found["approver"], "joining.approver", "joining", "line", line_ok),
    )


def _appointment_opening(reader: Reader, top: dict[str, object], number: int, digest_: str) -> Opening:
    """What an appointment has of the fields that seals share."""
    return Opening(
        file=reader.file,
        digest=digest_,
        draw_id=top["draw_id"] if isinstance(top["draw_id"], str) else "",
        number=number,
        witnesses=(),
        sealed_at=reader.text(top["sealed_at"], "sealed_at", "seal-times", "time", time_ok),
        open_by="",
        beacon=None,
        commitment="",
    )


def _replaced(reader: Reader, value: object, kind: str) -> str:
    """Who is replaced: nobody where a subject is, a member of a team else, either in an appointment."""
    if kind == "subject":
        reader.same(value, "inspector", "supplement-inspector", "")
    elif kind != APPOINTMENT or value != "":
        return reader.text(value, "inspector", "supplement-inspector", "word", word_ok)
    return ""


def parse_supplement(data: bytes, number: int, draw_id: str | None, problems: Problems) -> SupplementSeal | None:
    """``supplement-N/seal.json``, where ``number`` is what its folder says; ``draw_id`` is ``None`` where unknown."""
    reader = Reader(f"supplement-{number}/seal.json", problems)
    found = read_top(data, reader, problems)
    if found is None:
        return None
    kind = found.get("kind")
    by_lot = kind != APPOINTMENT
    # Who joins, joins for a lot among inspectors or an appointment.
    optional = "joining" if kind in ("inspector", APPOINTMENT) else ""
    top = reader.mapping(found, "", _LOT if by_lot else _APPOINTMENT, optional)
    if top is None:
        return None
    reader.same(top["protocol"], "protocol", "supplement-head", PROTOCOL)
    if draw_id is not None:
        reader.same(top["draw_id"], "draw_id", "supplement-head", draw_id)
    reader.same(top["number"], "number", "supplement-head", number)
    opening = (read_opening if by_lot else _appointment_opening)(reader, top, number, digest(data))
    kind = reader.choice(top["kind"], "kind", "supplement-kind", "kind", (*LOTS, APPOINTMENT))
    inspector = _replaced(reader, top["inspector"], kind)
    unavailable = _unavailable(reader, top["unavailable"])
    subject = reader.text(top["subject"], "subject", "supplement-subject", "word", word_ok)
    reason = reader.text(top["reason"], "reason", "supplement-reason", "word", word_ok)
    previous = reader.text(top["previous"], "previous", "supplement-follows", "hash", hash_ok)
    conflicts = _conflicts(reader, top["conflicts"])
    joining = _joining(reader, top["joining"]) if optional and "joining" in top else None
    appointed, ground, approver, salt = ("", "", "", "") if by_lot else _decision(reader, top)
    if reader.broken:
        return None
    return SupplementSeal(
        **vars(opening),
        previous=previous,
        kind=kind,
        subject=subject,
        inspector=inspector,
        reason=reason,
        conflicts=conflicts,
        unavailable=unavailable,
        joining=joining,
        appointed=appointed,
        ground=ground,
        approver=approver,
        salt=salt,
    )


def _decision(reader: Reader, top: dict[str, object]) -> tuple[str, str, str, str]:
    """Who is appointed, on what ground, who decided it, and the salt."""
    return (
        reader.text(top["appointed"], "appointed", "appointed", "word", word_ok),
        reader.text(top["ground"], "ground", "appointment-ground", "line", line_ok),
        reader.text(top["approver"], "approver", "appointment-ground", "line", line_ok),
        reader.text(top["salt"], "salt", "salt", "hash", hash_ok),
    )
