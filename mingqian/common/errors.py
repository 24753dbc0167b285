"""Errors that a user can do something about. Their texts are what the user reads: Chinese, and saying what to do."""

import errno

from django.db import DatabaseError, DataError


class DomainError(ValueError):
    """A rule says no. `str(error)` is shown to the user as it stands; `field` names the field of the form that it is about."""

    def __init__(self, message: str = "", *, field: str = "") -> None:
        """Take the sentence."""
        super().__init__(message)
        self.field = field


class NotAllowedError(Exception):
    """The user may see the thing, but not do this with it (403). No form can be corrected so that it would be allowed."""


class StorageError(Exception):
    """Files can neither be kept nor read at present; nothing was changed. `str(error)` says what to do (507)."""


#: What the operating system says of a full disk, and of a quota that is used up.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
#: What the databases say: SQLite, PostgreSQL.
_FULL_WORDS = ("database or disk is full", "No space left on device")


def is_full(error: BaseException) -> bool:
    """Say whether a disk that is full, of files or of the database, is behind an error."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    return isinstance(error, DatabaseError) and any(word in str(error) for word in _FULL_WORDS)


#: What the databases say where somebody else holds what was waited for: SQLite, PostgreSQL.
_BUSY_WORDS = ("database is locked", "lock timeout")


def is_busy(error: BaseException) -> bool:
    """Say whether a step was given up because somebody else held the log or a row for too long."""
    return isinstance(error, DatabaseError) and any(word in str(error) for word in _BUSY_WORDS)


def is_malformed(error: BaseException) -> bool:
    """Say whether the database could not take what was sent: NUL in a text, a number or a text that is too long for every column."""
    if isinstance(error, DataError | OverflowError):
        return True
    return isinstance(error, ValueError) and "NUL (0x00)" in str(error)


def refuse_because(why_not: str) -> None:
    """Raise DomainError with the sentence that says why something cannot be done; do nothing where there is none ("")."""
    if why_not:
        raise DomainError(why_not)
