"""Why a bundle is refused: one short phrase, the same in every edition of a verifier, rendered for people by the command line."""

from __future__ import annotations


class RefusedError(ValueError):
    """A rule of the protocol is broken. `reason` is the phrase; a bundle is never repaired."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check(holds: bool, reason: str) -> None:
    """Refuse with `reason` unless the rule holds."""
    if not holds:
        raise RefusedError(reason)
