"""Errors of the ledger. `StateConflictError` is met in daily work, so its text is for the user."""


class StateConflictError(Exception):
    """Somebody else was faster: the thing is no longer in the state from which this step starts."""


class LedgerDamagedError(Exception):
    """The stored log contradicts itself; nothing may be added until it has been looked into."""
