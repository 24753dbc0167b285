"""What the three administrators of graded protection do: the system administrator keeps organs and accounts, the security administrator
grants roles, the audit administrator watches sign-ins. None of them can do another's part."""

from collections.abc import Iterable
from typing import Any

from axes.utils import reset as unlock_attempts
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts import services
from mingqian.accounts.forms import (
    DivisionForm,
    EndForm,
    FieldForm,
    GrantForm,
    OrganForm,
    SignInFilter,
    UserFilter,
    UserForm,
)
from mingqian.accounts.models.organs import Division, Organ
from mingqian.accounts.models.users import SignIn, User
from mingqian.accounts.selectors import (
    fields_of,
    organ_for,
    organs_visible_to,
    second_factor_of,
    sign_ins_visible_to,
    tree_of,
    user_for,
    user_of,
    users_visible_to,
)
from mingqian.accounts.states import ADMIN_ROLES, DivisionKind, OrganKind, Role
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError
from mingqian.pages import access
from mingqian.pages.paging import page_of

system = access.roles(Role.SYSTEM_ADMIN)
security = access.roles(Role.SECURITY_ADMIN)
audit = access.roles(Role.AUDIT_ADMIN)
admin = access.roles(*ADMIN_ROLES)
_ORGAN_TITLES: tables.Titles = (
    ("机关", 30), ("代码", 18), ("层级", 10), ("上级机关", 30), ("科室", 60), ("用户", 8),
)  # fmt: skip
_USER_TITLES: tables.Titles = (
    ("姓名", 12), ("用户名", 20), ("机关", 30), ("科室", 20), ("角色", 30), ("状态", 10),
)  # fmt: skip
_SIGN_IN_TITLES: tables.Titles = (
    ("时间", 20), ("用户名", 20), ("姓名", 12), ("结果", 14), ("网络地址", 18), ("浏览器", 60),
)  # fmt: skip


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@require_GET
@admin
def organs(request: HttpRequest) -> HttpResponseBase:
    """Show the tree of organs with their divisions."""
    user = user_of(request)
    query = request.GET.get("q", "").strip()
    rows = [
        (depth, organ, organ.divisions.order_by("code"), organ.users.count())
        for depth, organ in tree_of(user)
        if query in organ.name or query in organ.code
    ]
    if form := tables.asked_form(request):
        return tables.respond(form, f"机关与科室-{clock.today():%Y%m%d}", _ORGAN_TITLES, map(_organ_cells, rows))
    context = {"rows": rows, "query": query, "filtered": bool(query), "may_edit": user.has_role(Role.SYSTEM_ADMIN)}
    return render(request, "accounts/organs.html", context)


def _organ_cells(row: tuple[int, Organ, Iterable[Division], int]) -> list[str]:
    _depth, organ, divisions, count = row
    named = "、".join(division.name for division in divisions)
    return [organ.name, organ.code, organ.get_kind_display(), str(organ.parent or ""), named, str(count)]


