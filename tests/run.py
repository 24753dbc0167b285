"""Run everything: `python -m tests.run [pytest arguments]`.

First the suite on SQLite with two workers, the browser tests included, then the same without the browser on PostgreSQL where a server
answers (`MINGQIAN_TEST_POSTGRES`, by default the local one). Says clearly what was left out. On the server one migrated
database stays behind as a template (`..._migrated_...`), replaced when the migrations change.
"""

import os
import subprocess
import sys

import psycopg

POSTGRES = os.environ.get("MINGQIAN_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/test")


def suite(title: str, arguments: list[str], **environment: str) -> int:
    """Run pytest in a process of its own and return its exit code."""
    sys.stdout.write(f"\n=== {title} ===\n")
    sys.stdout.flush()
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode


def postgres_answers() -> bool:
    """Say whether the PostgreSQL server can be used."""
    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.Error as error:
        sys.stdout.write(f"\nPostgreSQL at {POSTGRES} does not answer ({str(error).strip()}): its tests are SKIPPED.\n")
        return False
    return True


def main() -> int:
    """Run the suites and return 0 where all passed."""
    arguments = sys.argv[1:]
    workers = ["-n", "2", "--dist", "loadgroup", "--no-loadscope-reorder"]  # groups and their order: conftest.py
    codes = [suite("SQLite, draw, browser verifier, browser", [*workers, *arguments], DATABASE_URL="")]
    if postgres_answers():
        # What asks for no database, and what drives a browser, has been shown by then.
        rest = ["mingqian", "tests", "-m", "not browser", "--only-with-database", *workers]
        codes.append(suite("PostgreSQL", [*rest, *arguments], DATABASE_URL=POSTGRES))
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
