"""Pages of items: the list that counts, what is under way, an item, drafting, joining."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.models import User
from mingqian.accounts.selectors import divisions_of, user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES, Role
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError
from mingqian.ledger import selectors as ledger
from mingqian.ledger.services import StateConflictError
from mingqian.pages import access, versions
from mingqian.pages.paging import page_of
from mingqian.planning.forms import RemarkForm, WhyForm
from mingqian.planning.items import selectors, services
from mingqian.planning.items.forms import DraftFilterForm, ItemFilterForm, ItemForm
from mingqian.planning.items.states import ChangeKind, RevisionState
from mingqian.planning.items.workbook import DRAFT_TITLES, ITEM_TITLES, draft_cells, item_cells
from mingqian.planning.lists import selectors as list_selectors
from mingqian.planning.models.items import ItemRevision

officer = access.roles(*OFFICER_ROLES)
reader = access.roles(*READER_ROLES)


def matches(row: ItemRevision, query: str) -> bool:
    """Say whether every word of the query is found in what an item is known by."""
    text = f"{row.item.code} {row.category} {row.name} {row.sub_item} {row.target}".lower()
    return all(word in text for word in query.lower().split())


def listed(request: HttpRequest, user: User) -> tuple[ItemFilterForm, list[dict[str, Any]], list[ItemRevision]]:
    """Return the filters, the items on the list that counts that meet them with the state of their bases, and all of them."""
    version = list_selectors.current_version(user.organ)
    rows = [entry.revision for entry in list_selectors.entries_of(version)] if version else []
    form = ItemFilterForm(request.GET, divisions_of(user.organ))
    form.is_valid()
    data, today = form.cleaned_data, clock.today()
    book = selectors.law_book(rows)
    news = selectors.rechecks(rows, today, book)
    found = []
    for row in rows:
        problem = book.problem(row.bases, today)
        state = "failing" if problem else "recheck" if row.pk in news else "sound"
        wanted = (
            matches(row, data.get("q", ""))
            and data.get("kind", "") in {"", row.kind}
            and data.get("division", "") in {"", row.division.code}
            and data.get("basis", "") in {"", state}
        )
        if wanted:
            found.append({"revision": row, "problem": problem, "news": news.get(row.pk, [])})
    return form, found, rows


@require_GET
@reader
def items(request: HttpRequest) -> HttpResponse:
    """Show the list that counts."""
    user = user_of(request)
    form, found, rows = listed(request, user)
    today = clock.today()
    context = {
        "form": form,
        "page": page_of(request, found),
        "version": list_selectors.current_version(user.organ),
        "total": len(rows),
        "key": sum(row.kind == "key" for row in rows),
        "failing": len(selectors.rechecks(rows, today)),
        "filtered": any(form.cleaned_data.values()),
        "may_draft": user.has_role(*OFFICER_ROLES),
        "open": selectors.open_revisions(user).count(),
    }
    return render(request, "planning/items/items.html", context)


@require_GET
@reader
def items_export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Give the filtered list as a file."""
    user = user_of(request)
    _form, found, _rows = listed(request, user)
    names = selectors.scope_names(user.organ)
    cells = (item_cells(i, one["revision"], one["problem"], names) for i, one in enumerate(found, 1))
    return tables.respond(form, f"随机抽查事项清单-{clock.today():%Y%m%d}", ITEM_TITLES, cells)


@require_GET
@reader
def drafts(request: HttpRequest) -> HttpResponseBase:
    """List what is under way: drafts, what waits for joining, what waits for the next version."""
    user = user_of(request)
    form = DraftFilterForm(request.GET)
    form.is_valid()
    data = form.cleaned_data
    every = list(selectors.open_revisions(user))
    rows = [r for r in every if matches(r, data.get("q", "")) and data.get("state", "") in {"", r.state}]
    if data.get("lack"):
        rows = [row for row in rows if row.state == RevisionState.DRAFT]
        lacking = services.hindrances_of(rows)
        rows = [row for row in rows if bool(lacking[row.pk]) == (data["lack"] == "yes")]
    if asked := tables.asked_form(request):
        lacks = services.hindrances_of([row for row in rows if row.state == RevisionState.DRAFT])
        cells = (draft_cells(row, lacks.get(row.pk, [])) for row in rows)
        return tables.respond(asked, f"在办修订-{clock.today():%Y%m%d}", DRAFT_TITLES, cells)
    page = page_of(request, rows)
    wrong = services.hindrances_of([row for row in page if row.state == RevisionState.DRAFT])
    context = {
        "form": form,
        "page": page,
        "rows": [(row, wrong.get(row.pk, []), _may(user, row)) for row in page],
        "counts": [
            (state.label, sum(row.state == state for row in every))
            for state in RevisionState
            if state.value in {"draft", "submitted", "joined"}
        ],
        "may_draft": user.has_role(*OFFICER_ROLES),
        "may_compose": user.has_role(Role.REGULATIONS_OFFICER),
        "filtered": any(data.values()),
        "waiting": any(row.state == RevisionState.JOINED and row.version_id is None for row in every),
    }
    return render(request, "planning/items/drafts.html", context)


