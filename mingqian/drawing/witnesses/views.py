"""Pages of invitations: the officer's list with QR codes, and what the witness sees on their own phone."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES
from mingqian.common.errors import DomainError
from mingqian.common.rows import row_or_404
from mingqian.documents.files.services import read
from mingqian.drawing.addresses import public_address, qr_svg
from mingqian.drawing.ceremony.selectors import close_of, lot_at, lot_for, signed_for
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.lots import Lot
from mingqian.drawing.models.invitations import WitnessInvite
from mingqian.drawing.witnesses import services
from mingqian.drawing.witnesses.states import Credential
from mingqian.ledger import selectors as ledger
from mingqian.pages import access
from mingqian.pages.submission import deed

SIGNED = "签名已收到，并写入记录。"


def _link(request: HttpRequest, invitation: WitnessInvite) -> str:
    path = reverse("drawing:phone", args=[services.token_of(invitation)])
    home = settings.MINGQIAN_PUBLIC_URL.rstrip("/")
    return home + path if home else request.build_absolute_uri(path)


@access.form(*OFFICER_ROLES)
@never_cache
def invites(request: HttpRequest, code: str, serial: int | None = None) -> HttpResponse:
    """Identify the witnesses, give each a link that works for this draw or supplement only, and see who is there."""
    user, lot = lot_at(request, code, serial, sealed=True)
    services.may_invite(user, lot)
    if request.method == "POST":
        return deed(request, lambda: _act(request, lot), done=lambda said: said, to=lot.page("invites"))
    context = {
        "draw": lot.draw,
        "lot": lot,
        "rows": _rows(request, lot),
        "credentials": Credential.choices,
        "live": lot.thing.state == DrawState.SEALED,
        "opened": lot.thing.state == DrawState.OPENED,
    }
    return render(request, "drawing/witnesses/invites.html", context)


def _rows(request: HttpRequest, lot: Lot) -> list[dict[str, Any]]:
    held = {row.position: row for row in lot.invites.filter(revoked_why="")}
    given = {row.position: row for row in lot.contributions}
    signed = set(lot.signatures.values_list("position", flat=True))
    rows = []
    for position, name in enumerate(lot.witnesses, 1):
        invitation = held.get(position)
        link = _link(request, invitation) if invitation and (position not in given or position not in signed) else ""
        rows.append(
            {
                "position": position,
                "name": name,
                "invite": invitation,
                "given": given.get(position),
                "signed": position in signed,
                "sign": lot.page("sign", position),
                "link": link,
                "qr": qr_svg(link) if link else "",
            }
        )
    return rows


def _act(request: HttpRequest, lot: Lot) -> str:
    """Invite a witness, or take an invitation back; return what was done."""
    user = user_of(request)
    text = request.POST.get("position", "")
    position = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if request.POST.get("act") == "revoke":
        found = lot.invites.filter(position=position, revoked_why="").first()
        if found is None:
            raise DomainError("这份邀请已经收回。")
        services.revoke(user, found, why=request.POST.get("why", ""))
        return "已收回，原来的链接不再有效。"
    made = services.invite(user, lot, position=position, credential=request.POST.get("credential", ""))
    return f"已邀请 {made.witness}，请本人扫码。"


def _phone_context(request: HttpRequest, invitation: WitnessInvite) -> dict[str, Any]:
    lot = Lot.invited(invitation)
    state, given = lot.thing.state, lot.given(invitation.position)
    return {
        "lot": lot,
        "state": state,
        "invite": invitation,
        "given": given,
        "on_device": state != DrawState.OPENED and (given is None or given.committed),
        "voided": state == DrawState.VOIDED,
        "opened": state == DrawState.OPENED,
        "signed": lot.signatures.filter(position=invitation.position).first(),
        "outcome": signed_for(lot) if state == DrawState.OPENED else [],
        "log_key": str(ledger.log_key()),
        "public_url": public_address(request, lot.draw),
    }


@require_GET
@access.public
@never_cache
def phone(request: HttpRequest, token: str) -> HttpResponse:
    """What a witness sees on their phone: commit, wait, open, sign. The link says who they are."""
    invitation = services.invitation_for(token)
    signed_in = request.user.get_username() if request.user.is_authenticated else ""
    device = services.note_opened(invitation, request.COOKIES.get(_cookie(invitation), ""), signed_in)
    context = {**_phone_context(request, invitation), "token": token}
    response = render(request, "drawing/witnesses/phone.html", context)
    response.set_cookie(
        _cookie(invitation),
        device,
        max_age=_KEPT,
        path=reverse("drawing:phone", args=[token]),
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


#: Seconds for which a device keeps that a link is its own: until the record is signed.
_KEPT = 30 * 24 * 3600


def _cookie(invitation: WitnessInvite) -> str:
    return f"mingqian-witness-{invitation.pk}"


@require_GET
@access.public
@never_cache
def phone_state(request: HttpRequest, token: str) -> JsonResponse:
    """Tell the phone how far the lot is: after the close, with its file and the proof that it is on the log, before anything is opened."""
    lot, invitation = _invited(request, token)
    given = lot.given(invitation.position)
    told = {
        "state": lot.thing.state,
        "commit": given.commit if given else "",
        "spoken": bool(given and not given.committed),
        "opened": bool(given and given.nonce),
        **close_of(lot),
    }
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


def _invited(request: HttpRequest, token: str) -> tuple[Lot, WitnessInvite]:
    invitation = services.invitation_for(token)
    services.refuse_elsewhere(invitation, request.COOKIES.get(_cookie(invitation), ""))
    return Lot.invited(invitation), invitation


def _answered(act: Callable[[], object]) -> JsonResponse:
    """Answer what the phone handed over: done, or the "no" in words."""
    try:
        act()
    except DomainError as error:
        return JsonResponse({"error": str(error)}, status=409, json_dumps_params={"ensure_ascii": False})
    return JsonResponse({"ok": True})


@require_POST
@access.public
def phone_commit(request: HttpRequest, token: str) -> JsonResponse:
    """Take the commitment of the phone."""
    _lot, invitation = _invited(request, token)
    return _answered(lambda: services.commit_invited(invitation, commit=request.POST.get("commit", "")))


@require_POST
@access.public
def phone_open(request: HttpRequest, token: str) -> JsonResponse:
    """Take the opening of the commitment."""
    _lot, invitation = _invited(request, token)
    digits, nonce = request.POST.get("digits", ""), request.POST.get("nonce", "")
    return _answered(lambda: services.reveal_invited(invitation, digits=digits, nonce=nonce))


def _picture(request: HttpRequest) -> bytes:
    """Return the picture that a signing box sent, b"" where it sent none."""
    head, _comma, body = request.POST.get("image", "").partition(",")
    try:
        return base64.b64decode(body, validate=True) if head == "data:image/png;base64" else b""
    except binascii.Error:
        return b""


@access.form(*OFFICER_ROLES)
@never_cache
def sign_here(request: HttpRequest, code: str, position: int, serial: int | None = None) -> HttpResponse:
    """Let a witness who has no phone sign on the screen of the room."""
    user, lot = lot_at(request, code, serial, sealed=True)
    services.may_invite(user, lot)
    if not 1 <= position <= len(lot.witnesses):
        raise Http404("没有这位抽取监督人。")
    if request.method == "POST":
        image = _picture(request)
        return deed(
            request,
            lambda: services.sign_here(user, lot, position=position, image=image),
            done=SIGNED,
            to=lot.page("invites"),
            back=request.path,
        )
    context = {
        "draw": lot.draw,
        "lot": lot,
        "position": position,
        "name": lot.witnesses[position - 1],
        "given": lot.given(position),
        "signed": lot.signatures.filter(position=position).first(),
        "opened": lot.thing.state == DrawState.OPENED,
        "back": lot.page("invites"),
    }
    return render(request, "drawing/witnesses/sign.html", context)


@require_POST
@access.public
def phone_sign(request: HttpRequest, token: str) -> HttpResponse:
    """Take the signature that was drawn on the phone."""
    _lot, invitation = _invited(request, token)
    image, to = _picture(request), reverse("drawing:phone", args=[token])
    return deed(request, lambda: services.sign(invitation, image=image), done=SIGNED, to=to)


@access.page(*OFFICER_ROLES)
def signature(request: HttpRequest, code: str, position: int, serial: int | None = None) -> HttpResponse:
    """Show how a witness signed."""
    lot = lot_for(user_of(request), code, serial)
    found = row_or_404(lot.signatures.select_related("image").filter(position=position), "这位抽取监督人还没有签名。")
    response = HttpResponse(read(found.image), content_type="image/png")
    response["X-Content-Type-Options"] = "nosniff"
    return response
