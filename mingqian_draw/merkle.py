"""Merkle trees after RFC 6962: leaf ``SHA-256(0x00 ‖ row)``, node ``SHA-256(0x01 ‖ left ‖ right)``.

A level is folded by joining neighbours, an odd last one moves up unchanged; that gives the tree of RFC 6962, 2.1. So
aligned blocks of a power of two leaves can be folded on their own and their roots be folded on: a table of millions of
rows needs the memory of one block.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

EMPTY = hashlib.sha256(b"").digest()
_BLOCK = 1 << 14


def leaf_hash(row: bytes) -> bytes:
    """The hash of one leaf, 32 bytes."""
    return hashlib.sha256(b"\0" + row).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node over two hashes of 32 bytes."""
    return hashlib.sha256(b"\1" + left + right).digest()


def _fold(level: list[bytes], index: int | None = None) -> tuple[bytes, list[bytes]]:
    """Root over hashes (at least one), and the siblings on the way up from ``index``."""
    sha256 = hashlib.sha256
    path: list[bytes] = []
    while len(level) > 1:
        if index is not None:
            sibling = index ^ 1
            if sibling < len(level):
                path.append(level[sibling])
            index >>= 1
        # The same iterator twice takes the level two by two; an odd last hash is left for the next level.
        odd = level[-1:] if len(level) % 2 else []
        pairs = iter(level)
        level = [sha256(b"\1" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)] + odd
    return level[0], path


class TreeBuilder:
    """Folds rows into a root as they come; with ``index``, also the audit path of that leaf."""

    def __init__(self, index: int | None = None) -> None:
        self.size = 0
        self._index = index
        self._leaves: list[bytes] = []
        self._blocks: list[bytes] = []
        self._path: list[bytes] = []

    def extend(self, rows: Iterable[bytes]) -> None:
        """Append rows."""
        sha256 = hashlib.sha256
        self._leaves += [sha256(b"\0" + row).digest() for row in rows]
        while len(self._leaves) >= _BLOCK:
            self._close(self._leaves[:_BLOCK])
            del self._leaves[:_BLOCK]

    def _close(self, leaves: list[bytes]) -> None:
        inside = self._index is not None and self.size <= self._index < self.size + len(leaves)
        root, path = _fold(leaves, self._index - self.size if inside and self._index is not None else None)
        if inside:
            self._path = path
        self._blocks.append(root)
        self.size += len(leaves)

    def finish(self) -> tuple[bytes, list[bytes]]:
        """Root over all rows, and the path asked for (empty where none was). Call it once."""
        if self._leaves:
            self._close(self._leaves)
            self._leaves = []
        if not self._blocks:
            return EMPTY, []
        root, path = _fold(self._blocks, None if self._index is None else self._index // _BLOCK)
        return root, self._path + path


def merkle_root(rows: Sequence[bytes]) -> bytes:
    """Merkle tree hash over rows, 32 bytes; SHA-256 of nothing where there is no row.

    >>> merkle_root([]).hex()[:16], merkle_root([b""]).hex()[:16]
    ('e3b0c44298fc1c14', '6e340b9cffb37a98')
    """
    tree = TreeBuilder()
    tree.extend(rows)
    return tree.finish()[0]


def inclusion_path(rows: Sequence[bytes], index: int) -> list[bytes]:
    """Audit path (RFC 9162, 2.1.3.1) of leaf ``index``, from the leaf upwards. Raises ``IndexError``."""
    if not 0 <= index < len(rows):
        raise IndexError(index)
    tree = TreeBuilder(index)
    tree.extend(rows)
    return tree.finish()[1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether ``path`` leads from a leaf hash at ``index`` to the root of a tree of ``size`` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    fn, sn, current = index, size - 1, leaf
    for sibling in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            current = node_hash(sibling, current)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            current = node_hash(current, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and current == root


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the tree of size ``first`` is the beginning of that of size ``second`` (RFC 9162, 2.1.4.2).

    Sizes are at least 1. With equal sizes the roots must be equal and the path empty.
    """
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    nodes = list(path)
    if first & (first - 1) == 0:
        nodes.insert(0, first_root)
    if not nodes:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = nodes[0]
    for node in nodes[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            old, new = node_hash(node, old), node_hash(node, new)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = node_hash(new, node)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and old == first_root and new == second_root
