"""Why something is not cosigned."""

from __future__ import annotations


class RefusedError(ValueError):
    """Not cosigned; `status` is the answer of `tlog-witness` over HTTP, `size` what this witness has seen last (with 409)."""

    def __init__(self, status: int, message: str, size: int | None = None) -> None:
        """Take the sentence for whoever runs the witness."""
        super().__init__(message)
        self.status = status
        self.size = size
