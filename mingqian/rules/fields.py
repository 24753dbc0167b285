"""Fields that several forms of the room have."""

from django import forms


def date_field() -> forms.DateInput:
    """Return the input of a day."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
