"""What the draw protocol refuses, in words for people."""

from collections.abc import Iterator
from contextlib import contextmanager

from mingqian.common.errors import DomainError
from mingqian_draw import mq2 as mq


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
