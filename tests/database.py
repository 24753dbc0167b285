"""The test's database: migrated once for each state of the migrations, copied for every run and every worker."""

import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection


def state_of_migrations() -> str:
    """Return a short digest of everything that the migrated database depends on."""
    found = hashlib.sha256(f"{django.VERSION} {settings.INSTALLED_APPS}".encode())
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        folder = Path(app.path)
        for path in sorted([*folder.glob("migrations/*.py"), *folder.glob("models.py"), *folder.glob("models/*.py")]):
            found.update(f"{app.label}/{path.name}".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _do_not_wait_for_the_disk() -> None:
    """Tell every connection from now on: what a power cut would leave of a test's database is of no interest."""
    options = connection.settings_dict["OPTIONS"]
    if connection.vendor == "sqlite":
        options["init_command"] = f"{options.get('init_command', '')} PRAGMA synchronous=OFF;"
    else:
        options["options"] = f"{options.get('options', '')} -c synchronous_commit=off".strip()


def _use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name


def _migrate(name: str) -> None:
    _use(name)
    call_command("migrate", verbosity=0, interactive=False)
    connection.close()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one worker at a time look for the template."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _copied_sqlite(name: str, folder: Path, state: str) -> None:
    template = folder / f"{state}.sqlite3"
    if not template.exists():
        for old in folder.glob("*.sqlite3*"):
            old.unlink()
        _migrate(str(folder / "new.sqlite3"))
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        (folder / "new.sqlite3").rename(template)
    for tail in ("-wal", "-shm"):
        Path(f"{name}{tail}").unlink(missing_ok=True)
    shutil.copyfile(template, name)
    _use(name)


def _copied_postgresql(name: str, state: str) -> None:
    creation: Any = connection.creation
    # One family of templates for each database that the settings name: parallel checkouts do not take each other's away.
    family = f"{connection.settings_dict['NAME']}_migrated_"
    template = f"{family}{state}"

    def ask(statement: str, *values: str) -> list[str]:
        with creation._nodb_cursor() as cursor:
            cursor.execute(statement, values)
            return [row[0] for row in cursor.fetchall()] if cursor.description else []

    here = ask("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", family)
    if template not in here:
        for old in here:
            ask(f'DROP DATABASE "{old}" WITH (FORCE)')
        ask(f'CREATE DATABASE "{family}new"')
        _migrate(f"{family}new")
        ask(f'ALTER DATABASE "{family}new" RENAME TO "{template}"')
    ask(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    ask(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    _use(name)


@contextmanager
def migrated_database() -> Iterator[None]:
    """Put a migrated, empty database in the place of the real one, and take it away afterwards."""
    creation: Any = connection.creation
    real = connection.settings_dict["NAME"]
    name, folder = creation._get_test_db_name(), Path(settings.MINGQIAN_HOME) / "migrated"
    _do_not_wait_for_the_disk()
    with _alone(folder):
        if connection.vendor == "sqlite":
            _copied_sqlite(name, folder, state_of_migrations())
        else:
            _copied_postgresql(name, state_of_migrations())
    yield
    connection.close()
    creation.destroy_test_db(real, verbosity=0)
