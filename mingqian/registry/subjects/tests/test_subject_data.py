"""What the registry keeps of a subject beside the five facts of article 6, and the log of its fields."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from mingqian.accounts import services as accounts
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.ledger.verification.selectors import verify_log
from mingqian.pages.versions import EditedMeanwhileError, version_of
from mingqian.registry import industries
from mingqian.registry.differences import HIDDEN
from mingqian.registry.libraries import services as library_services
from mingqian.registry.models import Subject, SubjectChange, joined
from mingqian.registry.overview.selectors import counts_on, registry_on, subject_on
from mingqian.registry.parts import services as part_services
from mingqian.registry.subjects import services as subject_services
from mingqian.registry.subjects.selectors import subjects_of, why_out
from mingqian.registry.subjects.states import SubjectValues
from mingqian.registry.tests.tables import credit_code
from mingqian.testing import Bureau, make_bureau

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(bureau: Bureau, client: Client) -> Client:
    """Sign the division officer in; the bureau has a field and two libraries."""
    accounts.create_field("system", organ=bureau.organ, code="jieneng", name="节能监察")
    for code, name in (("yongneng", "重点用能单位"), ("minbao", "民爆企业")):
        library_services.add_library(bureau.officer, code=code, name=name, basis="鲁工信〔2026〕1号")
    client.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def subject(bureau: Bureau, officer: Client) -> Subject:
    """One subject."""
    return subject_services.add_subject(
        bureau.officer, SubjectValues(name="淄博甲化工公司", credit_code=credit_code(1), address="张店区A路")
    )


def data_of(subject: Subject, **changes: object) -> dict[str, object]:
    """Return what the edit form sends when nothing but `changes` is touched."""
    names = ("name", "kind", "district", "address", "responsible_person", "company_type", "capital", "business_scope")
    more = ("status", "industry", "scale", "credit_class")
    data: dict[str, object] = {name: getattr(subject, name) for name in (*names, *more)}
    data |= {"fields_of_work": list(subject.field_codes), "libraries": list(subject.library_codes)}
    data |= {"tags": "、".join(subject.tag_names), "status_since": str(subject.status_since or "")}
    return data | changes


def test_art06_industries_are_those_of_the_standard() -> None:
    """A6.1: GB/T 4754-2017 has 20 sections and 97 divisions, numbered without gaps, each section's together."""
    assert len(industries.sections()) == 20
    assert list(industries.divisions()) == [f"{number:02d}" for number in range(1, 98)]
    letters = [letter for letter, _name in industries.divisions().values()]
    assert letters == sorted(letters)
    assert set(letters) == set(industries.sections())
    assert industries.in_words("C26") == "C26 化学原料和化学制品制造业"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("C26", "C26"), ("2611", "C2611"), ("化学原料和化学制品制造业", "C26"), ("ｃ2611", "C2611")],
)
def test_art06_an_industry_may_be_typed_in_several_ways(typed: str, kept: str) -> None:
    """A6.1."""
    assert industries.code_of(typed) == kept
    assert industries.wrong(kept) == ""


@pytest.mark.parametrize("typed", ["A26", "C98", "C2", "C26111", "化工", "00", "C"])
def test_art06_an_unknown_industry_is_refused(typed: str, officer: Client, subject: Subject) -> None:
    """A6.1, bad input: the message says what to write instead."""
    answer = officer.post(f"/registry/subjects/{subject.number}/edit/", data_of(subject, industry=typed))
    assert answer.status_code == 400
    assert re.search("请按 GB/T 4754-2017 填写|应为 C26", answer.content.decode())
    subject.refresh_from_db()
    assert subject.industry == ""


def test_art06_the_form_keeps_industry_scale_credit_fields_libraries_and_tags(
    officer: Client, subject: Subject
) -> None:
    """A6.1, A6.3: everything is on the page, in words, and can be emptied again."""
    address = f"/registry/subjects/{subject.number}/edit/"
    data = data_of(
        subject,
        industry="2611",
        scale="small",
        credit_class="B",
        fields_of_work=["jieneng"],
        libraries=["minbao", "yongneng"],
        tags="危化使用；外资，外资、 出口 ",
        why="年度梳理",
    )
    assert officer.post(address, data).status_code == 302
    subject.refresh_from_db()
    assert (subject.industry, subject.scale, subject.credit_class) == ("C2611", "small", "B")
    assert subject.library_codes == ("minbao", "yongneng")
    assert subject.tag_names == tuple(sorted({"危化使用", "外资", "出口"}))
    page = officer.get(f"/registry/subjects/{subject.number}/").content.decode()
    for text in ("C2611 化学原料和化学制品制造业", "小型", "B（风险一般）", "节能监察", "民爆企业、重点用能单位"):
        assert text in page
    emptied = data_of(subject, industry="", scale="", credit_class="", fields_of_work=[], libraries=[], tags="")
    assert officer.post(address, emptied).status_code == 302
    subject.refresh_from_db()
    assert (subject.industry, subject.scale, subject.fields, subject.libraries, subject.tags) == ("", "", "", "", "")
    assert verify_log().sound


