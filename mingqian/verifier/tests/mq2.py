"""What the tests of the second edition's verifier share: its vectors, and node."""

import base64
import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
VECTORS = ROOT / "tests" / "vectors" / "mq2"
RUNNER = Path(__file__).with_name("run_mq2.mjs")
NOTES: dict[str, dict[str, Any]] = json.loads((VECTORS / "refuse-notes.json").read_text())


def note_of(place: Path) -> str:
    """Return the name of a vector in the notes."""
    if place.parent.name == "zip":
        return f"zip/{place.stem.partition('-')[2]}"
    return place.stem if place.suffix == ".zip" else place.name


def options_of(place: Path) -> dict[str, Any]:
    """Return what a vector says that the verifier is given."""
    if place.parent.name == "bundles":
        options: dict[str, Any] = json.loads((VECTORS / "expect" / f"{place.stem}.json").read_text())["options"]
        return options
    told: dict[str, Any] = NOTES.get(note_of(place), {})
    return dict(told.get("options", {}))


def run_mq2(jobs: list[dict[str, Any]]) -> list[Any]:
    """Return the answers of `run_mq2.mjs`, one for each job."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    done = subprocess.run([node, RUNNER], input=json.dumps(jobs).encode(), capture_output=True, check=True)
    answered: list[Any] = json.loads(done.stdout)
    return answered


def verify_job(files: dict[str, bytes], **options: Any) -> dict[str, Any]:
    """Return the job that asks what the verifier says of a bundle."""
    return {"files": {name: base64.b64encode(one).decode() for name, one in files.items()}, "options": options}


def files_of(vector: str) -> dict[str, bytes]:
    """Return the files of a bundle among the vectors."""
    with zipfile.ZipFile(io.BytesIO((VECTORS / "bundles" / f"{vector}.zip").read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
