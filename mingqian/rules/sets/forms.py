"""Forms of rule sets."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import QueryDict

from mingqian.accounts.models import Division, Organ
from mingqian.accounts.selectors import divisions_of
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.common.text import clean, half_width
from mingqian.pages.fields import DayInput
from mingqian.rules.models import RuleSet
from mingqian.rules.sets.schema import PARAMETERS, Parameter
from mingqian.rules.sets.selectors import stated_of
from mingqian.rules.sets.states import Held, Rules, Stated, StatedError
from mingqian.rules.states import Kind, SetKind

_SMALL = {"class": "mq-input"}
_SIGNS = {Kind.BASIS_POINTS: "%", Kind.WORKING_DAYS: "个工作日"}


class HeadForm(forms.Form):
    """Name, paper, reason and period of a version."""

    name = forms.CharField(label="名称", max_length=100, help_text="例如：节能监察“双随机、一公开”监管工作细化规定。")
    basis = forms.CharField(label="文号", max_length=60, required=False, help_text="例如：淄工信发〔2026〕12号。")
    why = forms.CharField(
        label="制定理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}), help_text="写入留痕，长期保存。"
    )
    effective_from = forms.DateField(
        label="生效日期", help_text="必须晚于今天，也必须晚于领导批准的那一天；规则不溯及既往。", widget=DayInput()
    )
    valid_until = forms.DateField(
        label="有效期至",
        required=False,
        help_text="含当日；不填即长期有效。细化规定到期后，恢复执行上级规定。",
        widget=DayInput(),
    )

    def _tidy(self, name: str) -> str:
        return clean(self.cleaned_data[name])

    def clean_name(self) -> str:
        """Tidy; the name is quoted in 《》, so it does not bring its own."""
        return self._tidy("name").strip("《》")

    def clean_basis(self) -> str:
        """Tidy."""
        return self._tidy("basis")

    def clean_why(self) -> str:
        """Tidy."""
        return self._tidy("why")

    def clean_effective_from(self) -> Any:
        """Refuse today and the past at the field already; the service does so again."""
        day = self.cleaned_data["effective_from"]
        if day <= clock.today():
            raise ValidationError("规则不溯及既往，请选择明天或更晚的日期。")
        return day

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning."""
        data = super().clean() or self.cleaned_data
        first, last = data.get("effective_from"), data.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", "有效期截止日期早于生效日期，请改正。")
        return data


#: Stands for the whole organ where a division may be chosen; no division's code begins so.
WHOLE = "-"


