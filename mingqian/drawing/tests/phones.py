"""A witness's own phone, for tests: what `device.js` does with the addresses that the page gives it."""

from collections.abc import Callable
from typing import Any

from django.test import Client

import mingqian_draw as mq
from mingqian.common.errors import DomainError
from mingqian.drawing.models import Draw, Supplement
from mingqian.testing import DIGITS


class Phone:
    """The phone of the witness at `position`, who opened the link with `token`."""

    def __init__(self, client: Client, token: str, thing: Draw | Supplement, position: int, digits: str = "") -> None:
        """Open the link, roll dice and take a nonce."""
        client.get(f"/draws/phone/{token}/")
        self.client, self.base = client, f"/draws/phone/{token}/"
        self.digits, self.nonce = digits or DIGITS[(position - 1) % len(DIGITS)], mq.new_secret()
        self.hash = mq.commit_of(thing.seal_digest, position, self.digits, self.nonce)

    def commit(self) -> dict[str, Any]:
        """Hand over the commitment."""
        return self._post("commit/", {"commit": self.hash})

    def reveal(self, **other: str) -> dict[str, Any]:
        """Open it, perhaps with something else."""
        return self._post("open/", {"digits": self.digits, "nonce": self.nonce, **other})

    def state(self) -> dict[str, Any]:
        """Return what the phone is told."""
        told: dict[str, Any] = self.client.get(f"{self.base}state/").json()
        return told

    def _post(self, path: str, data: dict[str, str]) -> dict[str, Any]:
        told: dict[str, Any] = self.client.post(self.base + path, data).json()
        return told


def words_of(act: Callable[[], object]) -> str:
    """Return the "no" of a service, "" where it does what is asked."""
    try:
        act()
    except DomainError as error:
        return str(error)
    return ""
