"""Signing in by the bureau's own identity provider (OpenID Connect)."""

from typing import Any

from django.db.models import QuerySet
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from mingqian.accounts.models.users import User
from mingqian.accounts.services import note_sign_in
from mingqian.accounts.states import SignInOutcome


class AccountBackend(OIDCAuthenticationBackend):  # type: ignore[misc]  # the library has no types
    """Finds the account whose user name is the provider's `preferred_username`; makes none, changes none."""

    def filter_users_by_claims(self, claims: dict[str, Any]) -> QuerySet[User]:
        """Return the one active account, or none."""
        username = claims.get("preferred_username") or claims.get("sub") or ""
        return User.objects.filter(username=str(username).lower(), is_active=True)

    def verify_claims(self, claims: dict[str, Any]) -> bool:
        """Ask for a name to look for; an e-mail address is not needed."""
        return bool(claims.get("preferred_username") or claims.get("sub"))

    def update_user(self, user: User, claims: dict[str, Any]) -> User:
        """Leave the account as it is, and keep the sign-in."""
        note_sign_in(self.request, user.username, SignInOutcome.DONE, user)
        return user
