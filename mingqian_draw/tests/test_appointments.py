"""Extensions E2 and E3: inspectors who join after the seal, and appointments (A10.1)."""

from __future__ import annotations

import json
from typing import Any

import pytest

import mingqian_draw as mq
from mingqian_draw.tests.support import (
    DIGITS,
    Files,
    SigningLog,
    codes,
    edited,
    load,
    opened,
    rules,
    sealed,
    secret,
    supplement_opened,
    supplement_sealed,
    with_ledger,
)


def joining(*people: tuple[str, str]) -> dict[str, Any]:
    """The key of a seal."""
    return {"inspectors": [list(pair) for pair in people], "ground": "人手不足", "approver": "局长 甲"}


def _drawn(**changes: Any) -> tuple[Files, str, list[str], list[str]]:
    """A draw, its first subject, that one's team, and the inspectors who are not in it."""
    files = opened(sealed(**changes))
    subject, team = next(iter(mq.assignments_now(files).items()))
    return files, subject, team, sorted({f"P{number}" for number in range(6)} - set(team))


def appointed(files: Files, number: int, *, complete: bool = True, **changes: Any) -> Files:
    """The next supplement an appointment, on the day after the one before."""
    given: dict[str, Any] = {
        "reason": "shortage",
        "ground": "本科室人手不足",
        "approver": "局长 甲",
        "conflicts": [],
        "unavailable": [],
        "sealed_at": f"2026-03-{number + 2:02d}T01:00:00Z",
        "salt": secret(500 + number),
        **changes,
    }
    files = files | mq.seal_appointment(files, **given)
    return files | mq.complete_appointment(files) if complete else files


def _refused(files: Files, number: int, **changes: Any) -> str:
    with pytest.raises(mq.DrawError) as caught:
        (appointed if "appointed" in changes else supplement_sealed)(files, number, **changes)
    return caught.value.code


def test_art10_a_lot_across_divisions_only_where_ones_own_do_not_suffice() -> None:
    """A10.1: inspectors of other divisions join where fewer than two candidates are left without them."""
    files, subject, team, others = _drawn()
    told: dict[str, Any] = {"subject": subject, "inspector": team[0], "joining": joining(("Q1", "乙科"))}
    assert _refused(files, 1, **told, unavailable=others[2:]) == "joining-needless"
    assert _refused(files, 1, **told, unavailable=others) == "candidates"
    files = supplement_opened(supplement_sealed(files, 1, **told, unavailable=others[1:]), 1)
    result = json.loads(files["supplement-1/result.json"])
    assert result["candidates"] == 2
    assert result["inspector"] in {others[0], "Q1"}
    assert mq.verify(files).ok


def test_art10_who_joined_counts_from_then_on_also_after_a_void() -> None:
    """A10.1: a later supplement has them as candidates, and nobody joins twice."""
    files, subject, team, others = _drawn()
    two = joining(("Q1", "乙科"), ("Q2", "丙科"))
    told: dict[str, Any] = {"subject": subject, "inspector": team[0]}
    files = supplement_sealed(files, 1, **told, unavailable=others, joining=two)
    files |= mq.void_supplement(
        files, secret=secret(101), reason="停电", approver="x", voided_at="2026-03-03T02:00:00Z", contributions=[]
    )
    assert _refused(files, 2, **told, joining=joining(("Q1", "乙科"))) == "joining-id"
    files = supplement_opened(supplement_sealed(files, 2, **told), 2)
    assert json.loads(files["supplement-2/result.json"])["inspector"] in {"Q1", "Q2"}
    report = mq.verify(files)
    assert report.ok
    assert report.census is not None
    assert [(who.number, who.inspector, who.unit) for who in report.census.joined] == [
        (1, "Q1", "乙科"),
        (1, "Q2", "丙科"),
    ]
    lines = "\n".join(mq.report_lines(report, "zh"))
    assert "第 1 次补充：Q2，单位 丙科；理由：人手不足；批准人：局长 甲" in lines


