"""One state of the whole database, read for as long as it takes, while others go on writing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """Let every read inside see the same state: what others commit meanwhile is not seen, and nobody waits.

    Only for reading: PostgreSQL refuses a write. SQLite's transactions begin with the lock of a writer (`settings`), this one does not.
    Inside a transaction of the caller, that one decides what is seen.
    """
    if connection.in_atomic_block:
        yield
        return
    sqlite = cast("Any", connection) if connection.vendor == "sqlite" else None
    begins = sqlite.transaction_mode if sqlite else ""
    if sqlite:
        sqlite.transaction_mode = "DEFERRED"
    try:
        with transaction.atomic():
            if not sqlite:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    finally:
        if sqlite:
            sqlite.transaction_mode = begins
