"""The form that reckons a time limit."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from mingqian.common.text import clean, half_width
from mingqian.pages.fields import DayInput
from mingqian.rules.sets.schema import LIMITS, PARAMETERS


class DeadlineForm(forms.Form):
    """An event and a limit."""

    key = forms.ChoiceField(
        label="期限", choices=[("", "自己填写天数"), *((key, PARAMETERS[key].title) for key in LIMITS)], required=False
    )
    days = forms.CharField(label="工作日数", required=False, max_length=10, help_text="填写后以此为准，不按所选期限。")
    start = forms.DateField(label="起算日期（当日不计）", widget=DayInput())

    def clean_days(self) -> int | None:
        """Read full-width digits too."""
        text = clean(half_width(self.cleaned_data["days"]))
        if not text:
            return None
        if not (text.isascii() and text.isdigit()):
            raise ValidationError("请填写整数天数。")
        return int(text)

    def clean(self) -> dict[str, Any]:
        """One of the two is needed."""
        data = super().clean() or self.cleaned_data
        if not data.get("key") and data.get("days") is None and "days" not in self.errors:
            self.add_error("days", "请选择一项期限，或填写工作日数。")
        return data
