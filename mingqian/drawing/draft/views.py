"""Preparing a draw, step by step; each step is kept on the server when it is left."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from mingqian.accounts.selectors import divisions_of, user_of
from mingqian.accounts.states import OFFICER_ROLES, Role
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.drawing.draft import selectors, services
from mingqian.drawing.draft.forms import ConflictForm, PeopleForm, PoolForm
from mingqian.drawing.draft.selectors import draft_for
from mingqian.drawing.draw import services as draw_services
from mingqian.drawing.draw.states import Assignment
from mingqian.drawing.forms import CeremonyForm, default_open_by
from mingqian.drawing.limits import limits_for
from mingqian.drawing.models.draws import Draft
from mingqian.drawing.people.selectors import People, people_of
from mingqian.drawing.prepared.selectors import prepare
from mingqian.drawing.shortage import people_context
from mingqian.drawing.warnings.selectors import lately_visited
from mingqian.pages import access
from mingqian.pages.submission import deed, submit
from mingqian.planning.tasks import selectors as task_selectors
from mingqian.planning.tasks.states import TaskState
from mingqian.registry.people.selectors import inspectors_of
from mingqian.registry.people.states import OutReason
from mingqian.registry.subjects.selectors import subjects_of

STEPS = (
    ("pool", "对象"),
    ("people", "人员"),
    ("conflicts", "回避"),
    ("witnesses", "见证与时间"),
    ("seal", "核对并封存"),
)


def _steps(draft: Draft, current: str, people: People | None) -> list[dict[str, Any]]:
    done = {
        "pool": True,
        "people": (draft.assignment == Assignment.NONE or bool(draft.divisions))
        and (draft.task is None or (people or people_of(draft)).settled),
        "conflicts": True,
        "witnesses": bool(draft.witnesses and draft.open_by),
        "seal": False,
    }
    return [
        {
            "title": title,
            "url": reverse(f"drawing:draft-{name}", args=[draft.pk]),
            "current": name == current,
            "done": done[name],
        }
        for name, title in STEPS
    ]


def _context(draft: Draft, step: str, people: People | None = None) -> dict[str, Any]:
    return {"draft": draft, "steps": _steps(draft, step, people)}


def _next(draft: Draft, step: str) -> str:
    names = [name for name, _title in STEPS]
    return reverse(f"drawing:draft-{names[names.index(step) + 1]}", args=[draft.pk])


@access.form(*OFFICER_ROLES)
def new(request: HttpRequest) -> HttpResponse:
    """Choose the task to draw for (art. 2): those of the user's division that wait for their draw."""
    user = user_of(request)
    if request.method == "POST":
        draft = services.create_draft(user, task_selectors.task_for(user, request.POST.get("task", "")))
        return redirect("drawing:draft-pool", pk=draft.pk)
    tasks = task_selectors.tasks_visible_to(user).filter(state=TaskState.OPEN, organ=user.organ)
    if not user.has_role(Role.REGULATIONS_OFFICER):
        tasks = tasks.filter(division=user.division)
    return render(
        request,
        "drawing/draft/new.html",
        {"tasks": [(task, task_selectors.task_problems(task)) for task in tasks[:50]]},
    )


