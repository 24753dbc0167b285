"""Forms of the steps by which a draw is prepared."""

from datetime import datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

import mingqian_draw as mq
from mingqian.common import clock
from mingqian.common.text import clean, clean_code
from mingqian.drawing.draw.states import Assignment, Publication
from mingqian.drawing.limits import Limits
from mingqian.drawing.models.draws import Draft
from mingqian.drawing.witnesses.states import WitnessKind
from mingqian.registry.models import Inspector, Subject

WITNESS_ROWS = 6


class PoolForm(forms.ModelForm[Draft]):
    """In how many runs what was drawn is inspected."""

    class Meta:
        """The only thing about the subjects that the plan leaves open."""

        model = Draft
        fields = ("batches",)
        help_texts: ClassVar = {
            "batches": "重点检查事项比例较高时，可按抽出的次序分批检查（第五条）；不分批填 1。",
        }


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
        help_text="从本业务领域的名录库抽取；计划联合科室以外的，须书面说明人员不足并经主要领导审定（第十条）。",
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


def default_open_by() -> datetime:
    """Return 18:00 of the next day, local."""
    tomorrow = clock.today() + timedelta(days=1)
    return datetime.combine(tomorrow, time(18, 0), clock.LAW_ZONE)
