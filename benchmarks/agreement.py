"""The long run of `tests/test_verifiers_agree.py`: do the verifiers in Python and JavaScript say the same of very many bundles?

Run `python benchmarks/agreement.py`; `--rounds`, `--bundles` and `--seed` make it longer or another one. What they disagree on is kept
in a file that is named with the seed.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import mingqian_draw as mq  # noqa: E402 - run from a checkout, without installing
from tests.random_bundles import cases  # noqa: E402
from tests.test_verifiers_agree import apart, mutated  # noqa: E402


def main() -> int:
    """Compare, round by round; exit code 1 where they differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--bundles", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    found, reasons, compared = [], set[str](), 0
    for seed in range(options.seed, options.seed + options.rounds):
        rng = random.Random(seed)  # noqa: S311 - invented data, no lot
        many = cases(seed, options.bundles)
        made = [("sound", mq.write_zip(case.files), case.options) for case in many] + mutated(rng, many, 2)
        with tempfile.TemporaryDirectory() as name:
            differences, told = apart(made, Path(name))
            for number, one in enumerate(differences):
                kept = Path(f"disagreement-{seed}-{number}.zip")
                kept.write_bytes(Path(one[1]).read_bytes())
                print(
                    f"seed {seed}, {one[0]}: {one[3]} {one[4]!r} in Python, {one[5]} {one[6]!r} in JavaScript: {kept}"
                )
        found += differences
        reasons |= told
        compared += len(made)
    print(f"{compared} bundles compared, {len(reasons)} reasons met, {len(found)} differences")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
