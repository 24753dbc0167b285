"""One row of a table proved to be under its seal, without the other rows (section "The bundle", Merkle trees)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mingqian_draw.canonical import dumps
from mingqian_draw.errors import DrawError, Problems
from mingqian_draw.forms import Reader, parse_seal, read_object
from mingqian_draw.grammar import hash_ok, word_ok
from mingqian_draw.merkle import TreeBuilder, leaf_hash, verify_inclusion
from mingqian_draw.steps import PROTOCOL, digest
from mingqian_draw.tables import FILES, Table, chunks

Key = str | tuple[str, str]
_PROOF = "protocol seal table index row path"


@dataclass(frozen=True)
class Proof:
    """Row ``index`` (from 0) of a table, its text without line feed, its audit path from the leaf upwards in hex."""

    seal: str
    table: str
    index: int
    row: str
    path: tuple[str, ...]

    def to_json(self) -> bytes:
        """The proof as a file."""
        return dumps({"protocol": PROTOCOL, **vars(self), "path": list(self.path)})

    @classmethod
    def from_json(cls, data: bytes) -> Proof:
        """Read a proof. Raises :class:`DrawError`."""
        problems = Problems()
        reader = Reader("proof", problems)
        top = read_object(data, reader, _PROOF, problems)
        if top is not None:
            reader.same(top["protocol"], "protocol", "proof-form", PROTOCOL)
            path = reader.array(top["path"], "path", "proof-form")
            proof = cls(
                seal=reader.text(top["seal"], "seal", "proof-form", "hash", hash_ok),
                table=reader.text(top["table"], "table", "proof-form", "table", FILES.__contains__),
                index=reader.integer(top["index"], "index", "proof-form", 0),
                row=reader.text(top["row"], "row", "proof-form", "row", lambda row: isinstance(row, str)),
                path=tuple(reader.text(entry, "path", "proof-form", "hash", hash_ok) for entry in path),
            )
        problems.raise_first()
        return proof


def _key(table: str, key: Key) -> bytes:
    names = (key,) if isinstance(key, str) else tuple(key)
    if len(names) != (2 if table == "conflicts" else 1) or not all(word_ok(name) for name in names):
        raise DrawError("no-row", FILES[table], key=" ".join(str(name) for name in names))
    return "\t".join(names).encode()


def prove(files: Mapping[str, bytes], table: str, key: Key) -> Proof:
    """The proof for a row.

    ``table`` is ``subjects``, ``inspectors`` or ``conflicts``, ``key`` an id or, for a conflict, (subject, inspector).
    Only the seal and that table are needed; the table must be the one sealed. Raises :class:`DrawError`.
    """
    if table not in FILES:
        raise DrawError("no-table", table=table)
    file = FILES[table]
    for name in ("seal.json", file):
        if name not in files:
            raise DrawError("files-missing", name)
    source, wanted = Table(file, files[file]), _key(table, key)
    found = source.find(wanted) if source.data.endswith(b"\n") else None
    if found is None:
        raise DrawError("no-row", file, key=wanted.decode().replace("\t", " "))
    index = source.index(found[0])
    tree = TreeBuilder(index)
    for chunk in chunks(source.data):
        tree.extend(chunk.split(b"\n")[:-1])
    _, path = tree.finish()
    try:
        row = found[1].decode()
    except UnicodeDecodeError as error:
        raise DrawError("row", file, str(index + 1), cells=repr(found[1]), expected="@utf8") from error
    proof = Proof(digest(files["seal.json"]), table, index, row, tuple(node.hex() for node in path))
    check_proof(files["seal.json"], proof)
    return proof


def check_proof(seal_json: bytes, proof: Proof) -> int:
    """Raise :class:`DrawError` unless the row was in the table when ``seal_json`` was sealed; the table's row count."""
    problems = Problems()
    seal = parse_seal(seal_json, problems)
    problems.raise_first()
    if seal is None:
        raise DrawError("not-object", "seal.json")
    if proof.seal != seal.digest:
        raise DrawError("proof-seal", expected=seal.digest, found=proof.seal)
    if proof.table not in FILES:
        raise DrawError("no-table", table=proof.table)
    ref = {"subjects": seal.subjects, "inspectors": seal.inspectors, "conflicts": seal.conflicts}[proof.table]
    path = [bytes.fromhex(node) for node in proof.path if hash_ok(node)]
    whole = len(path) == len(proof.path) and isinstance(proof.row, str)
    leaf = leaf_hash(proof.row.encode("utf-8", "surrogatepass")) if whole else b""
    if not whole or not verify_inclusion(leaf, proof.index, ref.count, path, bytes.fromhex(ref.root)):
        raise DrawError("proof-path", FILES[proof.table], str(proof.index + 1), root=ref.root)
    return ref.count
