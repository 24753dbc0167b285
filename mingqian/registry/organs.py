"""Whose registries somebody may read."""

from mingqian.accounts.models import Organ, User
from mingqian.accounts.selectors import organ_for, organs_visible_to


def organs_to_read(user: User) -> list[Organ]:
    """Return the organs whose registries `user` may look into: the own one first, then those below it (A4.2)."""
    return sorted(organs_visible_to(user), key=lambda organ: (organ.pk != user.organ_id, organ.code))


def organ_to_read(user: User, code: str) -> Organ:
    """Return the organ that an address names (`?organ=CODE`), else the own one; Http404 where it is not below the own one."""
    return user.organ if code in {"", user.organ.code} else organ_for(user, code)
