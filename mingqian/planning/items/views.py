"""Pages of items and of their list: what counts, what is under way, an item, drafting, versions; all steps are those of every register."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, Role
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.ledger import selectors as ledger
from mingqian.pages import versions
from mingqian.pages.listing import Column
from mingqian.pages.submission import deed, submit, typed
from mingqian.pages.templatetags.mingqian import day
from mingqian.planning.forms import RemarkForm
from mingqian.planning.items import selectors, services
from mingqian.planning.items.forms import ItemForm
from mingqian.planning.items.listing import LIST_VERSIONS, LISTED, UNDER_WAY, often
from mingqian.planning.items.selectors import basis_failures, kind_shown, version_changes
from mingqian.planning.items.services import ITEMS
from mingqian.planning.laws.selectors import law_book
from mingqian.planning.models.items import ItemRevision, ListVersion
from mingqian.planning.registers import RegisterPages, composer, officer, reader
from mingqian.planning.selectors import ITEM_RECORDS


def _bases(row: ItemRevision) -> dict[str, Any]:
    """Return how the bases of an item stand today, one by one."""
    book, today = law_book([row]), clock.today()
    return {
        "judged": book.judge_all(row.bases, today),
        "problem": book.problem(row.bases, today),
        "news": selectors.rechecks([row], today, book).get(row.pk, []),
        "check": selectors.last_checks([row]).get(row.pk),
    }


PAGES = RegisterPages[ItemRevision, ListVersion](
    register=ITEMS,
    said=lambda row: selectors.fields_of(row, selectors.scope_names(row.item.organ)),
    changes=version_changes,
    crumbs=lambda _organ: [("清单版本", reverse("planning:lists")), ("在办修订", reverse("planning:drafts"))],
    public=lambda version: reverse("disclosure:item-list", args=[version.organ.code, version.number]),
    word="事项",
    name="抽查事项",
    division="责任科室",
    columns=(
        Column("抽查对象", lambda row: row.target[:40]),
        Column("类别", lambda row: row.kind, state=lambda row: kind_shown(row.kind)),
        Column("比例与频次", often, style="nowrap"),
    ),
    failing=lambda rows: {row.pk: problem for row, problem in basis_failures(rows)},
    title_of=lambda organ: f"{organ.name}随机抽查事项清单",
    help="例如：根据新修正的《……》调整 2 项。长期公开（第五条）。",
    more=_bases,
    follows="上列事项连同变动和理由立即在公示端公开，文件的数字指纹写入公开留痕。以后只能由新的一版调整。",
    fails="公示时会标明",
    later="下一版调整",
    consult_template="planning/items/item_consult.html",
)


@require_GET
@reader
def items(request: HttpRequest) -> HttpResponseBase:
    """Show the list that counts."""
    user = user_of(request)
    version = ITEM_RECORDS.current(user.organ)
    sub = f"{version} · {day(version.decided_at)}公布" if version and version.decided_at else ""
    return LISTED.respond(
        request,
        sub=sub or "综合法规科会同业务科室编制，局领导批准后公布（第五条）",
        recheck=len(selectors.rechecks(ITEM_RECORDS.standing(user.organ), clock.today())),
        may_draft=user.has_role(*OFFICER_ROLES),
        open=ITEM_RECORDS.under_way(user.organ).count(),
    )


@require_http_methods(["GET", "POST"])
@reader
def drafts(request: HttpRequest) -> HttpResponseBase:
    """List what is under way: drafts, what waits for the other side, what waits for the next version."""
    user = user_of(request)
    return UNDER_WAY.respond(
        request,
        may_draft=user.has_role(*OFFICER_ROLES),
        may_compose=user.has_role(Role.REGULATIONS_OFFICER),
        waiting=bool(ITEM_RECORDS.consulted(user.organ)),
    )


@require_http_methods(["GET", "POST"])
@officer
def item_new(request: HttpRequest) -> HttpResponse:
    """Draft a new item."""
    user = user_of(request)
    return submit(
        request,
        lambda data: ItemForm(data, user=user),
        lambda form: ITEMS.draft(user, form.cleaned_data["division"], form.values()),
        template="planning/items/item_form.html",
        to=PAGES.page,
        done=lambda made: f"已保存草稿，事项编码 {made.code}。",
        context={"title": "起草抽查事项"},
    )


@require_GET
@reader
def item(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show a revision: what it says, its bases one by one, what it changes, the steps that the user may take."""
    user, row = PAGES.row_for(request, code, number)
    return render(request, "planning/items/item.html", PAGES.whole(user, row))


@require_http_methods(["GET", "POST"])
@officer
def item_edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Write a draft; whoever comes second is shown both values."""
    user, row = PAGES.row_for(request, code, number)
    current = ItemForm(None, user=user, revision=row)

    def save(form: ItemForm) -> ItemRevision:
        seen = versions.expected(request)
        return ITEMS.write(user, row, form.values(), division=form.cleaned_data["division"], seen=seen)

    def clash(form: ItemForm, now: ItemRevision, _error: DomainError) -> HttpResponse:
        return versions.clash(
            request,
            form,
            ItemForm(None, user=user, revision=now),
            row=now,
            version=versions.version_of(now),
            last=ledger.entries_on(now.ledger_subject).last(),
            back=PAGES.page(now),
        )

    return PAGES.write(
        request,
        row,
        lambda data: ItemForm(versions.decided(data, current) if data else None, user=user, revision=row),
        save,
        template="planning/items/item_form.html",
        context=lambda _form: {
            "title": f"修改草稿：{row}",
            "row": row,
            "seen": versions.carried(request, current, versions.version_of(row)),
        },
        clash=clash,
    )


@require_POST
@officer
def item_check(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Record that the bases were looked through again."""
    user, row = PAGES.row_for(request, code, number)
    form = RemarkForm(typed(request))
    form.is_valid()
    note = form.cleaned_data.get("remark", "")
    done = "已记录核对结论。"
    return deed(request, lambda: services.check_bases(user, [row], note=note), done=done, to=PAGES.page(row))


@require_GET
@reader
def lists(request: HttpRequest) -> HttpResponseBase:
    """List the versions: what waits for a leader, what was published, what was returned."""
    user = user_of(request)
    waiting = len(ITEM_RECORDS.consulted(user.organ))
    return LIST_VERSIONS.respond(request, may_compose=user.has_role(Role.REGULATIONS_OFFICER), waiting=waiting)


@require_http_methods(["GET", "POST"])
@composer
def compose(request: HttpRequest) -> HttpResponse:
    """Choose what was agreed to, say why, and send the version to a leader."""
    return PAGES.compose(request, user_of(request).organ)
