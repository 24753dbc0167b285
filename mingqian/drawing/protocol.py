"""What the draw protocol refuses, in words for people."""

from collections.abc import Iterator
from contextlib import contextmanager

import mingqian_draw as mq
from mingqian.common.errors import DomainError


def words(reason: str) -> str:
    """Return a reason of the protocol as a sentence without its full stop."""
    return mq.in_words(reason, "zh")


@contextmanager
def in_words() -> Iterator[None]:
    """Say what the protocol refuses as a rule's "no", in Chinese."""
    try:
        yield
    except mq.RefusedError as error:
        raise DomainError(words(error.reason)) from error
