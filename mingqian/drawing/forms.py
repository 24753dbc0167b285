"""Forms of the steps by which a draw is prepared, and of the acts on a sealed one."""

import re
from datetime import datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

import mingqian_draw as mq
from mingqian.common import clock
from mingqian.common.text import clean, clean_code, half_width
from mingqian.drawing.limits import Limits
from mingqian.drawing.models import Draft
from mingqian.drawing.states import Assignment, Publication, QuotaMode, Stratify, WitnessKind
from mingqian.registry.models import Inspector, Subject
from mingqian.registry.states import SubjectKind

WITNESS_ROWS = 6


def a_line(value: str) -> str:
    """Return `value` tidied, as a line of the draw protocol; raise ValidationError saying what is wrong."""
    tidy = clean(value)
    if not mq.line_ok(tidy):
        raise ValidationError("请填写一行文字，不超过 200 字，不能含有换行或不可见字符。")
    return tidy


class NewDraftForm(forms.Form):
    """Name and task of a new draw."""

    title = forms.CharField(
        label="抽取名称", max_length=100, help_text="写入封存文件和抽取记录，例如：2026年度节能监察随机抽查。"
    )
    scope = forms.CharField(
        label="任务编号",
        max_length=64,
        help_text="一个任务只能有一次有效的抽取；要重抽须先作废，作废永久公示。例如：2026-节能监察-01。",
    )

    def clean_title(self) -> str:
        """Keep it on one line."""
        return a_line(self.cleaned_data["title"])

    def clean_scope(self) -> str:
        """Keep it on one line."""
        return a_line(self.cleaned_data["scope"])


class ScopeForm(NewDraftForm):
    """Which subjects the pool holds."""

    districts = forms.MultipleChoiceField(
        label="区县", required=False, widget=forms.CheckboxSelectMultiple, help_text="不勾选即不限。"
    )
    kinds = forms.MultipleChoiceField(
        label="对象类别",
        required=False,
        choices=SubjectKind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="不勾选即不限。",
    )
    company_types = forms.MultipleChoiceField(
        label="企业类型",
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text="按住 Ctrl 可选多项，不选即不限。",
    )
    text = forms.CharField(
        label="包含文字",
        required=False,
        max_length=100,
        help_text="在名称、登记号、地址、负责人、经营范围中查找；多个词用空格隔开，须同时包含。",
    )

    def __init__(self, *args: Any, subjects: QuerySet[Subject], **kwargs: Any) -> None:
        """Offer the districts and types that the registry holds."""
        super().__init__(*args, **kwargs)
        for name, column in (("districts", "district"), ("company_types", "company_type")):
            values = subjects.order_by(column).values_list(column, flat=True).distinct()
            field = self.fields[name]
            if isinstance(field, forms.MultipleChoiceField):
                field.choices = [(value, value) for value in values if value]

    def criteria(self) -> dict[str, Any]:
        """Return the conditions as a draft keeps them."""
        found: dict[str, Any] = {
            name: sorted(self.cleaned_data[name]) for name in ("districts", "kinds", "company_types")
        }
        found["text"] = clean(self.cleaned_data["text"])
        return {name: value for name, value in found.items() if value}


class QuotaForm(forms.Form):
    """Strata, quotas, batches."""

    stratify = forms.ChoiceField(label="分层", choices=Stratify.choices, widget=forms.RadioSelect)
    quota_mode = forms.ChoiceField(label="名额方式", choices=QuotaMode.choices, widget=forms.RadioSelect)
    quota_value = forms.CharField(
        label="比例（%）或数量",
        max_length=12,
        help_text="按比例时填百分数（可带两位小数），结果进一取整，每层至少 1 个；按数量时为每层的个数。",
    )
    batches = forms.IntegerField(
        label="检查批次",
        min_value=1,
        max_value=50,
        help_text="重点检查事项比例较高时，可按抽出的次序分批检查（第五条）；不分批填 1。",
    )

    def clean(self) -> dict[str, Any]:
        """Read the value as its mode asks."""
        data = super().clean() or {}
        text = half_width(data.get("quota_value", "")).strip().rstrip("%").strip()
        if data.get("quota_mode") == QuotaMode.RATIO:
            if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", text) or not 0 < float(text) <= 100:
                self.add_error("quota_value", "请填写大于 0、不超过 100 的百分数，最多两位小数，例如 5 或 2.5。")
            else:
                whole, _, part = text.partition(".")
                data["basis_points"] = int(whole) * 100 + int(part.ljust(2, "0") or 0)
        elif not re.fullmatch(r"\d{1,7}", text) or int(text) < 1:
            self.add_error("quota_value", "请填写不小于 1 的整数。")
        else:
            data["basis_points"] = int(text)
        return data

    def own_quotas(self, names: list[str]) -> dict[str, int]:
        """Return the quotas that were set for single strata; note errors at the form."""
        found = {}
        for index, name in enumerate(names):
            text = half_width(self.data.get(f"own_{index}", "")).strip()
            if not text:
                continue
            if not re.fullmatch(r"\d{1,7}", text):
                self.add_error(None, f"“{name}”单独设定的名额要填整数，0 表示不抽，留空表示按上面的方式计算。")
                continue
            found[name] = int(text)
        return found


