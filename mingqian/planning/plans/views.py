"""Pages of annual plans and their entries; the steps of an entry and of a version are those of every register."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, Role
from mingqian.casework.register.states import ChangeKind, RevisionState
from mingqian.common.errors import DomainError
from mingqian.common.tables import asked_form, respond
from mingqian.pages import versions
from mingqian.pages.listing import Column
from mingqian.pages.paging import page_of
from mingqian.pages.submission import deed, submit
from mingqian.planning.forms import business_divisions
from mingqian.planning.items.selectors import kind_shown
from mingqian.planning.models.plans import EntryRevision, Plan, PlanVersion
from mingqian.planning.plans import checks, selectors, services, values as entry_services
from mingqian.planning.plans.forms import EntryFilterForm, EntryForm, YearForm
from mingqian.planning.plans.listing import PLAN_LIST
from mingqian.planning.plans.selectors import (
    PLAN_TITLES,
    basis_problems,
    entry_cells,
    entry_shown,
    quota_words,
    windows_words,
)
from mingqian.planning.plans.services import PLANS
from mingqian.planning.pool import selectors as pool_selectors
from mingqian.planning.registers import RegisterPages, composer, officer, reader
from mingqian.planning.selectors import PLAN_RECORDS, items_of, listed_items
from mingqian.planning.tasks import services as task_services
from mingqian.planning.tasks.selectors import Progress, may_open, plan_state, progress_of


def _estimate_of(row: EntryRevision) -> dict[str, Any]:
    """Return what an entry would meet today, and whether its items still carry it."""
    if row.change == ChangeKind.WITHDRAW:
        return {"plan": row.entry.plan}
    return {
        "plan": row.entry.plan,
        "estimate": pool_selectors.estimate(row) if row.items else None,
        "basis": basis_problems(row, items_of(row)),
    }


def _count(number: int | None) -> str:
    return "—" if number is None else f"{number:,}"


def _facts(version: PlanVersion, rows: Any, taken: Any) -> dict[str, Any]:
    expected = sum((row.estimated_draw or 0) * row.frequency for row in rows)
    return {
        "plan": version.plan,
        "over": [row for row in taken if row.ratio_why],
        "total": f"，全年预估抽取 {expected:,} 家次",
    }


_QUOTA = Column[EntryRevision]("比例与频次", lambda row: f"{quota_words(row)} · 每年 {row.frequency} 次")
_COUNTED = (
    Column[EntryRevision]("预估对象", lambda row: _count(row.estimated), style="num"),
    Column[EntryRevision]("每次抽取", lambda row: _count(row.estimated_draw), style="num"),
)
PAGES = RegisterPages[EntryRevision, PlanVersion](
    register=PLANS,
    said=entry_shown,
    changes=selectors.version_changes,
    crumbs=lambda plan: [
        ("年度计划", reverse("plans:index")),
        (f"{plan.year} 年度", reverse("plans:plan", args=[plan.code])),
    ],
    public=lambda found: reverse("disclosure:plan", args=[found.organ.code, found.plan.year, found.number]),
    word="条目",
    name="抽查任务",
    division="检查科室",
    columns=(
        Column("类别", lambda row: row.kind, state=lambda row: kind_shown(row.kind)),
        _QUOTA,
        *_COUNTED,
        Column("检查时间", lambda row: windows_words(row.windows), style="mqp-text"),
    ),
    waiting=(_QUOTA, *_COUNTED),
    failing=lambda rows: {row.pk: problem for row, problem in selectors.failing(rows)},
    title_of=lambda plan: f"{plan.organ.name}{plan.year}年度抽查工作计划",
    help="例如：根据职能调整增加 1 项、取消 2 项。长期公开（第八条）。",
    more=_estimate_of,
    facts=_facts,
    follows="上列条目连同变动和理由立即在公示端公开，文件的数字指纹写入公开留痕；"
    "科室可在检查时间内开立抽查任务。以后只能由计划调整改变。",
    fails="不能开立任务",
    later="计划调整改变",
    consult_template="planning/plans/entry_consult.html",
    decide_template="planning/plans/plan_decide.html",
)


@require_GET
@reader
def index(request: HttpRequest) -> HttpResponseBase:
    """List the plans by year, with how far each has come."""
    may_begin = user_of(request).has_role(*OFFICER_ROLES)
    return PLAN_LIST.respond(request, year_form=YearForm(None), may_begin=may_begin)


@require_POST
@officer
def begin(request: HttpRequest) -> HttpResponse:
    """Begin the plan of a year, or go to it where it exists."""
    form = YearForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请选择年度。")
        return redirect("plans:index")
    plan = services.open_plan(user_of(request), form.cleaned_data["year"])
    return redirect("plans:plan", code=plan.code)


def _found(row: Progress, form: EntryFilterForm) -> bool:
    data = form.cleaned_data
    text = f"{row.revision.code} {row.revision.title} {' '.join(row.revision.items)}".lower()
    return (
        all(word in text for word in data.get("q", "").lower().split())
        and data.get("division", "") in {"", row.revision.division.code}
        and data.get("state", "") in {"", row.state}
    )


@require_GET
@reader
def plan(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show a plan, or give the one that counts as a file: what stands with how far each time has come, what is under way, its versions."""
    user = user_of(request)
    found = selectors.plan_for(user, code)
    if kind := asked_form(request):
        rows = enumerate(PLAN_RECORDS.standing(found), 1)
        return respond(kind, f"{found}", PLAN_TITLES, (entry_cells(i, row, entry_shown(row)) for i, row in rows))
    own = found.organ_id == user.organ_id
    form = EntryFilterForm(request.GET, offered={"division": business_divisions(found.organ)})
    form.is_valid()
    times = progress_of(found)
    page = page_of(request, [row for row in times if _found(row, form)])
    failing = dict(selectors.failing([row.revision for row in times]))
    context = {
        **(_own(user, found) if own else {}),
        "plan": found,
        "own": own,
        "version": PLAN_RECORDS.current(found),
        "form": form,
        "page": page,
        "rows": [(row, failing.get(row.revision, "")) for row in page],
        "state": plan_state(found),
        "filtered": any(form.cleaned_data.values()),
        "total": len(times),
        "failing": len(failing),
        "expected": sum(row.revision.estimated_draw or 0 for row in times),
        "versions": list(PLAN_RECORDS.published(found)),
    }
    return render(request, "planning/plans/plan.html", context)