@require_http_methods(["GET", "POST"])
@system
def organ_new(request: HttpRequest) -> HttpResponse:
    """Add an organ below one's own."""
    user = user_of(request)
    form = OrganForm(
        _posted(request), organs=organs_visible_to(user), initial={"parent": user.organ, "kind": OrganKind.DISTRICT}
    )
    if request.method == "POST" and form.is_valid():
        try:
            organ = services.create_organ(
                user.actor, **{**form.cleaned_data, "parent": form.cleaned_data["parent"] or user.organ}
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已新增机关“{organ.name}”。")
            return redirect("accounts:organ", code=organ.code)
    return render(request, "accounts/organ_form.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@system
def organ(request: HttpRequest, code: str) -> HttpResponse:
    """Change an organ; show its divisions and fields."""
    user = user_of(request)
    thing = organ_for(user, code)
    initial = {name: getattr(thing, name) for name in ("name", "short_name", "kind", "area_code", "parent")}
    form = OrganForm(_posted(request), organs=organs_visible_to(user), fixed_code=True, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        if thing.pk == user.organ_id:
            # What stands above one's own organ is not one's own to change.
            data["parent"] = thing.parent
        try:
            services.change_organ(user.actor, thing, **data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已保存。")
            return redirect("accounts:organ", code=code)
    context = {
        "form": form,
        "organ": thing,
        "divisions": thing.divisions.prefetch_related("division_fields__field"),
        "fields": fields_of(thing),
    }
    return render(request, "accounts/organ.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@system
def division_new(request: HttpRequest, code: str) -> HttpResponse:
    """Add a division."""
    user = user_of(request)
    thing = organ_for(user, code)
    form = DivisionForm(_posted(request), fields=fields_of(thing), initial={"kind": DivisionKind.BUSINESS})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.create_division(
                user.actor, organ=thing, code=data["code"], name=data["name"], kind=data["kind"]
            )
            services.change_division(user.actor, made, name=made.name, kind=data["kind"], fields=data["fields_of_work"])
        except DomainError as error:
            form.add_error("name" if "科室名称" in str(error) else "code", str(error))
        else:
            messages.success(request, f"已新增科室“{made.name}”。")
            return redirect("accounts:organ", code=code)
    context = {"form": form, "organ": thing, "title": "新增科室"}
    return render(request, "accounts/simple_form.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@system
def division(request: HttpRequest, code: str, division_code: str) -> HttpResponse:
    """Change a division."""
    user = user_of(request)
    thing = organ_for(user, code)
    found = get_object_or_404(Division, organ=thing, code=division_code)
    held = [row.field_id for row in found.division_fields.all()]
    initial = {"name": found.name, "kind": found.kind, "fields_of_work": held}
    form = DivisionForm(_posted(request), fields=fields_of(thing), fixed_code=True, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        values = {"name": data["name"], "kind": data["kind"], "fields": data["fields_of_work"]}
        try:
            services.change_division(user.actor, found, **values)
        except DomainError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, "已保存。")
            return redirect("accounts:organ", code=code)
    context = {"form": form, "organ": thing, "title": f"科室：{found.name}"}
    return render(request, "accounts/simple_form.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@system
def field_new(request: HttpRequest, code: str) -> HttpResponse:
    """Add a business field."""
    user = user_of(request)
    thing = organ_for(user, code)
    form = FieldForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.create_field(user.actor, organ=thing, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已新增业务领域。")
            return redirect("accounts:organ", code=code)
    context = {"form": form, "organ": thing, "title": "新增业务领域"}
    return render(request, "accounts/simple_form.html", context, status=400 if form.errors else 200)


@require_GET
@admin
def users(request: HttpRequest) -> HttpResponseBase:
    """List the users that the administrator looks after."""
    user = user_of(request)
    filters = UserFilter(request.GET)
    filters.is_valid()
    data = filters.cleaned_data
    rows = users_visible_to(user, data.get("q", ""), role=data.get("role", ""), state=data.get("state", ""))
    if form := tables.asked_form(request):
        return tables.respond(form, f"用户-{clock.today():%Y%m%d}", _USER_TITLES, map(_user_cells, rows))
    context = {
        "page": page_of(request, rows),
        "form": filters,
        "filtered": any(data.values()),
        "may_edit": user.has_role(Role.SYSTEM_ADMIN),
    }
    return render(request, "accounts/users.html", context)


def _user_cells(account: User) -> list[str]:
    division = account.division.name if account.division else ""
    state = "在用" if account.is_active else "已停用"
    return [account.name, account.username, account.organ.name, division, account.role_names, state]


@require_http_methods(["GET", "POST"])
@system
def user_new(request: HttpRequest) -> HttpResponse:
    """Add an account; its first password is shown once."""
    me = user_of(request)
    form = UserForm(_posted(request), organs=organs_visible_to(me), initial={"organ": me.organ})
    if request.method == "POST" and form.is_valid():
        password = services.fresh_password()
        try:
            made = services.create_user(me.actor, password=password, must_change=True, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return render(request, "accounts/first_password.html", {"account": made, "password": password})
    return render(
        request, "accounts/simple_form.html", {"form": form, "title": "新增用户"}, status=400 if form.errors else 200
    )


@require_GET
@admin
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
def user_edit(request: HttpRequest, username: str) -> HttpResponse:
    """Change name, division, or whether the account is in use."""
    me = user_of(request)
    account = user_for(me, username)
    initial = {"name": account.name, "division": account.division, "is_active": account.is_active}
    form = UserForm(_posted(request), organs=organs_visible_to(me), existing=True, initial=initial)
    if request.method == "POST" and form.is_valid():
        if account.pk == me.pk and not form.cleaned_data["is_active"]:
            form.add_error("is_active", "不能停用自己的账号，请由另一位系统管理员办理。")
        else:
            try:
                services.change_user(me.actor, account, **form.cleaned_data)
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "已保存。")
                return redirect("accounts:user", username=username)
    context = {"form": form, "title": f"修改用户：{account.name}"}
    return render(request, "accounts/simple_form.html", context, status=400 if form.errors else 200)


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
    return render(request, "accounts/first_password.html", {"account": account, "password": password})


@require_POST
@security
def grant(request: HttpRequest, username: str) -> HttpResponse:
    """Grant a role."""
    me = user_of(request)
    account = user_for(me, username)
    form = GrantForm(request.POST)
    if form.is_valid():
        try:
            services.grant_role(me.actor, user=account, **form.cleaned_data)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"已授予“{Role(form.cleaned_data['role']).label}”。")
    else:
        messages.error(request, "日期不正确，没有授予。请重新填写。")
    return redirect("accounts:user", username=username)


@require_POST
@security
def grant_end(request: HttpRequest, username: str, pk: int) -> HttpResponse:
    """End a role."""
    me = user_of(request)
    account = user_for(me, username)
    found = get_object_or_404(account.grants, pk=pk)
    form = EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, "日期不正确，没有终止。请重新填写。")
    else:
        try:
            services.end_role(me.actor, found, last_day=form.cleaned_data["last_day"])
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "已设定角色的最后一天。")
    return redirect("accounts:user", username=username)


@require_POST
@security
def second_factor_drop(request: HttpRequest, username: str) -> HttpResponse:
    """Take the second factor off an account whose device is lost."""
    me = user_of(request)
    account = user_for(me, username)
    if second_factor_of(account) is None:
        raise Http404("该用户没有启用动态口令。")
    services.drop_second_factor(me.actor, account)
    messages.success(request, "该用户的动态口令已停用，可凭密码登录后重新启用。")
    return redirect("accounts:user", username=username)


@require_GET
@audit
def sign_ins(request: HttpRequest) -> HttpResponseBase:
    """List the attempts to sign in."""
    filters = SignInFilter(request.GET)
    rows = filters.narrow(sign_ins_visible_to(user_of(request)))
    if form := tables.asked_form(request):
        cells = map(_sign_in_cells, rows.iterator(2000))
        return tables.respond(form, f"登录记录-{clock.today():%Y%m%d}", _SIGN_IN_TITLES, cells)
    context = {"page": page_of(request, rows), "form": filters, "filtered": any(filters.cleaned_data.values())}
    return render(request, "accounts/sign_ins.html", context)


def _sign_in_cells(row: SignIn) -> list[str]:
    name = row.user.name if row.user else ""
    at = f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}"
    return [at, row.username, name, row.get_outcome_display(), row.address, row.agent]
