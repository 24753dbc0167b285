"""Filters that a user keeps under a name: one's own only, used by themselves where asked, never in the way of the whole list."""

import pytest
from django.test import Client

from mingqian.accounts import services
from mingqian.accounts.filters import services as filter_services
from mingqian.accounts.models import SavedFilter
from mingqian.accounts.states import OrganKind, Role
from mingqian.pages.listing import kept_lists
from mingqian.testing import Bureau

pytestmark = pytest.mark.django_db
LIST = "/registry/subjects/"


@pytest.fixture
def officer(stocked: Bureau, client: Client) -> Client:
    """A browser in which the division officer is signed in."""
    client.force_login(stocked.officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


def save(client: Client, name: str, query: str, page: str = "registry:subjects") -> str:
    """Keep filters through the page and return what it answers."""
    response = client.post("/accounts/mine/filters/save/", {"page": page, "name": name, "query": query}, follow=True)
    return response.content.decode()


def test_a_saved_filter_stands_above_its_list_and_leads_to_it(officer: Client) -> None:
    """Issue 3: saved filters."""
    assert "已保存常用筛选：张店" in save(officer, "张店", "district=%E5%BC%A0%E5%BA%97%E5%8C%BA&text=&page=3&more=1")
    page = officer.get(LIST).content.decode()
    assert "常用筛选 1" in page
    assert 'href="?district=%E5%BC%A0%E5%BA%97%E5%8C%BA"' in page
    assert "20 家 · 1 个区县" in officer.get(f"{LIST}?district=张店区").content.decode()


def test_every_list_that_keeps_filters_shows_them(stocked: Bureau) -> None:
    """Issue 3: saved filters on every list; each name in the table is an address that somebody may open."""
    from django.urls import reverse

    for page, title in kept_lists().items():
        for role in (Role.REGULATIONS_OFFICER, Role.AUDIT_ADMIN, Role.SECURITY_ADMIN):
            browser = Client()
            browser.force_login(stocked.user(role), backend="django.contrib.auth.backends.ModelBackend")
            response = browser.get(reverse(page) + "?all=1")
            if response.status_code == 200:
                # A registry that is still empty shows what to do first, in place of a list.
                text = response.content.decode()
                assert "mq-saved" in text or "mq-empty" in text, title
                break
        else:
            pytest.fail(f"nobody may open {page}")


def test_a_filter_is_for_the_one_who_saved_it(officer: Client, stocked: Bureau) -> None:
    """Nobody sees, changes or deletes another's."""
    save(officer, "张店", "district=张店区")
    row = SavedFilter.objects.get()
    other = Client()
    other.force_login(stocked.leader, backend="django.contrib.auth.backends.ModelBackend")
    assert 'href="?district' not in other.get(LIST).content.decode()
    assert "张店" not in other.get("/accounts/mine/filters/").content.decode()
    for act in ("rename", "always", "delete"):
        answer = other.post(f"/accounts/mine/filters/{row.pk}/", {"act": act, "name": "别的"})
        assert answer.status_code == 404
    row.refresh_from_db()
    assert (row.name, row.is_default) == ("张店", False)


def test_a_filter_used_by_itself_opens_the_list_and_the_whole_list_is_one_address_away(officer: Client) -> None:
    """One default a list; `?all=1` shows everything; other lists open as ever."""
    save(officer, "张店", "district=张店区")
    save(officer, "桓台", "district=桓台县")
    first, second = SavedFilter.objects.order_by("pk")
    for row in (first, second):
        officer.post(f"/accounts/mine/filters/{row.pk}/", {"act": "always"})
    assert list(SavedFilter.objects.filter(is_default=True)) == [second]
    answer = officer.get(LIST)
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}?{second.query}")
    assert "60 家 · 3 个区县" in officer.get(f"{LIST}?all=1").content.decode()
    assert officer.get(f"{LIST}?text=").status_code == 200
    last = officer.get(f"{LIST}?kind=company").content.decode()
    assert 'href="?all=1"' in last.split("去掉条件")[0], "taking the last condition off does not bring the default back"
    assert officer.get("/registry/inspectors/").status_code == 200
    officer.post(f"/accounts/mine/filters/{second.pk}/", {"act": "never"})
    assert officer.get(LIST).status_code == 200


def test_a_filter_on_an_organ_out_of_sight_does_not_shut_its_list(officer: Client, stocked: Bureau) -> None:
    """A4.2: the district went elsewhere in the tree; the list opens whole and says why."""
    below = services.create_organ(
        "system",
        code="zhangdian",
        name="张店区工信局",
        short_name="张店",
        kind=OrganKind.DISTRICT,
        parent=stocked.organ,
    )
    save(officer, "张店区局", "organ=zhangdian")
    row = SavedFilter.objects.get()
    officer.post(f"/accounts/mine/filters/{row.pk}/", {"act": "always"})
    assert officer.get(LIST).status_code == 302
    elsewhere = services.create_organ(
        "system", code="weifang", name="潍坊市工信局", short_name="潍坊", kind=OrganKind.CITY
    )
    services.change_organ("system", below, parent=elsewhere)
    answer = officer.get(LIST)
    assert (answer.status_code, "所指的机关您已看不到" in answer.content.decode()) == (200, True)


def test_a_filter_can_be_renamed_replaced_and_forgotten(officer: Client) -> None:
    """The page of one's own filters."""
    save(officer, "张店", "district=张店区")
    save(officer, "张店", "district=张店区&kind=company")
    row = SavedFilter.objects.get()
    assert "kind=company" in row.query
    officer.post(f"/accounts/mine/filters/{row.pk}/", {"act": "rename", "name": " 张店 企业 "})
    assert "张店 企业" in officer.get("/accounts/mine/filters/").content.decode()
    officer.post(f"/accounts/mine/filters/{row.pk}/", {"act": "delete"})
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize(
    ("name", "query", "says"),
    [
        ("", "district=张店区", "请给这组筛选条件起一个名称"),
        ("长" * 31, "district=张店区", "请压缩到 30 字以内"),
        ("空", "text=&page=2", "还没有选择任何条件"),
        ("太多", "text=" + "a" * 1001, "条件太多"),
    ],
)
def test_bad_input_says_what_to_do_and_keeps_nothing(officer: Client, name: str, query: str, says: str) -> None:
    """Bad input."""
    assert says in save(officer, name, query)
    assert not SavedFilter.objects.exists()


def test_an_unknown_list_a_taken_name_and_too_many_are_refused(officer: Client, stocked: Bureau) -> None:
    """Bad input."""
    answer = officer.post("/accounts/mine/filters/save/", {"page": "accounts:password", "name": "甲", "query": "a=1"})
    assert answer.status_code == 404
    for index in range(filter_services.MOST):
        filter_services.save_filter(
            stocked.officer, page="registry:subjects", name=f"第{index}组", query=f"text={index}"
        )
    assert f"最多保存 {filter_services.MOST} 组" in save(officer, "再来一组", "text=x")
    first = SavedFilter.objects.get(name="第0组")
    answer = officer.post(f"/accounts/mine/filters/{first.pk}/", {"act": "rename", "name": "第1组"}, follow=True)
    assert "已有同名" in answer.content.decode()
