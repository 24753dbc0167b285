"""The folder of a witness: its key, the log that it watches, and the last checkpoint that it cosigned.

It never goes backwards and never signs two checkpoints of one log that do not fit; the new state is on the disk before the signature is
out.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from mingqian_witness import ed25519, notes
from mingqian_witness.refusal import RefusedError
from mingqian_witness.tree import EMPTY, consistent

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)


_KEY, _STATE, _LOCK = "key.json", "state.json", "lock"


def write_safely(path: Path, text: str) -> None:
    """Write a file as a whole: beside, flushed, renamed."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    if sys.platform != "win32":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@dataclass(frozen=True)
class Request:
    """What a log asks for: the size that the proof starts from, the proof, the checkpoint's note."""

    old: int
    proof: list[bytes]
    note: str


def read_request(text: str) -> Request:
    """Read the body of `add-checkpoint`: `old N`, hashes in base64, an empty line, the checkpoint. RefusedError 400 where it is none."""
    head, gap, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    word, _, size = first.partition(" ")
    try:
        proof = [base64.b64decode(line, validate=True) for line in lines]
    except ValueError as error:
        raise RefusedError(400, "证明里有一行不是指纹。") from error
    plain = size.isascii() and size.isdigit() and len(size) < 17 and str(int(size)) == size
    if not gap or word != "old" or not plain or len(proof) > 63 or any(len(value) != 32 for value in proof):
        raise RefusedError(400, "这不是请求：第一行应当是“old 条数”，然后是证明、空行、检查点。")
    return Request(int(size), proof, note)


class Keeper:
    """A witness at work in its folder."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        """Read the key; raise ValueError where the folder is none of a witness."""
        self.folder = folder
        self._clock = clock
        self._threads = Lock()
        try:
            told = json.loads((folder / _KEY).read_text(encoding="utf-8"))
            self.name, self._seed = str(told["name"]), base64.b64decode(told["seed"], validate=True)
            self.log, self._log_public = notes.read_key(told["log"], notes.LOG)
        except (OSError, ValueError, KeyError) as error:
            raise ValueError(f"{folder} 里没有见证方的密钥，请先运行 keys。") from error

    @classmethod
    def make(cls, folder: Path, name: str, log_key: str) -> Keeper:
        """Make a key in a new folder; raise ValueError where there is one, where the name is none, or where the log's key is none."""
        if not notes.is_name(name):
            raise ValueError("名称只用字母、数字和 . _ / -，不超过 100 个字符，例如 audit.example.gov.cn/mingqian。")
        notes.read_key(log_key, notes.LOG)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if (folder / _KEY).exists():
            raise ValueError(f"{folder} 里已经有密钥，没有改动。")
        seed = base64.b64encode(secrets.token_bytes(32)).decode()
        write_safely(folder / _KEY, json.dumps({"name": name, "seed": seed, "log": log_key.strip()}))
        return cls(folder)

    @property
    def key(self) -> str:
        """Return the public key as it is registered with the log."""
        return notes.write_key(self.name, notes.COSIGNER, ed25519.public_key(self._seed))

    def last(self) -> notes.Checkpoint | None:
        """Return the checkpoint that was cosigned last; raise ValueError where the state cannot be read: nothing is signed then."""
        try:
            text = (self.folder / _STATE).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        try:
            return notes.checked(json.loads(text)["checkpoint"], self.log, self._log_public)
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(
                f"{self.folder / _STATE} 被改动或损坏，不再签名。请从备份恢复，或者换新的密钥重新开始。"
            ) from error

    def cosign(self, request: Request) -> str:
        """Return the signature line; raise RefusedError where the checkpoint is not the log's, or not consistent with the last one."""
        with self._alone():
            checkpoint = notes.checked(request.note, self.log, self._log_public)
            last = self.last()
            size, root = (last.size, last.root) if last else (0, EMPTY)
            self._refuse(request, checkpoint, size, root)
            line = notes.cosignature(self.name, self._seed, checkpoint.text, int(self._clock()))
            if checkpoint.size > size:
                write_safely(self.folder / _STATE, json.dumps({"checkpoint": checkpoint.note}, ensure_ascii=False))
            return line

    def _refuse(self, request: Request, checkpoint: notes.Checkpoint, size: int, root: bytes) -> None:
        if request.old > checkpoint.size:
            raise RefusedError(400, "证明的起点比检查点还大。")
        if checkpoint.size == size and checkpoint.root != root:
            self._keep_evidence(checkpoint)
            raise RefusedError(
                409, f"同样是 {size} 条，内容与上次见证的不同：日志有两份历史！两份检查点都已留存。", size
            )
        if request.old != size:
            raise RefusedError(409, f"上次见证到第 {size} 条，请索取从 {size} 条起的证明。", size)
        if not consistent(size, checkpoint.size, root, checkpoint.root, request.proof):
            self._keep_evidence(checkpoint)
            raise RefusedError(422, "检查点与上次见证的对不上：此前的记录被改动，或者证明有误。检查点已留存。")

    def _keep_evidence(self, checkpoint: notes.Checkpoint) -> None:
        """Keep what the log signed against itself, beside what it had signed before."""
        last = self.last()
        text = f"{last.note if last else ''}\n{checkpoint.note}"
        write_safely(self.folder / f"evidence-{int(self._clock())}-{secrets.token_hex(2)}.txt", text)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one at a time compare and write, of all threads and processes."""
        with self._threads, (self.folder / _LOCK).open("a") as file:
            _lock(file.fileno())
            yield
