"""Asking outside parties in the background."""

import urllib.error
import urllib.request
from datetime import timedelta

from django.db.models import Max
from django_tasks import task

from mingqian.common import clock
from mingqian.ledger.cosigning.intake import keep
from mingqian.ledger.cosigning.selectors import next_checkpoint, request_for
from mingqian.ledger.models.log import Cosigner
from mingqian.ledger.selectors import cosigners, size

_SECONDS = 10
_MOST = 100_000
#: Steps that one party is asked for in a run.
_AT_ONCE = 50

#: Minutes until whoever could not be reached is asked again; then a signature on a step would come too late to prove it.
_AGAIN = (1, 2, 5, 10, 20)


class _ConflictError(Exception):
    """The party has seen another size last."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


def _post(cosigner: Cosigner, body: str) -> str:
    """Return the lines that a party answers with; raise OSError where it cannot be reached or refuses, _ConflictError for 409."""
    address = f"{cosigner.address.rstrip('/')}/add-checkpoint"
    request = urllib.request.Request(address, body.encode(), {"Content-Type": "text/plain; charset=utf-8"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310  http(s), looked at when registered
            return str(answer.read(_MOST).decode())
    except urllib.error.HTTPError as error:
        with error:
            told = error.read(100).decode(errors="replace").strip()
        if error.code == 409 and told.isascii() and told.isdigit():
            raise _ConflictError(int(told)) from error
        raise OSError(f"见证方没有签名（{error.code}）：{told}") from error


def ask(cosigner: Cosigner) -> int:
    """Ask a party for everything that it has not signed yet; return how many signatures came. What went wrong is noted with the party."""
    seen = cosigner.signatures.aggregate(last=Max("size"))["last"] or 0
    came, trouble = 0, ""
    try:
        for _ in range(_AT_ONCE):
            checkpoint = next_checkpoint(seen)
            asked = request_for(seen) if checkpoint is not None else None
            if checkpoint is None or asked is None:
                break
            try:
                keep(checkpoint.note + _post(cosigner, asked[1]))
            except _ConflictError as conflict:
                if conflict.size == seen:
                    raise OSError("见证方认为留痕有两份历史，没有签名") from conflict
                seen = conflict.size
                if seen > size():
                    raise OSError(f"见证方见证过 {seen} 条，本平台只有 {size()} 条：留痕被回退过") from conflict
                continue
            came, seen = came + 1, checkpoint.size
    except (OSError, ValueError) as error:
        trouble = str(error)[:200] or "没有回应"
    Cosigner.objects.filter(pk=cosigner.pk).update(trouble=trouble, troubled_at=clock.now() if trouble else None)
    return came


@task()
def ask_cosigners(attempt: int = 0) -> None:
    """Ask everybody who has an address; who cannot be reached is asked again some times."""
    for one in cosigners().exclude(address=""):
        ask(one)
    if attempt < len(_AGAIN) and cosigners().exclude(trouble="").exists():
        later = clock.now() + timedelta(minutes=_AGAIN[attempt])
        ask_cosigners.using(run_after=later).enqueue(attempt + 1)


def ask_soon() -> None:
    """Have them asked, where there is anybody with an address."""
    if cosigners().exclude(address="").exists():
        ask_cosigners.enqueue()
