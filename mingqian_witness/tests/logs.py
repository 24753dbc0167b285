"""A log for tests: its checkpoints and proofs, by the definitions of RFC 9162."""

import base64
import hashlib

from mingqian_witness import ed25519, notes
from mingqian_witness.keeper import Request, read_request

SEED = hashlib.sha256(b"a log for tests").digest()
LOG = "mingqian.example/log"
LOG_KEY = notes.write_key(LOG, notes.LOG, ed25519.public_key(SEED))


def _root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + _root(leaves[:split]) + _root(leaves[split:])).digest()


def _proof(old: int, leaves: list[bytes], *, whole: bool = True) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [_root(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= split:
        return [*_proof(old, leaves[:split], whole=whole), _root(leaves[split:])]
    return [*_proof(old - split, leaves[split:], whole=False), _root(leaves[:split])]


class Log:
    """A log of `size` entries, one of which may be another (`changed`)."""

    def __init__(self, size: int, *, changed: int = -1, name: str = LOG, seed: bytes = SEED) -> None:
        """Make the entries."""
        self.leaves = [f"entry {i}{'!' if i == changed else ''}".encode() for i in range(size)]
        self.name, self.seed = name, seed

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` entries."""
        return _root(self.leaves[:size])

    def note(self) -> str:
        """Return the signed checkpoint."""
        root = base64.b64encode(_root(self.leaves)).decode()
        text = f"{self.name}\n{len(self.leaves)}\n{root}\n"
        raw = notes.key_id(self.name, notes.LOG, ed25519.public_key(self.seed)) + ed25519.sign(self.seed, text.encode())
        return f"{text}\n— {self.name} {base64.b64encode(raw).decode()}\n"

    def body(self, old: int) -> str:
        """Return the body of `add-checkpoint`."""
        proof = _proof(old, self.leaves) if old else []
        return "\n".join([f"old {old}", *(base64.b64encode(value).decode() for value in proof), "", self.note()])

    def request(self, old: int) -> Request:
        """Return it as read."""
        return read_request(self.body(old))
