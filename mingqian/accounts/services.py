"""The only writers of organs, divisions, fields, users, roles and second factors."""

import secrets
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth import password_validation
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest

from mingqian.accounts.models.factors import SecondFactor, matched
from mingqian.accounts.models.organs import Division, Field, Organ
from mingqian.accounts.models.users import DivisionField, RoleGrant, SignIn, User
from mingqian.accounts.states import ADMIN_ROLES, BUSINESS_ROLES, DivisionKind, OrganKind, Role, SignInOutcome
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.common.rows import insert
from mingqian.common.text import is_word
from mingqian.ledger import services as ledger

#: Letters and digits that are not mistaken for each other when read out.
_READABLE = "ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789"


def refuse_same_person(author: User | int | None, reviewer: User) -> None:
    """Refuse that somebody decides on what they asked for or wrote themselves."""
    author_id = author.pk if isinstance(author, User) else author
    if author_id == reviewer.pk:
        raise NotAllowedError("申请人或起草人不能审批自己的事项，请由另一位有权限的人员办理。")


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
    if Organ.objects.filter(code=code).exists():
        raise DomainError("这个机关代码已经使用，请换一个。")
    organ = Organ.objects.create(
        code=code, name=name, short_name=short_name, kind=kind, area_code=area_code, parent=parent
    )
    ledger.record(actor, "organ.create", f"organ/{code}", rows=[organ], details={"name": name})
    return organ


@transaction.atomic
def change_organ(actor: str, organ: Organ, *, parent: Organ | None, **values: Any) -> Organ:
    """Change names, level, area or place in the tree; an organ cannot come to stand above itself, nor fall out of the tree."""
    # The whole tree is taken, so that two changes at once make no cycle between them.
    parents = dict(Organ.objects.select_for_update(no_key=True).order_by("pk").values_list("pk", "parent_id"))
    above = parent.pk if parent is not None else None
    while above is not None:
        if above == organ.pk:
            raise DomainError("上级机关不能是本机关自己或它的下级，请重新选择。")
        above = parents[above]
    if parent is None and parents[organ.pk] is not None:
        raise DomainError("下级机关必须有上级机关，否则上级再也看不到它（第四条）。请选择上级机关。")
    old = {name: getattr(organ, name) for name in values}
    organ.parent = parent
    for name, value in values.items():
        setattr(organ, name, value)
    organ.save()
    details = {"changed": "、".join(name for name, value in values.items() if old[name] != value)}
    ledger.record(actor, "organ.change", f"organ/{organ.code}", rows=[organ], details=details)
    return organ


def _check_division_name(name: str) -> None:
    """The name of a division stands as a word in the files of a draw (MQ2, Grammar): refuse it here, and not at the seal."""
    if not name or len(name) > 40:
        raise DomainError("科室名称请填写 1 至 40 个字。", field="name")
    if not is_word(name):
        raise DomainError(
            "科室名称要写入抽取的封存文件，只能用汉字、字母、数字和 - _ . ·，括号用（）或〔〕，中间不能有空格，请改正。"
        )


@transaction.atomic
def create_division(actor: str, *, organ: Organ, code: str, name: str, kind: DivisionKind) -> Division:
    """Add a division to an organ."""
    _check_division_name(name)
    if Division.objects.filter(organ=organ, code=code).exists():
        raise DomainError("本机关已有这个科室代码，请换一个。")
    division = Division.objects.create(organ=organ, code=code, name=name, kind=kind)
    ledger.record(actor, "division.create", f"division/{organ.code}/{code}", rows=[division], details={"name": name})
    return division


