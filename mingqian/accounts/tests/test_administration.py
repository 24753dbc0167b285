"""Organs, divisions, accounts and roles, and the three administrators who share that work (A4.1, A4.2)."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django_otp.oath import totp

from mingqian.accounts import selectors, services
from mingqian.accounts.models import Organ, SecondFactor, SignIn, User
from mingqian.accounts.models.factors import fresh_key
from mingqian.accounts.states import DivisionKind, OrganKind, Role, SignInOutcome
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.ledger.verification.selectors import verify_log
from mingqian.testing import PASSWORD, Bureau

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    """Return a browser in which `user` is signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def district(bureau: Bureau) -> Organ:
    """Add a district's organ below the bureau."""
    return services.create_organ(
        "system",
        code="zhangdian",
        name="张店区工业和信息化局",
        short_name="张店区工信局",
        kind=OrganKind.DISTRICT,
        parent=bureau.organ,
    )


def test_art04_the_city_sees_the_districts_below_it_and_a_district_does_not_see_the_city(bureau: Bureau) -> None:
    """A4.1, A4.2"""
    below = district(bureau)
    assert selectors.organs_below(bureau.organ) == [bureau.organ.pk, below.pk]
    assert selectors.organs_below(below) == [below.pk]


def test_an_organ_cannot_come_to_stand_above_itself(bureau: Bureau) -> None:
    """Bad input: a cycle in the organ tree."""
    below = district(bureau)
    values = {"name": bureau.organ.name, "short_name": "x", "kind": OrganKind.CITY, "area_code": ""}
    for parent in (bureau.organ, below):
        with pytest.raises(DomainError, match="上级机关不能是"):
            services.change_organ("system", bureau.organ, parent=parent, **values)


def test_art04_an_organ_below_does_not_fall_out_of_the_tree(bureau: Bureau) -> None:
    """A4.2: without an organ above it, nobody could look after it any more, and it would keep the calendar of all."""
    below = district(bureau)
    values = {"name": below.name, "short_name": below.short_name, "kind": OrganKind.DISTRICT, "area_code": "370303"}
    with pytest.raises(DomainError, match="必须有上级机关"):
        services.change_organ("system", below, parent=None, **values)
    client = client_of(bureau.user(Role.SYSTEM_ADMIN))
    answer = client.post(f"/accounts/organs/{below.code}/", {**values, "name": "改后的名称", "parent": ""})
    assert (answer.status_code, "改后的名称" in answer.content.decode()) == (400, True)
    assert Organ.objects.get(pk=below.pk).parent == bureau.organ


def test_art04_divisions_have_a_kind_and_fields(bureau: Bureau) -> None:
    """A4.1"""
    energy = services.create_field("system", organ=bureau.organ, code="energy", name="节能监察")
    safety = services.create_field("system", organ=bureau.organ, code="safety", name="民爆安全")
    division = bureau.divisions["jieneng"]
    services.change_division("system", division, name="节能科", kind=DivisionKind.BUSINESS, fields=[energy, safety])
    services.change_division("system", division, name="节能科", kind=DivisionKind.BUSINESS, fields=[safety])
    assert [row.field for row in division.division_fields.all()] == [safety]
    assert verify_log().sound


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (Role.DIVISION_OFFICER, Role.AUDIT_ADMIN),
        (Role.AUDIT_ADMIN, Role.INSPECTOR),
        (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN),
        (Role.SECURITY_ADMIN, Role.LEADER),
    ],
)
def test_duties_that_must_stay_apart_are_refused(bureau: Bureau, held: Role, wanted: Role) -> None:
    """Graded protection: three administrators, none with a business role."""
    with pytest.raises(DomainError):
        services.grant_role("system", user=bureau.user(held), role=wanted)


def test_duties_may_follow_each_other_in_time(bureau: Bureau) -> None:
    """A role that has ended conflicts with nothing later; one that is still to come does."""
    user, today = bureau.user(Role.INSPECTOR), clock.today()
    services.end_role("system", user.grants.get(), last_day=today)
    with pytest.raises(DomainError):
        services.grant_role("system", user=user, role=Role.AUDIT_ADMIN, since=today)
    services.grant_role("system", user=user, role=Role.AUDIT_ADMIN, since=today + timedelta(days=1))


