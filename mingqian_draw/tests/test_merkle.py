"""Trees against the definitions of the RFCs, word by word."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, strategies as st

from mingqian_draw import merkle
from mingqian_draw.tests.support import naive_consistency, naive_path, naive_root


def _leaves(rows: list[bytes]) -> list[bytes]:
    return [hashlib.sha256(b"\0" + row).digest() for row in rows]


ROWS = [b"%d" % number for number in range(70)]


def test_roots_of_all_sizes_are_those_of_the_definition() -> None:
    for size in range(len(ROWS)):
        assert merkle.merkle_root(ROWS[:size]) == naive_root(_leaves(ROWS[:size]))


def test_known_roots_of_rfc_6962_test_data() -> None:
    rows = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243")]
    assert merkle.merkle_root(rows[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.merkle_root(rows[:2]).hex() == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    assert merkle.merkle_root(rows[:3]).hex() == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    assert merkle.merkle_root(rows[:6]).hex() == "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"


@pytest.mark.parametrize("block", [1, 2, 8, 64])
def test_folding_in_blocks_changes_neither_root_nor_path(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merkle, "_BLOCK", block)
    for size in range(1, 40):
        leaves = _leaves(ROWS[:size])
        for index in range(size):
            tree = merkle.TreeBuilder(index)
            tree.extend(ROWS[: size // 3])
            tree.extend(ROWS[size // 3 : size])
            assert tree.finish() == (naive_root(leaves), naive_path(leaves, index))


def test_every_path_is_accepted_and_only_for_its_leaf() -> None:
    for size in range(1, 20):
        leaves = _leaves(ROWS[:size])
        root = naive_root(leaves)
        for index in range(size):
            path = merkle.inclusion_path(ROWS[:size], index)
            assert path == naive_path(leaves, index)
            accepted = [
                at for at in range(-1, size + 2) if merkle.verify_inclusion(leaves[index], at, size, path, root)
            ]
            assert accepted == [index]
            assert not merkle.verify_inclusion(leaves[index], index, size, [*path, root], root)
            assert not path or not merkle.verify_inclusion(leaves[index], index, size, path[:-1], root)
            assert not merkle.verify_inclusion(leaves[index - 1], index, size, path, root) or size == 1


def test_an_index_outside_the_table_has_no_path() -> None:
    for index in (-1, 3):
        with pytest.raises(IndexError):
            merkle.inclusion_path(ROWS[:3], index)


def test_every_growth_of_a_tree_is_proved() -> None:
    for second in range(1, 20):
        new = naive_root(_leaves(ROWS[:second]))
        for first in range(1, second + 1):
            old = naive_root(_leaves(ROWS[:first]))
            path = naive_consistency(_leaves(ROWS[:second]), first)
            assert merkle.verify_consistency(first, second, old, new, path)
            assert not merkle.verify_consistency(first, second, new, old, path) or first == second
            assert not merkle.verify_consistency(first, second, old, new, [*path, new])
            assert not path or not merkle.verify_consistency(first, second, old, new, path[1:])


@pytest.mark.parametrize(("first", "second"), [(0, 3), (4, 3), (-1, 3), (2, 3), (3, 5)])
def test_sizes_that_prove_nothing_are_refused(first: int, second: int) -> None:
    root = naive_root(_leaves(ROWS[:3]))
    assert not merkle.verify_consistency(first, second, root, root, [])


@given(st.lists(st.binary(max_size=40), max_size=200))
def test_the_root_of_any_rows_is_that_of_the_definition(rows: list[bytes]) -> None:
    assert merkle.merkle_root(rows) == naive_root(_leaves(rows))
