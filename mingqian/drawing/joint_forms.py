"""Forms of joint visits and early warnings; rules stand in the services, forms keep what was typed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from mingqian.accounts.models import Organ
from mingqian.accounts.selectors import divisions_of
from mingqian.accounts.states import DivisionKind
from mingqian.common.text import clean
from mingqian.drawing.joint_parts import usual_leaders
from mingqian.drawing.joint_states import JointVisitState, WarningKind, WarningState
from mingqian.drawing.models import JointPart
from mingqian.drawing.warnings import LONGEST_WORDS, REASONS_OF, SHORTEST_WORDS

_ANY = ("", "全部")
_CHOOSE = ("", "请选择")


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
        offer(self, "division", [_ANY, *rows])
        offer(self, "state", [_ANY, *self.states])
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


class JointFilterForm(FilterForm):
    """What the list of joint visits is narrowed to."""

    states = JointVisitState.choices
    answer = forms.ChoiceField(
        label="答复", required=False, choices=[_ANY, ("waiting", "有科室待答复"), ("silent", "有科室逾期未答复")]
    )
    field_order = ("q", "state", "answer", "division")


class WarningFilterForm(FilterForm):
    """What the list of warnings is narrowed to."""

    q = forms.CharField(label="对象、人员或抽取编号", required=False, max_length=60)
    kind = forms.ChoiceField(label="类别", required=False, choices=[_ANY, *WarningKind.choices])
    states = WarningState.choices
    field_order = ("q", "kind", "state", "division")


def offer(form: forms.Form, name: str, choices: Sequence[Any]) -> None:
    """Put choices into a field."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


class AnswerForm(forms.Form):
    """What a division says to a proposal, with the reason where it declines."""

    remark = forms.CharField(
        label="说明",
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不同意的须写明原因，最多 200 字，长期保存。",
    )
    decision = forms.ChoiceField(label="答复", choices=[("agree", "同意"), ("decline", "不同意")])


class LeadersForm(forms.Form):
    """Who leads a joint visit, and when it takes place."""

    part = forms.ChoiceField(label="代表科室")
    lead = forms.ChoiceField(label="牵头科室", error_messages={"required": "请选择牵头科室。"})
    leader = forms.ChoiceField(
        label="检查组长",
        help_text="牵头科室检查组的成员。",
        error_messages={"required": "请选择检查组长。", "invalid_choice": "检查组长须是检查组的成员，请重新选择。"},
    )
    second = forms.ChoiceField(
        label="副组长",
        help_text="其他科室检查组的成员。",
        error_messages={"required": "请选择副组长。", "invalid_choice": "副组长须是检查组的成员，请重新选择。"},
    )
    since = forms.DateField(label="计划检查自", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    until = forms.DateField(label="计划检查至", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    note = forms.CharField(label="说明", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(
        self, data: QueryDict | None, *, parts: Sequence[JointPart], own: Sequence[JointPart], days: tuple[date, date]
    ) -> None:
        """Offer divisions and members as they stand; begin with the usual leaders and all the days that there are."""
        # The division that proposes leads, unless it says otherwise.
        lead = next((part for part in parts if own and part.pk == own[0].pk), parts[0])
        initial: dict[str, Any] = {"lead": str(lead.pk), "since": days[0], "until": days[1]}
        initial["leader"], initial["second"] = usual_leaders(parts, lead)
        super().__init__(data, initial=initial)
        self.by_pk = {str(part.pk): part for part in parts}
        members = [
            (f"{part.division.name}（{part.draw.draw_id}）", list(part.members.items()))
            for part in parts
            if part.members
        ]
        offer(self, "lead", [(str(part.pk), part.division.name) for part in parts])
        offer(self, "leader", [_CHOOSE, *members])
        offer(self, "second", [_CHOOSE, *members])
        offer(self, "part", [(str(part.pk), part.division.name) for part in own])
        if len(own) == 1:
            self.fields["part"].widget = forms.HiddenInput()
            self.fields["part"].initial = str(own[0].pk)

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "part"}
        return {**data, "lead": self.by_pk[data["lead"]]}

    def for_part(self) -> JointPart:
        """Return for which division it is proposed."""
        return self.by_pk[self.cleaned_data["part"]]


class ReasonForm(forms.Form):
    """Why a visit goes on all the same."""

    reason = forms.ChoiceField(
        label="理由", error_messages={"required": "请选择理由。", "invalid_choice": "请从列出的理由中选择一项。"}
    )
    words = forms.CharField(
        label="具体说明",
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"写明具体情况，{SHORTEST_WORDS} 至 {LONGEST_WORDS} 个字。长期保存，供综合法规科和分管领导查看。",
        error_messages={"required": f"请写明具体情况，至少 {SHORTEST_WORDS} 个字。"},
    )

    def __init__(self, *args: Any, kind: str) -> None:
        """Offer the reasons of a kind."""
        super().__init__(*args)
        offer(self, "reason", [_CHOOSE, *((str(one), str(one.label)) for one in REASONS_OF[kind])])


class ConfirmForm(forms.Form):
    """Whether a reason holds."""

    remark = forms.CharField(
        label="意见",
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="退回的须写明还缺什么。",
    )
    decision = forms.ChoiceField(label="决定", choices=[("confirm", "确认"), ("return", "退回")])
