"""What the draw protocol refuses, in words for people."""

from collections.abc import Iterator
from contextlib import contextmanager

import mingqian_draw as mq
from mingqian.common.errors import DomainError


@contextmanager
def in_words() -> Iterator[None]:
    """Say what the protocol refuses as a rule's "no", in Chinese."""
    try:
        yield
    except mq.DrawError as error:
        raise DomainError(error.text("zh")) from error
