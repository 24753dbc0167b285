"""What several forms of the room are made of."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

import mingqian_draw as mq
from mingqian.accounts.models import Organ
from mingqian.accounts.selectors import divisions_of
from mingqian.accounts.states import DivisionKind
from mingqian.common.text import clean


def a_line(value: str) -> str:
    """Return `value` tidied, as a line of the draw protocol; raise ValidationError saying what is wrong."""
    tidy = clean(value)
    if not mq.line_ok(tidy):
        raise ValidationError("请填写一行文字，不超过 200 字，不能含有换行或不可见字符。")
    return tidy


class VoidForm(forms.Form):
    """Why a draw should be void."""

    reason = forms.CharField(
        label="作废理由",
        max_length=200,
        help_text="写入作废文件并永久公示，请写明具体情况，例如：现场停电，无法继续开签。",
    )

    def clean_reason(self) -> str:
        """Keep it on one line."""
        return a_line(self.cleaned_data["reason"])


_ANY = ("", "全部")


class FilterForm(forms.Form):
    """Filters above a list; their values stay in the address."""

    q = forms.CharField(label="对象、登记号或编号", required=False, max_length=60)
    state = forms.ChoiceField(label="状态", required=False)
    division = forms.ChoiceField(label="科室", required=False)
    #: From the page of a draw.
    draw = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    states: Sequence[tuple[str, str]] = ()

    def __init__(self, data: QueryDict, organ: Organ) -> None:
        """Offer the states and the organ's divisions."""
        super().__init__(data)
        rows = [(row.code, row.name) for row in divisions_of(organ) if row.kind == DivisionKind.BUSINESS]
        offer(self, "division", [_ANY, *rows])
        offer(self, "state", [_ANY, *self.states])
        for field in self.fields.values():
            field.widget.attrs["class"] = "mq-input"

    def clean_q(self) -> str:
        """Tidy."""
        return clean(self.cleaned_data["q"])

    @property
    def asked(self) -> dict[str, str]:
        """Return what the address asks for, "" for what it does not, or asks for wrongly."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


def offer(form: forms.Form, name: str, choices: Sequence[Any]) -> None:
    """Put choices into a field."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices
