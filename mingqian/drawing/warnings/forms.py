"""Forms of early warnings; rules stand in the services, forms keep what was typed."""

from typing import Any

from django import forms

from mingqian.drawing.forms import ANY, CHOOSE, FilterForm, offer
from mingqian.drawing.warnings.services import LONGEST_WORDS, REASONS_OF, SHORTEST_WORDS
from mingqian.drawing.warnings.states import WarningKind, WarningState


class WarningFilterForm(FilterForm):
    """What the list of warnings is narrowed to."""

    q = forms.CharField(label="对象、人员或抽取编号", required=False, max_length=60)
    kind = forms.ChoiceField(label="类别", required=False, choices=[ANY, *WarningKind.choices])
    states = WarningState.choices
    field_order = ("q", "kind", "state", "division")


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
        offer(self, "reason", [CHOOSE, *((str(one), str(one.label)) for one in REASONS_OF[kind])])
