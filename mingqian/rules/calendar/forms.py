"""The form of the State Council's notice."""

from typing import Any

from django import forms

from mingqian.common.text import clean


class NoticeForm(forms.Form):
    """The State Council's notice for a year."""

    version = forms.IntegerField(label="页面版本", widget=forms.HiddenInput)
    basis = forms.CharField(
        label="通知文号",
        max_length=100,
        help_text="例如：国办发明电〔2026〕5号《国务院办公厅关于2027年部分节假日安排的通知》。",
    )
    text = forms.CharField(
        label="放假安排",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="按通知原文粘贴，每个节日一行；也可以每行写一项，例如“国庆节 2027-10-01 至 2027-10-07 放假”、“国庆节 2027-09-26 上班”。",
    )
    reason = forms.CharField(label="更正理由", max_length=200, required=False)

    def __init__(self, *args: Any, correction: bool, **kwargs: Any) -> None:
        """Ask for a reason only where something is corrected."""
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = correction
        if not correction:
            del self.fields["reason"]

    def clean_basis(self) -> str:
        """Tidy."""
        return clean(self.cleaned_data["basis"])

    def clean_reason(self) -> str:
        """Tidy."""
        return clean(self.cleaned_data["reason"])
