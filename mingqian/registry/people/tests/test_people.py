"""Absences, interests, accounts, fields and qualifications of inspectors: what counts on which day, who may, what is refused."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.http import StreamingHttpResponse
from django.test import Client

from mingqian.accounts import services as accounts
from mingqian.accounts.models import Field, User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.ledger import selectors as ledger
from mingqian.ledger.models import Entry
from mingqian.ledger.verification.selectors import verify_log
from mingqian.registry.models import Absence, Inspector, Interest, Subject
from mingqian.registry.people import services as people_services
from mingqian.registry.people.selectors import OUT_ARTICLES, OUT_WORDS, inspector_of, interests_on, why_not_drawable
from mingqian.registry.people.states import InterestKind, InterestSource, OutReason
from mingqian.testing import Bureau, fill_registry, make_bureau

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def stocked(bureau: Bureau) -> Bureau:
    """Return the bureau with six subjects and four inspectors."""
    fill_registry(bureau, subjects=6, inspectors=4)
    return bureau


@pytest.fixture
def inspector(stocked: Bureau) -> Inspector:
    """Return the first inspector."""
    return Inspector.objects.select_related("organ").order_by("certificate_number")[0]


@pytest.fixture
def subject(stocked: Bureau) -> Subject:
    """Return the first subject."""
    return Subject.objects.order_by("number")[0]


def login(client: Client, user: User) -> Client:
    """Sign somebody in."""
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def fresh(inspector: Inspector) -> Inspector:
    """Return the inspector without anything that was read before."""
    return Inspector.objects.get(pk=inspector.pk)


@pytest.mark.parametrize("reason", OutReason.values)
def test_art07_an_absence_on_record_keeps_the_inspector_out_on_its_days_and_no_others(
    stocked: Bureau, inspector: Inspector, reason: str
) -> None:
    """A7.1, A11.1"""
    since, until = date(2026, 12, 1), date(2026, 12, 5)
    people_services.add_absence(stocked.officer, inspector, reason=reason, since=since, until=until)
    answers = {on: why_not_drawable(fresh(inspector), on) for on in (since - DAY, since, until, until + DAY)}
    assert answers == {since - DAY: "", since: reason, until: reason, until + DAY: ""}
    assert OUT_WORDS[reason]
    assert OUT_ARTICLES[reason] == "第十一条"
    assert verify_log().sound


def test_art07_what_the_article_asks_comes_before_an_absence(stocked: Bureau, inspector: Inspector) -> None:
    """A7.1: the reason is the one that lasts."""
    today = clock.today()
    people_services.add_absence(stocked.officer, inspector, reason="leave", since=today, until=today)
    inspector.on_establishment = False
    assert why_not_drawable(inspector, today) == "not-established"


def test_absences_do_not_overlap_and_the_message_names_the_other(stocked: Bureau, inspector: Inspector) -> None:
    """Issue: overlapping absences are refused; days beside each other are not."""
    first = date(2026, 12, 1)
    people_services.add_absence(stocked.officer, inspector, reason="leave", since=first, until=first + 4 * DAY)
    for since, until in ((first - DAY, first), (first + 4 * DAY, first + 9 * DAY), (first + DAY, first + 2 * DAY)):
        with pytest.raises(DomainError, match=r"2026年12月1日至2026年12月5日已登记排除.*不能重叠"):
            people_services.add_absence(stocked.officer, inspector, reason="duty", since=since, until=until)
    people_services.add_absence(stocked.officer, inspector, reason="duty", since=first + 5 * DAY, until=first + 6 * DAY)
    other = Inspector.objects.select_related("organ").order_by("certificate_number")[1]
    people_services.add_absence(stocked.officer, other, reason="leave", since=first, until=first)
    assert Absence.objects.count() == 3


def test_an_absence_ends_early_and_stays_on_record(stocked: Bureau, inspector: Inspector) -> None:
    """Issue: ended early by a service, never deleted; the days that it gave back may be used again."""
    since, until = date(2026, 12, 1), date(2026, 12, 10)
    absence = people_services.add_absence(stocked.officer, inspector, reason="travel", since=since, until=until)
    with pytest.raises(DomainError, match="返岗日期应在"):
        people_services.end_absence(stocked.officer, absence, back_on=until + DAY)
    people_services.end_absence(stocked.officer, absence, back_on=date(2026, 12, 4))
    assert why_not_drawable(fresh(inspector), date(2026, 12, 3)) == "travel"
    assert why_not_drawable(fresh(inspector), date(2026, 12, 4)) == ""
    with pytest.raises(DomainError, match="提前结束，不能再改"):
        people_services.end_absence(stocked.officer, absence, back_on=date(2026, 12, 3))
    people_services.add_absence(stocked.officer, inspector, reason="leave", since=date(2026, 12, 4), until=until)
    assert Absence.objects.filter(pk=absence.pk).exists()
    assert verify_log().sound


def test_an_absence_that_ends_before_it_begins_is_refused(
    stocked: Bureau, inspector: Inspector, client: Client
) -> None:
    """Issue, bad input: by the page, by the service and by the database."""
    address = f"/registry/inspectors/{inspector.certificate_number}/absences/new/"
    data = {"reason": "leave", "since": "2026-12-05", "until": "2026-12-01"}
    answer = login(client, stocked.officer).post(address, data)
    assert (answer.status_code, "结束日期早于开始日期" in answer.content.decode()) == (400, True)
    since, until = date(2026, 12, 5), date(2026, 12, 1)
    with pytest.raises(DomainError, match="结束日期2026年12月1日早于开始日期2026年12月5日"):
        people_services.add_absence(stocked.officer, inspector, reason="leave", since=since, until=until)
    with pytest.raises(DomainError, match="原因"):
        people_services.add_absence(stocked.officer, inspector, reason="mood", since=until, until=since)
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(
            inspector=inspector, reason="leave", since=since, until=until, recorded_by="x", recorded_at=clock.now()
        )


def test_art11_an_inspector_declares_an_interest_with_the_linked_account(
    stocked: Bureau, inspector: Inspector, subject: Subject, client: Client
) -> None:
    """A11.2: by the pages alone."""
    person = stocked.user(Role.INSPECTOR)
    login(client, person)
    assert "还没有与名录库关联" in client.get("/registry/mine/").content.decode()
    with pytest.raises(NotAllowedError):
        people_services.declare_interest(person, subject, kind="relative", since=clock.today())
    login(client, stocked.officer)
    client.post(f"/registry/inspectors/{inspector.certificate_number}/account/", {"account": person.pk})
    assert inspector_of(person) == inspector
    login(client, person)
    data = {"subject": subject.name, "kind": "relative", "since": clock.today().isoformat(), "note": "配偶任财务主管"}
    assert client.post("/registry/mine/interests/new/", data)["Location"] == "/registry/mine/"
    interest = Interest.objects.get()
    assert (interest.inspector, interest.subject) == (inspector, subject)
    assert (interest.source, interest.recorded_by) == (InterestSource.DECLARED, person.actor)
    assert "配偶任财务主管" in client.get("/registry/mine/").content.decode()
    assert verify_log().sound


def test_one_account_belongs_to_one_inspector(stocked: Bureau, inspector: Inspector) -> None:
    """The link is unique, and goes to an inspector of the organ only."""
    person = stocked.user(Role.INSPECTOR)
    people_services.link_account(stocked.officer, inspector, person)
    other = Inspector.objects.select_related("organ").order_by("certificate_number")[1]
    with pytest.raises(DomainError, match="已经关联了另一名"):
        people_services.link_account(stocked.officer, other, person)
    with pytest.raises(DomainError, match="没有执法检查人员的角色"):
        people_services.link_account(stocked.officer, other, stocked.leader)
    stranger = make_bureau("weifang", "潍坊市工业和信息化局", "潍坊市工信局")
    with pytest.raises(DomainError, match="不属于本机关"):
        people_services.link_account(stocked.officer, other, stranger.user(Role.INSPECTOR))
    people_services.link_account(stocked.officer, inspector, None)
    people_services.link_account(stocked.officer, other, person)
    assert verify_log().sound


def test_art11_an_interest_counts_from_its_first_to_its_last_day(
    stocked: Bureau, inspector: Inspector, subject: Subject
) -> None:
    """A11.2: and when it is ended, it stays on record for the days before."""
    since, until = date(2025, 1, 1), date(2026, 6, 30)
    interest = people_services.add_interest(stocked.officer, inspector, subject, kind="other", since=since, until=until)
    on = [date(2024, 12, 31), since, until, until + DAY]
    assert [interests_on(stocked.organ, day).count() for day in on] == [0, 1, 1, 0]
    people_services.end_interest(stocked.officer, interest, until=date(2025, 12, 31))
    assert [interests_on(stocked.organ, day).count() for day in (date(2025, 12, 31), date(2026, 1, 1))] == [1, 0]
    with pytest.raises(DomainError, match="早于开始日期"):
        people_services.end_interest(stocked.officer, interest, until=since - DAY)
    assert verify_log().sound


def test_art11_an_officer_who_inspects_does_not_end_an_interest_of_their_own(
    stocked: Bureau, inspector: Inspector, subject: Subject
) -> None:
    """A11.2: conflict of duty; neither the interest nor the link by which it is known for one's own."""
    officer = stocked.officer
    accounts.grant_role("system", user=officer, role=Role.INSPECTOR)
    officer = stocked.officer
    people_services.link_account(stocked.user(Role.DIVISION_HEAD), inspector, officer)
    interest = people_services.declare_interest(officer, subject, kind="relative", since=clock.today() - DAY)
    with pytest.raises(NotAllowedError, match="另一位经办人"):
        people_services.end_interest(officer, interest, until=clock.today())
    with pytest.raises(NotAllowedError, match="另一位经办人"):
        people_services.link_account(officer, fresh(inspector), None)
    people_services.end_interest(stocked.user(Role.DIVISION_HEAD), interest, until=clock.today())
    assert verify_log().sound


