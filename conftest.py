"""Fixtures for every room's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from mingqian.accounts.models import User
from mingqian.testing import PASSWORD, Bureau, fill_registry, make_bureau


@pytest.fixture(autouse=True)
def own_files(settings: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """Keep the files that a test stores apart from everything else; hash passwords fast."""
    location = str(tmp_path / "files")
    storage = default_storage
    before = storage._location  # type: ignore[attr-defined]  # the storage of the settings, moved for one test
    storage._location = location  # type: ignore[attr-defined]
    for name in ("base_location", "location"):
        storage.__dict__.pop(name, None)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    yield
    storage._location = before  # type: ignore[attr-defined]
    for name in ("base_location", "location"):
        storage.__dict__.pop(name, None)


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
