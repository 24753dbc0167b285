"""The files of a draw as the protocol names them, the names behind the numbers, and `ledger.json`."""

import io
import json
import zipfile
from typing import Any

import mingqian_draw as mq
from mingqian.documents import services as documents
from mingqian.drawing.models import Draw, Supplement
from mingqian.ledger import selectors as ledger
from mingqian.ledger.models import Entry
from mingqian_draw import build_pyz

TABLES = ("subjects.tsv", "inspectors.tsv", "conflicts.tsv")
_STEPS = {"draw.seal": "seal", "draw.close": "close", "draw.result": "result", "draw.void": "void"}


def bundle_files(draw: Draw) -> dict[str, bytes]:
    """Return the files of the bundle as far as the draw has come, without `ledger.json`."""
    files = {
        "subjects.tsv": documents.read(draw.subjects_file),
        "inspectors.tsv": documents.read(draw.inspectors_file),
        "conflicts.tsv": documents.read(draw.conflicts_file),
        "seal.json": bytes(draw.seal_json),
    }
    for name, content in (
        ("reveal.json", draw.reveal_json),
        ("result.json", draw.result_json),
        ("void.json", draw.void_json),
    ):
        if content is not None:
            files[name] = bytes(content)
    for supplement in numbered(draw):
        files |= supplement.files()
    return files


def numbered(draw: Draw) -> list[Supplement]:
    """Return the supplements of a draw, by number; what is only asked for is none."""
    return list(draw.supplements.filter(number__isnull=False).order_by("number"))


def entries_of(draw: Draw) -> list[tuple[int, Entry]]:
    """Return (number, entry) of what the ledger has on the draw (number 0) and its supplements, in its order."""
    found = [(0, entry) for entry in ledger.entries_on(draw.ledger_subject)]
    for supplement in numbered(draw):
        found += [(supplement.number or 0, entry) for entry in ledger.entries_on(supplement.ledger_subject)]
    return sorted(found, key=lambda pair: pair[1].index)


def ledger_json(draw: Draw) -> bytes:
    """Return the proofs that each step of the draw was on the log before the next (`docs/ledger-format.md`)."""
    last = ledger.latest_checkpoint()
    if last is None:
        raise ValueError("the log is empty, but a draw is sealed")
    anchors = []
    for number, entry in entries_of(draw):
        step = _STEPS.get(entry.verb)
        if step is None:
            continue
        checkpoint = ledger.checkpoint_after(entry.index)
        anchors.append(
            {
                "step": step,
                "number": number,
                "index": entry.index,
                "entry": entry.body(),
                "checkpoint": checkpoint.note,
                "inclusion": ledger.inclusion(entry.index, checkpoint.size),
                "consistency": ledger.consistency(checkpoint.size, last.size),
            }
        )
    document = {
        "format": "mingqian-ledger-1",
        "key": str(ledger.log_key()),
        "checkpoint": last.note,
        "anchors": anchors,
    }
    return ledger.canonical(document)


def bundle_zip(draw: Draw) -> bytes:
    """Return the bundle with `ledger.json` as a ZIP archive that is the same for the same content."""
    files = {**bundle_files(draw), "ledger.json": ledger_json(draw)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, files[name])
    return buffer.getvalue()


def names_of(draw: Draw) -> dict[str, tuple[str, str]]:
    """Return number -> (name, district or division), as it stood when the draw was sealed; who joined later, as it stood then."""
    rows = (line.split("\t") for line in documents.read(draw.names_file).decode().split("\n") if line)
    names = {row[0]: (row[1], row[2]) for row in rows}
    for supplement in numbered(draw):
        names |= {number: (name, division) for number, (name, division) in supplement.names.items()}
    return names


def result_of(draw: Draw) -> dict[str, Any]:
    """Return `result.json` as an object; raise ValueError where the draw is not opened."""
    if draw.result_json is None:
        raise ValueError(f"{draw.draw_id} is not opened")
    found: dict[str, Any] = json.loads(bytes(draw.result_json))
    return found


def seal_of(draw: Draw | Supplement) -> dict[str, Any]:
    """Return `seal.json` of a draw, or of a sealed supplement, as an object."""
    found: dict[str, Any] = json.loads(bytes(draw.seal_json or b"{}"))
    return found


def void_of(draw: Draw) -> dict[str, Any] | None:
    """Return `void.json` as an object, None where the draw is not void."""
    return None if draw.void_json is None else json.loads(bytes(draw.void_json))


def secret_of(draw: Draw) -> str:
    """Return the system's secret once it is published, "" before."""
    content = draw.reveal_json if draw.reveal_json is not None else draw.void_json
    return "" if content is None else str(json.loads(bytes(content))["secret"])


def verifier_archive() -> bytes:
    """Return `mingqian_draw.pyz`."""
    return build_pyz.build()


def problems_of(draw: Draw) -> list[str]:
    """Check a draw from its files and the log, as a stranger would; return what is wrong, in Chinese.

    That a live draw or supplement has no result yet is no problem.
    """
    try:
        report = mq.verify({**bundle_files(draw), "ledger.json": ledger_json(draw)}, log_key=str(ledger.log_key()))
    except (documents.FileDamagedError, ValueError) as error:
        return [f"文件不全或被改动（{error}）"]
    live = draw.is_live or any(supplement.is_making for supplement in numbered(draw))
    return [problem.text("zh") for problem in report.problems if problem.code != "pending" or not live]
