"""Forms of special inspections."""

import re
from collections.abc import Iterable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from mingqian.accounts.models import Organ
from mingqian.common.text import clean, clean_code
from mingqian.pages.fields import ANY, DayInput, FilterForm
from mingqian.planning.burden.services import SpecialValues
from mingqian.planning.burden.states import Ground
from mingqian.registry.models import Inspector, Subject
from mingqian.registry.people.selectors import inspectors_of
from mingqian.registry.subjects.selectors import subjects_of

#: So many subjects in one record; more belong into several.
MOST_SUBJECTS = 500
Found = TypeVar("Found", Subject, Inspector)


def words_of(text: str) -> list[str]:
    """Return what stands one a line (or between 、 and ;), tidied, each once.

    >>> words_of(" 甲公司、乙公司\\n甲公司 ")
    ['甲公司', '乙公司']
    """
    return list(dict.fromkeys(word for word in map(clean, re.split(r"[\n、;；]+", text)) if word))


def _look_up(words: Iterable[str], rows: QuerySet[Found], number: str) -> list[Found]:
    """Return one row for each word, by number or whole name; raise ValidationError naming those that are unknown or ambiguous."""
    found: list[Found] = []
    unknown: list[str] = []
    several: list[str] = []
    for word in words:
        hits = list(rows.filter(Q(**{number: clean_code(word)}) | Q(name=word))[:2])
        if len(hits) == 1:
            found.append(hits[0])
        else:
            (several if hits else unknown).append(word)
    errors = []
    if unknown:
        errors.append(f"名录库中没有：{'、'.join(unknown[:10])}。请核对后修改，或先登记到名录库。")
    if several:
        errors.append(f"有同名的，请改填编号：{'、'.join(several[:10])}。")
    if errors:
        raise ValidationError(errors)
    return found


class SpecialForm(forms.Form):
    """An inspection outside the lottery (art. 21)."""

    ground = forms.ChoiceField(label="事由", choices=Ground.choices, widget=forms.RadioSelect)
    led_by = forms.CharField(
        label="发起部门",
        max_length=100,
        required=False,
        help_text="只在参加其他部门发起的联合抽查时填写，例如：淄博市市场监督管理局。抽取由发起部门按其规定办理，本机关只登记参加情况。",
    )
    title = forms.CharField(label="检查名称", max_length=100, help_text="例如：关于某企业能耗数据举报的核查。")
    document = forms.CharField(
        label="依据文件",
        max_length=200,
        help_text="投诉举报编号、交办转办单、上级通知、联合抽查方案的名称和文号。没有依据的检查不得开展（第二条）。",
    )
    content = forms.CharField(label="检查内容", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    since = forms.DateField(label="检查自", widget=DayInput)
    until = forms.DateField(label="检查至", widget=DayInput, help_text="含当日；只有一天的，与开始日期相同。")
    subjects = forms.CharField(
        label="抽查对象",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="每行一个：统一社会信用代码、登记号或名称全称；须已在抽查对象名录库里。",
    )
    inspectors = forms.CharField(
        label="执法检查人员",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="每行一人：执法证号或姓名。现场检查不少于 2 人（第十五条）；参加其他部门抽查的，填写本机关参加的人员。",
    )

    def __init__(self, *args: Any, organ: Organ, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._organ = organ

    def clean_subjects(self) -> list[Subject]:
        """Look the subjects up."""
        words = words_of(self.cleaned_data["subjects"])
        if len(words) > MOST_SUBJECTS:
            raise ValidationError(f"一次最多登记 {MOST_SUBJECTS} 个对象，现在是 {len(words)} 个，请分次登记。")
        return _look_up(words, subjects_of(self._organ), "number")

    def clean_inspectors(self) -> list[Inspector]:
        """Look the inspectors up."""
        rows = inspectors_of(self._organ)
        return _look_up(words_of(self.cleaned_data["inspectors"]), rows, "certificate_number")

    def clean(self) -> dict[str, Any]:
        """Refuse an inspection that ends before it begins."""
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", "结束日期早于开始日期，请改正。")
        elsewhere = data.get("ground") == Ground.ELSEWHERE
        if elsewhere and not clean(data.get("led_by", "")):
            self.add_error("led_by", "参加其他部门发起的联合抽查，请填写发起部门。")
        if data.get("ground") and not elsewhere and data.get("led_by"):
            self.add_error("led_by", "只有参加其他部门发起的联合抽查才填写发起部门，请改选事由或清空这一栏。")
        return data

    def values(self) -> SpecialValues:
        """Return what was entered."""
        data = self.cleaned_data
        return SpecialValues(
            ground=Ground(data["ground"]),
            title=clean(data["title"]),
            document=clean(data["document"]),
            content=data["content"].strip(),
            since=data["since"],
            until=data["until"],
            led_by=clean(data["led_by"]),
        )


class SpecialFilter(FilterForm):
    """Conditions on the list of special inspections."""

    text = forms.CharField(label="名称、文号、编号", required=False, max_length=100)
    ground = forms.ChoiceField(label="事由", choices=[ANY, *Ground.choices], required=False)
    year = forms.ChoiceField(label="年度", required=False)
