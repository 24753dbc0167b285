"""What the three administrators of graded protection do with accounts: the system administrator keeps them, the security administrator
grants roles, the audit administrator watches sign-ins. None of them can do another's part."""

from axes.utils import reset as unlock_attempts
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts import services
from mingqian.accounts.forms import EndForm, GrantForm, UserForm
from mingqian.accounts.models.users import RoleGrant, User
from mingqian.accounts.selectors import organs_visible_to, second_factor_of, user_for, user_of
from mingqian.accounts.states import ADMIN_ROLES, Role
from mingqian.accounts.users.listing import SIGN_INS, USERS
from mingqian.common.errors import DomainError
from mingqian.pages import access
from mingqian.pages.submission import deed, submit

system = access.roles(Role.SYSTEM_ADMIN)
security = access.roles(Role.SECURITY_ADMIN)
_SIMPLE = "accounts/simple_form.html"


def _page(account: User) -> str:
    return reverse("accounts:user", args=[account.username])


@require_GET
@access.roles(*ADMIN_ROLES)
def users(request: HttpRequest) -> HttpResponseBase:
    """List the users that the administrator looks after."""
    return USERS.respond(request, may_edit=user_of(request).has_role(Role.SYSTEM_ADMIN))


@require_http_methods(["GET", "POST"])
@system
def user_new(request: HttpRequest) -> HttpResponseBase:
    """Add an account; its first password is shown once."""
    me, password = user_of(request), services.fresh_password()

    def add(form: UserForm) -> User:
        return services.create_user(me.actor, password=password, must_change=True, **form.cleaned_data)

    return submit(
        request,
        lambda data: UserForm(data, organs=organs_visible_to(me), initial={"organ": me.organ}),
        add,
        to=lambda made: _password_page(request, made, password),
        template=_SIMPLE,
        context={"title": "新增用户"},
    )


def _password_page(request: HttpRequest, account: User, password: str) -> HttpResponse:
    return render(request, "accounts/first_password.html", {"account": account, "password": password})


@require_GET
@access.roles(*ADMIN_ROLES)
def user(request: HttpRequest, username: str) -> HttpResponse:
    """Show an account: roles, sign-ins, and what this administrator may do with it."""
    me = user_of(request)
    account = user_for(me, username)
    context = {
        "account": account,
        "grants": account.grants.order_by("-since"),
        "second_factor": second_factor_of(account),
        "sign_ins": account.sign_ins.all()[:10] if me.has_role(Role.AUDIT_ADMIN) else [],
        "grant_form": GrantForm(),
        "end_form": EndForm(),
        "is_system": me.has_role(Role.SYSTEM_ADMIN),
        "is_security": me.has_role(Role.SECURITY_ADMIN) and account.pk != me.pk,
        "is_audit": me.has_role(Role.AUDIT_ADMIN),
    }
    return render(request, "accounts/user.html", context)


@require_http_methods(["GET", "POST"])
@system
def user_edit(request: HttpRequest, username: str) -> HttpResponseBase:
    """Change name, division, or whether the account is in use."""
    me = user_of(request)
    account = user_for(me, username)
    initial = {"name": account.name, "division": account.division, "is_active": account.is_active}

    def change(form: UserForm) -> User:
        if account.pk == me.pk and not form.cleaned_data["is_active"]:
            raise DomainError("不能停用自己的账号，请由另一位系统管理员办理。", field="is_active")
        return services.change_user(me.actor, account, **form.cleaned_data)

    return submit(
        request,
        lambda data: UserForm(data, organs=organs_visible_to(me), existing=True, initial=initial),
        change,
        done="已保存。",
        to=_page(account),
        template=_SIMPLE,
        context={"title": f"修改用户：{account.name}"},
    )


@require_POST
@system
def user_reset(request: HttpRequest, username: str) -> HttpResponse:
    """Give an account a password for one sign-in, shown once."""
    me = user_of(request)
    account = user_for(me, username)
    if account.pk == me.pk:
        raise DomainError("自己的密码请用“修改密码”。")
    password = services.reset_password(me.actor, account)
    unlock_attempts(username=account.username)
    return _password_page(request, account, password)


@require_POST
@security
def grant(request: HttpRequest, username: str) -> HttpResponseBase:
    """Grant a role."""
    me = user_of(request)
    account, form = user_for(me, username), GrantForm(request.POST)

    def act() -> RoleGrant:
        if not form.is_valid():
            raise DomainError("日期不正确，没有授予。请重新填写。")
        return services.grant_role(me.actor, user=account, **form.cleaned_data)

    return deed(request, act, done=lambda made: f"已授予“{Role(made.role).label}”。", to=_page(account))


@require_POST
@security
def grant_end(request: HttpRequest, username: str, pk: int) -> HttpResponseBase:
    """End a role."""
    me = user_of(request)
    account, form = user_for(me, username), EndForm(request.POST)
    found = get_object_or_404(account.grants, pk=pk)

    def act() -> RoleGrant:
        if not form.is_valid():
            raise DomainError("日期不正确，没有终止。请重新填写。")
        return services.end_role(me.actor, found, last_day=form.cleaned_data["last_day"])

    return deed(request, act, done="已设定角色的最后一天。", to=_page(account))


@require_POST
@security
def second_factor_drop(request: HttpRequest, username: str) -> HttpResponseBase:
    """Take the second factor off an account whose device is lost."""
    me = user_of(request)
    account = user_for(me, username)
    if second_factor_of(account) is None:
        raise Http404("该用户没有启用动态口令。")
    done = "该用户的动态口令已停用，可凭密码登录后重新启用。"
    return deed(request, lambda: services.drop_second_factor(me.actor, account), done=done, to=_page(account))


@require_GET
@access.roles(Role.AUDIT_ADMIN)
def sign_ins(request: HttpRequest) -> HttpResponseBase:
    """List the attempts to sign in."""
    return SIGN_INS.respond(request)
