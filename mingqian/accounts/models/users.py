"""Users, their roles, their sign-ins."""

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from mingqian.accounts.models.organs import Division, Field, Organ
from mingqian.accounts.states import Role, SignInOutcome
from mingqian.common import clock
from mingqian.ledger.models import Recorded


class DivisionField(Recorded):
    """A division answers for a field."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="division_fields", verbose_name="科室")
    field = models.ForeignKey(Field, models.PROTECT, related_name="division_fields", verbose_name="业务领域")

    class Meta:
        """Named once."""

        verbose_name = "科室的业务领域"
        ordering = ("division", "field")
        constraints = (models.UniqueConstraint(fields=("division", "field"), name="accounts_division_field"),)

    def __str__(self) -> str:
        """Name both."""
        return f"{self.division} {self.field}"


class UserManager(BaseUserManager["User"]):
    """Makes users with a usable password."""

    def create_user(self, username: str, password: str, **fields: object) -> "User":
        """Return a saved user. Services call this and record it."""
        user = self.model(username=username, **fields)
        user.set_unusable_password()
        user.save()
        # Bound to the primary key, which there is only now.
        user.set_password(password)
        user.save(update_fields=["password"])
        return user


class User(Recorded, AbstractBaseUser):
    """Somebody who signs in. What they may do follows from their roles today, never from this row."""

    LEDGER_IGNORES: ClassVar[frozenset[str]] = frozenset({"last_login"})
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    username = models.CharField("用户名", max_length=32, unique=True)
    name = models.CharField("姓名", max_length=40)
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="users", verbose_name="机关")
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="users", verbose_name="科室"
    )
    is_active = models.BooleanField("在用", default=True)
    #: A password that somebody else knows is good for one sign-in only.
    must_change_password = models.BooleanField("须修改密码", default=False)

    objects = UserManager()

    class Meta:
        """By user name."""

        verbose_name = "用户"
        ordering = ("username",)

    def __str__(self) -> str:
        """Return the name that colleagues know."""
        return self.name

    @property
    def actor(self) -> str:
        """Return how the ledger names this user."""
        return f"user/{self.username}"

    def _bound(self, password: str, key: str) -> str:
        """Return what of a password is hashed: bound to this account, with a key that lies outside the database."""
        said = "\0".join((str(self.pk), self.username, password))
        return salted_hmac("mingqian.accounts.password", said, secret=key, algorithm="sha256").hexdigest()

    def set_password(self, raw_password: str | None) -> None:
        """Set the password. Its hash, copied to another account or made without the key, opens nothing."""
        super().set_password(None if raw_password is None else self._bound(raw_password, settings.SECRET_KEY))
        self._password = raw_password

    def check_password(self, raw_password: str | None) -> bool:
        """Say whether it is the password, under the key in use or one before it. The row is never changed on the way."""
        keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return raw_password is not None and any(
            check_password(self._bound(raw_password, key), self.password) for key in keys
        )

    def current_roles(self) -> frozenset[str]:
        """Return the roles held today; read once for each object."""
        if not hasattr(self, "_roles"):
            today = clock.today()
            held = self.grants.filter(Q(since__lte=today), Q(until__isnull=True) | Q(until__gte=today))
            self._roles = frozenset(held.values_list("role", flat=True))
        return self._roles

    def has_role(self, *roles: str) -> bool:
        """Say whether the user holds one of `roles` today."""
        return not self.current_roles().isdisjoint(roles)

    @property
    def role_names(self) -> str:
        """Return the roles held today in words."""
        return "、".join(str(Role(role).label) for role in sorted(self.current_roles()))


class RoleGrant(Recorded):
    """A user holds a role from one day to another, both counted."""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants", verbose_name="用户")
    role = models.CharField("角色", max_length=24, choices=Role)
    since = models.DateField("自")
    until = models.DateField("至", null=True, blank=True)

    class Meta:
        """A grant ends after it begins."""

        verbose_name = "角色授予"
        ordering = ("user", "since")
        constraints = (
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="accounts_grant_period"
            ),
        )

    def __str__(self) -> str:
        """Name the user and the role."""
        return f"{self.user} {self.get_role_display()}"

    @property
    def runs(self) -> bool:
        """Say whether the grant counts today."""
        today = clock.today()
        return self.since <= today and (self.until is None or self.until >= today)


class SignIn(Recorded):
    """An attempt to sign in, or a sign-out, for the user and the audit administrator."""

    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="sign_ins", verbose_name="用户")
    username = models.CharField("用户名", max_length=150)
    at = models.DateTimeField("时间", db_index=True)
    address = models.CharField("网络地址", max_length=45, blank=True)
    agent = models.CharField("浏览器", max_length=200, blank=True)
    outcome = models.CharField("结果", max_length=8, choices=SignInOutcome)

    class Meta:
        """Newest first."""

        verbose_name = "登录记录"
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        """Say who, when and how it ended."""
        return f"{self.username} {self.at} {self.outcome}"
