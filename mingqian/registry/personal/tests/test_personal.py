"""Personal data in full: for those who work with it, with a reason, on the ledger, and never in the plain exports (A20.1)."""

import io
from typing import Any

import openpyxl
import pytest
from django.test import Client

from mingqian.accounts import services as accounts
from mingqian.accounts.models import SavedFilter
from mingqian.accounts.states import OrganKind, Role
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.ledger.models import Entry
from mingqian.ledger.selectors import details_of
from mingqian.ledger.verification.selectors import verify_log
from mingqian.registry.experts import services as expert_services
from mingqian.registry.experts.services import ExpertValues
from mingqian.registry.experts.states import ExpertKind
from mingqian.registry.models import Expert, PersonalAccess, Subject
from mingqian.registry.personal import selectors as personal_selectors, services as personal_services
from mingqian.registry.subjects import services as subject_services
from mingqian.registry.subjects.states import SubjectKind, SubjectValues
from mingqian.testing import Bureau, make_bureau

pytestmark = pytest.mark.django_db
ID_NUMBER, PHONE, CONTACT = "11010519491231002X", "13853312345", "0533-2188866"
WHY = "送达检查通知书"


def person_of(bureau: Bureau) -> Subject:
    """Return a natural person with phone and ID number."""
    values = SubjectValues(name="张建国", kind=SubjectKind.PERSON, id_number=ID_NUMBER, phone=PHONE, district="张店区")
    return subject_services.add_subject(bureau.officer, values)


@pytest.fixture
def person(bureau: Bureau) -> Subject:
    """A natural person in the bureau's registry."""
    return person_of(bureau)


@pytest.fixture
def expert(bureau: Bureau) -> Expert:
    """An expert with a contact."""
    values = ExpertValues(kind=ExpertKind.EXPERT, name="钱教授", speciality="节能", contact=CONTACT)
    return expert_services.add_expert(bureau.officer, values)


def entry_of(verb: str) -> tuple[Entry, str]:
    """Return the last entry of a verb and all that its manifest says."""
    entry = Entry.objects.filter(verb=verb).latest("index")
    return entry, str(details_of(entry))


@pytest.mark.parametrize("role", [Role.DIVISION_OFFICER, Role.DIVISION_HEAD, Role.REGULATIONS_OFFICER])
def test_art20_numbers_are_shown_once_with_a_reason_and_recorded(
    bureau: Bureau, person: Subject, role: Role, sign_in: Any
) -> None:
    """A20.1: who, when, whose, why; never the value."""
    client: Client = sign_in(bureau.user(role))
    assert "查看完整号码" in client.get(f"/registry/subjects/{person.number}/").content.decode()
    address = f"/registry/subjects/{person.number}/reveal/"
    asked = client.get(address)
    assert PHONE not in asked.content.decode()
    response = client.post(address, {"reason": WHY})
    page = response.content.decode()
    assert PHONE in page
    assert ID_NUMBER in page
    assert "no-store" in response["Cache-Control"]
    assert PHONE not in client.get(address).content.decode()
    entry, said = entry_of("subject.reveal")
    assert (entry.actor, entry.subject) == (bureau.user(role).actor, f"subject/zibo/{person.number}")
    assert WHY in said
    assert PHONE not in said
    assert ID_NUMBER not in said
    row = PersonalAccess.objects.get()
    assert (row.user, row.name, row.reason, row.columns) == (bureau.user(role), "张建国", WHY, "联系方式、身份证号码")
    assert verify_log().sound


def test_art20_a_person_is_found_by_the_keyed_digest_of_the_id_number(
    bureau: Bureau, person: Subject, sign_in: Any
) -> None:
    """A6.1, A20.1: by the whole number, in one's own organ, on the ledger, and the number in no address."""
    client: Client = sign_in(bureau.officer)
    address = "/registry/subjects/by-id-number/"
    assert address in client.get("/registry/subjects/").content.decode()
    answer = client.post(address, {"id_number": " 11010519491231002x "})
    assert (answer.status_code, answer["Location"]) == (302, f"/registry/subjects/{person.number}/")
    entry, said = entry_of("subject.find-by-id")
    assert (entry.actor, entry.subject, ID_NUMBER in said) == (
        bureau.officer.actor,
        f"subject/zibo/{person.number}",
        False,
    )
    for wrong, says in (("11010519491231003X", "请核对"), ("110105194912310038", "没有登记"), ("", "必填")):
        answer = client.post(address, {"id_number": wrong})
        assert (answer.status_code, says in answer.content.decode()) == (400, True), wrong
    elsewhere = make_bureau("weifang", "潍坊市工业和信息化局", "潍坊市工信局")
    with pytest.raises(DomainError, match="没有登记"):
        personal_services.find_by_id_number(elsewhere.officer, ID_NUMBER)
    with pytest.raises(NotAllowedError):
        personal_services.find_by_id_number(bureau.leader, ID_NUMBER)
    assert verify_log().sound