@pytest.mark.parametrize(
    ("tags", "message"),
    [("a|b", "竖线"), ("、".join(f"标签{n}" for n in range(21)), "最多 20 个"), ("长" * 21, "超过 20 字")],
)
def test_art06_odd_tags_are_refused(tags: str, message: str, officer: Client, subject: Subject) -> None:
    """A6.1, bad input."""
    answer = officer.post(f"/registry/subjects/{subject.number}/edit/", data_of(subject, tags=tags))
    assert (answer.status_code, message in answer.content.decode()) == (400, True)


def test_art06_libraries_and_fields_must_be_the_organs_own(bureau: Bureau, subject: Subject) -> None:
    """A6.1, bad input: a code that somebody makes up, and a retired library, take nobody in."""
    values = SubjectValues(name=subject.name, status="active", libraries=joined(["geren"]))
    with pytest.raises(DomainError, match="专项库"):
        subject_services.change_subject_by_hand(bureau.officer, subject, values)
    values = SubjectValues(name=subject.name, status="active", fields=joined(["geren"]))
    with pytest.raises(DomainError, match="业务领域"):
        subject_services.change_subject_by_hand(bureau.officer, subject, values)
    library = bureau.organ.libraries.get(code="minbao")
    library_services.change_library(bureau.officer, library, name=library.name, basis="停用", active=False)
    with pytest.raises(DomainError, match="停用"):
        library_services.set_libraries(bureau.officer, subject, ["minbao"])


def test_art06_every_change_is_logged_by_field(bureau: Bureau, officer: Client, subject: Subject) -> None:
    """A6.3: who, when, old, new, why; what is encrypted only as changed."""
    data = data_of(subject, address="周村区B路", district="", phone="13853312345", industry="C26", why="企业来函")
    assert officer.post(f"/registry/subjects/{subject.number}/edit/", data).status_code == 302
    rows = {row.field: row for row in SubjectChange.objects.all()}
    assert set(rows) == {"address", "district", "phone_box", "industry"}
    assert (rows["address"].old, rows["address"].new) == ("张店区A路", "周村区B路")
    assert (rows["phone_box"].old, rows["phone_box"].new) == ("", HIDDEN)
    assert {(row.by, row.why) for row in rows.values()} == {(bureau.officer.actor, "企业来函")}
    page = officer.get(f"/registry/subjects/{subject.number}/?tab=changes").content.decode()
    for text in ("<del>张店区A路</del>", "<ins>周村区B路</ins>", "C26 化学原料和化学制品制造业", "企业来函", HIDDEN):
        assert text in page
    assert "13853312345" not in page
    export = b"".join(officer.get(f"/registry/subjects/{subject.number}/?export=csv"))
    assert "张店区A路,周村区B路" in export.decode()
    assert "13853312345" not in export.decode()
    assert verify_log().sound


def test_art06_nothing_changed_leaves_no_row(officer: Client, subject: Subject) -> None:
    """A6.3."""
    assert officer.post(f"/registry/subjects/{subject.number}/edit/", data_of(subject)).status_code == 302
    assert not SubjectChange.objects.exists()


def test_art06_a_change_of_status_asks_for_its_day_and_ground(officer: Client, subject: Subject) -> None:
    """A6.3, A17: without them nothing is saved; with them the page tells the history of the status."""
    address = f"/registry/subjects/{subject.number}/edit/"
    answer = officer.post(address, data_of(subject, status="cancelled"))
    assert answer.status_code == 400
    text = answer.content.decode()
    assert "请填写从哪一天起" in text
    assert "请填写依据" in text
    tomorrow = str(clock.today() + timedelta(days=1))
    late = officer.post(address, data_of(subject, status="cancelled", status_since=tomorrow, why="注销"))
    assert (late.status_code, "在今天以后" in late.content.decode()) == (400, True)
    good = data_of(subject, status="cancelled", status_since="2026-03-02", why="注销通知书第1号")
    assert officer.post(address, good).status_code == 302
    subject.refresh_from_db()
    assert (subject.status, subject.status_since, why_out(subject)) == ("cancelled", date(2026, 3, 2), "cancelled")
    row = SubjectChange.objects.get(field="status")
    assert row.effective_on == date(2026, 3, 2)
    page = officer.get(f"/registry/subjects/{subject.number}/").content.decode()
    for text in ("存续 → 注销", "2026年3月2日", "注销通知书第1号"):
        assert text in page
    assert verify_log().sound


def test_art06_a_change_of_status_without_ground_is_refused_by_the_service(bureau: Bureau, subject: Subject) -> None:
    """A6.3: whoever calls."""
    values = SubjectValues(name=subject.name, status="revoked")
    with pytest.raises(DomainError, match="状态变更日期和修改原因"):
        subject_services.change_subject_by_hand(bureau.officer, subject, values)


def put_back(subject: Subject, days: int) -> None:
    """Let everything that was logged so far have happened some days ago."""
    moment = clock.now() - timedelta(days=days)
    SubjectChange.objects.filter(subject=subject).update(at=moment)
    Subject.objects.filter(pk=subject.pk, registered_at__gt=moment).update(registered_at=moment - timedelta(days=1))


