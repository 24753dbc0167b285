"""Pages of the law library: list and search, a law with its editions, new texts, repeals, names to be linked."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.models import User
from mingqian.accounts.selectors import organs_below, user_of
from mingqian.accounts.states import READER_ROLES, Role
from mingqian.casework.register import differences
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError
from mingqian.ledger import selectors as ledger
from mingqian.pages import access
from mingqian.pages.paging import page_of
from mingqian.planning.items import selectors as item_selectors
from mingqian.planning.laws import selectors, services
from mingqian.planning.laws.articles import split
from mingqian.planning.laws.forms import EditionForm, LawFilterForm, LawForm, LinkForm, RepealForm
from mingqian.planning.lists import selectors as list_selectors
from mingqian.planning.models.laws import Article, Edition, Law
from mingqian.planning.tasks import selectors as task_selectors

officer = access.roles(Role.REGULATIONS_OFFICER)
reader = access.roles(*READER_ROLES)
LAW_TITLES: tables.Titles = (
    ("简码", 14), ("名称", 44), ("效力层级", 12), ("文号", 24), ("制定机关", 24), ("现行版本", 18), ("施行日期", 12), ("废止日期", 12),
    ("替代的法律", 30),
)  # fmt: skip


def _filtered(request: HttpRequest, user: User) -> tuple[LawFilterForm, QuerySet[Law]]:
    """Return the filters and the laws that meet them; those found only by an article's text come by `articles`."""
    form = LawFilterForm(request.GET)
    form.is_valid()
    data, today = form.cleaned_data, clock.today()
    rows = selectors.laws_visible_to(user)
    for word in data.get("q", "").split():
        rows = (
            rows.filter(name__icontains=word)
            | rows.filter(document_number__icontains=word)
            | rows.filter(code__icontains=word)
        )
    if data.get("level"):
        rows = rows.filter(level=data["level"])
    state = data.get("state")
    if state == "repealed":
        rows = rows.filter(repealed_on__lte=today)
    elif state:
        begun = Law.objects.filter(editions__effective_from__lte=today)
        rows = rows.exclude(repealed_on__lte=today)
        rows = rows.filter(pk__in=begun) if state == "in_force" else rows.exclude(pk__in=begun)
    return form, rows.prefetch_related("editions").order_by("name", "code")


def _current(law: Law) -> Edition | None:
    """Return the edition in force today, from what was prefetched."""
    today = clock.today()
    begun = [edition for edition in law.editions.all() if edition.effective_from <= today]
    return max(begun, key=lambda edition: (edition.effective_from, edition.number), default=None)


@require_GET
@reader
def laws(request: HttpRequest) -> HttpResponse:
    """List the laws; the same words are looked for in the articles."""
    user = user_of(request)
    form, rows = _filtered(request, user)
    query = form.cleaned_data.get("q", "")
    page = page_of(request, rows)
    articles = selectors.articles_with(selectors.laws_visible_to(user), query)[:30] if query else []
    today = clock.today()
    context = {
        "form": form,
        "page": page,
        "rows": [(law, _current(law), law.repealed(today)) for law in page],
        "articles": [(article, _excerpt(article.text, query)) for article in articles],
        "query": query,
        "filtered": any(form.cleaned_data.values()),
        "may_write": user.has_role(Role.REGULATIONS_OFFICER),
        "missing": len(item_selectors.missing_titles(user.organ)),
    }
    return render(request, "planning/laws/laws.html", context)


def _excerpt(text: str, query: str) -> list[tuple[bool, str]]:
    """Return the words around the first hit: (is the hit, text)."""
    word = query.split(maxsplit=1)[0]
    at = text.lower().find(word.lower())
    if at < 0:
        return [(False, text[:80])]
    start, end = max(at - 40, 0), at + len(word)
    before = ("…" if start else "") + text[start:at]
    return [
        (False, before),
        (True, text[at:end]),
        (False, text[end : end + 80] + ("…" if len(text) > end + 80 else "")),
    ]


