"""The list of the subject registry: filters that stay in the address, counts above, export."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mingqian.accounts.models import Organ
from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.common import access, clock
from mingqian.common.paging import page_of
from mingqian.registry import exporting, search, selectors
from mingqian.registry.models import Subject
from mingqian.registry.search_forms import SubjectFilter
from mingqian.registry.selectors import OUT_WORDS
from mingqian.registry.subject_log import Words


def filtered(request: HttpRequest) -> tuple[Organ, SubjectFilter, search.Hits]:
    """Return the organ, the filters and the subjects that the address asks for; Http404 for an organ that is not to be read."""
    organ = selectors.organ_to_read(user_of(request), request.GET.get("organ", ""))
    form = SubjectFilter(request.GET, organ=organ)
    return organ, form, search.find(organ, form.criteria())


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
        "organs": selectors.organs_to_read(user),
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
    return render(request, "registry/subjects.html", context)


@require_GET
@access.roles(*READER_ROLES)
def subjects_export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Give the filtered list as a file; phones masked, without ID numbers."""
    organ, _filters, hits = filtered(request)
    words = Words(organ)
    cells = (exporting.subject_cells(subject, words) for subject in hits)
    return exporting.respond(form, f"抽查对象名录库-{clock.today():%Y%m%d}", exporting.SUBJECT_TITLES, cells)
