"""Who may open each address of the room `portal`."""

from mingqian.accounts.states import Role
from tests.personas import EVERYBODY, LEDGER, SIGNED_IN

MATRIX: dict[str, frozenset[str]] = {
    "portal:workbench": SIGNED_IN,
    "portal:ledger": LEDGER,
    "portal:ledger-verify": LEDGER,
    "portal:ledger-verification": LEDGER,
    "portal:ledger-answer": frozenset({Role.AUDIT_ADMIN}),
    "portal:cosigners": LEDGER | {Role.SECURITY_ADMIN},
    "portal:cosigner-new": frozenset({Role.SECURITY_ADMIN}),
    "portal:cosigner-end": frozenset({Role.SECURITY_ADMIN}),
    "portal:cosignature-upload": frozenset({Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}),
    "portal:cosigners-ask": frozenset({Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}),
    "portal:personal": frozenset({Role.AUDIT_ADMIN, Role.DIVISION_HEAD}),
    "portal:components": EVERYBODY,
    "portal:ready": EVERYBODY,
    "portal:health": EVERYBODY,
}
