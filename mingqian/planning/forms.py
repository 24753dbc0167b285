"""What several forms of the room are made of."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from mingqian.accounts.models import Division, Organ, User
from mingqian.accounts.selectors import divisions_of
from mingqian.accounts.states import DivisionKind, Role
from mingqian.casework.models import RegisterRevision
from mingqian.casework.register.states import ChangeKind
from mingqian.common.text import clean, half_width
from mingqian.pages.fields import offer

_AREA = forms.Textarea(attrs={"rows": 2})


def lines(text: str) -> str:
    """Tidy a text of several lines.

    >>> lines("  甲 \\n\\n 乙")
    '甲\\n乙'
    """
    return "\n".join(line for raw in text.splitlines() if (line := clean(raw)))


def basis_points(text: str) -> int | None:
    """Return a percentage as basis points; raise ValidationError for anything else.

    >>> basis_points("5"), basis_points("12.5%"), basis_points("")
    (500, 1250, None)
    """
    plain = half_width(clean(text)).removesuffix("%").strip()
    if not plain:
        return None
    try:
        value = Decimal(plain) * 100
    except InvalidOperation as error:
        raise ValidationError("请填写百分数，例如 5 或 2.5。") from error
    if not value.is_finite() or value != value.to_integral_value() or not 1 <= value <= 10000:
        raise ValidationError("比例应大于 0、不超过 100%，最多两位小数。")
    return int(value)


def offer_kept(form: forms.Form, name: str, choices: Sequence[tuple[str, str]], kept: Iterable[str]) -> None:
    """Offer `choices` in a field, and what stands there though it is out of use."""
    known = {value for value, _words in choices}
    offer(form, name, [*choices, *((value, f"{value}（已停用）") for value in kept if value not in known)])


def business_divisions(organ: Organ) -> list[tuple[str, str]]:
    """Return what a field offers of the business divisions: code and name."""
    return [(row.code, row.name) for row in divisions_of(organ) if row.kind == DivisionKind.BUSINESS]


def drafting_divisions(user: User) -> dict[str, Division]:
    """Return the divisions that `user` drafts for: the own one, all business divisions for the regulations division."""
    rows = divisions_of(user.organ)
    if not user.has_role(Role.REGULATIONS_OFFICER):
        rows = [division for division in rows if division.pk == user.division_id]
    else:
        rows = [division for division in rows if division.kind == DivisionKind.BUSINESS]
    return {division.code: division for division in rows}


def rows_wanted(data: Mapping[str, Any] | None, kept: int, field: str, *, more: int, most: int) -> int:
    """Return how many rows a form has: `kept`, those that were posted (`field` with the row's number), and `more` if asked for."""
    wanted = kept
    if data is not None:
        while wanted < most and field.format(wanted) in data:
            wanted += 1
        wanted += more if data.get("act") == "more" else 0
    return min(wanted, most)


class DraftForm(forms.Form):
    """What a revision of a register says: its `division`, and `why` where it changes what stands."""

    divisions: dict[str, Division]

    def offer_divisions(self, divisions: Mapping[str, Division], revision: RegisterRevision | None) -> None:
        """Offer the divisions, that of the revision among them; what is new needs no reason."""
        self.divisions = dict(divisions)
        if revision is not None:
            self.divisions.setdefault(revision.division.code, revision.division)
        offer(self, "division", [(code, division.name) for code, division in self.divisions.items()])
        if revision is None or revision.change == ChangeKind.NEW:
            del self.fields["why"]

    def clean_division(self) -> Division:
        """Return the division."""
        return self.divisions[self.cleaned_data["division"]]


class RemarkForm(forms.Form):
    """An opinion on what was seen."""

    remark = forms.CharField(label="意见", max_length=300, required=False, widget=_AREA)

    def clean_remark(self) -> str:
        """Tidy."""
        return lines(self.cleaned_data["remark"])


class WhyForm(forms.Form):
    """Why something is to be taken off `whole` (清单, 计划)."""

    why = forms.CharField(label="取消理由", max_length=300, widget=_AREA)

    def __init__(self, data: QueryDict | None, *, whole: str, article: str) -> None:
        super().__init__(data)
        example = "例如：《……》已废止。" if whole == "清单" else ""
        self.fields["why"].help_text = f"{example}写入{whole}的变动说明，长期公开（{article}）。"

    def clean_why(self) -> str:
        """Tidy."""
        return lines(self.cleaned_data["why"])


class ComposeForm(forms.Form):
    """A version of `whole` (清单, 计划)."""

    title = forms.CharField(max_length=100)
    why = forms.CharField(label="编制或调整理由", max_length=300, widget=_AREA)

    def __init__(self, data: QueryDict | None, *, title: str, whole: str, help_text: str) -> None:
        super().__init__(data, initial={"title": title})
        self.fields["title"].label = f"{whole}名称"
        self.fields["why"].help_text = help_text

    def clean_title(self) -> str:
        """Tidy."""
        return clean(self.cleaned_data["title"])

    def clean_why(self) -> str:
        """Tidy."""
        return lines(self.cleaned_data["why"])
