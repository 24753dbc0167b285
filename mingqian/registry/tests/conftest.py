"""Fixtures of the room `registry`."""

from pathlib import Path

import pytest

from mingqian.testing import Bureau, make_bureau

REAL_FILE = Path(__file__).resolve().parents[4] / "shared" / "data" / "zibo-enterprises.csv"


@pytest.fixture
def bureau(db: None, settings: object, tmp_path: Path) -> Bureau:
    """Return a bureau whose stored files lie in a folder of the test."""
    settings.STORAGES = {  # type: ignore[attr-defined]  # pytest-django's wrapper
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "files")},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    return make_bureau()


@pytest.fixture
def real_file() -> bytes:
    """Return the companies of Zibo, or skip where they do not lie beside the repository."""
    if not REAL_FILE.exists():
        pytest.skip("../shared/data/zibo-enterprises.csv is not there")
    return REAL_FILE.read_bytes()
