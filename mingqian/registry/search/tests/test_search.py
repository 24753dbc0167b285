"""Finding subjects: by fragments, initials and filters, on an index that follows every write."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from mingqian.common import clock, codes
from mingqian.drawing.draft import selectors as draft_selectors
from mingqian.ledger.verification.selectors import verify_log
from mingqian.registry.models import Exemption, Flag, Permit, Subject, SubjectIndex
from mingqian.registry.parts.states import FlagKind
from mingqian.registry.pinyin import initials_of
from mingqian.registry.search import selectors as search_selectors
from mingqian.registry.search.services import differences
from mingqian.registry.subjects import services as subject_services
from mingqian.registry.subjects.selectors import SubjectCriteria, matching
from mingqian.registry.subjects.states import SubjectValues
from mingqian.registry.tests.tables import imported
from mingqian.testing import Bureau, make_draft

pytestmark = pytest.mark.django_db


def code(position: int, area: str = "370303") -> str:
    """Return a valid credit code."""
    body = f"91{area}MA{position:07d}"
    return body + codes.credit_check_character(body)


def add(bureau: Bureau, position: int, name: str, **values: Any) -> Subject:
    """Put a subject into the registry by its service."""
    return subject_services.add_subject(bureau.officer, SubjectValues(name=name, credit_code=code(position), **values))


@pytest.fixture
def some(bureau: Bureau) -> Bureau:
    """A bureau with subjects that differ in what is searched."""
    add(
        bureau,
        1,
        "淄博鲁中化工（集团）有限公司",
        address="山东省淄博市张店区柳泉路12号",
        responsible_person="王建军",
        phone="13853312345",
    )
    add(
        bureau,
        2,
        "山东鲁中陶瓷厂",
        address="山东省淄博市淄川区昆仑路3号",
        responsible_person="李海燕",
        industry="C3071",
        scale="small",
    )
    add(bureau, 3, "重庆长城银行淄博支行", district="张店区", credit_class="A", tags="|规上|")
    add(bureau, 4, "ABC科技股份有限公司", district="桓台县", established_on=date(2012, 12, 14), status="cancelled")
    return bureau


def names(bureau: Bureau, **asked: Any) -> list[str]:
    """Return the names that the index finds, having made sure that the registry itself finds the same."""
    criteria = SubjectCriteria(**asked)
    hits = search_selectors.find(bureau.organ, criteria)
    assert hits.indexed
    found = [subject.name for subject in hits]
    assert len(found) == hits.summary.total == hits.count()
    if not criteria.text:
        everything = Subject.objects.filter(organ=bureau.organ).order_by("number")
        assert found == [subject.name for subject in matching(everything, criteria)]
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("鲁", [1, 2]),
        ("鲁中", [1, 2]),
        ("鲁中化", [1]),
        ("化工集团有限", [1]),  # brackets are not typed
        ("（集团）", [1]),
        ("中鲁", []),
        ("zblzhg", [1]),
        ("ZBLZ", [1]),
        ("cqccyh", [3]),
        ("abc", [4]),
        ("ａｂｃ", [4]),
        ("MA0000002", [2]),
        ("柳泉路12", [1]),
        ("王建军", [1]),
        ("军", [1]),
        ("鲁中 淄川", [2]),
        ("鲁中 重庆", []),
        ("山东省淄博市", [1, 2]),
        ("？", []),  # signs stand in no name
        ("%", []),
        ('鲁中" OR "', []),
    ],
)
def test_art06_search_finds_fragments_of_name_initials_code_address_and_person(
    some: Bureau, text: str, found: list[int]
) -> None:
    """A6.1: one, two and more characters, pinyin initials, widths and case apart; every word must be met."""
    assert {subject.number for subject in search_selectors.find(some.organ, SubjectCriteria(text=text))} == {
        code(i) for i in found
    }


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("淄博鲁中化工有限公司", "zblzhgyxgs"),
        ("重庆重工长城银行", "cqzgccyh"),
        ("单县音乐会计行业", "sxyykjhy"),
        ("厦门空调给水弹簧", "xmktjsth"),
        ("ABC（中国）-1", "abczg1"),
        ("", ""),
        ("𠮷野家", "yj"),
    ],
)
def test_initials_read_polyphones_as_companies_are_called(name: str, initials: str) -> None:
    """Parts: a small override table for what the dictionary reads otherwise."""
    assert initials_of(name) == initials


def test_art06_search_by_every_filter_and_their_combination(some: Bureau) -> None:
    """A6.1: what the index answers is what the registry answers."""
    first = Subject.objects.get(number=code(1))
    today = clock.today()
    common: dict[str, Any] = {"subject": first, "recorded_by": "user/x", "recorded_at": clock.now()}
    Flag.objects.create(kind=FlagKind.COMPLAINTS, source="信访", since=today - timedelta(days=3), **common)
    Flag.objects.create(
        kind=FlagKind.SERIOUS, source="信访", since=today - timedelta(days=3), until=today - timedelta(days=1), **common
    )
    Exemption.objects.create(code="miansao", basis="文件", source="名单", since=today, until=today, **common)
    Permit.objects.create(
        name="安全生产许可证", number="1", since=date(2020, 1, 1), until=today - timedelta(days=1), **common
    )
    one, two, three, four = (Subject.objects.get(number=code(i)).name for i in (1, 2, 3, 4))
    assert names(some) == [one, two, three, four]
    assert names(some, districts=("张店区",)) == [one, three]
    assert names(some, districts=("张店区", "桓台县"), statuses=("active",)) == [one, three]
    assert names(some, industries=("C",)) == names(some, industries=("C30",)) == [two]
    assert names(some, scales=("small",)) == [two]
    assert names(some, credit_classes=("A",), tags=("规上",)) == [three]
    assert names(some, established_from=date(2012, 12, 14), established_to=date(2012, 12, 14)) == [four]
    assert names(some, flags=("complaints",)) == [one]
    assert names(some, flags=("serious",)) == []
    assert names(some, exempt=True) == [one]
    assert names(some, exempt=False) == [two, three, four]
    assert names(some, permit="安全生产许可证") == []
    assert names(some, permit="安全生产许可证", permit_expired=True) == names(some, permit_expired=True) == [one]
    assert names(some, missing=("phone",)) == [two, three, four]
    assert names(some, missing=("address",)) == [three, four]
    assert names(some, missing=("industry",), districts=("张店区",), text="银行") == [three]
    assert names(some, merged=True) == []


@pytest.mark.parametrize("text", ["%", "_", "（）", "' --", "|", "·", "*"])
def test_art20_signs_alone_find_nobody_and_not_everybody(some: Bureau, text: str) -> None:
    """A6.1, A20.1: whoever types a wildcard gets no list of all, neither on the page nor in an export with numbers."""
    assert names(some, text=text) == []
    assert names(some, text=f"鲁中 {text}") == names(some, text="鲁中")


def test_art06_search_follows_every_write_and_says_so_when_it_does_not(some: Bureau) -> None:
    """A6.3: the index is written with the subject; a row written past it is noticed, and the registry is asked itself."""
    assert list(differences()) == []
    second = Subject.objects.get(number=code(2))
    subject_services.change_subject_by_hand(some.officer, second, SubjectValues(name="山东齐鲁瓷业厂"))
    assert names(some, text="齐鲁瓷业") == ["山东齐鲁瓷业厂"]
    assert names(some, text="鲁中陶瓷") == []
    assert names(some, text="sdqlcy") == ["山东齐鲁瓷业厂"]
    assert list(differences()) == []

    SubjectIndex.objects.filter(number=code(2)).update(text="别的")
    assert list(differences()) == [f"索引与名录不符：{code(2)}"]
    SubjectIndex.objects.filter(number=code(2)).delete()
    add(some, 9, "另一家有限公司")
    hits = search_selectors.find(some.organ, SubjectCriteria(text="齐鲁"))
    assert not hits.indexed
    assert [subject.number for subject in hits] == [code(2)]
    with pytest.raises(CommandError):
        call_command("search_rebuild", check=True, verbosity=0)
    call_command("search_rebuild", verbosity=0)
    assert list(differences()) == []
    assert names(some, text="齐鲁") == ["山东齐鲁瓷业厂"]
    assert verify_log().sound


def test_art06_in_a_large_registry_offers_may_wait_and_counts_do_not(
    some: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A6.1: counting what filters offer anew after each write would slow down everybody's next page."""
    assert set(search_selectors.choices(some.organ).tags) == {"规上"}
    add(some, 8, "第八家有限公司", tags="|外资|")
    assert set(search_selectors.choices(some.organ).tags) == {"规上", "外资"}
    monkeypatch.setattr(search_selectors, "_LARGE", 3)
    search_selectors.choices(some.organ)
    add(some, 9, "第九家有限公司", district="沂源县", tags="|出口|")
    held = search_selectors.choices(some.organ)
    assert (held.districts["沂源县"], "出口" in held.tags) == (1, False)
    assert search_selectors.find(
        some.organ, SubjectCriteria(districts=("沂源县",))
    ).summary == search_selectors.Summary(1, 1, 0)
    assert search_selectors.find(some.organ, SubjectCriteria()).summary.total == 6


def test_art06_search_finds_what_an_import_brought_and_changed(bureau: Bureau) -> None:
    """A6.1: the bulk path writes the index too."""
    for name in ("鲁中化工", "般阳瓷业"):
        content = f"企业名称,统一社会信用代码\n淄博{name}有限公司,{code(1)}\n淄博{name}二厂,{code(2)}\n".encode()
        imported(bureau.officer, content, name="a.csv")
        assert names(bureau, text=name[:2]) == [f"淄博{name}有限公司", f"淄博{name}二厂"]
        assert Subject.objects.get(number=code(2)).initials == initials_of(f"淄博{name}二厂")
    assert names(bureau, text="鲁中") == []
    assert list(differences()) == []


def test_a_damaged_index_steers_no_draw(stocked: Bureau) -> None:
    """A9.1: the pool is read from the registry with plain conditions, whatever the index says."""
    before = draft_selectors.pool_of(make_draft(stocked, criteria={"districts": ["张店区"]})).digest()
    SubjectIndex.objects.filter(district="张店区").update(district="桓台县", text="", merged=1)
    SubjectIndex.objects.filter(district="淄川区").delete()
    assert (
        draft_selectors.pool_of(make_draft(stocked, scope="2026-02", criteria={"districts": ["张店区"]})).digest()
        == before
    )


