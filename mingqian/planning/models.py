"""Law library, items and the versions of the list, what subjects bear, annual plans and tasks. What is published stays as it is."""

from mingqian.planning.burden_models import Encounter, SpecialInspection
from mingqian.planning.helper_models import TaskExpert
from mingqian.planning.item_models import BasisCheck, Item, ItemImport, ItemRevision, ListEntry, ListVersion
from mingqian.planning.law_models import Article, Edition, Law, LawAlias
from mingqian.planning.plan_models import (
    EntryRevision,
    Exclusion,
    JointProposal,
    Plan,
    PlanEntry,
    PlanLine,
    PlanVersion,
    Task,
)
from mingqian.planning.year_models import YearPreview

__all__ = [
    "Article",
    "BasisCheck",
    "Edition",
    "Encounter",
    "EntryRevision",
    "Exclusion",
    "Item",
    "ItemImport",
    "ItemRevision",
    "JointProposal",
    "Law",
    "LawAlias",
    "ListEntry",
    "ListVersion",
    "Plan",
    "PlanEntry",
    "PlanLine",
    "PlanVersion",
    "SpecialInspection",
    "Task",
    "TaskExpert",
    "YearPreview",
]
