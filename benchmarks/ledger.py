"""How long the log takes with many entries and rows: verification of everything, and holding the registry against it as a seal does.

`python benchmarks/ledger.py [ENTRIES [SUBJECTS]]` (default 200,000 each) fills a database of its own: on SQLite in a temporary folder, or
the empty one that `DATABASE_URL` names. The yardstick is SHA-256 over a megabyte, timed in the same run.
"""

import hashlib
import os
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

ENTRIES = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
SUBJECTS = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
ROOT = Path(__file__).resolve().parent.parent
HOME = tempfile.mkdtemp(prefix="mingqian-ledger-")
os.environ["MINGQIAN_HOME"] = HOME
os.environ["DJANGO_SETTINGS_MODULE"] = "mingqian.settings"
sys.path.insert(0, str(ROOT))

from mingqian import keys  # noqa: E402

keys.make(Path(HOME) / "secrets")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from mingqian.accounts.models import Organ  # noqa: E402
from mingqian.common import clock  # noqa: E402
from mingqian.documents.imports.bulk import columns_of, insert, plain_values, reserve_keys  # noqa: E402
from mingqian.ledger import notes, services  # noqa: E402
from mingqian.ledger.models import Checkpoint, Entry, Manifest, Node  # noqa: E402
from mingqian.ledger.models.rows import write_manifest  # noqa: E402
from mingqian.ledger.tree import selectors as tree_selectors  # noqa: E402
from mingqian.ledger.verification.selectors import changed_by_hand, verify_log  # noqa: E402
from mingqian.registry.models import Exemption, Flag, Inspector, Subject  # noqa: E402
from mingqian.testing import make_bureau  # noqa: E402

SCOPE = "化工产品（不含危险化学品）、建筑材料、五金交电、机电设备销售；货物及技术进出口；普通货运。"


def fill(organ: Organ) -> None:
    """Write the subjects as an import does, then an act on one of them after another."""
    columns, states = columns_of(Subject), []
    for start in range(0, SUBJECTS, 10_000):
        count = min(10_000, SUBJECTS - start)
        rows = [
            Subject(
                organ=organ, number=f"9137030{n:011d}", name=f"淄博第{n}化工机械制造有限公司", district="张店区",
                address=f"山东省淄博市张店区柳泉路{n}号", business_scope=SCOPE, registered_at=clock.now(),
            )
            for n in range(start, start + count)
        ]  # fmt: skip
        for row, key in zip(rows, reserve_keys(Subject, count), strict=True):
            row.pk = key
        made = [(row.ledger_key(), row.ledger_digest()) for row in rows]
        with transaction.atomic():
            insert(Subject, columns, (plain_values(row) for row in rows))
            services.record("system", "registry.import", "import/1", states=made)
        states += made
    frontier = tree_selectors.Frontier()
    for entry in Entry.objects.order_by("index"):
        frontier.append(tree_selectors.leaf_hash(entry.leaf()))
    for start in range(frontier.size, ENTRIES, 20_000):
        append(frontier, start, min(20_000, ENTRIES - start), states)


def append(frontier: tree_selectors.Frontier, start: int, count: int, states: list[tuple[str, str]]) -> None:
    """Append entries as `record` does, many in a transaction."""
    entries, manifests, nodes, checkpoints = [], [], [], []
    for index in range(start, start + count):
        manifest = write_manifest({"from": "a", "to": "b"}, states[index % len(states) :][:2])
        rows, digest = hashlib.sha256(manifest).hexdigest(), hashlib.sha256(b"%d" % index).hexdigest()
        entry = Entry(
            index=index, time="2027-01-01T00:00:00Z", actor="user/bench", verb="subject.edit",
            subject=f"subject/{index % SUBJECTS}", digest=digest, rows=rows,
        )  # fmt: skip
        entries.append(entry)
        manifests.append(Manifest(entry_id=index, body=zlib.compress(manifest, 6)))
        made = frontier.append(tree_selectors.leaf_hash(entry.leaf()))
        nodes += [Node(level=level, position=position, hash=value) for level, position, value in made]
        checkpoints.append(Checkpoint(size=index + 1, note=notes.sign(index + 1, frontier.root())))
    with transaction.atomic():
        Entry.objects.bulk_create(entries, 2000)
        Manifest.objects.bulk_create(manifests, 2000)
        Node.objects.bulk_create(nodes, 2000)
        Checkpoint.objects.bulk_create(checkpoints, 2000)


def yardstick() -> float:
    """Return the seconds of a fixed amount of hashing."""
    began = time.perf_counter()
    for _ in range(200):
        hashlib.sha256(bytes(1 << 20)).digest()
    return time.perf_counter() - began


def timed(title: str, act: Callable[[], object]) -> None:
    """Print how long `act` takes."""
    unit = yardstick()
    began = time.perf_counter()
    told = act()
    spent = time.perf_counter() - began
    sys.stdout.write(f"{title}: {spent:.2f} s, {spent / unit:.1f} yardsticks; {told}\n")


def beside(organ: Organ, act: Callable[[], object]) -> Iterator[object]:
    """Run `act` while somebody makes an act every tenth of a second."""
    end = threading.Event()
    count: list[int] = []

    def go() -> None:
        while not end.wait(0.1):
            with transaction.atomic():
                organ.name = f"局{len(count)}"
                organ.save()
                services.record("system", "test.act", "test/1", rows=[organ])
            count.append(1)
        connection.close()

    thread = threading.Thread(target=go)
    thread.start()
    yield act()
    end.set()
    thread.join()
    yield f"{len(count)} acts meanwhile"


def main() -> None:
    """Fill, and measure."""
    call_command("migrate", verbosity=0)
    organ = make_bureau().organ
    fill(organ)
    shaping = [Subject, Inspector, Flag, Exemption]
    timed("held against the log", lambda: changed_by_hand(shaping))
    timed("verified", lambda: verify_log().problems)

    def together() -> list[object]:
        return list(beside(organ, lambda: verify_log().problems))

    timed("verified beside work", together)


if __name__ == "__main__":
    main()