class NewSetForm(HeadForm):
    """What the new version is for."""

    division = forms.ChoiceField(label="适用范围")
    kind = forms.ChoiceField(
        label="类别",
        choices=SetKind.choices,
        widget=forms.RadioSelect,
        help_text="细化规定：在上级规定的基础上逐项收紧（第二十一条）。自有细则：本机关自行制定、自成一体的实施细则，"
        "用于原细则到期后的续期，或其他机关采用（第二十二条）；只能由机关制定。",
    )
    field_order = ("division", "kind", "name", "basis", "why", "effective_from", "valid_until")

    def __init__(self, data: QueryDict | None, *, organ: Organ) -> None:
        """Offer the whole organ and its divisions."""
        super().__init__(data, initial={"kind": SetKind.REFINEMENT, "division": WHOLE})
        self.divisions = {division.code: division for division in divisions_of(organ)}
        choice = self.fields["division"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [
                (WHOLE, f"{organ.short_name}（全机关）"),
                *((code, division.name) for code, division in self.divisions.items()),
            ]

    def clean_division(self) -> Division | None:
        """Return the division, None for the whole organ."""
        return self.divisions.get(self.cleaned_data["division"])

    def clean(self) -> dict[str, Any]:
        """A division refines; it has no regulation of its own."""
        data = super().clean()
        if data.get("division") and data.get("kind") == SetKind.REGULATION:
            self.add_error("kind", "科室只能细化本机关的规定，不能另立自有细则，请改选“细化规定”或“全机关”。")
        return data


@dataclass(frozen=True)
class NumberRow:
    """A row of the form: a parameter, what the level above says, and the fields."""

    parameter: Parameter
    above: Held
    value: BoundField
    article: BoundField
    reason: BoundField

    @property
    def errors(self) -> list[str]:
        """Return what is wrong in the row."""
        return [str(error) for field in (self.value, self.article, self.reason) for error in field.errors]

    @property
    def sign(self) -> str:
        """Return what stands behind the value."""
        return _SIGNS.get(self.parameter.kind, self.parameter.unit)


def read_number(known: Parameter, text: str) -> int:
    """Return the value that was typed (a ratio in percent as basis points); raise ValidationError saying what is expected."""
    tidy = clean(half_width(text)).removesuffix("%").strip()
    try:
        number = Decimal(tidy)
    except InvalidOperation as error:
        raise ValidationError(f"“{known.title}”请填写数字，填写的是“{text[:20]}”。") from error
    if not number.is_finite() or abs(number) > 1_000_000:
        raise ValidationError(f"“{known.title}”的数字太大，请改正。")
    scaled = number * 100 if known.kind == Kind.BASIS_POINTS else number
    if scaled != scaled.to_integral_value():
        what = "最多两位小数的百分数" if known.kind == Kind.BASIS_POINTS else "整数"
        raise ValidationError(f"“{known.title}”请填写{what}。")
    return int(scaled)


def write_number(known: Parameter, value: int) -> str:
    """Undo `read_number`."""
    return known.words(value).removesuffix("%") if known.kind == Kind.BASIS_POINTS else str(value)


class SetForm(HeadForm):
    """A draft: its head, and for every number value, article and reason. An empty value is inherited."""

    revision = forms.IntegerField(label="页面版本", widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None, *, rule_set: RuleSet, above: Rules) -> None:
        """Make the fields of each number and fill them with what the draft states."""
        stated = stated_of(rule_set)
        head = ("name", "basis", "why", "effective_from", "valid_until", "revision")
        initial = {name: getattr(rule_set, name) for name in head}
        for key, number in stated.items():
            known = PARAMETERS[key]
            initial |= {f"value_{key}": write_number(known, number.value), f"article_{key}": number.article}
            initial[f"reason_{key}"] = number.reason
        super().__init__(data, initial=initial)
        self.above = above
        self.refines = rule_set.kind == SetKind.REFINEMENT
        for key, known in PARAMETERS.items():
            self._add_fields(key, known)

    def _add_fields(self, key: str, known: Parameter) -> None:
        title = known.title
        attrs = {**_SMALL, "aria-label": f"{title}的数值"}
        value: forms.Field
        if known.kind == Kind.BOOLEAN:
            choices = [*([("", "沿用")] if self.refines else []), ("1", "是"), ("0", "否")]
            value = forms.ChoiceField(label=title, required=False, choices=choices, widget=forms.Select(attrs=attrs))
        else:
            number = forms.TextInput(
                attrs={**attrs, "inputmode": "decimal", "placeholder": "沿用" if self.refines else ""}
            )
            value = forms.CharField(label=title, required=False, max_length=20, widget=number)
        self.fields[f"value_{key}"] = value
        for name, label, length in (("article", "条款", 40), ("reason", "理由", 200)):
            self.fields[f"{name}_{key}"] = forms.CharField(
                label=f"{title}的{label}",
                required=False,
                max_length=length,
                widget=forms.TextInput(attrs={**_SMALL, "aria-label": f"{title}的{label}"}),
            )

    def rows(self) -> Iterator[NumberRow]:
        """Yield the rows of the table in the order of the articles."""
        for key, known in PARAMETERS.items():
            yield NumberRow(
                known, self.above.number(key), self[f"value_{key}"], self[f"article_{key}"], self[f"reason_{key}"]
            )

    def clean(self) -> dict[str, Any]:
        """Read the numbers; what is typed without a value is pointed out, since it would be lost."""
        data = super().clean()
        stated: dict[str, Stated] = {}
        for key, known in PARAMETERS.items():
            typed = str(data.get(f"value_{key}") or "")
            article, reason = (clean(str(data.get(f"{name}_{key}") or "")) for name in ("article", "reason"))
            if not typed.strip():
                if article or reason:
                    self.add_error(
                        f"value_{key}", f"“{known.title}”写了条款或理由，但没有数值。请填写数值，或清空这一行。"
                    )
                continue
            try:
                stated[key] = Stated(read_number(known, typed), article, reason)
            except ValidationError as error:
                self.add_error(f"value_{key}", error)
        data["stated"] = stated
        return data

    def cleaned_data_for_service(self) -> dict[str, Any]:
        """Return what `services.change` takes: the head, the revision that was seen, and the numbers."""
        names = ("name", "basis", "why", "effective_from", "valid_until", "revision", "stated")
        return {name: self.cleaned_data[name] for name in names}

    def refuse(self, error: DomainError) -> bool:
        """Put what the service refused beside the numbers that it concerns."""
        if not isinstance(error, StatedError):
            return False
        for key, message in error.errors.items():
            self.add_error(f"value_{key}" if key else None, message)
        return True


class ScopeForm(forms.Form):
    """Whose rules are shown, as of which day."""

    on = forms.DateField(label="日期", required=False, widget=DayInput())
    organ = forms.CharField(label="机关", required=False, max_length=32)
    division = forms.CharField(label="科室", required=False, max_length=32)
