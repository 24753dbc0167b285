"""The published file of a list: its items field by field."""

from typing import Any

from mingqian.planning.models.items import ItemRevision


def document_of(revision: ItemRevision) -> dict[str, Any]:
    """Return a revision as the published file holds it: natural keys and texts, whole numbers."""
    names = ("category", "name", "sub_item", "kind", "target", "scope", "content", "bases", "methods", "body", "ratio")
    more = ("ratio_why", "frequency", "points", "results", "qualifications", "compliance", "exemption", "exemption_why")
    return {
        "code": revision.item.code,
        "revision": revision.number,
        "division": revision.division.name,
        **{name: getattr(revision, name) for name in (*names, *more)},
    }
