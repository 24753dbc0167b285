"""Rule sets: what is in force on a day, by which article, and how it may be changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from mingqian.accounts import services as accounts
from mingqian.accounts.models import Division, Organ, User
from mingqian.accounts.states import OrganKind, Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.ledger.services import StateConflictError
from mingqian.ledger.verification.selectors import verify_log
from mingqian.rules.deadlines.selectors import deadline
from mingqian.rules.models import RuleSet
from mingqian.rules.sets import services as rule_services
from mingqian.rules.sets.resolution import refusals, resolve
from mingqian.rules.sets.schema import PARAMETERS
from mingqian.rules.sets.selectors import history, rule_set_for, set_for, stated_of, version_of
from mingqian.rules.sets.shipped import ZIBO
from mingqian.rules.sets.states import Stated, Version
from mingqian.rules.states import Direction, SetKind, SetState
from mingqian.testing import Bureau, make_bureau

DAY = timedelta(days=1)
IN_FORCE = date(2021, 3, 1)
SHIPPED = resolve([[ZIBO]], IN_FORCE)


def soon(days: int = 10) -> date:
    """Return a day to come."""
    return clock.today() + timedelta(days=days)


def officer(bureau: Bureau) -> User:
    """Return the regulations officer."""
    return bureau.user(Role.REGULATIONS_OFFICER)


def drafted(
    bureau: Bureau,
    stated: dict[str, Stated],
    *,
    division: Division | None = None,
    kind: SetKind = SetKind.REFINEMENT,
    on: date | None = None,
    until: date | None = None,
    name: str = "细化规定",
) -> RuleSet:
    """Return a draft with these numbers; a regulation of one's own keeps the others as they came."""
    head: dict[str, Any] = {
        "name": name,
        "basis": "",
        "why": "工作需要",
        "effective_from": on or soon(),
        "valid_until": until,
    }
    row = rule_services.begin(officer(bureau), division=division, kind=kind, **head)
    numbers = {**stated_of(row), **stated} if kind == SetKind.REGULATION else stated
    return rule_services.change(officer(bureau), row, revision=0, stated=numbers, **head)


def approved(bureau: Bureau, stated: dict[str, Stated], **more: Any) -> RuleSet:
    """Return an approved version."""
    row = drafted(bureau, stated, **more)
    rule_services.submit(officer(bureau), row, revision=row.revision)
    return rule_services.decide(bureau.leader, row, revision=row.revision, approve=True)


# What ships.


def test_art05_the_ratio_of_general_items_has_a_ceiling() -> None:
    """A5.2"""
    assert SHIPPED.value("general_ratio") == 500
    assert SHIPPED.sentence("general_ratio").startswith("一般检查事项的抽查比例应严格限制：不超过 5%")
    assert SHIPPED.article("general_ratio").endswith("第五条第二款")


def test_art09_a_team_has_two_a_draw_one_witness_and_filing_one_working_day() -> None:
    """A9.2, A9.3, A9.4, A9.5"""
    assert [SHIPPED.value(key) for key in ("team_size", "witnesses", "filing_days")] == [2, 1, 1]
    assert SHIPPED.flag("exempt_listed")
    assert SHIPPED.flag("draw_recorded")
    assert SHIPPED.article("team_size").endswith("第九条第三款")


def test_art12_a_subject_is_visited_twice_a_year_for_one_item_at_most() -> None:
    """A12.1"""
    assert SHIPPED.value("yearly_cap") == 2
    assert "不超过 2 次" in SHIPPED.sentence("yearly_cap")


@pytest.mark.django_db
def test_art15_report_within_five_publication_within_two_working_days(bureau: Bureau) -> None:
    """A15.1, A15.4, A15.5"""
    assert SHIPPED.value("on_site_inspectors") == 2
    done = date(2026, 9, 28)
    report = deadline(bureau.organ, "report_days", done)
    assert report.due == date(2026, 10, 10)
    assert deadline(bureau.organ, "publication_days", report.due).due == date(2026, 10, 13)