def _may(user: User, row: ItemRevision) -> str:
    """Return the step that `user` may take on what is under way: "submit", "join" or nothing."""
    if row.state == RevisionState.DRAFT and _drafts_for(user, row):
        return "submit"
    if row.state == RevisionState.SUBMITTED and services.may_join(user, row):
        return "join"
    return ""


def _drafts_for(user: User, row: ItemRevision) -> bool:
    mine = user.organ_id == row.item.organ_id and user.has_role(*OFFICER_ROLES)
    return mine and (user.division_id == row.division_id or user.has_role(Role.REGULATIONS_OFFICER))


@require_POST
@officer
def drafts_together(request: HttpRequest) -> HttpResponse:
    """Submit or join what was ticked, one by one; what does not go says why."""
    user = user_of(request)
    wanted = set(request.POST.getlist("pick"))
    rows = [row for row in selectors.open_revisions(user) if f"{row.item.code}/{row.number}" in wanted]
    steps = {RevisionState.DRAFT.value: services.submit, RevisionState.SUBMITTED.value: services.join}
    done, refused = 0, []
    for row in rows:
        step = steps.get(row.state) if _may(user, row) else None
        if step is None:
            refused.append(f"{row.item.code}：您不能办理这一步，或需由另一位办理。")
            continue
        try:
            step(user, row)
        except (DomainError, StateConflictError) as error:
            refused.append(f"{row.item.code}：{error}")
        else:
            done += 1
    if done:
        messages.success(request, f"已办理 {done} 项。")
    for text in refused[:10]:
        messages.error(request, text)
    if len(refused) > 10:
        messages.error(request, f"另有 {len(refused) - 10} 项没有办理，原因见列表。")
    if not rows:
        messages.warning(request, "没有勾选任何事项，请先在左侧勾选。")
    return redirect(reverse("planning:drafts") + (f"?{request.GET.urlencode()}" if request.GET else ""))


@require_http_methods(["GET", "POST"])
@officer
def item_new(request: HttpRequest) -> HttpResponse:
    """Draft a new item."""
    user = user_of(request)
    form = ItemForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and request.POST.get("act") != "more" and form.is_valid():
        try:
            made = services.draft_item(user, form.cleaned_data["division"], form.values())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已保存草稿，事项编码 {made.item.code}。")
            return redirect("planning:item", code=made.item.code, number=made.number)
    context = {"form": form, "title": "起草抽查事项"}
    return render(request, "planning/items/item_form.html", context, status=_status(request, form))


def _status(request: HttpRequest, form: ItemForm) -> int:
    return 400 if form.errors and request.POST.get("act") != "more" else 200


