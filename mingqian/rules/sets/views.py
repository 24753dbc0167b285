"""Rule sets: what is in force, what changed when, drafting, approval."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.models import Division, Organ, User
from mingqian.accounts.selectors import divisions_of, organ_for, organs_visible_to, user_of
from mingqian.accounts.states import LEADER_ROLES, READER_ROLES, Role
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError
from mingqian.ledger import selectors as ledger
from mingqian.pages import access
from mingqian.pages.paging import page_of
from mingqian.rules.models import RuleSet
from mingqian.rules.sets import services
from mingqian.rules.sets.forms import DecisionForm, NewSetForm, ScopeForm, SetForm
from mingqian.rules.sets.resolution import refusals
from mingqian.rules.sets.schema import PARAMETERS
from mingqian.rules.sets.selectors import above_of, history, rule_set_for, set_for, sets_visible_to, stated_of
from mingqian.rules.sets.states import Rules
from mingqian.rules.states import SetKind, SetState

officer = access.roles(Role.REGULATIONS_OFFICER)
leader = access.roles(*LEADER_ROLES)
reader = access.roles(*READER_ROLES)
_TITLES: tables.Titles = (
    ("名称", 36), ("依据", 36), ("适用范围", 24), ("类别", 12), ("生效", 12), ("有效期至", 12), ("起草", 12), ("审批", 12), ("状态", 12),
)  # fmt: skip


def scope_of(request: HttpRequest) -> tuple[ScopeForm, date, Organ, Division | None]:
    """Return whose rules are asked for and as of which day; a division only of that organ."""
    user = user_of(request)
    form = ScopeForm(request.GET)
    form.is_valid()
    data: dict[str, Any] = form.cleaned_data
    organ = organ_for(user, data["organ"]) if data.get("organ") else user.organ
    division = None
    if data.get("division"):
        division = next((d for d in divisions_of(organ) if d.code == data["division"]), None)
        if division is None and "organ" not in request.GET:
            raise Http404("没有找到这个科室。")
    return form, data.get("on") or clock.today(), organ, division


@require_GET
@access.signed_in
def current(request: HttpRequest) -> HttpResponse:
    """Show the numbers in force for an organ or a division on a day, where each comes from, and what changed when."""
    user = user_of(request)
    form, on, organ, division = scope_of(request)
    rules: Rules | None = None
    problem = ""
    if form.errors:
        problem = "日期不正确，下面显示今天的规则。"
    try:
        rules = rule_set_for(organ, on, division)
    except DomainError as error:
        problem = str(error)
    steps = history(organ, division)
    context = {
        "rules": rules,
        "problem": problem,
        "on": on,
        "typed": request.GET.get("on", "") if form.errors else on.isoformat(),
        "is_today": on == clock.today(),
        "organ": organ,
        "division": division,
        "organs": organs_visible_to(user),
        "divisions": divisions_of(organ),
        "steps": [step for step in steps if step.day <= on],
        "to_come": [step for step in steps if step.day > on][::-1],
        "may_draft": user.has_role(Role.REGULATIONS_OFFICER) and organ.pk == user.organ_id,
        "sees_sets": user.has_role(*READER_ROLES),
    }
    return render(request, "rules/current.html", context)


@require_GET
@reader
def sets(request: HttpRequest) -> HttpResponseBase:
    """List the versions: drafts, what waits for approval, what was approved."""
    user = user_of(request)
    rows = sets_visible_to(user).order_by("-drafted_at", "-pk")
    state = request.GET.get("state", "")
    if state in SetState.values:
        rows = rows.filter(state=state)
    if form := tables.asked_form(request):
        return tables.respond(form, f"规则版本-{clock.today():%Y%m%d}", _TITLES, map(_cells, rows))
    context = {
        "page": page_of(request, rows),
        "state": state,
        "filtered": bool(state),
        "tabs": [("", "全部"), *SetState.choices],
        "may_draft": user.has_role(Role.REGULATIONS_OFFICER),
    }
    return render(request, "rules/sets.html", context)


def _cells(thing: RuleSet) -> list[str]:
    until = thing.valid_until.isoformat() if thing.valid_until else "长期"
    spans = [str(thing.get_kind_display()), thing.effective_from.isoformat(), until]
    people = [str(thing.drafted_by), str(thing.decided_by or "")]
    return [str(thing), thing.basis, thing.level_name, *spans, *people, str(thing.get_state_display())]


@require_http_methods(["GET", "POST"])
@officer
def new(request: HttpRequest) -> HttpResponse:
    """Begin a version."""
    user = user_of(request)
    form = NewSetForm(request.POST if request.method == "POST" else None, organ=user.organ)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.begin(user, **{**form.cleaned_data, "kind": SetKind(form.cleaned_data["kind"])})
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("rules:edit", code=made.code)
    return render(request, "rules/new.html", {"form": form}, status=400 if form.errors else 200)


def _rows(thing: RuleSet, above: Rules) -> list[dict[str, Any]]:
    """Return for each number what the version states beside what the level above says."""
    stated = stated_of(thing)
    rows = []
    for key, known in PARAMETERS.items():
        own = stated.get(key)
        value = own.value if own else above.value(key)
        rows.append(
            {
                "parameter": known,
                "above": above.number(key),
                "own": own,
                "words": known.words(value),
                "sentence": known.say(value),
                "differs": value != above.value(key),
            }
        )
    return rows


def _context(user: User, thing: RuleSet) -> dict[str, Any]:
    above = above_of(thing.organ, thing.division, thing.effective_from)
    mine = thing.organ_id == user.organ_id
    return {
        "thing": thing,
        "rows": _rows(thing, above),
        "above": above,
        "may_edit": mine and thing.state == SetState.DRAFT and user.has_role(Role.REGULATIONS_OFFICER),
        "may_decide": mine and thing.state == SetState.PENDING and user.has_role(*LEADER_ROLES),
        "in_force": thing.state == SetState.APPROVED and thing.effective_from <= clock.today(),
    }


@require_GET
@reader
def rule_set(request: HttpRequest, code: str) -> HttpResponse:
    """Show a version: its numbers beside those of the level above, who did what when."""
    user = user_of(request)
    thing = set_for(user, code)
    context = {
        **_context(user, thing),
        "entries": [(entry, ledger.details_of(entry)) for entry in ledger.entries_on(thing.ledger_subject)],
        "wrong": _what_hinders(thing) if thing.state == SetState.DRAFT else [],
    }
    return render(request, "rules/set.html", context)


def _what_hinders(thing: RuleSet) -> list[str]:
    """Return what must be put right before the draft can be submitted."""
    above = above_of(thing.organ, thing.division, thing.effective_from)
    found = list(refusals(stated_of(thing), above, SetKind(thing.kind)).values())
    if not thing.stated:
        found.append("还没有填写任何一项数值。")
    if thing.effective_from <= clock.today():
        found.append("生效日期不晚于今天，请改为明天或更晚。")
    return found


@require_http_methods(["GET", "POST"])
@officer
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Fill in a draft."""
    user = user_of(request)
    thing = set_for(user, code)
    if thing.organ_id != user.organ_id or thing.state != SetState.DRAFT:
        messages.warning(request, "这个版本不是本机关的草稿，只能查看。已批准的版本不能修改，请另行起草新版本。")
        return redirect("rules:set", code=code)
    above = above_of(thing.organ, thing.division, thing.effective_from)
    form = SetForm(request.POST if request.method == "POST" else None, rule_set=thing, above=above)
    if request.method == "POST" and form.is_valid():
        try:
            services.change(user, thing, **form.cleaned_data_for_service())
        except services.StatedError as error:
            form.refuse(error.errors)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已保存草稿。核对无误后送审。")
            return redirect("rules:set", code=code)
    context = {"form": form, "thing": thing, "above": above}
    return render(request, "rules/edit.html", context, status=400 if form.errors else 200)


