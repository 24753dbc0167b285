"""The files of a draw as the protocol names them, the proofs that they were on the log in time, and what a verifier says of them."""

import json
from collections.abc import Mapping
from typing import Any

import mingqian_draw as mq
from mingqian.accounts.models import Organ
from mingqian.documents.files import services as file_services
from mingqian.drawing.draw.states import LIVE
from mingqian.drawing.models.changes import Facts, Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.models.lots import Contribution
from mingqian.drawing.protocol import words
from mingqian.ledger import models as ledger_models, selectors as ledger
from mingqian.ledger.models import Entry

TABLES = ("subjects.tsv", "inspectors.tsv", "conflicts.tsv")
#: Verbs of the log that are steps of the protocol; nothing else has a subject under `draw/`.
STEPS = {f"draw.{step}": step for step in ("seal", "close", "result", "void")}


def numbered(draw: Draw) -> list[Supplement]:
    """Return the lots and appointments after a draw, by number; what is only asked for is none."""
    return list(draw.supplements.filter(number__isnull=False).order_by("number"))


def facts_of(draw: Draw) -> list[Facts]:
    """Return the facts that went on the log after a draw, by number."""
    return list(draw.facts.order_by("number"))


def steps_of(draw: Draw) -> list[Facts | Supplement]:
    """Return everything that has a number after the draw, in order."""
    return sorted([*facts_of(draw), *numbered(draw)], key=lambda row: row.number or 0)


def bundle_files(draw: Draw, until: int | None = None) -> dict[str, bytes]:
    """Return the files of the bundle as far as the draw has come (to supplement `until`), without `ledger.json`."""
    held = (draw.subjects_file, draw.inspectors_file, draw.conflicts_file)
    files = {name: file_services.read(file) for name, file in zip(TABLES, held, strict=True)}
    files |= draw.lot_files()
    for row in steps_of(draw):
        if until is None or (row.number or 0) <= until:
            files |= row.files()
    return files


def entries_of(draw: Draw) -> list[tuple[int, Entry]]:
    """Return (number, entry) of the steps that the log has of a draw (number 0) and what came after it, in its order."""
    subjects = {draw.log_subject: 0} | {row.log_subject: row.number or 0 for row in steps_of(draw)}
    found = Entry.objects.filter(subject__in=subjects, verb__in=STEPS).order_by("index")
    return [(subjects[entry.subject], entry) for entry in found]


def trace_of(draw: Draw) -> list[Entry]:
    """Return everything that the log has on a draw and what came after it, oldest first: its steps, and all other acts."""
    subjects = {draw.ledger_subject, draw.log_subject}
    for row in steps_of(draw):
        subjects.add(row.log_subject)
    subjects |= {row.ledger_subject for row in draw.supplements.all()}
    return list(Entry.objects.filter(subject__in=subjects).select_related("manifest").order_by("index"))


def ledger_json(draw: Draw) -> bytes:
    """Return the proofs that each step of the draw was on the log before the next (`docs/ledger-format.md`)."""
    steps = entries_of(draw)
    last = ledger.proving_checkpoint(steps[-1][1].index + 1 if steps else 0)
    if last is None:
        raise ValueError("the log is empty, but a draw is sealed")
    anchors, k = [], ledger.cosigned(last)
    ends = [*(entry.index for _number, entry in steps[1:]), last.size]
    for (number, entry), until in zip(steps, ends, strict=False):
        checkpoint = ledger.checkpoint_after(entry.index, until=until, k=k)
        anchors.append(
            {
                "step": STEPS[entry.verb],
                "number": number,
                "index": entry.index,
                "entry": entry.body(),
                "checkpoint": checkpoint.note,
                "inclusion": ledger.inclusion(entry.index, checkpoint.size),
                "consistency": ledger.consistency(checkpoint.size, last.size),
            }
        )
    document = {
        "format": "mingqian-ledger-3",
        "key": str(ledger.log_key()),
        "checkpoint": last.note,
        "tip": _tip(draw, last.size),
        "anchors": anchors,
    }
    return ledger_models.canonical(document)


def close_proof(thing: Draw | Supplement) -> dict[str, Any]:
    """Return the proof that the close of a lot is on the log, for a device that opens only then; {} before the close."""
    entry = Entry.objects.filter(subject=thing.log_subject, verb="draw.close").first()
    if entry is None:
        return {}
    checkpoint = ledger.checkpoint_after(entry.index)
    return {
        "entry": entry.body(),
        "index": entry.index,
        "checkpoint": checkpoint.note,
        "inclusion": ledger.inclusion(entry.index, checkpoint.size),
    }


def checkpoint_words(thing: Draw | Supplement) -> str:
    """Return size and root of the first checkpoint over the opening of a lot, for paper that somebody keeps; "" before the opening."""
    entry = Entry.objects.filter(subject=thing.log_subject, verb="draw.result").first()
    if entry is None:
        return ""
    _origin, size, root = ledger.checkpoint_after(entry.index).note.split("\n")[:3]
    return f"{size} 条\n{root}"


