"""Writers of imports of items: keep the table, read it as its officer says, turn it into drafts."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from mingqian.accounts.models import Division, Organ, User
from mingqian.accounts.selectors import divisions_of
from mingqian.casework.numbers import next_number
from mingqian.casework.officers import refuse
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.documents.files import services as file_services
from mingqian.documents.tables import selectors as table_selectors, services as table_services
from mingqian.ledger.models import Recorded
from mingqian.planning.imports import table as import_table
from mingqian.planning.imports.procedure import ITEM_IMPORTS
from mingqian.planning.imports.states import ImportState
from mingqian.planning.imports.table import Layout, ReadItem, Row
from mingqian.planning.items.services import new_item
from mingqian.planning.items.states import USUAL_FOLLOW_UPS, ItemValues
from mingqian.planning.models.imports import ItemImport
from mingqian.planning.models.items import Item


def rows_of(content: bytes, sheet: str = "", most: int = 0) -> tuple[list[str], str, list[Row]]:
    """Return the sheets, the one read and its rows, read in a process of its own; raise UnreadableError where it is no table."""
    with table_services.open_table(content, sheet, most) as table:
        rows = [Row(line.number, line.cells) for line in table.lines]
        return table.sheets, table.sheet, rows


def layout_of(batch: ItemImport) -> Layout:
    """Return how the table is read."""
    return Layout(**batch.layout)


@transaction.atomic
def upload(user: User, division: Division, *, file_name: str, content: bytes) -> ItemImport:
    """Keep a table of items and guess how to read it; raise UnreadableError where it is no table."""
    organ = user.organ
    if division.organ_id != organ.pk:
        raise DomainError("所选科室不属于本机关，请重新选择。")
    table_selectors.kind_of(content)
    _sheets, sheet, rows = rows_of(content)
    stored = file_services.store(user.actor, content)
    serial = next_number(ItemImport.objects.filter(organ=organ), under=organ)
    batch = ItemImport(
        organ=organ,
        serial=serial,
        code=f"{organ.code}-I{serial}",
        file=stored,
        file_name=file_name[-200:],
        sheet=sheet,
        division=division,
        layout=import_table.guess(rows).plain(),
        created_by=user,
        created_at=clock.now(),
    )
    return ITEM_IMPORTS.begin(user, batch, "upload", details={"file": stored.digest, "name": batch.file_name})


def read(batch: ItemImport) -> tuple[list[str], list[Row], list[ReadItem]]:
    """Return the sheets, all rows, and the items as the layout joins them; no items where name or basis have no column."""
    sheets, _sheet, rows = rows_of(file_services.read(batch.file), batch.sheet)
    layout = layout_of(batch)
    items = [] if import_table.missing(layout) else import_table.items_in(rows, layout)
    return sheets, rows, items


@transaction.atomic
def change_layout(user: User, batch: ItemImport, layout: Layout, *, sheet: str, division: Division) -> ItemImport:
    """Let the officer say how the table is read. Another sheet is looked at anew."""
    if len(set(layout.columns.values())) != len(layout.columns):
        raise DomainError("同一列不能对应两个项目，请逐项核对。")
    if sheet != batch.sheet:
        _sheets, sheet, rows = rows_of(file_services.read(batch.file), sheet)
        layout = import_table.guess(rows)
    return ITEM_IMPORTS.take(user, batch, "change", layout=layout.plain(), sheet=sheet, division=division)


def values_of(item: ReadItem, layout: Layout) -> ItemValues:
    """Return an item of the table as a draft takes it; every result that the system knows is allowed unless the officer says otherwise."""
    texts: Mapping[str, str] = item.texts
    return ItemValues(
        category=texts.get("category") or texts["name"][:100],
        name=texts["name"],
        sub_item=texts.get("sub_item", ""),
        kind=item.kind,
        target=texts.get("target", ""),
        content=texts.get("content", ""),
        bases=texts.get("bases", ""),
        methods=item.methods,
        body=texts.get("body", ""),
        ratio=item.ratio,
        frequency=item.frequency,
        results=[{"code": str(code), "follow_up": str(follow)} for code, follow in USUAL_FOLLOW_UPS.items()],
        compliance=layout.compliance,
    )


@transaction.atomic
def confirm(user: User, batch: ItemImport) -> ItemImport:
    """Turn the table into drafts, one an item, all or none; divisions that the table names are found by their name."""
    refuse(ITEM_IMPORTS.forbids(user, batch, "finish"))
    layout = layout_of(batch)
    if absent := import_table.missing(layout):
        raise DomainError(f"还没有指定这些列：{'、'.join(absent)}。请在“读取方式”里指定后再导入。")
    _sheets, _rows, items = read(batch)
    if not items:
        raise DomainError("按现在的读取方式，表格里没有一个事项。请核对表头行和列的对应。")
    if len(items) > import_table.MAX_ITEMS:
        raise DomainError(f"超过 {import_table.MAX_ITEMS} 个事项，请拆成几个文件导入。")
    organ = Organ.objects.select_for_update(no_key=True).get(pk=batch.organ_id)
    divisions = {division.name: division for division in divisions_of(organ)}
    serial = next_number(Item.objects.filter(organ=organ), under=organ)
    rows: list[Recorded] = []
    for offset, item in enumerate(items):
        division = divisions.get(item.texts.get("division", ""), batch.division)
        made, revision = new_item(user, organ, division, serial + offset, values_of(item, layout))
        revision.save()
        rows += [made, revision]
    details: dict[str, Any] = {"items": len(items), "first": serial}
    return ITEM_IMPORTS.take(user, batch, "finish", details=details, also=rows, made=len(items))


def discard(user: User, batch: ItemImport) -> ItemImport:
    """Give a table up; no draft was made."""
    return ITEM_IMPORTS.take(user, batch, "discard")


def is_ready(batch: ItemImport) -> bool:
    """Say whether the officer still decides on it."""
    return batch.state == ImportState.READY
