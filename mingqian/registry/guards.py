"""What every writer of this room asks first, and how the ledger names what it writes."""

from collections.abc import Iterable

from mingqian.accounts.models import Organ, User
from mingqian.accounts.states import OFFICER_ROLES
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.documents.imports.states import Refusal
from mingqian.ledger.models import Recorded


def why_no_officer(user: User, organ: Organ) -> str:
    """Say why `user` does not write into the registries of `organ`."""
    officer = user.organ_id == organ.pk and user.has_role(*OFFICER_ROLES)
    return "" if officer else "只有本机关的经办人可以修改名录库。"


def check_officer(user: User, organ: Organ) -> None:
    """Raise NotAllowedError where `user` is no officer of `organ`."""
    if sentence := why_no_officer(user, organ):
        raise NotAllowedError(sentence)


def refuse(refusals: Iterable[Refusal]) -> None:
    """Raise DomainError with all sentences, where there are any."""
    texts = [refusal.text for refusal in refusals]
    if texts:
        raise DomainError("；".join(texts) + "。")


def key_of_subject(organ: Organ, number: str) -> str:
    """Return how the ledger names a subject."""
    return f"subject/{organ.code}/{number}"


def key_of_expert(organ: Organ, number: str) -> str:
    """Return how the ledger names an expert."""
    return f"expert/{organ.code}/{number}"


def key_of_part(kind: str, organ: Organ, row: Recorded) -> str:
    """Return how the ledger names an absence or an interest: by its key, so that the public log does not tell whose it is."""
    return f"{kind}/{organ.code}/{row.pk}"