@pytest.mark.django_db
def test_art16_objections_reinspection_and_answer_have_their_limits(bureau: Bureau) -> None:
    """A16.2"""
    keys = ("objection_days", "reinspection_days", "answer_days")
    assert [SHIPPED.value(key) for key in keys] == [60, 20, 7]
    assert [deadline(bureau.organ, key, date(2026, 3, 2)).days for key in keys] == [60, 20, 7]


@pytest.mark.django_db
def test_art19_a_dossier_is_archived_within_thirty_working_days(bureau: Bureau) -> None:
    """A19.1"""
    assert deadline(bureau.organ, "dossier_days", date(2026, 3, 2)).days == 30


def test_every_number_says_where_it_comes_from() -> None:
    """docs/articles.md: with the article it comes from; what comes from practice says so."""
    for held in SHIPPED.held.values():
        assert held.article or held.cited == "来自工作实践，不是条文规定"
        assert "{" not in held.sentence
    assert [SHIPPED.value(key) for key in ("visits_a_day", "visits_a_week", "visits_a_month")] == [1, 2, 3]


def test_art22_the_regulation_runs_from_2020_06_06_to_2025_06_05() -> None:
    """art. 22"""
    with pytest.raises(DomainError, match="还没有生效"):
        resolve([[ZIBO]], date(2020, 6, 5))
    assert not resolve([[ZIBO]], date(2020, 6, 6)).remarks
    assert not resolve([[ZIBO]], date(2025, 6, 5)).expired


def test_art22_after_its_last_day_it_goes_on_being_applied_and_says_so() -> None:
    """art. 22: the bureau must be able to work, and nobody may overlook that a renewal is due."""
    after = resolve([[ZIBO]], date(2025, 6, 6))
    assert after.expired
    assert "已过有效期，待续期" in after.remarks[0]
    assert dict(after) == dict(SHIPPED)


@pytest.mark.django_db
def test_art22_a_regulation_of_ones_own_renews_the_expired_one(bureau: Bureau) -> None:
    """art. 22: other organs adopt it with numbers of their own, also with longer limits."""
    approved(bureau, {"report_days": Stated(10, "第十六条")}, kind=SetKind.REGULATION, name="新实施细则", on=soon(5))
    before, after = rule_set_for(bureau.organ, soon(4)), rule_set_for(bureau.organ, soon(5))
    assert (before.value("report_days"), before.expired) == (5, True)
    assert (after.value("report_days"), after.remarks) == (10, ())
    assert after.article("report_days") == "《新实施细则》第十六条"


@pytest.mark.django_db
def test_art22_below_a_regulation_of_ones_own_a_refinement_stands_on_it(bureau: Bureau) -> None:
    """art. 21, 22"""
    approved(bureau, {"report_days": Stated(10, "第十六条")}, kind=SetKind.REGULATION, on=soon(5))
    with pytest.raises(DomainError, match="自有细则"):
        drafted(bureau, {"report_days": Stated(4, "", "快些")}, on=soon(6))
    division = bureau.divisions["jieneng"]
    approved(bureau, {"report_days": Stated(8, "", "快些")}, division=division, on=soon(6))
    assert rule_set_for(bureau.organ, soon(6), division).value("report_days") == 8
    assert rule_set_for(bureau.organ, soon(6)).value("report_days") == 10


# Refining.


