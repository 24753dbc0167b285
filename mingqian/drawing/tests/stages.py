"""Stages for tests of draws: exempt subjects, verified bundles, addresses of forms."""

import base64
import json
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

import mingqian_draw as mq
from mingqian import verifier
from mingqian.common import clock
from mingqian.drawing.bundle.selectors import bundle_files, ledger_json
from mingqian.drawing.current.selectors import standing
from mingqian.drawing.models import Draw
from mingqian.ledger import selectors as ledger
from mingqian.registry.models import Subject
from mingqian.registry.parts import services as part_services
from mingqian.testing import Bureau

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
GROUND = "本科室可抽人员均已回避，人员不足"


def files_with_ledger(draw: Draw) -> dict[str, bytes]:
    """Return everything that the public page gives away."""
    return {**bundle_files(draw), "ledger.json": ledger_json(draw)}


_RUNNER = Path(verifier.__file__).parent / "tests" / "run.mjs"


def verified_by_browser(bundles: list[dict[str, bytes]], **options: Any) -> list[dict[str, Any]]:
    """Return what the verifier of the browser says of bundles, under node."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    with TemporaryDirectory() as home:
        jobs = []
        for number, files in enumerate(bundles):
            place = Path(home) / f"{number}.zip"
            place.write_bytes(mq.write_zip(files))
            jobs.append({"place": str(place), "options": options})
        done = subprocess.run([node, _RUNNER], input=json.dumps(jobs).encode(), capture_output=True, check=True)
    told: list[dict[str, Any]] = json.loads(done.stdout)
    return told


def verified(draw: Draw, **given: Any) -> mq.Report:
    """Check the draw as a stranger would, with the log's key; it must be complete."""
    report = mq.verify(files_with_ledger(draw), mq.Options(log_key=str(ledger.log_key()), **given))
    assert (report.status, report.reason) == ("verified-complete", "")
    return report


def sound(draw: Draw) -> mq.Report:
    """Check the draw with the verifier in Python and the one of the browser; both must find the standing teams."""
    report, files = verified(draw), files_with_ledger(draw)
    (other,) = verified_by_browser([files], log_key=str(ledger.log_key()))
    assert other == report.told()
    shown = {row.number: [m.number for m in row.team] for stratum in standing(draw) for row in stratum.selected}
    assert shown == report.teams
    marked = {
        (row.number, m.number)
        for stratum in standing(draw)
        for row in stratum.selected
        for m in row.team
        if m.appointed
    }
    assert marked == {(subject, inspector) for subject, inspector in report.appointed}
    return report


def exempted(bureau: Bureau, number: str) -> None:
    """Put a subject on the exemption list."""
    subject = Subject.objects.get(organ=bureau.organ, number=number)
    today = clock.today()
    part_services.add_exemption(
        bureau.officer, subject, code="miansao", basis="鲁政办〔2026〕1号", source="市发改委", since=today
    )


def ask_at(draw: Draw, subject: str, inspector: str = "", way: str = "") -> str:
    """Return the address of the form."""
    return f"/draws/{draw.code}/subjects/{subject}/change/?inspector={inspector}&way={way}"
