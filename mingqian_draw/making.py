"""Sealing, opening and voiding: what makes the files that :mod:`mingqian_draw.chain` checks.

Every file made here is read back by the same checks before it is handed out, so nothing can be sealed or opened that a
verifier would refuse.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mingqian_draw.canonical import dumps
from mingqian_draw.chain import PENDING, Chain, Stage, read_chain, read_files
from mingqian_draw.errors import DrawError
from mingqian_draw.forms import as_texts
from mingqian_draw.grammar import hash_ok, integer_ok, word_ok
from mingqian_draw.steps import PROTOCOL, commitment
from mingqian_draw.supplement_forms import APPOINTMENT
from mingqian_draw.supplements import word_pairs
from mingqian_draw.tables import CONFLICTS, FILES, INSPECTORS, SUBJECTS


def _rows(file: str, rows: Iterable[tuple[object, ...]], width: int) -> bytes:
    """Rows as a sorted table. A cell that holds a tab or line feed is no word, and would forge a column or row."""
    texts: list[bytes] = []
    for number, row in enumerate(rows, 1):
        if len(row) != width or not all(isinstance(cell, str) for cell in row):
            raise DrawError("row-input", file, str(number), cells=list(row))
        text = "\t".join(row)  # type: ignore[arg-type]  # all texts, see above
        if text.count("\t") != width - 1 or "\n" in text:
            raise DrawError("row-input", file, str(number), cells=list(row))
        try:
            texts.append(text.encode())
        except UnicodeEncodeError as error:
            raise DrawError("row-input", file, str(number), cells=list(row)) from error
    return sorted_table(texts)


def sorted_table(rows: list[bytes]) -> bytes:
    """Rows without line feeds as a table. Whole rows sort as their ids do: a tab sorts before all of a word."""
    rows.sort()
    return b"\n".join(rows) + b"\n" if rows else b""


def _subject_rows(subjects: Iterable[tuple[str, str, int, str]]) -> Iterable[tuple[object, ...]]:
    for number, row in enumerate(subjects, 1):
        if len(row) != 4 or not integer_ok(row[2], 1, 9):
            raise DrawError("row-input", SUBJECTS, str(number), cells=list(row))
        yield row[0], row[1], str(row[2]), row[3]


def seal_tables(
    tables: Mapping[str, bytes],
    *,
    draw_id: str,
    title: str,
    organ: str,
    scope: str,
    rules: Mapping[str, object],
    witnesses: Sequence[str],
    sealed_at: str,
    open_by: str,
    beacon: Mapping[str, object] | None,
    secret: str,
) -> dict[str, bytes]:
    """Steps 1 and 2 over tables that are already sorted; see :func:`seal_draw`."""
    _check_secret(secret)
    if not word_ok(draw_id):
        raise DrawError("seal-head", "seal.json", "draw_id", expected="@word", found=draw_id)
    read = read_files(tables)
    if read is None:
        raise DrawError("files-missing", next(name for name in FILES.values() if name not in tables))
    seal: dict[str, object] = {
        "protocol": PROTOCOL,
        "draw_id": draw_id,
        "title": title,
        "organ": organ,
        "scope": scope,
        "sealed_at": sealed_at,
        "open_by": open_by,
        "rules": dict(rules),
        **{name: {"root": read.tables.get(name).root, "count": read.tables.get(name).count} for name in FILES},
        "witnesses": as_texts(witnesses),
        "commitment": commitment(draw_id, secret),
        "beacon": None if beacon is None else dict(beacon),
    }
    files = {file: tables[file] for file in FILES.values()} | {"seal.json": _json(seal, "seal.json")}
    chain = read_chain(files, read)
    chain.raise_refusals()
    return files


def seal_draw(  # noqa: PLR0913 - the fields of a seal, by name
    *,
    draw_id: str,
    title: str,
    organ: str,
    scope: str,
    rules: Mapping[str, object],
    subjects: Iterable[tuple[str, str, int, str]],
    inspectors: Iterable[tuple[str, str, str]],
    conflicts: Iterable[tuple[str, str]],
    witnesses: Sequence[str],
    sealed_at: str,
    open_by: str,
    beacon: Mapping[str, object] | None,
    secret: str,
) -> dict[str, bytes]:
    """Steps 1 and 2: fix tables and rules.

    ``subjects`` are (id, stratum, lots, status), ``inspectors`` (id, unit, status), ``conflicts`` (subject, inspector),
    in any order; ``rules`` and ``beacon`` as in ``seal.json``; ``secret`` from :func:`new_secret`, to be kept apart.
    Returns ``subjects.tsv``, ``inspectors.tsv``, ``conflicts.tsv`` and ``seal.json``. Raises :class:`DrawError`, which
    names what may not be sealed.
    """
    tables = {
        SUBJECTS: _rows(SUBJECTS, _subject_rows(subjects), 4),
        INSPECTORS: _rows(INSPECTORS, inspectors, 3),
        CONFLICTS: _rows(CONFLICTS, conflicts, 2),
    }
    return seal_tables(
        tables,
        draw_id=draw_id,
        title=title,
        organ=organ,
        scope=scope,
        rules=rules,
        witnesses=witnesses,
        sealed_at=sealed_at,
        open_by=open_by,
        beacon=beacon,
        secret=secret,
    )


def _json(value: dict[str, object], file: str) -> bytes:
    try:
        return dumps(value)
    except UnicodeEncodeError as error:
        raise DrawError("json-surrogate", file) from error
    except (TypeError, ValueError) as error:
        raise DrawError("json-value", file) from error


def _check_secret(secret: str) -> None:
    if not hash_ok(secret):
        raise DrawError("secret-form", expected="@hash")


def _read_open(files: Mapping[str, bytes], *, supplement: bool) -> tuple[Chain, Stage]:
    """A bundle whose draw or last supplement waits to be opened."""
    chain = read_chain(files)
    chain.raise_refusals()
    stage = chain.last
    if not stage.pending or stage.reveal is not None:
        raise DrawError("already-ended", f"{stage.prefix}{'void' if stage.void else 'reveal'}.json")
    if supplement != bool(stage.number):
        raise DrawError("draw-is-pending" if supplement else "already-ended", f"{stage.prefix}seal.json")
    return chain, stage


def _ended(chain: Chain, stage: Stage, added: dict[str, bytes]) -> Chain:
    """The bundle with the files that end a stage, refused where a verifier would."""
    after = read_chain({**chain.files, **{stage.prefix + name: data for name, data in added.items()}}, chain.read)
    after.raise_refusals()
    return after


def _open(chain: Chain, stage: Stage, reveal: dict[str, object]) -> dict[str, bytes]:
    revealed = {"reveal.json": _json(reveal, f"{stage.prefix}reveal.json")}
    result = _ended(chain, stage, revealed).last.result
    if result is None:
        raise DrawError("files-missing", f"{stage.prefix}seal.json")
    return {stage.prefix + name: data for name, data in {**revealed, "result.json": dumps(result)}.items()}


def open_draw(
    files: Mapping[str, bytes],
    *,
    secret: str,
    contributions: Sequence[str],
    beacon: str | None,
    closed_at: str,
    opened_at: str,
) -> dict[str, bytes]:
    """Steps 4 to 10: ``reveal.json`` and ``result.json`` of a sealed draw. Raises :class:`DrawError`."""
    chain, stage = _read_open(files, supplement=False)
    return _open(chain, stage, _reveal(secret, contributions, beacon, closed_at, opened_at))


def _reveal(
    secret: str, contributions: Sequence[str], beacon: str | None, closed_at: str, opened_at: str
) -> dict[str, object]:
    return {
        "secret": secret,
        "contributions": as_texts(contributions),
        "beacon": beacon,
        "closed_at": closed_at,
        "opened_at": opened_at,
    }


def _void(chain: Chain, stage: Stage, value: dict[str, object]) -> dict[str, bytes]:
    seal = stage.seal
    if seal is None:
        raise DrawError("files-missing", f"{stage.prefix}seal.json")
    head = {"protocol": PROTOCOL, "draw_id": seal.draw_id, "number": stage.number, "seal": seal.digest}
    voided = {"void.json": _json({**head, **value}, f"{stage.prefix}void.json")}
    _ended(chain, stage, voided)
    return {stage.prefix + name: data for name, data in voided.items()}


def void_draw(
    files: Mapping[str, bytes],
    *,
    secret: str,
    reason: str,
    approver: str,
    voided_at: str,
    contributions: Sequence[str],
    beacon: str | None = None,
) -> dict[str, bytes]:
    """``void.json`` of a sealed draw; ``contributions`` are those of the first witnesses. Raises :class:`DrawError`."""
    chain, stage = _read_open(files, supplement=False)
    value = {"secret": secret, "reason": reason, "approver": approver, "voided_at": voided_at, "beacon": beacon}
    return _void(chain, stage, {**value, "contributions": as_texts(contributions)})


def _next_supplement(files: Mapping[str, bytes]) -> tuple[Chain, dict[str, object]]:
    """A bundle that can have another supplement, and the head of that one's seal."""
    chain = read_chain(files)
    chain.raise_refusals()
    before, draw = chain.last, chain.seal
    if before.pending:
        raise DrawError(PENDING, f"{before.prefix}seal.json")
    if draw is None or chain.stages[0].void is not None:
        raise DrawError("files-of-a-void", "void.json")
    return chain, {
        "protocol": PROTOCOL,
        "draw_id": draw.draw_id,
        "number": before.number + 1,
        "previous": before.void.digest if before.void else before.result_digest,
    }


