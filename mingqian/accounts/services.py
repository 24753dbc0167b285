"""The only writers of organs, divisions, users and roles."""

from datetime import date

from django.db import transaction

from mingqian.accounts.models import Division, Organ, RoleGrant, User
from mingqian.accounts.states import BUSINESS_ROLES, DivisionKind, OrganKind, Role
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.ledger import services as ledger


@transaction.atomic
def create_organ(
    actor: str,
    *,
    code: str,
    name: str,
    short_name: str,
    kind: OrganKind,
    area_code: str = "",
    parent: Organ | None = None,
) -> Organ:
    """Add an organ to the tree."""
    organ = Organ.objects.create(
        code=code, name=name, short_name=short_name, kind=kind, area_code=area_code, parent=parent
    )
    ledger.record(actor, "organ.create", f"organ/{code}", rows=[organ], details={"name": name})
    return organ


@transaction.atomic
def create_division(actor: str, *, organ: Organ, code: str, name: str, kind: DivisionKind) -> Division:
    """Add a division to an organ."""
    division = Division.objects.create(organ=organ, code=code, name=name, kind=kind)
    ledger.record(actor, "division.create", f"division/{organ.code}/{code}", rows=[division], details={"name": name})
    return division


@transaction.atomic
def create_user(
    actor: str, *, username: str, password: str, name: str, organ: Organ, division: Division | None = None
) -> User:
    """Add a user; roles are granted apart."""
    if division is not None and division.organ_id != organ.pk:
        raise DomainError("所选科室不属于该机关，请重新选择科室。")
    user = User.objects.create_user(username, password, name=name, organ=organ, division=division)
    ledger.record(actor, "user.create", f"user/{username}", rows=[user], details={"name": name})
    return user


@transaction.atomic
def grant_role(
    actor: str, *, user: User, role: Role, since: date | None = None, until: date | None = None
) -> RoleGrant:
    """Give `user` a role; refuse what must stay apart: the audit administrator holds no business role."""
    held = set(user.grants.filter(until__isnull=True).values_list("role", flat=True)) | {role}
    if Role.AUDIT_ADMIN in held and held & BUSINESS_ROLES:
        raise DomainError("审计管理员不得兼任业务角色。请为该用户另设账号，或先终止原有角色。")
    grant = RoleGrant.objects.create(user=user, role=role, since=since or clock.today(), until=until)
    ledger.record(actor, "role.grant", f"user/{user.username}", rows=[grant], details={"role": str(role)})
    return grant


@transaction.atomic
def change_password(user: User, new_password: str) -> None:
    """Set the user's own password."""
    user.set_password(new_password)
    user.save(update_fields=["password"])
    ledger.record(user.actor, "user.password", f"user/{user.username}", rows=[user])
