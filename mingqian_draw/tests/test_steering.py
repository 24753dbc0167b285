"""An office that tries to steer, by the package alone: each way ends in a refusal, or in what every verifier prints.

The ways are those of the audit (issue 11); the text's last section says what stops each.
"""

import json
from typing import Any

import pytest

import mingqian_draw as mq
from mingqian_draw.tests.support import Files, Signer, SigningLog, ledger_of, with_ledger
from mingqian_draw.tests.test_making import (
    COMMITTED,
    NONCE,
    RULES,
    SECRET,
    SPOKEN,
    WITNESSES,
    closed,
    opened,
    sealed,
)

TOLD: dict[str, Any] = {"reason": "设备故障", "approver": "赵建国", "voided_at": "2026-03-02T03:00:00Z"}


def facts(files: Files, hour: int, **more: Any) -> Files:
    """Return the bundle with a file of facts."""
    salt = f"{hour:02x}" * 32
    at = f"2026-03-03T{hour:02d}:00:00Z"
    return files | mq.seal_facts(files, sealed_at=at, ground="说明", approver="李文博", salt=salt, **more)


def lot(files: Files, hour: int, *changes: tuple[str, str], kind: str = "inspector") -> Files:
    """Return the bundle with a lot of the draw's witnesses, who both commit, opened."""
    secret = f"{0x60 + hour:02x}" * 32
    files = files | mq.seal_lot(
        files,
        kind=kind,
        changes=changes,
        sealed_at=f"2026-03-03T{hour:02d}:00:00Z",
        open_by="2026-03-09T00:00:00Z",
        witnesses=WITNESSES,
        secret=secret,
    )
    seal = mq.read_chain(files).last_lot.seal.digest
    openings = {place: {"digits": COMMITTED, "nonce": f"{0x90 + 2 * hour + place:02x}" * 32} for place in (1, 2)}
    commits = [{"commit": mq.commit_of(seal, place, **one)} for place, one in openings.items()]
    files |= mq.close(files, commits, closed_at=f"2026-03-03T{hour:02d}:20:00Z")
    at = f"2026-03-03T{hour:02d}:30:00Z"
    return files | mq.open_lot(files, secret=secret, openings=openings, opened_at=at)


def said(files: Files, options: mq.Options | None = None) -> str:
    """Return what a verifier prints."""
    return "\n".join(mq.report_lines(mq.verify(files, options)))


def test_the_operator_with_the_last_witness_tries_digits_until_one_suits() -> None:
    """The one who committed opens after the close alone: what the accomplice speaks is fixed before anybody can compute a seed."""
    files = closed(sealed())
    seal = mq.read_chain(files).lot.seal.digest
    other = {1: {"digits": "9876543210"}, 2: {"digits": COMMITTED, "nonce": NONCE}}
    with pytest.raises(mq.RefusedError, match="contribution 1 is not that of"):
        mq.open_lot(files, secret=SECRET, openings=other, opened_at="2026-03-02T03:00:00Z")
    wanted = mq.seed_of(seal, SECRET, [{"digits": SPOKEN}, {"digits": COMMITTED, "nonce": NONCE}], None)
    tried = [mq.seed_of(seal, SECRET, [{"digits": f"{n:010d}"}, {"digits": COMMITTED}], None) for n in range(50)]
    assert wanted not in tried, "without the nonce no trial says what will come"
    # Where nobody commits nothing stops them: every verifier says so first.
    bundle = sealed()
    bundle |= mq.close(bundle, [{"digits": SPOKEN}, {"digits": COMMITTED}], closed_at="2026-03-02T02:00:00Z")
    bundle |= mq.open_lot(bundle, secret=SECRET, openings={}, opened_at="2026-03-02T03:00:00Z")
    assert said(bundle).splitlines()[1].startswith("请注意：抽取没有人先承诺后公布")


