"""Signing in and out, lock-out, roles from–until."""

from datetime import timedelta

import pytest
from django.test import Client

from mingqian.accounts import services
from mingqian.accounts.models import RoleGrant, User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.testing import Bureau, make_bureau

pytestmark = pytest.mark.django_db


def attempt(client: Client, username: str, password: str) -> int:
    """Try to sign in and return the status."""
    return client.post("/accounts/sign-in/", {"username": username, "password": password}).status_code


def test_the_right_password_leads_to_the_workbench(bureau: Bureau, client: Client, password: str) -> None:
    """Sign-in."""
    response = client.post(
        "/accounts/sign-in/", {"username": bureau.officer.username, "password": password}, follow=True
    )
    assert "工作台" in response.content.decode()


def test_after_five_failures_the_name_is_locked_even_for_the_right_password(
    bureau: Bureau, client: Client, password: str
) -> None:
    """A20.1: lock-out."""
    name = bureau.officer.username
    codes = [attempt(client, name, "wrong") for _ in range(5)]
    assert codes[:4] == [200] * 4
    assert attempt(client, name, password) == 429


def test_a_wrong_password_gets_a_message_that_says_what_to_do(bureau: Bureau, client: Client) -> None:
    """Bad input."""
    response = client.post("/accounts/sign-in/", {"username": bureau.officer.username, "password": "x"})
    assert "用户名或密码不正确" in response.content.decode()


def test_a_role_counts_from_its_first_to_its_last_day(bureau: Bureau) -> None:
    """A4.1: roles from–until."""
    user = bureau.user(Role.INSPECTOR)
    today = clock.today()
    services.grant_role("system", user=user, role=Role.LEADER, since=today + timedelta(days=1))
    services.grant_role(
        "system", user=user, role=Role.DIVISION_HEAD, since=today - timedelta(days=9), until=today - timedelta(days=1)
    )
    services.grant_role("system", user=user, role=Role.DIVISION_OFFICER, since=today, until=today)
    assert User.objects.get(pk=user.pk).current_roles() == {Role.INSPECTOR, Role.DIVISION_OFFICER}


def test_a_user_whose_last_role_ended_sees_nothing_of_the_bureau(bureau: Bureau, sign_in: object) -> None:
    """A20.1"""
    RoleGrant.objects.filter(user=bureau.officer).update(until=clock.today() - timedelta(days=1))
    client: Client = sign_in(bureau.officer)  # type: ignore[operator]
    assert client.get("/draws/").status_code == 403


def test_a_division_of_another_organ_is_refused(bureau: Bureau) -> None:
    """Bad input."""
    other = make_bureau(code="weifang", name="潍坊市工业和信息化局", short_name="潍坊市工信局")
    with pytest.raises(DomainError, match="不属于"):
        services.create_user(
            "system",
            username="x",
            password="Correct-Horse-9",
            name="某",
            organ=bureau.organ,
            division=other.divisions["fagui"],
        )


def test_a_password_is_changed_only_with_the_old_one_and_must_be_strong(
    bureau: Bureau, sign_in: object, password: str
) -> None:
    """Password policy."""
    client: Client = sign_in(bureau.officer)  # type: ignore[operator]
    weak = client.post(
        "/accounts/password/", {"old_password": password, "new_password1": "1234567890", "new_password2": "1234567890"}
    )
    assert weak.status_code == 400
    wrong = client.post(
        "/accounts/password/", {"old_password": "no", "new_password1": "Zibo-Lots-77", "new_password2": "Zibo-Lots-77"}
    )
    assert wrong.status_code == 400
    done = client.post(
        "/accounts/password/",
        {"old_password": password, "new_password1": "Zibo-Lots-77", "new_password2": "Zibo-Lots-77"},
    )
    assert done.status_code == 302
    assert User.objects.get(pk=bureau.officer.pk).check_password("Zibo-Lots-77")


def test_signing_out_needs_a_post(bureau: Bureau, sign_in: object) -> None:
    """A link in a page cannot sign anybody out."""
    client: Client = sign_in(bureau.officer)  # type: ignore[operator]
    assert client.get("/accounts/sign-out/").status_code == 405
    client.post("/accounts/sign-out/")
    assert client.get("/").status_code == 302