def _joining(joining: Mapping[str, object] | None) -> dict[str, object]:
    """The key of a seal that lets inspectors join, where there are any."""
    return {} if joining is None else {"joining": dict(joining)}


def _sealed_supplement(files: Mapping[str, bytes], chain: Chain, value: dict[str, object]) -> dict[str, bytes]:
    """A supplement's seal, refused where a verifier would."""
    name = f"supplement-{value['number']}/seal.json"
    made = {name: _json(value, name)}
    read_chain({**files, **made}, chain.read).raise_refusals()
    return made


def seal_supplement(  # noqa: PLR0913 - the fields of a seal, by name
    files: Mapping[str, bytes],
    *,
    kind: str,
    subject: str,
    inspector: str,
    reason: str,
    conflicts: Iterable[tuple[str, str]],
    unavailable: Iterable[str],
    witnesses: Sequence[str],
    sealed_at: str,
    open_by: str,
    beacon: Mapping[str, object] | None,
    secret: str,
    joining: Mapping[str, object] | None = None,
) -> dict[str, bytes]:
    """The next supplement's ``supplement-N/seal.json``; ``files`` is the whole bundle.

    ``joining`` as in ``seal.json`` (extension E2). ``conflicts`` and ``unavailable`` are put in order. For an
    appointment, which is not by lot, see :func:`seal_appointment`. Raises :class:`DrawError`.
    """
    _check_secret(secret)
    chain, head = _next_supplement(files)
    number = chain.last.number + 1
    if secret in chain.secrets:
        raise DrawError("secret-twice", f"supplement-{number}/seal.json")
    value: dict[str, object] = {
        **head,
        "kind": kind,
        "subject": subject,
        "inspector": inspector,
        "reason": reason,
        "conflicts": word_pairs(conflicts),
        "unavailable": sorted(set(unavailable)),
        "witnesses": as_texts(witnesses),
        "sealed_at": sealed_at,
        "open_by": open_by,
        "beacon": None if beacon is None else dict(beacon),
        "commitment": commitment(str(head["draw_id"]), secret, number),
        **_joining(joining),
    }
    return _sealed_supplement(files, chain, value)


