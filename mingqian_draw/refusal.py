"""Why a bundle is refused: one short phrase, the same in every edition of a verifier, rendered for people by the command line."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

_LIFTED: ContextVar[bool] = ContextVar("limits lifted", default=False)


class RefusedError(ValueError):
    """A rule of the protocol is broken. `reason` is the phrase; a bundle is never repaired."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check(holds: bool, reason: str) -> None:
    """Refuse with `reason` unless the rule holds."""
    if not holds:
        raise RefusedError(reason)


def within(size: int, most: int, reason: str) -> None:
    """Refuse with `reason` what is larger than the limits of portable verifiers, unless the reader lifted them."""
    check(size <= most or _LIFTED.get(), reason)


@contextlib.contextmanager
def unlimited() -> Iterator[None]:
    """Read what is larger than the limits of portable verifiers, by the same rules."""
    token = _LIFTED.set(True)
    try:
        yield
    finally:
        _LIFTED.reset(token)
