"""A draw made from the beginning: committed, spoken, closed, opened; nine places of one sick inspector changed in one ceremony."""

from typing import Any

import pytest

from mingqian_draw import making
from mingqian_draw.chain import read
from mingqian_draw.contributions import commit_of, receipt
from mingqian_draw.refusal import RefusedError
from mingqian_draw.verification import verify

SECRET, NONCE = "11" * 32, "22" * 32
SPOKEN, COMMITTED = "3164521364", "6215436124"
WITNESSES = ("人事科 王梅", "法律顾问 陶静")
RULES = {
    "quotas": [{"stratum": "-", "count": 9}],
    "team_size": 2,
    "assignment": "per-subject",
    "teams": 0,
    "batches": 1,
    "home": None,
}


def sealed(**more: Any) -> making.Files:
    """Return a sealed draw of nine of twelve subjects over six inspectors."""
    rules = {**RULES, **more.pop("rules", {})}
    return making.seal_draw(
        draw_id="D-2026-1",
        title="节能监察",
        organ="淄博市工业和信息化局",
        scope="2026-节能-01",
        rules=rules,
        tables={
            "subjects.tsv": making.table((f"S{i:02d}", "-", "1", "in") for i in range(12)),
            "inspectors.tsv": making.table((f"I{i}", "节能科", "in") for i in range(6)),
            "conflicts.tsv": b"",
        },
        witnesses=WITNESSES,
        sealed_at="2026-03-02T01:00:00Z",
        open_by="2026-03-02T09:00:00Z",
        secret=SECRET,
        **more,
    )


def closed(files: making.Files) -> making.Files:
    """Close a lot whose first witness spoke and whose second committed."""
    lot = read(files).last_lot
    commit = commit_of(lot.seal.digest, 2, COMMITTED, NONCE)
    return {**files, **making.close(files, [{"digits": SPOKEN}, {"commit": commit}], closed_at="2026-03-02T02:00:00Z")}


def opened(files: making.Files) -> making.Files:
    """Open the draw."""
    openings = {2: {"digits": COMMITTED, "nonce": NONCE}}
    made = making.open_lot(files, secret=SECRET, openings=openings, opened_at="2026-03-02T03:00:00Z")
    return {**files, **made}


def test_a_draw_is_made_and_verified() -> None:
    """Steps 1 to 10; the receipt is what the text says."""
    files = opened(closed(sealed()))
    report = verify(files)
    assert (report.status, report.reason, report.warnings) == ("verified-unanchored", "", [])
    assert len(report.teams) == 9
    assert all(len(set(team)) == 2 for team in report.teams.values())
    assert len(receipt(read(files).lot.seal.digest, 1, SPOKEN)) == 16


def test_what_could_not_be_opened_is_not_sealed() -> None:
    """Step 2: the quota is over the rows."""
    with pytest.raises(RefusedError, match="stratum -: quota"):
        sealed(rules={"quotas": [{"stratum": "-", "count": 13}]})


def test_another_opening_is_no_opening() -> None:
    """Step 5: the operator cannot put in other digits than those committed to."""
    with pytest.raises(RefusedError, match=r"contribution 2 is not that of close\.json"):
        making.open_lot(
            closed(sealed()),
            secret=SECRET,
            openings={2: {"digits": SPOKEN, "nonce": NONCE}},
            opened_at="2026-03-02T03:00:00Z",
        )


def test_once_everything_is_revealed_the_outcome_stands() -> None:
    """Void: refused where the seed follows; with an unopened commit its witness is shown as withholding."""
    files = closed(sealed())
    told: dict[str, Any] = {
        "secret": SECRET,
        "reason": "设备故障",
        "approver": "赵建国",
        "voided_at": "2026-03-02T03:00:00Z",
    }
    with pytest.raises(RefusedError, match="the outcome stands"):
        making.void(files, contributions=[{"digits": SPOKEN}, {"digits": COMMITTED, "nonce": NONCE}], **told)
    lot = read(files).last_lot
    kept = [dict(one) for one in lot.closed or []]
    files = {**files, **making.void(files, contributions=kept, **told)}
    assert read(files).lot.withheld == [2]
    assert verify(files).census["lots"][0]["witnesses"][1] == [WITNESSES[1], "committed", False]  # type: ignore[index]


def test_one_sick_inspector_is_replaced_everywhere_in_one_ceremony() -> None:
    """After the draw: facts first, then one lot for all places; who is ill comes nowhere any more."""
    files = opened(closed(sealed()))
    teams = verify(files).teams
    sick = max(["I0", "I1", "I2", "I3", "I4", "I5"], key=lambda key: sum(key in team for team in teams.values()))
    places = [(subject, sick) for subject, team in sorted(teams.items()) if sick in team]
    assert len(places) >= 3
    facts = making.seal_facts(
        files,
        sealed_at="2026-03-03T01:00:00Z",
        unavailable=[(sick, "病假")],
        ground="病假条〔2026〕3号",
        approver="李文博",
        salt="33" * 32,
    )
    files = {**files, **facts}
    other = next(one for one in teams[places[0][0]] if one != sick)
    with pytest.raises(RefusedError, match="neither unavailable nor in conflict"):
        making.seal_lot(
            files,
            kind="inspector",
            changes=[(places[0][0], other)],
            sealed_at="2026-03-03T02:00:00Z",
            open_by="2026-03-03T09:00:00Z",
            witnesses=WITNESSES,
            secret="44" * 32,
        )
    lot = making.seal_lot(
        files,
        kind="inspector",
        changes=places,
        sealed_at="2026-03-03T02:00:00Z",
        open_by="2026-03-03T09:00:00Z",
        witnesses=WITNESSES,
        secret="44" * 32,
    )
    files = {**files, **lot}
    given = [{"digits": "1234512345"}, {"digits": "5432154321"}]
    files |= making.close(files, given, closed_at="2026-03-03T02:10:00Z")
    files |= making.open_lot(files, secret="44" * 32, openings={}, opened_at="2026-03-03T02:20:00Z")
    report = verify(files)
    assert report.status == "verified-unanchored"
    assert report.warnings == ["unguarded 2"], "nobody committed, and there is no beacon"
    assert not any(sick in team for team in report.teams.values())
    assert len(report.census["changes"]) == len(places)  # type: ignore[index]
