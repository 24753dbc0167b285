"""The public side: draws with their time line and result, the files, the check, the log. Nobody signs in here."""

import functools
import hashlib
from itertools import islice
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from mingqian.common import clock
from mingqian.common.text import clean_code, has_han
from mingqian.drawing.bundle import selectors as bundle_selectors
from mingqian.drawing.ceremony.selectors import lot_of
from mingqian.drawing.current import selectors as current_selectors
from mingqian.drawing.draw import selectors as draw_selectors
from mingqian.drawing.joint import selectors as joint_selectors
from mingqian.drawing.media import selectors as media_selectors
from mingqian.drawing.models import Draw
from mingqian.ledger import selectors as ledger
from mingqian.ledger.cosigning.selectors import parties
from mingqian.ledger.models import Entry
from mingqian.ledger.tree import selectors as tree_selectors
from mingqian.pages import access
from mingqian.pages.paging import page_of
from mingqian.planning.experts.selectors import experts_on
from mingqian.planning.plans.selectors import inspected_for
from mingqian.planning.tasks.selectors import status_label
from mingqian.registry.people import selectors as people_selectors
from mingqian.verifier import selectors as verifier

#: Acts that the public reads in full.
PUBLIC_VERBS = ("draw.", "item-list.publish", "plan.publish")

#: A name is looked up from so many characters on, and so many are offered.
LEAST_OF_A_NAME = 2
MOST_NAMES = 20


