"""Inspections outside the lottery: on record with their paper, counted for what a subject bears, never a draw."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given, strategies as st

from mingqian.accounts import services as accounts
from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.drawing.current.selectors import outcome
from mingqian.drawing.models import Draw
from mingqian.ledger.services import StateConflictError
from mingqian.ledger.verification.selectors import verify_log
from mingqian.planning.burden import services as burden_services
from mingqian.planning.burden.selectors import days_by_subject, most_within, times_drawn, visits_of
from mingqian.planning.burden.states import Ground
from mingqian.planning.models import Encounter, SpecialInspection
from mingqian.registry.merging import services as merging_services
from mingqian.registry.models import Inspector, Subject
from mingqian.testing import Bureau, make_bureau, opened_draw

SignIn = Callable[[User], Client]
URL = "/burden/special/"


def record(bureau: Bureau, subjects: int = 1, inspectors: int = 2, **changed: Any) -> SpecialInspection:
    """Record a visit of today after a complaint."""
    today = clock.today()
    values = {"ground": Ground.COMPLAINT, "title": "举报核查", "document": "举报〔2026〕7号", "content": "能耗数据"}
    found = burden_services.SpecialValues(**{**values, "since": today, "until": today, **changed})
    rows = list(Subject.objects.filter(organ=bureau.organ).order_by("number")[:subjects])
    people = list(Inspector.objects.filter(organ=bureau.organ)[:inspectors])
    return burden_services.record_special(bureau.officer, found, subjects=rows, inspectors=people)


def form(bureau: Bureau, **changed: str) -> dict[str, str]:
    """Return what an officer types."""
    subjects = Subject.objects.filter(organ=bureau.organ).order_by("number")
    people = Inspector.objects.filter(organ=bureau.organ)
    return {
        "ground": "order",
        "title": "省厅交办核查",
        "document": "鲁工信函〔2026〕12号",
        "content": "淘汰落后设备",
        "since": "2026-03-02",
        "until": "2026-03-03",
        "subjects": f"{subjects[0].number}\n{subjects[1].name}",
        "inspectors": "、".join(person.certificate_number for person in people[:2]),
        **changed,
    }


@pytest.mark.django_db
def test_art21_a_special_inspection_is_no_draw_but_counts_for_each_subject(stocked: Bureau) -> None:
    """A21.2"""
    special = record(stocked, subjects=3)
    assert special.number == f"专检〔{clock.today().year}〕1号"
    assert not Draw.objects.exists()
    first = Subject.objects.filter(organ=stocked.organ).order_by("number")[0]
    (year,) = visits_of(stocked.officer, first)
    assert (year.counted, year.drawn, year.special) == (1, 0, 1)
    assert len(days_by_subject(stocked.organ, clock.today(), clock.today())) == 3
    assert verify_log().problems == []


@pytest.mark.django_db
def test_art21_taking_part_in_a_draw_of_another_authority_counts_for_burden_and_not_as_a_draw(
    stocked: Bureau, sign_in: SignIn
) -> None:
    """A21.1: recorded with who led it; one inspector of ours is enough, since the team has theirs too."""
    client = sign_in(stocked.officer)
    asked = form(stocked, ground="elsewhere", inspectors="15030000", title="部门联合抽查", document="联合抽查方案")
    answer = client.post(f"{URL}new/", asked)
    assert (answer.status_code, "请填写发起部门" in answer.content.decode()) == (400, True)
    answer = client.post(f"{URL}new/", {**asked, "led_by": "淄博市市场监督管理局"}, follow=True)
    assert "淄博市市场监督管理局" in answer.content.decode()
    special = SpecialInspection.objects.get()
    subject = Subject.objects.get(number=asked["subjects"].split()[0])
    (year,) = visits_of(stocked.officer, subject)
    assert (year.counted, year.drawn, year.special, year.elsewhere) == (1, 0, 0, 1)
    assert len(days_by_subject(stocked.organ, date(2026, 3, 1), date(2026, 3, 31))) == 2
    assert not Draw.objects.exists()
    assert "其他部门抽取 1 次" in client.get(f"/burden/subjects/{subject.number}/").content.decode()
    assert "淄博市市场监督管理局" in client.get(URL + "?text=市场监督").content.decode()
    burden_services.withdraw_special(stocked.officer, special, remark="登记有误")
    (year,) = visits_of(stocked.officer, subject)
    assert year.counted == 0
    assert verify_log().problems == []


@pytest.mark.django_db
def test_art21_only_such_a_draw_names_who_led_it(stocked: Bureau, sign_in: SignIn) -> None:
    """A21.1, bad input: at the form, in the service and in the database."""
    answer = sign_in(stocked.officer).post(f"{URL}new/", form(stocked, led_by="市场监管局"))
    assert (answer.status_code, "请改选事由或清空这一栏" in answer.content.decode()) == (400, True)
    with pytest.raises(DomainError, match="其他事由不填"):
        record(stocked, led_by="市场监管局")
    special = record(stocked)
    with pytest.raises(IntegrityError), transaction.atomic():
        SpecialInspection.objects.filter(pk=special.pk).update(led_by="市场监管局")


@pytest.mark.django_db
def test_art12_what_a_merged_duplicate_bore_counts_for_the_one_that_stays(stocked: Bureau) -> None:
    """A8.2, A12.1"""
    record(stocked, subjects=2)
    loser, survivor = Subject.objects.filter(organ=stocked.organ).order_by("number")[:2]
    merging_services.merge(stocked.officer, loser, survivor, picks={}, why="同一企业重复登记")
    today = clock.today()
    assert days_by_subject(stocked.organ, today, today) == {survivor.number: [today, today]}


@pytest.mark.django_db
def test_art21_the_cap_of_article_12_counts_draws_only(stocked: Bureau) -> None:
    """A12.1, A21.2: special inspections stand outside the rules."""
    record(stocked, subjects=60)
    draw = opened_draw(stocked)
    assert draw.task is not None
    (item,) = draw.task.revision.items
    selected = {row.number for stratum in outcome(draw) for row in stratum.selected}
    assert times_drawn(stocked.organ, item, draw.task.since.year) == dict.fromkeys(selected, 1)
    assert times_drawn(stocked.organ, "", clock.today().year) == {}
    assert len(selected) == 6


@pytest.mark.django_db
def test_art12_every_opened_draw_is_counted_for_each_subject_with_its_team(stocked: Bureau) -> None:
    """A12.1: the count follows from the draw itself, and a row taken away by hand is found."""
    draw = opened_draw(stocked)
    (row,) = (row for stratum in outcome(draw)[:1] for row in stratum.selected[:1])
    encounter = Encounter.objects.get(subject__number=row.number)
    assert encounter.reference == draw.code
    assert set(encounter.team.strip("|").split("|")) == {member.number for member in row.team}
    assert verify_log().problems == []
    Encounter.objects.filter(pk=encounter.pk).delete()
    assert any(encounter.ledger_key() in problem for problem in verify_log().problems)


@pytest.mark.django_db
def test_art12_visits_too_close_together_are_warned_of(stocked: Bureau) -> None:
    """A12.1: the limits come from the rule set: more than once a day, twice a week, three times a month."""
    today = clock.today()
    subject = Subject.objects.filter(organ=stocked.organ).order_by("number")[0]
    record(stocked, since=today, until=today)
    assert [year.crowded for year in visits_of(stocked.officer, subject)] == [()]
    record(stocked, since=today, until=today, title="再查")
    (year,) = visits_of(stocked.officer, subject)
    day = f"{today.year}年{today.month}月{today.day}日"
    assert [str(one) for one in year.crowded] == [f"自{day}起一天内受检 2 次，超过预警线 1 次"]


@given(st.lists(st.dates(date(2026, 1, 1), date(2026, 3, 31)), max_size=12), st.integers(1, 40))
def test_the_fullest_run_of_days_is_found(days: list[date], length: int) -> None:
    """Against looking at every run that begins on one of the days."""
    best = max((sum(0 <= (day - first).days < length for day in days) for first in days), default=0)
    count, first = most_within(days, length)
    assert count == best
    assert (first is None) == (not days)
    if first is not None:
        assert sum(0 <= (day - first).days < length for day in days) == best


@pytest.mark.django_db
def test_art21_a_record_made_by_mistake_is_withdrawn_with_its_reason_and_counts_no_more(stocked: Bureau) -> None:
    """A21.2"""
    special = record(stocked, subjects=2)
    with pytest.raises(DomainError, match="写明撤销的原因"):
        burden_services.withdraw_special(stocked.officer, special, remark=" ")
    burden_services.withdraw_special(stocked.officer, special, remark="重复登记")
    subject = Subject.objects.filter(organ=stocked.organ).order_by("number")[0]
    (year,) = visits_of(stocked.officer, subject)
    assert (year.counted, len(year.rows), year.rows[0].dropped_why) == (0, 1, "重复登记")
    assert days_by_subject(stocked.organ, clock.today(), clock.today()) == {}
    with pytest.raises(StateConflictError, match="已撤销"):
        burden_services.withdraw_special(stocked.officer, special, remark="再来")
    assert verify_log().problems == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"document": " "}, "没有依据的检查不得开展"),
        ({"content": ""}, "检查内容"),
        ({"until": date(2020, 1, 1)}, "结束日期早于开始日期"),
        ({"subjects": 0}, "至少填写一个抽查对象"),
        ({"inspectors": 1}, "不少于 2 人"),
    ],
)
def test_art21_a_record_without_paper_subject_or_two_inspectors_is_refused(
    stocked: Bureau, changed: dict[str, Any], message: str
) -> None:
    """A21.2, A2.1, A15.1"""
    with pytest.raises(DomainError, match=message):
        record(stocked, **changed)
    assert not SpecialInspection.objects.exists()


@pytest.mark.django_db
def test_art04_an_upper_organ_sees_special_inspections_below_and_withdraws_none(stocked: Bureau) -> None:
    """A4.2"""
    special = record(stocked)
    stranger = make_bureau(code="weifang", name="潍坊市工业和信息化局", short_name="潍坊市工信局")
    with pytest.raises(NotAllowedError):
        burden_services.withdraw_special(stranger.officer, special, remark="越权")
    with pytest.raises(NotAllowedError):
        burden_services.record_special(
            stranger.officer,
            burden_services.SpecialValues(Ground.ORDER, "甲", "乙", "丙", clock.today(), clock.today()),
            subjects=list(Subject.objects.filter(organ=stocked.organ)[:1]),
            inspectors=list(Inspector.objects.filter(organ=stocked.organ)[:2]),
        )


@pytest.mark.django_db
def test_art04_an_upper_organ_follows_the_links_from_a_special_inspection_to_its_subjects(
    stocked: Bureau, sign_in: SignIn
) -> None:
    """A4.2: the list says whose it is, and no link of the page leads nowhere."""
    above = make_bureau(code="shandong", name="山东省工业和信息化厅", short_name="山东省工信厅")
    special = record(stocked)
    values = {name: getattr(stocked.organ, name) for name in ("name", "short_name", "kind", "area_code")}
    accounts.change_organ("system", stocked.organ, parent=above.organ, **values)
    client = sign_in(above.leader)
    assert stocked.organ.short_name in client.get(URL).content.decode().split("<tbody>")[1]
    page = client.get(f"{URL}{special.code}/").content.decode()
    links = set(re.findall(r'href="(/(?:burden/subjects|registry/subjects)/\w+/[^"]*)"', page))
    assert len(links) == 2
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200, link
        back = set(re.findall(r'href="(/(?:burden/subjects|registry/subjects)/\w+/[^"]*)"', answer.content.decode()))
        assert back
        assert {client.get(one).status_code for one in back if "/export." not in one} == {200}
    stranger = make_bureau(code="weifang", name="潍坊市工业和信息化局", short_name="潍坊市工信局")
    assert {sign_in(stranger.leader).get(link).status_code for link in links} == {404}


@pytest.mark.django_db
def test_numbers_run_without_gaps_and_no_number_is_given_twice(stocked: Bureau) -> None:
    """ARCHITECTURE.md: natural keys, numbered under a lock."""
    codes = [record(stocked, title=str(index)).serial for index in range(3)]
    assert [after - before for before, after in pairwise(codes)] == [1, 1]
    special = SpecialInspection.objects.earliest("serial")
    special.pk, special.code = None, "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        special.save(force_insert=True)


@pytest.mark.django_db
def test_art21_an_officer_records_on_the_page_and_finds_it_in_list_export_and_the_subjects_visits(
    stocked: Bureau, sign_in: SignIn
) -> None:
    """A21.2"""
    client = sign_in(stocked.officer)
    assert "还没有专项检查" in client.get(URL).content.decode()
    answer = client.post(URL + "new/", form(stocked), follow=True)
    assert "鲁工信函〔2026〕12号" in answer.content.decode()
    special = SpecialInspection.objects.get()
    assert special.until - special.since == timedelta(days=1)
    assert Encounter.objects.filter(reference=special.code).count() == 2
    page = client.get(URL + "?ground=order&text=核查").content.decode()
    assert "省厅交办核查" in page
    assert "2 家" in page
    assert "没有符合条件" in client.get(URL + "?ground=complaint").content.decode()
    assert "省厅交办核查" in b"".join(client.get(URL + "?export=csv")).decode()
    number = Subject.objects.filter(organ=stocked.organ).order_by("number")[0].number
    assert "双随机抽取 0 次 ＋ 专项检查 1 次" in client.get(f"/burden/subjects/{number}/").content.decode()
    answer = client.post(f"{URL}{special.code}/withdraw/", {"remark": "重复登记", "decision": "withdraw"}, follow=True)
    assert "已撤销，不再计入受检次数。原因：重复登记" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"subjects": "没有这家公司"}, "名录库中没有：没有这家公司"),
        ({"inspectors": "无名氏"}, "名录库中没有：无名氏"),
        ({"until": "2026-03-01"}, "结束日期早于开始日期"),
        ({"document": ""}, "依据文件"),
        ({"inspectors": "检查员00"}, "不少于 2 人"),
    ],
)
def test_wrong_input_is_answered_at_the_form_and_nothing_typed_is_lost(
    stocked: Bureau, sign_in: SignIn, changed: dict[str, str], message: str
) -> None:
    """Pages: forms."""
    answer = sign_in(stocked.officer).post(URL + "new/", form(stocked, **changed))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert message in page
    assert "淘汰落后设备" in page
    assert not SpecialInspection.objects.exists()


@pytest.mark.django_db
def test_a_leader_reads_and_does_not_record(stocked: Bureau, sign_in: SignIn) -> None:
    """A20.1"""
    record(stocked)
    client = sign_in(stocked.user(Role.LEADER))
    assert "登记专项检查</a>" not in client.get(URL).content.decode()
    assert client.get(URL + "new/").status_code == 403
