"""The only writers of what was typed and not sent: kept by user and address, encrypted, forgotten when it is sent or old."""

from datetime import timedelta

from django.db import transaction
from django.http import QueryDict

from mingqian.accounts.models import User
from mingqian.casework.models.drafts import FormDraft
from mingqian.common import clock, crypto
from mingqian.pages.submission import Kept

#: Days after which what nobody came back to is forgotten.
KEPT_DAYS = 30
#: Forms a user may leave open; the oldest goes.
MOST = 40
#: Characters of a form's body, all fields together.
LONGEST = 200_000


class Drafts:
    """The store that `pages.submission` keeps typed forms in."""

    def load(self, user_id: int, path: str) -> Kept | None:
        """Return what is kept of a user's form, None where nothing is."""
        row = FormDraft.objects.filter(user=user_id, path=path).first()
        if row is None or row.at < clock.now() - timedelta(days=KEPT_DAYS):
            return None
        return Kept(QueryDict(crypto.decrypt(bytes(row.box), row.context())), row.at)

    @transaction.atomic
    def save(self, user_id: int, path: str, body: str) -> None:
        """Keep a form over what was kept before; one that is too long, or of nobody, is left."""
        if len(body) > LONGEST or len(path) > 300 or not User.objects.filter(pk=user_id, is_active=True).exists():
            return
        forget_old()
        row = FormDraft(user_id=user_id, path=path)
        box = crypto.encrypt(body, row.context())
        FormDraft.objects.update_or_create(user_id=user_id, path=path, defaults={"box": box, "at": clock.now()})
        old = FormDraft.objects.filter(user=user_id).order_by("-at", "-pk").values_list("pk", flat=True)[MOST:]
        FormDraft.objects.filter(pk__in=list(old)).delete()

    def drop(self, user_id: int, path: str) -> None:
        """Forget a form."""
        FormDraft.objects.filter(user=user_id, path=path).delete()


def forget_old() -> int:
    """Delete what nobody came back to, whosever it is; return how many there were. Every form that is kept does so."""
    gone, _by_model = FormDraft.objects.filter(at__lt=clock.now() - timedelta(days=KEPT_DAYS)).delete()
    return gone
