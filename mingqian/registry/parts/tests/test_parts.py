"""Libraries, permits, flags and exemptions: what they ask for, how they end, who reads them."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.ledger.models import Entry
from mingqian.ledger.verification.selectors import verify_log
from mingqian.registry.libraries import services as library_services
from mingqian.registry.models import Exemption, Flag, Library, Permit, Subject, SubjectChange
from mingqian.registry.parts import services as part_services
from mingqian.registry.subjects import services as subject_services
from mingqian.registry.subjects.selectors import exemptions_on, flags_on
from mingqian.registry.subjects.states import SubjectValues
from mingqian.registry.tests.tables import credit_code
from mingqian.testing import Bureau

pytestmark = pytest.mark.django_db
TODAY = clock.today()


@pytest.fixture
def officer(bureau: Bureau, client: Client) -> Client:
    """Sign the division officer in."""
    client.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def subjects(bureau: Bureau, officer: Client) -> list[Subject]:
    """Three subjects."""
    values = [SubjectValues(name=f"淄博{n}号公司", credit_code=credit_code(n), address="张店区A路") for n in range(3)]
    return [subject_services.add_subject(bureau.officer, one) for one in values]


def test_art06_libraries_are_set_up_renamed_and_retired(
    bureau: Bureau, officer: Client, subjects: list[Subject]
) -> None:
    """A6.1: the code is fixed, the list counts, a retired one takes nobody in and stays on those in it."""
    assert "还没有专项库" in officer.get("/registry/subjects/libraries/").content.decode()
    bad = officer.post("/registry/subjects/libraries/new/", {"code": "民爆", "name": "民爆企业", "basis": ""})
    assert bad.status_code == 400
    assert "小写英文字母" in bad.content.decode()
    data = {"code": "minbao", "name": "民爆企业", "basis": "鲁工信〔2026〕1号"}
    assert officer.post("/registry/subjects/libraries/new/", data).status_code == 302
    again = officer.post("/registry/subjects/libraries/new/", data)
    assert (again.status_code, "已有相同代码或名称" in again.content.decode()) == (400, True)
    library_services.set_libraries(bureau.officer, subjects[0], ["minbao"])
    page = officer.get("/registry/subjects/libraries/").content.decode()
    assert "1 家" in page
    changed = {"code": "another", "name": "民用爆炸物品企业", "basis": "鲁工信〔2026〕2号"}
    assert officer.post("/registry/subjects/libraries/minbao/edit/", changed).status_code == 302
    library = Library.objects.get()
    assert (library.code, library.name, library.active) == ("minbao", "民用爆炸物品企业", False)
    assert "已停用" in officer.get("/registry/subjects/libraries/").content.decode()
    subjects[0].refresh_from_db()
    assert subjects[0].library_codes == ("minbao",)
    refused = officer.post("/registry/subjects/libraries/minbao/put-in/", {"codes": subjects[1].number, "confirm": "1"})
    assert (refused.status_code, "已停用" in refused.content.decode()) == (400, True)
    assert verify_log().sound


def test_art06_a_pasted_list_is_shown_before_it_is_put_in(
    bureau: Bureau, officer: Client, subjects: list[Subject]
) -> None:
    """A6.1: what was found, what is in already, what nobody bears; then one act with a row in the log of each."""
    library_services.add_library(bureau.officer, code="minbao", name="民爆企业", basis="文件")
    library_services.set_libraries(bureau.officer, subjects[0], ["minbao"])
    before = Entry.objects.count()
    text = f"{subjects[0].number}\n {subjects[1].number.lower()}，{subjects[2].number} 91370303XXXXXXXXXX"
    url = "/registry/subjects/libraries/minbao/put-in/"
    preview = officer.post(url, {"codes": text}).content.decode()
    for part in ("2 家", "1 家", "1 个", "91370303XXXXXXXXXX", "将这 2 家加入"):
        assert part in preview
    assert Entry.objects.count() == before
    assert officer.post(url, {"codes": text, "confirm": "1"}).status_code == 302
    assert Entry.objects.count() == before + 1
    assert Subject.objects.filter(libraries="|minbao|").count() == 3
    assert set(SubjectChange.objects.filter(why="批量加入专项库民爆企业").values_list("subject", flat=True)) == {
        subjects[1].pk,
        subjects[2].pk,
    }
    assert "没有要新加入的对象" in officer.post(url, {"codes": text, "confirm": "1"}).content.decode()
    assert officer.post(url, {"codes": " "}).status_code == 400
    assert verify_log().sound


def test_art06_a_subject_is_put_in_and_out_of_libraries_on_its_page(
    bureau: Bureau, officer: Client, subjects: list[Subject]
) -> None:
    """A6.1, A6.3."""
    url = f"/registry/subjects/{subjects[0].number}/libraries/"
    assert "还没有在用的专项库" in officer.get(url).content.decode()
    library_services.add_library(bureau.officer, code="minbao", name="民爆企业", basis="文件")
    assert officer.post(url, {"libraries": ["minbao"], "why": "新取得许可"}).status_code == 302
    assert officer.post(url, {"libraries": []}).status_code == 302
    log = list(SubjectChange.objects.order_by("pk").values_list("field", "old", "new", "why"))
    assert log == [("libraries", "", "|minbao|", "新取得许可"), ("libraries", "|minbao|", "", "")]
    assert officer.post(url, {"libraries": ["geren"]}).status_code == 400


def test_art06_permits_are_many_and_are_withdrawn_with_a_reason(officer: Client, subjects: list[Subject]) -> None:
    """A6.1: expiry is shown; what was entered by mistake stays on record as withdrawn, and can be entered anew."""
    url = f"/registry/subjects/{subjects[0].number}/permits/new/"
    data = {"name": "民爆销售许可", "number": "鲁-001", "since": "2024-01-01", "until": "2023-01-01"}
    wrong = officer.post(url, data)
    assert (wrong.status_code, "结束日期早于开始日期" in wrong.content.decode()) == (400, True)
    assert 'value="鲁-001"' in wrong.content.decode()
    assert officer.post(url, data | {"until": "2025-01-01"}).status_code == 302
    assert officer.post(url, data | {"number": "鲁-002", "until": ""}).status_code == 302
    twice = officer.post(url, data | {"number": "鲁-002", "until": ""})
    assert (twice.status_code, "不用重复登记" in twice.content.decode()) == (400, True)
    page = officer.get(f"/registry/subjects/{subjects[0].number}/?tab=parts").content.decode()
    for text in ("鲁-001", "鲁-002", "已到期", "2025年1月1日", "至长期"):
        assert text in page
    permit = Permit.objects.get(number="鲁-002")
    assert officer.post(f"/registry/subjects/permits/{permit.pk}/withdraw/", {"why": ""}).status_code == 400
    assert officer.post(f"/registry/subjects/permits/{permit.pk}/withdraw/", {"why": "编号录错"}).status_code == 302
    again = officer.post(f"/registry/subjects/permits/{permit.pk}/withdraw/", {"why": "再来"})
    assert (again.status_code, "已经撤销（编号录错）" in again.content.decode()) == (400, True)
    assert officer.post(url, data | {"number": "鲁-002", "until": ""}).status_code == 302
    assert Permit.objects.count() == 3
    assert "编号录错" in officer.get(f"/registry/subjects/{subjects[0].number}/?tab=parts").content.decode()
    assert verify_log().sound


def test_art12_flag_without_source_is_refused(bureau: Bureau, officer: Client, subjects: list[Subject]) -> None:
    """A12.3: by the page, by the service and by the database."""
    url = f"/registry/subjects/{subjects[0].number}/flags/new/"
    answer = officer.post(url, {"kind": "dishonest", "source": " ", "since": "2026-01-01", "document": "x-1"})
    assert answer.status_code == 400
    assert "没有来源的标记不能登记" in answer.content.decode()
    assert 'value="x-1"' in answer.content.decode()
    with pytest.raises(DomainError, match="来源未填"):
        part_services.add_flag(bureau.officer, subjects[0], kind="dishonest", source="", since=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Flag.objects.create(
            subject=subjects[0], kind="dishonest", source="", since=TODAY, recorded_by="x", recorded_at=clock.now()
        )
    assert not Flag.objects.exists()


def test_art12_flag_of_tomorrow_or_of_no_kind_is_refused(bureau: Bureau, subjects: list[Subject]) -> None:
    """A12.3, bad input."""
    late = TODAY + timedelta(days=1)
    with pytest.raises(DomainError, match="今天以后"):
        part_services.add_flag(bureau.officer, subjects[0], kind="serious", source="市应急局", since=late)
    with pytest.raises(DomainError, match="请选择标记"):
        part_services.add_flag(bureau.officer, subjects[0], kind="odd", source="市应急局", since=TODAY)


def test_art12_flags_in_force_are_listed_counted_and_exported(
    bureau: Bureau, officer: Client, subjects: list[Subject]
) -> None:
    """A12.3: by kind; an ended or withdrawn one is no longer among them, and still is for the days before its end."""
    assert "今日没有有效的" in officer.get("/registry/subjects/flags/").content.decode()
    since = TODAY - timedelta(days=100)
    add = part_services.add_flag
    ended = add(bureau.officer, subjects[0], kind="abnormal", source="市场监管局", since=since)
    add(bureau.officer, subjects[0], kind="serious", source="市应急局", document="淄应急〔2026〕3号", since=since)
    wrong = add(bureau.officer, subjects[1], kind="dishonest", source="市中院", since=since)
    add(bureau.officer, subjects[2], kind="complaints", source="12345 热线", since=since, until=TODAY)
    assert flags_on(bureau.organ, TODAY) == {
        subjects[0].number: ["abnormal", "serious"],
        subjects[1].number: ["dishonest"],
        subjects[2].number: ["complaints"],
    }
    page = officer.get(f"/registry/subjects/{subjects[0].number}/").content.decode()
    assert "重点监管（第十二条）" in page
    last = TODAY - timedelta(days=2)
    assert (
        officer.post(f"/registry/subjects/flags/{ended.pk}/end/", {"until": last, "why": "移出名录"}).status_code == 302
    )
    assert officer.post(f"/registry/subjects/flags/{wrong.pk}/withdraw/", {"why": "企业录错"}).status_code == 302
    assert flags_on(bureau.organ, TODAY) == {subjects[0].number: ["serious"], subjects[2].number: ["complaints"]}
    assert flags_on(bureau.organ, last)[subjects[0].number] == ["abnormal", "serious"]
    assert subjects[1].number not in flags_on(bureau.organ, last)
    page = officer.get("/registry/subjects/flags/").content.decode()
    assert "2 项 · 2 家" in page
    assert "1 项 · 1 家" in officer.get("/registry/subjects/flags/?kind=serious&text=3号").content.decode()
    assert "没有符合条件" in officer.get("/registry/subjects/flags/?text=不存在").content.decode()
    text = b"".join(officer.get("/registry/subjects/flags/?export=csv&kind=serious")).decode()
    assert text.count("\r\n") == 2
    assert "淄应急〔2026〕3号" in text
    assert verify_log().sound


def test_art12_flag_can_end_only_earlier_and_within_its_time(bureau: Bureau, subjects: list[Subject]) -> None:
    """A12.3, bad input."""
    flag = part_services.add_flag(
        bureau.officer, subjects[0], kind="serious", source="局", since=TODAY - timedelta(days=5), until=TODAY
    )
    for until, message in ((TODAY - timedelta(days=6), "早于开始日期"), (TODAY, "本来就到")):
        with pytest.raises(DomainError, match=message):
            part_services.end_part(bureau.officer, flag, until=until, why="移出")
    with pytest.raises(DomainError, match="原因"):
        part_services.end_part(bureau.officer, flag, until=TODAY - timedelta(days=1), why="")


def test_art12_the_public_log_does_not_tell_whose_flag_it_is(bureau: Bureau, subjects: list[Subject]) -> None:
    """A20.1: the entry names the flag by its key; the subject's page shows the act all the same."""
    part_services.add_flag(bureau.officer, subjects[0], kind="serious", source="局", since=TODAY)
    entry = Entry.objects.get(verb="flag.add")
    assert subjects[0].number not in entry.subject


