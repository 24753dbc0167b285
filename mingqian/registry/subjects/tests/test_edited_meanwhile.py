"""Two people edit one thing: the second sees what the first changed, decides, and loses nothing. And the change log by field."""

import re
from datetime import date

import pytest
from django.test import Client

from mingqian.ledger import selectors as ledger
from mingqian.ledger.models import Entry
from mingqian.ledger.verification.selectors import verify_log
from mingqian.pages.versions import EditedMeanwhileError, version_of
from mingqian.registry.experts import services as expert_services
from mingqian.registry.experts.services import ExpertValues
from mingqian.registry.models import Expert, Inspector, Subject
from mingqian.registry.people import services as people_services
from mingqian.registry.people.values import InspectorValues
from mingqian.testing import Bureau, fill_registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(bureau: Bureau, client: Client) -> Client:
    """Sign the division officer in, with registries."""
    fill_registry(bureau, subjects=3, inspectors=2)
    client.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


def inspector_data(inspector: Inspector) -> dict[str, str]:
    """Return what the edit form of an inspector sends when nothing is touched."""
    return {
        "name": inspector.name,
        "division": str(inspector.division_id),
        "post": inspector.post,
        "sex": inspector.sex,
        "valid_until": str(inspector.valid_until),
        "on_establishment": "on",
        "enforcement_post": "on",
    }


def seen_on(text: str) -> str:
    """Return the token that a page carries."""
    found = re.search('name="seen" value="([^"]+)"', text)
    assert found
    return found[1]


def test_the_second_editor_sees_what_the_first_changed_and_loses_nothing(bureau: Bureau, officer: Client) -> None:
    """Issue, bad input: two people edit the same inspector."""
    inspector = Inspector.objects.order_by("certificate_number")[0]
    address = f"/registry/inspectors/{inspector.certificate_number}/edit/"
    seen = seen_on(officer.get(address).content.decode())
    data = inspector_data(inspector)
    first = data | {"seen": seen, "post": "科长", "valid_until": "2035-01-01"}
    del first["enforcement_post"]
    assert officer.post(address, first).status_code == 302
    second = data | {"seen": seen, "post": "副科长", "sex": "male", "why": "轮岗"}
    answer = officer.post(address, second)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "他人已经改动" in text
    for both in ("科长", "副科长", "2035-01-01", "2039-12-31", "男"):
        assert both in text
    assert "两人都改了" in text
    assert Inspector.objects.get(pk=inspector.pk).post == "科长"
    picks = {"pick-post": "mine", "pick-valid_until": "theirs", "pick-sex": "mine", "pick-enforcement_post": "theirs"}
    assert {f"pick-{name}" for name in re.findall('name="pick-([a-z_]+)"', text)} == set(picks)
    assert officer.post(address, second | picks | {"seen": seen_on(text)}).status_code == 302
    inspector.refresh_from_db()
    assert (inspector.post, inspector.sex, inspector.valid_until) == ("副科长", "male", date(2035, 1, 1))
    assert not inspector.enforcement_post
    assert verify_log().sound


def test_what_does_not_clash_is_saved_at_once_and_a_third_change_is_noticed_too(officer: Client) -> None:
    """The check is repeated when the second saves what they decided."""
    inspector = Inspector.objects.order_by("certificate_number")[0]
    address = f"/registry/inspectors/{inspector.certificate_number}/edit/"
    data = inspector_data(inspector)
    old = seen_on(officer.get(address).content.decode())
    assert officer.post(address, data | {"seen": old, "post": "科员"}).status_code == 302
    page = officer.post(address, data | {"seen": old, "post": "科长"}).content.decode()
    assert (
        officer.post(
            address, data | {"seen": seen_on(officer.get(address).content.decode()), "post": "处长"}
        ).status_code
        == 302
    )
    again = officer.post(address, data | {"seen": seen_on(page), "post": "科长", "pick-post": "mine"})
    assert (again.status_code, "处长" in again.content.decode()) == (409, True)
    assert Inspector.objects.get(pk=inspector.pk).post == "处长"


