"""The form of a record's signed copy."""

from collections.abc import Sequence
from typing import Any

from django import forms

from mingqian.common.text import clean
from mingqian.drawing.forms import offer


class SignedForm(forms.Form):
    """Who signed on paper; why, where an earlier copy is there."""

    signers = forms.MultipleChoiceField(
        label="纸面上签了字的人",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="照纸面勾选。已在手机上签过名、又在纸面签字的，也勾上。",
    )
    others = forms.CharField(
        label="其他签字人",
        max_length=200,
        required=False,
        help_text="记录“其他到场人员”一栏的签字，例如“人事科 王明”。",
    )
    why = forms.CharField(label="换件原因", max_length=200, help_text="至少 4 个字。原来的签字件仍然保留。")

    def __init__(self, *args: Any, names: Sequence[str], again: bool, **kwargs: Any) -> None:
        """Offer the names that the record has a line for; ask why only where a copy is there."""
        super().__init__(*args, **kwargs)
        offer(self, "signers", [(name, name) for name in names])
        if not again:
            del self.fields["why"]

    def values(self) -> dict[str, Any]:
        """Return what was filled in."""
        data = self.cleaned_data
        return {"signers": data["signers"], "others": clean(data["others"]), "why": data.get("why", "")}
