"""Writers of invitations: a witness is identified, gets a link for this draw only, contributes and signs on their own phone (A9.4)."""

import hashlib
import struct
import zlib
from secrets import token_urlsafe

from django.db import IntegrityError, transaction
from django.http import Http404

from mingqian.accounts.models import User
from mingqian.accounts.states import OFFICER_ROLES
from mingqian.common import clock, crypto
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.documents import services as documents
from mingqian.drawing import services
from mingqian.drawing.invite_models import WitnessInvite, WitnessSignature
from mingqian.drawing.models import Contribution, Draw
from mingqian.drawing.states import Credential, DrawState
from mingqian.ledger import services as ledger

#: Bytes of a signature's picture, and its sides in pixels.
MOST_BYTES, MOST_SIDE = 300_000, 2000
_PNG = b"\x89PNG\r\n\x1a\n"


def _refuse_unless_officer(user: User, draw: Draw) -> None:
    if not user.has_role(*OFFICER_ROLES) or user.organ_id != draw.organ_id:
        raise NotAllowedError("抽取监督人由本机关经办人核验身份并邀请。")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _given(draw: Draw, position: int) -> Contribution | None:
    return draw.contributions.filter(position=position).first()


@transaction.atomic
def invite(user: User, draw: Draw, *, position: int, credential: str) -> WitnessInvite:
    """Invite the witness at `position` after their identity was checked by a `credential`; one link that counts for each."""
    _refuse_unless_officer(user, draw)
    draw = Draw.objects.select_for_update().get(pk=draw.pk)
    witnesses = draw.plan["witnesses"]
    if draw.state != DrawState.SEALED or not 1 <= position <= len(witnesses):
        raise DomainError("献数已经截止，不能再邀请抽取监督人。")
    if _given(draw, position) is not None:
        raise DomainError("这位抽取监督人已经献数，不必再邀请。")
    if credential not in Credential.values:
        raise DomainError("请选择核验了哪一种证件。")
    token = token_urlsafe(24)
    row = WitnessInvite(draw=draw, position=position, witness=witnesses[position - 1], credential=credential)
    row.token_digest = _digest(token)
    row.token_box = crypto.encrypt(token, f"draw/witness/{draw.pk}/{position}")
    row.invited_by, row.invited_at = user, clock.now()
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError("已经给这位抽取监督人发过邀请；换手机或链接外泄的，请先收回再邀请。") from error
    details = {"position": position, "credential": credential}
    ledger.record(user.actor, "draw.invite", draw.ledger_subject, rows=[row], details=details)
    return row


@transaction.atomic
def revoke(user: User, invitation: WitnessInvite, *, why: str) -> WitnessInvite:
    """Take a link back before it was used."""
    _refuse_unless_officer(user, invitation.draw)
    if not why.strip():
        raise DomainError("请写明收回的原因。")
    invitation = WitnessInvite.objects.select_for_update(of=("self",)).select_related("draw").get(pk=invitation.pk)
    if invitation.revoked_why or _given(invitation.draw, invitation.position) is not None:
        raise DomainError("这份邀请已经使用或收回。")
    invitation.revoked_why = why.strip()[:200]
    invitation.save()
    details = {"position": invitation.position, "why": invitation.revoked_why}
    ledger.record(user.actor, "draw.revoke", invitation.draw.ledger_subject, rows=[invitation], details=details)
    return invitation


def token_of(invitation: WitnessInvite) -> str:
    """Return the token of the link, to show it again."""
    return crypto.decrypt(bytes(invitation.token_box), f"draw/witness/{invitation.draw_id}/{invitation.position}")


def invitation_for(token: str) -> WitnessInvite:
    """Return what a link leads to, or raise Http404 where nobody gave it out or it was taken back."""
    rows = WitnessInvite.objects.select_related("draw", "draw__organ")
    found = rows.filter(token_digest=_digest(token), revoked_why="").first()
    if found is None:
        raise Http404("这个链接无效或已被收回，请向现场经办人索取新的二维码。")
    return found


@transaction.atomic
def contribute_invited(invitation: WitnessInvite, *, digits: str) -> Contribution:
    """Take the digits from the witness's own phone; a link used again leads to the receipt and changes nothing."""
    held = WitnessInvite.objects.select_for_update(of=("self",)).select_related("draw").get(pk=invitation.pk)
    if held.revoked_why:
        raise DomainError("这个链接已被收回，请向现场经办人索取新的二维码。")
    if _given(held.draw, held.position) is not None:
        raise DomainError("您已经献数，不能更改。下面是您的回执。")
    by = f"witness/{held.witness}"[:200]
    return services.take_contribution(held.draw, position=held.position, digits=digits, entered_by=by)


def _size_of(content: bytes) -> tuple[int, int]:
    """Return width and height of a PNG, (0, 0) where it is none or damaged."""
    if not content.startswith(_PNG) or content[12:16] != b"IHDR" or not content.endswith(b"IEND\xaeB`\x82"):
        return 0, 0
    if zlib.crc32(content[12:29]) != struct.unpack(">I", content[29:33])[0]:
        return 0, 0
    width, height = struct.unpack(">II", content[16:24])
    return width, height


@transaction.atomic
def sign(invitation: WitnessInvite, *, image: bytes) -> WitnessSignature:
    """Keep how the witness signed, a PNG drawn on their phone, once the draw was opened (A9.4)."""
    draw = Draw.objects.select_for_update().get(pk=invitation.draw_id)
    if invitation.revoked_why or draw.state != DrawState.OPENED:
        raise DomainError("开签之后才能在抽取记录上签名。")
    width, height = _size_of(image)
    if not (0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE) or len(image) > MOST_BYTES:
        raise DomainError("签名没有收到，请在框内重新签名后提交。")
    by = f"witness/{invitation.witness}"[:200]
    row = WitnessSignature(draw=draw, position=invitation.position, witness=invitation.witness)
    row.image, row.signed_at = documents.store(by, image), clock.now()
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError("您已经签过名，不能更改。") from error
    ledger.record(
        by, "draw.sign", draw.ledger_subject, digest=row.image.digest, rows=[row], details={"position": row.position}
    )
    return row


@transaction.atomic
def note_opened(invitation: WitnessInvite) -> None:
    """Note that the link was opened for the first time, so that the room sees who is there."""
    held = WitnessInvite.objects.select_for_update(of=("self",)).select_related("draw").get(pk=invitation.pk)
    if held.opened_at is None:
        held.opened_at = clock.now()
        held.save()
        by = f"witness/{held.witness}"[:200]
        details = {"position": held.position}
        ledger.record(by, "draw.witness-here", held.draw.ledger_subject, rows=[held], details=details)
