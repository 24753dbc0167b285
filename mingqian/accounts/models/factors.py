"""The second factor: a key that telephone and platform share (RFC 6238), encrypted at rest."""

import os
import time
from base64 import b32encode
from datetime import timedelta
from typing import ClassVar
from urllib.parse import quote, urlencode

from django.db import models
from django.db.models import F
from django.utils import timezone
from django_otp.oath import TOTP

from mingqian.accounts.models.users import User
from mingqian.common import crypto
from mingqian.ledger.models import Recorded

_CONTEXT = "accounts/second-factor/{user_id}"
_STEP, _DIGITS = 30, 6


def fresh_key() -> bytes:
    """Return a new key."""
    return os.urandom(20)


def matched(key: bytes, code: str, *, drift: int = 0, earliest: int = 0) -> tuple[int, int] | None:
    """Return the step and the drift at which `code` fits, None where it does not; one step before and after the present is taken."""
    if not code.isascii() or not code.isdigit():
        return None
    clockwork = TOTP(key, _STEP, 0, _DIGITS, drift)
    clockwork.time = time.time()
    return (clockwork.t(), clockwork.drift) if clockwork.verify(int(code), 1, earliest) else None


def config_url(user: User, key: bytes) -> str:
    """Return what the telephone reads from the QR code."""
    told = urlencode({"secret": b32encode(key).decode(), "algorithm": "SHA1", "digits": _DIGITS, "period": _STEP})
    return f"otpauth://totp/{quote(user.username)}?{told}"


class SecondFactor(Recorded):
    """A user's device. The key opens only with the data key and for this user: a row copied to another account is worth nothing."""

    BOXES: ClassVar[dict[str, str]] = {"box": _CONTEXT}
    #: Change with each sign-in.
    LEDGER_IGNORES: ClassVar[frozenset[str]] = frozenset({"last_step", "drift", "failures", "failed_at"})

    user = models.OneToOneField(User, models.PROTECT, related_name="second_factor", verbose_name="用户")
    box = models.BinaryField()
    since = models.DateTimeField("启用时间")
    #: Steps that the device is known to be off; the step of the last code, which is not good again.
    drift = models.SmallIntegerField(default=0)
    last_step = models.BigIntegerField(default=-1)
    failures = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        """By user."""

        verbose_name = "动态口令"
        ordering = ("user",)

    def __str__(self) -> str:
        """Name the user."""
        return f"second factor of {self.user_id}"

    def keep(self, key: bytes) -> None:
        """Take a key."""
        self.box = crypto.encrypt_bytes(key, _CONTEXT.format(user_id=self.user_id))

    def key(self) -> bytes:
        """Return the key; raise ValueError where the row is not this user's, or the data key is another."""
        return crypto.decrypt_bytes(bytes(self.box), _CONTEXT.format(user_id=self.user_id))

    def verify_token(self, code: str) -> bool:
        """Say whether `code` is good now; after each failure the pause before the next attempt is twice as long."""
        if self._pauses():
            return False
        try:
            found = matched(self.key(), code, drift=self.drift, earliest=self.last_step + 1)
        except ValueError:
            found = None
        row = SecondFactor.objects.filter(pk=self.pk)
        if found is None:
            row.update(failures=F("failures") + 1, failed_at=timezone.now())
            return False
        # Of two that hand in the same code at once, one is let in.
        return bool(
            row.filter(last_step__lt=found[0]).update(last_step=found[0], drift=found[1], failures=0, failed_at=None)
        )

    def _pauses(self) -> bool:
        if not self.failures or self.failed_at is None:
            return False
        return timezone.now() < self.failed_at + timedelta(seconds=2 ** min(self.failures - 1, 20))
