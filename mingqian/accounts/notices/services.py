"""The only writers of notices and of where they are sent."""

from collections.abc import Iterable
from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from mingqian.accounts.models.notices import MailAddress, Notice
from mingqian.accounts.models.users import User
from mingqian.accounts.notices import tasks
from mingqian.common import clock, crypto
from mingqian.common.errors import DomainError
from mingqian.ledger import services as ledger


def tell(users: Iterable[User], *, title: str, detail: str, path: str) -> list[Notice]:
    """Tell each of `users` once, inside the caller's transaction; mail follows when it is committed."""
    people = {user.pk: user for user in users if user.is_active}
    rows = [
        Notice(user=user, title=title[:120], detail=detail[:400], path=path, at=clock.now()) for user in people.values()
    ]
    made = Notice.objects.bulk_create(rows)
    if settings.MINGQIAN_MAIL:
        wanted = set(MailAddress.objects.filter(user__in=people).values_list("user_id", flat=True))
        for row in made:
            if row.user_id in wanted:
                transaction.on_commit(partial(tasks.mail_notice.enqueue, row.pk))
    return made


def mark_seen(user: User, pk: int | None = None) -> int:
    """Note that the user has seen one notice, or all of them; return how many."""
    rows = Notice.objects.filter(user=user, seen_at__isnull=True)
    if pk is not None:
        rows = rows.filter(pk=pk)
    return rows.update(seen_at=clock.now())


@transaction.atomic
def set_address(user: User, address: str) -> MailAddress | None:
    """Keep where `user` wants mail; an empty address ends it."""
    address = address.strip()
    if address:
        try:
            validate_email(address)
        except ValidationError as error:
            raise DomainError("邮箱地址不正确，请写成 name@example.cn 的样子。") from error
    row = MailAddress.objects.select_for_update(no_key=True).filter(user=user).first()
    if not address and row is None:
        return None
    if row is None:
        row = MailAddress(user=user)
    # An address that was taken back leaves an empty box: the row stays, for the ledger knows it.
    row.box = crypto.encrypt(address, f"accounts/mail/{user.pk}") if address else b""
    row.save()
    ledger.record(user.actor, "user.mail", f"user/{user.username}", rows=[row], details={"on": bool(address)})
    return row if address else None