def _tip(draw: Draw, size: int) -> str:
    """Return the signed statement that below `size` these are all entries of the scope, and which is the last."""
    head = f"draw/{draw.scope}"
    entries = [entry for entry in ledger.entries_under(f"{head}/") if entry.index < size]
    last = entries[-1]
    attempt, _slash, number = last.subject.removeprefix(f"{head}/").partition("/")
    own = [entry for entry in entries if entry.subject.removeprefix(f"{head}/").partition("/")[0] == attempt]
    seals = [
        entry for entry in entries if entry.verb == "draw.seal" and entry.subject.count("/") == head.count("/") + 1
    ]
    lines = (
        "mingqian.tip/v4",
        ledger.log_key().name,
        head,
        len(entries),
        attempt,
        number or "0",
        STEPS[last.verb],
        last.digest,
        size,
        len(own),
        len(seals),
    )
    return ledger.signed_note("".join(f"{line}\n" for line in lines))


def bundle_zip(draw: Draw) -> bytes:
    """Return the bundle with `ledger.json` in the one form of the protocol."""
    return mq.write_zip({**bundle_files(draw), "ledger.json": ledger_json(draw)})


def late_of(draw: Draw) -> dict[str, dict[str, Any]]:
    """Return what witnesses opened after a void, by number of the lot, as a verifier is given it."""
    late: dict[str, dict[str, Any]] = {}
    voids = [(0, draw.void_json, None)] + [(row.number or 0, row.void_json, row) for row in numbered(draw)]
    for number, content, supplement in voids:
        if content is None:
            continue
        shown = json.loads(bytes(content))["contributions"]
        rows = Contribution.objects.filter(draw=draw, supplement=supplement).exclude(nonce="")
        openings = {
            str(row.position): dict(row.as_known) for row in rows if "commit" in (shown[row.position - 1] or {})
        }
        if openings:
            late[str(number)] = {"openings": openings}
        void = json.loads(bytes(content))
        read = draw.readings.filter(state="confirmed").first()
        value = read.digits if read and number == 0 and void["close"] and void["beacon"] is None else None
        if value is not None:
            late.setdefault("0", {})["beacon"] = value
    return late


def report_of(draw: Draw) -> mq.Report:
    """Check a draw from its files and the log, as a stranger would. Raise what the store raises where a file is damaged."""
    files = {**bundle_files(draw), "ledger.json": ledger_json(draw)}
    return mq.verify(files, mq.Options(log_key=str(ledger.log_key()), late=late_of(draw)))


def problems_of(draw: Draw) -> list[str]:
    """Check a draw as a stranger would; return what is wrong, in Chinese. That a live lot has no result yet is no problem."""
    try:
        report = report_of(draw)
    except (file_services.FileDamagedError, ValueError) as error:
        return [f"文件不全或被改动（{error}）"]
    if report.status == "refused":
        return [words(report.reason)]
    return [] if report.status in {"verified-complete", "pending"} else ["没有全部写入公开留痕"]


def result_of(draw: Draw) -> dict[str, Any]:
    """Return `result.json` as an object; raise ValueError where the draw is not opened."""
    if draw.result_json is None:
        raise ValueError(f"{draw.draw_id} is not opened")
    found: dict[str, Any] = json.loads(bytes(draw.result_json))
    return found


def seal_of(thing: Draw | Supplement) -> dict[str, Any]:
    """Return `seal.json` of a draw, or of a sealed supplement, as an object."""
    found: dict[str, Any] = json.loads(bytes(thing.seal_json or b"{}"))
    return found


def void_of(thing: Draw | Supplement) -> dict[str, Any] | None:
    """Return `void.json` as an object, None where the lot is not void."""
    return None if thing.void_json is None else json.loads(bytes(thing.void_json))


def secret_of(draw: Draw) -> str:
    """Return the system's secret once it is published, "" before."""
    content = draw.reveal_json if draw.reveal_json is not None else draw.void_json
    return "" if content is None else str(json.loads(bytes(content))["secret"])


def names_of(draw: Draw) -> dict[str, tuple[str, str]]:
    """Return number → (name, district or division), as it stood when the draw was sealed."""
    rows = (line.split("\t") for line in file_services.read(draw.names_file).decode().split("\n") if line)
    return {row[0]: (row[1], row[2]) for row in rows}


def rows_of(files: Mapping[str, bytes], table: str) -> list[list[str]]:
    """Return the rows of a table of the bundle."""
    return [line.split("\t") for line in files[table].decode().splitlines()]


def read_bundle(draw: Draw) -> mq.Bundle:
    """Return the bundle of an opened draw read whole: teams as they stand, facts, who may still come."""
    return mq.read_chain(bundle_files(draw))


def teams_of(draw: Draw) -> dict[str, list[str]]:
    """Return subject → team as it stands after all supplements; {} where the draw is not opened."""
    return read_bundle(draw).state.teams if draw.result_json is not None else {}


def under_way_with(organ: Organ, numbers: frozenset[str]) -> list[str]:
    """Return a sentence for each sealed draw of the organ, not yet opened, in whose pool a subject with one of `numbers` is."""
    found = []
    for draw in Draw.objects.filter(organ=organ, state__in=LIVE).order_by("pk"):
        held = sorted(numbers & names_of(draw).keys())
        if held:
            found.append(
                f"{'、'.join(held)}在正在进行的抽取 {draw.draw_id}（{draw.get_state_display()}）的名单里，那次抽取仍使用原登记号。"
            )
    return found
