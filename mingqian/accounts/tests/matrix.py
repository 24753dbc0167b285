"""Who may open each address of the room `accounts`."""

from mingqian.accounts.states import Role
from tests.personas import ADMINS, EVERYBODY, SECURITY, SIGNED_IN, SYSTEM

MATRIX: dict[str, frozenset[str]] = {
    "accounts:sign-in": EVERYBODY,
    "accounts:sign-out": EVERYBODY,
    "accounts:code": EVERYBODY,
    "accounts:oidc-start": EVERYBODY,
    "accounts:oidc-callback": EVERYBODY,
    "accounts:password": SIGNED_IN,
    "accounts:mine": SIGNED_IN,
    "accounts:notices": SIGNED_IN,
    "accounts:notices-seen": SIGNED_IN,
    "accounts:notice": SIGNED_IN,
    "accounts:filters": SIGNED_IN,
    "accounts:filter-save": SIGNED_IN,
    "accounts:filter-change": SIGNED_IN,
    "accounts:second-factor": SIGNED_IN,
    "accounts:second-factor-off": SIGNED_IN,
    "accounts:organs": ADMINS,
    "accounts:organ-new": SYSTEM,
    "accounts:organ": SYSTEM,
    "accounts:division-new": SYSTEM,
    "accounts:division": SYSTEM,
    "accounts:field-new": SYSTEM,
    "accounts:users": ADMINS,
    "accounts:user-new": SYSTEM,
    "accounts:user": ADMINS,
    "accounts:user-edit": SYSTEM,
    "accounts:user-reset": SYSTEM,
    "accounts:grant": SECURITY,
    "accounts:grant-end": SECURITY,
    "accounts:second-factor-drop": SECURITY,
    "accounts:sign-ins": frozenset({Role.AUDIT_ADMIN}),
}