def test_art06_a_subject_can_be_seen_as_of_a_day(bureau: Bureau, officer: Client, subject: Subject) -> None:
    """A6.3: changed twice, seen in between and before both; a day to come is refused in words."""
    url = f"/registry/subjects/{subject.number}/"
    officer.post(f"{url}edit/", data_of(subject, name="淄博乙化工公司", industry="C26", libraries=["minbao"]))
    put_back(subject, 10)
    subject.refresh_from_db()
    since = str(clock.today())
    second = data_of(subject, name="淄博丙化工公司", status="closed", status_since=since, why="来函", libraries=[])
    assert officer.post(f"{url}edit/", second).status_code == 302
    subject.refresh_from_db()
    between = subject_on(subject, clock.today() - timedelta(days=5))
    assert (between.subject.name, between.subject.industry, between.subject.status) == (
        "淄博乙化工公司",
        "C26",
        "active",
    )
    assert (between.subject.library_codes, between.subject.status_since) == (("minbao",), None)
    before = subject_on(subject, clock.today() - timedelta(days=11))
    assert (before.subject.name, before.subject.industry) == ("淄博甲化工公司", "")
    assert subject.name == "淄博丙化工公司"
    assert not subject_on(subject, clock.today() - timedelta(days=30)).existed
    day = clock.today() - timedelta(days=5)
    page = officer.get(f"{url}?on={day}").content.decode()
    assert "淄博乙化工公司" in page
    assert f"这是截至{day.year}年{day.month}月{day.day}日的内容，不是现在的" in page
    assert "/edit/" not in page
    assert "在今天以后" in officer.get(f"{url}?on=2999-01-01").content.decode()
    assert "日期无法识别" in officer.get(f"{url}?on=foo").content.decode()
    then = {row.number: row.name for row in registry_on(bureau.organ, day)}
    assert then == {subject.number: "淄博乙化工公司"}
    assert counts_on(bureau.organ, day).statuses == [("存续", 1)]
    assert counts_on(bureau.organ, clock.today()).statuses == [("停业", 1)]
    assert counts_on(bureau.organ, clock.today() - timedelta(days=30)).total == 0


def test_what_was_registered_before_the_log_began_was_always_there(bureau: Bureau, subject: Subject) -> None:
    """A6.3: rows of older versions have no time of registration."""
    Subject.objects.update(registered_at=None)
    assert counts_on(bureau.organ, date(2001, 1, 1)).total == 1


def test_the_second_editor_of_a_subject_loses_nothing(bureau: Bureau, officer: Client, subject: Subject) -> None:
    """Bad input: the libraries were changed on another page while the form was open."""
    address = f"/registry/subjects/{subject.number}/edit/"
    page = officer.get(address).content.decode()
    found = re.search('name="seen" value="([^"]+)"', page)
    assert found
    library_services.set_libraries(bureau.officer, subject, ["minbao"])
    data = data_of(subject, industry="C26", tags="出口", fields_of_work=["jieneng"], seen=found[1])
    clash = officer.post(address, data)
    text = clash.content.decode()
    assert clash.status_code == 409
    for part in ("民爆企业", "C26", "出口", "节能监察"):
        assert part in text
    seen = re.search('name="seen" value="([^"]+)"', text)
    assert seen
    picks = {"pick-libraries": "theirs", "pick-industry": "mine", "pick-tags": "mine", "pick-fields_of_work": "mine"}
    assert officer.post(address, data | picks | {"seen": seen[1]}).status_code == 302
    subject.refresh_from_db()
    assert (subject.library_codes, subject.industry) == (("minbao",), "C26")
    assert (subject.tag_names, subject.field_codes) == (("出口",), ("jieneng",))


def test_a_version_that_is_gone_is_refused_by_the_service(bureau: Bureau, subject: Subject) -> None:
    """Bad input: two editors."""
    seen = version_of(subject)
    library_services.set_libraries(bureau.officer, subject, ["minbao"])
    with pytest.raises(EditedMeanwhileError):
        subject_services.change_subject_by_hand(bureau.officer, subject, SubjectValues(name="新名称"), seen=seen)


def test_new_subjects_say_when_they_were_registered(bureau: Bureau, subject: Subject) -> None:
    """A6.3."""
    assert subject.registered_at is not None
    assert list(subjects_of(bureau.organ)) == [subject]


def test_only_officers_of_the_own_organ_write(bureau: Bureau, subject: Subject) -> None:
    """Art. 4, 22."""
    stranger = make_bureau(code="weifang", name="潍坊市工业和信息化局", short_name="潍坊市工信局")
    for user in (stranger.officer, bureau.user(Role.INSPECTOR)):
        with pytest.raises(NotAllowedError):
            library_services.set_libraries(user, subject, [])
        with pytest.raises(NotAllowedError):
            part_services.add_permit(user, subject, name="许可", number="1", since=clock.today())