def test_art20_subjects_are_found_by_the_keyed_digest_of_the_phone(
    bureau: Bureau, person: Subject, sign_in: Any
) -> None:
    """A6.1, A20.1: however it is written, everybody who shares it, on the ledger, and the number nowhere."""
    client: Client = sign_in(bureau.officer)
    address = "/registry/subjects/by-id-number/"
    spaced = f"+86 {PHONE[:3]} {PHONE[3:7]}-{PHONE[7:]}"
    answer = client.post(address, {"id_number": spaced})
    assert answer["Location"] == f"/registry/subjects/{person.number}/"
    _entry, said = entry_of("subject.find-by-phone")
    assert PHONE not in said
    other = subject_services.add_subject(
        bureau.officer, SubjectValues(name="淄博同号陶瓷有限公司", phone=f"{PHONE}、0533-2188866")
    )
    page = client.post(address, {"id_number": PHONE}).content.decode()
    assert (person.name in page, other.name in page, "2 个对象" in page) == (True, True, True)
    for wrong, says in (("2188", "至少 7 位"), ("13900000000", "没有登记这个电话")):
        assert says in client.post(address, {"id_number": wrong}).content.decode()
    subject_services.change_subject_by_hand(
        bureau.officer, other, SubjectValues(name=other.name, phone="0533-2188866"), why="更换电话"
    )
    assert personal_services.find_by_phone(bureau.officer, "(0533)2188866") == [other]
    with pytest.raises(NotAllowedError):
        personal_services.find_by_phone(bureau.leader, PHONE)
    assert verify_log().sound


def test_art20_a_number_that_was_searched_for_is_kept_nowhere(bureau: Bureau, person: Subject, sign_in: Any) -> None:
    """A20.1: neither in the record of an export nor in a saved filter."""
    client: Client = sign_in(bureau.officer)
    for number in (ID_NUMBER, PHONE):
        client.post(
            "/accounts/mine/filters/save/", {"page": "registry:subjects", "name": number[:4], "query": f"text={number}"}
        )
        said = f"搜索：{number}"
        personal_services.note_export(
            bureau.officer, bureau.organ, what="subject", name="x", columns="y", filters=said, count=1, reason=WHY
        )
        _entry, kept = entry_of("subject.export-personal")
        assert number not in kept + PersonalAccess.objects.latest("pk").filters
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize("reason", ["", "  ", "工作", "打电话13853312345", "长" * 201])
def test_art20_without_a_real_reason_nothing_is_shown(
    bureau: Bureau, person: Subject, reason: str, sign_in: Any
) -> None:
    """A20.1: the reason is asked for in words, kept as typed, and holds no number itself."""
    response = sign_in(bureau.officer).post(f"/registry/subjects/{person.number}/reveal/", {"reason": reason})
    assert response.status_code == 400
    assert ID_NUMBER not in response.content.decode()
    assert "号码没有显示" in response.content.decode()
    assert not PersonalAccess.objects.exists()
    with pytest.raises(DomainError):
        personal_services.reveal_subject(bureau.officer, person, reason)


@pytest.mark.parametrize("role", [Role.LEADER, Role.PRINCIPAL_LEADER, Role.INSPECTOR, Role.AUDIT_ADMIN])
def test_art20_others_see_masked_numbers_only(bureau: Bureau, person: Subject, role: Role, sign_in: Any) -> None:
    """A20.1: leaders read the registry without numbers; the service refuses whatever the page."""
    client: Client = sign_in(bureau.user(role))
    page = client.get(f"/registry/subjects/{person.number}/").content.decode()
    assert PHONE not in page
    assert "查看完整号码" not in page
    assert client.post(f"/registry/subjects/{person.number}/reveal/", {"reason": WHY}).status_code == 403
    with pytest.raises(NotAllowedError):
        personal_services.reveal_subject(bureau.user(role), person, WHY)
    assert not PersonalAccess.objects.exists()


def test_art20_a_contact_of_an_expert_is_shown_with_a_reason(bureau: Bureau, expert: Expert, sign_in: Any) -> None:
    """A20.1: experts too."""
    client: Client = sign_in(bureau.officer)
    page = client.get(f"/registry/experts/{expert.number}/").content.decode()
    assert CONTACT not in page
    assert f"/registry/experts/{expert.number}/reveal/" in page
    assert CONTACT in client.post(f"/registry/experts/{expert.number}/reveal/", {"reason": WHY}).content.decode()
    assert CONTACT not in entry_of("expert.reveal")[1]


