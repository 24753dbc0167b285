"""The consistency proof of RFC 9162, 2.1.4.2."""

from __future__ import annotations

import hashlib

EMPTY = hashlib.sha256(b"").digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: list[bytes]) -> bool:
    """Say whether `proof` shows that the tree of `new` leaves begins with that of `old`; from nothing (0) everything follows."""
    if old == 0:
        return not proof
    if old == new:
        return not proof and old_root == new_root
    if not 0 < old < new or not proof:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else proof
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            first, second = _node(sibling, first), _node(sibling, second)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = _node(second, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and (first, second) == (old_root, new_root)
