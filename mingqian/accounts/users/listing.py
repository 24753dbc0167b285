"""The lists of accounts and of attempts to sign in."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from mingqian.accounts.forms import SignInFilter, UserFilter
from mingqian.accounts.models.users import SignIn, User
from mingqian.accounts.selectors import sign_ins_visible_to, users_visible_to
from mingqian.pages.listing import Column, Listing, in_file
from mingqian.pages.tones import Shown, shown


def _in_use(account: User) -> Shown:
    return Shown("在用", "done", "check") if account.is_active else Shown("已停用", "plain", "void")


def _accounts(user: User, asked: Mapping[str, Any]) -> QuerySet[User]:
    return users_visible_to(user, asked["q"], role=asked["role"], state=asked["state"])


USERS: Listing[User] = Listing(
    name="accounts:users",
    title="用户",
    sub="系统管理员建立账号，安全管理员授予角色，审计管理员查看记录，三者由不同人员担任。",
    columns=(
        Column("姓名", lambda account: account.name, 12, link=lambda a: reverse("accounts:user", args=[a.username]), sort="name"),
        Column("用户名", lambda account: account.username, 20, style="mono", sort="username"),
        Column("机关", lambda account: account.organ.name, 30),
        Column("科室", lambda account: account.division.name if account.division else "", 20),
        Column("角色", lambda account: account.role_names, 30),
        Column("状态", lambda account: _in_use(account).label, 10, state=_in_use),
    ),
    form=lambda request: UserFilter(request.GET),
    rows=_accounts,
    unit="人",
    template="accounts/users/users.html",
)  # fmt: skip


def _at(row: SignIn) -> str:
    return f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}"


def _sign_ins(user: User, asked: Mapping[str, Any]) -> QuerySet[SignIn]:
    rows = sign_ins_visible_to(user)
    wanted = {
        "username__icontains": asked["q"],
        "outcome": asked["outcome"],
        "at__date__gte": asked["since"],
        "at__date__lte": asked["until"],
    }
    return rows.filter(**{name: value for name, value in wanted.items() if value})


SIGN_INS: Listing[SignIn] = Listing(
    name="accounts:sign-ins",
    title="登录记录",
    sub="本机关及下级机关账号的登录、失败和退出。",
    columns=(
        Column("时间", _at, 20, style="nowrap"),
        Column("用户名", lambda row: row.username, 20),
        in_file("姓名", lambda row: row.user.name if row.user else "", 12),
        Column("结果", lambda row: str(row.get_outcome_display()), 14, state=lambda row: shown(row, "outcome")),
        Column("网络地址", lambda row: row.address, 18, style="mono"),
        Column("浏览器", lambda row: row.agent, 60, style="mq-how"),
    ),
    form=lambda request: SignInFilter(request.GET),
    rows=_sign_ins,
)
