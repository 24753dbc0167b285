"""What the forms of all rooms are made of: the date as browsers pick it, filters above a list."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from django import forms
from django.db.models import Q

from mingqian.common.text import clean

#: The choice of a filter that asks for nothing.
ANY = ("", "全部")


class DayInput(forms.DateInput):
    """A date as browsers pick it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def offer(form: forms.Form, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """Give a choice what only the request knows."""
    field: Any = form.fields[name]
    field.choices = list(choices)


class FilterForm(forms.Form):
    """Filters above a list; their values stay in the address. Texts come tidied.

    `offered` are choices that only the request knows, by field; each may be left open.
    """

    def __init__(
        self, *args: Any, offered: Mapping[str, Iterable[tuple[str, str]]] = MappingProxyType({}), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in offered.items():
            offer(self, name, [ANY, *choices])
        for field in self.fields.values():
            field.widget.attrs["class"] = "mq-input"

    def clean(self) -> dict[str, Any]:
        """Tidy the words that are looked for."""
        data = super().clean() or self.cleaned_data
        return {name: clean(value) if isinstance(value, str) else value for name, value in data.items()}


def said(text: str, names: Iterable[str]) -> Q:
    """Return the condition that every word of `text` stands in one of the columns."""
    wanted = Q()
    for word in text.split():
        anywhere = Q()
        for name in names:
            anywhere |= Q(**{f"{name}__icontains": word})
        wanted &= anywhere
    return wanted


class PeriodForm(forms.Form):
    """A form of something that holds from a day to a day; its texts come tidied."""

    #: The fields of the days, and what is said where the second is earlier.
    period = ("since", "until", "结束日期早于开始日期，请改正。")

    def clean(self) -> dict[str, Any]:
        """Tidy the texts, and refuse what ends before it begins."""
        data = super().clean() or self.cleaned_data
        data = {name: clean(value) if isinstance(value, str) else value for name, value in data.items()}
        first, last, sentence = self.period
        if data.get(first) and data.get(last) and data[last] < data[first]:
            self.add_error(last, sentence)
        return data