def test_the_list_counts_exactly_and_pages_from_either_end(stocked: Bureau, sign_in: Any) -> None:
    """Pages: counts above the list; the last page is read from the end."""
    client: Client = sign_in(stocked.officer)
    response = client.get("/registry/subjects/")
    text = response.content.decode()
    assert "60 家 · 3 个区县" in text
    first = [subject.number for subject in response.context["page"]]
    last = [subject.number for subject in client.get("/registry/subjects/?page=2").context["page"]]
    expected = list(Subject.objects.order_by("number").values_list("number", flat=True))
    assert first + last == expected
    page = client.get("/registry/subjects/?district=张店区&district=桓台县&text=示例&page=1")
    assert "40 家 · 2 个区县" in page.content.decode()
    assert "区县：张店区" in page.content.decode()


def test_filters_that_make_no_sense_are_left_out_and_said(stocked: Bureau, sign_in: Any) -> None:
    """Pages: bad input gets a message, never an empty page or an error."""
    client: Client = sign_in(stocked.officer)
    for query in ("?kind=x", "?established_from=x", "?page=x", "?organ="):
        assert client.get("/registry/subjects/" + query).status_code == 200
    # What no browser sends is refused at the door, in words.
    for query in ("?district=%00", "?text=%00"):
        assert client.get("/registry/subjects/" + query).status_code == 400
    page = client.get("/registry/subjects/?established_from=2020-01-02&established_to=2020-01-01").content.decode()
    assert "成立日期的止日早于起日" in page
    assert client.get("/registry/subjects/?organ=nowhere").status_code == 404
