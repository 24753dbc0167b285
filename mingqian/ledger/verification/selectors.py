"""Build the whole log again from its entries and compare everything that is stored with it, in one state of the database.

Found this way: an entry changed, deleted, inserted or reordered; a node or a checkpoint changed or deleted; a manifest changed; a recorded
business row changed, deleted or inserted by hand. Not found by this alone: a log whose tail was cut off together with its checkpoints and
with every row that it speaks of; against that, give a checkpoint that was kept elsewhere.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from mingqian.common.snapshot import snapshot
from mingqian.ledger import notes
from mingqian.ledger.models.log import Checkpoint, Manifest, Node, Recorded, recorded_models
from mingqian.ledger.models.rows import read_manifest
from mingqian.ledger.services import hold
from mingqian.ledger.tree import selectors as tree_selectors
from mingqian.ledger.verification.replay import NOTHING, Line, Piece, leaf_of, pieces, unpacked
from mingqian.ledger.verification.rows import digests_now

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
    """Check the whole log, and every row on it, as they stood when this began; `kept` are notes that were stored elsewhere.

    Holds up nobody: what others write meanwhile is neither seen nor delayed.
    """
    run = _Run(_read_kept(kept or []))
    with snapshot():
        for piece in pieces():
            run.take(piece)
        run.end()
        _check_rows(run.findings, run.states)
    run.findings.problems[:0] = run.kept_problems()
    return run.findings


def _read_kept(kept: Iterable[str]) -> list[notes.Head | None]:
    heads: list[notes.Head | None] = []
    for note in kept:
        try:
            heads.append(notes.read(note, notes.own_key()))
        except ValueError:
            heads.append(None)
    return heads


class _Run:
    """One walk along the log."""

    def __init__(self, kept: list[notes.Head | None]) -> None:
        self.findings = Findings()
        #: Key of a row -> digest recorded last, and the entry that says so.
        self.states: dict[str, tuple[str, int]] = {}
        self._kept = kept
        self._wanted = {head.size for head in kept if head is not None}
        self._roots = {0: tree_selectors.EMPTY_ROOT}
        self._tree = tree_selectors.Frontier()
        self._nodes = self._missing_nodes = self._manifests = 0
        self._absent: list[int] = []

    def take(self, piece: Piece) -> None:
        """Go on with a piece."""
        nodes, checkpoints, manifests = piece.nodes(), piece.checkpoints(), piece.manifests()
        self._manifests += len(manifests)
        for line in piece.lines:
            self._take_entry(line, nodes)
            self._take_checkpoint(checkpoints.get(self._tree.size))
            self._take_manifest(line, manifests.get(line[0]))
        if piece.gap is not None:
            self.findings.add(f"第 {piece.end} 条留痕缺失：下一条的序号是 {piece.gap}。")

    def _take_entry(self, line: Line, nodes: dict[tuple[int, int], bytes]) -> None:
        for level, position, value in self._tree.append(leaf_of(line)):
            stored = nodes.get((level, position))
            self._nodes += stored is not None
            self._missing_nodes += stored is None
            if stored is not None and stored != value:
                what = "内容被改动" if level == 0 else "所在的校验树被改动"
                self.findings.add(f"第 {line[0]} 条留痕（{line[5]} {line[1]} {line[6]}）{what}。")
        if self._tree.size in self._wanted:
            self._roots[self._tree.size] = self._tree.root()

    def _take_checkpoint(self, note: str | None) -> None:
        """Compare a checkpoint with the one that the log's key gives for this root: Ed25519 signs the same text in one way alone."""
        size, root = self._tree.size, self._tree.root()
        if note is None:
            self._absent.append(size)
            return
        if note == notes.sign(size, root):
            return
        name = f"第 {size} 号检查点"
        try:
            head = notes.read(note, notes.own_key())
        except ValueError:
            self.findings.add(f"{name}的签名无效，内容被改动过，或由另一把密钥签发。")
            return
        if head.size != size:
            self.findings.add(f"{name}写着 {head.size} 条，与存放位置不符。")
        elif head.root != root:
            self.findings.add(f"{name}（{size} 条）与现在的留痕对不上：前 {size} 条里有改动。")
        else:
            self.findings.add(f"{name}的文字被改动过。")

    def _take_manifest(self, line: Line, body: bytes | None) -> None:
        index, rows = line[0], line[3]
        if body is None and rows != NOTHING:
            self.findings.add(f"第 {index} 条留痕的明细缺失。")
        if body is None:
            return
        text = unpacked(body, rows)
        if text is None:
            self.findings.add(f"第 {index} 条留痕的明细被改动。")
            return
        for key, digest in read_manifest(text)[1]:
            self.states[key] = (digest, index)

    def end(self) -> None:
        """Say what lacks, and what is there beyond the last entry."""
        size = self._tree.size
        self.findings.entries = size
        if self._missing_nodes:
            self.findings.add(f"校验树缺少 {self._missing_nodes} 个节点。")
        if more := Node.objects.count() - self._nodes:
            self.findings.add(f"校验树多出 {more} 个节点：有留痕被删除，或节点被插入。")
        beyond = Checkpoint.objects.filter(size__gt=size).order_by("-size").values_list("size", flat=True)
        if beyond:
            self.findings.add(f"检查点证明曾有 {beyond[0]} 条留痕，现在只有 {size} 条：有留痕被删除。")
        if self._absent:
            self.findings.add(f"缺少 {len(self._absent)} 个检查点，第一个缺的是第 {self._absent[0]} 号。")
        if more := Manifest.objects.count() - self._manifests:
            self.findings.add(f"多出 {more} 份不属于任何留痕的明细。")

    def kept_problems(self) -> list[str]:
        """Return what the checkpoints that were kept elsewhere say against the log."""
        found = []
        for head in self._kept:
            if head is None:
                found.append("另存的检查点的签名无效，内容被改动过，或由另一把密钥签发。")
            elif head.size not in self._roots:
                size = self._tree.size
                found.append(f"另存的检查点证明曾有 {head.size} 条留痕，现在只有 {size} 条：有留痕被删除。")
            elif self._roots[head.size] != head.root:
                found.append(f"另存的检查点（{head.size} 条）与现在的留痕对不上：前 {head.size} 条里有改动。")
        return found