def test_a_seal_may_speak_of_those_whom_it_lets_join() -> None:
    files, subject, team, others = _drawn()
    told: dict[str, Any] = {"subject": subject, "inspector": team[0], "unavailable": others[1:]}
    three = joining(("Q1", "乙科"), ("Q2", "乙科"), ("Q3", "乙科"))
    told |= {"unavailable": [*others[1:], "Q3"], "conflicts": [(subject, "Q2")], "joining": three}
    files = supplement_sealed(files, 1, **told)
    census = mq.verify(files).census
    assert census is not None
    assert census.sittings[1].candidates == 2
    assert _refused(opened(sealed()), 1, **{**told, "conflicts": [(subject, "Q4")]}) == "supplement-id"


@pytest.mark.parametrize(
    ("people", "code"),
    [
        ([], "joining"),
        ([("Q2", "乙科"), ("Q1", "乙科")], "joining"),
        ([("Q1", "乙科"), ("Q1", "丙科")], "joining"),
        ([("Q 1", "乙科")], "joining"),
        ([("Q1", "")], "joining"),
        ([("Q1", "乙科", "x")], "joining"),
        ([("P5", "乙科")], "joining-id"),
        ([("Q1", "科")], "joining-unit"),
    ],
)
def test_who_joins_is_named_in_order_and_of_another_division(people: list[Any], code: str) -> None:
    files, subject, team, others = _drawn()
    told: dict[str, Any] = {"subject": subject, "inspector": team[0], "unavailable": others[1:]}
    assert _refused(files, 1, **told, joining=joining(*people)) == code


@pytest.mark.parametrize("change", [{"ground": ""}, {"approver": " x"}, {"ground": 1}])
def test_who_lets_them_join_and_why_is_told(change: dict[str, Any]) -> None:
    files, subject, team, others = _drawn()
    told: dict[str, Any] = {"subject": subject, "inspector": team[0], "unavailable": others[1:]}
    assert _refused(files, 1, **told, joining={**joining(("Q1", "乙科")), **change}) == "joining"


def test_nobody_joins_for_an_exchange_or_another_subject() -> None:
    files, subject, team, _ = _drawn()
    for kind, inspector in (("exchange", team[0]), ("subject", "")):
        told: dict[str, Any] = {"kind": kind, "subject": subject, "inspector": inspector}
        found = [(subject, team[0])]
        assert _refused(files, 1, **told, conflicts=found, joining=joining(("Q1", "乙科"))) == "keys"


def test_art10_an_appointment_is_refused_while_a_lot_is_possible() -> None:
    """A10.1: then and only then."""
    files, subject, team, others = _drawn()
    told: dict[str, Any] = {"subject": subject, "inspector": team[0], "appointed": others[0]}
    assert _refused(files, 1, **told) == "appointment-lot"
    assert _refused(files, 1, **told, unavailable=others[2:]) == "appointment-lot"
    files = appointed(files, 1, **told, unavailable=others[1:])
    assert sorted(name for name in files if name.startswith("supplement-1/")) == [
        "supplement-1/result.json",
        "supplement-1/seal.json",
    ]
    assert mq.verify(files).ok
    assert mq.assignments_now(files)[subject] == [others[0], team[1]]