def _download(content: bytes, name: str, media_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_GET
@access.public
def home(request: HttpRequest) -> HttpResponse:
    """Show the newest draws and how to check one."""
    rows = draw_selectors.public_draws()
    context = {
        "draws": rows[:8],
        "total": rows.count(),
        "opened": rows.filter(state="opened").count(),
        "voided": rows.filter(state="voided").count(),
        "log_size": ledger.size(),
    }
    return render(request, "disclosure/home.html", context)


@require_GET
@access.public
def draws(request: HttpRequest) -> HttpResponse:
    """List every sealed draw, also the void ones, for ever."""
    rows = draw_selectors.public_draws()
    query = request.GET.get("q", "").strip()
    scope = request.GET.get("scope", "")
    if query:
        rows = (
            rows.filter(title__icontains=query)
            | rows.filter(draw_id__icontains=query)
            | rows.filter(task__number__icontains=query)
        )
    if scope:
        rows = rows.filter(scope=scope)
    return render(request, "disclosure/draws.html", {"page": page_of(request, rows), "query": query, "scope": scope})


@require_GET
@access.public
def draw(request: HttpRequest, code: str) -> HttpResponse:
    """Show one draw: time line, rules in plain words, result, files, the other seals of its scope."""
    thing = draw_selectors.public_draw(code)
    context = {
        "draw": thing,
        "seal": bundle_selectors.seal_of(thing),
        "census": [(status_label(status), count) for status, count in thing.plan.get("statuses", {}).items()],
        "lot": (lot := lot_of(thing)),
        "withheld": [row.witness for row in lot.unopened] if thing.voided_at and thing.closed_at else [],
        "previous": thing.attempt - 1,
        "void": bundle_selectors.void_of(thing),
        # With secret, digits and seal anybody computes the list: it comes out with the list, or with a void.
        "secret": bundle_selectors.secret_of(thing) if thing.is_public or thing.state == "voided" else "",
        "strata": current_selectors.with_joint(
            current_selectors.standing(thing), joint_selectors.joint_marks(thing, public=True)
        )
        if thing.is_public
        else [],
        "changes": current_selectors.public_changes(thing),
        "along": experts_on(thing.task) if thing.is_public else [],
        "others": draw_selectors.other_seals(thing),
        # Faces are personal data: how many there are and their digests, so that a later swap would show (A9.4, A20.1).
        "gallery": media_selectors.gallery_of(thing),
        "anchors": bundle_selectors.entries_of(thing),
    }
    return render(request, "disclosure/draw.html", context)


def _public(code: str) -> Draw:
    """Return a draw whose tables are public, or raise Http404 saying when they will be."""
    thing = draw_selectors.public_draw(code)
    if not thing.is_public:
        raise Http404("名单还没有公布。现在可以查看的是封存文件和数字指纹；名单公布之后才能下载和逐行核验。")
    return thing


@require_GET
@access.public
def seal_json(_request: HttpRequest, code: str) -> HttpResponse:
    """Hand out the seal, public from the first moment."""
    thing = draw_selectors.public_draw(code)
    return _download(bytes(thing.seal_json), "seal.json", "application/json")


@require_GET
@access.public
def ledger_json(_request: HttpRequest, code: str) -> HttpResponse:
    """Hand out the proofs that the draw's steps are on the log; they hold digests only."""
    return _download(bundle_selectors.ledger_json(draw_selectors.public_draw(code)), "ledger.json", "application/json")


@require_GET
@access.public
def bundle(_request: HttpRequest, code: str) -> HttpResponse:
    """Hand out all files of the draw."""
    thing = _public(code)
    return _download(bundle_selectors.bundle_zip(thing), f"{thing.code}.zip", "application/zip")


@require_GET
@access.public
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Let the visitor's browser recompute everything."""
    thing = _public(code)
    # A code or a name: what is typed goes to the page as it is, which tells one from the other.
    context = {
        "draw": thing,
        "log_key": str(ledger.log_key()),
        "subject": request.GET.get("subject", "")[:80],
        "names": _shown_names(thing),
        "inspected": inspected_for(thing.task.revision) if thing.task else [],
    }
    return render(request, "disclosure/check.html", context)


def _shown_names(thing: Draw) -> dict[str, str]:
    """Return the names that the result list shows, by code: whoever was drawn or is there now, and who inspects them."""
    if thing.result_json is None:
        return {}
    drawn = {row["subject"]: row["team"] for row in bundle_selectors.result_of(thing)["assignments"]}
    shown = {
        code
        for teams in (drawn, bundle_selectors.teams_of(thing))
        for one, team in teams.items()
        for code in (one, *team)
    }
    return {code: name for code, (name, _detail) in bundle_selectors.names_of(thing).items() if code in shown}


@require_GET
@access.public
def names(request: HttpRequest, code: str) -> JsonResponse:
    """Say which subjects of a draw have a name with this text in it, at most twenty, so that nobody needs a code to look oneself up."""
    thing, text = _public(code), request.GET.get("q", "").strip()
    if len(text) < LEAST_OF_A_NAME:
        return JsonResponse({"names": {}})
    people = {
        row.split("\t", 1)[0] for row in bundle_selectors.bundle_files(thing)["inspectors.tsv"].decode().splitlines()
    }
    found = (
        (number, name)
        for number, (name, _district) in bundle_selectors.names_of(thing).items()
        if text in name and number not in people
    )
    return JsonResponse({"names": dict(islice(found, MOST_NAMES))})


@require_GET
@access.public
def subject(request: HttpRequest, code: str) -> HttpResponse:
    """Take a company's credit code or name to the check, with its own row looked up."""
    thing = _public(code)
    typed = request.GET.get("number", "").strip()[:80]
    asked = typed if has_han(typed) else clean_code(typed)
    return redirect(
        reverse("disclosure:check", args=[thing.code]) + (f"?{urlencode({'subject': asked})}" if asked else "")
    )


@require_GET
@access.public
def inspectors(request: HttpRequest) -> HttpResponse:
    """List an organ's inspectors with the fields that article 7 names, and no others (A7.1).

    Only those are inspectors in its words who are on the establishment, in an enforcement post, and hold a certificate valid today; the
    others are left out. Absences, interests, division and account are nobody's business here.
    """
    today = clock.today()
    organs = people_selectors.public_organs(today)
    organ = next((o for o in organs if o.code == request.GET.get("organ")), organs[0] if organs else None)
    query = request.GET.get("q", "").strip()
    rows = people_selectors.public_inspectors(organ, today, query) if organ else []
    context = {"organs": organs, "organ": organ, "query": query, "page": page_of(request, rows), "today": today}
    return render(request, "disclosure/inspectors.html", context)


@require_GET
@access.public
def log(request: HttpRequest) -> HttpResponse:
    """Show the public log's key, its latest checkpoint and its newest entries."""
    context = {
        "size": ledger.size(),
        "key": str(ledger.log_key()),
        "checkpoint": ledger.latest_checkpoint(),
        "entries": ledger.newest(30, "draw."),
        "parties": parties(in_use=True),
    }
    return render(request, "disclosure/log.html", context)


@require_GET
@access.public
def log_key(_request: HttpRequest) -> HttpResponse:
    """Hand out the log's public key as C2SP writes it."""
    return HttpResponse(f"{ledger.log_key()}\n", content_type="text/plain; charset=utf-8")


@require_GET
@access.public
def checkpoint(_request: HttpRequest) -> HttpResponse:
    """Hand out the latest signed checkpoint."""
    latest = ledger.latest_checkpoint()
    if latest is None:
        raise Http404("还没有留痕，所以没有检查点。")
    return HttpResponse(latest.note, content_type="text/plain; charset=utf-8")


@require_GET
@access.public
def entry_proof(_request: HttpRequest, index: int) -> JsonResponse:
    """Hand out an entry's leaf with its inclusion proof under the latest checkpoint.

    What was done to a draw, and the publication of a list, is told in full; of other acts only the leaf's hash is for the public.
    """
    latest = ledger.latest_checkpoint()
    entry = Entry.objects.filter(index=index).first()
    if entry is None or latest is None:
        raise Http404("没有这一条留痕。")
    proof = {
        "index": index,
        "leaf": tree_selectors.leaf_hash(entry.leaf()).hex(),
        "checkpoint": latest.note,
        "inclusion": ledger.inclusion(index, latest.size),
    }
    if entry.verb.startswith(PUBLIC_VERBS):
        proof["entry"] = entry.body()
    return JsonResponse(proof, json_dumps_params={"ensure_ascii": False})


@require_GET
@access.public
def consistency(_request: HttpRequest, old: int, new: int) -> JsonResponse:
    """Hand out the proof that the log of `new` entries begins with that of `old`."""
    if not 0 < old <= new <= ledger.size():
        raise Http404("两个检查点的条数不对：前一个要大于 0 且不超过后一个，后一个不超过现在的条数。")
    return JsonResponse({"old": old, "new": new, "consistency": ledger.consistency(old, new)})


@functools.cache
def _verify_pyz() -> bytes:
    return draw_selectors.verifier_archive()


@require_GET
@access.public
def tools(request: HttpRequest) -> HttpResponse:
    """Offer what one needs to check a draw without this platform, each with its digest."""
    files = [
        (
            "verify.html",
            "disclosure:verify-html",
            "网页核验工具：下载后断网打开，把抽取文件拖进去即可核验。",
            verifier.verify_page(),
        ),
        (
            "witness.html",
            "disclosure:witness-html",
            "监督人承诺页：手机连不上本网站时，监督人用它在自己的设备上生成承诺；事先下载、核对，不联网。",
            verifier.witness_page(),
        ),
        (
            "mingqian_draw.pyz",
            "disclosure:verify-pyz",
            "命令行核验工具：需要 Python 3.11 以上，不联网。",
            _verify_pyz(),
        ),
    ]
    rows = [
        (name, reverse(url), text, len(content), hashlib.sha256(content).hexdigest())
        for name, url, text, content in files
    ]
    return render(request, "disclosure/tools.html", {"files": rows, "key": str(ledger.log_key())})


@require_GET
@access.public
def verify_html(_request: HttpRequest) -> HttpResponse:
    """Hand out the page that checks a bundle offline."""
    return _download(verifier.verify_page(), "verify.html", "text/html; charset=utf-8")


@require_GET
@access.public
def witness_html(_request: HttpRequest) -> HttpResponse:
    """Hand out the page that makes a witness's own device one without network."""
    return _download(verifier.witness_page(), "witness.html", "text/html; charset=utf-8")


@require_GET
@access.public
def verify_pyz(_request: HttpRequest) -> HttpResponse:
    """Hand out the command-line verifier in one file."""
    return _download(_verify_pyz(), "mingqian_draw.pyz", "application/zip")
