"""The law library, the items with their revisions, the versions of the list. What is published stays as it is."""

from mingqian.planning.burden_models import Encounter, SpecialInspection
from mingqian.planning.item_models import BasisCheck, Item, ItemImport, ItemRevision, ListEntry, ListVersion
from mingqian.planning.law_models import Article, Edition, Law, LawAlias

__all__ = [
    "Article",
    "BasisCheck",
    "Edition",
    "Encounter",
    "Item",
    "ItemImport",
    "ItemRevision",
    "Law",
    "LawAlias",
    "ListEntry",
    "ListVersion",
    "SpecialInspection",
]
