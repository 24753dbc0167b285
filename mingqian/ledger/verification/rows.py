"""The digests of recorded rows as they stand, many at once."""

from collections.abc import Iterator, Sequence

from mingqian.ledger.models.log import Recorded
from mingqian.ledger.models.rows import columns_of, digest_of

_CHUNK = 5000


def digests_now(model: type[Recorded], keys: Sequence[str] | None = None) -> Iterator[tuple[str, str]]:
    """Yield (ledger key, digest) of every row of `model`, or of those with these primary keys, without making objects of them."""
    columns = columns_of(model, model.LEDGER_IGNORES)
    names = [model._meta.pk.attname, *(column.name for column in columns)]
    label = model._meta.label_lower
    rows = model._base_manager.order_by("pk")
    if keys is not None:
        rows = rows.filter(pk__in=keys)
    for key, *values in rows.values_list(*names).iterator(_CHUNK):
        yield f"{label}:{key}", digest_of(columns, values)
