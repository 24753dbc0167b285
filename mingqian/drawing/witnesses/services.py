"""Writers of invitations: a witness is identified, gets a link for one lot only, contributes and signs on their own phone (A9.4).

The lot is that of a draw, or of a supplement, which has witnesses of its own.
"""

import hashlib
import struct
import zlib
from secrets import token_urlsafe

from django.db import transaction

from mingqian.accounts.models import User
from mingqian.common import clock, crypto
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.common.rows import held, insert, row_or_404
from mingqian.documents.files import services as file_services
from mingqian.drawing.ceremony import services as ceremony
from mingqian.drawing.draw.selectors import refuse_stranger
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.lots import Lot
from mingqian.drawing.models.invitations import WitnessInvite, WitnessSignature
from mingqian.drawing.models.lots import Contribution
from mingqian.drawing.witnesses.states import Credential
from mingqian.ledger import services as ledger

#: Bytes of a signature's picture, and its sides in pixels.
MOST_BYTES, MOST_SIDE = 300_000, 2000
_PNG = b"\x89PNG\r\n\x1a\n"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _held(invitation: WitnessInvite) -> WitnessInvite:
    found = held(invitation, "draw", "supplement")
    if found.supplement is not None:
        found.supplement.draw = found.draw
    return found


@transaction.atomic
def invite(user: User, lot: Lot, *, position: int, credential: str) -> WitnessInvite:
    """Invite the witness at `position` after their identity was checked by a `credential`; one link that counts for each."""
    refuse_stranger(user, lot.draw)
    lot = lot.locked()
    witnesses = lot.witnesses
    if lot.thing.state != DrawState.SEALED or not 1 <= position <= len(witnesses):
        raise DomainError("献数已经截止，不能再邀请抽取监督人。")
    if lot.given(position) is not None:
        raise DomainError("这位抽取监督人已经献数，不必再邀请。")
    if credential not in Credential.values:
        raise DomainError("请选择核验了哪一种证件。")
    token = token_urlsafe(24)
    row = WitnessInvite(
        draw=lot.draw,
        supplement=lot.supplement,
        position=position,
        witness=witnesses[position - 1],
        credential=credential,
    )
    row.token_digest = _digest(token)
    row.token_box = crypto.encrypt(token, f"draw/witness/{lot.draw.pk}/{position}")
    row.invited_by, row.invited_at = user, clock.now()
    insert(row, "已经给这位抽取监督人发过邀请；换手机或链接外泄的，请先收回再邀请。")
    details = {"position": position, "credential": credential}
    ledger.record(user.actor, "draw.invite", lot.thing.ledger_subject, rows=[row], details=details)
    return row


@transaction.atomic
def revoke(user: User, invitation: WitnessInvite, *, why: str) -> WitnessInvite:
    """Take a link back before it was used up: until the signature, but never from who has committed and still has to open."""
    refuse_stranger(user, invitation.draw)
    if not why.strip():
        raise DomainError("请写明收回的原因。")
    invitation = _held(invitation)
    lot = Lot.invited(invitation).locked()
    given = lot.given(invitation.position)
    if given is not None and given.committed and not given.known:
        # Nobody else can open it; without the link an honest witness would stand there as one who withheld.
        raise DomainError(
            f"{invitation.witness}已经承诺、还没有公布，收回之后本人无法公布，现在不能收回。链接外泄的，没有那部手机也公布不了。"
        )
    if invitation.revoked_why or lot.signatures.filter(position=invitation.position).exists():
        raise DomainError("这份邀请已经收回，或者本人已经签名。")
    invitation.revoked_why = why.strip()[:200]
    invitation.save()
    details = {"position": invitation.position, "why": invitation.revoked_why}
    ledger.record(user.actor, "draw.revoke", lot.thing.ledger_subject, rows=[invitation], details=details)
    return invitation


def may_invite(user: User, lot: Lot) -> None:
    """Let only those see the links who may give them out."""
    refuse_stranger(user, lot.draw)


def token_of(invitation: WitnessInvite) -> str:
    """Return the token of the link, to show it again."""
    return crypto.decrypt(bytes(invitation.token_box), f"draw/witness/{invitation.draw_id}/{invitation.position}")


def invitation_for(token: str) -> WitnessInvite:
    """Return what a link leads to, or raise Http404 where nobody gave it out or it was taken back."""
    rows = WitnessInvite.objects.select_related("draw", "draw__organ", "supplement")
    found = row_or_404(
        rows.filter(token_digest=_digest(token), revoked_why=""),
        "这个链接无效或已被收回，请向现场经办人索取新的二维码。",
    )
    if found.supplement is not None:
        found.supplement.draw = found.draw
    return found


