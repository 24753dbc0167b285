"""The list of imports."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from mingqian.common.tables import time_cell
from mingqian.documents.imports.forms import ImportFilter
from mingqian.documents.imports.selectors import imports_visible_to
from mingqian.documents.imports.states import kinds
from mingqian.documents.models.imports import Import
from mingqian.pages.fields import said
from mingqian.pages.listing import Column, Empty, Listing, in_file
from mingqian.pages.templatetags.mingqian import actor_name, moment
from mingqian.pages.tones import shown


def rows_for(user: Any, asked: Mapping[str, Any]) -> QuerySet[Import]:
    """Return the imports that the filters leave."""
    rows = imports_visible_to(user).filter(said(asked["text"], ("number", "file_name")))
    chosen = {"kind_name": asked["kind"], "state": asked["state"]}
    return rows.filter(**{name: value for name, value in chosen.items() if value})


def may_import(user: Any) -> bool:
    """Say whether some kind of table is the user's to import."""
    return any(not kind.why_not(user, user.organ) for kind in kinds())


IMPORT_LIST: Listing[Import] = Listing(
    name="imports:list",
    title="导入",
    sub="每一次导入的文件、结果和每一行的去向都留存在这里。",
    file_name="导入记录",
    unit="次",
    what="导入",
    rows=rows_for,
    form=lambda request: ImportFilter(request.GET),
    empty=Empty("还没有导入过", "上传 Excel 或 CSV，先看检查结果，确认后才写入。", "upload"),
    template="documents/imports/imports.html",
    columns=(
        Column("编号", lambda r: r.number, 16, link=lambda r: reverse("imports:import", args=[r.number]), style="nowrap mq-strong"),
        Column("导入到", lambda r: r.kind.label, 16, style="nowrap"),
        Column("文件", lambda r: r.file_name, 40, style="mqi-file"),
        Column("状态", lambda r: r.get_state_display(), 12, state=shown, style="nowrap"),
        Column("行数", lambda r: str(r.total), 8, style="num"),
        Column("新增", lambda r: str(r.taken), 8, style="num"),
        Column("更新", lambda r: str(r.updated), 8, style="num"),
        Column("无变化", lambda r: str(r.unchanged), 8, style="num"),
        Column("未采用", lambda r: str(r.refused), 8, style="num"),
        Column("上传时间", lambda r: moment(r.created_at), in_file=False, style="nowrap"),
        in_file("上传时间", lambda r: time_cell(r.created_at), 20),
        Column("导入人", lambda r: actor_name(r.created_by), in_file=False, style="nowrap"),
        in_file("导入人", lambda r: r.created_by.removeprefix("user/")),
    ),
)  # fmt: skip