@pytest.mark.django_db
def test_art21_a_division_refines_its_organ_and_inherits_the_rest(bureau: Bureau) -> None:
    """A21.1"""
    division = bureau.divisions["jieneng"]
    approved(bureau, {"report_days": Stated(4, "第三条", "时限收紧")}, name="全局规定")
    approved(
        bureau, {"team_size": Stated(3, "第二条", "测试需要三人")}, division=division, on=soon(12), name="科室规定"
    )
    rules = rule_set_for(bureau.organ, soon(12), division)
    team, report, cap = rules.number("team_size"), rules.number("report_days"), rules.number("yearly_cap")
    assert (team.value, team.own, team.source.name, team.reason) == (3, True, "科室规定", "测试需要三人")
    assert team.parent is not None
    assert (team.differs, team.parent.value) == (True, 2)
    assert (report.value, report.own, report.source.name) == (4, False, "全局规定")
    assert (cap.value, cap.own, cap.source.code) == (2, False, "zibo-miit-2020")
    assert rule_set_for(bureau.organ, soon(12), bureau.divisions["anquan"]).value("team_size") == 2
    assert rule_set_for(bureau.organ, soon(9), division).value("report_days") == 5


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("team_size", 1),
        ("witnesses", 0),
        ("on_site_inspectors", 1),
        ("general_ratio", 501),
        ("yearly_cap", 3),
        ("filing_days", 2),
        ("report_days", 6),
        ("publication_days", 3),
        ("objection_days", 59),
        ("reinspection_days", 21),
        ("answer_days", 8),
        ("dossier_days", 31),
        ("draw_recorded", 0),
        ("visit_recorded", 0),
        ("exempt_listed", 0),
    ],
)
def test_art21_a_refinement_may_not_loosen(key: str, value: int) -> None:
    """A21.1: every floor and ceiling of the regulation, one step beyond."""
    assert refusals({key: Stated(value, "", "理由")}, SHIPPED, SetKind.REFINEMENT).keys() == {key}


@given(key=st.sampled_from(sorted(PARAMETERS)), value=st.integers(-5, 12000))
def test_art21_what_is_accepted_is_within_the_schema_and_at_least_as_strict(key: str, value: int) -> None:
    """A21.1: for every number and every value."""
    known = PARAMETERS[key]
    accepted = not refusals({key: Stated(value, "", "理由")}, SHIPPED, SetKind.REFINEMENT)
    strict = {
        Direction.FLOOR: value >= SHIPPED[key],
        Direction.CEILING: value <= SHIPPED[key],
        Direction.FREE: True,
    }[known.direction]
    assert accepted == (known.minimum <= value <= known.maximum and strict)


def test_art21_a_number_that_differs_needs_a_reason() -> None:
    """A21.1: overriding ones with reason."""
    assert "理由" in refusals({"team_size": Stated(3)}, SHIPPED, SetKind.REFINEMENT)["team_size"]
    assert not refusals({"team_size": Stated(2)}, SHIPPED, SetKind.REFINEMENT)


def test_art22_a_regulation_of_ones_own_states_every_number_within_the_bounds_of_the_schema() -> None:
    """art. 22; two persons are the law's own floor."""
    whole = dict(ZIBO.stated)
    assert not refusals(whole, SHIPPED, SetKind.REGULATION)
    assert "team_size" in refusals({**whole, "team_size": Stated(1)}, SHIPPED, SetKind.REGULATION)
    del whole["answer_days"]
    assert "反馈复查情况" in refusals(whole, SHIPPED, SetKind.REGULATION)[""]


def make_version(serial: int, begin: date, until: date | None = None, **values: int) -> Version:
    """Return a refinement for `resolve`."""
    stated = {key: Stated(value, "", "理由") for key, value in values.items()}
    return Version(f"v{serial}", f"第{serial}版", "", "测试", SetKind.REFINEMENT, begin, until, serial, stated)


def test_a_parent_that_became_stricter_wins_over_its_refinement_and_says_so() -> None:
    """A21.1: a refinement never loosens, also when the level above moves."""
    organ = [make_version(1, date(2022, 1, 1), report_days=3)]
    division = [make_version(2, date(2021, 1, 1), report_days=4, team_size=3)]
    before = resolve([[ZIBO], organ, division], date(2021, 12, 31))
    after = resolve([[ZIBO], organ, division], date(2022, 1, 1))
    assert (before.value("report_days"), before.remarks) == (4, ())
    assert (after.value("report_days"), after.value("team_size")) == (3, 3)
    assert "本级原定 4 个工作日" in after.remarks[0]


