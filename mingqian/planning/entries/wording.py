"""The published file of a plan: its entries in words (A8.1)."""

from collections.abc import Sequence
from typing import Any

from mingqian.planning.models.items import ItemRevision
from mingqian.planning.models.plans import EntryRevision


def document_of(revision: EntryRevision, items: Sequence[ItemRevision]) -> dict[str, Any]:
    """Return an entry as the published file holds it: natural keys and texts, whole numbers."""
    names = ("title", "kind", "criteria", "stratify", "quota_mode", "quota_value", "quotas", "flag_mode", "flag_value")
    more = (
        "windows",
        "partners",
        "partner_organs",
        "team_size",
        "lead_present",
        "ratio_why",
        "estimated",
        "estimated_draw",
    )
    return {
        "code": revision.entry.code,
        "revision": revision.number,
        "division": revision.division.name,
        "items": [{"code": item.item.code, "revision": item.number, "name": str(item)} for item in items],
        "targeted": revision.targeted,
        "frequency": revision.frequency,
        **{name: getattr(revision, name) for name in (*names, *more)},
        "estimated_on": revision.estimated_on.isoformat() if revision.estimated_on else "",
    }
