"""Known answers: every byte of every vector is made again, every bundle in ``refuse/`` is refused for its reason."""

from __future__ import annotations

import json

import pytest

import mingqian_draw as mq
from mingqian_draw.tests.support import GOOD, VECTORS, Files, load

# The code that says what refuse-notes.json says. It is the first thing found.
REASONS = {
    "r02-quotas-unsorted": "quotas-order",
    "r03-conflict-unknown-id": "conflict-id",
    "r04-too-few-free-inspectors": "subject-inspectors",
    "r05-short-contribution": "contributions",
    "r06-constant-contribution": "contributions",
    "r07-witness-missing": "contributions-count",
    "r08-full-width-digits": "contributions",
    "r09-closed-after-beacon": "beacon-time",
    "r10-beacon-wrong-length": "beacon-value",
    "r11-lots-too-many": "row",
    "r12-id-with-space": "row",
    "r13-unknown-status": "row",
    "r14-opened-before-sealed": "times",
    "r16-extra-file": "files-extra",
    "r17-extra-key": "keys",
    "r18-supplement-gap": "files-gap",
    "r19-supplement-renumbered": "supplement-head",
    "r20-exchange-without-conflict": "no-conflict",
    "r21-one-candidate": "candidates",
    "r22-void-hides-secret": "void-secret",
    "r23-swapped-subjects": "result-differs",
    "r24-not-canonical": "not-canonical",
    "r26-crlf": "root",
    "r30-commitment": "commitment",
    "r31-duplicate-id": "rows-twice",
    "r32-rows-unsorted": "rows-order",
    "r33-three-different-digits": "contributions",
    "r34-same-witness-twice": "witnesses",
    "r35-beacon-not-named": "beacon-not-named",
    "r36-no-such-day": "seal-times",
    "r37-pending": "pending",
    "r38-fewer-witnesses-later": "supplement-witnesses",
    "r39-secret-used-twice": "secret-twice",
    "r40-supplement-before-the-draw": "supplement-time",
    "r41-previous-wrong": "supplement-follows",
    "r42-candidates-miscounted": "result-differs",
    "r43-void-other-secret": "void-secret",
    "r44-void-of-another-seal": "void-head",
    "r45-supplement-of-a-voided-draw": "files-of-a-void",
    "r46-true-is-no-integer": "batches",
    "r47-exempt-do-not-fill-a-quota": "stratum-quota",
    "r48-team-everywhere-in-conflict": "subject-conflicts",
    "r49-hidden-characters": "seal-head",
    "r50-open-by-before-seal": "seal-times",
    "r51-home-without-inspectors": "home",
    "r52-home-no-word": "home",
    "r53-home-too-few-for-the-teams": "home-inspectors",
    "r54-home-all-in-conflict": "subject-home",
    "r55-home-not-dealt-first": "result-differs",
    "r56-home-not-in-every-team": "result-differs",
    "r57-home-replaced-by-another-division": "result-differs",
    "r58-home-one-candidate": "candidates",
    "r59-home-lost-by-exchange": "result-differs",
    "r60-joining-not-needed": "joining-needless",
    "r61-joining-known": "joining-id",
    "r62-joining-own-division": "joining-unit",
    "r63-joining-unsorted": "joining",
    "r64-joining-nobody": "joining",
    "r65-joining-an-exchange": "keys",
    "r66-joining-still-one-candidate": "candidates",
    "r67-joined-twice": "joining-id",
    "r68-joining-without-approver": "joining",
    "r69-newcomer-appointed-where-a-lot-is-possible": "appointment-lot",
    "r70-appointment-where-a-lot-is-possible": "appointment-lot",
    "r71-appointed-in-the-team": "appointed-in-team",
    "r72-appointed-unavailable": "appointed-unavailable",
    "r73-appointed-in-conflict": "appointed-conflict",
    "r74-appointed-unknown": "appointed-unknown",
    "r75-appointment-in-nobodys-place": "appointment-inspector",
    "r76-appointed-after-being-replaced-there": "appointed-replaced",
    "r77-appointment-with-reveal": "files-of-an-appointment",
    "r78-appointment-voided": "files-of-an-appointment",
    "r79-appointment-ground-no-line": "appointment-ground",
    "r80-appointment-of-somebody-else": "result-differs",
    "r81-appointment-with-another-joining": "joining-appointed",
    "r82-sealed-before-the-appointment": "supplement-time",
    "r83-appointment-with-witnesses": "keys",
    "r84-replaced-by-appointment-comes-back": "result-differs",
    "r85-lot-without-reveal": "files-missing",
    "r86-appointed-back": "appointed-replaced",
    "r87-appointment-still-pending": "supplement-early",
    "r88-appointed-who-is-out": "appointed-unknown",
    "r89-result-with-another-salt": "result-differs",
    "r90-result-without-salt": "result-differs",
    "r91-appointment-without-salt": "keys",
    "r92-salt-no-hash": "salt",
    "r93-salt-used-twice": "salt-twice",
    "r94-secret-used-as-salt": "salt-twice",
    "r95-salt-used-as-secret": "secret-twice",
    "r96-in-and-joining": "joining-id",
    "r97-back-in-another-unit": "joining-unit-sealed",
    "r98-back-not-needed": "joining-needless",
    "r99-back-twice": "joining-id",
}

