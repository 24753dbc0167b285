"""Two people edit one row of a registry: `common.versions`, with the last act on the row looked up in the ledger."""

from django import forms
from django.http import HttpRequest, HttpResponse

from mingqian.ledger import selectors as ledger
from mingqian.ledger.models import Recorded
from mingqian.pages import versions
from mingqian.pages.versions import EditedMeanwhileError, carried, check, decided, expected, version_of

__all__ = ["EditedMeanwhileError", "carried", "check", "clash", "decided", "expected", "version_of"]


def clash(
    request: HttpRequest, form: forms.Form, current: forms.Form, *, row: Recorded, version: str, key: str, back: str
) -> HttpResponse:
    """Show both values of every field that differs; `key` names the row on the ledger."""
    last = ledger.entries_on(key).last()
    return versions.clash(request, form, current, row=row, version=version, last=last, back=back)
