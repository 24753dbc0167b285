"""What the tests of the browser verifier share: node, the vectors, and what the protocol says of hashes and trees.

Trees and proofs are made by the recursive definitions of RFC 6962 and 9162.
"""

import base64
import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
VECTORS = ROOT / "tests" / "vectors"
RUNNER = Path(__file__).with_name("run.mjs")
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


def run_jobs(jobs: list[dict[str, Any]]) -> list[Any]:
    """Return the answers of `run.mjs`, one for each job."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    done = subprocess.run([node, RUNNER], input=json.dumps(jobs).encode(), capture_output=True, check=False)
    if done.returncode:
        pytest.fail(done.stderr.decode())
    answered: list[Any] = json.loads(done.stdout)
    return answered


def verify_job(files: dict[str, bytes], **options: Any) -> dict[str, Any]:
    """Return the job that asks what the verifier says of a bundle."""
    return {"files": {name: b64(content) for name, content in files.items()}, "options": options}


def files_of(vector: str) -> dict[str, bytes]:
    """Return the files of a bundle among the vectors."""
    with zipfile.ZipFile(io.BytesIO((VECTORS / "bundles" / f"{vector}.zip").read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def canonical(value: Any) -> bytes:
    """RFC 8785 for the values of MQ2, whose keys are ASCII."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256_hex(content: bytes | str) -> str:
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def split_at(size: int) -> int:
    """The largest power of two below `size` (RFC 6962, 2.1)."""
    return 1 << (size - 1).bit_length() - 1


def tree_hash(leaves: list[bytes]) -> bytes:
    """Merkle tree hash over leaf data, as RFC 6962 defines it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = split_at(len(leaves))
    return hashlib.sha256(b"\1" + tree_hash(leaves[:k]) + tree_hash(leaves[k:])).digest()


def inclusion_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 9162, 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = split_at(len(leaves))
    if index < k:
        return [*inclusion_path(index, leaves[:k]), tree_hash(leaves[k:])]
    return [*inclusion_path(index - k, leaves[k:]), tree_hash(leaves[:k])]


def consistency_path(first: int, leaves: list[bytes], *, whole: bool = True) -> list[bytes]:
    """RFC 9162, 2.1.4.1; empty where `first` is the size."""
    if first == len(leaves):
        return [] if whole else [tree_hash(leaves)]
    k = split_at(len(leaves))
    if first <= k:
        return [*consistency_path(first, leaves[:k], whole=whole), tree_hash(leaves[k:])]
    return [*consistency_path(first - k, leaves[k:], whole=False), tree_hash(leaves[:k])]
