"""Forms of the ledger's page."""

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
