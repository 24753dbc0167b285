"""Rule sets: what is in force, what changed when, drafting, approval."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.models import Division, Organ, User
from mingqian.accounts.selectors import divisions_of, organ_for, organs_visible_to, user_of
from mingqian.accounts.states import LEADER_ROLES, READER_ROLES, Role
from mingqian.casework import thing as casework
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.pages import access, submission as pages
from mingqian.pages.templatetags.mingqian import day
from mingqian.rules.models import RuleSet
from mingqian.rules.sets import services
from mingqian.rules.sets.forms import NewSetForm, ScopeForm, SetForm
from mingqian.rules.sets.listing import LISTING
from mingqian.rules.sets.procedure import RULE_SETS
from mingqian.rules.sets.resolution import refusals
from mingqian.rules.sets.schema import PARAMETERS
from mingqian.rules.sets.selectors import above_of, history, rule_set_for, set_for, stated_of
from mingqian.rules.sets.states import Rules
from mingqian.rules.states import SetKind, SetState

officer = access.roles(Role.REGULATIONS_OFFICER)
leader = access.roles(*LEADER_ROLES)
reader = access.roles(*READER_ROLES)


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
    return LISTING.respond(request, may_draft=user_of(request).has_role(Role.REGULATIONS_OFFICER))


@require_http_methods(["GET", "POST"])
@officer
def new(request: HttpRequest) -> HttpResponse:
    """Begin a version."""
    user = user_of(request)

    def begin(form: NewSetForm) -> RuleSet:
        return services.begin(user, **{**form.cleaned_data, "kind": SetKind(form.cleaned_data["kind"])})

    return pages.submit(
        request,
        lambda data: NewSetForm(data, organ=user.organ),
        begin,
        to=lambda made: reverse("rules:edit", args=[made.code]),
        template="rules/new.html",
    )


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
        "timeline": casework.timeline_of(thing.ledger_subject),
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

    def change(form: SetForm) -> RuleSet:
        return services.change(user, thing, **form.cleaned_data_for_service())

    return pages.submit(
        request,
        lambda data: SetForm(data, rule_set=thing, above=above),
        change,
        done="已保存草稿。核对无误后送审。",
        to=RULE_SETS.page(thing),
        template="rules/edit.html",
        context={"thing": thing, "above": above},
    )


@require_POST
@officer
def submit(request: HttpRequest, code: str) -> HttpResponse:
    """Send a draft to a leader."""
    user, thing = user_of(request), set_for(user_of(request), code)
    page = RULE_SETS.page(thing)
    revision = seen_revision(request)
    return pages.deed(
        request,
        lambda: services.submit(user, thing, revision=revision),
        done=RULE_SETS.step("submit").done,
        to=page,
    )


def seen_revision(request: HttpRequest) -> int:
    """Return the revision of the draft that the page showed; raise DomainError where it names none."""
    text = request.POST.get("revision", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise DomainError("送审的内容不完整，请从草稿页面重新办理。")
    return int(text)


@require_POST
@officer
def drop(request: HttpRequest, code: str) -> HttpResponse:
    """Give a draft up."""
    user, thing = user_of(request), set_for(user_of(request), code)
    done = RULE_SETS.step("drop").done
    return pages.deed(request, lambda: services.drop(user, thing), done=done, to=reverse("rules:sets"))


@require_http_methods(["GET", "POST"])
@leader
def decide(request: HttpRequest, code: str) -> HttpResponse:
    """Show exactly what would be fixed; approve it, or return it."""
    user, row = user_of(request), set_for(user_of(request), code)

    def act(approve: bool) -> Callable[..., RuleSet]:
        return lambda user, row, *, remark: services.decide(
            user, row, revision=seen_revision(request), approve=approve, remark=remark
        )

    return casework.decide(
        request,
        RULE_SETS,
        row,
        verbs=("approve", "return"),
        acts={"approve": act(True), "return": act(False)},
        title=f"审批：{row.name}",
        sub=f"{row.level_name} · 编号 {row.code}",
        note=f"以上数值自 {day(row.effective_from)} 起对{row.level_name}生效，只能由新版本接替，不溯及之前的事项。",
        template="rules/decide.html",
        context=_context(user, row),
    )
