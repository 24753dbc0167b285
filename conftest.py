"""Fixtures for every room's tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, settings as hypothesis_settings
from pytest_django import DjangoDbBlocker, Settings

from mingqian.accounts.models import User
from mingqian.testing import PASSWORD, Bureau
from tests.database import migrated_database
from tests.ground import (
    HASHERS,
    Ground,
    bureau_stage,
    is_transactional,
    stages_of,
    stocked_stage,
    storages_at,
    uses_database,
)

# How fast a machine is says nothing about the code.
hypothesis_settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("untimed")


#: Tests that take longest, the longest first: a worker that came to them last would leave the other idle.
LONGEST = (
    "tests/browser/test_pages.py::test_every_address",
    "tests/browser/test_whole_draw.py",
    "tests/browser/",
    "tests/test_access_matrix.py",
    "tests/test_verifiers_agree.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the suite be run again on another database without what asks for none."""
    parser.addoption("--only-with-database", action="store_true", help="leave out tests that ask for no database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Say what goes together and in which order: the longest first; in a file, what stands on the same stage, so that it is built once."""
    if config.getoption("--only-with-database"):
        config.hook.pytest_deselected(items=[item for item in items if not uses_database(item)])
        items[:] = [item for item in items if uses_database(item)]
    files: dict[str, int] = {}
    places: dict[pytest.Item, tuple[object, ...]] = {}
    for item in items:
        path = item.nodeid.partition("::")[0]
        # A file goes to a worker as a whole, but for tests that share nothing with each other but a browser.
        if not (is_transactional(item) and item.get_closest_marker("browser")):
            item.add_marker(pytest.mark.xdist_group(path))
        longest = next((i for i, start in enumerate(LONGEST) if item.nodeid.startswith(start)), len(LONGEST))
        file = files.setdefault(path, len(files))
        places[item] = (longest, file, is_transactional(item), [stage.__qualname__ for stage in stages_of(item)])
    items.sort(key=lambda item: places[item])


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, django_db_modify_db_settings: None
) -> Iterator[None]:
    """A database for this process, copied from one that is migrated once."""
    with django_db_blocker.unblock(), migrated_database():
        yield


@pytest.fixture(scope="session")
def ground(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ground]:
    """The stages that tests share."""
    shared = Ground(tmp_path_factory.mktemp("ground"))
    yield shared
    with django_db_blocker.unblock():
        shared.stand_on([])


@pytest.fixture
def on_ground(
    request: pytest.FixtureRequest, ground: Ground, own_files: Path, django_db_blocker: DjangoDbBlocker
) -> Ground:
    """The stages that this test asks for stand, and nothing else."""
    with django_db_blocker.unblock():
        ground.stand_on(stages_of(request.node), str(request.node.path))
    ground.hand_out_files(own_files)
    return ground


@pytest.fixture
def _django_db_helper(on_ground: Ground, _django_db_helper: None) -> None:
    """The database for one test; pytest-django's, which begins only when the ground stands."""


@pytest.fixture(autouse=True)
def own_files(settings: Settings, tmp_path: Path) -> Path:
    """Keep the files that a test stores apart from everything else; hash passwords fast."""
    settings.STORAGES = storages_at(tmp_path / "files")
    settings.PASSWORD_HASHERS = HASHERS
    # Otherwise each test client looks at every static file before its first request.
    settings.WHITENOISE_AUTOREFRESH = True
    return tmp_path / "files"


@pytest.fixture
def bureau(db: None, on_ground: Ground) -> Bureau:
    """A bureau with a person for every role and empty registries."""
    stage = stocked_stage if on_ground.has(stocked_stage) else bureau_stage
    found: Bureau = on_ground.made(stage) or bureau_stage(None)
    return found


@pytest.fixture
def stocked(bureau: Bureau, on_ground: Ground) -> Bureau:
    """The bureau with sixty subjects in three districts and twelve inspectors."""
    return bureau if on_ground.has(stocked_stage) else stocked_stage(bureau)


@pytest.fixture
def staged(db: None, on_ground: Ground) -> Any:
    """What the stage in the test's mark `stage` returned."""
    return on_ground.made()


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
