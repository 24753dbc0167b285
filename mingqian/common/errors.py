"""Errors that a user can do something about. Their texts are what the user reads: Chinese, and saying what to do."""


class DomainError(ValueError):
    """A rule says no. `str(error)` is shown to the user as it stands."""


class NotAllowedError(Exception):
    """The user may see the thing, but not do this with it (403). No form can be corrected so that it would be allowed."""