def test_art10_an_appointment_is_shown_as_not_by_lot() -> None:
    """A10.1: with the ground and who decided, in the report and in the explanation of the subject."""
    files, subject, team, others = _drawn()
    told: dict[str, Any] = {"subject": subject, "inspector": team[0], "appointed": "Q1", "unavailable": others}
    files = appointed(files, 1, **told, joining=joining(("Q1", "科")))
    report = mq.verify(files)
    assert (report.ok, report.appointed) == (True, frozenset({(subject, "Q1")}))
    assert report.census is not None
    assert report.census.appointed_in_teams == [(subject, "Q1")]
    assert report.census.supplements == {"appointment/shortage": 1}
    assert report.census.sittings[1].ending == "appointed"
    said = f"检查组中的 {team[0]} 由 Q1 接替，非抽签产生（直接委派）；理由：本科室人手不足；批准人：局长 甲"
    found = mq.explain(files, subject)
    assert (found.team, found.appointed) == (("Q1", team[1]), ("Q1",))
    for lines in (mq.report_lines(report, "zh"), mq.explanation_lines(found, "zh")):
        text = "\n".join(lines)
        assert said in text
        assert "Q1，单位 科；理由：人手不足；批准人：局长 甲" in text
    assert "其中有直接委派 1 次，不是抽签所得" in list(mq.report_lines(report, "zh"))[1]
    assert f"检查组：Q1（非抽签产生）、{team[1]}；组长 Q1" in "\n".join(mq.explanation_lines(found, "zh"))
    assert "not by lot (appointed)" in "\n".join(mq.report_lines(report, "en"))


def test_art10_the_lot_that_goes_first_is_counted_without_who_joins_here() -> None:
    """A10.1: with one candidate left no lot is possible, whether he is appointed, somebody new, or others join and draw."""
    files, subject, team, others = _drawn()
    told: dict[str, Any] = {"subject": subject, "inspector": team[0], "unavailable": others[1:]}
    came = joining(("Q1", "乙科"))
    assert _refused(files, 1, **told) == "candidates"
    for change in ({"appointed": others[0]}, {"appointed": "Q1", "joining": came}):
        then = appointed(files, 1, **told | change)
        assert mq.verify(then).ok
        assert mq.assignments_now(then)[subject] == [change["appointed"], team[1]]
    assert mq.verify(supplement_opened(supplement_sealed(files, 1, **told, joining=came), 1)).ok
    two = {**told, "unavailable": others[2:]}
    assert _refused(files, 1, **two, appointed="Q1", joining=came) == "appointment-lot"
    assert _refused(files, 1, **two, joining=came) == "joining-needless"
    # Who joined with an earlier seal is a candidate like any other.
    files = supplement_opened(supplement_sealed(files, 1, **told, joining=came), 1)
    place = next(name for name, team in mq.assignments_now(files).items() if "Q1" not in team and others[0] not in team)
    later: dict[str, Any] = {"subject": place, "inspector": mq.assignments_now(files)[place][0], "appointed": "Q2"}
    far = [name for name in team if name not in mq.assignments_now(files)[place]]
    later |= {"unavailable": far, "joining": joining(("Q2", "乙科"))}
    assert _refused(files, 2, **later) == "appointment-lot"
    assert appointed(files, 2, **{**later, "unavailable": [*far, "Q1"]})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"appointed": "P9"}, "appointed-unknown"),
        ({"appointed": "@team"}, "appointed-in-team"),
        ({"appointed": "@absent"}, "appointed-unavailable"),
        ({"conflicts": "@met"}, "appointed-conflict"),
        ({"inspector": ""}, "appointment-inspector"),
        ({"inspector": "@other"}, "not-in-team"),
        ({"subject": "@other"}, "not-selected"),
        ({"ground": " "}, "appointment-ground"),
        ({"approver": ""}, "appointment-ground"),
        ({"reason": "ill health"}, "supplement-reason"),
        ({"sealed_at": "2026-03-02T01:29:59Z"}, "supplement-time"),
        ({"sealed_at": "2026-03-33T01:29:59Z"}, "seal-times"),
        ({"joining": joining(("Q1", "乙科"))}, "joining-appointed"),
        ({"appointed": "Q1", "joining": joining(("Q1", "乙科"), ("Q2", "乙科"))}, "joining-appointed"),
        ({"appointed": ""}, "appointed"),
    ],
)
def test_who_may_be_appointed_is_held_to_the_letter(change: dict[str, Any], code: str) -> None:
    files, subject, team, others = _drawn()
    other = next(f"S{number:02d}" for number in range(12) if f"S{number:02d}" not in mq.assignments_now(files))
    places: dict[str, Any] = {"@team": team[1], "@absent": others[1], "@met": [(subject, others[0])]}
    places["@other"] = others[1] if "inspector" in change else other
    told: dict[str, Any] = {"subject": subject, "inspector": team[0], "appointed": others[0], "unavailable": others[1:]}
    told |= {key: places.get(value, value) if isinstance(value, str) else value for key, value in change.items()}
    assert _refused(files, 1, **told) == code


