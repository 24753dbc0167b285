"""Pages of duplicates: the likely ones, two side by side, and the act that merges them for ever."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError
from mingqian.common.text import clean
from mingqian.pages import access
from mingqian.pages.paging import page_of
from mingqian.registry.differences import in_words
from mingqian.registry.merging import services, workbook
from mingqian.registry.merging.selectors import claims_on, distinct_for, distinct_in, distinct_pair, likely_duplicates
from mingqian.registry.merging.services import keep_apart, take_back
from mingqian.registry.models.subjects import Subject
from mingqian.registry.subjects import selectors as subject_selectors
from mingqian.registry.subjects.log import TITLES, Words
from mingqian.registry.subjects.selectors import Parts, parts_of


@require_GET
@access.roles(*READER_ROLES)
def duplicates(request: HttpRequest) -> HttpResponseBase:
    """List what looks like the same subject twice (A6.1)."""
    user = user_of(request)
    groups = likely_duplicates(user.organ)
    if form := tables.asked_form(request):
        cells = (
            workbook.duplicate_cells(position, group.why, subject)
            for position, group in enumerate(groups, 1)
            for subject in group.subjects
        )
        return tables.respond(form, f"疑似重复-{clock.today():%Y%m%d}", workbook.DUPLICATE_TITLES, cells)
    context = {
        "page": page_of(request, groups),
        "apart": list(distinct_in(user.organ)),
        "subjects": sum(len(group.subjects) for group in groups),
        "may_write": user.has_role(*OFFICER_ROLES),
    }
    return render(request, "registry/merging/duplicates.html", context)


@require_POST
@access.roles(*OFFICER_ROLES)
def distinct_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back that two subjects are two."""
    user = user_of(request)
    row = distinct_for(user, pk)
    try:
        take_back(user, row, why=request.POST.get("why", ""))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已撤销认定：{row.one.number} 与 {row.other.number}。仍然相像的会重新列入疑似重复。")
    return redirect("registry:duplicates")


@dataclass(frozen=True)
class Line:
    """A field of both subjects in words, and which value stays (`a`, `b`, `both`)."""

    name: str
    title: str
    a: str
    b: str
    differs: bool
    several: bool
    pick: str

    @property
    def result(self) -> str:
        """Return what the survivor will have, in words."""
        if self.pick == "both":
            return "、".join(dict.fromkeys(filter(None, (*self.a.split("、"), *self.b.split("、")))))
        return self.b if self.pick == "b" else self.a


def _shown(subject: Subject, name: str, words: Words) -> str:
    if name == "phone_box":
        return subject.phone_masked
    return words.of(name, in_words(getattr(subject, name)))


def _lines(request: HttpRequest, a: Subject, b: Subject, keep: str) -> list[Line]:
    """Compare field by field; until something else is picked, the value of the one that is kept stays, or the only one there is."""
    words = Words(a.organ)
    found = []
    for name in services.CHOSEN:
        of_a, of_b = _shown(a, name, words), _shown(b, name, words)
        several = name in services.LISTS
        default = keep if (of_a if keep == "a" else of_b) else ("b" if keep == "a" else "a")
        if several and of_a and of_b:
            default = "both"
        pick = request.POST.get(f"pick-{name}", default)
        found.append(Line(name, TITLES[name], of_a, of_b, of_a != of_b, several, pick))
    return found


@dataclass(frozen=True)
class Side:
    """One of the two subjects as the page shows it."""

    key: str
    subject: Subject
    parts: Parts
    interests: int


def _side(key: str, subject: Subject) -> Side:
    today = clock.today()
    interests = sum(row.covers(today) for row in subject.interests.all())
    return Side(key, subject, parts_of(subject, today), interests)


def _keep(request: HttpRequest, a: Subject, b: Subject) -> str:
    """Return which one stays: as chosen, else the one with a code."""
    chosen = request.POST.get("keep", "")
    if chosen in {"a", "b"}:
        return chosen
    return "b" if b.credit_code and not a.credit_code else "a"


@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def merge(request: HttpRequest) -> HttpResponse:
    """Show two subjects side by side (`?a=NUMBER&b=NUMBER`), then exactly what will be fixed, then do it (A6.1)."""
    user = user_of(request)
    numbers = [clean(request.GET.get(key, "")) for key in ("a", "b")]
    if not all(numbers):
        return redirect("registry:duplicates")
    a, b = (subject_selectors.subject_for(user, number) for number in numbers)
    keep = _keep(request, a, b)
    survivor, loser = (a, b) if keep == "a" else (b, a)
    step = request.POST.get("step", "")
    why = clean(request.POST.get("why", ""))[:200]
    problem, again = "", ""
    if request.method == "POST" and step == "distinct":
        try:
            keep_apart(user, a, b, why=request.POST.get("why", ""))
        except DomainError as error:
            again = str(error)
        else:
            messages.success(request, f"已认定不是同一对象：{a.number} 与 {b.number}，不再列入疑似重复。")
            return redirect("registry:duplicates")
    try:
        services.check_pair(loser, survivor)
    except DomainError as error:
        problem = str(error)
    lines = _lines(request, a, b, keep)
    if request.method == "POST" and not problem and step != "distinct":
        again = "" if why else "请填写合并的理由，例如：同一企业重复登记。"
        if step == "confirm" and not again:
            picks = {line.name: _pick(line.pick, keep) for line in lines}
            try:
                services.merge(user, loser, survivor, picks=picks, why=why, seen=request.POST.get("seen", ""))
            except DomainError as error:
                again = str(error)
            else:
                messages.success(request, f"已合并：{loser.number} 并入 {survivor.number}。")
                return redirect("registry:subject", number=survivor.number)
    review = request.method == "POST" and not problem and not again
    context = {
        "a": _side("a", a),
        "b": _side("b", b),
        "keep": keep,
        "survivor": survivor,
        "loser": _side("", loser),
        "lines": lines,
        "why": why,
        "problem": problem,
        "again": again,
        "seen": services.pair_version(a, b),
        "apart": distinct_pair(a, b),
        "claims": claims_on(user.organ, (a.number, b.number)),
        "two_codes": bool(a.credit_code and b.credit_code and a.credit_code != b.credit_code),
        "here": reverse("registry:subject-merge") + "?" + urlencode({"a": a.number, "b": b.number}),
    }
    template = "registry/merging/merge_review.html" if review else "registry/merging/merge.html"
    return render(request, template, context, status=400 if (again or (problem and step)) else 200)


def _pick(pick: str, keep: str) -> str:
    """Return whose value a pick means."""
    if pick == "both":
        return "both"
    return "survivor" if pick == keep else "loser"
