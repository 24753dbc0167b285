"""Forms of a ceremony: what the device of a witness shows."""

from django import forms


class CodeForm(forms.Form):
    """What the device of a witness shows who cannot reach the network: a commitment, after the close its opening."""

    code = forms.CharField(
        label="扫入或输入手机上显示的内容",
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        help_text="用扫码枪扫监督人手机上的二维码。献数时扫承诺，献数截止之后扫公布的数字。",
        error_messages={"required": "请扫入监督人手机上显示的内容。"},
    )
