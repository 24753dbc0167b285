"""Fixtures for every room's tests."""

from pathlib import Path

import pytest
from django.test import Client
from hypothesis import HealthCheck, settings as hypothesis_settings
from pytest_django import Settings

from mingqian.accounts.models import User
from mingqian.testing import PASSWORD, Bureau, fill_registry, make_bureau

# How fast a machine is says nothing about the code.
hypothesis_settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def own_files(settings: Settings, tmp_path: Path) -> None:
    """Keep the files that a test stores apart from everything else; hash passwords fast."""
    storages = dict(settings.STORAGES)
    storages["default"] = {**storages["default"], "OPTIONS": {"location": str(tmp_path / "files")}}
    settings.STORAGES = storages
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def bureau(db: None) -> Bureau:
    """A bureau with a person for every role and empty registries."""
    return make_bureau()


@pytest.fixture
def stocked(bureau: Bureau) -> Bureau:
    """The bureau with sixty subjects in three districts and twelve inspectors."""
    fill_registry(bureau)
    return bureau


@pytest.fixture
def sign_in(client: Client) -> object:
    """Return a function that signs a user in and gives the client."""

    def signed_in(user: User) -> Client:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


@pytest.fixture
def password() -> str:
    """The password of everybody in the stages."""
    return PASSWORD
