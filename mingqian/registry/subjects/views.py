"""Pages of one subject: what is registered, what stands beside it, what changed; adding and changing by hand."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError
from mingqian.pages import access, versions as common_versions
from mingqian.pages.paging import page_of
from mingqian.pages.submission import submit
from mingqian.registry import guards, industries, versions
from mingqian.registry.history import history_of, keys_of_subject
from mingqian.registry.imports import selectors as import_selectors
from mingqian.registry.models.subjects import Subject
from mingqian.registry.overview.selectors import Then, read_day, subject_on
from mingqian.registry.people.selectors import OUT_WORDS
from mingqian.registry.personal.services import may_reveal
from mingqian.registry.subjects import selectors, services, workbook
from mingqian.registry.subjects.forms import SubjectForm
from mingqian.registry.subjects.log import Words
from mingqian.registry.subjects.selectors import changes_of, parts_of, why_out


@require_GET
@access.roles(*READER_ROLES)
def subject(request: HttpRequest, number: str) -> HttpResponse:
    """Show a subject, today or as it stood on a day: what is registered, what stands beside it, who did what (A6.3)."""
    user = user_of(request)
    organ = request.GET.get("organ", "")
    found = selectors.subject_for(user, number, organ)
    wrong = ""
    try:
        on = read_day(request.GET.get("on", ""))
    except DomainError as error:
        on, wrong = None, str(error)
    then = subject_on(found, on) if on else Then(found)
    shown = then.subject
    words = Words(found.organ)
    tab = request.GET.get("tab", "")
    out = why_out(shown)
    context = {
        "subject": shown,
        "now": found,
        "then": then,
        "on": on,
        "wrong": wrong,
        "today": clock.today(),
        "out": OUT_WORDS.get(out, ""),
        "industry": industries.in_words(shown.industry),
        "fields": words.names("fields", shown.fields),
        "libraries": words.names("libraries", shown.libraries),
        "parts": parts_of(found, on or clock.today()),
        "tab": tab if tab in {"parts", "changes", "history"} else "facts",
        "statuses": words.rows(changes_of(found).filter(field="status")),
        "merged": found.merged.all(),
        "may_write": user.has_role(*OFFICER_ROLES) and found.merged_into_id is None and found.organ_id == user.organ_id,
        "may_reveal": not on and bool(found.phone_box or found.id_number_box) and may_reveal(user, found.organ),
        "organ": organ if found.organ_id != user.organ_id else "",
        "query": (f"&on={on}" if on else "") + (f"&organ={organ}" if found.organ_id != user.organ_id else ""),
    }
    if context["tab"] == "changes":
        page = page_of(request, changes_of(found))
        context |= {"page": page, "changes": words.rows(page)}
    if context["tab"] == "history":
        context |= {
            "history": history_of(keys_of_subject(found)),
            "imports": import_selectors.imports_of(found.organ, "subjects", found.number),
        }
    return render(request, "registry/subjects/subject.html", context)


@require_GET
@access.roles(*READER_ROLES)
def changes_export(request: HttpRequest, number: str, form: str) -> HttpResponseBase:
    """Give the log of a subject's fields as a file."""
    found = selectors.subject_for(user_of(request), number, request.GET.get("organ", ""))
    rows = Words(found.organ).rows(changes_of(found))
    cells = (workbook.change_cells(found, *row) for row in rows)
    return tables.respond(form, f"变更记录-{found.number}-{clock.today():%Y%m%d}", workbook.CHANGE_TITLES, cells)


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
        template="registry/subjects/subject_form.html",
        context={"title": "新增抽查对象"},
    )


def _form(subject: Subject, data: QueryDict | None = None) -> SubjectForm:
    return SubjectForm(data, organ=subject.organ, subject=subject)


@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def subject_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change one subject."""
    user = user_of(request)
    found = selectors.subject_for(user, number)
    if found.merged_into is not None:
        messages.warning(request, f"本对象已并入 {found.merged_into.name}，请到并入的对象上修改。")
        return redirect("registry:subject", number=found.merged_into.number)
    current, key = _form(found), guards.key_of_subject(found.organ, number)
    back = reverse("registry:subject", args=[number])

    def change(form: SubjectForm) -> list[str]:
        seen = common_versions.expected(request)
        return services.change_subject_by_hand(
            user, found, form.values(), cleared=form.cleared(), seen=seen, why=form.reason
        )

    def clash(form: SubjectForm, error: DomainError) -> HttpResponse | None:
        if not isinstance(error, common_versions.EditedMeanwhileError):
            return None
        now = selectors.subject_for(user, number)
        version = common_versions.version_of(now)
        return versions.clash(request, form, _form(now), row=now, version=version, key=key, back=back)

    return submit(
        request,
        lambda data: _form(found, None if data is None else common_versions.decided(data, current)),
        change,
        clash=clash,
        done=lambda changed: f"已保存，改动了：{'、'.join(changed)}" if changed else "没有改动。",
        to=back,
        template="registry/subjects/subject_form.html",
        context=lambda _form: {
            "title": "修改抽查对象",
            "subject": found,
            "seen": common_versions.carried(request, current, common_versions.version_of(found)),
        },
    )
