"""One row: found, or not there; put in, or there already."""

from collections.abc import Iterator
from typing import TypeVar

from django.db import IntegrityError, models, transaction
from django.http import Http404

from mingqian.common.errors import DomainError

M = TypeVar("M", bound=models.Model)


def row_or_404(rows: "models.QuerySet[M]", missing: str) -> M:
    """Return the first of `rows`; raise Http404 with the sentence `missing` where there is none."""
    row = rows.first()
    if row is None:
        raise Http404(missing)
    return row


def in_steps(rows: "models.QuerySet[M]", step: int = 500) -> Iterator[M]:
    """Yield `rows` by primary key, read `step` at a time, so that the caller may write meanwhile.

    No read is open while the caller works: SQLite refuses at once, without waiting, a write on a connection whose open read shows a state
    that others have left behind.
    """
    ordered = rows.order_by("pk")
    page = list(ordered[:step])
    while page:
        yield from page
        page = list(ordered.filter(pk__gt=page[-1].pk)[:step]) if len(page) == step else []


def held(row: M, *related: str) -> M:
    """Return the row as it stands, with what it refers to, locked until the transaction ends."""
    rows = type(row)._default_manager.select_for_update(no_key=True, of=("self",))
    return (rows.select_related(*related) if related else rows).get(pk=row.pk)


def insert(row: M, twice: str) -> M:
    """Save a new row inside the caller's transaction; raise DomainError (`twice`) where a constraint says that it is there."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError(twice) from error
    return row
