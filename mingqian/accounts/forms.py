"""Forms of the room `accounts`."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """User name and password."""

    error_messages = {  # noqa: RUF012  the base class's form
        "invalid_login": "用户名或密码不正确，请核对后重新输入。连续输错五次将锁定十五分钟。",
        "inactive": "该账号已停用，请联系系统管理员。",
    }
    username = forms.CharField(
        label="用户名", widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username"})
    )
    password = forms.CharField(
        label="密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