def test_an_inspector_who_is_out_cannot_be_appointed() -> None:
    people = [(f"P{number}", "科", "out:休假" if number == 5 else "in") for number in range(6)]
    files = opened(sealed(inspectors=people))
    subject, team = next(iter(mq.assignments_now(files).items()))
    others = sorted({f"P{number}" for number in range(5)} - set(team))
    told: dict[str, Any] = {"subject": subject, "inspector": team[0], "unavailable": others, "appointed": "P5"}
    assert _refused(files, 1, **told) == "appointed-unknown"


def _with_some_out() -> tuple[Files, str, list[str], list[str]]:
    """A draw of eight inspectors, two of them out; then as :func:`_drawn`."""
    out = {5: "out:休假", 7: "out:病假"}
    people = [(f"P{number}", "乙科" if number > 5 else "科", out.get(number, "in")) for number in range(8)]
    files = opened(sealed(inspectors=people))
    subject, team = next(iter(mq.assignments_now(files).items()))
    return files, subject, team, sorted({f"P{number}" for number in range(8) if number not in out} - set(team))


def test_art10_who_was_out_at_the_seal_and_is_free_again_joins_a_lot() -> None:
    """A10.1: with the unit of the table, where the lot would fail without him, once; the census says what he was."""
    files, subject, team, others = _with_some_out()
    told: dict[str, Any] = {"subject": subject, "inspector": team[0]}
    back = joining(("P5", "科"))
    assert _refused(files, 1, **told, joining=back) == "joining-needless"
    assert _refused(files, 1, **told, unavailable=others[1:], joining=joining(("P5", "乙科"))) == "joining-unit-sealed"
    mixed = joining(("P5", "科"), ("Q1", "乙科"))
    assert _refused(files, 1, **told, unavailable=others[1:], joining=mixed) == "joining-unit"
    files = supplement_opened(supplement_sealed(files, 1, **told, unavailable=others[1:], joining=back), 1)
    result = json.loads(files["supplement-1/result.json"])
    assert (result["candidates"], result["inspector"] in {others[0], "P5"}) == (2, True)
    report = mq.verify(files)
    assert report.ok
    assert report.census is not None
    assert [(who.inspector, who.unit, who.status) for who in report.census.joined] == [("P5", "科", "out:休假")]
    assert "第 1 次补充：P5，单位 科，封存时为 out:休假；理由：人手不足" in "\n".join(mq.report_lines(report, "zh"))
    assert "P5, unit 科, out:休假 at the seal" in "\n".join(mq.report_lines(report, "en"))
    assert _refused(files, 2, **told | {"inspector": team[1]}, unavailable=others, joining=back) == "joining-id"


