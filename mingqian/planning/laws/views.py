"""Pages of the law library: list and search, a law with its editions, new texts, repeals, names to be linked."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.selectors import organs_below, user_of
from mingqian.accounts.states import READER_ROLES, Role
from mingqian.casework.register import differences
from mingqian.casework.thing import timeline_of
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.common.text import clean
from mingqian.pages import access
from mingqian.pages.submission import deed, submit
from mingqian.planning.items import selectors as item_selectors
from mingqian.planning.items.selectors import standing_on
from mingqian.planning.laws import selectors, services
from mingqian.planning.laws.articles import split
from mingqian.planning.laws.forms import EditionForm, LawForm, LinkForm, RepealForm
from mingqian.planning.laws.listing import LAW_LIST, MISSING
from mingqian.planning.laws.selectors import law_book
from mingqian.planning.models.laws import Article, Edition, Law
from mingqian.planning.tasks import selectors as task_selectors

officer = access.roles(Role.REGULATIONS_OFFICER)
reader = access.roles(*READER_ROLES)


def _page(law: Law) -> str:
    return reverse("planning:law", args=[law.code])


@require_GET
@reader
def laws(request: HttpRequest) -> HttpResponseBase:
    """List the laws; the same words are looked for in the articles."""
    user = user_of(request)
    query = clean(request.GET.get("q", ""))[:100]
    articles = selectors.articles_with(selectors.laws_visible_to(user), query)[:30] if query else []
    return LAW_LIST.respond(
        request,
        articles=[(article, _excerpt(article.text, query)) for article in articles],
        query=query,
        may_write=user.has_role(Role.REGULATIONS_OFFICER),
        missing=len(item_selectors.missing_titles(user.organ)),
    )


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


def _entered(request: HttpRequest, form_of: Any, save: Any, *, to: Any, done: Any, **more: Any) -> HttpResponse:
    """Answer the page on which a text is entered: `act=more` shows how it is split, `act=save` saves it as it was split."""

    def act(form: EditionForm) -> Any:
        if split(form.cleaned_data["text"]).problems:
            raise DomainError("拆分的条文还有问题，改正后才能保存。")
        return save(form)

    def context(form: EditionForm) -> dict[str, Any]:
        text = form.cleaned_data.get("text") if request.method == "POST" and not form.errors.get("text") else ""
        return {"found": split(text) if text else None, "old": {}, **more}

    return submit(request, form_of, act, template="planning/laws/law_form.html", to=to, done=done, context=context)


@require_http_methods(["GET", "POST"])
@officer
def law_new(request: HttpRequest) -> HttpResponse:
    """Enter a law: first the preview of how the text is split, then save."""
    user = user_of(request)
    return _entered(
        request,
        lambda data: LawForm(data, initial={"name": request.GET.get("name", "")}),
        lambda form: services.add_law(user, **form.law_values()),
        to=_page,
        done=lambda law: f"已录入{law}，共 {law.editions.get().articles.count()} 条。",
        title="录入法律",
    )


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
    asked = wanted.isdecimal() and len(wanted) < 6
    shown = selectors.edition_for(thing, int(wanted)) if asked else current or editions[0]
    tab = request.GET.get("tab", "")
    query = request.GET.get("q", "").strip()
    articles = shown.articles.order_by("position")
    context: dict[str, Any] = {
        "law": thing,
        "repealed": thing.repealed(today),
        "editions": editions,
        "current": current,
        "shown": shown,
        "articles": articles.filter(text__icontains=query) if query else articles,
        "query": query,
        "compared": _compared(editions, shown) if request.GET.get("compare") else None,
        **_resting_on(thing),
        "may_write": user.has_role(Role.REGULATIONS_OFFICER) and thing.organ_id == user.organ_id,
        "entries": timeline_of(thing.ledger_subject),
        "tab": tab if tab in {"editions", "items", "log"} else "text",
    }
    return render(request, "planning/laws/law.html", context)


def _resting_on(law: Law) -> dict[str, Any]:
    """Return the items that cite a law, each with how those citations stand, and what of plans stands on these items."""
    rows, today = standing_on(law), clock.today()
    book = law_book(rows)
    return {
        "standing": [
            (row, [one for one in book.judge_all(row.bases, today) if one.basis["law"] == law.code]) for row in rows
        ],
        "planned": task_selectors.planned_on([row.code for row in rows], organs_below(law.organ)),
    }


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
    return _entered(
        request,
        lambda data: EditionForm(data, initial={"text": _plain(last), "excerpt": last.excerpt}),
        lambda form: services.amend_law(user, thing, form.edition()),
        to=lambda _made: _page(thing),
        done=lambda _made: f"已录入{thing}的新版本。引用它的事项已标为“待重新核对”。",
        title=f"录入{thing}的新版本",
        law=thing,
        old=old,
    )


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
    standing = standing_on(thing)
    planned = task_selectors.planned_on([row.code for row in standing], organs_below(thing.organ))
    return submit(
        request,
        lambda data: RepealForm(data, law=thing),
        lambda form: services.repeal_law(user, thing, **form.cleaned_data),
        template="planning/laws/law_repeal.html",
        to=_page(thing),
        done=f"已登记{thing}废止。引用它的事项已标明，请相关科室更换依据或取消事项。",
        context={"law": thing, "standing": standing, "planned": planned},
    )


@require_http_methods(["GET", "POST"])
@officer
def missing(request: HttpRequest) -> HttpResponseBase:
    """Show the names that drafts cite and the library does not know; link one with a law."""
    user = user_of(request)
    form = LinkForm(request.POST if request.method == "POST" else None, organ=user.organ)
    if request.method != "POST":
        return MISSING.respond(request, laws=form.laws)

    def link() -> tuple[Law, int]:
        if not form.is_valid():
            raise DomainError("没有关联：请先选择库中的法律。")
        wanted = form.laws[form.cleaned_data["law"]]
        return wanted, services.link_title(user, form.cleaned_data["title"], wanted)

    return deed(
        request,
        link,
        done=lambda made: f"已关联{made[0]}，{made[1]} 份草稿的依据随之补上。",
        to=reverse("planning:missing"),
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
