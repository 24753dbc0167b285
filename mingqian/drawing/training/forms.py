"""The form of a training's record."""

from typing import Any

from django import forms

from mingqian.common.text import clean
from mingqian.drawing.forms import CHOOSE, offer
from mingqian.drawing.training.selectors import TrainingValues
from mingqian.pages.fields import DayInput
from mingqian.registry.models import Inspector


class TrainingForm(forms.Form):
    """How who came in from another division was trained (A10.2)."""

    on = forms.DateField(label="培训日期", widget=DayInput())
    content = forms.CharField(
        label="培训内容",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="检查事项、依据、要点和注意事项。",
    )
    trainer = forms.CharField(label="培训人", max_length=40)
    companion = forms.ChoiceField(
        label="陪同人员", help_text="任务所属科室派人陪同，与检查对象没有利害关系，不是检查组成员（第十条）。"
    )
    subjects = forms.MultipleChoiceField(
        label="针对的检查对象",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一个检查对象。"},
        help_text="陪同人员不同的，分几次登记。",
    )

    def __init__(self, *args: Any, people: list[Inspector], subjects: list[tuple[str, str]], **kwargs: Any) -> None:
        """Offer who may come along, and the visits that are without a record."""
        super().__init__(*args, **kwargs)
        self.people = {one.certificate_number: one for one in people}
        offer(self, "companion", [CHOOSE, *((key, f"{one.name}（{key}）") for key, one in self.people.items())])
        offer(self, "subjects", subjects)
        self.fields["subjects"].initial = [number for number, _name in subjects]

    def values(self) -> TrainingValues:
        """Return what was entered; the form must be valid."""
        data = self.cleaned_data
        companion = self.people[data["companion"]]
        return TrainingValues(
            data["on"], clean(data["content"]), clean(data["trainer"]), companion, tuple(data["subjects"])
        )
