"""Errors that a user can do something about. Their texts are what the user reads: Chinese, and saying what to do."""


class DomainError(ValueError):
    """A rule says no. `str(error)` is shown to the user as it stands; `field` names the field of the form that it is about."""

    def __init__(self, message: str = "", *, field: str = "") -> None:
        """Take the sentence."""
        super().__init__(message)
        self.field = field


class NotAllowedError(Exception):
    """The user may see the thing, but not do this with it (403). No form can be corrected so that it would be allowed."""


def refuse_because(why_not: str) -> None:
    """Raise DomainError with the sentence that says why something cannot be done; do nothing where there is none ("")."""
    if why_not:
        raise DomainError(why_not)