def test_a_refinement_ends_with_its_last_day_and_its_predecessor_does_not_come_back() -> None:
    """art. 21: what has ended falls away; what was replaced stays replaced."""
    organ = [
        make_version(1, date(2021, 1, 1), team_size=3),
        make_version(2, date(2021, 6, 1), date(2021, 6, 30), team_size=4),
    ]
    sizes = [
        resolve([[ZIBO], organ], day).value("team_size")
        for day in (date(2020, 12, 31), date(2021, 5, 31), date(2021, 6, 1), date(2021, 6, 30), date(2021, 7, 1))
    ]
    assert sizes == [2, 3, 4, 4, 2]


def test_of_two_versions_with_one_first_day_the_later_one_counts() -> None:
    """A correction before the day comes replaces what it corrects."""
    organ = [make_version(2, date(2021, 1, 1), team_size=4), make_version(1, date(2021, 1, 1), team_size=3)]
    assert resolve([[ZIBO], organ], IN_FORCE).value("team_size") == 4


@pytest.mark.django_db
def test_art22_a_district_inherits_from_its_city(bureau: Bureau) -> None:
    """A4.1, art. 22"""
    district = accounts.create_organ(
        "system",
        code="zhangdian",
        name="张店区工业和信息化局",
        short_name="张店区工信局",
        kind=OrganKind.DISTRICT,
        parent=bureau.organ,
    )
    approved(bureau, {"report_days": Stated(4, "第三条", "时限收紧")})
    held = rule_set_for(district, soon()).number("report_days")
    assert (held.value, held.own, held.source.level) == (4, False, "淄博市工信局")


# Time.


@pytest.mark.django_db
@pytest.mark.parametrize("days", [0, -1, -400])
def test_a_change_never_takes_effect_backwards(bureau: Bureau, days: int) -> None:
    """From a date, and never backwards: refused when begun, and when saved."""
    head: dict[str, Any] = {"name": "细化", "basis": "", "why": "需要", "valid_until": None}
    with pytest.raises(DomainError, match="不溯及既往"):
        rule_services.begin(
            officer(bureau), division=None, kind=SetKind.REFINEMENT, **{**head, "effective_from": soon(days)}
        )
    row = drafted(bureau, {"team_size": Stated(3, "", "需要")})
    with pytest.raises(DomainError, match="不溯及既往"):
        rule_services.change(
            officer(bureau), row, revision=row.revision, stated={}, **{**head, "effective_from": soon(days)}
        )