@access.form(*OFFICER_ROLES)
def pool(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who takes part and why, as the plan and the registries have it; nothing of it is edited here."""
    user = user_of(request)
    draft = draft_for(user, pk)
    task, held = draft.drawn_for, selectors.subject_pool(draft)
    context = {
        "task": task,
        "pool": held,
        "counts": [(task_selectors.status_label(status), count, status) for status, count in held.by_status.items()],
        "problems": task_selectors.task_problems(task),
    }
    return submit(
        request,
        lambda data: PoolForm(data, instance=Draft(batches=draft.batches, team_size=draft.team_size)),
        lambda form: services.save_draft(user, draft, batches=form.cleaned_data["batches"]),
        template="drawing/draft/draft_pool.html",
        to=_next(draft, "pool"),
        context={**_context(draft, "pool"), **context},
    )


@access.form(*OFFICER_ROLES)
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose how inspectors are dealt, out of whom, and who is away."""
    user = user_of(request)
    draft = draft_for(user, pk)
    left_out = _left_out(request, draft) if request.method == "POST" else draft.left_out

    def context(_form: PeopleForm) -> dict[str, Any]:
        # What is decided on is what is saved, not what the form was refused with.
        saved, draft.left_out, on = draft_for(user, pk), left_out, selectors.visit_date(draft)
        rows = selectors.inspector_rows(draft, on)
        return {
            **_context(draft, "people"),
            "rows": rows,
            "reasons": OutReason.choices,
            "on": on,
            "free": sum(1 for row in rows if row.status == "in"),
            "chosen": left_out,
            "people": people_context(user, saved, people_of(saved)) if saved.task is not None else {},
        }

    return submit(
        request,
        lambda data: PeopleForm(
            data,
            instance=Draft(assignment=draft.assignment, team_size=draft.team_size, teams=draft.teams),
            divisions=[(str(d.pk), d.name) for d in divisions_of(draft.organ)],
            limits=limits_for(draft.organ, draft.division),
            initial={"divisions": [str(pk) for pk in draft.divisions]},
        ),
        lambda form: services.save_draft(user, draft, left_out=left_out, **form.values()),
        template="drawing/draft/draft_people.html",
        to=reverse("drawing:draft-people", args=[pk]) if "stay" in request.POST else _next(draft, "people"),
        context=context,
    )


def _left_out(request: HttpRequest, draft: Draft) -> dict[str, str]:
    """Read who is left out and why: those shown on the form as they were set, the others as they were."""
    kept = dict(draft.left_out)
    numbers = inspectors_of(draft.organ).values_list("certificate_number", flat=True)
    for number in numbers:
        value = request.POST.get(f"out_{number}")
        if value in OutReason.values:
            kept[number] = value
        elif value is not None:
            kept.pop(number, None)
    return kept


@access.form(*OFFICER_ROLES)
def conflicts(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep pairs apart that must not meet (art. 11)."""
    user = user_of(request)
    draft = draft_for(user, pk)
    subjects, inspectors = subjects_of(draft.organ), inspectors_of(draft.organ)
    if "remove" in request.POST:
        subject, _, inspector = request.POST["remove"].partition("/")
        kept = [c for c in draft.conflicts if (c["subject"], c["inspector"]) != (subject, inspector)]
        services.save_draft(user, draft, conflicts=kept)
        return redirect("drawing:draft-conflicts", pk=draft.pk)

    def act(form: ConflictForm) -> str:
        subject, inspector = form.cleaned_data["subject"], form.cleaned_data["inspector"]
        pair = {"subject": subject.number, "inspector": inspector.certificate_number}
        if any(pair.items() <= known.items() for known in draft.conflicts):
            raise DomainError("这一对已经在下面的列表里。")
        named = {"subject_name": subject.name, "inspector_name": inspector.name, "reason": form.cleaned_data["reason"]}
        services.save_draft(user, draft, conflicts=[*draft.conflicts, {**pair, **named}])
        return f"已登记：{inspector.name}回避{subject.name}。"

    return submit(
        request,
        lambda data: ConflictForm(data, subjects=subjects, inspectors=inspectors),
        act,
        template="drawing/draft/draft_conflicts.html",
        to=reverse("drawing:draft-conflicts", args=[pk]),
        done=lambda said: said,
        context={
            **_context(draft, "conflicts"),
            "inspectors": inspectors,
            "on_record": selectors.interests_on_record(draft),
            "on": selectors.visit_date(draft),
        },
    )


@access.form(*OFFICER_ROLES)
def witnesses(request: HttpRequest, pk: int) -> HttpResponse:
    """Name the witnesses in the order in which they will speak, and the time limit."""
    user = user_of(request)
    draft = draft_for(user, pk)
    initial: dict[str, Any] = {
        "open_by": draft.open_by or default_open_by(),
        "publication": draft.publication,
        "place": draft.place,
    }
    for index, line in enumerate(draft.witnesses):
        initial[f"kind_{index}"], _, initial[f"name_{index}"] = line.partition(" ")
    if draft.beacon:
        initial |= {f"beacon_{part}": draft.beacon[part] for part in ("source", "round", "digits")}
        initial["beacon_due"] = clock.from_text(draft.beacon["due"])
    limits, kept = limits_for(draft.organ, draft.division), ("witnesses", "open_by", "place", "publication", "beacon")
    return submit(
        request,
        lambda data: CeremonyForm(data, initial=initial, limits=limits),
        lambda form: services.save_draft(user, draft, **{name: form.cleaned_data[name] for name in kept}),
        template="drawing/draft/draft_witnesses.html",
        to=_next(draft, "witnesses"),
        context=_context(draft, "witnesses"),
    )


@access.form(*OFFICER_ROLES)
def seal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show exactly what will be fixed; then seal."""
    user = user_of(request)
    draft = draft_for(user, pk)
    problem = ""
    if request.method == "POST":
        try:
            draw = draw_services.seal(user, draft, reviewed=request.POST.get("reviewed", ""))
        except DomainError as error:
            problem = str(error)
        else:
            messages.success(request, f"已封存，编号 {draw.draw_id}。封存指纹已经公开。")
            return redirect("drawing:draw", code=draw.code)
    prepared = prepare(draft)
    if not problem:
        try:
            draw_services.rehearse(prepared)
        except DomainError as error:
            problem = str(error)
    pool, people = prepared.pool, prepared.people
    context = {
        "prepared": prepared,
        "pool": pool,
        "problem": problem,
        "left_out": [row for row in pool.people if row.status != "in"],
        # How many of those who may be drawn were or are visited about then: each would want a reason (A12.1).
        "lately": lately_visited(prepared.task, (row[0] for row in pool.subjects if row[3] == "in")),
        "people": people_context(user, draft, people, to_draw=pool.task.to_draw),
    }
    context |= _context(draft, "seal", people)
    return render(request, "drawing/draft/draft_seal.html", context, status=409 if request.method == "POST" else 200)


@access.act(*OFFICER_ROLES)
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up a draft."""
    user = user_of(request)
    draft = draft_for(user, pk)
    done = f"草稿“{draft.title}”已放弃。"
    return deed(request, lambda: services.drop_draft(user, draft), done=done, to=reverse("drawing:list"))