@transaction.atomic
def change_division(
    actor: str, division: Division, *, name: str, kind: DivisionKind, fields: Iterable[Field]
) -> Division:
    """Change a division's name, kind and fields."""
    _check_division_name(name)
    wanted = {field.pk: field for field in fields}
    if any(field.organ_id != division.organ_id for field in wanted.values()):
        raise DomainError("所选业务领域不属于本机关，请重新选择。")
    division.name, division.kind = name, kind
    division.save()
    dropped = list(DivisionField.objects.filter(division=division).exclude(field__in=wanted))
    keys = [row.ledger_key() for row in dropped]
    for row in dropped:
        row.delete()
    held = set(DivisionField.objects.filter(division=division).values_list("field_id", flat=True))
    added = [
        DivisionField.objects.create(division=division, field=field) for pk, field in wanted.items() if pk not in held
    ]
    ledger.record(
        actor,
        "division.change",
        f"division/{division.organ.code}/{division.code}",
        rows=[division, *added],
        deleted=keys,
        details={"name": name},
    )
    return division


@transaction.atomic
def create_field(actor: str, *, organ: Organ, code: str, name: str) -> Field:
    """Add a business field to an organ."""
    if Field.objects.filter(organ=organ, code=code).exists():
        raise DomainError("本机关已有这个领域代码，请换一个。")
    field = Field.objects.create(organ=organ, code=code, name=name)
    ledger.record(actor, "field.create", f"field/{organ.code}/{code}", rows=[field], details={"name": name})
    return field


@transaction.atomic
def create_user(
    actor: str,
    *,
    username: str,
    password: str,
    name: str,
    organ: Organ,
    division: Division | None = None,
    must_change: bool = False,
) -> User:
    """Add a user; roles are granted apart."""
    if division is not None and division.organ_id != organ.pk:
        raise DomainError("所选科室不属于该机关，请重新选择科室。")
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                username, password, name=name, organ=organ, division=division, must_change_password=must_change
            )
    except IntegrityError as error:
        raise DomainError("这个用户名已经使用，请换一个。") from error
    ledger.record(actor, "user.create", f"user/{username}", rows=[user], details={"name": name})
    return user


@transaction.atomic
def change_user(actor: str, user: User, *, name: str, division: Division | None, is_active: bool) -> User:
    """Change name and division, or take a user out of service and back."""
    if division is not None and division.organ_id != user.organ_id:
        raise DomainError("所选科室不属于该机关，请重新选择科室。")
    verb = "user.change" if user.is_active == is_active else ("user.activate" if is_active else "user.deactivate")
    user.name, user.division, user.is_active = name, division, is_active
    user.save(update_fields=["name", "division", "is_active"])
    ledger.record(actor, verb, f"user/{user.username}", rows=[user], details={"name": name})
    return user


def _overlaps(since: date, until: date | None) -> Q:
    started = Q() if until is None else Q(since__lte=until)
    return started & (Q(until__isnull=True) | Q(until__gte=since))


def _refuse_conflicting_duties(roles: set[str]) -> None:
    """Graded protection: the three administrators are three people, and none of them does the bureau's business."""
    admins = roles & set(ADMIN_ROLES)
    if Role.AUDIT_ADMIN in admins and roles & BUSINESS_ROLES:
        raise DomainError("审计管理员不得兼任业务角色。请为该用户另设账号，或先终止原有角色。")
    if len(admins) > 1:
        raise DomainError("系统管理员、安全管理员、审计管理员必须由不同人员担任，请选择另一位用户。")
    if admins and roles & BUSINESS_ROLES:
        raise DomainError("管理员不得兼任业务角色。请为该用户另设账号，或先终止原有角色。")


@transaction.atomic
def grant_role(
    actor: str, *, user: User, role: Role, since: date | None = None, until: date | None = None
) -> RoleGrant:
    """Give `user` a role from one day to another, both counted; refuse duties that must stay apart at any time in between."""
    since = since or clock.today()
    if until is not None and until < since:
        raise DomainError("截止日期早于起始日期，请改正。")
    if actor == user.actor:
        raise NotAllowedError("不能给自己授予角色，请由另一位安全管理员办理。")
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    overlapping = set(user.grants.filter(_overlaps(since, until)).values_list("role", flat=True))
    if role in overlapping:
        raise DomainError("该用户在这段时间内已经有这个角色。")
    _refuse_conflicting_duties(overlapping | {role})
    grant = RoleGrant.objects.create(user=user, role=role, since=since, until=until)
    ledger.record(actor, "role.grant", f"user/{user.username}", rows=[grant], details={"role": str(role)})
    return grant