# What the English line of each must hold, where the words of refuse-notes.json do not stand in it as they are.
REWORDED = {
    "r02-quotas-unsorted": "quotas are not sorted and unique",
    "r03-conflict-unknown-id": "unknown id",
    "r16-extra-file": "notes.txt: files",
    "r18-supplement-gap": "files: numbered with a gap",
    "r23-swapped-subjects": "result.json: differs from the recomputed result",
    "r24-not-canonical": "is not canonical",
    "r26-crlf": "root or count",
    "r31-duplicate-id": "is not sorted and unique",
    "r32-rows-unsorted": "is not sorted and unique",
    "r37-pending": "pending: neither result nor void",
    "r40-supplement-before-the-draw": "supplement time",
    "r41-previous-wrong": "does not follow",
    "r42-candidates-miscounted": "differs from the recomputed result",
    "r47-exempt-do-not-fill-a-quota": "stratum 高青县: quota",
    "r11-lots-too-many": "['91370300160023757K', '-', '10', 'in']",
    "r12-id-with-space": "['91370300 160150461', '-', '1', 'in']",
    "r13-unknown-status": "['913703001601504615', '-', '1', 'maybe']",
    "r17-extra-key": "keys",
    "r55-home-not-dealt-first": "result.json: differs from the recomputed result",
    "r56-home-not-in-every-team": "result.json: differs from the recomputed result",
    "r57-home-replaced-by-another-division": "differs from the recomputed result",
    "r59-home-lost-by-exchange": "differs from the recomputed result",
    "r80-appointment-of-somebody-else": "differs from the recomputed result",
    "r84-replaced-by-appointment-comes-back": "differs from the recomputed result",
    "r89-result-with-another-salt": "differs from the recomputed result",
    "r90-result-without-salt": "differs from the recomputed result",
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_bundle_is_verified(name: str) -> None:
    report = mq.verify(load(name))
    assert report.verdict == "verified", [str(error) for error in report.problems]
    assert report.ok
    assert report.problems == []
    assert report.census is not None


def test_every_bundle_to_refuse_is_listed_here() -> None:
    if not VECTORS.is_dir():
        pytest.skip(f"no vectors at {VECTORS}")
    notes = json.loads((VECTORS / "refuse-notes.json").read_bytes())
    folders = {path.name for path in (VECTORS / "refuse").iterdir()}
    assert notes.keys() == folders == REASONS.keys()


@pytest.mark.parametrize("name", REASONS)
def test_a_bad_bundle_is_refused_for_its_reason_first(name: str) -> None:
    report = mq.verify(load(f"refuse/{name}"))
    first = report.problems[0]
    note = json.loads((VECTORS / "refuse-notes.json").read_bytes())[name]
    assert report.verdict == ("pending" if name == "r37-pending" else "refused")
    assert not report.ok
    assert first.code == REASONS[name]
    assert REWORDED.get(name, note) in str(first)
    assert "\n" not in "".join(error.text(lang) for error in report.problems for lang in ("zh", "en"))


def _rows(files: Files, name: str) -> list[list[str]]:
    return [row.split("\t") for row in files[name].decode().splitlines()]


def _sealed_again(files: Files, secret: str) -> Files:
    """The draw's seal made from its parts, with all rows the other way round."""
    seal = json.loads(files["seal.json"])
    fields = {
        key: seal[key] for key in ("draw_id", "title", "organ", "scope", "rules", "sealed_at", "open_by", "beacon")
    }
    return mq.seal_draw(
        **fields,
        subjects=[(a, b, int(c), d) for a, b, c, d in reversed(_rows(files, "subjects.tsv"))],
        inspectors=[(a, b, c) for a, b, c in reversed(_rows(files, "inspectors.tsv"))],
        conflicts=[(a, b) for a, b in reversed(_rows(files, "conflicts.tsv"))],
        witnesses=seal["witnesses"],
        secret=secret,
    )


OPENING = ("secret", "contributions", "beacon", "closed_at", "opened_at")
SUPPLEMENT = (
    *("kind", "subject", "inspector", "reason", "conflicts", "unavailable"),
    *("witnesses", "sealed_at", "open_by", "beacon"),
)
APPOINTMENT = (
    *("subject", "inspector", "appointed", "reason", "ground", "approver"),
    *("conflicts", "unavailable", "sealed_at", "salt"),
)
VOIDING = ("secret", "contributions", "beacon", "reason", "approver", "voided_at")


@pytest.mark.parametrize("name", GOOD)
def test_every_byte_of_a_bundle_is_made_again_from_its_parts(name: str) -> None:
    files = load(name)
    void = "void.json" in files
    end = json.loads(files["void.json" if void else "reveal.json"])
    made = _sealed_again(files, end["secret"])
    fields = {key: end[key] for key in (VOIDING if void else OPENING)}
    made |= mq.void_draw(made, **fields) if void else mq.open_draw(made, **fields)
    number = 1
    while f"supplement-{number}/seal.json" in files:
        seal = json.loads(files[f"supplement-{number}/seal.json"])
        joining = seal.get("joining")
        if seal["kind"] == "appointment":
            made |= mq.seal_appointment(made, **{key: seal[key] for key in APPOINTMENT}, joining=joining)
            made |= mq.complete_appointment(made)
            number += 1
            continue
        void = f"supplement-{number}/void.json" in files
        end = json.loads(files[f"supplement-{number}/{'void' if void else 'reveal'}.json"])
        given = {key: seal[key] for key in SUPPLEMENT}
        made |= mq.seal_supplement(made, **given, secret=end["secret"], joining=joining)
        fields = {key: end[key] for key in (VOIDING if void else OPENING)}
        made |= mq.void_supplement(made, **fields) if void else mq.open_supplement(made, **fields)
        number += 1
    assert made == files


@pytest.mark.parametrize("name", ["v4-supplements", "v8-long", "v14-mixed"])
def test_teams_after_all_supplements_are_as_the_vector_says(name: str) -> None:
    files = load(name)
    expected = json.loads((VECTORS / f"{name.partition('-')[0]}-teams-after.json").read_bytes())
    assert mq.assignments_now(files) == expected
    assert mq.verify(files).teams == expected


def test_members_who_are_there_not_by_lot_are_those_of_the_vector() -> None:
    expected = json.loads((VECTORS / "v14-appointed-after.json").read_bytes())
    assert sorted(mq.verify(load("v14-mixed")).appointed) == [tuple(pair) for pair in expected]


@pytest.mark.parametrize("name", [name for name in GOOD if name != "v6-void"])
def test_assignments_now_agree_with_a_whole_verification(name: str) -> None:
    files = load(name)
    assert mq.assignments_now(files) == mq.verify(files).teams
