"""What several forms of the room are made of."""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

import mingqian_draw as mq
from mingqian.accounts.models import Organ
from mingqian.accounts.selectors import divisions_of
from mingqian.accounts.states import DivisionKind
from mingqian.common import clock
from mingqian.common.text import clean, half_width
from mingqian.drawing.draw.states import Publication
from mingqian.drawing.limits import Limits
from mingqian.drawing.witnesses.states import WitnessKind


def a_line(value: str) -> str:
    """Return `value` tidied, as a line of the draw protocol; raise ValidationError saying what is wrong."""
    tidy = clean(value)
    if not mq.is_line(tidy):
        raise ValidationError("请填写一行文字，不超过 200 字，不能含有换行或不可见字符。")
    return tidy


class LineField(forms.CharField):
    """A line of the draw protocol, which everybody will read."""

    def __init__(self, *, label: str, help_text: str) -> None:
        """Take as many signs as the protocol does."""
        required = {"required": f"请填写{label}。"}
        super().__init__(label=label, max_length=200, help_text=help_text, error_messages=required)

    def clean(self, value: Any) -> str:
        """Keep it on one line."""
        return a_line(super().clean(value))


#: What a list of choices begins with: nothing asked for, nothing chosen.
ANY, CHOOSE = ("", "全部"), ("", "请选择")


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
        offer(self, "division", [ANY, *rows])
        offer(self, "state", [ANY, *self.states])
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


def offer(form: forms.BaseForm, name: str, choices: Sequence[Any]) -> None:
    """Put choices into a field."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


class DigitsForm(forms.Form):
    """What a witness contributes."""

    digits = forms.CharField(
        label="您的数字",
        max_length=200,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "pattern": "[0-9 ]*"}),
        help_text="10 至 100 位数字，至少用到四种不同的数字。当众掷骰子，把点数依次记下。",
    )
    position = forms.IntegerField(
        label="次序", widget=forms.HiddenInput, error_messages={"invalid": "页面已经过期，请刷新后重新献数。"}
    )

    def clean_digits(self) -> str:
        """Drop the blanks by which people group digits; full-width digits are typed by Chinese keyboards."""
        digits = re.sub(r"\s", "", half_width(self.cleaned_data["digits"]))
        if not re.fullmatch("[0-9]+", digits):
            raise ValidationError("献数只能是数字 0–9，请去掉其他字符。")
        if not mq.is_contribution(digits):
            message = f"应为 10 至 100 位数字，至少用到四种不同的数字；现在是 {len(digits)} 位、{len(set(digits))} 种。"
            raise ValidationError(message)
        return digits


WITNESS_ROWS = 6


class CeremonyForm(forms.Form):
    """Witnesses in the order in which they will speak, the time limit, publication, a beacon."""

    open_by = forms.DateTimeField(
        label="最迟开签时间",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"],
        help_text="到时仍未开签、也未作废的，公示页会标为超期。",
    )
    place = forms.CharField(
        label="抽取地点",
        required=False,
        max_length=100,
        help_text="例如：市局 305 会议室。写进抽取记录；不填的，打印后手写。",
    )
    publication = forms.ChoiceField(
        label="名单公布",
        choices=Publication.choices,
        widget=forms.RadioSelect,
        help_text="数字指纹在任何情况下都即时公开。",
    )
    beacon_source = forms.CharField(
        label="公开随机源",
        required=False,
        max_length=100,
        help_text="可不填。约定一个尚未发生的公开事件，例如：福彩双色球。",
    )
    beacon_round = forms.CharField(label="期号", required=False, max_length=100)
    beacon_digits = forms.IntegerField(label="号码位数", required=False, min_value=6, max_value=100)
    beacon_due = forms.DateTimeField(
        label="公布时点",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"],
        help_text="献数须在此之前完成，开签在此之后。",
    )

    def __init__(self, *args: Any, limits: Limits, **kwargs: Any) -> None:
        """Add the rows for the witnesses; there must be as many as `limits` say."""
        super().__init__(*args, **kwargs)
        self.limits = limits
        self.rows = max(WITNESS_ROWS, limits.witnesses)
        for index in range(self.rows):
            self.fields[f"kind_{index}"] = forms.ChoiceField(
                label=f"第 {index + 1} 位所属", required=False, choices=[("", "—"), *WitnessKind.choices]
            )
            self.fields[f"name_{index}"] = forms.CharField(
                label=f"第 {index + 1} 位姓名", required=False, max_length=40
            )

    def witness_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the fields of the witnesses, a pair a row."""
        return [(self[f"kind_{index}"], self[f"name_{index}"]) for index in range(self.rows)]

    def clean_open_by(self) -> datetime:
        """Refuse the past."""
        moment: datetime = self.cleaned_data["open_by"].replace(second=0, microsecond=0)
        if moment <= clock.now():
            raise ValidationError("请填写以后的时间。")
        return moment

    def clean(self) -> dict[str, Any]:
        """Put the witnesses and the beacon together."""
        data = super().clean() or {}
        data["witnesses"] = self._witnesses(data)
        data["beacon"] = self._beacon(data)
        return data

    def _witnesses(self, data: dict[str, Any]) -> list[str]:
        witnesses: list[str] = []
        for index in range(self.rows):
            kind, name = data.get(f"kind_{index}", ""), clean(data.get(f"name_{index}", ""))
            if not kind and not name:
                continue
            if not kind or not name:
                self.add_error(f"name_{index}", "请同时选择所属单位或群体并填写姓名。")
                continue
            line = f"{kind} {name}"
            if line in witnesses or not mq.is_name(line):
                self.add_error(f"name_{index}", "抽取监督人重复，或姓名里有不能使用的字符。")
                continue
            witnesses.append(line)
        if len(witnesses) < self.limits.witnesses and not self.errors:
            self.add_error(f"name_{len(witnesses)}", self.limits.witness_words)
        return witnesses

    def _beacon(self, data: dict[str, Any]) -> dict[str, Any] | None:
        values = [data.get(f"beacon_{part}") for part in ("source", "round", "digits", "due")]
        if not any(values):
            return None
        if not all(values):
            self.add_error("beacon_source", "公开随机源的四项要一并填写，或全部留空。")
            return None
        if data["beacon_due"] <= clock.now():
            self.add_error("beacon_due", "公布时点已经过去。公开随机源必须是还没有发生的事件，请填写以后的时点。")
        if data.get("open_by") and data["beacon_due"] > data["open_by"]:
            self.add_error("beacon_due", "公布时点不能晚于最迟开签时间。")
        return {
            "source": clean(data["beacon_source"]),
            "round": clean(data["beacon_round"]),
            "digits": data["beacon_digits"],
            "due": clock.to_text(data["beacon_due"]),
        }


def default_open_by() -> datetime:
    """Return 18:00 of the next day, local."""
    tomorrow = clock.today() + timedelta(days=1)
    return datetime.combine(tomorrow, time(18, 0), clock.LAW_ZONE)
