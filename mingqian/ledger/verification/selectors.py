"""Build the whole log again from its entries and compare everything that is stored with it.

Found this way: an entry changed, deleted, inserted or reordered; a node or a checkpoint changed or deleted; a manifest changed; a recorded
business row changed, deleted or inserted by hand. Not found by this alone: a log whose tail was cut off together with its checkpoints and
with every row that it speaks of; against that, give a checkpoint that was kept elsewhere.
"""

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction

from mingqian.ledger import notes
from mingqian.ledger.models.log import Checkpoint, Entry, Manifest, Node, recorded_models
from mingqian.ledger.models.rows import read_manifest
from mingqian.ledger.tree import selectors as tree_selectors

_CHUNK = 5000
_NOTHING = hashlib.sha256(b"").hexdigest()
#: So many problems tell enough; the count goes on.
MOST_PROBLEMS = 200


@dataclass
class Findings:
    """What a run over the log found. `problems` are sentences for the user."""

    entries: int = 0
    rows: int = 0
    problems: list[str] = field(default_factory=list)
    suppressed: int = 0

    @property
    def sound(self) -> bool:
        """Say whether nothing was found."""
        return not self.problems

    def add(self, problem: str) -> None:
        """Note a problem, up to a sensible number of them."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
        else:
            self.suppressed += 1


def verify_log(kept: list[str] | None = None) -> Findings:
    """Check the whole log, and every row on it, in one snapshot; `kept` are checkpoints (signed notes) that were stored elsewhere."""
    findings = Findings()
    with transaction.atomic():
        heads = _read_heads(findings, kept or [])
        roots = _check_tree(findings, heads)
        _check_checkpoints(findings, heads, roots)
        _check_rows(findings, _recorded_states(findings))
    return findings


def _read_heads(findings: Findings, kept: list[str]) -> list[tuple[str, notes.Head]]:
    key = notes.own_key()
    heads = []
    stored = [(f"第 {c.size} 号检查点", c.note, c.size) for c in Checkpoint.objects.order_by("size").iterator(_CHUNK)]
    for name, note, size in [*stored, *(("另存的检查点", note, -1) for note in kept)]:
        try:
            head = notes.read(note, key)
        except ValueError:
            findings.add(f"{name}的签名无效，内容被改动过，或由另一把密钥签发。")
            continue
        if size not in {-1, head.size}:
            findings.add(f"{name}写着 {head.size} 条，与存放位置不符。")
        heads.append((name, head))
    return heads


def _check_tree(findings: Findings, heads: list[tuple[str, notes.Head]]) -> dict[int, bytes]:
    """Walk the entries, compare every stored node, and return the roots at the sizes that checkpoints speak of."""
    tree = tree_selectors.Frontier()
    wanted = {head.size for _name, head in heads}
    roots = {0: tree.root()}
    nodes = _nodes()
    missing_nodes = 0
    for position, entry in enumerate(Entry.objects.order_by("index").iterator(_CHUNK)):
        if entry.index != position:
            findings.add(f"第 {position} 条留痕缺失：下一条的序号是 {entry.index}。")
            break
        missing_nodes += _check_nodes(findings, entry, tree.append(tree_selectors.leaf_hash(entry.leaf())), nodes)
        if tree.size in wanted:
            roots[tree.size] = tree.root()
    findings.entries = tree.size
    if missing_nodes:
        findings.add(f"校验树缺少 {missing_nodes} 个节点。")
    if nodes:
        findings.add(f"校验树多出 {len(nodes)} 个节点：有留痕被删除，或节点被插入。")
    return roots


def _check_nodes(
    findings: Findings, entry: Entry, made: list[tuple[int, int, bytes]], nodes: dict[tuple[int, int], bytes]
) -> int:
    """Take the nodes that an entry completes out of the stored ones and compare them; return how many are missing."""
    missing = 0
    for level, index, value in made:
        stored = nodes.pop((level, index), None)
        missing += stored is None
        if stored is not None and stored != value:
            what = "内容被改动" if level == 0 else "所在的校验树被改动"
            findings.add(f"第 {entry.index} 条留痕（{entry.time} {entry.actor} {entry.verb}）{what}。")
    return missing


def _nodes() -> dict[tuple[int, int], bytes]:
    rows = Node.objects.values_list("level", "position", "hash").iterator(_CHUNK)
    return {(level, position): bytes(value) for level, position, value in rows}


def _check_checkpoints(findings: Findings, heads: list[tuple[str, notes.Head]], roots: dict[int, bytes]) -> None:
    for name, head in heads:
        if head.size not in roots:
            findings.add(f"{name}证明曾有 {head.size} 条留痕，现在只有 {findings.entries} 条：有留痕被删除。")
        elif roots[head.size] != head.root:
            findings.add(f"{name}（{head.size} 条）与现在的留痕对不上：前 {head.size} 条里有改动。")
    sizes = {head.size for _name, head in heads}
    absent = [size for size in range(1, findings.entries + 1) if size not in sizes]
    if absent:
        findings.add(f"缺少 {len(absent)} 个检查点，第一个缺的是第 {absent[0]} 号。")


def _recorded_states(findings: Findings) -> dict[str, tuple[str, int]]:
    """Return for each row key the digest recorded last and the entry that says so; check the manifests on the way."""
    states: dict[str, tuple[str, int]] = {}
    with_manifest = set()
    wanted = dict(Entry.objects.exclude(rows=_NOTHING).values_list("index", "rows"))
    for manifest in Manifest.objects.order_by("entry_id").iterator(200):
        with_manifest.add(manifest.entry_id)
        try:
            body = zlib.decompress(bytes(manifest.body))
        except zlib.error:
            body = b""
        if hashlib.sha256(body).hexdigest() != wanted.get(manifest.entry_id):
            findings.add(f"第 {manifest.entry_id} 条留痕的明细被改动。")
            continue
        for key, digest in read_manifest(body)[1]:
            states[key] = (digest, manifest.entry_id)
    for index in sorted(wanted.keys() - with_manifest):
        findings.add(f"第 {index} 条留痕的明细缺失。")
    return states


def _rows_now() -> Iterator[tuple[str, str, str]]:
    for model in recorded_models():
        name = str(model._meta.verbose_name)
        for row in model._base_manager.order_by("pk").iterator(_CHUNK):
            yield row.ledger_key(), row.ledger_digest(), name


def _check_rows(findings: Findings, states: dict[str, tuple[str, int]]) -> None:
    for key, digest, name in _rows_now():
        findings.rows += 1
        recorded, index = states.pop(key, ("", -1))
        if index == -1:
            findings.add(f"{name}（{key}）没有任何留痕：是绕过系统直接写入数据库的。")
        elif not recorded:
            findings.add(f"{name}（{key}）按第 {index} 条留痕已删除，却仍在数据库里。")
        elif recorded != digest:
            findings.add(f"{name}（{key}）与第 {index} 条留痕记下的内容不符：被绕过系统改动过。")
    for key, (recorded, index) in states.items():
        if recorded:
            findings.add(f"{key} 按第 {index} 条留痕应当存在，数据库里却没有：被绕过系统删除。")
