"""Signing in and out, one's own account."""

import io
import time
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash, views as auth_views
from django.contrib.auth.forms import AuthenticationForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from mozilla_django_oidc import views as oidc_views

from mingqian.accounts import services
from mingqian.accounts.forms import CodeForm, OwnPasswordForm, SignInForm
from mingqian.accounts.models.factors import config_url, fresh_key
from mingqian.accounts.models.users import User
from mingqian.accounts.selectors import second_factor_of, user_of
from mingqian.accounts.states import SignInOutcome
from mingqian.common import crypto
from mingqian.pages import access
from mingqian.pages.paging import page_of

#: Where the session keeps who has given the password and still owes the code, and for how many seconds that is good.
_PENDING = "second_factor"
_PENDING_SECONDS = 300
#: Where it keeps the key that is being set up.
_OFFERED = "second_factor_key"
_BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignInView(auth_views.LoginView):
    """User name and password; the code as well where the user has switched that on."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether one may sign in elsewhere, and whether that has just failed."""
        return super().get_context_data(
            oidc=settings.MINGQIAN_OIDC, elsewhere=self.request.GET.get("elsewhere", ""), **kwargs
        )

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign the user in, or ask for the code first."""
        user = form.get_user()
        if isinstance(user, User) and second_factor_of(user):
            self.request.session[_PENDING] = {"user": user.pk, "at": int(time.time()), "next": self.get_success_url()}
            return redirect("accounts:code")
        if isinstance(user, User):
            services.note_sign_in(self.request, user.username, SignInOutcome.DONE, user)
        return super().form_valid(form)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Keep the attempt."""
        services.note_sign_in(self.request, self.request.POST.get("username", ""), SignInOutcome.WRONG)
        return super().form_invalid(form)


sign_in = access.public(SignInView.as_view())
_django_sign_out = auth_views.LogoutView.as_view(next_page="accounts:sign-in")


@require_POST
@access.public
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Sign out."""
    if isinstance(request.user, User):
        services.note_sign_in(request, request.user.username, SignInOutcome.OUT, request.user)
    return _django_sign_out(request)


def _pending(request: HttpRequest) -> dict[str, Any]:
    """Return who gave the password and is to give the code, {} where that is nobody or too long ago."""
    pending: dict[str, Any] = request.session.get(_PENDING) or {}
    if pending and time.time() - pending["at"] > _PENDING_SECONDS:
        del request.session[_PENDING]
        return {}
    return pending


def _let_in(request: HttpRequest, user: User, target: str) -> HttpResponse:
    """Sign in whoever gave both factors, and go on to `target` where it is a page of ours."""
    del request.session[_PENDING]
    services.note_sign_in(request, user.username, SignInOutcome.DONE, user)
    login(request, user, backend=_BACKEND)
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return redirect(target if safe else resolve_url(settings.LOGIN_REDIRECT_URL))


@require_http_methods(["GET", "POST"])
@access.public
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of somebody who has given the password."""
    pending = _pending(request)
    user = User.objects.filter(pk=pending["user"], is_active=True).first() if pending else None
    device = second_factor_of(user) if user else None
    if user is None or device is None:
        return redirect("accounts:sign-in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        # The device itself slows down guessing (django-otp's throttling).
        if device.verify_token(form.cleaned_data["code"]):
            return _let_in(request, user, pending["next"])
        services.note_sign_in(request, user.username, SignInOutcome.CODE, user)
        form.add_error(
            "code", "动态口令不正确或已经用过。请等手机上的数字更新后再输入；连续输错时需要等待的时间会越来越长。"
        )
    return render(request, "accounts/code.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@access.signed_in
def password(request: HttpRequest) -> HttpResponse:
    """Let the user change their own password."""
    user = user_of(request)
    form = OwnPasswordForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.change_password(user, form.cleaned_data["new_password1"])
        update_session_auth_hash(request, user)
        messages.success(request, "密码已修改。")
        return redirect("portal:workbench")
    return render(request, "accounts/password.html", {"form": form}, status=400 if form.errors else 200)


@require_GET
@access.signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """Show the user's own account: roles, second factor, sign-ins."""
    user = user_of(request)
    context = {
        "grants": user.grants.order_by("-since"),
        "second_factor": second_factor_of(user),
        "page": page_of(request, user.sign_ins.all(), 20),
    }
    return render(request, "accounts/mine.html", context)


def _key_on_offer(request: HttpRequest) -> bytes:
    """Return the key that this session is shown until a code proves that the device has it; it lies there encrypted."""
    context = f"{_OFFERED}/{user_of(request).pk}"
    try:
        return crypto.decrypt_bytes(bytes.fromhex(request.session[_OFFERED]), context)
    except (KeyError, ValueError):
        key = fresh_key()
        request.session[_OFFERED] = crypto.encrypt_bytes(key, context).hex()
        return key


@require_http_methods(["GET", "POST"])
@access.signed_in
def second_factor(request: HttpRequest) -> HttpResponse:
    """Set up the second factor: show the QR code, take a code as proof that the device works."""
    user = user_of(request)
    if second_factor_of(user):
        return redirect("accounts:mine")
    key = _key_on_offer(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if services.confirm_second_factor(user, key, form.cleaned_data["code"]):
            del request.session[_OFFERED]
            messages.success(request, "动态口令已启用，下次登录时需要输入。")
            return redirect("accounts:mine")
        form.add_error("code", "动态口令不正确，请核对手机时间，等数字更新后再输入。")
    buffer = io.BytesIO()
    segno.make(config_url(user, key), error="m").save(
        buffer, kind="svg", xmldecl=False, omitsize=True, border=3, light="white", svgclass="mq-qr"
    )
    context = {"form": form, "qr": buffer.getvalue().decode(), "key": key.hex()}
    return render(request, "accounts/second_factor.html", context, status=400 if form.errors else 200)


@require_POST
@access.signed_in
def second_factor_off(request: HttpRequest) -> HttpResponse:
    """Switch the second factor off, with the password."""
    user = user_of(request)
    if not user.check_password(request.POST.get("password", "")):
        messages.error(request, "密码不正确，动态口令仍然有效。")
    else:
        services.drop_second_factor(user.actor, user)
        messages.success(request, "动态口令已停用。")
    return redirect("accounts:mine")


def locked_out(
    request: HttpRequest, credentials: dict[str, Any] | None = None, *_args: Any, **_kwargs: Any
) -> HttpResponse:
    """Answer somebody who has failed too often."""
    services.note_sign_in(request, str((credentials or {}).get("username", "")), SignInOutcome.LOCKED)
    return render(request, "accounts/locked_out.html", status=429)


def _only_with_a_provider(view: access.View) -> access.View:
    """Answer 404 where no identity provider is configured."""

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.MINGQIAN_OIDC:
            raise Http404("本平台没有启用统一身份认证。")
        return view(request, *args, **kwargs)

    return guarded


oidc_start = access.public(_only_with_a_provider(oidc_views.OIDCAuthenticationRequestView.as_view()))
oidc_callback = access.public(_only_with_a_provider(oidc_views.OIDCAuthenticationCallbackView.as_view()))
