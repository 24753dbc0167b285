"""A database administrator without keys gets into no account (issue 11, 2)."""

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django_otp.oath import totp

from mingqian.accounts import services
from mingqian.accounts.models import SecondFactor, User
from mingqian.accounts.models.factors import fresh_key
from mingqian.accounts.signin.store import SessionStore, row_of
from mingqian.accounts.states import Role
from mingqian.common import crypto
from mingqian.documents.rotation.services import boxed_models
from mingqian.ledger.verification.selectors import verify_log
from mingqian.testing import PASSWORD, Bureau

pytestmark = pytest.mark.django_db


def may_enter(username: str, password: str = PASSWORD) -> bool:
    """Say whether name and password open the account."""
    client = Client()
    client.post("/accounts/sign-in/", {"username": username, "password": password})
    return client.get("/").status_code == 200


def test_a_hash_copied_to_another_account_opens_nothing(bureau: Bureau) -> None:
    """Two users' hashes swapped: neither opens with the other's password, nor with its own."""
    own, other = bureau.officer, bureau.user(Role.PRINCIPAL_LEADER)
    services.change_password(own, "Own-Password-1")
    services.change_password(other, "Other-Password-2")
    assert may_enter(own.username, "Own-Password-1")
    User.objects.filter(pk=own.pk).update(password=other.password)
    User.objects.filter(pk=other.pk).update(password=own.password)
    for user in (own, other):
        for password in ("Own-Password-1", "Other-Password-2"):
            assert not may_enter(user.username, password)


def test_a_hash_made_without_the_key_opens_nothing(bureau: Bureau) -> None:
    """Whoever knows the algorithm only."""
    user = bureau.user(Role.PRINCIPAL_LEADER)
    User.objects.filter(pk=user.pk).update(password=make_password("Chosen-Word-3"))
    assert not may_enter(user.username, "Chosen-Word-3")


def test_names_swapped_with_their_hashes_open_nothing(bureau: Bureau) -> None:
    """The hash is bound to the row as well: a name put on another's row does not bring its roles."""
    own, other = bureau.officer, bureau.user(Role.PRINCIPAL_LEADER)
    User.objects.filter(pk=other.pk).update(username="away")
    User.objects.filter(pk=own.pk).update(username=other.username)
    User.objects.filter(pk=other.pk).update(username=own.username, password=own.password)
    assert not may_enter(own.username)


def test_an_earlier_key_still_opens_and_leaves_the_row_alone(bureau: Bureau, settings: object) -> None:
    """The secret key is changed without everybody's password being lost, and without a change that no act explains."""
    user = bureau.officer
    before = settings.SECRET_KEY  # type: ignore[attr-defined]
    settings.SECRET_KEY = "another-secret-key-of-some-length-0123456789"  # type: ignore[attr-defined]
    assert not may_enter(user.username)
    settings.SECRET_KEY_FALLBACKS = [before]  # type: ignore[attr-defined]
    assert may_enter(user.username)
    assert verify_log().sound


def test_what_stands_in_the_table_of_sessions_is_no_cookie(bureau: Bureau) -> None:
    """Read in the database, a session's row opens nothing."""
    client = Client()
    client.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/").status_code == 200
    (row,) = Session.objects.all()
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert row.session_key == row_of(cookie) != cookie
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = row.session_key
    assert thief.get("/").status_code == 302


def test_a_copied_session_row_opens_nothing(bureau: Bureau) -> None:
    """The content of another's session put into one's own row."""
    leader, own = Client(), Client()
    leader.force_login(bureau.user(Role.PRINCIPAL_LEADER), backend="django.contrib.auth.backends.ModelBackend")
    own.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    cookies = [client.cookies[settings.SESSION_COOKIE_NAME].value for client in (leader, own)]
    stolen = Session.objects.get(pk=row_of(cookies[0])).session_data
    Session.objects.filter(pk=row_of(cookies[1])).update(session_data=stolen)
    assert own.get("/").status_code == 302
    assert leader.get("/").status_code == 200


def test_sessions_live_and_end_as_before(bureau: Bureau) -> None:
    """Created, changed, given a new key at sign-in, ended, cleared."""
    store = SessionStore()
    store["a"] = 1
    store.save()
    first = str(store.session_key)
    assert SessionStore(first)["a"] == 1
    assert store.exists(first)
    store.cycle_key()
    assert not store.exists(first)
    assert SessionStore(store.session_key)["a"] == 1
    assert SessionStore(first).get("a") is None
    store.delete()
    assert Session.objects.count() == 0
    store = SessionStore()
    store.set_expiry(-1)
    store["a"] = 1
    store.save()
    SessionStore.clear_expired()
    assert Session.objects.count() == 0
    client = Client()
    client.post("/accounts/sign-in/", {"username": bureau.officer.username, "password": PASSWORD})
    assert client.get("/").status_code == 200
    client.post("/accounts/sign-out/")
    assert client.get("/").status_code == 302


def on(user: User) -> bytes:
    """Switch the second factor on, and return its key."""
    key = fresh_key()
    assert services.confirm_second_factor(user, key, f"{totp(key):06d}")
    return key


def test_keys_of_second_factors_lie_encrypted_for_their_user_alone(bureau: Bureau) -> None:
    """A20.1: copied to another account, the row is worth nothing."""
    own, other = bureau.officer, bureau.user(Role.PRINCIPAL_LEADER)
    key = on(own)
    on(other)
    row = SecondFactor.objects.get(user=own)
    assert key not in bytes(row.box)
    assert row.key() == key
    assert verify_log().sound
    SecondFactor.objects.filter(user=other).update(box=row.box)
    stolen = SecondFactor.objects.get(user=other)
    with pytest.raises(ValueError, match="open"):
        stolen.key()
    SecondFactor.objects.update(last_step=-1)
    assert not SecondFactor.objects.get(user=other).verify_token(f"{totp(key):06d}")
    assert not verify_log().sound


def test_guessing_a_code_becomes_slower(bureau: Bureau) -> None:
    """After a wrong code even the right one waits."""
    key = on(bureau.officer)
    row = SecondFactor.objects.get()
    SecondFactor.objects.update(last_step=-1)
    for wrong in ("000000", "١٢٣٤٥٦", "12 456", ""):
        row.refresh_from_db()
        assert not row.verify_token(wrong)
    row.refresh_from_db()
    assert not row.verify_token(f"{totp(key):06d}")
    assert row.failures > 0


def test_keys_of_second_factors_follow_a_change_of_the_data_key(bureau: Bureau, settings: object) -> None:
    """A20.1: `rotate_data_key` takes them along."""
    assert SecondFactor in boxed_models()
    key = on(bureau.officer)
    before = settings.MINGQIAN_DATA_KEY  # type: ignore[attr-defined]
    settings.MINGQIAN_DATA_KEY_OLD = [before]  # type: ignore[attr-defined]
    settings.MINGQIAN_DATA_KEY = "A" * 42 + "E="  # type: ignore[attr-defined]
    call_command("rotate_data_key")
    row = SecondFactor.objects.get()
    assert crypto.is_current(bytes(row.box))
    assert row.key() == key
    assert verify_log().sound
