"""The verifier in Python and the one in the browser are two writings of one protocol: whatever they are given, they say the same."""

import copy
import json
import random
from pathlib import Path
from typing import Any

import mingqian_draw as mq
from mingqian.verifier.tests.harness import run_jobs
from tests.mutations import MUTATIONS
from tests.random_bundles import Case, cases

SEED = 20261201
BUNDLES = 60


def in_python(data: bytes, options: Any) -> dict[str, Any]:
    """Return what the verifier in Python says, as JSON has it."""
    try:
        given = mq.Options(
            options.get("log_key"),
            options.get("witnesses", ()),
            options.get("need"),
            [(note, proof) for note, proof in options.get("kept", ())],
            options.get("late", {}),
        )
        told = mq.verify(mq.read_zip(data), given).told()
    except mq.RefusedError as error:
        told = mq.Report("refused", error.reason).told()
    return dict(json.loads(json.dumps(told)))


def apart(made: list[tuple[str, bytes, Any]], folder: Path) -> tuple[list[Any], set[str]]:
    """Return where the two say different things of zips with their options, and all reasons that were given."""
    jobs = []
    for number, (_name, data, options) in enumerate(made):
        place = folder / f"{number}.zip"
        place.write_bytes(data)
        jobs.append({"place": str(place), "options": options})
    found, reasons = [], set()
    for job, (name, data, options), other in zip(jobs, made, run_jobs(jobs), strict=True):
        told = in_python(data, options)
        told["reason"] = told["reason"].replace(": UnicodeEncodeError", " is not canonical")
        reasons.add(told["reason"])
        keys = ["status", "reason"] if told["status"] == "refused" else sorted(told)
        if any(told[key] != other.get(key) for key in keys):
            found.append(
                (name, job["place"], options, told["status"], told["reason"], other["status"], other["reason"])
            )
    return found, reasons


def mutated(rng: random.Random, many: list[Case], times: int) -> list[tuple[str, bytes, Any]]:
    """Return every mutation of every bundle, so many times."""
    made = []
    for case in many:
        for mutate in MUTATIONS * times:
            own = Case(case.files, copy.deepcopy(case.options))
            made.append((mutate.__name__, mutate(rng, own), own.options))
    return made


def test_whatever_they_are_given_they_say_the_same(tmp_path: Path) -> None:
    """Sound bundles: status, teams, census, ledger, what would have come; broken ones: refused by both for the same reason."""
    rng = random.Random(SEED)  # noqa: S311  invented data, no lot
    many = cases(SEED, BUNDLES)
    made = [("sound", mq.write_zip(case.files), case.options) for case in many]
    differences, reasons = apart(made + mutated(rng, many, 1), tmp_path)
    assert differences == []
    assert len(reasons) > 60, "many rules are met"


def test_the_bundles_are_of_all_kinds() -> None:
    """States, kinds of supplements, appointments, who joined, late openings, ledgers that are complete and that are not."""
    seen: set[str] = set()
    for case in cases(SEED, BUNDLES):
        report = in_python(mq.write_zip(case.files), case.options)
        census = report["census"]
        seen |= {report["status"], *census["inspectors"]["status"]} | {lot["state"] for lot in census["lots"]}
        seen |= {lot["kind"] for lot in census["lots"]} | set(report["would"] and {"would"})
        seen |= {key for key in ("appointments", "joined", "facts", "changes") if census[key]}
    assert seen >= {"verified-complete", "verified-unanchored", "pending"}
    assert seen >= {"sealed", "closed", "revealed", "opened", "void", "would"}
    assert seen >= {"draw", "inspector", "subject", "exchange", "appointments", "joined", "facts", "changes"}
