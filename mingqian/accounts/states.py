"""Closed lists of the room `accounts`."""

from django.db import models

from mingqian.pages.tones import toned


class OrganKind(models.TextChoices):
    """Level of an organ (art. 4, 22)."""

    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    DISTRICT = "district", "区县级"


class DivisionKind(models.TextChoices):
    """Kind of a division (art. 4, 9)."""

    REGULATIONS = "regulations", "综合法规科"
    BUSINESS = "business", "业务科室"
    PERSONNEL = "personnel", "人事科"
    OTHER = "other", "其他科室"


class Role(models.TextChoices):
    """What a user may be within an organ or a division."""

    REGULATIONS_OFFICER = "regulations_officer", "综合法规科经办人"
    DIVISION_OFFICER = "division_officer", "业务科室经办人"
    DIVISION_HEAD = "division_head", "科室负责人"
    LEADER = "leader", "分管领导"
    PRINCIPAL_LEADER = "principal_leader", "主要领导"
    INSPECTOR = "inspector", "执法检查人员"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"


#: Roles that carry the work of a bureau.
BUSINESS_ROLES = frozenset(
    {
        Role.REGULATIONS_OFFICER,
        Role.DIVISION_OFFICER,
        Role.DIVISION_HEAD,
        Role.LEADER,
        Role.PRINCIPAL_LEADER,
        Role.INSPECTOR,
    }
)
#: Roles that manage a part of the registries and hold draws (art. 6, 9).
OFFICER_ROLES = (Role.DIVISION_OFFICER, Role.REGULATIONS_OFFICER, Role.DIVISION_HEAD)
#: Roles that decide what others ask for.
LEADER_ROLES = (Role.LEADER, Role.PRINCIPAL_LEADER)
#: Roles that may see the bureau's registries and draws.
READER_ROLES = (*OFFICER_ROLES, *LEADER_ROLES)
#: The administrators that graded protection keeps apart.
ADMIN_ROLES = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)


@toned(DONE="done", WRONG="soon:alert", CODE="soon:alert", LOCKED="soon:alert")
class SignInOutcome(models.TextChoices):
    """How an attempt to sign in ended."""

    DONE = "done", "已登录"
    WRONG = "wrong", "用户名或密码错误"
    CODE = "code", "动态口令错误"
    LOCKED = "locked", "已锁定"
    OUT = "out", "退出"
