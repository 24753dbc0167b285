"""Forms of a ceremony: what a witness contributes, the number of the beacon."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from mingqian.common.text import half_width


class CodeForm(forms.Form):
    """What the device of a witness shows who cannot reach the network: a commitment, after the close its opening."""

    code = forms.CharField(
        label="扫入或输入手机上显示的内容",
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        help_text="用扫码枪扫监督人手机上的二维码。献数时扫承诺，献数截止之后扫公布的数字。",
        error_messages={"required": "请扫入监督人手机上显示的内容。"},
    )


class OpenForm(forms.Form):
    """The beacon's value, where one was named: typed twice, since it cannot be corrected afterwards."""

    beacon = forms.CharField(
        label="公开随机源公布的号码",
        max_length=200,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    again = forms.CharField(
        label="再输入一遍",
        max_length=200,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text="开签后不能更改，请由另一人对照公布的号码重新输入。",
    )

    def __init__(self, *args: Any, digits: int, **kwargs: Any) -> None:
        """Ask for `digits` digits; for nothing where no beacon was named (0)."""
        super().__init__(*args, **kwargs)
        self.digits = digits
        if not digits:
            del self.fields["beacon"], self.fields["again"]

    def clean_beacon(self) -> str:
        """Keep plain digits, as many as the seal says."""
        value = re.sub(r"\s", "", half_width(self.cleaned_data["beacon"]))
        if not re.fullmatch("[0-9]+", value) or len(value) != self.digits:
            raise ValidationError(f"封存时约定的号码是 {self.digits} 位数字，请核对后重新输入。")
        return value

    def clean(self) -> dict[str, Any]:
        """Compare both."""
        data = super().clean() or {}
        again = re.sub(r"\s", "", half_width(data.get("again", "")))
        if "beacon" in data and again != data["beacon"]:
            self.add_error("again", "两次输入的号码不一致，尚未开签。请对照公布的号码重新输入。")
        return data
