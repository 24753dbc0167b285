"""The tree against a second reading of RFC 6962, and against itself."""

import hashlib

import pytest
from hypothesis import given, strategies as st

from mingqian.ledger.tree import selectors as tree_selectors


def definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + definition(leaves[:split]) + definition(leaves[split:])).digest()


class Stored:
    """Nodes as the ledger stores them."""

    def __init__(self, leaves: list[bytes]) -> None:
        """Append each leaf."""
        self.nodes: dict[tuple[int, int], bytes] = {}
        for index, data in enumerate(leaves):
            for level, position, value in tree_selectors.completed_by(index, tree_selectors.leaf_hash(data), self):
                self.nodes[level, position] = value

    def __call__(self, level: int, position: int) -> bytes:
        """Return a stored node."""
        return self.nodes[level, position]


def data(count: int) -> list[bytes]:
    """Return that many leaves."""
    return [f"leaf {i}".encode() for i in range(count)]


@pytest.mark.parametrize("size", range(66))
def test_root_is_that_of_rfc_6962(size: int) -> None:
    """RFC 6962, 2.1."""
    leaves = data(size)
    frontier = tree_selectors.Frontier()
    for leaf in leaves:
        frontier.append(tree_selectors.leaf_hash(leaf))
    assert tree_selectors.root(size, Stored(leaves)) == definition(leaves) == frontier.root()
    assert tree_selectors.root_of([tree_selectors.leaf_hash(leaf) for leaf in leaves]) == definition(leaves)


def test_every_inclusion_proof_up_to_33_leaves_verifies_and_proves_nothing_else() -> None:
    """RFC 9162, 2.1.3."""
    leaves = data(33)
    stored = Stored(leaves)
    for size in range(1, 34):
        root = tree_selectors.root(size, stored)
        for index in range(size):
            path = tree_selectors.inclusion_proof(index, size, stored)
            leaf = tree_selectors.leaf_hash(leaves[index])
            assert tree_selectors.verify_inclusion(leaf, index, size, path, root)
            assert not tree_selectors.verify_inclusion(tree_selectors.leaf_hash(b"other"), index, size, path, root)
            assert not tree_selectors.verify_inclusion(leaf, index, size, [*path, root], root)
            if size > 1:
                assert not tree_selectors.verify_inclusion(leaf, (index + 1) % size, size, path, root)


def test_every_consistency_proof_up_to_33_leaves_verifies_and_proves_nothing_else() -> None:
    """RFC 9162, 2.1.4."""
    leaves = data(33)
    stored = Stored(leaves)
    forged = Stored([b"forged", *leaves[1:]])
    for new in range(1, 34):
        for old in range(1, new + 1):
            path = tree_selectors.consistency_proof(old, new, stored)
            first, second = tree_selectors.root(old, stored), tree_selectors.root(new, stored)
            assert tree_selectors.verify_consistency(old, new, first, second, path)
            assert not tree_selectors.verify_consistency(old, new, tree_selectors.root(old, forged), second, path)
            if new > old:
                assert not tree_selectors.verify_consistency(old, new, first, tree_selectors.root(new, forged), path)


@given(st.integers(-3, 0) | st.integers(9, 12))
def test_no_proof_for_what_is_not_there(index: int) -> None:
    """A leaf outside the tree has no proof."""
    with pytest.raises(ValueError, match="leaf"):
        tree_selectors.inclusion_proof(index or 8, 8, Stored(data(8)))
