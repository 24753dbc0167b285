"""The Merkle tree of RFC 6962 / RFC 9162 over a source of stored nodes.

Node (level, i) covers the leaves i·2^level up to (i+1)·2^level, and is stored once all of them are there. Every root and proof is put
together from O(log n) stored nodes.
"""

import hashlib
from collections.abc import Callable

#: (level, index) -> hash of a complete subtree, 32 bytes.
NodeSource = Callable[[int, int], bytes]

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf, 32 bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node, 32 bytes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def completed_by(index: int, leaf: bytes, source: NodeSource) -> list[tuple[int, int, bytes]]:
    """Return the nodes (level, index, hash) that leaf number `index` (from 0) completes, itself first."""
    nodes = [(0, index, leaf)]
    level, position, value = 0, index, leaf
    while position % 2 == 1:
        value = node_hash(source(level, position - 1), value)
        level, position = level + 1, position // 2
        nodes.append((level, position, value))
    return nodes


def peaks(size: int) -> list[tuple[int, int]]:
    """Return the nodes (level, index) of the largest complete subtrees that the tree of `size` leaves consists of, left to right.

    >>> peaks(6)
    [(2, 0), (1, 2)]
    """
    found, start = [], 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return found


def _subtree(start: int, end: int, source: NodeSource) -> bytes:
    """Return the hash over the leaves start..end-1; `start` is a multiple of the largest power of two that fits."""
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return source(level, start >> level)
    split = 1 << (size - 1).bit_length() - 1
    return node_hash(_subtree(start, start + split, source), _subtree(start + split, end, source))


def root(size: int, source: NodeSource) -> bytes:
    """Return the root of the tree of the first `size` leaves."""
    return _subtree(0, size, source) if size else EMPTY_ROOT


def root_of(leaves: list[bytes]) -> bytes:
    """Return the root over leaf hashes alone: level by level, where a node without neighbour goes up as it is."""
    if not leaves:
        return EMPTY_ROOT
    level, sha256 = leaves, hashlib.sha256
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
        level = [*above, level[-1]] if len(level) % 2 else above
    return level[0]


def inclusion_proof(index: int, size: int, source: NodeSource) -> list[bytes]:
    """Return the audit path (RFC 9162, 2.1.3.1) of leaf `index` in the tree of `size` leaves."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        split = start + (1 << (end - start - 1).bit_length() - 1)
        if index < split:
            path.append(_subtree(split, end, source))
            end = split
        else:
            path.append(_subtree(start, split, source))
            start = split
    return path[::-1]


def consistency_proof(old: int, new: int, source: NodeSource) -> list[bytes]:
    """Return the proof (RFC 9162, 2.1.4.1) that the tree of `new` leaves begins with that of `old`; empty for equal sizes."""
    if not 0 < old <= new:
        raise ValueError(f"no consistency proof from {old} to {new}")
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while old != end:
        split = start + (1 << (end - start - 1).bit_length() - 1)
        if old <= split:
            path.append(_subtree(split, end, source))
            end = split
        else:
            path.append(_subtree(start, split, source))
            start, whole = split, False
    if not whole:
        path.append(_subtree(start, end, source))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: list[bytes], expected_root: bytes) -> bool:
    """Check an audit path (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    fn, sn, value = index, size - 1, leaf
    for sibling in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            value = node_hash(sibling, value)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            value = node_hash(value, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and value == expected_root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes]) -> bool:
    """Check a consistency proof (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not path and old_root == new_root
    if not 0 < old < new or not path:
        return False
    proof = [old_root, *path] if old & (old - 1) == 0 else path
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = proof[0]
    for sibling in proof[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            shift = max((fn & -fn).bit_length() - 1, 0)  # up over all levels where this node stands alone on the left
            fn, sn = fn >> shift, sn >> shift
        else:
            second = node_hash(second, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and (first, second) == (old_root, new_root)


class Frontier:
    """The tree built again from its leaves alone, in order: the referee over what is stored."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf hash and return the nodes (level, index, hash) that it completes."""
        level, position, value = 0, self.size, leaf
        nodes = [(0, position, leaf)]
        while self._peaks and self._peaks[-1][0] == level:
            value = node_hash(self._peaks.pop()[1], value)
            level, position = level + 1, position // 2
            nodes.append((level, position, value))
        self._peaks.append((level, value))
        self.size += 1
        return nodes

    def root(self) -> bytes:
        """Return the root over the leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        value = self._peaks[-1][1]
        for _level, peak in reversed(self._peaks[:-1]):
            value = node_hash(peak, value)
        return value
