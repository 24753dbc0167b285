"""The list of the subject registry: filters that stay in the address, counts above, export."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mingqian.accounts.models import Organ
from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.common import clock, tables
from mingqian.pages import access
from mingqian.pages.paging import page_of
from mingqian.registry import organs
from mingqian.registry.models.subjects import Subject
from mingqian.registry.people.selectors import OUT_WORDS
from mingqian.registry.search import selectors
from mingqian.registry.search.forms import SubjectFilter
from mingqian.registry.subjects import workbook as subject_workbook
from mingqian.registry.subjects.log import Words


def filtered(request: HttpRequest) -> tuple[Organ, SubjectFilter, selectors.Hits]:
    """Return the organ, the filters and the subjects that the address asks for; Http404 for an organ that is not to be read."""
    organ = organs.organ_to_read(user_of(request), request.GET.get("organ", ""))
    form = SubjectFilter(request.GET, organ=organ)
    return organ, form, selectors.find(organ, form.criteria())


@require_GET
@access.roles(*READER_ROLES)
def subjects(request: HttpRequest) -> HttpResponse:
    """List the subject registry (A6.1), of the own organ or of one below it (A4.2)."""
    user = user_of(request)
    organ, form, hits = filtered(request)
    own = organ.pk == user.organ_id
    summary = hits.summary
    filtered_ = form.criteria().asks
    context = {
        "form": form,
        "organ": organ,
        "own": own,
        "organs": organs.organs_to_read(user),
        "page": page_of(request, hits),
        "summary": summary,
        "chips": form.chips(),
        "indexed": hits.indexed,
        "empty": not summary.total and not filtered_ and not Subject.objects.filter(organ=organ).exists(),
        "filtered": filtered_,
        "unfolded": form.unfolded or bool(request.GET.get("more")),
        "may_write": own and user.has_role(*OFFICER_ROLES),
        "merged_word": OUT_WORDS["merged"],
    }
    return render(request, "registry/search/subjects.html", context)


@require_GET
@access.roles(*READER_ROLES)
def subjects_export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Give the filtered list as a file; phones masked, without ID numbers."""
    organ, _filters, hits = filtered(request)
    words = Words(organ)
    cells = (subject_workbook.subject_cells(subject, words) for subject in hits)
    return tables.respond(form, f"抽查对象名录库-{clock.today():%Y%m%d}", subject_workbook.SUBJECT_TITLES, cells)
