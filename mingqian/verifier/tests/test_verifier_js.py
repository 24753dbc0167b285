"""The verifier in JavaScript, under node, against every vector."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mingqian.verifier.tests.harness import NOTES, VECTORS, note_of, options_of, run_jobs

PLACES = {kind: sorted((VECTORS / kind).iterdir()) for kind in ("bundles", "refuse", "zip")}


@cache
def answers(kind: str) -> dict[str, Any]:
    """Return what the verifier says of every vector of a kind, in one run of node."""
    jobs = [{"place": str(place), "options": options_of(place)} for place in PLACES[kind]]
    return dict(zip([place.name for place in PLACES[kind]], run_jobs(jobs), strict=True))


@pytest.mark.parametrize("place", PLACES["bundles"], ids=lambda place: place.stem)
def test_a_bundle_gives_what_a_verifier_says(place: Path) -> None:
    """Status, warnings, teams, appointments, census, ledger, and what a void would have brought."""
    wanted = json.loads((VECTORS / "expect" / f"{place.stem}.json").read_text())
    told = answers("bundles")[place.name]
    keys = set(wanted) - {"options", "exit"}
    assert {key: told[key] for key in keys} == {key: wanted[key] for key in keys}


@pytest.mark.parametrize("place", PLACES["refuse"], ids=lambda place: place.stem)
def test_a_bundle_is_refused_for_its_reason(place: Path) -> None:
    """One fault each; a text that is no UTF-8 is not canonical here, and told by Python's own name there."""
    told = answers("refuse")[place.name]
    wanted = NOTES[note_of(place)]["reference"].replace(": UnicodeEncodeError", " is not canonical")
    assert (told["status"], told["reason"]) == ("refused", wanted)


@pytest.mark.parametrize("place", PLACES["zip"], ids=lambda place: place.stem)
def test_a_zip_has_one_exact_form(place: Path) -> None:
    """`ok-*` is read, `no-*` refused."""
    told = answers("zip")[place.name]
    if place.name.startswith("ok"):
        assert told["status"] in {"pending", "verified-unanchored"}, told["reason"]
    else:
        assert told["reason"] == NOTES[note_of(place)]["reference"]
