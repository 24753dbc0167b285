"""Forms of the room `accounts`."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.validators import RegexValidator

from mingqian.accounts.models.organs import Division, Field, Organ
from mingqian.accounts.states import DivisionKind, OrganKind, Role, SignInOutcome
from mingqian.common import clock
from mingqian.common.text import clean, half_width
from mingqian.pages.fields import ANY, DayInput, FilterForm

CODE = RegexValidator(r"^[a-z0-9][a-z0-9-]{0,31}$", "请使用小写字母、数字和短横线，以字母或数字开头，不超过 32 位。")


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


class OwnPasswordForm(PasswordChangeForm):
    """A new password in place of the old one; what is asked of it stands at the head of the page, once."""

    error_messages = {  # noqa: RUF012  the base class's form
        "password_incorrect": "旧密码不正确，请重新输入。",
        "password_mismatch": "两次输入的新密码不一致。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Drop the help that repeats the rules."""
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = ""
        self.fields["new_password2"].help_text = "再输入一次新密码。"


class CodeForm(forms.Form):
    """The six digits that the user's device shows."""

    code = forms.CharField(
        label="动态口令",
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
        help_text="打开手机上的动态口令应用，填写当前显示的六位数字。",
    )

    def clean_code(self) -> str:
        """Drop blanks; full-width digits are typed by Chinese keyboards."""
        code = half_width(self.cleaned_data["code"]).replace(" ", "")
        if not (code.isascii() and code.isdigit() and len(code) == 6):
            raise forms.ValidationError("动态口令是六位数字，请重新输入。")
        return code


class OrganForm(forms.Form):
    """An organ."""

    code = forms.CharField(
        label="机关代码",
        max_length=32,
        validators=[CODE],
        help_text="用在网址和抽取编码里，建立后不能修改，例如 zibo、zibo-zhangdian。",
    )
    name = forms.CharField(label="机关名称", max_length=100)
    short_name = forms.CharField(
        label="简称", max_length=40, help_text="用在抽取编号里，例如“淄博市工信局抽〔2026〕1号”。"
    )
    kind = forms.ChoiceField(label="层级", choices=OrganKind.choices)
    area_code = forms.RegexField(
        label="行政区划代码", regex=r"^\d{6}$", required=False, error_messages={"invalid": "行政区划代码是六位数字。"}
    )
    parent = forms.ModelChoiceField(
        label="上级机关",
        queryset=Organ.objects.none(),
        required=False,
        empty_label="无（不在管理范围内的上级也选此项）",
    )

    def __init__(self, *args: Any, organs: Any, fixed_code: bool = False, **kwargs: Any) -> None:
        """Offer the organs that the administrator sees as parents."""
        super().__init__(*args, **kwargs)
        parent = self.fields["parent"]
        if isinstance(parent, forms.ModelChoiceField):
            parent.queryset = organs
        if fixed_code:
            del self.fields["code"]

    def clean_name(self) -> str:
        """Tidy."""
        return clean(self.cleaned_data["name"])

    def clean_short_name(self) -> str:
        """Tidy."""
        return clean(self.cleaned_data["short_name"])


class DivisionForm(forms.Form):
    """A division with its kind and fields."""

    code = forms.CharField(label="科室代码", max_length=32, validators=[CODE])
    name = forms.CharField(
        label="科室名称",
        max_length=40,
        help_text="写入抽取的封存文件，只用汉字、字母、数字和（）等少数符号，不留空格。",
    )
    kind = forms.ChoiceField(label="科室类别", choices=DivisionKind.choices)
    fields_of_work = forms.ModelMultipleChoiceField(
        label="业务领域", queryset=Field.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, fields: Any, fixed_code: bool = False, **kwargs: Any) -> None:
        """Offer the organ's fields."""
        super().__init__(*args, **kwargs)
        choice = self.fields["fields_of_work"]
        if isinstance(choice, forms.ModelMultipleChoiceField):
            choice.queryset = fields
        if fixed_code:
            del self.fields["code"]


class FieldForm(forms.Form):
    """A business field."""

    code = forms.CharField(label="领域代码", max_length=32, validators=[CODE])
    name = forms.CharField(label="业务领域", max_length=40)


class UserForm(forms.Form):
    """A user."""

    username = forms.RegexField(
        label="用户名",
        regex=r"^[a-z][a-z0-9._-]{2,31}$",
        error_messages={"invalid": "用户名由小写字母、数字、点、下划线、短横线组成，以字母开头，3 至 32 位。"},
    )
    name = forms.CharField(label="姓名", max_length=40)
    organ = forms.ModelChoiceField(label="机关", queryset=Organ.objects.none())
    division = forms.ModelChoiceField(
        label="科室", queryset=Division.objects.none(), required=False, empty_label="不属于科室（局领导、管理员）"
    )
    is_active = forms.BooleanField(
        label="在用", required=False, initial=True, help_text="停用后不能登录，原有记录全部保留。"
    )

    def __init__(self, *args: Any, organs: Any, existing: bool = False, **kwargs: Any) -> None:
        """Offer organs and divisions that the administrator looks after; name and organ of an account stay."""
        super().__init__(*args, **kwargs)
        for name, queryset in (
            ("organ", organs),
            ("division", Division.objects.filter(organ__in=organs).select_related("organ")),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = queryset
        if existing:
            del self.fields["username"], self.fields["organ"]
        else:
            del self.fields["is_active"]


class UserFilter(FilterForm):
    """Filters above the list of users."""

    q = forms.CharField(label="姓名、用户名或科室", required=False, max_length=60)
    role = forms.ChoiceField(label="角色", required=False, choices=[ANY, *Role.choices])
    state = forms.ChoiceField(label="状态", required=False, choices=[ANY, ("active", "在用"), ("stopped", "已停用")])


class SignInFilter(FilterForm):
    """Filters above the list of sign-ins."""

    q = forms.CharField(label="用户名", required=False, max_length=60)
    outcome = forms.ChoiceField(label="结果", required=False, choices=[ANY, *SignInOutcome.choices])
    since = forms.DateField(label="日期自", required=False, widget=DayInput())
    until = forms.DateField(label="日期至", required=False, widget=DayInput())


class GrantForm(forms.Form):
    """A role from one day to another."""

    role = forms.ChoiceField(label="角色", choices=Role.choices)
    since = forms.DateField(label="自", widget=DayInput(), initial=clock.today)
    until = forms.DateField(
        label="至",
        required=False,
        widget=DayInput(),
        help_text="含当日；不填即长期。",
    )


class EndForm(forms.Form):
    """The last day of a role."""

    last_day = forms.DateField(label="最后一天", widget=DayInput(), initial=clock.today)