def seal_appointment(
    files: Mapping[str, bytes],
    *,
    subject: str,
    inspector: str,
    appointed: str,
    reason: str,
    ground: str,
    approver: str,
    conflicts: Iterable[tuple[str, str]],
    unavailable: Iterable[str],
    sealed_at: str,
    salt: str,
    joining: Mapping[str, object] | None = None,
) -> dict[str, bytes]:
    """An appointment (extension E3) as the next supplement's ``supplement-N/seal.json``; ``files`` is the whole bundle.

    ``inspector`` is who is replaced, empty where only subjects were drawn; ``joining`` as in ``seal.json``, for an
    ``appointed`` who is not in the table, or ``out`` in it. ``salt`` from :func:`new_secret`, a fresh one for every seal
    that is kept: it is in both files and hides them until they are published. ``conflicts`` and ``unavailable`` are put in
    order. Raises :class:`DrawError`.
    """
    chain, head = _next_supplement(files)
    value = {
        **head,
        "kind": APPOINTMENT,
        "subject": subject,
        "inspector": inspector,
        "appointed": appointed,
        "reason": reason,
        "ground": ground,
        "approver": approver,
        "conflicts": word_pairs(conflicts),
        "unavailable": sorted(set(unavailable)),
        "sealed_at": sealed_at,
        "salt": salt,
        **_joining(joining),
    }
    return _sealed_supplement(files, chain, value)


def complete_appointment(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """``supplement-N/result.json`` of the appointment that is pending. Raises :class:`DrawError`."""
    chain = read_chain(files)
    chain.raise_refusals()
    stage = chain.last
    if stage.appointment is None or not stage.pending or stage.result is None:
        raise DrawError("no-appointment", f"{stage.prefix}seal.json")
    made = {f"{stage.prefix}result.json": dumps(stage.result)}
    read_chain({**files, **made}, chain.read).raise_refusals()
    return made


def open_supplement(
    files: Mapping[str, bytes],
    *,
    secret: str,
    contributions: Sequence[str],
    beacon: str | None,
    closed_at: str,
    opened_at: str,
) -> dict[str, bytes]:
    """``supplement-N/reveal.json`` and ``result.json`` of the supplement that is pending. Raises :class:`DrawError`."""
    chain, stage = _read_open(files, supplement=True)
    return _open(chain, stage, _reveal(secret, contributions, beacon, closed_at, opened_at))


def void_supplement(
    files: Mapping[str, bytes],
    *,
    secret: str,
    reason: str,
    approver: str,
    voided_at: str,
    contributions: Sequence[str],
    beacon: str | None = None,
) -> dict[str, bytes]:
    """``supplement-N/void.json`` of the supplement that is pending. Raises :class:`DrawError`."""
    chain, stage = _read_open(files, supplement=True)
    value = {"secret": secret, "reason": reason, "approver": approver, "voided_at": voided_at, "beacon": beacon}
    return _void(chain, stage, {**value, "contributions": as_texts(contributions)})
