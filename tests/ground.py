"""What stands in the database before a test: stages built once, each in a savepoint upon the one below, and rolled back to.

A test finds them as freshly built: its own writes are undone by the database, its objects are copies, its files lie in its own folder.
"""

import shutil
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings

from mingqian.testing import Bureau, fill_registry, make_bureau

#: Makes a stage upon what the stage below returned.
Builder = Callable[[Any], Any]
#: Hashing as slowly as in real life would cost more than all else.
HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def bureau_stage(_below: None) -> Bureau:
    """A bureau with a person for every role and empty registries."""
    return make_bureau()


def stocked_stage(bureau: Bureau) -> Bureau:
    """The bureau with sixty subjects in three districts and twelve inspectors."""
    fill_registry(bureau)
    return bureau


def storages_at(folder: Path) -> dict[str, Any]:
    """Return the setting `STORAGES` with stored files in `folder`."""
    storages: dict[str, Any] = dict(settings.STORAGES)
    storages["default"] = {**storages["default"], "OPTIONS": {"location": str(folder)}}
    return storages


def is_transactional(item: pytest.Item) -> bool:
    """Say whether the test commits what it writes, so that nothing may stand below it."""
    marker = item.get_closest_marker("django_db")
    names = set(getattr(item, "fixturenames", ()))
    return bool(marker and marker.kwargs.get("transaction")) or bool(names & {"transactional_db", "live_server"})


def uses_database(item: pytest.Item) -> bool:
    """Say whether a test asks for the database."""
    names = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(names & {"db", "transactional_db", "live_server"})


def stages_of(item: pytest.Item) -> list[Builder]:
    """Return what a test stands on: the stage in its mark `stage`, or those behind the fixtures `stocked` and `bureau`."""
    if is_transactional(item) or not uses_database(item):
        return []
    if marker := item.get_closest_marker("stage"):
        return [bureau_stage, stocked_stage, marker.kwargs["builder"]]
    fixtures = item._fixtureinfo.name2fixturedefs if isinstance(item, pytest.Function) else {}
    known: dict[str, list[Builder]] = {"stocked": [bureau_stage, stocked_stage], "bureau": [bureau_stage]}
    for name, stages in known.items():
        # Where a room has a fixture of its own under this name, that one builds for itself.
        if name in fixtures and fixtures[name][-1].baseid == "":
            return stages
    return []


@dataclass(frozen=True)
class Level:
    """A stage that stands."""

    builder: Builder
    atomic: transaction.Atomic
    made: Any
    files: Path


class Ground:
    """The stages that stand in the database of this process, the lowest first."""

    def __init__(self, folder: Path) -> None:
        """Nothing stands yet."""
        self.folder = folder
        self.levels: list[Level] = []
        self._count = 0
        self._file = ""

    def stand_on(self, builders: Sequence[Builder], file: str = "") -> None:
        """Let exactly these stages stand: take down what is too much, build what lacks.

        For each file of tests anew: PostgreSQL clears away what was rolled back only when it hears of a transaction's end.
        """
        cache.clear()
        same = self._same(builders) if file == self._file else 0
        self._file = file
        while len(self.levels) > same:
            level = self.levels.pop()
            transaction.set_rollback(True)
            level.atomic.__exit__(None, None, None)
        for builder in builders[same:]:
            self._build(builder)
        cache.clear()

    def _same(self, builders: Sequence[Builder]) -> int:
        """Return how many of these stages stand already."""
        pairs = zip(self.levels, builders, strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0].builder is pair[1], pairs))

    def _build(self, builder: Builder) -> None:
        self._count += 1
        files = self.folder / str(self._count)
        files.mkdir(parents=True)
        if self.levels:
            self.hand_out_files(files)
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            with override_settings(STORAGES=storages_at(files), PASSWORD_HASHERS=HASHERS):
                made = builder(self.made())
        except BaseException:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)
            raise
        self.levels.append(Level(builder, atomic, made, files))

    def has(self, builder: Builder) -> bool:
        """Say whether a stage stands."""
        return any(level.builder is builder for level in self.levels)

    def made(self, builder: Builder | None = None) -> Any:
        """Return a copy of what a stage returned, by default the uppermost; None where it does not stand."""
        for level in reversed(self.levels):
            if builder in {None, level.builder}:
                return deepcopy(level.made)
        return None

    def hand_out_files(self, folder: Path) -> None:
        """Copy the files that the stages stored."""
        if self.levels and any(self.levels[-1].files.iterdir()):
            shutil.copytree(self.levels[-1].files, folder, dirs_exist_ok=True)
