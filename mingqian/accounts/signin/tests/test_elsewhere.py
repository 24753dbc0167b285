"""Signing in by an identity provider (OpenID Connect), against a real provider on the loopback interface."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import oidc_provider_mock
import pytest
import requests
from django.test import Client
from pytest_django import Settings

from mingqian.accounts.models import SignIn, User
from mingqian.testing import Bureau

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@pytest.fixture
def provider(settings: Settings) -> Iterator[None]:
    """Run a provider, and let the platform know it."""
    with oidc_provider_mock.run_server_in_thread() as server:
        base = f"http://127.0.0.1:{server.server_port}"
        settings.MINGQIAN_OIDC = True
        settings.AUTHENTICATION_BACKENDS = [
            *settings.AUTHENTICATION_BACKENDS,
            "mingqian.accounts.signin.oidc.AccountBackend",
        ]
        settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = "mingqian", "known-to-both"
        settings.OIDC_OP_AUTHORIZATION_ENDPOINT = f"{base}/oauth2/authorize"
        settings.OIDC_OP_TOKEN_ENDPOINT = f"{base}/oauth2/token"
        settings.OIDC_OP_USER_ENDPOINT = f"{base}/userinfo"
        settings.OIDC_OP_JWKS_ENDPOINT = f"{base}/jwks"
        settings.OIDC_VERIFY_KID = False
        yield


def sign_in_elsewhere(client: Client, name: str) -> str:
    """Go to the provider, say who one is, come back; return where that leads."""
    away = client.get("/accounts/sign-in/elsewhere/")["Location"]
    back = requests.post(away, data={"sub": name}, allow_redirects=False, timeout=10).headers["Location"]
    parts = urlsplit(back)
    return str(client.get(f"{parts.path}?{parts.query}")["Location"])


def test_who_is_known_there_and_here_is_signed_in(bureau: Bureau, client: Client, provider: None) -> None:
    """Issue: optional OpenID Connect."""
    assert sign_in_elsewhere(client, bureau.officer.username) == "/"
    assert bureau.officer.name in client.get("/").content.decode()
    assert SignIn.objects.filter(user=bureau.officer, outcome="done").exists()


def test_who_is_unknown_here_gets_no_account(bureau: Bureau, client: Client, provider: None) -> None:
    """A provider makes nobody an official."""
    before = User.objects.count()
    target = sign_in_elsewhere(client, "somebody.else")
    assert "没有可用账号" in client.get(target).content.decode()
    assert User.objects.count() == before
    assert client.get("/").status_code == 302


def test_an_account_out_of_service_stays_out(bureau: Bureau, client: Client, provider: None) -> None:
    """Deactivated is deactivated, whoever vouches."""
    User.objects.filter(pk=bureau.officer.pk).update(is_active=False)
    assert "elsewhere=failed" in sign_in_elsewhere(client, bureau.officer.username)


def test_without_a_provider_the_addresses_lead_nowhere(bureau: Bureau, client: Client) -> None:
    """Off while no provider is configured."""
    assert client.get("/accounts/sign-in/elsewhere/").status_code == 404
    assert client.get("/accounts/sign-in/callback/").status_code == 404