def test_void_and_draw_again_until_the_result_pleases() -> None:
    """Once the seed follows the void is refused; a withheld commit has a name, is one attempt more, and what it hid is printed."""
    files = closed(sealed())
    revealed = [{"digits": SPOKEN}, {"digits": COMMITTED, "nonce": NONCE}]
    with pytest.raises(mq.RefusedError, match="the outcome stands"):
        mq.void(files, secret=SECRET, contributions=revealed, **TOLD)
    kept = [{"digits": SPOKEN}, {"commit": mq.commit_of(mq.read_chain(files).lot.seal.digest, 2, COMMITTED, NONCE)}]
    files |= mq.void(files, secret=SECRET, contributions=kept, **TOLD)
    assert f"{WITNESSES[1]}（承诺后未公布）" in said(files)
    late = mq.Options(late={"0": {"openings": {"2": {"digits": COMMITTED, "nonce": NONCE}}}})
    assert said(files, late).splitlines()[1] == "抽取如不作废，会是："
    again = sealed(after=(1, mq.digest(files["void.json"])))
    assert "第 2 次抽取；此前已作废 1 次" in said(again)


def test_renumbered_attempts_and_hidden_ones() -> None:
    """Two first attempts of one scope, one of them shown: the log counts by scope, its tip counts the seals."""
    log = SigningLog()
    hidden, shown = closed(sealed()), opened(closed(sealed(rules={"batches": 2})))
    log.log_steps(mq.read_chain(hidden))
    report = mq.verify(with_ledger(shown, log), mq.Options(log_key=log.key))
    assert report.reason.startswith("ledger: the scope has other entries")
    # A second that names no void before it is no second.
    with pytest.raises(mq.RefusedError, match="attempt"):
        sealed(after=(1, None))


def test_a_false_tip_is_refused_where_it_does_not_fit_and_convicts_where_it_does() -> None:
    """A dropped tail: the honest tip names it; a tip that does not is no one's but the key holder's lie, below a size he signed."""
    files = opened(closed(sealed()))
    later = facts(files, 1, unavailable=[("I0", "病假")])
    log = SigningLog()
    anchors = log.log_steps(mq.read_chain(later))
    own = mq.Options(log_key=log.key)
    assert mq.verify(later | {"ledger.json": ledger_of(later, log, anchors)}, own).status == "verified-complete"
    cut = files | {"ledger.json": ledger_of(files, log, anchors[:3])}
    assert mq.verify(cut, own).reason == "ledger: the tip names another last step"
    # He signs that there are three: the entry of the fourth, below this size, in anybody's hands, is signed by the same key.
    lie = {"line3": 3, "line5": 0, "line6": "result", "line7": mq.digest(files["result.json"]), "line9": 3}
    ledger = ledger_of(files, log, anchors[:3], **lie)
    report = mq.verify(files | {"ledger.json": ledger}, own)
    assert report.status == "verified-complete"
    assert "平台单方声明" in next(mq.report_lines(report)), "without cosigners it is the holder's word, and said to be"
    assert report.ledger is not None
    assert anchors[3]["index"] < report.ledger["size"]
    # And a tip by anybody else is none.
    row = json.loads(ledger)
    stranger = SigningLog(private=b"\x08" * 32)
    stranger.entries = log.entries
    row["tip"] = stranger.tip(mq.read_chain(files))
    assert mq.verify(files | {"ledger.json": mq.dumps(row)}, own).reason == "note: not signed by the log"


def test_two_histories_of_one_log() -> None:
    """A kept checkpoint of the other history refuses the bundle; too few cosigners are said."""
    files = opened(closed(sealed()))
    other, log = SigningLog(), SigningLog()
    other.append("registry.import", "registry/0", mq.digest(b""), "2026-03-01T00:00:00Z")
    bundle = with_ledger(files, log)
    kept = mq.Options(log_key=log.key, kept=[(other.checkpoint(), [])])
    assert "is of another log" in mq.verify(bundle, kept).reason
    cosigner = Signer("audit.example.cn", 4, b"\x09" * 32)
    lone = mq.Options(log_key=log.key, witnesses=[cosigner.key])
    assert mq.verify(bundle, lone).status == "verified-unanchored"
    seen = mq.verify(with_ledger(files, SigningLog([cosigner])), lone)
    assert (seen.status, seen.ledger and seen.ledger["as_of"] is not None) == ("verified-complete", True)


