"""How fast is the draw? Times as ratios to a yardstick taken in the same run, so that machines can be compared.

A draw of 50,000 out of 1,000,000 subjects (ids of 18 characters, one lot each), 2,000 inspectors, two to a team. The
yardstick is the least that any draw by hashes does: hash the million ticket texts, sort the pairs of hex and id. Beside
it stands Rivest's ``consistent_sampler`` where it is installed (``pip install consistent_sampler``; it is no dependency
of ours).

Run ``python benchmarks/draw.py``; ``--rows`` and ``--rounds`` make it smaller. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from mingqian_draw import tables  # noqa: E402 - run from a checkout, without installing
from mingqian_draw.outcome import select  # noqa: E402
from mingqian_draw.seal import Rules  # noqa: E402

SEED = hashlib.sha256(b"benchmark").hexdigest()
INSPECTORS = 2000
BOUNDS = {"select": 0.6, "seal": 0.9, "open": 1.2, "verify": 1.3}
MEMORY_BOUND = 450
SHARE = 20


def subject_ids(rows: int) -> list[str]:
    """Ids of 18 characters, in order."""
    return [f"91370300{number * 7919 + 1_000_000_000:010d}" for number in range(rows)]


def timed(act: Callable[[], object]) -> float:
    """Seconds that ``act`` takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def yardstick(ids: Sequence[str]) -> None:
    """Hash every ticket text, sort (hex, id)."""
    sha256, prefix = hashlib.sha256, f"{SEED}/subject/"
    pairs = [(sha256(f"{prefix}{name}/1".encode()).hexdigest(), name) for name in ids]
    pairs.sort()


def _resident(pid: int) -> int:
    """KiB of memory of a process and its children, shared pages counted once (Linux; 0 elsewhere)."""
    total = 0
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                total += _resident(int(child))
    except (OSError, ValueError):
        return total
    return total


def command(arguments: Sequence[str | Path]) -> tuple[float, int]:
    """Run the command line; seconds, and the largest memory seen in KiB.

    The memory is sampled: what the system keeps as a child's maximum may be the parent's, from before the exec.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "mingqian_draw", *map(str, arguments), "--lang", "en"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    peak, done = 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.03):
            peak = max(peak, _resident(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    # A bundle without a ledger is verified as far as files go: code 3.
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    if code not in (0, 3):
        raise SystemExit(f"{arguments[0]}: exit code {code}")
    return seconds, peak


def prepare(folder: Path, ids: Sequence[str]) -> list[str | Path]:
    """Write the inputs; the arguments of ``seal``."""
    (folder / "subjects").write_text("".join(f"{name}\t-\t1\tin\n" for name in ids))
    (folder / "inspectors").write_text("".join(f"3703{number:05d}\tunit\tin\n" for number in range(INSPECTORS)))
    rules = {
        "quotas": [{"stratum": "-", "count": len(ids) // SHARE}],
        "team_size": 2,
        "assignment": "per-subject",
        "teams": 0,
        "batches": 10,
        "home": None,
    }
    (folder / "rules").write_text(json.dumps(rules))
    inputs: list[str | Path] = [f"--{name}={folder / name}" for name in ("subjects", "inspectors", "rules")]
    texts = [f"--{name}=benchmark" for name in ("draw-id", "title", "organ", "scope", "witness")]
    times = ["--at=2026-03-02T01:00:00Z", "--open-by=2026-03-02T10:00:00Z"]
    return ["seal", *inputs, *texts, *times]


def one_round(ids: Sequence[str], table: bytes, memory: dict[str, int]) -> dict[str, float]:
    """Seconds of every part, taken one after another."""
    seconds = {"yardstick": timed(lambda: yardstick(ids))}
    pool = tables.parse({"subjects.tsv": table, "inspectors.tsv": b"", "conflicts.tsv": b""})
    rules = Rules({"-": len(ids) // SHARE}, 0, "none", 0, 1, None)
    seconds["select"] = timed(lambda: select(SEED, rules, pool))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        arguments = prepare(folder, ids)
        secret, bundle = f"--secret-file={folder / 'secret'}", folder / "bundle"
        at = "--at=2026-03-02T02:00:00Z"
        acts: dict[str, list[str | Path]] = {
            "seal": [*arguments, f"--out={bundle}", secret],
            "close": ["close", bundle, "--spoken=1:1234123412341234", at],
            "open": ["open", bundle, secret, at],
            "verify": ["verify", bundle],
        }
        for act, given in acts.items():
            seconds[act], peak = command(given)
            memory[act] = max(memory.get(act, 0), peak)
    return seconds


def reference(ids: Sequence[str]) -> float | None:
    """Seconds that ``consistent_sampler`` takes for the same selection, ``None`` where it is not installed."""
    if importlib.util.find_spec("consistent_sampler") is None:
        return None
    sampler = importlib.import_module("consistent_sampler").sampler
    return timed(lambda: list(sampler(ids, seed=SEED, take=len(ids) // SHARE, output="id")))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    ids = subject_ids(options.rows)
    table = "".join(f"{name}\t-\t1\tin\n" for name in ids).encode()
    memory: dict[str, int] = {}
    rounds = [one_round(ids, table, memory) for _ in range(options.rounds)]
    base = statistics.median(seconds["yardstick"] for seconds in rounds)
    print(f"yardstick {base:.2f} s: {options.rows} ticket texts hashed and sorted (median of {options.rounds})")
    for act, bound in BOUNDS.items():
        ratio = statistics.median(seconds[act] / seconds["yardstick"] for seconds in rounds)
        took = statistics.median(seconds[act] for seconds in rounds)
        used = f", {memory[act] / 1024:.0f} of {MEMORY_BOUND} MiB" if act in memory else ""
        print(f"{act:9} {took:.2f} s, {ratio:.2f} of the yardstick (aim: {bound}){used}")
    other = reference(ids)
    if other is None:
        print("consistent_sampler is not installed: no comparison")
    else:
        print(f"consistent_sampler {other:.2f} s, {other / base:.2f} of the yardstick")


if __name__ == "__main__":
    main()