@require_GET
@reader
def laws_export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Give the filtered list as a file."""
    _form, rows = _filtered(request, user_of(request))
    return tables.respond(form, f"法律法规库-{clock.today():%Y%m%d}", LAW_TITLES, (_cells(law) for law in rows))


def _cells(law: Law) -> list[str]:
    edition = _current(law)
    return [
        law.code,
        law.name,
        law.get_level_display(),
        law.document_number,
        law.issuer,
        edition.title if edition else "尚未施行",
        edition.effective_from.isoformat() if edition else "",
        law.repealed_on.isoformat() if law.repealed_on else "",
        law.successor.name if law.successor else "",
    ]


@require_http_methods(["GET", "POST"])
@officer
def law_new(request: HttpRequest) -> HttpResponse:
    """Enter a law: first the preview of how the text is split, then save."""
    user = user_of(request)
    posted = request.method == "POST"
    form = LawForm(request.POST if posted else None, initial={"name": request.GET.get("name", "")})
    found = None
    if posted and form.is_valid():
        found = split(form.cleaned_data["text"])
        if request.POST.get("act") == "save" and not found.problems:
            try:
                law = services.add_law(user, **form.law_values())
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, f"已录入{law}，共 {len(found.articles)} 条。")
                return redirect("planning:law", code=law.code)
    context: dict[str, Any] = {"form": form, "found": found, "title": "录入法律", "old": {}}
    return render(request, "planning/laws/law_form.html", context, status=400 if form.errors else 200)


@require_GET
@reader
def law(request: HttpRequest, code: str) -> HttpResponse:
    """Show a law: the text in force, its editions, what stands on it, who did what."""
    user = user_of(request)
    thing = selectors.law_for(user, code)
    today = clock.today()
    editions = list(selectors.editions_of(thing))
    current = next((edition for edition in editions if edition.effective_from <= today), None)
    wanted = request.GET.get("edition", "")
    shown = (
        selectors.edition_for(thing, int(wanted)) if wanted.isdecimal() and len(wanted) < 6 else current or editions[0]
    )
    query = request.GET.get("q", "").strip()
    articles = shown.articles.order_by("position")
    standing = list_selectors.standing_on(thing)
    book = item_selectors.law_book(standing)
    context: dict[str, Any] = {
        "law": thing,
        "repealed": thing.repealed(today),
        "editions": editions,
        "current": current,
        "shown": shown,
        "articles": articles.filter(text__icontains=query) if query else articles,
        "query": query,
        "compared": _compared(editions, shown) if request.GET.get("compare") else None,
        "planned": task_selectors.planned_on([row.item.code for row in standing], organs_below(thing.organ)),
        "standing": [
            (row, [one for one in book.judge_all(row.bases, today) if one.basis["law"] == code]) for row in standing
        ],
        "may_write": user.has_role(Role.REGULATIONS_OFFICER) and thing.organ_id == user.organ_id,
        "entries": [(entry, ledger.details_of(entry)) for entry in ledger.entries_on(thing.ledger_subject)],
        "tab": request.GET.get("tab", "") if request.GET.get("tab") in {"editions", "items", "log"} else "text",
    }
    return render(request, "planning/laws/law.html", context)


def _compared(editions: list[Edition], shown: Edition) -> list[tuple[str, list[differences.Part]]]:
    """Return the articles in which `shown` differs from the edition before it, word for word."""
    after = editions[editions.index(shown) + 1 :]
    if not after:
        return []
    old = {article.label: article.text for article in after[0].articles.all()}
    new = {article.label: article.text for article in shown.articles.all()}
    gone = [label for label in old if label not in new]
    changed = [label for label in new if new[label] != old.get(label, "")]
    return [(label, differences.compare(old.get(label, ""), new.get(label, ""))) for label in [*changed, *gone]]


@require_http_methods(["GET", "POST"])
@officer
def law_amend(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a further text of a law; the preview shows which articles differ."""
    user = user_of(request)
    thing = selectors.law_for(user, code)
    last = selectors.editions_of(thing)[0]
    old = {article.label: article.text for article in last.articles.all()}
    posted = request.method == "POST"
    form = EditionForm(request.POST if posted else None, initial={"text": _plain(last), "excerpt": last.excerpt})
    found = None
    if posted and form.is_valid():
        found = split(form.cleaned_data["text"])
        if request.POST.get("act") == "save" and not found.problems:
            try:
                services.amend_law(user, thing, form.edition())
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, f"已录入{thing}的新版本。引用它的事项已标为“待重新核对”。")
                return redirect("planning:law", code=code)
    context: dict[str, Any] = {"form": form, "found": found, "title": f"录入{thing}的新版本", "law": thing, "old": old}
    return render(request, "planning/laws/law_form.html", context, status=400 if form.errors else 200)