def test_a_walk_to_the_favourite_by_one_change_after_another() -> None:
    """Only who is hindered by an earlier fact is replaced, and he never comes back to that subject; each lot has a seed of its own."""
    files = opened(closed(sealed()))
    subject, team = next(iter(mq.read_chain(files).state.teams.items()))
    with pytest.raises(mq.RefusedError, match="neither unavailable nor in conflict"):
        lot(files, 2, (subject, team[0]))
    files = lot(facts(files, 1, absent=[(subject, team[0], "病假")]), 2, (subject, team[0]))
    state = mq.read_chain(files).state
    came = next(one for one in state.teams[subject] if one not in team)
    files = lot(facts(files, 3, absent=[(subject, came, "病假")]), 4, (subject, came))
    state = mq.read_chain(files).state
    assert not {team[0], came} & set(state.teams[subject])
    assert not {team[0], came} & set(state.candidates(subject))
    places = [place[:2] for place in mq.verify(files).census["attempts"]]  # type: ignore[index]
    assert sorted([[subject, team[0]], [subject, came]]) == places, "every walk is on the list of attempts"


def test_the_lot_is_emptied_by_facts_and_the_favourite_appointed() -> None:
    """An appointment rests on earlier files alone, goes after the lot, and its sheet says what barred whom, with ground and name."""
    files = opened(closed(sealed()))
    subject, team = next(iter(mq.read_chain(files).state.teams.items()))
    favourite, *others = [key for key in ("I0", "I1", "I2", "I3", "I4", "I5") if key not in team]
    given: dict[str, Any] = {"subject": subject, "inspector": team[0], "appointed": favourite, "salt": "aa" * 32}
    answered: dict[str, Any] = {"sealed_at": "2026-03-03T05:00:00Z", "ground": "无候选", "approver": "陈局长"}
    with pytest.raises(mq.RefusedError, match="neither unavailable nor in conflict"):
        mq.appoint(files, **given, **answered)
    files = facts(files, 1, absent=[(subject, team[0], "病假")])
    with pytest.raises(mq.RefusedError, match="the lot goes first"):
        mq.appoint(files, **given, **answered)
    files = facts(files, 2, conflicts=[(subject, key) for key in others])
    files |= mq.appoint(files, **given, **answered)
    told = said(files)
    assert "1 处不是抽签产生" in told.splitlines()[1]
    assert "理由：无候选；批准人：陈局长" in told
    assert f"后来登记有利害关系 {len(others)}，不能去这一家 0，可派 1" in told
    # In one file with the choice there is no room for a fact.
    row = json.loads(files["supplement-3/seal.json"]) | {"conflicts": [[subject, others[0]]]}
    forged = files | {"supplement-3/seal.json": mq.dumps(row)}
    assert mq.verify(forged).reason == "supplement-3/seal.json: keys"


def test_the_favourite_is_made_likely_by_conflicts_elsewhere() -> None:
    """Conflicts with all others' subjects leave a man's cards lying on top: the census counts them by name."""
    tables = {
        "subjects.tsv": mq.table((f"S{i:02d}", "-", "1", "in") for i in range(12)),
        "inspectors.tsv": mq.table((f"I{i}", "节能科", "in") for i in range(6)),
        "conflicts.tsv": mq.table((f"S{i:02d}", "I5") for i in range(11)),
    }
    files = mq.seal_draw(
        draw_id="D-2026-1",
        title="节能监察",
        organ="淄博市工业和信息化局",
        scope="2026-节能-01",
        rules=RULES,
        tables=tables,
        witnesses=WITNESSES,
        sealed_at="2026-03-02T01:00:00Z",
        open_by="2026-03-02T09:00:00Z",
        secret=SECRET,
    )
    assert "因利害关系不能派的：I5：名单 11 家，后来登记 0 家" in said(files)


@pytest.mark.parametrize(
    "name", ["王梅\u200b", "王\u3000梅", " 王梅", "王  梅", "王梅\ufe0f", "\u2f00梅", "王梅\U0002f800"]
)
def test_one_person_is_two_by_invisible_characters(name: str) -> None:
    """A name has no characters that are not seen; compatibility forms are no ideographs; a word has none either."""
    with pytest.raises(mq.RefusedError, match="witnesses"):
        mq.seal_draw(
            draw_id="D-2026-1",
            title="节能监察",
            organ="局",
            scope="2026-节能-01",
            rules=RULES,
            tables={name: sealed()[name] for name in ("subjects.tsv", "inspectors.tsv", "conflicts.tsv")},
            witnesses=["王梅", name],
            sealed_at="2026-03-02T01:00:00Z",
            open_by="2026-03-02T09:00:00Z",
            secret=SECRET,
        )
    assert not mq.is_word(name)
