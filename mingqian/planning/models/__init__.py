"""Law library, items and the versions of the list, what subjects bear, annual plans and tasks. What is published stays as it is."""

from mingqian.planning.models.burden import Encounter, SpecialInspection
from mingqian.planning.models.experts import TaskExpert
from mingqian.planning.models.imports import ItemImport
from mingqian.planning.models.items import BasisCheck, Item, ItemRevision, ListEntry, ListVersion
from mingqian.planning.models.laws import Article, Edition, Law, LawAlias
from mingqian.planning.models.plans import EntryRevision, Plan, PlanEntry, PlanLine, PlanVersion
from mingqian.planning.models.tasks import Exclusion, JointProposal, Task
from mingqian.planning.models.year import YearPreview

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
