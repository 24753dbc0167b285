"""Two people edit one thing: the second is shown what the first changed, decides field by field, and loses nothing.

The form carries `seen`: the digest of the row as it was shown, and the values that stood in the fields, signed. The service compares the
digest under its lock; where it differs, the view shows both values of every field that differs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from mingqian.common.errors import DomainError
from mingqian.pages.submission import typed

_SALT = "mingqian.pages.versions"
_PICK = "pick-"


class Digested(Protocol):
    """A row that tells a digest over its fields."""

    def ledger_digest(self) -> str:
        """Return SHA-256 over the fields of the row."""


class Act(Protocol):
    """Who did what when, as the log has it."""

    actor: str
    verb: str
    time: str


class EditedMeanwhileError(DomainError):
    """Somebody else changed the row after the form was opened."""

    def __init__(self) -> None:
        super().__init__("在您填写期间，他人已经改动了这条记录，请核对后再保存。")


def version_of(row: Digested, *more: str) -> str:
    """Return what changes with every change of `row` and of what `more` names beside it."""
    return ":".join((row.ledger_digest(), *more))


def check(expected: str, row: Digested, *more: str) -> None:
    """Raise EditedMeanwhileError where the locked `row` is not what was `expected`; "" expects nothing."""
    if expected and expected != version_of(row, *more):
        raise EditedMeanwhileError


def _text(field: forms.Field, value: Any) -> str:
    """Write a field's value so that two can be compared, whether they come from the row or from the browser."""
    if isinstance(field, forms.BooleanField):
        return "1" if field.to_python(value) else ""
    if isinstance(value, list | tuple):
        return ",".join(sorted(map(str, value)))
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value).strip()


def _shown(field: forms.Field, text: str) -> str:
    """Return what users read for a compared text."""
    if isinstance(field, forms.BooleanField):
        return "是" if text else "否"
    if isinstance(field, forms.ChoiceField):
        words = {str(key): str(label) for key, label in field.widget.choices}
        return "、".join(words.get(part, part) for part in text.split(",") if part) or words.get("", "（空）")
    return text or "（空）"


def _values(form: forms.Form) -> dict[str, str]:
    """Return the values that the row gives the form's fields."""
    return {name: _text(field, form.get_initial_for_field(field, name)) for name, field in form.fields.items()}


def seen(form: forms.Form, version: str) -> str:
    """Return what the page carries: the version shown, and the values that stood in the fields."""
    return signing.dumps([version, _values(form)], salt=_SALT, compress=True)


def _read(token: str) -> tuple[str, dict[str, str]]:
    if not token:
        return "", {}
    try:
        version, values = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise DomainError("页面已失效，请重新打开修改页面再保存；您填写的内容还在下面。") from error
    return str(version), dict(values)


def carried(request: HttpRequest, current: forms.Form, version: str) -> str:
    """Return what the page carries on: what the user was shown first, or, on a fresh page, the row as it stands."""
    token = typed(request).get("seen", "")
    try:
        known = bool(_read(token)[0])
    except DomainError:
        known = False
    return token if known else seen(current, version)


def expected(request: HttpRequest) -> str:
    """Return the version that the user was shown, "" where the request names none; raise DomainError where it was tampered with."""
    return _read(request.POST.get("seen", ""))[0]


def decided(data: QueryDict, current: forms.Form) -> QueryDict:
    """Return `data` with the value of the row for every field where the user decided for it (`pick-NAME=theirs`)."""
    merged = data.copy()
    theirs = _values(current)
    for name, field in current.fields.items():
        if data.get(_PICK + name) != "theirs" or field.disabled:
            continue
        if isinstance(field, forms.BooleanField) and not theirs[name]:
            merged.pop(name, None)
        elif isinstance(field, forms.MultipleChoiceField):
            merged.setlist(name, [part for part in theirs[name].split(",") if part])
        else:
            merged[name] = "on" if isinstance(field, forms.BooleanField) else theirs[name]
    return merged


@dataclass(frozen=True)
class Difference:
    """A field whose value in the row is not the one that the user typed."""

    name: str
    title: str
    before: str
    theirs: str
    mine: str
    #: The user left the field alone: only the other one changed it.
    only_theirs: bool
    #: Both changed it, each in another way.
    both: bool


def differences(form: forms.Form, current: forms.Form, base: Mapping[str, str]) -> list[Difference]:
    """Compare what `form` brings with the fields of `current` (the row as it stands) and with what the user had been shown."""
    theirs = _values(current)
    found = []
    for name, field in form.fields.items():
        if field.disabled or name not in current.initial:  # the row gives no value to compare with
            continue
        mine = _text(field, form[name].data)
        if mine == theirs[name]:
            continue
        was = base.get(name, theirs[name])
        found.append(
            Difference(
                name,
                str(form[name].label),
                _shown(field, was),
                _shown(field, theirs[name]),
                _shown(field, mine),
                only_theirs=mine == was,
                both=was not in {mine, theirs[name]},
            )
        )
    return found


def clash(
    request: HttpRequest,
    form: forms.Form,
    current: forms.Form,
    *,
    row: Digested,
    version: str,
    last: Act | None,
    back: str,
) -> HttpResponse:
    """Show both values of every field that differs, and let the user decide; nothing typed is lost.

    `current` is an unbound form over `row` as it stands now; `last` is the last act on the row; `back` is the address of its page.
    """
    _old, base = _read(request.POST.get("seen", ""))
    typed: Iterable[tuple[str, str]] = (
        (name, value)
        for name, values in request.POST.lists()
        if name in form.fields
        for value in values
        if isinstance(value, str)
    )
    context = {
        "row": row,
        "differences": differences(form, current, base),
        "typed": list(typed),
        "seen": seen(current, version),
        "last": last,
        "back": back,
    }
    return render(request, "clash.html", context, status=409)
