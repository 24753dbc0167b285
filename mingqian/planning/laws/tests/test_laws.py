"""The law library: texts split into articles, editions, repeals, names to be linked; what that does to a basis (art. 2)."""

from datetime import date, timedelta

import pytest
from django.test import Client

from mingqian.accounts import services as accounts
from mingqian.accounts.states import OrganKind, Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.ledger.verification.selectors import verify_log
from mingqian.planning import citation
from mingqian.planning.bases import Judged
from mingqian.planning.items import selectors as item_selectors, services as item_services
from mingqian.planning.items.services import ITEMS
from mingqian.planning.laws import selectors as law_selectors, services as law_services
from mingqian.planning.laws.articles import split
from mingqian.planning.laws.selectors import law_book
from mingqian.planning.laws.states import BasisProblem, LawLevel
from mingqian.planning.models import Article, Law
from mingqian.planning.tests import stages
from mingqian.testing import Bureau, make_bureau


def judged(law: Law, cited: str, on: date | None = None) -> Judged:
    """Judge one citation of a law."""
    (basis,) = citation.read(cited, lambda _title: law.code)
    return law_selectors.book_of([law.code]).judge(basis, on or clock.today())


def test_a_pasted_text_is_split_at_its_articles() -> None:
    """Chapters become headings, a line that only cites an article begins none, Arabic numbers are written as in laws."""
    found = split("目录\n第一章 总则\n第1条 甲\n续行\n第六条规定的办法\n第二节 细则\n第一百二十条之一　乙\n")
    assert [(a.label, a.chapter, a.text) for a in found.articles] == [
        ("第一条", "第一章 总则", "甲\n续行\n第六条规定的办法"),
        ("第一百二十条之一", "第二节 细则", "乙"),
    ]
    assert found.preamble == "目录"
    assert not found.problems
    assert len(found.warnings) == 1  # the gap


@pytest.mark.parametrize("text", ["没有条号的文字", "第一条 甲\n第一条 乙", "第一条\n第二条 乙", ""])
def test_a_text_that_cannot_be_kept_says_why(text: str) -> None:
    """No article, one twice, one without words."""
    assert split(text).problems


@pytest.mark.django_db
def test_art02_a_basis_is_in_force_from_its_day_and_only_with_its_article(bureau: Bureau) -> None:
    """A2.1: not yet in force, article missing, in force."""
    today = clock.today()
    law = stages.make_law(bureau, begin=today)
    assert judged(law, "《测试节能法》第二条").sound
    assert judged(law, "《测试节能法》第二条", today - timedelta(days=1)).problem == BasisProblem.NOT_YET
    missing = judged(law, "《测试节能法》第九条")
    assert (missing.problem, "没有第九条" in missing.words) == (BasisProblem.NO_ARTICLE, True)


@pytest.mark.django_db
def test_art02_a_repealed_law_carries_nothing_from_its_day_on(bureau: Bureau) -> None:
    """A2.1: the day before it still does; the successor is named."""
    old, new = stages.make_law(bureau), stages.make_law(bureau, "XIN", "新节能法")
    last = clock.today() + timedelta(days=10)
    law_services.repeal_law(stages.regulations(bureau), old, repealed_on=last, successor=new, note="新法施行")
    assert judged(old, "《测试节能法》第二条", last - timedelta(days=1)).sound
    gone = judged(old, "《测试节能法》第二条", last)
    assert gone.problem == BasisProblem.REPEALED
    assert "《新节能法》" in gone.words
    with pytest.raises(DomainError, match="已经登记废止"):
        law_services.repeal_law(stages.regulations(bureau), old, repealed_on=last, successor=None, note="再来")


@pytest.mark.django_db
def test_art02_a_normative_document_alone_carries_no_inspection(bureau: Bureau) -> None:
    """A2.1: 法律法规规章, nothing below."""
    paper = stages.make_law(bureau, "WJ", "关于检查的通知", LawLevel.DOCUMENT)
    assert judged(paper, "《关于检查的通知》第二条").problem == BasisProblem.LEVEL
    row = stages.draft(bureau, bases="《关于检查的通知》第二条")
    with pytest.raises(DomainError, match="规范性文件"):
        ITEMS.submit(bureau.officer, row)