@transaction.atomic
def end_role(actor: str, grant: RoleGrant, *, last_day: date) -> RoleGrant:
    """Let a role end after `last_day`, earlier than it would; one that has not begun ends on its first day at the earliest.

    A later end would be a further grant, and only `grant_role` asks whether the duties go together.
    """
    if actor == grant.user.actor:
        raise NotAllowedError("不能终止自己的角色，请由另一位安全管理员办理。")
    grant = RoleGrant.objects.select_for_update(no_key=True).select_related("user").get(pk=grant.pk)
    if last_day < grant.since:
        raise DomainError("截止日期早于起始日期，请改正。")
    if grant.until is not None and last_day > grant.until:
        raise DomainError(f"这个角色到 {grant.until} 为止，终止只能提前。需要延长的，请另行授予。")
    grant.until = last_day
    grant.save(update_fields=["until"])
    ledger.record(actor, "role.end", f"user/{grant.user.username}", rows=[grant], details={"role": grant.role})
    return grant


@transaction.atomic
def change_password(user: User, new_password: str) -> None:
    """Set the user's own password."""
    user.set_password(new_password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    ledger.record(user.actor, "user.password", f"user/{user.username}", rows=[user])


def fresh_password() -> str:
    """Return a password that can be read out over the telephone and meets the policy."""
    while True:
        password = "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3))
        try:
            password_validation.validate_password(password)
        except ValidationError:
            continue
        return password


@transaction.atomic
def reset_password(actor: str, user: User) -> str:
    """Give `user` a password for one sign-in and return it; it is shown once and kept nowhere."""
    password = fresh_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    ledger.record(actor, "user.password-reset", f"user/{user.username}", rows=[user])
    return password


@transaction.atomic
def confirm_second_factor(user: User, key: bytes, code: str) -> bool:
    """Turn the second factor on when the user shows that the device works; say whether it does."""
    found = matched(key, code)
    if found is None:
        return False
    device = SecondFactor(user=user, since=clock.now(), last_step=found[0], drift=found[1])
    device.keep(key)
    insert(device, "动态口令已经启用。")
    ledger.record(user.actor, "user.second-factor-on", f"user/{user.username}", rows=[device])
    return True


@transaction.atomic
def drop_second_factor(actor: str, user: User) -> None:
    """Turn the second factor off: by the user, or by the security administrator when the device is lost."""
    devices = list(SecondFactor.objects.filter(user=user))
    gone = [device.ledger_key() for device in devices]
    SecondFactor.objects.filter(user=user).delete()
    ledger.record(actor, "user.second-factor-off", f"user/{user.username}", deleted=gone)


@transaction.atomic
def note_sign_in(
    request: HttpRequest, username: str, outcome: SignInOutcome, user: User | AnonymousUser | None = None
) -> None:
    """Keep an attempt to sign in, or a sign-out. A failure is no act of whoever bears the name: anybody may have tried it."""
    known = user if isinstance(user, User) else User.objects.filter(username=username).first()
    row = SignIn.objects.create(
        user=known,
        username=username[:150],
        at=clock.now(),
        address=request.META.get("REMOTE_ADDR", "")[:45],
        agent=request.headers.get("User-Agent", "")[:200],
        outcome=outcome,
    )
    own = outcome in {SignInOutcome.DONE, SignInOutcome.OUT}
    actor, subject = known.actor if known and own else "system", f"user/{known.username}" if known else "user/unknown"
    ledger.record(actor, f"sign-in.{outcome}", subject, rows=[row])