class PeopleForm(forms.ModelForm[Draft]):
    """How inspectors are dealt, and out of which divisions."""

    class Meta:
        """Fields of the draft."""

        model = Draft
        fields = ("assignment", "team_size", "teams")
        widgets: ClassVar = {"assignment": forms.RadioSelect}
        help_texts: ClassVar = {
            "teams": "只在“先组成固定检查组”时填写。",
        }

    divisions = forms.MultipleChoiceField(
        label="人员所在科室",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="从本业务领域的名录库抽取；跨科室抽取须经主要领导审定（第十条）。",
    )

    def __init__(self, *args: Any, divisions: list[tuple[str, str]], limits: Limits, **kwargs: Any) -> None:
        """Offer the organ's divisions, and hold the team to `limits`."""
        super().__init__(*args, **kwargs)
        self.limits = limits
        self.fields["team_size"].help_text = f"{limits.team_words}第一个抽到的为组长。"
        field = self.fields["divisions"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = divisions
        assignment = self.fields["assignment"]
        if isinstance(assignment, forms.ChoiceField):
            assignment.choices = Assignment.choices
        self.fields["teams"].required = False

    def clean(self) -> dict[str, Any]:
        """Ask for what the way of dealing needs."""
        data = super().clean() or {}
        assignment = data.get("assignment")
        if assignment != Assignment.NONE:
            if (data.get("team_size") or 0) < self.limits.team_size:
                self.add_error("team_size", self.limits.team_words)
            if not data.get("divisions"):
                self.add_error("divisions", "请至少勾选一个科室，否则没有可抽的执法检查人员。")
        data["teams"] = data.get("teams") or 0
        if assignment == Assignment.TEAMS and data["teams"] < 1:
            self.add_error("teams", "请填写检查组数。")
        return data


class ConflictForm(forms.Form):
    """One pair that must not meet, with the ground."""

    subject = forms.CharField(label="抽查对象", max_length=100, help_text="统一社会信用代码、登记号或名称全称。")
    inspector = forms.CharField(label="执法检查人员", max_length=100, help_text="执法证号或姓名。")
    reason = forms.CharField(label="利害关系", max_length=100, help_text="例如：近亲属任职、持有股份。只存档，不公开。")

    def __init__(self, *args: Any, subjects: QuerySet[Subject], inspectors: QuerySet[Inspector], **kwargs: Any) -> None:
        """Look people up in these registries."""
        super().__init__(*args, **kwargs)
        self.subjects, self.inspectors = subjects, inspectors

    def clean_subject(self) -> Subject:
        """Find the one subject that is meant."""
        text = clean(self.cleaned_data["subject"])
        found = list(self.subjects.filter(number=clean_code(text))[:2]) or list(self.subjects.filter(name=text)[:2])
        if not found:
            raise ValidationError("名录库里没有这个抽查对象，请核对代码或名称全称。")
        if len(found) > 1:
            raise ValidationError("有多个同名的抽查对象，请改填统一社会信用代码或登记号。")
        return found[0]

    def clean_inspector(self) -> Inspector:
        """Find the one inspector who is meant."""
        text = clean(self.cleaned_data["inspector"])
        found = list(self.inspectors.filter(certificate_number=clean_code(text))[:2]) or list(
            self.inspectors.filter(name=text)[:2]
        )
        if not found:
            raise ValidationError("名录库里没有这位执法检查人员，请核对执法证号或姓名。")
        if len(found) > 1:
            raise ValidationError("有同名的执法检查人员，请改填执法证号。")
        return found[0]


class CeremonyForm(forms.Form):
    """Witnesses in the order in which they will speak, the time limit, publication, a beacon."""

    open_by = forms.DateTimeField(
        label="最迟开签时间",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"],
        help_text="到时仍未开签、也未作废的，公示页会标为超期。",
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
    beacon_digits = forms.IntegerField(label="号码位数", required=False, min_value=1, max_value=100)
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
            if line in witnesses or not mq.line_ok(line):
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
        try:
            mq.check_contribution(digits)
        except mq.DrawError as error:
            message = f"应为 10 至 100 位数字，至少用到四种不同的数字；现在是 {len(digits)} 位、{len(set(digits))} 种。"
            raise ValidationError(message) from error
        return digits


class OpenForm(forms.Form):
    """The beacon's value, where one was named: typed twice, since it cannot be corrected afterwards."""

    beacon = forms.CharField(
        label="公开随机源公布的号码",
        max_length=200,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    again = forms.CharField(
        label="再输入一遍",
        max_length=200,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text="开签后不能更改，请由另一人对照公布的号码重新输入。",
    )

    def __init__(self, *args: Any, digits: int, **kwargs: Any) -> None:
        """Ask for `digits` digits; for nothing where no beacon was named (0)."""
        super().__init__(*args, **kwargs)
        self.digits = digits
        if not digits:
            del self.fields["beacon"], self.fields["again"]

    def clean_beacon(self) -> str:
        """Keep plain digits, as many as the seal says."""
        value = re.sub(r"\s", "", half_width(self.cleaned_data["beacon"]))
        if not re.fullmatch("[0-9]+", value) or len(value) != self.digits:
            raise ValidationError(f"封存时约定的号码是 {self.digits} 位数字，请核对后重新输入。")
        return value

    def clean(self) -> dict[str, Any]:
        """Compare both."""
        data = super().clean() or {}
        again = re.sub(r"\s", "", half_width(data.get("again", "")))
        if "beacon" in data and again != data["beacon"]:
            self.add_error("again", "两次输入的号码不一致，尚未开签。请对照公布的号码重新输入。")
        return data


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


class DecisionForm(forms.Form):
    """A leader's remark."""

    remark = forms.CharField(label="审批意见", max_length=200, required=False)
    decision = forms.ChoiceField(label="决定", choices=[("approve", "批准作废"), ("decline", "不批准")])


def default_open_by() -> datetime:
    """Return 18:00 of the next day, local."""
    tomorrow = clock.today() + timedelta(days=1)
    return datetime.combine(tomorrow, time(18, 0), clock.LAW_ZONE)
