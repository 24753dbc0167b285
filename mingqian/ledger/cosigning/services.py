"""Registering outside parties, taking their signatures, having them asked."""

from urllib.parse import urlsplit

from django.db import transaction

from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.common.rows import insert
from mingqian.ledger import notes
from mingqian.ledger.cosigning.intake import keep
from mingqian.ledger.cosigning.tasks import ask_cosigners
from mingqian.ledger.models.log import Cosignature, Cosigner
from mingqian.ledger.selectors import MOST_COSIGNERS, cosigners
from mingqian.ledger.services import record


@transaction.atomic
def register(actor: str, *, name: str, key: str, address: str) -> Cosigner:
    """Put an outside party on record; raise DomainError where the key is none of a cosigner, or is there."""
    try:
        read = notes.read_cosigner_key(key)
    except ValueError as error:
        message = "这不是见证方的公钥。请粘贴见证方运行 mingqian_witness keys 后显示的一整行。"
        raise DomainError(message, field="key") from error
    if read.public == notes.own_key().public:
        raise DomainError("这是本平台自己的密钥，不能作为外部见证。", field="key")
    if cosigners().count() >= MOST_COSIGNERS:
        raise DomainError(f"最多登记 {MOST_COSIGNERS} 个在用的见证方。")
    if address and urlsplit(address).scheme not in {"http", "https"}:
        raise DomainError("地址应当以 https:// 开头。", field="address")
    row = Cosigner(
        name=name,
        key=key.strip(),
        public=read.public.hex(),
        address=address,
        registered_by=actor,
        registered_at=clock.now(),
    )
    insert(row, "这把公钥已经登记过。停用的密钥不再启用，请见证方换一把新的。")
    record(actor, "cosigner.add", f"cosigner/{row.pk}", rows=[row], details={"name": name, "key": row.key})
    return row


@transaction.atomic
def end(actor: str, cosigner: Cosigner, why: str) -> Cosigner:
    """Count an outside party no longer; what it signed stays. Raise DomainError where that was done before."""
    row = Cosigner.objects.select_for_update().get(pk=cosigner.pk)
    if row.ended_at is not None:
        raise DomainError("这个见证方已经停用。")
    row.ended_by, row.ended_at, row.ended_why = actor, clock.now(), why
    row.save()
    record(actor, "cosigner.end", f"cosigner/{row.pk}", rows=[row], details={"why": why})
    return row


@transaction.atomic
def take(note: str) -> list[Cosignature]:
    """Keep the signatures on a checkpoint, and return them; raise DomainError as `intake.keep` does."""
    return keep(note)


def ask_everybody() -> None:
    """Have every party that has an address asked, in the background."""
    ask_cosigners.enqueue()
