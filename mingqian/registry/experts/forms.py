"""Forms of experts and testing bodies."""

from typing import Any

from django import forms

from mingqian.pages.fields import ANY, DayInput, PeriodForm
from mingqian.registry.experts.services import ExpertValues
from mingqian.registry.experts.states import ExpertKind
from mingqian.registry.models.experts import Expert
from mingqian.registry.organs import OrganFilter


class ExpertForm(PeriodForm):
    """A specialist or a testing body (art. 9)."""

    period = ("valid_from", "valid_until", "资质有效期至早于有效期自，请改正。")

    kind = forms.ChoiceField(label="类别", choices=ExpertKind.choices, widget=forms.RadioSelect)
    name = forms.CharField(label="姓名或机构名称", max_length=100)
    organisation = forms.CharField(label="所在单位", max_length=200, required=False)
    speciality = forms.CharField(label="专业或检测项目", max_length=200)
    qualification = forms.CharField(label="资质名称", max_length=100, required=False)
    qualification_number = forms.CharField(label="资质编号", max_length=64, required=False)
    valid_from = forms.DateField(label="资质有效期自", required=False, widget=DayInput)
    valid_until = forms.DateField(
        label="资质有效期至", required=False, widget=DayInput, help_text="过期的不再邀请；长期有效的不填。"
    )
    contact = forms.CharField(
        label="联系方式", max_length=60, required=False, help_text="加密保存，页面和导出都只显示首尾几位。"
    )
    active = forms.BooleanField(
        label="可以邀请", required=False, initial=True, help_text="不再合作的取消勾选，记录保留。"
    )
    why = forms.CharField(
        label="修改原因", max_length=100, required=False, help_text="随改动留痕；不要写电话、身份证号等个人信息。"
    )

    _TEXTS = ("name", "organisation", "speciality", "qualification", "qualification_number")

    def __init__(self, *args: Any, expert: Expert | None = None, **kwargs: Any) -> None:
        if expert is not None:
            names = ("kind", *self._TEXTS, "valid_from", "valid_until", "active")
            kwargs.setdefault("initial", {name: getattr(expert, name) for name in names})
        super().__init__(*args, **kwargs)
        self._expert = expert
        if expert is None:
            del self.fields["why"]
        elif expert.contact_masked:
            self.fields["contact"].help_text = f"现为 {expert.contact_masked}；不改就留空。"

    def values(self) -> ExpertValues:
        """Return what was filled in, tidied; an empty contact leaves the one on record."""
        data = self.cleaned_data
        texts = {name: data[name] for name in self._TEXTS}
        return ExpertValues(
            kind=data["kind"],
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
            contact=data["contact"] or None,
            active=data["active"],
            **texts,
        )


class ExpertFilter(OrganFilter):
    """Filters above the list of experts."""

    text = forms.CharField(label="名称、单位、专业、资质编号", required=False)
    kind = forms.ChoiceField(label="类别", required=False, choices=[ANY, *ExpertKind.choices])
    usable = forms.ChoiceField(
        label="今日可否邀请", required=False, choices=[ANY, ("yes", "可以邀请"), ("no", "不能邀请")]
    )
