"""The register of inspection items: drafted, consulted on, composed into a version of the list, approved and published (art. 5)."""

from collections.abc import Sequence
from typing import Any

from django.db import models, transaction
from django.urls import reverse

from mingqian.accounts.models import Division, Organ, User
from mingqian.casework.numbers import next_number
from mingqian.casework.officers import refuse
from mingqian.casework.procedure import Step
from mingqian.casework.register import sides
from mingqian.casework.register.services import Register
from mingqian.casework.register.states import ChangeKind
from mingqian.common import clock
from mingqian.documents.files import services as file_services
from mingqian.documents.models import StoredFile
from mingqian.ledger.models import Recorded, canonical
from mingqian.planning.items import services as item_services
from mingqian.planning.items.selectors import ITEM_RECORDS
from mingqian.planning.items.services import ItemValues
from mingqian.planning.items.wording import document_of
from mingqian.planning.lists.selectors import basis_failures, document_facts
from mingqian.planning.models.items import BasisCheck, Item, ItemRevision, ListVersion

#: Name and version of the published file's form.
FORMAT = "mingqian-item-list/1"


class ItemRegister(Register[ItemRevision, ListVersion]):
    """The items of an organ and the versions of its list."""

    words = item_services.WORDS
    name, whole_name = "item", "item-list"
    records = ITEM_RECORDS
    copied = item_services.COPIED
    address, consulting = "planning:item", "planning:item-consult"
    version_address, deciding = "planning:list", "planning:list-decide"

    def mark_of(self, owner: models.Model) -> str:
        """Return how the codes of an organ's versions begin."""
        return f"{self.organ_of(owner).code}-L"

    def organ_of(self, owner: models.Model) -> Organ:
        """Return the organ, whose list it is."""
        assert isinstance(owner, Organ)  # noqa: S101  for the types: the owner of a list
        return owner

    def list_of(self, user: User, step: Step[ItemRevision]) -> str:
        """Return where the revisions that wait for a step are listed."""
        return f"{reverse('planning:drafts')}?state={step.start[0]}"

    def hindrances(self, row: ItemRevision) -> list[str]:
        """Return what article 5 asks for and is missing yet."""
        return item_services.hindrances(row)

    def looked_through(self, user: User, row: ItemRevision, remark: str) -> list[Recorded]:
        """Note that the bases were looked through with the consultation."""
        return [BasisCheck.objects.create(revision=row, by=user, at=clock.now(), note=remark)]

    def lost(self, taken: Sequence[ItemRevision]) -> str:
        """Say which change has lost its basis since it was consulted on (A2.1).

        What the list already holds stays on it with its basis marked, since withdrawing it is the division's to propose.
        """
        failing = basis_failures([row for row in taken if row.change != ChangeKind.WITHDRAW])
        return f"{failing[0][0]}：{failing[0][1]}请退回清单，由科室更换依据后再报（第二条）。" if failing else ""

    def store(
        self, actor: str, version: ListVersion, taken: list[ItemRevision], rows: list[ItemRevision], moment: str
    ) -> StoredFile:
        """Store the file: canonical JSON of the whole list and of what it changes, by natural keys."""
        book: dict[str, Any] = {
            "format": FORMAT,
            **document_facts(version),
            "published": moment,
            "items": [document_of(row) for row in rows],
            "changes": [
                {"code": row.code, "revision": row.number, "change": row.change, "why": row.why, "name": row.name}
                for row in taken
            ],
        }
        return file_services.store(actor, canonical(book))

    @transaction.atomic
    def draft(self, user: User, division: Division, values: ItemValues) -> ItemRevision:
        """Draft a new item; it gets its code, which stays."""
        refuse(sides.drafts(user, division, self.words))
        organ = Organ.objects.get(pk=division.organ_id)
        serial = next_number(Item.objects.filter(organ=organ), under=organ)
        item, revision = item_services.new_item(user, organ, division, serial, values)
        return self.begin(user, revision, also=[item], details={"name": values.name})

    def write(
        self,
        user: User,
        row: ItemRevision,
        values: ItemValues,
        *,
        division: Division | None = None,
        seen: str = "",
    ) -> ItemRevision:
        """Save a draft as its form has it."""
        return self.save(user, row, item_services.read_values(row.item.organ, values), division=division, seen=seen)


ITEMS = ItemRegister()