def test_the_same_interest_twice_is_refused(stocked: Bureau, inspector: Inspector, subject: Subject) -> None:
    """Issue, bad input: the same pair and kind on the same days, whoever brings it."""
    add = people_services.add_interest
    since, today = date(2025, 1, 1), clock.today()
    add(stocked.officer, inspector, subject, kind="shareholding", since=since)
    with pytest.raises(DomainError, match=r"已经登记.*不用重复登记"):
        add(stocked.officer, inspector, subject, kind="shareholding", since=today)
    people_services.link_account(stocked.officer, inspector, stocked.user(Role.INSPECTOR))
    with pytest.raises(DomainError, match="不用重复登记"):
        people_services.declare_interest(stocked.user(Role.INSPECTOR), subject, kind="shareholding", since=today)
    add(stocked.officer, inspector, subject, kind="shareholding", since=date(2020, 1, 1), until=since - DAY)
    add(stocked.officer, inspector, subject, kind="relative", since=since)
    assert Interest.objects.count() == 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"subject": "没有这一家公司"}, "名录库里没有“没有这一家公司”.*先由经办人新增为抽查对象"),
        ({"since": (clock.today() + DAY).isoformat()}, "开始日期在今天以后"),
        ({"until": "2019-12-31"}, "结束日期早于开始日期"),
        ({"kind": "former_employment"}, "请填写回避到哪一天为止"),
        ({"kind": "friend"}, "利害关系"),
    ],
)
def test_an_interest_with_wrong_facts_is_refused_saying_what_to_do(
    stocked: Bureau, inspector: Inspector, subject: Subject, client: Client, changes: dict[str, str], message: str
) -> None:
    """Issue, bad input: an unknown subject, the future, the wrong order, no end."""
    data = {"subject": subject.number, "kind": "other", "since": "2020-01-01", "note": "写好的说明"} | changes
    address = f"/registry/inspectors/{inspector.certificate_number}/interests/new/"
    answer = login(client, stocked.officer).post(address, data)
    text = answer.content.decode().replace("&quot;", '"')
    assert answer.status_code == 400
    assert re.search(message, text)
    assert "写好的说明" in text
    assert not Interest.objects.exists()