@require_POST
@officer
def submit(request: HttpRequest, code: str) -> HttpResponse:
    """Send a draft to a leader."""
    user = user_of(request)
    thing = set_for(user, code)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise DomainError("送审的内容不完整，请从草稿页面重新送审。")
    try:
        services.submit(user, thing, revision=form.cleaned_data["revision"])
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已送审，等待分管领导或主要领导审批。")
    return redirect("rules:set", code=code)


@require_POST
@officer
def drop(request: HttpRequest, code: str) -> HttpResponse:
    """Give a draft up."""
    user = user_of(request)
    services.drop(user, set_for(user, code))
    messages.success(request, "已放弃这份草稿，记录保留。")
    return redirect("rules:sets")


@require_http_methods(["GET", "POST"])
@leader
def decide(request: HttpRequest, code: str) -> HttpResponse:
    """Show exactly what would be fixed; approve it, or return it."""
    user = user_of(request)
    thing = set_for(user, code)
    form = DecisionForm(request.POST if request.method == "POST" else None, initial={"revision": thing.revision})
    if request.method == "POST" and form.is_valid():
        approve = request.POST.get("decision") == "approve"
        try:
            services.decide(user, thing, approve=approve, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已批准，到生效日期自动执行。" if approve else "已退回起草人修改。")
            return redirect("rules:set", code=code)
    context = {**_context(user, thing), "form": form}
    return render(request, "rules/decide.html", context, status=400 if form.errors else 200)
