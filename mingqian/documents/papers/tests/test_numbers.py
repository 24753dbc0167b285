"""Numbers of papers run without gaps; a bureau words its papers itself."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.documents.models import PaperNumber, Wording
from mingqian.documents.papers import services as paper_services
from mingqian.documents.papers.states import PaperKind, Part, fill, kind_of, register
from mingqian.ledger.verification.selectors import verify_log
from mingqian.testing import Bureau, make_bureau

SignIn = Callable[[User], Client]


def record() -> PaperKind:
    """Return the kind that numbers draw records."""
    found = kind_of("draw-record")
    assert found is not None
    return found


def give(bureau: Bureau, about: str, division: str | None = "jieneng") -> PaperNumber:
    """Give a number to a thing."""
    where = bureau.divisions[division] if division else None
    return paper_services.give_number(bureau.officer, record(), about=about, division=where, organ=bureau.organ)


@pytest.mark.django_db
def test_numbers_run_by_division_and_year_and_a_thing_keeps_its_own(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """〔2026〕12号: gapless per division, kind and year; asking again gives the same."""
    year = clock.today().year
    texts = [give(bureau, f"draw/{letter}").text for letter in "abca"]
    assert texts == [f"淄博市工信局抽记〔{year}〕{serial}号" for serial in (1, 2, 3, 1)]
    assert give(bureau, "draw/d", "anquan").serial == 1
    assert give(bureau, "draw/e", None).serial == 1
    other = make_bureau(code="weifang", name="潍坊市工业和信息化局", short_name="潍坊市工信局")
    assert give(other, "draw/a").text == f"潍坊市工信局抽记〔{year}〕1号"
    new_year = clock.today().replace(year=year + 1, month=1, day=1)
    monkeypatch.setattr(clock, "today", lambda: new_year)
    assert give(bureau, "draw/f").text == f"淄博市工信局抽记〔{year + 1}〕1号"
    assert verify_log().problems == []


@pytest.mark.django_db
def test_an_act_that_is_rolled_back_gives_its_number_back(bureau: Bureau) -> None:
    """No gap from a mistake."""
    give(bureau, "draw/a")
    with transaction.atomic():
        assert give(bureau, "draw/b").serial == 2
        transaction.set_rollback(True)
    assert give(bureau, "draw/c").serial == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_two_numbers(bureau: Bureau) -> None:
    """On PostgreSQL the series is locked; on SQLite writers wait for each other."""
    failed: list[BaseException] = []
    gate = threading.Barrier(4)

    def ask(index: int) -> None:
        try:
            gate.wait()
            give(bureau, f"draw/{index}")
        except BaseException as error:  # noqa: BLE001  told to the test
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(PaperNumber.objects.values_list("serial", flat=True)) == [1, 2, 3, 4], connection.vendor


@pytest.mark.django_db
def test_the_regulations_division_words_a_paper_and_takes_it_back(bureau: Bureau) -> None:
    """A bureau adapts the wording without touching code; every version stays on record."""
    kind, officer = record(), bureau.user(Role.REGULATIONS_OFFICER)
    shipped = paper_services.wording(bureau.organ, kind)
    seen = paper_services.digest_of(shipped)
    own = {**shipped, "number": "淄工信抽〔{年}〕{号}号"}
    assert paper_services.change_wording(officer, kind, own, why="本局文号格式", seen=seen) == ["文号"]
    assert give(bureau, "draw/a").text == f"淄工信抽〔{clock.today().year}〕1号"
    with pytest.raises(DomainError, match="他人已经改动"):
        paper_services.change_wording(officer, kind, shipped, why="恢复", seen=seen)
    seen = paper_services.digest_of(paper_services.wording(bureau.organ, kind))
    assert paper_services.change_wording(officer, kind, shipped, why="恢复", seen=seen) == ["文号"]
    assert paper_services.wording(bureau.organ, kind) == shipped
    assert [row.version for row in Wording.objects.order_by("version")] == [1, 2]
    assert verify_log().problems == []
    with pytest.raises(NotAllowedError):
        paper_services.change_wording(bureau.officer, kind, shipped, why="越权", seen=seen)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "message"), [("第{期}期", "{期} 不能使用"), ("{年", "花括号不成对"), (" ", "不能为空")]
)
def test_a_wording_that_cannot_be_filled_is_refused(bureau: Bureau, text: str, message: str) -> None:
    """The message says which names may be used."""
    kind, officer = record(), bureau.user(Role.REGULATIONS_OFFICER)
    shipped = paper_services.wording(bureau.organ, kind)
    seen = paper_services.digest_of(shipped)
    with pytest.raises(DomainError, match=message):
        paper_services.change_wording(officer, kind, {**shipped, "number": text}, why="试", seen=seen)


def test_only_names_are_replaced() -> None:
    """Nothing that a value holds is read again."""
    assert fill("{甲}{乙}", {"甲": "{乙}", "乙": "2"}) == "{乙}2"


def test_a_kind_is_known_once_and_offers_what_it_names() -> None:
    """A mistake of a programmer is found at start."""
    with pytest.raises(ValueError, match="two kinds"):
        register(record())
    with pytest.raises(ValueError, match="does not offer"):
        register(PaperKind("test-paper", "试", (Part("number", "文号", "{年}"),), record().sample))


@pytest.mark.django_db
def test_the_wording_is_tried_saved_and_shown_with_its_history(bureau: Bureau, sign_in: SignIn) -> None:
    """The page of a kind of paper."""
    client = sign_in(bureau.user(Role.REGULATIONS_OFFICER))
    assert "抽取记录" in client.get("/papers/").content.decode()
    page = client.get("/papers/draw-record/")
    shipped = {part.key: part.default for part in record().parts}
    data = {**shipped, "opening": "兹于{时间}在{地点}举行“{名称}”抽取。", "why": "本局习惯"}
    data["seen"] = page.context["seen"]
    tried = client.post("/papers/draw-record/", {**data, "try": "1"}).content.decode()
    assert "兹于2026年3月2日在______举行“节能监察随机抽查”抽取。" in tried
    assert not Wording.objects.exists()
    saved = client.post("/papers/draw-record/", data, follow=True).content.decode()
    assert "已保存，改动了：开头" in saved
    assert "本局习惯" in saved
    wrong = client.post("/papers/draw-record/", {**data, "closing": "{谁}到场"})
    assert wrong.status_code == 400
    assert "{谁} 不能使用" in wrong.content.decode()
    reader = sign_in(bureau.leader)
    assert "保存</button>" not in reader.get("/papers/draw-record/").content.decode()
    assert reader.get("/papers/draw-record/sample.docx").content.startswith(b"PK")
    assert reader.get("/papers/nothing/").status_code == 404
