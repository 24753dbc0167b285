"""Signing in and out, changing one's password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash, views as auth_views
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from mingqian.accounts import services
from mingqian.accounts.forms import SignInForm
from mingqian.accounts.selectors import user_of
from mingqian.common import access

sign_in = access.public(
    auth_views.LoginView.as_view(
        template_name="accounts/sign_in.html", authentication_form=SignInForm, redirect_authenticated_user=True
    )
)
sign_out = access.public(require_POST(auth_views.LogoutView.as_view(next_page="accounts:sign-in")))


@access.signed_in
def password(request: HttpRequest) -> HttpResponse:
    """Let the user change their own password."""
    user = user_of(request)
    form = PasswordChangeForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.change_password(user, form.cleaned_data["new_password1"])
        update_session_auth_hash(request, user)
        messages.success(request, "密码已修改。")
        return redirect("portal:workbench")
    return render(request, "accounts/password.html", {"form": form}, status=400 if form.errors else 200)


def locked_out(
    request: HttpRequest, _credentials: dict[str, Any] | None = None, *_args: Any, **_kwargs: Any
) -> HttpResponse:
    """Answer somebody who has failed too often."""
    return render(request, "accounts/locked_out.html", status=429)