def test_art10_who_was_out_at_the_seal_and_is_free_again_may_be_appointed() -> None:
    """A10.1: he joins with the appointment, or joined before; who is in never joins, and nobody of another unit than his."""
    files, subject, team, others = _with_some_out()
    told: dict[str, Any] = {"subject": subject, "inspector": team[0], "unavailable": others[1:]}
    assert _refused(files, 1, **told, appointed="P5") == "appointed-unknown"
    wrong = {"appointed": "P5", "joining": joining(("P5", "乙科"))}
    assert _refused(files, 1, **told, **wrong) == "joining-unit-sealed"
    inside = {"appointed": others[0], "joining": joining((others[0], "科"))}
    assert _refused(files, 1, **told, **inside) == "joining-id"
    files = appointed(files, 1, **told, appointed="P5", joining=joining(("P5", "科")))
    assert (mq.verify(files).ok, mq.assignments_now(files)[subject]) == (True, ["P5", team[1]])
    # In another team he is a candidate now, and may be appointed without joining again.
    place, there = next((name, row) for name, row in mq.assignments_now(files).items() if "P5" not in row)
    left = [name for name in (*others[:1], *team) if name not in there]
    more: dict[str, Any] = {"subject": place, "inspector": there[0], "unavailable": left}
    assert _refused(files, 2, **more, appointed="P5", joining=joining(("P5", "科"))) == "joining-id"
    files = appointed(files, 2, **more, appointed="P5")
    assert mq.verify(files).ok


def test_one_of_the_lead_division_who_was_out_comes_back_for_its_lot() -> None:
    """A10.1: E1 lets nobody else come."""
    files = load("v16-home-back")
    seal, result = (json.loads(files[f"supplement-1/{name}.json"]) for name in ("seal", "result"))
    assert seal["joining"]["inspectors"] == [["370307", "节能科"]]
    assert result["candidates"] == 2
    census = mq.verify(files).census
    assert census is not None
    assert (census.home, census.home_inspectors) == ("节能科", 2)


def test_the_salt_hides_an_appointment_until_its_files_are_published() -> None:
    """Neither digest is the same with another salt; nothing but the files shows it."""
    files, subject, team, others = _drawn()
    told: dict[str, Any] = {"subject": subject, "inspector": team[0], "appointed": others[0], "unavailable": others[1:]}
    one, two = (appointed(files, 1, **told, salt=secret(salt)) for salt in (71, 72))
    for name in ("supplement-1/seal.json", "supplement-1/result.json"):
        assert json.loads(one[name])["salt"] == secret(71)
        assert mq.digest(one[name]) != mq.digest(two[name])
    # A result that kept its salt to itself could be guessed from the seal's digest alone.
    bare = edited(one, "supplement-1/result.json", lambda value: value.pop("salt"))
    assert codes(bare)[0] == "result-differs"
    report, found = mq.verify(one), mq.explain(one, subject)
    said = [
        line for lang in ("zh", "en") for line in (*mq.report_lines(report, lang), *mq.explanation_lines(found, lang))
    ]
    assert secret(71) not in "\n".join(said)


@pytest.mark.parametrize("salt", ["", "0" * 63, "F" * 64, "0" * 65, 7, None])
def test_a_salt_is_a_hash(salt: Any) -> None:
    files, subject, team, others = _drawn()
    told: dict[str, Any] = {"subject": subject, "inspector": team[0], "appointed": others[0], "unavailable": others[1:]}
    assert _refused(files, 1, **told, salt=salt) == "salt"


def test_no_salt_or_secret_is_used_twice() -> None:
    files, subject, team, others = _drawn()
    told: dict[str, Any] = {"subject": subject, "inspector": team[0], "appointed": others[0], "unavailable": others[1:]}
    assert _refused(files, 1, **told, salt=secret(1)) == "salt-twice"
    files = appointed(files, 1, **told)
    more: dict[str, Any] = {
        "subject": subject,
        "inspector": team[1],
        "appointed": "Q1",
        "joining": joining(("Q1", "科")),
    }
    assert _refused(files, 2, **more, salt=secret(501)) == "salt-twice"
    lot: dict[str, Any] = {"kind": "subject", "subject": subject}
    assert _refused(files, 2, **lot, secret=secret(501)) == "secret-twice"
    assert appointed(files, 2, **more)


