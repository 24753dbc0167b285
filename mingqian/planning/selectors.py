"""What the capabilities of the room read together: its two registers, the items of an entry, a task and who works on it."""

from datetime import date, datetime

from mingqian.accounts.models import Organ, User
from mingqian.casework.officers import officer_of
from mingqian.casework.register import sides
from mingqian.casework.register.selectors import Records
from mingqian.planning.models.items import ItemRevision, ListEntry, ListVersion
from mingqian.planning.models.plans import EntryRevision, PlanLine, PlanVersion
from mingqian.planning.models.tasks import Task

#: The item lists, and what is under way for them; what sentences call an item and the list.
ITEM_RECORDS = Records(ItemRevision, ListVersion, ListEntry, "organ", "抽查事项", "清单")
ITEM_WORDS = sides.Words("抽查事项", "抽查事项清单", "清单", "第五条", "A5.1")
#: The same of annual plans and their entries.
PLAN_RECORDS = Records(EntryRevision, PlanVersion, PlanLine, "plan__organ", "计划条目", "计划")
PLAN_WORDS = sides.Words("计划条目", "年度抽查工作计划", "计划", "第八条", "A8.1")


def listed_items(organ: Organ, at: datetime | None = None) -> dict[str, ItemRevision]:
    """Return the items on the list that counts, or counted at a moment, by code, in its order."""
    versions = ITEM_RECORDS.published(organ)
    version = (versions if at is None else versions.filter(decided_at__lte=at)).first()
    return {row.code: row for row in ITEM_RECORDS.lines(version)} if version else {}


def items_of(revision: EntryRevision, listed: dict[str, ItemRevision] | None = None) -> list[ItemRevision]:
    """Return the items of an entry as the list that counts has them; one that is not on it any more is left out."""
    found = listed if listed is not None else listed_items(revision.organ)
    return [found[code] for code in revision.items if code in found]


def windows_of(revision: EntryRevision) -> list[tuple[date, date]]:
    """Return the windows as days, both counted, in order."""
    return [(date.fromisoformat(row["since"]), date.fromisoformat(row["until"])) for row in revision.windows]


def works_on(user: User, task: Task) -> str:
    """Say why `user` does not work on the task: an officer of its division does, or of the regulations division."""
    return officer_of(user, task.organ_id, task.division)


def lock_task(task: Task) -> Task:
    """Return the task as it stands, locked until the transaction ends."""
    rows = Task.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("organ", "division", "revision__entry__plan__organ", "revision__division").get(
        pk=task.pk
    )
