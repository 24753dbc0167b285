"""Stages for tests of draws: exempt subjects, verified bundles, addresses of forms."""

import base64

import mingqian_draw as mq
from mingqian.common import clock
from mingqian.drawing.current.selectors import standing
from mingqian.drawing.draw.selectors import bundle_files, ledger_json
from mingqian.drawing.models import Draw
from mingqian.ledger import selectors as ledger
from mingqian.registry.models import Subject
from mingqian.registry.parts import services as part_services
from mingqian.testing import Bureau
from mingqian.verifier.tests.harness import run_jobs, verify_job

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
GROUND = "本科室可抽人员均已回避，人员不足"


def files_with_ledger(draw: Draw) -> dict[str, bytes]:
    """Return everything that the public page gives away."""
    return {**bundle_files(draw), "ledger.json": ledger_json(draw)}


def sound(draw: Draw) -> mq.Report:
    """Check the draw with the verifier in Python and the one of the browser; both must find the standing teams."""
    files = files_with_ledger(draw)
    report = mq.verify(files, log_key=str(ledger.log_key()))
    assert (report.verdict, [str(one) for one in report.problems]) == ("verified", [])
    (other,) = run_jobs([verify_job(files)])
    assert (other["verdict"], other["problems"]) == ("verified", [])
    assert {item["subject"]: item["team"] for item in other["teams"]} == report.teams
    shown = {row.number: [m.number for m in row.team] for stratum in standing(draw) for row in stratum.selected}
    assert shown == report.teams
    marked = {
        (row.number, m.number)
        for stratum in standing(draw)
        for row in stratum.selected
        for m in row.team
        if m.appointed
    }
    assert marked == set(report.appointed)
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