@pytest.mark.django_db
def test_a_version_whose_day_came_while_it_waited_cannot_be_approved(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never backwards: checked again at approval. Returned, it gets another day."""
    row = drafted(bureau, {"team_size": Stated(3, "", "需要")}, on=soon(3))
    rule_services.submit(officer(bureau), row, revision=row.revision)
    arrived = row.effective_from
    monkeypatch.setattr(clock, "today", lambda: arrived)
    with pytest.raises(DomainError, match="不溯及既往"):
        rule_services.decide(bureau.leader, row, revision=row.revision, approve=True)
    row.refresh_from_db()
    assert row.state == SetState.PENDING
    rule_services.decide(bureau.leader, row, revision=row.revision, approve=False, remark="请改生效日期")
    assert row.state == SetState.DRAFT


@pytest.mark.django_db
def test_what_is_approved_cannot_be_changed_submitted_or_dropped(bureau: Bureau) -> None:
    """Versions are immutable; nothing is overwritten."""
    row = approved(bureau, {"team_size": Stated(3, "", "需要")})
    before = version_of(row)
    head: dict[str, Any] = {"name": "改名", "basis": "", "why": "需要", "effective_from": soon(20), "valid_until": None}
    stated = {"team_size": Stated(4, "", "需要")}
    acts: list[Callable[[], object]] = [
        lambda: rule_services.change(officer(bureau), row, revision=row.revision, stated=stated, **head),
        lambda: rule_services.submit(officer(bureau), row, revision=row.revision),
        lambda: rule_services.drop(officer(bureau), row),
        lambda: rule_services.decide(bureau.leader, row, revision=row.revision, approve=False, remark="退回"),
    ]
    for act in acts:
        with pytest.raises(StateConflictError):
            act()
    row.refresh_from_db()
    assert version_of(RuleSet.objects.select_related("organ", "division").get(pk=row.pk)) == before


# Who.


@pytest.mark.django_db
def test_an_author_never_approves_what_they_wrote(bureau: Bureau) -> None:
    """Drafted by the regulations officer, approved by a leader who is not the author."""
    both = officer(bureau)
    accounts.grant_role("system", user=both, role=Role.LEADER)
    row = drafted(bureau, {"team_size": Stated(3, "", "需要")})
    rule_services.submit(officer(bureau), row, revision=row.revision)
    with pytest.raises(NotAllowedError, match="不能审批自己"):
        rule_services.decide(officer(bureau), row, revision=row.revision, approve=True)
    rule_services.decide(bureau.leader, row, revision=row.revision, approve=True)
    assert (row.state, row.decided_by) == (SetState.APPROVED, bureau.leader)


@pytest.mark.django_db
def test_somebody_who_only_edited_is_an_author_too(bureau: Bureau) -> None:
    """The one who saved last is as much an author as the one who began."""
    row = drafted(bureau, {"team_size": Stated(3, "", "需要")})
    leader = bureau.leader
    accounts.grant_role("system", user=leader, role=Role.REGULATIONS_OFFICER)
    rule_services.change(
        bureau.leader,
        row,
        revision=row.revision,
        stated={"team_size": Stated(4, "", "需要")},
        name="细化",
        basis="",
        why="需要",
        effective_from=soon(),
    )
    rule_services.submit(officer(bureau), row, revision=row.revision)
    with pytest.raises(NotAllowedError):
        rule_services.decide(bureau.leader, row, revision=row.revision, approve=True)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.DIVISION_OFFICER, Role.LEADER, Role.SYSTEM_ADMIN])
def test_only_the_regulations_officer_drafts_and_only_leaders_decide(bureau: Bureau, role: Role) -> None:
    """A4.1"""
    row = drafted(bureau, {"team_size": Stated(3, "", "需要")})
    with pytest.raises(NotAllowedError):
        rule_services.submit(bureau.user(role), row, revision=row.revision)
    rule_services.submit(officer(bureau), row, revision=row.revision)
    if role != Role.LEADER:
        with pytest.raises(NotAllowedError):
            rule_services.decide(bureau.user(role), row, revision=row.revision, approve=True)


@pytest.mark.django_db
def test_another_organs_rules_are_not_for_others_to_edit_or_see(bureau: Bureau) -> None:
    """A4.2"""
    row = drafted(bureau, {"team_size": Stated(3, "", "需要")})
    stranger = make_bureau(code="weifang", name="潍坊市工业和信息化局", short_name="潍坊市工信局")
    with pytest.raises(NotAllowedError):
        rule_services.submit(officer(stranger), row, revision=row.revision)
    with pytest.raises(Exception, match="没有找到"):
        set_for(officer(stranger), row.code)
    with pytest.raises(DomainError, match="不属于该机关"):
        rule_set_for(bureau.organ, soon(), stranger.divisions["jieneng"])


# Saving.


@pytest.mark.django_db
def test_the_second_of_two_who_edit_is_told_and_nothing_is_lost(bureau: Bureau) -> None:
    """Issue 3: the second sees, and loses nothing."""
    row = drafted(bureau, {"team_size": Stated(3, "", "需要")})
    head: dict[str, Any] = {"name": "细化", "basis": "", "why": "需要", "effective_from": soon()}
    stale = RuleSet.objects.get(pk=row.pk)
    rule_services.change(officer(bureau), row, revision=1, stated={"team_size": Stated(4, "", "一")}, **head)
    with pytest.raises(DomainError, match="保存过这份草稿"):
        rule_services.change(officer(bureau), stale, revision=1, stated={"team_size": Stated(5, "", "二")}, **head)
    assert RuleSet.objects.get(pk=row.pk).stated["team_size"]["value"] == 4


@pytest.mark.django_db
def test_a_leader_approves_only_what_they_saw(bureau: Bureau) -> None:
    """A page that was opened before the draft came back changed decides nothing."""
    row = drafted(bureau, {"team_size": Stated(3, "", "需要")})
    rule_services.submit(officer(bureau), row, revision=row.revision)
    with pytest.raises(DomainError, match="没有执行"):
        rule_services.decide(bureau.leader, row, revision=row.revision - 1, approve=True)


@pytest.mark.django_db
def test_history_tells_what_changed_when(bureau: Bureau) -> None:
    """A page shows what changed when."""
    approved(bureau, {"team_size": Stated(3, "", "需要")}, on=soon(10), until=soon(19), name="临时规定")
    steps = [
        (step.day, step.ended, [(c.parameter.key, c.before, c.after) for c in step.changes])
        for step in history(bureau.organ)
    ]
    assert steps[:3] == [
        (soon(20), True, [("team_size", 3, 2)]),
        (soon(10), False, [("team_size", 2, 3)]),
        (date(2025, 6, 6), True, []),
    ]
    assert len(steps[3][2]) == len(PARAMETERS)


@pytest.mark.django_db
def test_every_act_is_on_the_ledger_and_a_change_by_hand_is_found(bureau: Bureau) -> None:
    """A20.2"""
    row = approved(bureau, {"team_size": Stated(3, "", "需要")})
    rule_services.drop(officer(bureau), drafted(bureau, {"team_size": Stated(4, "", "需要")}))
    assert verify_log().problems == []
    RuleSet.objects.filter(pk=row.pk).update(stated={"team_size": {"value": 2, "article": "", "reason": ""}})
    assert len(verify_log().problems) == 1


@pytest.mark.django_db
def test_reading_rules_is_cheap(bureau: Bureau, django_assert_max_num_queries: Any) -> None:
    """One query, and one for each organ above."""
    approved(bureau, {"team_size": Stated(3, "", "需要")})
    organ = Organ.objects.get(pk=bureau.organ.pk)
    with django_assert_max_num_queries(1):
        rule_set_for(organ, soon(), None)


@pytest.mark.django_db
def test_what_is_no_limit_has_no_due_date(bureau: Bureau) -> None:
    """Errors are raised."""
    with pytest.raises(DomainError, match="不是办理期限"):
        deadline(bureau.organ, "team_size", date(2026, 3, 2))
    with pytest.raises(DomainError, match="没有"):
        deadline(bureau.organ, "nonsense", date(2026, 3, 2))
    with pytest.raises(DomainError, match="还没有生效"):
        deadline(bureau.organ, "report_days", date(2019, 3, 1))


@pytest.mark.django_db
def test_a_change_of_the_rules_does_not_move_a_limit_that_runs_already(bureau: Bureau) -> None:
    """Never backwards: the rules of the day of the event count."""
    approved(bureau, {"report_days": Stated(2, "", "需要")}, on=soon(10))
    assert deadline(bureau.organ, "report_days", soon(9)).days == 5
    assert deadline(bureau.organ, "report_days", soon(10)).days == 2


def test_art22_a_regulation_from_before_a_number_takes_it_from_above() -> None:
    """A22: an own regulation that was approved before the schema knew the early warnings goes on; the shipped number fills the gap."""
    stated = {key: Stated(ZIBO.stated[key].value, "第一条") for key in ZIBO.stated if key != "visits_apart_days"}
    own = replace(ZIBO, code="own", effective_from=date(2021, 1, 1), valid_until=None, stated=stated)
    rules = resolve([[ZIBO], [own]], date(2026, 5, 1))
    assert rules.value("visits_apart_days") == 7
    assert rules.number("visits_apart_days").source == ZIBO
    assert list(rules) == list(PARAMETERS)