def _own(user: User, found: Plan) -> dict[str, Any]:
    """Return what the own organ sees beside: what is under way, and what can be done with it."""
    return {
        "drafts": _drafts(user, found),
        "pending": PLAN_RECORDS.pending(found),
        "waiting": len(PLAN_RECORDS.consulted(found)),
        "may_draft": user.has_role(*OFFICER_ROLES),
        "may_compose": user.has_role(Role.REGULATIONS_OFFICER),
    }


def _drafts(user: User, found: Plan) -> list[tuple[EntryRevision, list[str], bool]]:
    return [
        (
            row,
            checks.hindrances(row) if row.state == RevisionState.DRAFT else [],
            not PLANS.revisions.why_not(user, row, "consult"),
        )
        for row in PLAN_RECORDS.under_way(found)
    ]


def _form(user: User, data: Any, row: EntryRevision | None = None) -> EntryForm:
    return EntryForm(data, user=user, items=listed_items(user.organ), revision=row)


@require_http_methods(["GET", "POST"])
@officer
def entry_new(request: HttpRequest, code: str) -> HttpResponse:
    """Draft an entry."""
    user = user_of(request)
    found = selectors.plan_for(user, code)
    return submit(
        request,
        lambda data: _form(user, data),
        lambda form: PLANS.draft(user, found, form.cleaned_data["division"], form.values()),
        template="planning/plans/entry_form.html",
        to=PAGES.page,
        done=lambda made: f"已保存草稿，条目编码 {made.code}。",
        context=lambda form: {
            "plan": found,
            "title": f"起草{found.year}年度计划条目",
            **_estimated(user, form, found),
        },
    )