def test_art09_exemption_without_basis_is_refused(bureau: Bureau, officer: Client, subjects: list[Subject]) -> None:
    """A9.2: basis, source and a code of plain letters are needed."""
    url = f"/registry/subjects/{subjects[0].number}/exemptions/new/"
    data = {"code": "miansao-2026", "basis": "", "source": "市发改委", "since": "2026-01-01", "until": "2026-12-31"}
    answer = officer.post(url, data)
    assert (answer.status_code, "没有依据的不能列入名单" in answer.content.decode()) == (400, True)
    odd = officer.post(url, data | {"basis": "鲁政办〔2026〕1号", "code": "免扫"})
    assert (odd.status_code, "英文字母、数字" in odd.content.decode()) == (400, True)
    add = part_services.add_exemption
    with pytest.raises(DomainError, match="免检依据未填"):
        add(bureau.officer, subjects[0], code="a", basis="", source="市发改委", since=TODAY)
    with pytest.raises(DomainError, match="名单来源未填"):
        add(bureau.officer, subjects[0], code="a", basis="文件", source="", since=TODAY)
    with pytest.raises(DomainError, match="早于开始日期"):
        add(bureau.officer, subjects[0], code="a", basis="文件", source="局", since=TODAY, until=date(2001, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Exemption.objects.create(
            subject=subjects[0], code="a", basis="", source="局", since=TODAY, recorded_by="x", recorded_at=clock.now()
        )
    assert not Exemption.objects.exists()


def test_art09_exemption_list_shows_what_holds_and_what_is_over(
    bureau: Bureau, officer: Client, subjects: list[Subject]
) -> None:
    """A9.2: in force, past, to come and withdrawn; the latest counts on a day."""
    assert "还是空的" in officer.get("/registry/subjects/exemptions/").content.decode()
    add = part_services.add_exemption
    first, gone, later, wrong = (
        add(
            bureau.officer,
            subject,
            code=code,
            basis="鲁政办〔2026〕1号",
            source="市发改委",
            since=TODAY + timedelta(days=begins),
            until=TODAY + timedelta(days=ends),
        )
        for subject, code, begins, ends in (
            (subjects[0], "miansao-2026", -10, 10),
            (subjects[0], "miansao-2025", -400, -11),
            (subjects[1], "miansao-2027", 5, 30),
            (subjects[2], "cuowu", -10, 10),
        )
    )
    part_services.withdraw_part(bureau.officer, wrong, why="企业录错")
    assert exemptions_on(bureau.organ, TODAY) == {subjects[0].number: first}
    assert exemptions_on(bureau.organ, TODAY - timedelta(days=20)) == {subjects[0].number: gone}
    assert exemptions_on(bureau.organ, TODAY + timedelta(days=7)) == {
        subjects[0].number: first,
        subjects[1].number: later,
    }
    page = officer.get("/registry/subjects/exemptions/").content.decode()
    for text in ("4 条", "今日有效 1 条", "有效", "已到期", "尚未生效", "已撤销"):
        assert text in page
    for state, code in (("now", "miansao-2026"), ("past", "miansao-2025"), ("later", "miansao-2027")):
        text = b"".join(officer.get(f"/registry/subjects/exemptions/?export=csv&state={state}")).decode()
        assert (text.count("\r\n"), code in text) == (2, True)
    assert "miansao-2026" in officer.get(f"/registry/subjects/{subjects[0].number}/").content.decode()
    part_services.end_part(bureau.officer, first, until=TODAY - timedelta(days=1), why="移出名单")
    assert exemptions_on(bureau.organ, TODAY) == {}
    assert verify_log().sound
