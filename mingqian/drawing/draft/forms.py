"""Forms of the steps by which a draw is prepared."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from mingqian.common.text import clean, clean_code
from mingqian.drawing.draw.states import Assignment
from mingqian.drawing.forms import offer
from mingqian.drawing.limits import Limits
from mingqian.drawing.models.draws import Draft
from mingqian.registry.models import Inspector, Subject


class PoolForm(forms.ModelForm[Draft]):
    """In how many runs what was drawn is inspected."""

    class Meta:
        """The only thing about the subjects that the plan leaves open."""

        model = Draft
        fields = ("batches",)
        help_texts: ClassVar = {"batches": "重点检查事项比例较高时，可按抽出的次序分批检查（第五条）；不分批填 1。"}


class PeopleForm(forms.ModelForm[Draft]):
    """How inspectors are dealt, and out of which divisions."""

    class Meta:
        """Fields of the draft."""

        model = Draft
        fields = ("assignment", "team_size", "teams")
        widgets: ClassVar = {"assignment": forms.RadioSelect}
        help_texts: ClassVar = {"teams": "只在“先组成固定检查组”时填写。"}

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
        offer(self, "divisions", divisions)
        offer(self, "assignment", Assignment.choices)
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

    def values(self) -> dict[str, Any]:
        """Return what the draft keeps."""
        return {**self.cleaned_data, "divisions": [int(value) for value in self.cleaned_data["divisions"]]}


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
