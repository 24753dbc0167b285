"""Fixtures of the room `registry`."""

from pathlib import Path

import pytest

REAL_FILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "zibo-enterprises.csv"


@pytest.fixture
def real_file() -> bytes:
    """Return the companies of Zibo, or skip where they do not lie beside the repository."""
    if not REAL_FILE.exists():
        pytest.skip(f"no real register at {REAL_FILE}")
    return REAL_FILE.read_bytes()