def test_whom_an_appointment_replaced_does_not_come_back_there() -> None:
    files, subject, team, others = _drawn()
    told: dict[str, Any] = {"subject": subject, "appointed": others[0], "unavailable": others[1:]}
    files = appointed(files, 1, **told, inspector=team[0])
    assert _refused(files, 2, subject=subject, inspector=team[1], appointed=team[0]) == "appointed-replaced"
    # Nor is he a candidate of a lot: with the two who join there are two, not three.
    two = joining(("Q1", "乙科"), ("Q2", "乙科"))
    files = supplement_opened(supplement_sealed(files, 2, subject=subject, inspector=team[1], joining=two), 2)
    assert json.loads(files["supplement-2/result.json"])["candidates"] == 2
    assert mq.verify(files).ok


def test_the_rule_of_the_lead_division_does_not_bind_an_appointment_but_counts_its_lot() -> None:
    people = [(f"P{number}", "甲科" if number < 2 else "乙科", "in") for number in range(6)]
    files = opened(sealed(inspectors=people, rules=rules({"-": 4}, home="甲科")))
    teams = mq.assignments_now(files)
    subject, team = next((name, team) for name, team in teams.items() if not {"P0", "P1"} <= set(team))
    stranger = next(name for name in ("P2", "P3", "P4") if name not in team)
    # Four could come, but only one of the lead division.
    files = appointed(files, 1, subject=subject, inspector=team[0], appointed=stranger)
    assert mq.verify(files).ok
    # The team has nobody of the lead division now, so whoever is replaced next may be followed by anybody.
    waiting = supplement_sealed(files, 2, subject=subject, inspector=stranger)
    census = mq.verify(waiting).census
    assert census is not None
    assert census.sittings[2].candidates == 3


def test_subjects_only_have_inspectors_appointed_to_empty_teams() -> None:
    files = opened(sealed(inspectors=[], rules=rules({"-": 3}, assignment="none", team_size=0)))
    subject, other = list(mq.assignments_now(files))[:2]
    for number, name in enumerate(("Q1", "Q2"), 1):
        told: dict[str, Any] = {"subject": subject, "inspector": "", "appointed": name}
        files = appointed(files, number, **told, joining=joining((name, "乙科")))
    files = appointed(files, 3, subject=other, inspector="", appointed="Q2")
    assert mq.verify(files).ok
    assert mq.assignments_now(files)[subject] == ["Q1", "Q2"]
    assert mq.explain(files, other).team == ("Q2",)


def test_the_mark_goes_with_the_member() -> None:
    """With the team to another subject; and it is gone with him when a lot replaces him."""
    files, subject, team, others = _drawn()
    told: dict[str, Any] = {"subject": subject, "inspector": team[0], "appointed": "Q1", "unavailable": others}
    files = appointed(files, 1, **told, joining=joining(("Q1", "乙科")))
    files = supplement_opened(supplement_sealed(files, 2, kind="subject", subject=subject), 2)
    new = json.loads(files["supplement-2/result.json"])["subject"]
    assert mq.verify(files).appointed == frozenset({(new, "Q1")})
    two = joining(("Q2", "丙科"), ("Q3", "丙科"))
    files = supplement_opened(supplement_sealed(files, 3, subject=new, inspector="Q1", joining=two), 3)
    assert mq.verify(files).appointed == frozenset()
    assert mq.verify(files).ok


def test_an_exchange_carries_the_mark_to_the_other_team() -> None:
    files = load("v14-mixed")
    moved = 0
    for number in range(1, 17):
        if json.loads(files[f"supplement-{number}/seal.json"])["kind"] != "exchange":
            continue
        before, after = (_upto(files, last) for last in (number - 1, number))
        seal, result = (json.loads(files[f"supplement-{number}/{name}.json"]) for name in ("seal", "result"))
        pairs = {(seal["subject"], seal["inspector"]): (result["subject"], seal["inspector"])}
        pairs[result["subject"], result["inspector"]] = (seal["subject"], result["inspector"])
        assert after.appointed == {pairs.get(pair, pair) for pair in before.appointed}
        moved += after.appointed != before.appointed
    assert moved


