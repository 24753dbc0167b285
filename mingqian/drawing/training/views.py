"""Training of inspectors of other divisions: who is to be trained for a draw, and the record of it (A10.2)."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.drawing.bundle.selectors import names_of
from mingqian.drawing.draw.selectors import draw_at, is_officer
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.training.forms import TrainingForm
from mingqian.drawing.training.selectors import Trainee, companions_for, trainees_of
from mingqian.drawing.training.services import record_training
from mingqian.pages import access
from mingqian.pages.submission import submit


def _told(draw: Draw, one: Trainee) -> dict[str, Any]:
    names, records = names_of(draw), {row.subject: row for row in one.records}
    rows = [(names.get(subject, (subject, ""))[0], subject, records.get(subject)) for subject in one.subjects]
    return {"trainee": one, "rows": rows}


@access.page(*READER_ROLES)
def trainings(request: HttpRequest, code: str) -> HttpResponse:
    """Show who came from other divisions, and for which visits their training is on record."""
    user, draw = draw_at(request, code)
    people = [_told(draw, one) for one in trainees_of(draw)]
    context = {"draw": draw, "people": people, "may_work": is_officer(user, draw)}
    return render(request, "drawing/training/trainings.html", context)


@access.form(*OFFICER_ROLES)
def train(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Record how an inspector of another division was trained, for one or more of the visits."""
    user, draw = draw_at(request, code)
    one = next((one for one in trainees_of(draw) if one.inspector.certificate_number == number), None)
    if one is None:
        raise Http404("这位人员现在不在检查组里，或者就是任务所属科室的人员，不需要登记业务培训。")
    if not one.missing and request.method == "GET":
        return redirect("drawing:trainings", code=code)
    names = names_of(draw)
    subjects = [(subject, names.get(subject, (subject, ""))[0]) for subject in one.missing]
    people = companions_for(draw, ())
    return submit(
        request,
        lambda data: TrainingForm(data, people=people, subjects=subjects),
        lambda form: record_training(user, draw, number, form.values()),
        template="drawing/training/train.html",
        to=reverse("drawing:trainings", args=[code]),
        done=lambda rows: f"业务培训已登记，共 {len(rows)} 个检查对象。",
        context={"draw": draw, "trainee": one, "may_work": is_officer(user, draw)},
    )