def test_a_role_that_ended_is_not_drawn_out_over_duties_that_must_stay_apart(bureau: Bureau) -> None:
    """An end is only ever moved forward: one who became an administrator does not keep the old business role beside it."""
    officer, today = bureau.officer, clock.today()
    held = officer.grants.get()
    services.end_role("system", held, last_day=today)
    services.grant_role("system", user=officer, role=Role.AUDIT_ADMIN, since=today + timedelta(days=1))
    with pytest.raises(DomainError, match="终止只能提前"):
        services.end_role("system", held, last_day=today + timedelta(days=365))
    client = client_of(bureau.user(Role.SECURITY_ADMIN))
    late = (today + timedelta(days=365)).isoformat()
    client.post(f"/accounts/users/{officer.username}/grants/{held.pk}/end/", {"last_day": late})
    held.refresh_from_db()
    assert held.until == today


def test_nobody_grants_a_role_to_themselves(bureau: Bureau) -> None:
    """Conflicts of duty."""
    security = bureau.user(Role.SECURITY_ADMIN)
    with pytest.raises(NotAllowedError):
        services.grant_role(security.actor, user=security, role=Role.SECURITY_ADMIN)


def test_a_period_that_ends_before_it_begins_is_refused(bureau: Bureau) -> None:
    """Bad input."""
    today = clock.today()
    with pytest.raises(DomainError, match="截止日期早于起始日期"):
        services.grant_role(
            "system",
            user=bureau.user(Role.LEADER),
            role=Role.DIVISION_HEAD,
            since=today,
            until=today - timedelta(days=1),
        )


def test_a_new_account_gets_a_password_for_one_sign_in_and_roles_from_somebody_else(bureau: Bureau) -> None:
    """Issue: users with roles from–until; the administrators' parts are separate."""
    system, security = client_of(bureau.user(Role.SYSTEM_ADMIN)), client_of(bureau.user(Role.SECURITY_ADMIN))
    form = {"username": "qian.jin", "name": "钱进", "organ": bureau.organ.pk, "division": bureau.divisions["anquan"].pk}
    shown = system.post("/accounts/users/new/", form).content.decode()
    found = re.search(r"mq-receipt-code\">([^<]+)<", shown)
    assert found
    newcomer = Client()
    newcomer.post("/accounts/sign-in/", {"username": "qian.jin", "password": found[1]})
    assert newcomer.get("/")["Location"] == "/accounts/password/"
    change = {"old_password": found[1], "new_password1": "Zibo-Lots-77", "new_password2": "Zibo-Lots-77"}
    newcomer.post("/accounts/password/", change)
    assert newcomer.get("/").status_code == 200
    assert newcomer.get("/draws/").status_code == 403
    assert (
        system.post(
            "/accounts/users/qian.jin/grants/", {"role": Role.DIVISION_OFFICER, "since": "2026-01-01"}
        ).status_code
        == 403
    )
    security.post(
        "/accounts/users/qian.jin/grants/", {"role": Role.DIVISION_OFFICER, "since": clock.today().isoformat()}
    )
    assert newcomer.get("/draws/").status_code == 200


def test_an_account_out_of_service_cannot_sign_in_and_is_signed_out_at_once(bureau: Bureau) -> None:
    """Users are deactivated, never deleted."""
    user = bureau.officer
    client = client_of(user)
    services.change_user("system", user, name=user.name, division=user.division, is_active=False)
    assert client.get("/").status_code == 302
    assert Client().post("/accounts/sign-in/", {"username": user.username, "password": PASSWORD}).status_code == 200


