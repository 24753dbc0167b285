"""Sessions whose rows open nothing: who reads or copies them in the database gets into no account.

The row bears a keyed digest of the cookie instead of the cookie, and its content is signed for this row alone; the key lies outside the
database.
"""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone
from django.utils.crypto import salted_hmac

_SALT = "mingqian.accounts.signin.store"


def row_of(cookie: str | None) -> str:
    """Return the key of the row of a cookie, 40 characters."""
    return salted_hmac(_SALT, cookie or "", algorithm="sha256").hexdigest()[:40]


class SessionStore(DatabaseStore):
    """The store that `SESSION_ENGINE` names."""

    @property
    def key_salt(self) -> str:
        """Return what the content is signed for."""
        return f"{_SALT}/{row_of(self.session_key)}"

    def create_model_instance(self, data: Any) -> Any:
        """Return the row as it is saved."""
        row = super().create_model_instance(data)
        row.session_key = row_of(self.session_key)
        return row

    def _get_session_from_db(self) -> Any:
        rows = self.model.objects.filter(session_key=row_of(self.session_key), expire_date__gt=timezone.now())
        found = rows.first() if self.session_key else None
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        """Say whether there is a session of this cookie."""
        return super().exists(row_of(session_key))

    def delete(self, session_key: str | None = None) -> None:
        """Forget the session of this cookie, by default the own."""
        cookie = session_key or self.session_key
        if cookie:
            self.model.objects.filter(session_key=row_of(cookie)).delete()
