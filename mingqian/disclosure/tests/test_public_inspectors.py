"""The published list of inspectors: exactly the fields that article 7 names."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from mingqian.accounts import services as accounts
from mingqian.accounts.models import Field
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.registry.models import Inspector, Subject
from mingqian.registry.people import services as people_services
from mingqian.testing import Bureau, make_bureau

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def rows_of(client: Client, **query: str) -> tuple[list[str], list[list[str]]]:
    """Return titles and rows of the public table."""
    text = client.get("/public/inspectors/", query).content.decode()
    titles = re.findall("<th(?: [^>]*)?>(.*?)</th>", text)
    cells = [re.findall("<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in re.findall("<tr>(.*?)</tr>", text, re.DOTALL)]
    return titles, [[re.sub("<[^>]+>", "", cell) for cell in row] for row in cells if row]


def test_art07_the_named_fields_are_public_and_no_others(stocked: Bureau, client: Client) -> None:
    """A7.1: name, sex, post, certificate number, validity; not division, account, field, qualification, absence, interest."""
    person = Inspector.objects.select_related("organ").order_by("certificate_number")[0]
    Inspector.objects.filter(pk=person.pk).update(name="王一", sex="male", post="四级主任科员")
    person.refresh_from_db()
    today = clock.today()
    officer = stocked.officer
    accounts.create_field("system", organ=stocked.organ, code="jn", name="节能监察领域")
    people_services.set_fields(officer, person, Field.objects.all())
    people_services.add_absence(officer, person, reason="leave", since=today, until=today)
    subject = Subject.objects.order_by("number")[0]
    people_services.add_interest(officer, person, subject, kind="relative", since=today, note="配偶任职")
    people_services.add_qualification(officer, person, name="注册安全工程师", number="AQ-77", valid_until=None)
    people_services.link_account(officer, person, stocked.user(Role.INSPECTOR))
    titles, rows = rows_of(client)
    assert titles == ["姓名", "性别", "岗位", "执法证号", "有效期"]
    assert rows[0] == ["王一", "男", "四级主任科员", person.certificate_number, "至 2039-12-31"]
    assert len(rows) == 12
    text = client.get("/public/inspectors/").content.decode()
    hidden = ["安全科", "节能科", "节能监察领域", "休假", "近亲属", "配偶任职", subject.name, "AQ-77", "注册安全工程师"]
    assert [word for word in [*hidden, stocked.user(Role.INSPECTOR).username] if word in text] == []
    assert "/public/inspectors/" in client.get("/public/").content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"on_establishment": False},
        {"enforcement_post": False},
        {"valid_until": None},
        {"valid_until": clock.today() - DAY},
        {"valid_from": clock.today() + DAY},
    ],
)
def test_art07_who_is_no_inspector_in_its_words_is_left_out(
    stocked: Bureau, client: Client, changes: dict[str, object]
) -> None:
    """A7.1: establishment, enforcement post, valid certificate. One whose certificate ends today is still on it."""
    person, last_day = Inspector.objects.order_by("certificate_number")[:2]
    Inspector.objects.filter(pk=person.pk).update(**changes)
    Inspector.objects.filter(pk=last_day.pk).update(valid_until=clock.today())
    numbers = [row[3] for row in rows_of(client)[1]]
    assert len(numbers) == 11
    assert person.certificate_number not in numbers
    assert last_day.certificate_number in numbers


def test_a_visitor_finds_the_person_at_the_door(stocked: Bureau, client: Client) -> None:
    """By name or certificate number, organ by organ."""
    person = Inspector.objects.order_by("certificate_number")[0]
    assert [row[0] for row in rows_of(client, q=person.certificate_number)[1]] == [person.name]
    assert "名录里没有这个人" in client.get("/public/inspectors/", {"q": "无此人"}).content.decode()
    other = make_bureau("weifang", "潍坊市工业和信息化局", "潍坊市工信局")
    assert "潍坊" not in client.get("/public/inspectors/").content.decode()
    Inspector.objects.filter(pk=person.pk).update(organ=other.organ)
    assert len(rows_of(client, organ="weifang")[1]) == 1
    assert len(rows_of(client, organ="zibo")[1]) == 11


def test_an_empty_list_says_so(bureau: Bureau, client: Client) -> None:
    """Before anybody is registered."""
    assert "名录还没有公布" in client.get("/public/inspectors/").content.decode()