@pytest.mark.django_db
def test_art05_an_amendment_asks_for_the_items_on_it_to_be_checked_again(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A5.3: until somebody records the outcome; a dropped article makes the basis fail."""
    _version, row, _other = stages.listed(bureau)
    today = clock.today()
    assert item_selectors.rechecks([row], today) == {}
    law = Law.objects.get(code="CSJN1")
    shorter = stages.TEXT.replace("第三条　用能单位应当每年报告。\n", "")
    start = clock.now()
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=1))
    law_services.amend_law(stages.regulations(bureau), law, stages.edition(shorter, begin=today, title="今年修正"))
    assert "今年修正" in item_selectors.rechecks([row], today)[row.pk][0]
    assert law_book([row]).problem(row.bases, today) == ""  # 第二条 still carries it
    assert judged(law, "《测试节能法》第三条").problem == BasisProblem.NO_ARTICLE
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=2))
    item_services.check_bases(bureau.officer, [row], note="第三条已删，第二条仍为依据")
    assert item_selectors.rechecks([row], today) == {}
    with pytest.raises(DomainError, match="核对结论"):
        item_services.check_bases(bureau.officer, [row], note="")
    assert verify_log().sound


@pytest.mark.django_db
def test_the_newest_text_of_a_day_counts_and_older_ones_stay(bureau: Bureau) -> None:
    """A text is never changed: a mistake is mended by a further edition of the same day."""
    law = stages.make_law(bureau, excerpt=True)
    law_services.amend_law(
        stages.regulations(bureau), law, stages.edition(stages.TEXT + "第四条　补录。\n", title="更正")
    )
    assert judged(law, "《测试节能法》第四条").sound
    assert [edition.number for edition in law_selectors.editions_of(law)] == [2, 1]
    assert Article.objects.filter(edition__law=law).count() == 7


@pytest.mark.django_db
def test_laws_of_the_organ_above_are_cited_but_not_written(bureau: Bureau) -> None:
    """A4.1: the district sees and cites the city's laws; the city keeps them; strangers know nothing of them."""
    law = stages.make_law(bureau)
    district = make_bureau(code="zhangdian", name="张店区工业和信息化局", short_name="张店工信局")
    accounts.change_organ("system", district.organ, parent=bureau.organ, kind=OrganKind.DISTRICT)
    officer = district.user(Role.REGULATIONS_OFFICER)
    assert list(law_selectors.laws_visible_to(officer)) == [law]
    assert stages.draft(district).bases[0]["law"] == "CSJN1"
    with pytest.raises(NotAllowedError, match="可以引用，不能修改"):
        law_services.amend_law(officer, law, stages.edition(title="区里改的"))
    with pytest.raises(DomainError, match="库中已有"):
        stages.make_law(district, "ZD")
    stranger = make_bureau(code="weifang", name="潍坊市工业和信息化局", short_name="潍坊工信局")
    assert not law_selectors.laws_visible_to(stranger.officer).exists()
    assert stages.draft(stranger).bases[0]["law"] == ""


@pytest.mark.django_db
def test_names_that_nobody_knew_are_linked_once_and_recognised_from_then_on(bureau: Bureau) -> None:
    """The to-do list of an import: enter the law, or say which one is meant."""
    first = stages.draft(bureau, bases="《节能老法》第二条；《另一部法》第一条")
    assert item_selectors.missing_titles(bureau.organ) == [("另一部法", 1), ("节能老法", 1)]
    law = stages.make_law(bureau)
    assert law_services.link_title(stages.regulations(bureau), "节能老法", law) == 1
    first.refresh_from_db()
    assert [basis["law"] for basis in first.bases] == ["CSJN1", ""]
    assert stages.draft(bureau, bases="《中华人民共和国节能老法》第二条").bases[0]["law"] == "CSJN1"
    stages.make_law(bureau, "LYB", "另一部法")
    first.refresh_from_db()
    assert [basis["law"] for basis in first.bases] == ["CSJN1", "LYB"]
    assert verify_log().sound


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["监督", "收取费用", "监督 检查"])
def test_two_characters_find_an_article(bureau: Bureau, client: Client, words: str) -> None:
    """Search works the same on both databases."""
    stages.make_law(bureau)
    client.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/planning/laws/", {"q": words}).content.decode()
    assert "《测试节能法》第二条" in page
    assert "《测试节能法》第三条" not in page


@pytest.mark.django_db
def test_a_law_is_previewed_before_it_is_kept_and_nothing_typed_is_lost(bureau: Bureau, client: Client) -> None:
    """Preview keeps nothing; a wrong code is told at its field."""
    client.force_login(stages.regulations(bureau), backend="django.contrib.auth.backends.ModelBackend")
    typed = {
        "name": "《测试节能法》",
        "code": "cs 1",
        "level": "statute",
        "issuer": "全国人大常委会",
        "title": "2019年公布",
        "effective_from": "2020-01-01",
        "text": stages.TEXT,
    }
    wrong = client.post("/planning/laws/new/", typed)
    assert wrong.status_code == 400
    assert "用能单位应当每年报告" in wrong.content.decode()
    assert "简码只能用字母" in wrong.content.decode()
    typed["code"] = "cs1"
    preview = client.post("/planning/laws/new/", {**typed, "act": "more"})
    assert "拆分为 3 条" in preview.content.decode()
    assert not Law.objects.exists()
    saved = client.post("/planning/laws/new/", {**typed, "act": "save"})
    assert saved.status_code == 302
    assert Law.objects.get().name == "测试节能法"
    page = client.get("/planning/laws/CS1/").content.decode()
    assert "第一章 总则" in page