def _estimated(user: User, form: EntryForm, found: Plan, row: EntryRevision | None = None) -> dict[str, Any]:
    """Count what the form would meet, saved or not; what cannot be counted yet says why."""
    if not form.is_bound:
        return {"estimate": pool_selectors.estimate(row) if row and row.items else None, "own": form.own}
    if not hasattr(form, "cleaned_data"):
        form.full_clean()
    try:
        scratch = entry_services.scratch_of(user, found, form.values())
    except DomainError as error:
        return {"estimate": None, "estimate_error": str(error), "own": form.own}
    if not scratch.items:
        return {"estimate": None, "own": form.own}
    counted = pool_selectors.estimate(scratch)
    return {"estimate": counted, "own": form.own, "problems": checks.pool_problems(counted)}


@require_POST
@officer
def estimate(request: HttpRequest, code: str) -> HttpResponse:
    """Count the subjects for what stands in the form, saved or not (asked by the page while the officer writes)."""
    user = user_of(request)
    found = selectors.plan_for(user, code)
    return render(request, "planning/plans/_estimate.html", _estimated(user, _form(user, request.POST), found))


@require_GET
@reader
def entry(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show a revision of an entry: what it says, what it would meet today, what it changes, the steps that the user may take."""
    user, row = PAGES.row_for(request, code, number)
    whole = PAGES.whole(user, row)
    times = progress_of(row.entry.plan, [row]) if row.state == RevisionState.PUBLISHED else []
    hindered = {time.number: may_open(row, time.number) for time in times} if whole["drafts"] else {}
    whole["times"] = [(time, hindered.get(time.number)) for time in times]
    return render(request, "planning/plans/entry.html", whole)


@require_http_methods(["GET", "POST"])
@officer
def entry_edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Write a draft; whoever comes second is told, and loses nothing."""
    user, row = PAGES.row_for(request, code, number)
    seen = request.POST.get("seen", "")

    def context(form: EntryForm) -> dict[str, Any]:
        return {
            "plan": row.entry.plan,
            "row": row,
            "title": f"修改草稿：{row}",
            "seen": seen or versions.version_of(row),
            **_estimated(user, form, row.entry.plan, row),
        }

    def clash(form: EntryForm, now: EntryRevision, error: DomainError) -> HttpResponse:
        """Show what the other one saved above the form; saved again, it stands over that."""
        form.add_error(None, f"{error}您填写的内容还在下面；对方保存的内容列在页面上方，核对后再保存。")
        more = {"form": form, "row": now, "seen": versions.version_of(now), "theirs": entry_shown(now)}
        return render(request, "planning/plans/entry_form.html", context(form) | more, status=400)

    return PAGES.write(
        request,
        row,
        lambda data: _form(user, data, row),
        lambda form: PLANS.write(user, row, form.values(), division=form.cleaned_data["division"], seen=seen),
        template="planning/plans/entry_form.html",
        context=context,
        clash=clash,
    )


@require_POST
@officer
def task_open(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Open the task of one of the entry's windows."""
    user, row = PAGES.row_for(request, code, number)
    text = request.POST.get("round", "")
    window = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    return deed(
        request,
        lambda: task_services.open_task(user, row, window),
        done=lambda task: f"已开立任务 {task.number}。",
        to=lambda task: reverse("plans:task", args=[task.code]),
        back=PAGES.page(row),
    )


@require_http_methods(["GET", "POST"])
@composer
def compose(request: HttpRequest, code: str) -> HttpResponse:
    """Choose what was agreed to, say why, and send the version to a leader."""
    return PAGES.compose(request, selectors.plan_for(user_of(request), code))
