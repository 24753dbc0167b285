"""What the forms of all rooms are made of: the date as browsers pick it, filters above a list."""

from collections.abc import Iterable
from typing import Any

from django import forms

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
    """Filters above a list; their values stay in the address. A field `q` comes tidied."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "mq-input"

    def clean(self) -> dict[str, Any]:
        """Tidy the words that are looked for."""
        data = super().clean() or self.cleaned_data
        return {name: clean(value) if isinstance(value, str) else value for name, value in data.items()}
