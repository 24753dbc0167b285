"""What is typed into a long form is kept on the server: an expired session, a crash or a second tab loses nothing."""

from datetime import timedelta

import pytest
from django.core import signing
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from mingqian.accounts.states import Role
from mingqian.casework.drafts import services
from mingqian.casework.drafts.services import Drafts
from mingqian.casework.models import FormDraft
from mingqian.common import clock
from mingqian.pages.submission import tidy_body
from mingqian.testing import Bureau

pytestmark = pytest.mark.django_db
PATH = "/registry/subjects/new/"


def token(user_id: int, path: str = PATH) -> str:
    """Return what a page made for a user carries."""
    return signing.dumps([user_id, path], salt="mingqian.pages.submission")


def signed_in(bureau: Bureau, role: Role = Role.DIVISION_OFFICER) -> Client:
    """Return a browser of the person with `role`."""
    client = Client()
    client.force_login(bureau.user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_what_was_typed_comes_back_into_the_form(bureau: Bureau) -> None:
    """Forms: the page is left in the middle, and is there again, filled and not yet judged."""
    client = signed_in(bureau)
    page = client.get(PATH).content.decode()
    assert "data-draft=" in page
    kept = client.post(
        reverse("casework:draft-keep"), {"name": "淄博半途有限公司", "address": "", "_draft": token(bureau.officer.pk)}
    )
    assert kept.status_code == 204
    again = client.get(PATH)
    assert again.status_code == 200
    text = again.content.decode()
    assert "淄博半途有限公司" in text
    assert "还没有提交的内容" in text
    assert "mq-errors" not in text


def test_a_post_after_the_sessions_end_is_kept_and_shown_again_after_signing_in(bureau: Bureau) -> None:
    """Forms: nothing typed is ever lost; the sign-in leads back to the form."""
    client = Client()
    answer = client.post(PATH, {"name": "淄博过期有限公司", "_draft": token(bureau.officer.pk)})
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"next={PATH}")
    assert "淄博过期有限公司" in signed_in(bureau).get(PATH).content.decode()


def test_a_button_pressed_after_the_sessions_end_leads_back_to_its_page(bureau: Bureau) -> None:
    """A post-only address cannot be opened after signing in: 405 would be all that one sees."""
    answer = Client().post(
        reverse("accounts:notices-seen"), headers={"referer": "http://testserver/accounts/mine/?tab=2"}
    )
    assert answer["Location"].endswith("next=/accounts/mine/%3Ftab%3D2")


def test_nobody_sees_or_writes_what_another_typed(bureau: Bureau) -> None:
    """A20.1: a kept form is its user's; a token that was made up keeps nothing."""
    Drafts().save(bureau.officer.pk, PATH, "name=%E7%A7%98%E5%AF%86")
    assert "秘密" not in signed_in(bureau, Role.REGULATIONS_OFFICER).get(PATH).content.decode()
    answer = Client().post(reverse("casework:draft-keep"), {"name": "x", "_draft": "made-up"})
    assert answer.status_code == 400
    assert FormDraft.objects.count() == 1


def test_what_is_kept_cannot_be_read_in_the_database(bureau: Bureau) -> None:
    """A20.1: a form may hold personal data."""
    Drafts().save(bureau.officer.pk, PATH, "phone=13853312345")
    assert b"13853312345" not in bytes(FormDraft.objects.get().box)


def test_a_form_that_was_sent_or_given_up_is_forgotten(bureau: Bureau) -> None:
    """What is saved needs no copy; what is not wanted goes at once."""
    client = signed_in(bureau)
    Drafts().save(bureau.officer.pk, PATH, "name=x")
    client.post(reverse("casework:draft-drop"), {"path": PATH})
    assert not FormDraft.objects.exists()
    Drafts().save(bureau.officer.pk, PATH, "name=x")
    made = client.post(PATH, {"name": "淄博完成有限公司", "address": "示例路1号", "status": "active"})
    assert made.status_code == 302
    assert not FormDraft.objects.exists()


def test_what_nobody_came_back_to_goes(bureau: Bureau) -> None:
    """Personal data stays no longer than it is of use."""
    Drafts().save(bureau.officer.pk, PATH, "name=x")
    FormDraft.objects.update(at=clock.now() - timedelta(days=services.KEPT_DAYS + 1))
    assert Drafts().load(bureau.officer.pk, PATH) is None
    Drafts().save(bureau.officer.pk, "/another/", "name=y")
    assert [row.path for row in FormDraft.objects.all()] == ["/another/"]


def test_too_much_is_not_kept_and_the_oldest_goes_first(bureau: Bureau) -> None:
    """A page can be written to by whoever holds its token: what it may fill is bounded."""
    Drafts().save(bureau.officer.pk, PATH, "a=" + "x" * services.LONGEST)
    assert not FormDraft.objects.exists()
    for i in range(services.MOST + 3):
        Drafts().save(bureau.officer.pk, f"/{i}/", f"a={i}")
    assert FormDraft.objects.count() == services.MOST


def test_fields_of_the_page_itself_are_not_kept() -> None:
    """Neither the token of the page nor the one against forgery is typed by anybody."""
    assert tidy_body(QueryDict("a=1&a=2&csrfmiddlewaretoken=x&_draft=y")) == "a=1&a=2"
