"""What the tests of the browser verifier share: node, the vectors, and small makers of MQ1 files.

The makers write only what the protocol says of single files (canonical JSON, digests, Merkle roots by the recursive
definition of RFC 6962); they draw nothing.
"""

import base64
import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
VECTORS = ROOT / "tests" / "vectors"
RUNNER = Path(__file__).with_name("run.mjs")

Job = dict[str, Any]


def run_jobs(jobs: list[Job]) -> list[Any]:
    """Answers of the verifier under node, one for each job (see `run.mjs`)."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    done = subprocess.run(
        [node, str(RUNNER)], input=json.dumps(jobs).encode(), capture_output=True, timeout=300, check=False
    )
    if done.returncode:
        pytest.fail(done.stderr.decode())
    answers: list[Any] = json.loads(done.stdout)
    return answers


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def folder_of(vector: str) -> str:
    return str(VECTORS / vector)


def files_of(vector: str) -> dict[str, bytes]:
    """All files of a vector by their name in the bundle."""
    folder = VECTORS / vector
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def verify_job(files: dict[str, bytes], **more: Any) -> Job:
    return {"do": "verify", "replace": {name: b64(content) for name, content in files.items()}, **more}


def canonical(value: Any) -> bytes:
    """RFC 8785 for the values of MQ1, whose keys are ASCII."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256_hex(content: bytes | str) -> str:
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def commitment(draw_id: str, number: int, secret: str) -> str:
    return sha256_hex(f"MQ1/commit\n{draw_id}{f'/{number}' if number else ''}\n{secret}")


def codes(result: dict[str, Any]) -> list[str]:
    return [problem["code"] for problem in result["problems"]]


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


def table_entry(content: bytes) -> dict[str, Any]:
    """`root` and `count` of a table as seal.json writes them."""
    rows = content.split(b"\n")[:-1]
    return {"root": tree_hash(rows).hex(), "count": len(rows)}
