"""The verifier in Python and the one in the browser are two writings of one protocol: whatever they are given, they say the same."""

import random
from typing import Any

import pytest

import mingqian_draw as mq
from mingqian.verifier.tests.harness import run_jobs, verify_job
from mingqian_draw.tests.support import Files
from tests.mutations import MUTATIONS
from tests.random_bundles import Maker

SEED = 20261123
BUNDLES = 80


@pytest.fixture(scope="module")
def bundles() -> list[Files]:
    """Bundles as they should be."""
    maker = Maker(SEED)
    return [maker.bundle() for _ in range(BUNDLES)]


def in_python(files: Files) -> tuple[str, dict[str, list[str]], set[tuple[str, str]]]:
    """Return the verdict, the teams as they stand after all supplements, and who of them is there not by lot."""
    report = mq.verify(files)
    if report.verdict != mq.verification.VERIFIED:
        return report.verdict, {}, set()
    return report.verdict, report.teams, set(report.appointed)


def in_javascript(many: list[Files]) -> list[dict[str, Any]]:
    """Return what the browser's verifier says, run under node."""
    return run_jobs([verify_job(files) for files in many])


def _was_out(joining: dict[str, Any] | None, files: Files) -> bool:
    """Say whether somebody joins who is in the table of inspectors."""
    names = {row.split("\t")[0] for row in files["inspectors.tsv"].decode().split("\n")}
    return joining is not None and any(name in names for name, _unit in joining["inspectors"])


def test_sound_bundles_are_sound_to_both_with_the_same_teams(bundles: list[Files]) -> None:
    """Nothing that the library makes is refused; states and kinds are all among them."""
    seen: set[str | bool] = set()
    for files, other in zip(bundles, in_javascript(bundles), strict=True):
        verdict, teams, appointed = in_python(files)
        assert (other["verdict"], other["problems"]) == (verdict, [])
        assert verdict in {"verified", "pending"}
        if verdict == "verified":
            assert {item["subject"]: item["team"] for item in other["teams"]} == teams
            assert {(item["subject"], name) for item in other["teams"] for name in item["appointed"]} == appointed
            seen |= {"marked"} if appointed else set()
        summary = other["summary"]
        seen |= {verdict, summary["state"], summary["rules"]["assignment"], "ledger.json" in files}
        seen |= {f"home {summary['rules']['assignment']}"} if "home" in summary["rules"] else set()
        seen |= {f"joining {item['kind']} {item['state']}" for item in summary["supplements"] if item["joining"]}
        seen |= {f"back {item['kind']}" for item in summary["supplements"] if _was_out(item["joining"], files)}
        seen |= {f"{item['kind']} {summary['rules']['assignment']}" for item in summary["supplements"]}
        seen |= {item["kind"] for item in summary["supplements"]} | {item["state"] for item in summary["supplements"]}
    assert seen >= {"verified", "pending", "opened", "void", "per-subject", "teams", "none", True, False}
    assert seen >= {"inspector", "exchange", "subject", "appointment", "appointed", "marked"}
    assert seen >= {
        "home per-subject",
        "home teams",
        "appointment none",
        "appointment teams",
        "appointment per-subject",
    }
    assert seen >= {"joining inspector opened", "joining appointment appointed", "back inspector", "back appointment"}


def test_broken_bundles_get_the_same_verdict_from_both(bundles: list[Files]) -> None:
    """Every mutation of every bundle. Most are refused; some change nothing that matters, or leave a draw that is pending."""
    rng = random.Random(SEED)  # noqa: S311  invented data, no lot
    made = [(mutate.__name__, mutate(rng, files)) for files in bundles for mutate in MUTATIONS]
    answers = in_javascript([files for _name, files in made])
    apart = []
    verdicts = []
    for (name, files), answer in zip(made, answers, strict=True):
        verdict, _teams, _appointed = in_python(files)
        verdicts.append(verdict)
        if verdict != answer["verdict"] or "internal" in {problem["code"] for problem in answer["problems"]}:
            apart.append(
                (
                    name,
                    verdict,
                    answer["verdict"],
                    [str(p) for p in mq.verify(files).problems][:3],
                    answer["problems"][:3],
                )
            )
    assert apart == []
    assert min(verdicts.count(verdict) for verdict in ("refused", "pending", "verified")) > 20
