"""Numbers without gap: of requests, papers, versions, whatever is counted within a thing or a year."""

from typing import Any

from django.db import models, transaction
from django.db.models import Max, QuerySet


def next_number(rows: QuerySet[Any], *, under: models.Model, field: str = "serial") -> int:
    """Return the number after the highest of `field` among `rows`, 1 where there is none.

    `under` is the row that all writers of this series lock first (the organ of a year's numbers, the draw of its changes): it is locked
    here, inside the caller's transaction, so that two never get the same number and none is left out. To be asked before the first entry
    is made on the ledger, whose own lock comes last.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a number and the row that bears it belong in one transaction")
    type(under)._base_manager.select_for_update(no_key=True).get(pk=under.pk)
    return int(rows.aggregate(last=Max(field))["last"] or 0) + 1
