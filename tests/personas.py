"""Groups of personas, as the matrices of the rooms name them: who may open an address."""

from mingqian.accounts.states import ADMIN_ROLES, LEADER_ROLES, OFFICER_ROLES, READER_ROLES, Role

EVERYBODY = frozenset({"anonymous", *Role})
SIGNED_IN = frozenset(Role)
READERS = frozenset(READER_ROLES)
OFFICERS = frozenset(OFFICER_ROLES)
LEADERS = frozenset(LEADER_ROLES)
ADMINS = frozenset(ADMIN_ROLES)
SYSTEM = frozenset({Role.SYSTEM_ADMIN})
SECURITY = frozenset({Role.SECURITY_ADMIN})
REGULATIONS = frozenset({Role.REGULATIONS_OFFICER})
LEDGER = READERS | {Role.AUDIT_ADMIN}
