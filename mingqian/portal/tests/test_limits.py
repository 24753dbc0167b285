"""Malformed and over-large requests are refused in words; what is shown to somebody is kept by no cache (issue 12)."""

import pytest
from django.db import DataError
from django.test import Client

from mingqian.accounts.states import Role
from mingqian.common.errors import is_malformed
from mingqian.ledger import selectors
from mingqian.testing import PASSWORD, Bureau

pytestmark = pytest.mark.django_db
_BACKEND = "django.contrib.auth.backends.ModelBackend"


def test_a_body_that_nobody_sends_in_earnest_is_not_read(bureau: Bureau) -> None:
    """Issue 12: a POST of 600 MB to the sign-in was spooled."""
    client = Client()
    answer = client.post("/accounts/sign-in/", b"", content_type="text/plain", CONTENT_LENGTH=str(600 << 20))
    assert answer.status_code == 413
    assert "太大" in answer.content.decode()
    assert answer["Connection"] == "close"
    assert client.get("/public/", CONTENT_LENGTH="-1").status_code == 413
    client.force_login(bureau.officer, backend=_BACKEND)
    answer = client.post("/imports/new/", b"", content_type="text/plain", CONTENT_LENGTH=str(600 << 20))
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "address",
    [
        "/public/draws/?q=%00",
        "/public/draws/a%00b/",
        "/registry/subjects/?q=a%00",
        "/public/inspectors/?organ=%00",
        "/ledger/?q=%00",
    ],
)
def test_nul_in_an_address_is_told(bureau: Bureau, address: str) -> None:
    """Issue 12: 129 answers of 500 in 6,500 tries, nearly all NUL on PostgreSQL."""
    client = Client()
    client.force_login(bureau.user(Role.AUDIT_ADMIN) if "ledger" in address else bureau.officer, backend=_BACKEND)
    answer = client.get(address)
    assert answer.status_code == 400
    assert "无法保存的字符" in answer.content.decode()


def test_nul_in_a_form_is_told(bureau: Bureau) -> None:
    """In fields that forms know, and in those that views read themselves."""
    client = Client()
    answer = client.post("/accounts/sign-in/", {"username": "a\0b", "password": "x"})
    assert answer.status_code in {200, 400}
    client.force_login(bureau.officer, backend=_BACKEND)
    assert client.post("/accounts/mine/second-factor/off/", {"password": "a\0"}).status_code in {302, 400}
    assert is_malformed(ValueError("A string literal cannot contain NUL (0x00) characters."))
    assert is_malformed(DataError("value too long for type character varying(40)"))
    assert not is_malformed(ValueError("something else"))


def test_what_is_shown_to_somebody_is_kept_by_no_cache(bureau: Bureau) -> None:
    """Issue 12: `no-store` for signed-in pages; what says itself how it may be kept says so still."""
    client = Client()
    assert "no-store" not in client.get("/public/").headers.get("Cache-Control", "")
    client.force_login(bureau.officer, backend=_BACKEND)
    assert client.get("/")["Cache-Control"] == "no-store"


def test_a_failed_sign_in_is_no_act_of_whoever_bears_the_name(bureau: Bureau) -> None:
    """Issue 12: failures are not acts of the victim."""
    user = bureau.user(Role.LEADER)
    Client().post("/accounts/sign-in/", {"username": user.username, "password": "wrong"})
    (entry,) = selectors.newest(1)
    assert (entry.actor, entry.subject, entry.verb) == ("system", f"user/{user.username}", "sign-in.wrong")
    Client().post("/accounts/sign-in/", {"username": user.username, "password": PASSWORD})
    assert selectors.newest(1)[0].actor == user.actor