def test_the_services_refuse_what_the_forms_refuse(stocked: Bureau, inspector: Inspector, subject: Subject) -> None:
    """A rule lives in the service; commands and interfaces go the same way."""
    add, today = people_services.add_interest, clock.today()
    with pytest.raises(DomainError, match="在今天以后"):
        add(stocked.officer, inspector, subject, kind="other", since=today + DAY)
    with pytest.raises(DomainError, match="早于开始日期"):
        add(stocked.officer, inspector, subject, kind="other", since=today, until=today - DAY)
    with pytest.raises(DomainError, match="回避到哪一天"):
        add(stocked.officer, inspector, subject, kind=InterestKind.FORMER_EMPLOYMENT, since=today)
    stranger = make_bureau("weifang", "潍坊市工业和信息化局", "潍坊市工信局")
    foreign = Subject.objects.create(organ=stranger.organ, number="913707000000000000", name="潍坊示例有限公司")
    with pytest.raises(DomainError, match="没有这个抽查对象"):
        add(stocked.officer, inspector, foreign, kind="other", since=today)
    with pytest.raises(NotAllowedError):
        add(stranger.officer, inspector, subject, kind="other", since=today)
    with pytest.raises(NotAllowedError):
        people_services.add_absence(stocked.leader, inspector, reason="leave", since=today, until=today)


