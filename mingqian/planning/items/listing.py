"""The lists of items: what counts, what is under way, the versions of the list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.selectors import divisions_of, user_of
from mingqian.accounts.states import OFFICER_ROLES
from mingqian.casework.register.states import RevisionState
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.pages.listing import Bulk, Column, Empty, Listing, in_file
from mingqian.pages.templatetags.mingqian import day
from mingqian.pages.tones import Shown, shown
from mingqian.planning.cells import day_cell, percent
from mingqian.planning.items import selectors, services
from mingqian.planning.items.forms import DraftFilterForm, ItemFilterForm, VersionFilterForm
from mingqian.planning.items.selectors import ITEM_TITLES, item_cells, kind_shown
from mingqian.planning.items.services import ITEMS
from mingqian.planning.items.states import ItemKind
from mingqian.planning.laws.selectors import law_book
from mingqian.planning.models.items import ItemRevision, ListVersion
from mingqian.planning.selectors import ITEM_RECORDS


@dataclass(frozen=True)
class Listed:
    """An item on the list that counts, with the state of its bases today; `names` are the words of its scope."""

    revision: ItemRevision
    position: int
    problem: str
    news: Sequence[str]
    names: selectors.Names

    @property
    def basis(self) -> str:
        """Say how its bases stand, as the filter asks for it."""
        return "failing" if self.problem else "recheck" if self.news else "sound"

    @property
    def shown(self) -> Shown:
        """Return how its bases stand."""
        if self.problem:
            return Shown("依据失效", "overdue", "alert")
        return Shown("待重新核对", "soon", "clock") if self.news else Shown("有效", "done", "check")

    @cached_property
    def cells(self) -> list[str]:
        """Return the item as `ITEM_TITLES` has it."""
        return item_cells(self.position, self.revision, self.problem, self.names)


def matches(row: ItemRevision, query: str) -> bool:
    """Say whether every word of the query is found in what an item is known by."""
    text = f"{row.code} {row.category} {row.name} {row.sub_item} {row.target}".lower()
    return all(word in text for word in query.lower().split())


def _listed(user: User, asked: Mapping[str, Any]) -> list[Listed]:
    rows, today = ITEM_RECORDS.standing(user.organ), clock.today()
    book, names = law_book(rows), selectors.scope_names(user.organ)
    news = selectors.rechecks(rows, today, book)
    chosen = [
        row
        for row in rows
        if matches(row, asked["q"]) and asked["kind"] in {"", row.kind} and asked["division"] in {"", row.division.code}
    ]
    found = (
        Listed(row, place, book.problem(row.bases, today), news.get(row.pk, ()), names)
        for place, row in enumerate(chosen, 1)
    )
    return [one for one in found if asked["basis"] in {"", one.basis}]


def _drafts(user: User) -> bool:
    return user.has_role(*OFFICER_ROLES)


def page_of_item(row: ItemRevision) -> str:
    """Return the address of a revision."""
    return reverse("planning:item", args=[row.code, row.number])


def often(row: ItemRevision) -> str:
    """Write ratio and frequency."""
    return f"{percent(row.ratio) or '—'} · 每年 {row.frequency} 次"


def _page(title: str, **more: Any) -> Column[Any]:
    return Column(title, in_file=False, **more)


LISTED = Listing[Listed](
    name="planning:items",
    title="随机抽查事项清单",
    unit="项",
    template="planning/items/items.html",
    form=lambda request: ItemFilterForm(
        request.GET, offered={"division": [(row.code, row.name) for row in divisions_of(user_of(request).organ)]}
    ),
    rows=_listed,
    counts=lambda _user, rows: [f"重点 {sum(one.revision.kind == ItemKind.KEY for one in rows)} 项"],
    columns=(
        _page("编码", text=lambda one: one.revision.code, style="mono nowrap"),
        _page(
            "抽查事项",
            text=lambda one: str(one.revision),
            link=lambda one: page_of_item(one.revision),
            under=lambda one: one.revision.category,
            style="mq-strong mqp-name",
        ),
        _page("抽查对象", text=lambda one: one.revision.target[:40]),
        _page("类别", text=lambda one: one.revision.kind, state=lambda one: kind_shown(one.revision.kind)),
        _page("比例与频次", text=lambda one: often(one.revision), style="nowrap"),
        _page("责任科室", text=lambda one: one.revision.division.name),
        _page(
            "依据",
            text=lambda one: one.basis,
            state=lambda one: one.shown,
            under=lambda one: one.problem or "".join(one.news),
        ),
        *(in_file(title, lambda one, i=i: one.cells[i], width) for i, (title, width) in enumerate(ITEM_TITLES)),  # type: ignore[misc]
    ),
    empty=Empty(
        "还没有公布过清单",
        "先在法律法规库录入依据，再起草事项（或把现有的清单表格导入），会同审核后编成第一版，报领导批准公布。",
        "book",
        "导入现有清单",
        lambda: reverse("planning:import-new"),
        ("起草事项", lambda: reverse("planning:item-new")),
        _drafts,
    ),
)


@dataclass(frozen=True)
class UnderWay:
    """A revision under way: what it lacks, and the step that this user may take on it ("submit", "consult" or none)."""

    revision: ItemRevision
    wrong: Sequence[str]
    may: str

    @property
    def said(self) -> str:
        """Say what it lacks, or what can be done."""
        if self.wrong:
            more = f" 共 {len(self.wrong)} 处" if len(self.wrong) > 1 else ""
            return f"{self.wrong[0][:40]}{more}"
        return {"submit": "可以送审", "consult": "去会同审核"}.get(self.may, "—")


def _under_way(user: User, asked: Mapping[str, Any]) -> list[ItemRevision]:
    every = ITEM_RECORDS.under_way(user.organ)
    rows = [row for row in every if matches(row, asked["q"]) and asked["state"] in {"", row.state}]
    if not asked["lack"]:
        return rows
    drafts = [row for row in rows if row.state == RevisionState.DRAFT]
    lacking = services.hindrances_of(drafts)
    return [row for row in drafts if bool(lacking[row.pk]) == (asked["lack"] == "yes")]


def _told(user: User, rows: Sequence[ItemRevision]) -> list[UnderWay]:
    wrong = services.hindrances_of([row for row in rows if row.state == RevisionState.DRAFT])
    found = []
    for row in rows:
        open_to = [step.verb for step in ITEMS.revisions.open_to(user, row)]
        may = next((verb for verb in ("submit", "consult") if verb in open_to), "")
        found.append(UnderWay(row, wrong.get(row.pk, ()), may))
    return found


def _ticked(user: User, values: Sequence[str]) -> list[UnderWay]:
    wanted = set(values)
    rows = [row for row in ITEM_RECORDS.under_way(user.organ) if f"{row.code}/{row.number}" in wanted]
    return _told(user, rows)


def _together(user: User, rows: list[UnderWay]) -> tuple[int, list[str]]:
    """Submit or agree to what was ticked, one by one; what does not go says why."""
    done, refused = 0, []
    for one in rows:
        row = one.revision
        if not one.may:
            refused.append(f"{row.code}：您不能办理这一步，或需由另一位办理。")
            continue
        try:
            ITEMS.submit(user, row) if one.may == "submit" else ITEMS.consult(user, row)
        except DomainError as error:
            refused.append(f"{row.code}：{error}")
        else:
            done += 1
    return done, refused


def _counted(user: User, _rows: Any) -> list[str]:
    states = [row.state for row in ITEM_RECORDS.under_way(user.organ)]
    return [f"{state.label} {states.count(state)}" for state in RevisionState if state in states]


UNDER_WAY = Listing[UnderWay](
    name="planning:drafts",
    title="在办修订",
    sub="业务科室起草，综合法规科会同审核（综合法规科起草的由责任科室会同），编入清单后报领导批准（第五条）。本人起草的不能本人审核。",
    unit="份",
    template="planning/items/drafts.html",
    form=lambda request: DraftFilterForm(request.GET),
    rows=_under_way,
    decorate=_told,
    counts=_counted,
    tick=lambda _user, one: f"{one.revision.code}/{one.revision.number}" if one.may and not one.wrong else "",
    ticked=_ticked,
    row_name=lambda one: one.revision.code,
    bulk=(Bulk("together", "办理勾选的：草稿送审，待会同的同意", act=_together, primary=False),),
    columns=(
        Column("编码", lambda one: one.revision.code, 14, style="mono nowrap"),
        Column(
            "抽查事项",
            lambda one: str(one.revision),
            40,
            link=lambda one: page_of_item(one.revision),
            under=lambda one: one.revision.category,
            style="mq-strong mqp-name",
        ),
        in_file("抽查类别", lambda one: one.revision.category, 18),
        Column("变动", lambda one: str(one.revision.get_change_display()), 10, style="nowrap"),
        Column("责任科室", lambda one: one.revision.division.name, 18),
        _page("起草", text=lambda one: f"{one.revision.drafted_by}，{day(one.revision.drafted_at)}", style="nowrap"),
        in_file("起草人", lambda one: str(one.revision.drafted_by), 12),
        in_file("起草时间", lambda one: day_cell(one.revision.drafted_at), 12),
        Column("状态", lambda one: str(one.revision.get_state_display()), 12, state=lambda one: shown(one.revision)),
        _page(
            "还缺什么",
            text=lambda one: one.said,
            link=lambda one: (
                reverse("planning:item-consult", args=[one.revision.code, one.revision.number])
                if one.may == "consult"
                else ""
            ),
            style="mqp-wrong",
        ),
        in_file("还缺什么", lambda one: "；".join(one.wrong), 60),
    ),
    empty=Empty(
        "没有在办的修订",
        "起草新的事项，或在现行清单里打开一个事项，点“起草调整”。已有清单表格的，可以整张导入。",
        "edit",
        "起草事项",
        lambda: reverse("planning:item-new"),
        ("导入清单表格", lambda: reverse("planning:import-new")),
        _drafts,
    ),
)


def _rows(user: User, asked: Mapping[str, Any]) -> QuerySet[ListVersion]:
    rows = ITEM_RECORDS.versions_visible_to(user).order_by("-composed_at", "-pk")
    return rows.filter(state=asked["state"]) if asked["state"] else rows


def _when(person: object, moment: Any) -> str:
    return f"{person}，{day(moment)}" if person else "—"


LIST_VERSIONS = Listing[ListVersion](
    name="planning:lists",
    title="清单版本",
    sub="每一版批准即公布，永久可查；改动只能由下一版作出，并写明理由（第五条）。",
    unit="版",
    template="planning/items/lists.html",
    form=lambda request: VersionFilterForm(request.GET),
    rows=_rows,
    columns=(
        Column(
            "清单",
            str,
            40,
            link=lambda row: reverse("planning:list", args=[row.code]),
            under=lambda row: f"{row.organ.short_name} · {row.code}",
        ),
        in_file("编号", lambda row: row.code, 20),
        in_file("机关", lambda row: row.organ.name, 24),
        Column("理由", lambda row: row.why, 50),
        Column("编制", lambda row: _when(row.composed_by, row.composed_at), style="nowrap", in_file=False),
        in_file("编制人", lambda row: str(row.composed_by), 12),
        in_file("编制时间", lambda row: day_cell(row.composed_at), 12),
        in_file("批准人", lambda row: str(row.decided_by or ""), 12),
        Column("批准公布", lambda row: _when(row.decided_by, row.decided_at), style="nowrap", in_file=False),
        in_file("批准公布", lambda row: day_cell(row.decided_at), 12),
        Column("状态", lambda row: str(row.get_state_display()), 12, state=shown),
    ),
    empty=Empty(
        "还没有清单版本",
        "事项会同审核通过后，由综合法规科编成一版，报领导批准公布。",
        "book",
        "查看在办修订",
        lambda: reverse("planning:drafts"),
    ),
)
