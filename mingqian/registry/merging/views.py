"""Pages of duplicates: the likely ones, two side by side, and the act that merges them for ever."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.common.text import clean
from mingqian.pages import access
from mingqian.pages.submission import deed
from mingqian.registry.differences import in_words
from mingqian.registry.merging import services
from mingqian.registry.merging.listing import DUPLICATE_LIST
from mingqian.registry.merging.selectors import claims_on, distinct_for, distinct_in, distinct_pair
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
    apart = list(distinct_in(user.organ))
    return DUPLICATE_LIST.respond(request, apart=apart, may_write=user.has_role(*OFFICER_ROLES))


@require_POST
@access.roles(*OFFICER_ROLES)
def distinct_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back that two subjects are two."""
    user = user_of(request)
    row = distinct_for(user, pk)
    return deed(
        request,
        lambda: take_back(user, row, why=request.POST.get("why", "")),
        done=f"已撤销认定：{row.one.number} 与 {row.other.number}。仍然相像的会重新列入疑似重复。",
        to=reverse("registry:duplicates"),
    )


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


@dataclass(frozen=True)
class Asked:
    """What the page of two subjects is asked: which one stays, the values picked, why, and what keeps them from being merged."""

    a: Subject
    b: Subject
    keep: str
    step: str
    why: str
    lines: list[Line]
    problem: str

    @property
    def survivor(self) -> Subject:
        """Return the one that stays."""
        return self.a if self.keep == "a" else self.b

    @property
    def loser(self) -> Subject:
        """Return the one that is merged into it."""
        return self.b if self.keep == "a" else self.a


def _why_not(act: Callable[[], object]) -> str:
    """Do it; return the sentence of a rule that says no, "" where it is done."""
    try:
        act()
    except DomainError as error:
        return str(error)
    return ""


def _asked(request: HttpRequest, a: Subject, b: Subject) -> Asked:
    keep, post = _keep(request, a, b), request.POST
    loser, survivor = (b, a) if keep == "a" else (a, b)
    problem = _why_not(lambda: services.check_pair(loser, survivor))
    why = clean(post.get("why", ""))[:200]
    return Asked(a, b, keep, post.get("step", ""), why, _lines(request, a, b, keep), problem)


def _apart(request: HttpRequest, user: User, asked: Asked) -> str:
    again = _why_not(lambda: keep_apart(user, asked.a, asked.b, why=request.POST.get("why", "")))
    if not again:
        text = f"已认定不是同一对象：{asked.a.number} 与 {asked.b.number}，不再列入疑似重复。"
        messages.success(request, text)
    return again


def _merged(request: HttpRequest, user: User, asked: Asked) -> str:
    """Merge where that is confirmed; return what is still missing, or what keeps the two from it."""
    if not asked.why:
        return "请填写合并的理由，例如：同一企业重复登记。"
    if asked.step != "confirm":
        return ""
    picks = {line.name: _pick(line.pick, asked.keep) for line in asked.lines}
    loser, survivor, seen = asked.loser, asked.survivor, request.POST.get("seen", "")
    again = _why_not(lambda: services.merge(user, loser, survivor, picks=picks, why=asked.why, seen=seen))
    if not again:
        messages.success(request, f"已合并：{loser.number} 并入 {survivor.number}。")
    return again


@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def merge(request: HttpRequest) -> HttpResponse:
    """Show two subjects side by side (`?a=NUMBER&b=NUMBER`), then exactly what will be fixed, then do it (A6.1)."""
    user = user_of(request)
    numbers = [clean(request.GET.get(key, "")) for key in ("a", "b")]
    if not all(numbers):
        return redirect("registry:duplicates")
    asked = _asked(request, *(subject_selectors.subject_for(user, number) for number in numbers))
    if request.method == "POST":
        return _decide(request, user, asked)
    return _show(request, user, asked)


def _decide(request: HttpRequest, user: User, asked: Asked) -> HttpResponse:
    """Find the two to be two, or merge them; what is wrong or still to be confirmed is shown."""
    if asked.step == "distinct":
        again = _apart(request, user, asked)
        return _show(request, user, asked, again) if again else redirect("registry:duplicates")
    if asked.problem:
        return _show(request, user, asked)
    again = _merged(request, user, asked)
    if not again and asked.step == "confirm":
        return redirect("registry:subject", number=asked.survivor.number)
    return _show(request, user, asked, again, review=not again)


def _show(request: HttpRequest, user: User, asked: Asked, again: str = "", *, review: bool = False) -> HttpResponse:
    template = "registry/merging/merge_review.html" if review else "registry/merging/merge.html"
    wrong = again or (asked.problem and asked.step)
    return render(request, template, {**_context(user, asked), "again": again}, status=400 if wrong else 200)


def _context(user: User, asked: Asked) -> dict[str, object]:
    a, b = asked.a, asked.b
    codes = {subject.credit_code for subject in (a, b) if subject.credit_code}
    return {
        "a": _side("a", a),
        "b": _side("b", b),
        "keep": asked.keep,
        "survivor": asked.survivor,
        "loser": _side("", asked.loser),
        "lines": asked.lines,
        "why": asked.why,
        "problem": asked.problem,
        "seen": services.pair_version(a, b),
        "apart": distinct_pair(a, b),
        "claims": claims_on(user.organ, (a.number, b.number)),
        "two_codes": len(codes) == 2,
        "here": reverse("registry:subject-merge") + "?" + urlencode({"a": a.number, "b": b.number}),
    }


def _pick(pick: str, keep: str) -> str:
    """Return whose value a pick means."""
    if pick == "both":
        return "both"
    return "survivor" if pick == keep else "loser"