def _plain(edition: Edition) -> str:
    """Write an edition as it would be pasted."""
    written, chapter = [], ""
    for article in edition.articles.all():
        if article.chapter != chapter:
            chapter = article.chapter
            written.append(chapter)
        written.append(f"{article.label}　{article.text}")
    return "\n".join(written)


@require_http_methods(["GET", "POST"])
@officer
def law_repeal(request: HttpRequest, code: str) -> HttpResponse:
    """Record the end of a law, with everything that stands on it in sight."""
    user = user_of(request)
    thing = selectors.law_for(user, code)
    if thing.repealed_on is not None:
        messages.warning(request, "这部法律已经登记废止。")
        return redirect("planning:law", code=code)
    form = RepealForm(request.POST if request.method == "POST" else None, law=thing)
    if request.method == "POST" and form.is_valid():
        try:
            services.repeal_law(user, thing, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已登记{thing}废止。引用它的事项已标明，请相关科室更换依据或取消事项。")
            return redirect("planning:law", code=code)
    standing = list_selectors.standing_on(thing)
    planned = task_selectors.planned_on([row.item.code for row in standing], organs_below(thing.organ))
    context = {"form": form, "law": thing, "standing": standing, "planned": planned}
    return render(request, "planning/laws/law_repeal.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@officer
def missing(request: HttpRequest) -> HttpResponseBase:
    """Show the names that drafts cite and the library does not know; link one with a law."""
    user = user_of(request)
    form = LinkForm(request.POST if request.method == "POST" else None, organ=user.organ)
    if request.method == "POST":
        if form.is_valid():
            wanted: Any = form.laws[form.cleaned_data["law"]]
            try:
                count = services.link_title(user, form.cleaned_data["title"], wanted)
            except DomainError as error:
                messages.error(request, str(error))
            else:
                messages.success(request, f"已关联{wanted}，{count} 份草稿的依据随之补上。")
        else:
            messages.error(request, "没有关联：请先选择库中的法律。")
        return redirect("planning:missing")
    rows = item_selectors.missing_titles(user.organ)
    if asked := tables.asked_form(request):
        cells = ([title, str(count)] for title, count in rows)
        return tables.respond(asked, f"待关联的依据-{clock.today():%Y%m%d}", (("引用的名称", 60), ("草稿", 8)), cells)
    return render(
        request, "planning/laws/missing.html", {"page": page_of(request, rows), "laws": form.laws, "form": form}
    )


@require_GET
@reader
def article(request: HttpRequest, code: str, label: str) -> HttpResponse:
    """Show one article in all editions that have it, for whoever follows a citation."""
    thing = selectors.law_for(user_of(request), code)
    rows = Article.objects.filter(edition__law=thing, label=label).select_related("edition")
    today = clock.today()
    context = {
        "law": thing,
        "label": label,
        "rows": rows.order_by("-edition__effective_from", "-edition__number"),
        "repealed": thing.repealed(today),
        "today": today,
    }
    return render(request, "planning/laws/article.html", context)