def test_art20_kind_and_note_of_an_interest_stay_with_organ_and_inspector(
    stocked: Bureau, inspector: Inspector, subject: Subject, client: Client
) -> None:
    """A20.1: leaders and officers see them; ledger, public pages, other organs and other inspectors do not."""
    note = "妻弟任法定代表人"
    today = clock.today()
    interest = people_services.add_interest(
        stocked.officer, inspector, subject, kind="relative", since=today, note=note
    )
    assert note.encode() not in bytes(Interest.objects.get().note_box)
    page = f"/registry/inspectors/{inspector.certificate_number}/?tab=interests"
    for reader in (stocked.officer, stocked.leader):
        text = login(client, reader).get(page).content.decode()
        assert note in text
        assert "近亲属" in text
    entry = Entry.objects.get(verb="interest.add")
    assert inspector.certificate_number not in entry.subject
    assert ledger.details_of(entry) == {}
    text = login(client, stocked.leader).get("/ledger/").content.decode()
    client.logout()
    text += client.get("/public/log/").content.decode() + client.get("/public/inspectors/").content.decode()
    assert note not in text
    assert "近亲属" not in text
    assert login(client, stocked.user(Role.INSPECTOR)).get(page).status_code == 403
    assert note not in client.get("/registry/mine/").content.decode()
    stranger = make_bureau("weifang", "潍坊市工业和信息化局", "潍坊市工信局")
    assert login(client, stranger.officer).get(page).status_code == 404
    assert client.get(f"/registry/interests/{interest.pk}/end/").status_code == 404


def test_art07_who_may_be_drawn_on_a_day_and_why_not_is_one_page(
    stocked: Bureau, inspector: Inspector, client: Client
) -> None:
    """A7.1: counts, reasons in words with their article, the same on screen and in the file."""
    on = date(2027, 3, 1)
    people_services.add_absence(stocked.officer, inspector, reason="training", since=on, until=on)
    expired = Inspector.objects.order_by("certificate_number")[1]
    Inspector.objects.filter(pk=expired.pk).update(valid_until=on - DAY)
    login(client, stocked.leader)
    text = client.get("/registry/inspectors/drawable/", {"on": on.isoformat()}).content.decode()
    assert "2027年3月1日：可以抽取 2 人，共 4 人" in text
    assert "参加培训 1 人" in text
    assert "执法证已过期 1 人" in text
    out = client.get("/registry/inspectors/drawable/", {"on": on.isoformat(), "drawable": "no"}).content.decode()
    assert out.count(' class="mono">') == 2
    answer = client.get("/registry/inspectors/drawable/", {"export": "csv", "on": on.isoformat()})
    assert isinstance(answer, StreamingHttpResponse)
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [(row[1], row[5], row[6], row[7]) for row in rows[1:3]] == [
        (inspector.name, "不能", "参加培训", "第十一条"),
        (expired.name, "不能", "执法证已过期", "第七条"),
    ]
    before = client.get("/registry/inspectors/drawable/", {"on": (on - DAY).isoformat()}).content.decode()
    assert "可以抽取 4 人" in before
    assert "日期无法识别" in client.get("/registry/inspectors/drawable/", {"on": "明天"}).content.decode()


def test_art07_fields_of_work_sort_and_filter_and_keep_nobody_out(
    stocked: Bureau, inspector: Inspector, client: Client
) -> None:
    """A7.2"""
    accounts.create_field("system", organ=stocked.organ, code="jn", name="节能监察")
    accounts.create_field("system", organ=stocked.organ, code="aq", name="安全生产")
    energy, safety = Field.objects.order_by("-code")
    people_services.set_fields(stocked.officer, inspector, [energy, safety])
    people_services.set_fields(stocked.officer, inspector, [safety])
    login(client, stocked.officer)
    assert "1 人 ·" in client.get("/registry/inspectors/", {"field": safety.pk}).content.decode()
    assert "0 人 ·" in client.get("/registry/inspectors/", {"field": energy.pk}).content.decode()
    assert all(not why_not_drawable(row, clock.today()) for row in Inspector.objects.all())
    text = client.get(f"/registry/inspectors/{inspector.certificate_number}/?tab=history").content.decode()
    assert "业务领域：" in text
    assert verify_log().sound


def test_qualifications_are_listed_with_their_validity_and_never_deleted(
    stocked: Bureau, inspector: Inspector, client: Client
) -> None:
    """Issue: qualifications with number and validity."""
    login(client, stocked.officer)
    page = f"/registry/inspectors/{inspector.certificate_number}/"
    data = {"name": "注册安全工程师", "number": "AQ-1", "valid_until": "2020-01-01"}
    client.post(page + "qualifications/new/", data)
    assert "已过期" in client.get(page).content.decode()
    assert "不用重复登记" in client.post(page + "qualifications/new/", data).content.decode()
    held = inspector.qualifications.get()
    client.post(f"/registry/qualifications/{held.pk}/withdraw/")
    assert "AQ-1" not in client.get(page).content.decode()
    assert inspector.qualifications.get().withdrawn
    assert "AQ-1" in client.get(page + "?tab=history").content.decode()
    assert verify_log().sound
