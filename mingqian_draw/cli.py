"""``python -m mingqian_draw``: the protocol without the platform."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from mingqian_draw import making
from mingqian_draw.bundle import read_bundle, read_file
from mingqian_draw.canonical import loads
from mingqian_draw.cli_arguments import build_parser
from mingqian_draw.errors import DrawError, Problems
from mingqian_draw.explanation import explain
from mingqian_draw.printing import Speaker, explanation_lines, report_lines
from mingqian_draw.proofs import Proof, check_proof, prove
from mingqian_draw.steps import digest, new_secret, receipt
from mingqian_draw.storage import add_files, create_folder, locked, new_secret_file, read_secret, write_new
from mingqian_draw.tables import CONFLICTS, INSPECTORS, SUBJECTS, sort_input
from mingqian_draw.usage import wanted_language
from mingqian_draw.verification import verify_with

SMALL = 1 << 20
"""Most bytes of a file with rules, a proof or a key."""


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _load(path: Path) -> dict[str, bytes]:
    problems = Problems()
    files = read_bundle(path, problems)
    problems.raise_first()
    return files


def _beacon(options: argparse.Namespace) -> dict[str, object] | None:
    if options.beacon is None:
        return None
    source, name, digits, due = options.beacon
    count = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 4 else digits
    return {"source": source, "round": name, "digits": count, "due": due}


def _seal(options: argparse.Namespace, say: Speaker) -> int:
    problems, tables = Problems(), {}
    for path, file in (
        (options.subjects, SUBJECTS),
        (options.inspectors, INSPECTORS),
        (options.conflicts, CONFLICTS),
    ):
        data = b"" if path is None else read_file(path.resolve())
        tables[file] = sort_input(data, file, "" if path is None else path.name, problems)
    problems.raise_first()
    rules, _ = loads(read_file(options.rules.resolve(), SMALL), options.rules.name)
    if not isinstance(rules, dict):
        raise DrawError("not-object", options.rules.name)
    secret, sealed_at = new_secret(), options.at or _now()
    files = making.seal_tables(
        tables,
        draw_id=options.draw_id,
        title=options.title,
        organ=options.organ,
        scope=options.scope,
        rules=rules,
        witnesses=options.witness,
        sealed_at=sealed_at,
        open_by=options.open_by,
        beacon=_beacon(options),
        secret=secret,
    )
    with new_secret_file(options.secret_file, secret, options.out):
        create_folder(options.out, files)
    path, mark = options.out / "seal.json", digest(files["seal.json"])
    _print(say("sealed", path=path, digest=mark, secret=options.secret_file))
    return 0


def _open(options: argparse.Namespace, say: Speaker) -> int:
    at = options.at or _now()
    secret = read_secret(options.secret_file)
    act = making.open_supplement if options.command == "supplement" else making.open_draw
    with locked(options.bundle):
        files = _load(options.bundle)
        made = act(
            _unopened(files, supplement=options.command == "supplement"),
            secret=secret,
            contributions=options.contribution,
            beacon=options.beacon,
            closed_at=options.closed_at or at,
            opened_at=at,
        )
        add_files(options.bundle, made, resume=True)
    name, data = next((name, data) for name, data in made.items() if name.endswith("result.json"))
    _print(say("opened", path=options.bundle / name, digest=digest(data)))
    return 0


def _unopened(files: dict[str, bytes], *, supplement: bool) -> dict[str, bytes]:
    """The bundle without a reveal whose result is missing: what a power cut in the middle of opening leaves.

    :func:`add_files` goes on from there if the same reveal is made again, and refuses any other.
    """
    last = max(
        (name.removesuffix("seal.json") for name in files if name.endswith("seal.json") and "/" in name and supplement),
        key=lambda prefix: int(prefix[len("supplement-") : -1]) if prefix[len("supplement-") : -1].isdecimal() else 0,
        default="",
    )
    return {name: data for name, data in files.items() if name != last + "reveal.json" or last + "result.json" in files}


def _void(options: argparse.Namespace, say: Speaker) -> int:
    secret = read_secret(options.secret_file)
    act = making.void_supplement if options.command == "supplement" else making.void_draw
    with locked(options.bundle):
        made = act(
            _load(options.bundle),
            secret=secret,
            reason=options.reason,
            approver=options.approver,
            voided_at=options.at or _now(),
            contributions=options.contribution,
            beacon=options.beacon,
        )
        add_files(options.bundle, made)
    ((name, data),) = made.items()
    _print(say("voided", path=options.bundle / name, digest=digest(data)))
    return 0


def _seal_supplement(options: argparse.Namespace, say: Speaker) -> int:
    secret = new_secret()
    with locked(options.bundle):
        made = making.seal_supplement(
            _load(options.bundle),
            kind=options.kind,
            subject=options.subject,
            inspector=options.inspector,
            reason=options.reason,
            conflicts=[(subject, inspector) for subject, inspector in options.conflict],
            unavailable=options.unavailable,
            witnesses=options.witness,
            sealed_at=options.at or _now(),
            open_by=options.open_by,
            beacon=_beacon(options),
            secret=secret,
            joining=_joining(options, sorted(options.join)),
        )
        ((name, data),) = made.items()
        folder = options.bundle / Path(name).parent
        with new_secret_file(options.secret_file, secret, options.bundle):
            create_folder(folder, {"seal.json": data}, shop=options.bundle.resolve().parent)
    _print(say("sealed", path=options.bundle / name, digest=digest(data), secret=options.secret_file))
    return 0


def _joining(options: argparse.Namespace, people: list[list[str]]) -> dict[str, object] | None:
    """Who joins, with ground and approver; ``None`` where nobody does."""
    if not people:
        return None
    return {"inspectors": people, "ground": options.join_ground, "approver": options.join_approver}


def _appoint(options: argparse.Namespace, say: Speaker) -> int:
    people = [] if options.join is None else [[options.appointed, options.join]]
    with locked(options.bundle):
        files = _load(options.bundle)
        made = making.seal_appointment(
            files,
            subject=options.subject,
            inspector=options.inspector,
            appointed=options.appointed,
            reason=options.reason,
            ground=options.ground,
            approver=options.approver,
            conflicts=[(subject, inspector) for subject, inspector in options.conflict],
            unavailable=options.unavailable,
            sealed_at=options.at or _now(),
            salt=new_secret(),
            joining=_joining(options, people),
        )
        made |= making.complete_appointment({**files, **made})
        folder = options.bundle / Path(next(iter(made))).parent
        create_folder(
            folder, {Path(name).name: data for name, data in made.items()}, shop=options.bundle.resolve().parent
        )
    _print(say("appointed", path=folder / "result.json", digest=digest(made[f"{folder.name}/result.json"])))
    return 0


def _verify(options: argparse.Namespace, say: Speaker) -> int:
    problems = Problems()
    files = read_bundle(options.bundle, problems)
    key = options.log_key
    if key is not None and Path(key).is_file():
        key = read_file(Path(key).resolve(), SMALL).decode("utf-8", "replace")
    report = verify_with(files, problems, log_key=key)
    for line in report_lines(report, say.lang):
        _print(line)
    return 0 if report.ok else 1


def _ticket(options: argparse.Namespace, say: Speaker) -> int:
    for line in explanation_lines(explain(_load(options.bundle), options.subject), say.lang):
        _print(line)
    return 0


def _prove(options: argparse.Namespace, say: Speaker) -> int:
    key = options.key[0] if len(options.key) == 1 else tuple(options.key)
    data = prove(_load(options.bundle), options.table, key).to_json()
    if options.out is None:
        _print(data.decode())
        return 0
    write_new(options.out, data)
    _print(say("proof-written", path=options.out))
    return 0


def _check_proof(options: argparse.Namespace, say: Speaker) -> int:
    proof = Proof.from_json(read_file(options.proof.resolve(), SMALL))
    count = check_proof(read_file(options.seal.resolve(), SMALL), proof)
    row = proof.row.replace("\t", " ")
    _print(say("proof-holds", table=proof.table, number=proof.index + 1, count=count, row=row))
    return 0


def _receipt(options: argparse.Namespace, say: Speaker) -> int:
    mark = receipt(read_file(options.seal.resolve(), SMALL), options.position, options.digits)
    _print(say("receipt-is", short=mark[:16], full=mark))
    return 0


_COMMANDS: dict[tuple[str, str], Callable[[argparse.Namespace, Speaker], int]] = {
    ("seal", ""): _seal,
    ("open", ""): _open,
    ("void", ""): _void,
    ("supplement", "seal"): _seal_supplement,
    ("supplement", "appoint"): _appoint,
    ("supplement", "open"): _open,
    ("supplement", "void"): _void,
    ("verify", ""): _verify,
    ("ticket", ""): _ticket,
    ("prove", ""): _prove,
    ("check-proof", ""): _check_proof,
    ("receipt", ""): _receipt,
}


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: 0 done or verified, 1 refused, 2 wrong usage (by ``SystemExit``)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    say = Speaker(wanted_language(given))
    options = build_parser(say).parse_args(given)
    try:
        code = _COMMANDS[options.command, getattr(options, "act", "")](options, say)
        sys.stdout.flush()
    except DrawError as error:
        for problem in (error, *error.others):
            sys.stderr.write(problem.text(say.lang) + "\n")
        return 1
    except BrokenPipeError:
        # The reader has seen enough; nothing may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        reason = error.strerror or type(error).__name__
        sys.stderr.write(DrawError("write", str(error.filename or ""), reason=reason).text(say.lang) + "\n")
        return 1
    return code