@require_GET
@reader
def item(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show a revision: what it says, its bases one by one, what it changes, the steps that the user may take."""
    user = user_of(request)
    row = selectors.revision_for(user, code, number)
    today = clock.today()
    before = selectors.published_before(row)
    names = selectors.scope_names(row.item.organ)
    book = selectors.law_book([row])
    version = list_selectors.current_version(row.item.organ)
    on_list = version is not None and version.entries.filter(revision=row).exists()
    under_way = row.state != RevisionState.PUBLISHED
    context = {
        "row": row,
        "shown": selectors.fields_of(row, names),
        "judged": book.judge_all(row.bases, today),
        "problem": book.problem(row.bases, today),
        "news": selectors.rechecks([row], today, book).get(row.pk, []),
        "check": selectors.last_checks([row]).get(row.pk),
        "changes": selectors.changes(before, row, names) if before and row.change == ChangeKind.CHANGE else [],
        "before": before,
        "hindrances": services.hindrances(row) if row.state == RevisionState.DRAFT else [],
        "may_edit": row.state == RevisionState.DRAFT and _drafts_for(user, row),
        "may_join": row.state == RevisionState.SUBMITTED and services.may_join(user, row),
        "may_change": on_list
        and _drafts_for(user, row)
        and not row.item.revisions.filter(state__in=("draft", "submitted", "joined")).exists(),
        "may_check": on_list and _drafts_for(user, row),
        "on_list": on_list,
        "under_way": under_way,
        "others": selectors.revisions_of(row.item),
        "seen": versions.version_of(row),
        "entries": [(entry, ledger.details_of(entry)) for entry in ledger.entries_on(row.item.ledger_subject)],
    }
    return render(request, "planning/items/item.html", context)


@require_http_methods(["GET", "POST"])
@officer
def item_edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Write a draft; whoever comes second is shown both values."""
    user = user_of(request)
    row = selectors.revision_for(user, code, number)
    if row.state != RevisionState.DRAFT or row.change == ChangeKind.WITHDRAW:
        messages.warning(request, "这份修订现在不能修改。已公布的内容只能由下一版调整。")
        return redirect("planning:item", code=code, number=number)
    current = ItemForm(None, user=user, revision=row)
    posted = request.method == "POST"
    form = ItemForm(versions.decided(request.POST, current) if posted else None, user=user, revision=row)
    if posted and request.POST.get("act") != "more" and form.is_valid():
        division = form.cleaned_data["division"]
        try:
            services.save_draft(user, row, form.values(), division=division, seen=versions.expected(request))
        except versions.EditedMeanwhileError:
            row = selectors.revision_for(user, code, number)
            return versions.clash(
                request,
                form,
                ItemForm(None, user=user, revision=row),
                row=row,
                version=versions.version_of(row),
                last=ledger.entries_on(row.item.ledger_subject).last(),
                back=reverse("planning:item", args=[code, number]),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已保存草稿。")
            return redirect("planning:item", code=code, number=number)
    context = {"form": form, "title": f"修改草稿：{row}", "row": row}
    context["seen"] = versions.carried(request, current, versions.version_of(row))
    return render(request, "planning/items/item_form.html", context, status=_status(request, form))


@require_POST
@officer
def item_submit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Send a draft to the other side."""
    user = user_of(request)
    row = selectors.revision_for(user, code, number)
    try:
        services.submit(user, row, seen=request.POST.get("seen", ""))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已送会同审核。")
    return redirect("planning:item", code=code, number=number)


@require_POST
@officer
def item_drop(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Give a draft up."""
    user = user_of(request)
    services.drop(user, selectors.revision_for(user, code, number))
    messages.success(request, "已放弃这份修订，记录保留。")
    return redirect("planning:drafts")


@require_POST
@officer
def item_change(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Begin to change what is on the list."""
    user = user_of(request)
    row = selectors.revision_for(user, code, number)
    try:
        made = services.draft_change(user, row, ChangeKind.CHANGE)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("planning:item", code=code, number=number)
    return redirect("planning:item-edit", code=code, number=made.number)


@require_http_methods(["GET", "POST"])
@officer
def item_withdraw(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Propose to take an item off the list, with a reason; the next version does it."""
    user = user_of(request)
    row = selectors.revision_for(user, code, number)
    form = WhyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.draft_change(user, row, ChangeKind.WITHDRAW, why=form.cleaned_data["why"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已起草取消，送会同审核后编入下一版清单。")
            return redirect("planning:item", code=code, number=made.number)
    return render(
        request, "planning/items/item_withdraw.html", {"form": form, "row": row}, status=400 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@officer
def item_join(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show what would be agreed to, bases first; agree or return."""
    user = user_of(request)
    row = selectors.revision_for(user, code, number)
    services.refuse_joining(user, row)
    today = clock.today()
    book = selectors.law_book([row])
    before = selectors.published_before(row)
    names = selectors.scope_names(row.item.organ)
    form = RemarkForm(request.POST if request.method == "POST" else None, initial={"seen": versions.version_of(row)})
    if request.method == "POST" and form.is_valid():
        agreed = request.POST.get("decision") == "join"
        remark = form.cleaned_data["remark"]
        try:
            if agreed:
                services.join(user, row, remark=remark, seen=form.cleaned_data["seen"])
            else:
                services.send_back(user, row, remark=remark)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已会同，等待编入清单。" if agreed else "已退回起草人修改。")
            return redirect("planning:item", code=code, number=number)
    context = {
        "form": form,
        "row": row,
        "shown": selectors.fields_of(row, names),
        "judged": book.judge_all(row.bases, today),
        "before": before,
        "changes": selectors.changes(before, row, names) if before and row.change == ChangeKind.CHANGE else [],
        "wrong": services.hindrances(row),
    }
    return render(request, "planning/items/item_join.html", context, status=400 if form.errors else 200)


@require_POST
@officer
def item_return(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Return what was joined already, as long as no leader has it before them."""
    user = user_of(request)
    row = selectors.revision_for(user, code, number)
    form = RemarkForm(request.POST)
    form.is_valid()
    try:
        services.send_back(user, row, remark=form.cleaned_data.get("remark", ""))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已退回起草人修改。")
    return redirect("planning:item", code=code, number=number)


@require_POST
@officer
def item_check(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Record that the bases were looked through again."""
    user = user_of(request)
    row = selectors.revision_for(user, code, number)
    form = RemarkForm(request.POST)
    form.is_valid()
    try:
        services.check_bases(user, [row], note=form.cleaned_data.get("remark", ""))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已记录核对结论。")
    return redirect("planning:item", code=code, number=number)
