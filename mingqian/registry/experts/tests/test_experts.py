"""Experts and testing bodies: apart from the inspectors, masked, never in a draw."""

import io
from datetime import date, timedelta

import pytest
from django.test import Client
from python_calamine import load_workbook

from mingqian.accounts.models import User
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.ledger import selectors as ledger
from mingqian.ledger.models import Entry
from mingqian.ledger.verification.selectors import verify_log
from mingqian.registry.experts import services as expert_services
from mingqian.registry.experts.services import ExpertValues
from mingqian.registry.experts.states import ExpertKind
from mingqian.registry.models import Expert
from mingqian.registry.tests.pages import body
from mingqian.testing import Bureau, make_bureau

pytestmark = pytest.mark.django_db
PHONE = "13853398765"
DATA = {
    "kind": "testing_body",
    "name": "鲁中检测有限公司",
    "organisation": "",
    "speciality": "能效检测",
    "qualification": "检验检测机构资质认定",
    "qualification_number": "CMA-1",
    "valid_from": "2024-01-01",
    "valid_until": "2039-12-31",
    "contact": PHONE,
    "active": "on",
}


@pytest.fixture
def officer(bureau: Bureau, client: Client) -> User:
    """Sign the division officer in."""
    client.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    return bureau.officer


def test_art09_experts_and_testing_bodies_are_listed_apart_with_their_qualification(
    officer: User, client: Client
) -> None:
    """A9.6: added, found, exported, by the pages alone."""
    assert "还没有专家和检测机构" in client.get("/registry/experts/").content.decode()
    assert client.post("/registry/experts/new/", DATA)["Location"] == "/registry/experts/ZJ-0001/"
    expert = DATA | {"kind": "expert", "name": "钱教授", "organisation": "山东理工大学", "valid_until": "2025-01-01"}
    client.post("/registry/experts/new/", expert)
    text = client.get("/registry/experts/").content.decode()
    assert "2 个" in text
    assert "今日可以邀请 1 个" in text
    assert "资质不在有效期" in text
    assert "1 个</b>" in client.get("/registry/experts/", {"kind": "expert"}).content.decode()
    assert "1 个</b>" in client.get("/registry/experts/", {"text": "CMA-1 鲁中", "usable": "yes"}).content.decode()
    book = load_workbook(io.BytesIO(body(client.get("/registry/experts/?export=xlsx"))))
    assert [row[2] for row in book.get_sheet_by_index(0).to_python()[1:]] == ["鲁中检测有限公司", "钱教授"]
    assert verify_log().sound


def test_art20_the_contact_of_an_expert_is_encrypted_masked_and_not_on_the_ledger(
    officer: User, client: Client
) -> None:
    """A20.1: on the page, in the export, in the database, in the change log."""
    client.post("/registry/experts/new/", DATA)
    expert = Expert.objects.get()
    assert (expert.contact(), PHONE.encode() in bytes(expert.contact_box or b"")) == (PHONE, False)
    client.post("/registry/experts/ZJ-0001/edit/", DATA | {"contact": "13853311111", "why": "换了号码"})
    pages = [
        client.get(f"/registry/experts/{rest}") for rest in ("", "ZJ-0001/", "ZJ-0001/edit/", "ZJ-0001/?tab=history")
    ]
    text = "".join(page.content.decode() for page in pages)
    text += body(client.get("/registry/experts/?export=csv")).decode()
    assert "138****1111" in text
    assert "已修改" in text
    assert "换了号码" in text
    details = [ledger.details_of(entry) for entry in Entry.objects.all()]
    for secret in (PHONE, "13853311111"):
        assert secret not in text
        assert secret not in str(details)
    client.post("/registry/experts/ZJ-0001/edit/", DATA | {"contact": ""})
    expert.refresh_from_db()
    assert expert.contact() == "13853311111"


def test_art09_an_expert_may_come_only_while_the_qualification_runs() -> None:
    """A9.6"""
    expert = Expert(kind=ExpertKind.EXPERT, valid_from=date(2026, 1, 1), valid_until=date(2026, 12, 31))
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [expert.may_come_on(day) for day in days] == [False, True, True, False]
    expert.active = False
    assert not expert.may_come_on(days[1])


def test_an_expert_with_wrong_facts_is_refused(bureau: Bureau, officer: User, client: Client) -> None:
    """Issue, bad input: a qualification that ends before it begins; the same one twice; nobody's kind."""
    answer = client.post("/registry/experts/new/", DATA | {"valid_until": "2023-01-01"})
    assert (answer.status_code, "资质有效期至早于有效期自" in answer.content.decode()) == (400, True)
    values = ExpertValues(kind="expert", name="钱教授", speciality="节能", valid_from=clock.today())
    values.valid_until = clock.today() - timedelta(days=1)
    with pytest.raises(DomainError, match="早于"):
        expert_services.add_expert(officer, values)
    with pytest.raises(DomainError, match="类别"):
        expert_services.add_expert(officer, ExpertValues(kind="friend", name="钱教授", speciality="节能"))
    with pytest.raises(DomainError, match="请填写名称"):
        expert_services.add_expert(officer, ExpertValues(kind="expert", name="钱教授", speciality=""))
    expert_services.add_expert(officer, ExpertValues(kind="expert", name="钱教授", speciality="节能"))
    with pytest.raises(DomainError, match="同名"):
        expert_services.add_expert(officer, ExpertValues(kind="expert", name="钱教授", speciality="节能"))
    assert Expert.objects.get().number == "ZJ-0001"
    with pytest.raises(NotAllowedError):
        expert_services.add_expert(bureau.leader, ExpertValues(kind="expert", name="孙教授", speciality="节能"))
    stranger = make_bureau("weifang", "潍坊市工业和信息化局", "潍坊市工信局")
    client.force_login(stranger.officer, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/registry/experts/ZJ-0001/").status_code == 404
