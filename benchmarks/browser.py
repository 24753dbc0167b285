"""How fast is the check in the browser? Seconds of the processor and megabytes under node, and a ratio to hashing as many rows in Python.

A draw of a twentieth of the rows (a million), two strata, 2,000 inspectors, two to a team and the lead division, 20,000 conflicts; a zip.
Run ``python benchmarks/browser.py``; ``--rows`` makes it smaller. Nothing is asserted; the aim is 5 s and 1 GB for a million rows.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import mingqian_draw as mq  # noqa: E402 - run from a checkout, without installing

SCRIPTS = ROOT / "mingqian" / "verifier" / "static" / "verifier" / "protocol"
CHECK = """
const [place, home] = process.argv.slice(1);
const { readFileSync } = await import('node:fs');
const { readZip } = await import(`${home}/zip.js`);
const { verify } = await import(`${home}/verify.js`);
const { status } = verify(readZip(new Uint8Array(readFileSync(place))));
console.log(JSON.stringify([status, process.cpuUsage().user / 1e6, process.resourceUsage().maxRSS / 1e3]));
"""


def bundle(rows: int) -> bytes:
    """Return the zip of an opened draw."""
    rng = random.Random(rows)  # noqa: S311 - invented data, no lot
    ids = [f"91370300{number * 7919 + 1_000_000_000:010d}" for number in range(rows)]
    people = [f"37{number:06d}" for number in range(2000)]
    pairs = {(rng.choice(ids), rng.choice(people)) for _ in range(20_000)}
    quota = rows // 40
    rules = {"team_size": 2, "assignment": "per-subject", "teams": 0, "batches": 1, "home": "安全科"}
    secret = mq.new_secret()
    files = mq.seal_draw(
        draw_id="D-1",
        title="大抽查",
        organ="局",
        scope="S-1",
        rules=rules | {"quotas": [{"stratum": one, "count": quota} for one in ("临淄区", "张店区")]},
        tables={
            "subjects.tsv": mq.table((one, "张店区" if n % 2 else "临淄区", "1", "in") for n, one in enumerate(ids)),
            "inspectors.tsv": mq.table((one, "安全科" if n % 2 else "节能科", "in") for n, one in enumerate(people)),
            "conflicts.tsv": mq.table(sorted(pairs)),
        },
        witnesses=["甲"],
        sealed_at="2026-03-02T01:00:00Z",
        open_by="2026-03-03T01:00:00Z",
        secret=secret,
    )
    files |= mq.close(files, [{"digits": "6543211234"}], closed_at="2026-03-02T01:10:00Z")
    files |= mq.open_lot(files, secret=secret, openings={}, opened_at="2026-03-02T01:20:00Z")
    return mq.write_zip(files)


def main() -> int:
    """Make a bundle, check it under node, print what that took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    start = time.process_time()
    for number in range(rows):
        hashlib.sha256(b"%d" % number).hexdigest()
    yardstick = time.process_time() - start
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "bundle.zip"
        place.write_bytes(bundle(rows))
        command = ["node", "--input-type=module", "--eval", CHECK, str(place), SCRIPTS.as_uri()]
        done = subprocess.run(command, capture_output=True, check=True)
    status, seconds, megabytes = json.loads(done.stdout)
    print(f"{rows:,} rows: {status}, {seconds:.1f} s, {seconds / yardstick:.1f} of the yardstick, {megabytes:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
