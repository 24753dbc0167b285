"""What other rooms take from the verifier: the pages that work offline."""

import functools

from mingqian.verifier.verify_page.build import WITNESS, build


@functools.cache
def verify_page() -> bytes:
    """Return `verify.html`, built once a process."""
    return build()


@functools.cache
def witness_page() -> bytes:
    """Return `witness.html`, built once a process."""
    return build(WITNESS)
