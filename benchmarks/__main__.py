"""Run every benchmark in turn: `python -m benchmarks`. Ratios to yardsticks of the same run; nothing is asserted."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent

if __name__ == "__main__":
    codes = [
        subprocess.run([sys.executable, str(path), *sys.argv[1:]], cwd=FOLDER.parent, check=False).returncode
        for path in sorted(FOLDER.glob("[a-z]*.py"))
    ]
    sys.exit(max(codes))
