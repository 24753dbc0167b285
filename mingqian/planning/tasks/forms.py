"""Forms of tasks: filters, reasons, exclusions."""

from django import forms

from mingqian.common.text import clean, half_width
from mingqian.pages.fields import ANY, FilterForm
from mingqian.planning.forms import lines
from mingqian.planning.tasks.states import TaskState


class TaskFilterForm(FilterForm):
    """What the list of tasks is narrowed to."""

    q = forms.CharField(label="编号或名称", required=False, max_length=100)
    division = forms.ChoiceField(label="检查科室", required=False)
    state = forms.ChoiceField(label="状态", choices=[ANY, *TaskState.choices], required=False)
    year = forms.RegexField(r"^\d{4}$", label="年度", required=False)


class PoolFilterForm(FilterForm):
    """What the pool of a task is narrowed to."""

    q = forms.CharField(label="名称或登记号", required=False, max_length=100)
    status = forms.ChoiceField(label="参加情况", required=False)
    stratum = forms.ChoiceField(label="层", required=False)
    why = forms.ChoiceField(label="说明", choices=[ANY, ("said", "有说明的"), ("lots", "一家多签的")], required=False)


class ExclusionForm(forms.Form):
    """A subject that should be kept out of a task, and why."""

    subject = forms.CharField(
        label="抽查对象的登记号", max_length=64, help_text="统一社会信用代码或登记号；在“参加抽取的对象”中查得到。"
    )
    reason = forms.CharField(
        label="排除的理由",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="由领导审批；批准的数量在公示页列明。能由名录库状态、免检名单或利害关系解决的，请改名录库。",
    )

    def clean_reason(self) -> str:
        """Tidy."""
        return lines(self.cleaned_data["reason"])

    def clean_subject(self) -> str:
        """Tidy."""
        return half_width(clean(self.cleaned_data["subject"])).replace(" ", "").upper()
