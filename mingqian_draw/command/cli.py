"""The protocol without the platform, one command a step."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mingqian_draw import archive, making
from mingqian_draw.canonical import digest
from mingqian_draw.chain import read as read_chain
from mingqian_draw.command.arguments import build_parser
from mingqian_draw.command.storage import add_files, create_folder, locked, new_secret_file, read_secret, write_new
from mingqian_draw.command.usage import wanted_language
from mingqian_draw.command.wording import Speaker
from mingqian_draw.contributions import commit_of, receipt
from mingqian_draw.explanation import explain
from mingqian_draw.grammar import is_contribution, is_hash
from mingqian_draw.proofs import Proof, check_proof, prove
from mingqian_draw.refusal import RefusedError, check, unlimited
from mingqian_draw.tables import TABLES
from mingqian_draw.verification import Options, Report, verify
from mingqian_draw.words import in_words, not_a_bundle, written_wrongly
from mingqian_draw.words.report import lines

#: Most bytes of a file with rules, a proof, a key, checkpoints.
SMALL = 16 << 20
Given = argparse.Namespace


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def _read(path: Path) -> bytes:
    """A file beside a bundle."""
    check(path.stat().st_size <= SMALL, f"{path.name}: too large")
    return path.read_bytes()


def _json(path: Path) -> Any:
    try:
        return json.loads(_read(path).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"{path.name}: no JSON") from error


def _table(path: Path | None, name: str) -> bytes:
    """Rows in any order as a table; refused with a hint where an editor changed more than their order."""
    data = b"" if path is None else path.read_bytes()
    for hint in written_wrongly({name: data}):
        raise RefusedError(hint)
    rows = data.removesuffix(b"\n").split(b"\n") if data else []
    # Whole rows sort as their ids do: a tab sorts before all of a word.
    return b"".join(row + b"\n" for row in sorted(rows))


def _beacon(options: Given) -> dict[str, object] | None:
    if options.beacon is None:
        return None
    source, turn, digits, due = options.beacon
    count = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 4 else digits
    return {"source": source, "round": turn, "digits": count, "due": due}


def _seal(options: Given, say: Speaker) -> int:
    tables = {name: _table(getattr(options, name.removesuffix(".tsv")), name) for name in TABLES}
    secret = making.new_secret()
    files = making.seal_draw(
        draw_id=options.draw_id,
        title=options.title,
        organ=options.organ,
        scope=options.scope,
        rules=_json(options.rules),
        tables=tables,
        witnesses=options.witness,
        sealed_at=options.at or _now(),
        open_by=options.open_by,
        secret=secret,
        after=(options.attempt - 1, options.previous),
        beacon=_beacon(options),
    )
    with new_secret_file(options.secret_file, secret, options.out):
        create_folder(options.out, files)
    _say_made(say, "sealed", options.out, {"seal.json": files["seal.json"]})
    _print(say("secret-in", path=options.secret_file))
    return 0


def _say_made(say: Speaker, key: str, bundle: Path, made: Mapping[str, bytes]) -> None:
    name, data = list(made.items())[-1]
    _print(say(key, path=bundle / name, digest=digest(data)))


def _commit(options: Given, say: Speaker) -> int:
    nonce = options.nonce or making.new_secret()
    check(is_hash(options.seal_digest) and options.position >= 1 and is_hash(nonce), "commit: input")
    check(is_contribution(options.digits), "close contributions")
    commit = commit_of(options.seal_digest, options.position, options.digits, nonce)
    _print(say("committed", commit=commit, nonce=nonce))
    return 0


def _receipt(options: Given, say: Speaker) -> int:
    check(is_hash(options.seal_digest) and options.position >= 1, "commit: input")
    check(is_contribution(options.digits), "close contributions")
    _print(say("receipt-is", receipt=receipt(options.seal_digest, options.position, options.digits)))
    return 0


def _contributions(options: Given) -> dict[int, dict[str, str]]:
    """What is given on the command line, by position."""
    keys = {"spoken": ("digits",), "commit": ("commit",), "opening": ("digits", "nonce")}
    found: dict[int, dict[str, str]] = {}
    for name, names in keys.items():
        for place, parts in getattr(options, name, ()):
            check(place not in found and len(parts) == len(names), "contributions: which")
            found[place] = dict(zip(names, parts, strict=True))
    return found


def _act(options: Given, say: Speaker, key: str, make: Callable[[dict[str, bytes]], dict[str, bytes]]) -> int:
    """Make the next files of a bundle while nobody else does."""
    with locked(options.bundle):
        made = make(archive.read_folder(options.bundle))
        add_files(options.bundle, made)
    _say_made(say, key, options.bundle, made)
    return 0


def _close(options: Given, say: Speaker) -> int:
    def make(files: dict[str, bytes]) -> dict[str, bytes]:
        given = _contributions(options)
        check(sorted(given) == list(range(1, len(given) + 1)), "contributions: which")
        return making.close(files, [given[place] for place in sorted(given)], closed_at=options.at or _now())

    return _act(options, say, "closed", make)


def _open(options: Given, say: Speaker) -> int:
    secret = read_secret(options.secret_file)

    def make(files: dict[str, bytes]) -> dict[str, bytes]:
        bundle, openings = read_chain(files), _contributions(options)
        if bundle.last_lot.state == "revealed":
            return making.finish(files, bundle)
        check(set(openings) <= set(range(1, len(bundle.last_lot.known) + 1)), "contributions: which")
        told: dict[str, Any] = {"opened_at": options.at or _now(), "beacon": options.beacon}
        return making.open_lot(files, secret=secret, openings=openings, known=bundle, **told)

    return _act(options, say, "opened", make)


def _void(options: Given, say: Speaker) -> int:
    secret = read_secret(options.secret_file)

    def make(files: dict[str, bytes]) -> dict[str, bytes]:
        bundle, given = read_chain(files), _contributions(options)
        lot = bundle.last_lot
        known = dict(enumerate(lot.closed or [None] * len(lot.known), 1))
        check(set(given) <= set(known), "contributions: which")
        return making.void(
            files,
            secret=secret,
            contributions=[given.get(place, one) for place, one in known.items()],
            reason=options.reason,
            approver=options.approver,
            voided_at=options.at or _now(),
            beacon=options.beacon,
            known=bundle,
        )

    return _act(options, say, "voided", make)


def _facts(options: Given, say: Speaker) -> int:
    joining = {"groups": sorted(options.join), "place": options.join_place} if options.join else None
    return _act(
        options,
        say,
        "sealed",
        lambda files: making.seal_facts(
            files,
            sealed_at=options.at or _now(),
            ground=options.ground,
            approver=options.approver,
            salt=making.new_secret(),
            conflicts=options.conflict,
            absent=options.absent,
            unavailable=options.unavailable,
            excused=options.excused,
            joining=joining,
        ),
    )


def _lot(options: Given, say: Speaker) -> int:
    secret = making.new_secret()
    changes = [(*change, "")[:2] for change in options.change]
    with new_secret_file(options.secret_file, secret, options.bundle):
        _act(
            options,
            say,
            "sealed",
            lambda files: making.seal_lot(
                files,
                kind=options.act,
                changes=changes,
                sealed_at=options.at or _now(),
                open_by=options.open_by,
                witnesses=options.witness,
                secret=secret,
                beacon=_beacon(options),
            ),
        )
    _print(say("secret-in", path=options.secret_file))
    return 0


def _appoint(options: Given, say: Speaker) -> int:
    return _act(
        options,
        say,
        "sealed",
        lambda files: making.appoint(
            files,
            subject=options.subject,
            inspector=options.inspector,
            appointed=options.appointed,
            sealed_at=options.at or _now(),
            ground=options.ground,
            approver=options.approver,
            salt=making.new_secret(),
        ),
    )


def _key(text: str) -> str:
    """A key, or what stands in the file of that name."""
    path = Path(text)
    return _read(path).decode("utf-8", "replace").strip() if "+" not in text and path.is_file() else text


def _verify(options: Given, say: Speaker) -> int:
    given = Options(
        None if options.log_key is None else _key(options.log_key),
        [_key(text) for text in options.witness_key],
        options.k,
        [] if options.kept is None else _kept(_json(options.kept)),
        {} if options.late is None else _late(_json(options.late)),
    )
    files: dict[str, bytes] = {}
    with unlimited() if options.limit else contextlib.nullcontext():
        try:
            files = archive.read(options.bundle)
            report = verify(files, given)
        except RefusedError as error:
            report = Report("refused", error.reason)
    if options.json:
        _print(json.dumps(report.told(), ensure_ascii=False, sort_keys=True))
        return report.exit
    for line in _spoken(report, files, options.bundle, say):
        _print(line)
    return report.exit


def _kept(value: Any) -> list[tuple[object, object]]:
    fits = isinstance(value, list) and all(isinstance(one, list) and len(one) == 2 for one in value)
    check(fits, "kept: [[note, proof], ...]")
    return [(note, proof) for note, proof in value]


def _late(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RefusedError("an opening that was handed in does not open its commit")
    return value


def _spoken(report: Report, files: Mapping[str, bytes], place: Path, say: Speaker) -> Iterable[str]:
    """The report as text, with hints where an editor or a browser was in between."""
    if report.status == "refused":
        if not files and place.is_file() and not_a_bundle(place.read_bytes()[:4]):
            yield in_words("no bundle", say.language)
            return
        yield from lines(report, say.language)
        yield from (in_words(hint, say.language) for hint in written_wrongly(files))
        return
    found = lines(report, say.language, _now())
    yield next(found)
    for key, name in (("seal-digest", "seal.json"), ("result-digest", "result.json")):
        if name in files:
            yield say(key, digest=digest(files[name]))
    yield from found


def _ticket(options: Given, say: Speaker) -> int:
    with unlimited() if options.limit else contextlib.nullcontext():
        found = explain(archive.read(options.bundle), options.subject)
    told = {name: getattr(found, name) for name in ("stratum", "lots", "status")}
    _print(say(f"because-{found.reason}", subject=found.subject))
    _print(say("row", row=found.proof.index + 1, **told))
    if found.ticket:
        names = ("ticket", "lot", "rank", "participants", "quota")
        _print(say("ticket-is", **{name: getattr(found, name) for name in names}))
        _print(say("cutoff", cutoff=found.cutoff))
    if found.batch:
        _print(say("batch", batch=found.batch))
    if found.selected_now:
        _print(say("team", team=say.listed(found.team)))
    if found.appointed:
        _print(say("appointed", names=say.listed(found.appointed)))
    if found.came:
        _print(say("came", subject=found.came))
    _print(say("proof"))
    for node in found.proof.path:
        _print(f"  {node}")
    return 0


def _prove(options: Given, say: Speaker) -> int:
    with unlimited() if options.limit else contextlib.nullcontext():
        data = prove(archive.read(options.bundle), f"{options.table}.tsv", options.key).to_json()
    if options.out is None:
        _print(data.decode())
        return 0
    write_new(options.out, data)
    _print(say("written", path=options.out))
    return 0


def _check_proof(options: Given, say: Speaker) -> int:
    proof = Proof.from_json(_read(options.proof).removesuffix(b"\n"))
    count = check_proof(_read(options.seal), proof)
    _print(say("proof-holds", number=proof.index + 1, count=count, row=proof.row.replace("\t", " ")))
    return 0


def _zip(options: Given, say: Speaker) -> int:
    write_new(options.out, archive.write_zip(archive.read_folder(options.bundle)))
    _print(say("written", path=options.out))
    return 0


_COMMANDS: dict[str, Callable[[Given, Speaker], int]] = {
    "seal": _seal,
    "commit": _commit,
    "receipt": _receipt,
    "close": _close,
    "open": _open,
    "void": _void,
    "facts": _facts,
    "inspector": _lot,
    "exchange": _lot,
    "subject": _lot,
    "appointment": _appoint,
    "verify": _verify,
    "ticket": _ticket,
    "prove": _prove,
    "check-proof": _check_proof,
    "zip": _zip,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: that of the status for `verify`, else 0 done, 1 refused, 2 wrong usage (by `SystemExit`)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    say = Speaker(wanted_language(given))
    options = build_parser(say).parse_args(given)
    try:
        code = _COMMANDS[getattr(options, "act", options.command)](options, say)
        sys.stdout.flush()
    except RefusedError as error:
        sys.stderr.write(in_words(error.reason, say.language) + "\n")
        return 1
    except BrokenPipeError:
        # The reader has seen enough; nothing may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        reason = error.strerror or type(error).__name__
        sys.stderr.write(in_words(f"{error.filename or ''}: system: {reason}", say.language) + "\n")
        return 1
    return code
