"""Organs, divisions, users and their roles."""

from mingqian.accounts.models.factors import SecondFactor
from mingqian.accounts.models.filters import SavedFilter
from mingqian.accounts.models.notices import MailAddress, Notice
from mingqian.accounts.models.organs import Division, Field, Organ
from mingqian.accounts.models.users import DivisionField, RoleGrant, SignIn, User, UserManager

__all__ = [
    "Division",
    "DivisionField",
    "Field",
    "MailAddress",
    "Notice",
    "Organ",
    "RoleGrant",
    "SavedFilter",
    "SecondFactor",
    "SignIn",
    "User",
    "UserManager",
]