def test_art20_a_file_has_numbers_only_when_asked_for_with_a_reason(
    bureau: Bureau, person: Subject, expert: Expert, sign_in: Any
) -> None:
    """A20.1: the plain export stays masked; the other is marked in its name and on the ledger with filters and count."""
    client: Client = sign_in(bureau.officer)
    for address in ("/registry/subjects/?export=csv", "/registry/experts/?export=csv"):
        plain = b"".join(client.get(address).streaming_content).decode()  # type: ignore[attr-defined]
        assert not any(number in plain for number in (PHONE, ID_NUMBER, CONTACT))
    address = "/registry/subjects/export-personal/?district=张店区&text=张建"
    asked = client.get(address).content.decode()
    assert "区县：张店区" in asked
    assert client.post(address, {"reason": "", "form": "xlsx"}).status_code == 400
    response = client.post(address, {"reason": WHY, "form": "xlsx"})
    assert "%E5%90%AB%E4%B8%AA%E4%BA%BA%E4%BF%A1%E6%81%AF" in response["Content-Disposition"]  # 含个人信息
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]
    rows = list(book.active.iter_rows(values_only=True))
    assert len(rows) == 2
    assert rows[1][-2:] == (PHONE, ID_NUMBER)
    entry, said = entry_of("subject.export-personal")
    assert entry.subject == "subject/zibo"
    assert all(word in said for word in (WHY, "区县：张店区", "搜索：张建"))
    assert not any(number in said for number in (PHONE, ID_NUMBER))
    row = PersonalAccess.objects.get()
    assert (row.act, row.count) == ("export", 1)
    file = client.post("/registry/experts/export-personal/", {"reason": WHY, "form": "csv"})
    assert CONTACT in b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]
    assert (
        client.post("/registry/subjects/export-personal/?text=没有的", {"reason": WHY, "form": "csv"}).status_code
        == 400
    )
    assert verify_log().sound


def test_art20_accesses_are_shown_to_those_who_look_after_them(bureau: Bureau, person: Subject, sign_in: Any) -> None:
    """A20.1: the audit administrator sees all of the organ and below, a head the own division's, others none."""
    personal_services.reveal_subject(bureau.officer, person, WHY)
    personal_services.reveal_subject(bureau.user(Role.REGULATIONS_OFFICER), person, "核对证照信息")
    stranger = make_bureau(code="weifang", name="潍坊市工业和信息化局", short_name="潍坊市工信局")
    personal_services.reveal_subject(stranger.officer, person_of(stranger), "外市的原因")
    pages = {}
    for role in (Role.AUDIT_ADMIN, Role.DIVISION_HEAD):
        pages[role] = sign_in(bureau.user(role)).get("/personal/").content.decode()
        assert "外市的原因" not in pages[role]
        assert PHONE not in pages[role]
    assert all(word in pages[Role.AUDIT_ADMIN] for word in (WHY, "核对证照信息", "张建国"))
    assert WHY in pages[Role.DIVISION_HEAD]
    assert "核对证照信息" not in pages[Role.DIVISION_HEAD]
    client: Client = sign_in(bureau.user(Role.AUDIT_ADMIN))
    assert "核对证照信息" not in client.get("/personal/?text=通知书").content.decode()
    assert "没有符合条件的内容" in client.get("/personal/?since=2999-01-01").content.decode()
    assert WHY in b"".join(client.get("/personal/?export=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert list(personal_selectors.accesses_visible_to(bureau.leader)) == []


def test_art04_the_city_looks_into_a_districts_registry_and_changes_nothing(bureau: Bureau, sign_in: Any) -> None:
    """A4.2: read, without editing and without personal data in full; the other way round there is nothing to see."""
    below = make_bureau(code="zhangdian", name="张店区工业和信息化局", short_name="张店区工信局")
    values = {"name": below.organ.name, "short_name": "张店区工信局", "kind": OrganKind.DISTRICT, "area_code": "370303"}
    accounts.change_organ("system", below.organ, parent=bureau.organ, **values)
    theirs = person_of(below)
    client: Client = sign_in(bureau.officer)
    page = client.get("/registry/subjects/?organ=zhangdian").content.decode()
    assert "张建国" in page
    assert "只能查看，不能修改" in page
    assert "/registry/subjects/new/" not in page
    assert "张建国" not in client.get("/registry/subjects/").content.decode()
    found = client.get(f"/registry/subjects/{theirs.number}/?organ=zhangdian").content.decode()
    assert "张建国" in found
    assert "查看完整号码" not in found
    assert "/edit/" not in found
    for address in ("edit/", "reveal/"):
        for query in ("", "?organ=zhangdian"):
            target = f"/registry/subjects/{theirs.number}/{address}{query}"
            assert client.get(target).status_code in {403, 404}
            assert client.post(target, {"reason": WHY}).status_code in {403, 404}
    assert client.get("/registry/subjects/export-personal/?organ=zhangdian").status_code == 404
    assert "张建国" in b"".join(client.get("/registry/subjects/?export=csv&organ=zhangdian").streaming_content).decode()  # type: ignore[attr-defined]
    with pytest.raises(NotAllowedError):
        subject_services.change_subject_by_hand(bureau.officer, theirs, SubjectValues(name="改名"))
    for address in ("inspectors", "experts"):
        assert "只能查看，不能修改" in client.get(f"/registry/{address}/?organ=zhangdian").content.decode()
    lower: Client = sign_in(below.officer)
    for address in ("subjects", "inspectors", "experts"):
        assert lower.get(f"/registry/{address}/?organ=zibo").status_code == 404
