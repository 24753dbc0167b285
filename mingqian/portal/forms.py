"""Forms of the ledger's pages."""

from django import forms


class AnswerForm(forms.Form):
    """What was found out about the problems of a verification."""

    answer = forms.CharField(
        label="说明",
        max_length=1000,
        min_length=10,
        widget=forms.Textarea(attrs={"rows": 5, "class": "mq-input"}),
        help_text="写明查到的原因、由谁查、怎样处理，例如“系误报：核验时正在导入，重新核验一致”。",
    )


class CosignerForm(forms.Form):
    """An outside party."""

    name = forms.CharField(
        label="见证方",
        max_length=60,
        widget=forms.TextInput(attrs={"class": "mq-input"}),
        help_text="例如淄博市审计局。",
    )
    key = forms.CharField(
        label="公钥",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "mq-input"}),
        help_text="见证方运行 mingqian_witness keys 后显示的一整行，请当面或电话核对。",
    )
    address = forms.URLField(
        label="见证服务地址",
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "mq-input"}),
        help_text="见证方开着 serve 时填写，平台在每一步抽取后去请求签名；留空则由见证方自己来取，或人工传递文件。",
    )


class CosignerEndForm(forms.Form):
    """Why an outside party no longer counts."""

    why = forms.CharField(label="停用原因", max_length=200, widget=forms.TextInput(attrs={"class": "mq-input"}))


class CosignatureForm(forms.Form):
    """A cosigned checkpoint that was carried by hand."""

    file = forms.FileField(
        label="签名后的检查点",
        widget=forms.FileInput(attrs={"class": "mq-input"}),
        help_text="见证方用 mingqian_witness cosign 得到的文件，文件名不限。",
    )

    def clean_file(self) -> str:
        """Return the text."""
        file = self.cleaned_data["file"]
        if file.size > 100_000:
            raise forms.ValidationError("文件太大，不是签了名的检查点。")
        try:
            return str(file.read().decode())
        except UnicodeDecodeError as error:
            raise forms.ValidationError("这不是文本文件，请上传见证方送回的文件。") from error
