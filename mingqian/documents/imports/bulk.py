"""Write very many rows with the database's own executemany.

`bulk_create` puts every value of every row through the query compiler under the write lock that all others wait for; for 100,000 rows of 22
fields that is ten seconds. Here rows get their keys and are turned into plain values before the lock is taken.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, models, transaction

#: What both databases take as it is.
_PLAIN = frozenset({str, int, bool, bytes, type(None)})


def plain_values(row: models.Model) -> list[Any]:
    """Return the values of a row, field by field, as both databases take them."""
    held = row.__dict__
    values = [held[field.attname] for field in row._meta.concrete_fields]
    return [value if type(value) in _PLAIN else _plain(value) for value in values]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        adapted = connection.ops.adapt_datetimefield_value(value)
        return adapted if isinstance(adapted, str) else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else bytes(value)


def columns_of(model: type[models.Model]) -> list[str]:
    """Return the columns in the order of `plain_values`."""
    return [str(field.column) for field in model._meta.concrete_fields]


def insert(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, or_update: bool = False
) -> None:
    """Insert `rows`, one plain value a column; with `or_update`, rows whose key is there are overwritten instead."""
    quote = connection.ops.quote_name
    places = ", ".join(["%s"] * len(columns))
    table, names = quote(model._meta.db_table), ", ".join(map(quote, columns))
    sql = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608  names of the model's own columns
    if or_update:
        changes = ", ".join(f"{quote(column)} = excluded.{quote(column)}" for column in columns if column != "id")
        sql += f" ON CONFLICT (id) DO UPDATE SET {changes}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(sql, list(rows))


def reserve_keys(model: type[models.Model], count: int) -> Sequence[int]:
    """Return primary keys that nobody else will be given; those that are not used stay unused."""
    table = model._meta.db_table
    if count == 0:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [key for (key,) in cursor.fetchall()]
        # SQLite's AUTOINCREMENT keeps the last key in a table that may be written.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        last: int = found[0] if found else 0
        if found:
            cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [last + count, table])
        else:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last + count])
        return range(last + 1, last + count + 1)
