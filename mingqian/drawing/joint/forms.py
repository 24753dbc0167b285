"""Forms of joint visits; rules stand in the services, forms keep what was typed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from mingqian.drawing.forms import ANY, CHOOSE, FilterForm, offer
from mingqian.drawing.joint.selectors import usual_leaders
from mingqian.drawing.joint.states import JointVisitState
from mingqian.drawing.models.joint import JointPart


class JointFilterForm(FilterForm):
    """What the list of joint visits is narrowed to."""

    states = JointVisitState.choices
    answer = forms.ChoiceField(
        label="答复", required=False, choices=[ANY, ("waiting", "有科室待答复"), ("silent", "有科室逾期未答复")]
    )
    field_order = ("q", "state", "answer", "division")


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
        offer(self, "leader", [CHOOSE, *members])
        offer(self, "second", [CHOOSE, *members])
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
