"""Pages of one subject: what is registered, what stands beside it, what changed; adding and changing by hand."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError
from mingqian.documents.imports import selectors as import_selectors
from mingqian.pages import access
from mingqian.pages.paging import page_of
from mingqian.pages.submission import submit
from mingqian.registry import guards, industries
from mingqian.registry.beside import Page
from mingqian.registry.editing import edit
from mingqian.registry.history import history_of, keys_of_subject
from mingqian.registry.models.subjects import Subject
from mingqian.registry.overview.selectors import Then, read_day, subject_on
from mingqian.registry.parts.kinds import EXEMPTIONS, FLAGS, PERMITS
from mingqian.registry.people.selectors import OUT_WORDS
from mingqian.registry.personal.services import may_reveal
from mingqian.registry.subjects import selectors, services, workbook
from mingqian.registry.subjects.forms import SubjectForm
from mingqian.registry.subjects.log import Words
from mingqian.registry.subjects.selectors import changes_of, parts_of, why_out


@require_GET
@access.roles(*READER_ROLES)
def subject(request: HttpRequest, number: str) -> HttpResponseBase:
    """Show a subject, today or as it stood on a day: what is registered, what stands beside it, who did what (A6.3).

    The log of its fields is given as a file, too.
    """
    user = user_of(request)
    organ = request.GET.get("organ", "")
    found = selectors.subject_for(user, number, organ)
    if kind := tables.asked_form(request):
        cells = (workbook.change_cells(found, *row) for row in Words(found.organ).rows(changes_of(found)))
        return tables.respond(kind, f"变更记录-{found.number}-{clock.today():%Y%m%d}", workbook.CHANGE_TITLES, cells)
    on, wrong = _day_of(request)
    asked = request.GET.get("tab", "")
    tab = asked if asked in {"parts", "changes", "history"} else "facts"
    rights = _rights(user, found, on)
    shown_organ = "" if found.organ_id == user.organ_id else organ
    context = {
        **_facts(found, subject_on(found, on) if on else Then(found)),
        **_tab(request, tab, found, on, may_write=rights["may_write"] and not on),
        **rights,
        "on": on,
        "wrong": wrong,
        "tab": tab,
        "parts": parts_of(found, on or clock.today()),
        "organ": shown_organ,
        "query": (f"&on={on}" if on else "") + (f"&organ={shown_organ}" if shown_organ else ""),
    }
    return render(request, "registry/subjects/subject.html", context)


def _rights(user: User, found: Subject, on: date | None) -> dict[str, bool]:
    """Return what the user may do with a subject; what stood on a day of the past keeps no number to reveal."""
    own = found.organ_id == user.organ_id
    return {
        "may_write": own and user.has_role(*OFFICER_ROLES) and found.merged_into_id is None,
        "may_reveal": not on and bool(found.phone_box or found.id_number_box) and may_reveal(user, found.organ),
    }


def _day_of(request: HttpRequest) -> tuple[date | None, str]:
    """Return the day that is asked for, None for today, and what is wrong with it."""
    try:
        return read_day(request.GET.get("on", "")), ""
    except DomainError as error:
        return None, str(error)


def _facts(found: Subject, then: Then) -> dict[str, Any]:
    """Return what is registered of a subject as it stood then."""
    shown, words = then.subject, Words(found.organ)
    return {
        "subject": shown,
        "now": found,
        "then": then,
        "today": clock.today(),
        "out": OUT_WORDS.get(why_out(shown), ""),
        "industry": industries.in_words(shown.industry),
        "fields": words.names("fields", shown.fields),
        "libraries": words.names("libraries", shown.libraries),
        "statuses": words.rows(changes_of(found).filter(field="status")),
        "merged": found.merged.all(),
    }


def _tab(request: HttpRequest, tab: str, found: Subject, on: date | None, *, may_write: bool) -> dict[str, Any]:
    """Return what one tab alone shows."""
    if tab == "parts":
        day = on or clock.today()
        return {
            "sections": [
                PERMITS.section(found.permits.all(), day, found.number, may_write=may_write),
                FLAGS.section(found.flags.all(), day, found.number, may_write=may_write),
                EXEMPTIONS.section(found.exemptions.all(), day, found.number, may_write=may_write),
            ]
        }
    if tab == "changes":
        page = page_of(request, changes_of(found))
        return {"page": page, "changes": Words(found.organ).rows(page)}
    if tab == "history":
        imports = import_selectors.imports_of(found.organ, "subjects", found.number)
        return {"history": history_of(keys_of_subject(found)), "imports": imports}
    return {}


@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def subject_new(request: HttpRequest) -> HttpResponse:
    """Put one subject into the registry without a table."""
    user = user_of(request)
    return submit(
        request,
        lambda data: SubjectForm(data, organ=user.organ),
        lambda form: services.add_subject(user, form.values()),
        done=lambda found: f"已新增：{found.name}",
        to=lambda found: reverse("registry:subject", args=[found.number]),
        template="registry/form.html",
        context={
            "title": "新增抽查对象",
            "page_of": Page(reverse("registry:subjects"), (("抽查对象", reverse("registry:subjects")),)),
        },
    )


@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def subject_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change one subject."""
    user = user_of(request)
    found = selectors.subject_for(user, number)
    if found.merged_into is not None:
        messages.warning(request, f"本对象已并入 {found.merged_into.name}，请到并入的对象上修改。")
        return redirect("registry:subject", number=found.merged_into.number)
    back = reverse("registry:subject", args=[number])

    def change(form: SubjectForm, seen: str) -> list[str]:
        return services.change_subject_by_hand(
            user, found, form.values(), cleared=form.cleared(), seen=seen, why=form.reason
        )

    return edit(
        request,
        find=lambda: selectors.subject_for(user, number),
        form_of=lambda data, row: SubjectForm(data, organ=row.organ, subject=row),
        change=change,
        key=guards.key_of_subject(found.organ, number),
        title="修改抽查对象",
        page=Page(back, (("抽查对象", reverse("registry:subjects")), (found.name, back))),
    )