def _check_rows(findings: Findings, states: dict[str, tuple[str, int]]) -> None:
    for model in recorded_models():
        name = str(model._meta.verbose_name)
        for key, digest in digests_now(model):
            findings.rows += 1
            if problem := difference(name, key, digest, states.pop(key, ("", -1))):
                findings.add(problem)
    for key, (recorded, index) in states.items():
        if recorded:
            findings.add(f"{key} 按第 {index} 条留痕应当存在，数据库里却没有：被绕过系统删除。")


def difference(name: str, key: str, digest: str, recorded: tuple[str, int]) -> str:
    """Say in a sentence how a row that stands in the database differs from what the log says of it, "" where it does not."""
    last, index = recorded
    if index == -1:
        return f"{name}（{key}）没有任何留痕：是绕过系统直接写入数据库的。"
    if not last:
        return f"{name}（{key}）按第 {index} 条留痕已删除，却仍在数据库里。"
    if last != digest:
        return f"{name}（{key}）与第 {index} 条留痕记下的内容不符：被绕过系统改动过。"
    return ""


def changed_by_hand(models: Iterable[type[Recorded]]) -> list[str]:
    """Return a sentence for each row of `models` that differs from what the log says of it, lacks, or was put in by hand.

    The log is believed only as far as its signature goes: every entry is hashed again up to the newest checkpoint. Holds up nobody while it
    reads; rows that seem to differ are looked at once more with the log's lock held, since others write meanwhile.
    """
    kinds = {model._meta.label_lower: model for model in models}
    words = _Words(tuple(f"{label}:".encode() for label in kinds))
    words.read_on()
    if words.problem:
        return [words.problem]
    suspects = _suspects(kinds, words.states)
    if not suspects:
        return []
    with transaction.atomic():
        hold()
        words.read_on()
        return [words.problem] if words.problem else list(_still(kinds, suspects, words.states))


class _Words:
    """What the log says of the rows of some models."""

    def __init__(self, prefixes: tuple[bytes, ...]) -> None:
        self.states: dict[str, tuple[str, int]] = {}
        self.problem = ""
        self._prefixes = prefixes
        self._leaves: list[bytes] = []

    def read_on(self) -> None:
        """Read what came since, and compare with the signed checkpoint."""
        for piece in pieces(len(self._leaves)):
            manifests = piece.manifests()
            for line in piece.lines:
                self._leaves.append(leaf_of(line))
                if line[3] != NOTHING:
                    self._take(line[0], unpacked(manifests.get(line[0]), line[3]))
        size = len(self._leaves)
        note = Checkpoint.objects.filter(size=size).values_list("note", flat=True).first()
        if size and note != notes.sign(size, tree_selectors.root_of(self._leaves)):
            self.problem = "留痕与签名的检查点对不上，不能用来核对数据。请先核验全部留痕。"

    def _take(self, index: int, text: bytes | None) -> None:
        if text is None:
            self.problem = f"第 {index} 条留痕的明细缺失或被改动，不能用来核对数据。请先核验全部留痕。"
            return
        for line in text.split(b"\n"):
            if line.startswith(self._prefixes):
                key, _, digest = line.decode().partition("\t")
                self.states[key] = (digest, index)


def _suspects(kinds: dict[str, type[Recorded]], states: dict[str, tuple[str, int]]) -> dict[str, list[str]]:
    """Return by model the primary keys of rows that are not as the log says."""
    found: dict[str, list[str]] = {}
    there = set()
    for label, model in kinds.items():
        for key, digest in digests_now(model):
            there.add(key)
            if states.get(key, ("", -1))[0] != digest:
                found.setdefault(label, []).append(key.partition(":")[2])
    for key, (digest, _index) in states.items():
        if digest and key not in there:
            label, _, pk = key.partition(":")
            found.setdefault(label, []).append(pk)
    return found


def _still(
    kinds: dict[str, type[Recorded]], suspects: dict[str, list[str]], states: dict[str, tuple[str, int]]
) -> Iterator[str]:
    """Look at the suspects once more, and yield a sentence for each that is not as the log says."""
    for label, keys in suspects.items():
        for start in range(0, len(keys), 500):
            yield from _differing(kinds[label], keys[start : start + 500], states)


def _differing(model: type[Recorded], keys: Sequence[str], states: dict[str, tuple[str, int]]) -> Iterator[str]:
    kind, label = str(model._meta.verbose_name), model._meta.label_lower
    now = dict(digests_now(model, keys))
    names = {str(row.pk): str(row) for row in model._base_manager.filter(pk__in=keys)}
    for pk in keys:
        key = f"{label}:{pk}"
        recorded = states.get(key, ("", -1))
        if key in now:
            if problem := difference(f"{kind}“{names[pk]}”", key, now[key], recorded):
                yield problem
        elif recorded[0]:
            yield f"{kind}（{key}）按第 {recorded[1]} 条留痕应当存在，数据库里却没有：被绕过系统删除。"