def _upto(files: Files, last: int) -> mq.Report:
    gone = tuple(f"supplement-{number}/" for number in range(last + 1, 17))
    return mq.verify({name: data for name, data in files.items() if not name.startswith(gone)})


def test_an_appointment_is_pending_until_it_has_its_result() -> None:
    files, subject, team, others = _drawn()
    told: dict[str, Any] = {"subject": subject, "inspector": team[0], "appointed": others[0], "unavailable": others[1:]}
    waiting = appointed(files, 1, complete=False, **told)
    report = mq.verify(waiting)
    assert (report.verdict, report.teams[subject]) == ("pending", team)
    assert _refused(waiting, 2, kind="subject", subject=subject) == "pending"
    given: dict[str, Any] = {"secret": secret(101), "contributions": [DIGITS], "beacon": None}
    times = {"closed_at": "2026-03-03T02:00:00Z", "opened_at": "2026-03-03T02:00:00Z"}
    with pytest.raises(mq.DrawError) as caught:
        mq.open_supplement(waiting, **given, **times)
    assert caught.value.code == "files-of-an-appointment"
    with pytest.raises(mq.DrawError) as caught:
        mq.void_supplement(waiting, **given, reason="x", approver="y", voided_at="2026-03-03T02:00:00Z")
    assert caught.value.code == "files-of-an-appointment"
    done = waiting | mq.complete_appointment(waiting)
    with pytest.raises(mq.DrawError) as caught:
        mq.complete_appointment(done)
    assert caught.value.code == "no-appointment"
    with pytest.raises(mq.DrawError) as caught:
        mq.complete_appointment(files)
    assert caught.value.code == "no-appointment"


def test_the_next_step_follows_the_appointment() -> None:
    files, subject, team, others = _drawn()
    told: dict[str, Any] = {"subject": subject, "inspector": team[0], "appointed": others[0], "unavailable": others[1:]}
    files = appointed(files, 1, **told)
    early: dict[str, Any] = {"kind": "subject", "subject": subject, "sealed_at": "2026-03-03T00:59:59Z"}
    assert _refused(files, 2, **early) == "supplement-time"
    after = supplement_sealed(files, 2, kind="subject", subject=subject, sealed_at="2026-03-03T01:00:00Z")
    assert json.loads(after["supplement-2/seal.json"])["previous"] == mq.digest(files["supplement-1/result.json"])


class _EarlyLog(SigningLog):
    """A log that dates a step of the first supplement to before its sealing."""

    def __init__(self, verb: str) -> None:
        super().__init__()
        self._verb = verb

    def append(self, verb: str, subject: str, digest: str, time: str, actor: str = "user/a") -> int:
        """As ever, but for that step."""
        early = verb == self._verb and subject.endswith("/1")
        return super().append(verb, subject, digest, "2026-03-03T00:59:59Z" if early else time, actor)


def test_an_appointment_has_two_steps_on_the_log() -> None:
    files = load("v12-appointment")
    status = mq.verify(with_ledger(files)).ledger
    assert status is not None
    assert (status.step, status.number, status.complete) == ("result", 3, True)
    # Seal, close and result of the draw, then seal and result of the first appointment.
    status = mq.verify(with_ledger(files, upto=5)).ledger
    assert status is not None
    assert (status.step, status.number, status.complete) == ("result", 1, False)
    for verb in ("draw.seal", "draw.result"):
        assert codes(with_ledger(files, _EarlyLog(verb))) == ["ledger-entry"]


@pytest.mark.parametrize("kind", ["inspector", ["appointment"], {}, None])
def test_an_appointment_under_another_kind_is_refused(kind: object) -> None:
    files = edited(load("v12-appointment"), "supplement-1/seal.json", lambda value: value.update(kind=kind))
    assert "keys" in codes(files)
