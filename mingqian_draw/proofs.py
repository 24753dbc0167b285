"""One row of a table proved to be under its seal, without the other rows (section "The bundle", Merkle trees)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mingqian_draw.canonical import digest, dumps, keyed, loads
from mingqian_draw.grammar import is_hash, is_integer
from mingqian_draw.merkle import leaf_hash, verify_inclusion
from mingqian_draw.refusal import check
from mingqian_draw.seal import KEYS, PROTOCOL
from mingqian_draw.tables import MOST_ROWS, TABLES, read, tree_of

_KEYS = ("protocol", "seal", "table", "index", "row", "path")


@dataclass(frozen=True)
class Proof:
    """Row `index` (from 0) of a table, its text without line feed, its audit path from the leaf upwards in hex."""

    seal: str
    table: str
    index: int
    row: str
    path: tuple[str, ...]

    def to_json(self) -> bytes:
        """The proof as a file, canonical."""
        return dumps({"protocol": PROTOCOL, **vars(self), "path": list(self.path)})

    @classmethod
    def from_json(cls, data: bytes) -> Proof:
        """Read a proof; refused where it is none."""
        row: dict[str, Any] = keyed(loads(data, "proof"), _KEYS, "proof: keys")
        path, text = row["path"], row["row"]
        fits = row["protocol"] == PROTOCOL and is_hash(row["seal"]) and isinstance(row["table"], str)
        fits = fits and is_integer(row["index"], 0) and isinstance(text, str)
        check(fits and isinstance(path, list) and len(path) <= 128 and all(map(is_hash, path)), "proof")
        return cls(row["seal"], row["table"], row["index"], text, tuple(path))


def prove(files: Mapping[str, bytes], table: str, key: str | Sequence[str]) -> Proof:
    """The proof for the row of an id, in `conflicts.tsv` of (subject, inspector).

    Only `seal.json` and that table (by the name of its file) are needed; the table must be the one sealed.
    """
    check(table in TABLES, "proof: no such table")
    for name in ("seal.json", table):
        check(name in files, f"{name} is missing")
    wanted = "\t".join([key] if isinstance(key, str) else key).encode("utf-8", "replace")
    for _cells in read(files[table], table):
        pass
    rows = files[table].split(b"\n")[:-1]
    index = bisect_left(rows, wanted)
    found = rows[index] if index < len(rows) else b""
    check(found == wanted if table == "conflicts.tsv" else found.startswith(wanted + b"\t"), "proof: no such row")
    path = tuple(node.hex() for node in tree_of(files[table], index).finish()[1])
    proof = Proof(digest(files["seal.json"]), table, index, found.decode(), path)
    check_proof(files["seal.json"], proof)
    return proof


def check_proof(seal: bytes, proof: Proof) -> int:
    """Refuse a proof whose row was not in the table when `seal`, the bytes of `seal.json`, was made; return how many rows that has."""
    row = keyed(loads(seal, "seal.json"), KEYS, "seal.json: keys")
    check(row["protocol"] == PROTOCOL, "seal head")
    check(proof.seal == digest(seal), "proof: of another seal")
    check(proof.table in TABLES, "proof: no such table")
    told = keyed(row[proof.table.removesuffix(".tsv")], ("root", "count"), f"{proof.table}: root or count")
    root, count = told["root"], told["count"]
    check(is_hash(root) and is_integer(count, 0, MOST_ROWS), f"{proof.table}: root or count")
    leaf = leaf_hash(proof.row.encode("utf-8", "surrogatepass"))
    path = [bytes.fromhex(node) for node in proof.path]
    holds = verify_inclusion(leaf, proof.index, int(str(count)), path, bytes.fromhex(str(root)))
    check(holds, "proof: the row is not under this seal")
    return int(str(count))