def test_a_token_that_was_tampered_with_saves_nothing(officer: Client) -> None:
    """What was typed is still there, and the page says what to do."""
    inspector = Inspector.objects.order_by("certificate_number")[0]
    address = f"/registry/inspectors/{inspector.certificate_number}/edit/"
    answer = officer.post(address, inspector_data(inspector) | {"seen": "x:y", "post": "科长"})
    text = answer.content.decode()
    assert (answer.status_code, "页面已失效" in text, 'value="科长"' in text) == (400, True, True)
    assert officer.post(address, inspector_data(inspector) | {"seen": seen_on(text), "post": "科长"}).status_code == 302


def test_the_same_holds_for_subjects_and_experts(bureau: Bureau, officer: Client) -> None:
    """One piece for every form of this room."""
    subject = Subject.objects.order_by("number")[0]
    address = f"/registry/subjects/{subject.number}/edit/"
    data = {"name": subject.name, "kind": "company", "district": subject.district, "address": subject.address}
    data |= {"status": "active", "seen": seen_on(officer.get(address).content.decode())}
    officer.post(address, data | {"responsible_person": "王一"})
    answer = officer.post(address, data | {"responsible_person": "李二", "phone": "13853312345"})
    text = answer.content.decode()
    assert (answer.status_code, "王一" in text, "李二" in text) == (409, True, True)
    picked = {"responsible_person": "李二", "phone": "13853312345", "pick-responsible_person": "theirs"}
    assert officer.post(address, data | picked | {"seen": seen_on(text)}).status_code == 302
    subject.refresh_from_db()
    assert (subject.responsible_person, subject.phone()) == ("王一", "13853312345")
    expert = expert_services.add_expert(bureau.officer, ExpertValues(kind="expert", name="钱教授", speciality="节能"))
    address = f"/registry/experts/{expert.number}/edit/"
    typed = {"kind": "expert", "name": "钱教授", "active": "on", "seen": seen_on(officer.get(address).content.decode())}
    officer.post(address, typed | {"speciality": "节水"})
    assert officer.post(address, typed | {"speciality": "节材"}).status_code == 409
    assert Expert.objects.get().speciality == "节水"


def test_the_service_checks_the_version_under_its_lock(bureau: Bureau, officer: Client) -> None:
    """The page's check would come too early."""
    inspector = Inspector.objects.select_related("organ", "division").order_by("certificate_number")[0]
    seen = version_of(inspector)
    values = InspectorValues(name=inspector.name, post="科长")
    people_services.change_inspector_by_hand(bureau.officer, inspector, values, inspector.division, seen=seen)
    with pytest.raises(EditedMeanwhileError):
        people_services.change_inspector_by_hand(bureau.officer, inspector, values, inspector.division, seen=seen)


def test_the_change_log_tells_old_new_who_and_why_from_the_ledger(bureau: Bureau, officer: Client) -> None:
    """Issue: change log by field; the page has no truth of its own."""
    inspector = Inspector.objects.order_by("certificate_number")[0]
    page = f"/registry/inspectors/{inspector.certificate_number}/"
    to = bureau.divisions["jieneng"]
    data = inspector_data(inspector) | {"post": "科长", "division": str(to.pk), "why": "轮岗到节能科"}
    officer.post(page + "edit/", data)
    entry = Entry.objects.get(verb="inspector.change")
    details = ledger.details_of(entry)
    assert details["fields"] == [["岗位", "", "科长"], ["科室", "安全科", "节能科"]]
    assert (entry.actor, details["why"]) == (bureau.officer.actor, "轮岗到节能科")
    text = officer.get(page + "?tab=history").content.decode()
    assert "<del>安全科</del> → <ins>节能科</ins>" in text
    assert "轮岗到节能科" in text


def test_a_certificate_that_ends_before_it_begins_is_refused(officer: Client) -> None:
    """Issue, bad input: with the message at the field, and what was typed."""
    inspector = Inspector.objects.order_by("certificate_number")[0]
    data = inspector_data(inspector) | {"valid_from": "2030-01-01", "valid_until": "2029-01-01", "post": "写好的岗位"}
    answer = officer.post(f"/registry/inspectors/{inspector.certificate_number}/edit/", data)
    text = answer.content.decode()
    assert (answer.status_code, "证件有效期至早于有效期自" in text, "写好的岗位" in text) == (400, True, True)