def _standing(invitation: WitnessInvite) -> tuple[WitnessInvite, Lot, str]:
    """Return a link that counts, its lot held, and how the ledger names who acts by it."""
    held = _held(invitation)
    if held.revoked_why:
        raise DomainError("这个链接已被收回，请向现场经办人索取新的二维码。")
    return held, Lot.invited(held).locked(), f"witness/{held.witness}"[:200]


@transaction.atomic
def commit_invited(invitation: WitnessInvite, *, commit: str) -> Contribution:
    """Take the commitment of the witness's own phone; the same one again changes nothing."""
    held, lot, by = _standing(invitation)
    given = lot.given(held.position)
    if given is not None and given.commit != commit:
        raise DomainError("您已经献数，不能更改。")
    return given or ceremony.commit(lot, position=held.position, commit=commit, entered_by=by)


@transaction.atomic
def reveal_invited(invitation: WitnessInvite, *, digits: str, nonce: str) -> Contribution:
    """Take the opening of it, after the close; after a void too, for all to see what would have come."""
    held, lot, by = _standing(invitation)
    return ceremony.reveal(lot, position=held.position, digits=digits, nonce=nonce, entered_by=by)


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
    """Keep how the witness signed, a PNG drawn on their phone, once the lot was opened (A9.4)."""
    lot = Lot.invited(invitation).locked()
    if invitation.revoked_why:
        raise DomainError("这个链接已被收回，请向现场经办人索取新的二维码。")
    return _signed(lot, invitation.position, image, f"witness/{invitation.witness}"[:200])


@transaction.atomic
def sign_here(user: User, lot: Lot, *, position: int, image: bytes) -> WitnessSignature:
    """Keep how a witness without a phone of their own signed on the screen of the room."""
    refuse_stranger(user, lot.draw)
    return _signed(lot.locked(), position, image, user.actor)


def _signed(lot: Lot, position: int, image: bytes, entered_by: str) -> WitnessSignature:
    if lot.thing.state != DrawState.OPENED:
        raise DomainError("开签之后才能在抽取记录上签名。")
    if lot.given(position) is None:
        raise DomainError("没有献数的人不能作为抽取监督人签名。")
    width, height = _size_of(image)
    if not (0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE) or len(image) > MOST_BYTES:
        raise DomainError("签名没有收到，请在框内重新签名后提交。")
    witness = lot.witnesses[position - 1]
    by = f"witness/{witness}"[:200]
    row = WitnessSignature(draw=lot.draw, supplement=lot.supplement, position=position, witness=witness)
    row.image, row.signed_at = file_services.store(by, image), clock.now()
    insert(row, "您已经签过名，不能更改。")
    subject, details = lot.thing.ledger_subject, {"position": position, "entered_by": entered_by}
    ledger.record(by, "draw.sign", subject, digest=row.image.digest, rows=[row], details=details)
    return row


#: What is said to a second device, and to an officer who tries the link.
ELSEWHERE = "这个链接已在另一部手机上打开过，只能在那部手机上使用。换手机的，请现场经办人收回后重新邀请。"


@transaction.atomic
def note_opened(invitation: WitnessInvite, device: str, by: str = "") -> str:
    """Bind the link to the device that opens it first, so that nobody else acts by it; return what that device keeps.

    `device` is what the device kept, "" at first; `by` who is signed in on it, for the log. Raise NotAllowedError on any other device.
    """
    held = _held(invitation)
    if held.opened_at is not None:
        if not device or _digest(device) != held.device_digest:
            raise NotAllowedError(ELSEWHERE)
        return device
    device = token_urlsafe(24)
    held.opened_at, held.device_digest = clock.now(), _digest(device)
    held.save()
    actor = f"witness/{held.witness}"[:200]
    details = {"position": held.position, **({"signed_in": by} if by else {})}
    ledger.record(actor, "draw.witness-here", Lot.invited(held).thing.ledger_subject, rows=[held], details=details)
    return device


def refuse_elsewhere(invitation: WitnessInvite, device: str) -> None:
    """Raise NotAllowedError where a request does not come from the device that opened the link first."""
    if not device or _digest(device) != invitation.device_digest:
        raise NotAllowedError(ELSEWHERE)