def test_who_is_idle_is_signed_out(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """Idle sign-out."""
    client = client_of(bureau.officer)
    assert client.get("/").status_code == 200
    session = client.session
    session["seen"] = session["seen"] - settings.MINGQIAN_IDLE_MINUTES * 60 - 1
    session.save()
    assert client.get("/", follow=True).redirect_chain[-1][0].startswith("/accounts/sign-in/")


def test_with_a_second_factor_the_password_alone_opens_nothing(bureau: Bureau) -> None:
    """Optional TOTP."""
    user = bureau.officer
    client = client_of(user)
    key = bytes.fromhex(client.get("/accounts/mine/second-factor/").context["key"])
    code = f"{totp(key):06d}"
    assert client.post("/accounts/mine/second-factor/", {"code": "12345"}).status_code == 400
    client.post("/accounts/mine/second-factor/", {"code": code})
    visitor = Client()
    answer = visitor.post("/accounts/sign-in/", {"username": user.username, "password": PASSWORD})
    assert answer["Location"] == "/accounts/sign-in/code/"
    assert visitor.get("/").status_code == 302
    assert visitor.post("/accounts/sign-in/code/", {"code": code}).status_code == 400, (
        "a code that was used is not good again"
    )
    SecondFactor.objects.filter(user=user).update(last_step=-1, failures=0, failed_at=None)
    visitor.post("/accounts/sign-in/code/", {"code": f"{totp(key):06d}"})
    assert visitor.get("/").status_code == 200


def test_the_security_administrator_takes_a_lost_second_factor_off(bureau: Bureau) -> None:
    """Optional TOTP: a lost telephone."""
    user = bureau.officer
    key = fresh_key()
    assert services.confirm_second_factor(user, key, f"{totp(key):06d}")
    url = f"/accounts/users/{user.username}/second-factor/off/"
    assert client_of(bureau.user(Role.SYSTEM_ADMIN)).post(url).status_code == 403
    client_of(bureau.user(Role.SECURITY_ADMIN)).post(url)
    assert selectors.second_factor_of(user) is None


def test_sign_ins_are_kept_for_the_user_and_the_audit_administrator(bureau: Bureau) -> None:
    """Sign-in history."""
    name = bureau.officer.username
    visitor = Client()
    visitor.post("/accounts/sign-in/", {"username": name, "password": "wrong"})
    visitor.post("/accounts/sign-in/", {"username": name, "password": PASSWORD})
    visitor.post("/accounts/sign-out/")
    outcomes = list(SignIn.objects.order_by("pk").values_list("outcome", flat=True))
    assert outcomes == [SignInOutcome.WRONG, SignInOutcome.DONE, SignInOutcome.OUT]
    assert "用户名或密码错误" in client_of(bureau.officer).get("/accounts/mine/").content.decode()
    assert name in client_of(bureau.user(Role.AUDIT_ADMIN)).get("/accounts/sign-ins/").content.decode()
    assert "用户名或密码错误" not in client_of(bureau.leader).get("/accounts/mine/").content.decode()


def test_accounts_of_another_bureau_are_not_there(bureau: Bureau) -> None:
    """404 for what is not yours to know."""
    other = services.create_organ(
        "system", code="weifang", name="潍坊市工业和信息化局", short_name="潍坊市工信局", kind=OrganKind.CITY
    )
    services.create_user("system", username="stranger", password=PASSWORD, name="外人", organ=other)
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        assert client_of(bureau.user(role)).get("/accounts/users/stranger/").status_code == 404
    assert client_of(bureau.user(Role.SYSTEM_ADMIN)).get("/accounts/organs/weifang/").status_code == 404


def test_wrong_input_in_an_organ_or_a_user_is_said_at_the_field_and_keeps_what_was_typed(bureau: Bureau) -> None:
    """Pages: nothing typed is ever lost."""
    client = client_of(bureau.user(Role.SYSTEM_ADMIN))
    organ = client.post(
        "/accounts/organs/new/",
        {"code": "张店", "name": "张店区局", "short_name": "张店", "kind": "district", "area_code": "37"},
    )
    assert organ.status_code == 400
    assert "六位数字" in organ.content.decode()
    assert "张店区局" in organ.content.decode()
    user = client.post(
        "/accounts/users/new/", {"username": bureau.officer.username, "name": "重名", "organ": bureau.organ.pk}
    )
    assert user.status_code == 400
    assert "重名" in user.content.decode()


@pytest.mark.parametrize(
    "name", ["安全 生产科", "安全\u3000科", "安全\u0007科", "安全/生产科", "安全\u200b科", "安(全)科", "科" * 41]
)
def test_a_division_is_not_named_what_no_draw_could_seal(bureau: Bureau, name: str) -> None:
    """MQ2, Grammar: a division's name is a word; the form says so, keeps what was typed and writes nothing."""
    browser = client_of(bureau.user(Role.SYSTEM_ADMIN))
    data = {"code": "xin", "name": name, "kind": DivisionKind.BUSINESS}
    made = browser.post("/accounts/organs/zibo/divisions/new/", data)
    changed = browser.post("/accounts/organs/zibo/divisions/anquan/", data)
    assert (made.status_code, changed.status_code) == (400, 400)
    for answer in (made, changed):
        text = answer.content.decode()
        assert "mq-error" in text
        assert "不能有空格" in text or "40" in text
    assert set(bureau.organ.divisions.values_list("name", flat=True)) == {"综合法规科", "节能科", "安全科"}
    with pytest.raises(DomainError, match="科室名称"):
        services.create_division("system", organ=bureau.organ, code="xin", name=name, kind=DivisionKind.BUSINESS)


def test_a_division_with_wide_brackets_can_be_sealed(bureau: Bureau) -> None:
    """MQ2, Grammar."""
    browser = client_of(bureau.user(Role.SYSTEM_ADMIN))
    data = {"code": "xin", "name": "执法一科（民爆）", "kind": DivisionKind.BUSINESS}
    assert browser.post("/accounts/organs/zibo/divisions/new/", data).status_code == 302
    assert bureau.organ.divisions.filter(name="执法一科（民爆）").exists()
