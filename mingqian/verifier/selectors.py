"""What other rooms take from the verifier: the page that checks a bundle offline."""

import functools

from mingqian.verifier.verify_page.build import build


@functools.cache
def verify_page() -> bytes:
    """Return `verify.html`, built once a process."""
    return build()
