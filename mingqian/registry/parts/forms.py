"""Forms of what belongs to subjects: permits, flags, exemptions, libraries. Help texts state what a field means in law."""

from typing import Any

from django import forms

from mingqian.common import clock
from mingqian.pages.fields import ANY, DayInput, FilterForm, PeriodForm, offer
from mingqian.registry.parts.states import FlagKind, PartState


class PermitForm(PeriodForm):
    """A permit (许可)."""

    name = forms.CharField(label="许可名称", max_length=100)
    number = forms.CharField(label="许可证编号", max_length=64)
    issuer = forms.CharField(label="发证机关", max_length=100, required=False)
    since = forms.DateField(label="有效期自", widget=DayInput)
    until = forms.DateField(label="有效期至", required=False, widget=DayInput, help_text="长期有效的不填。")


class FlagForm(PeriodForm):
    """Why a subject is inspected more (art. 12)."""

    kind = forms.ChoiceField(label="标记", choices=FlagKind.choices, widget=forms.RadioSelect)
    source = forms.CharField(
        label="来源",
        max_length=200,
        help_text="哪个部门、哪份文件或哪个名单，例如：市市场监管局经营异常名录。",
        error_messages={"required": "请填写来源：没有来源的标记不能登记（第十二条）。"},
    )
    document = forms.CharField(label="文号或编号", max_length=100, required=False)
    since = forms.DateField(label="自", widget=DayInput, help_text="列入或认定的日期。")
    until = forms.DateField(
        label="至", required=False, widget=DayInput, help_text="含当日；没有期限的不填，移出时再登记。"
    )

    def clean_since(self) -> Any:
        """A flag has happened."""
        since = self.cleaned_data["since"]
        if since > clock.today():
            raise forms.ValidationError("日期在今天以后，请核对。")
        return since


class ExemptionForm(PeriodForm):
    """Why a subject is exempt (art. 9)."""

    code = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9\-_.]{0,31}$",
        label="名单代码",
        help_text="抽取明细中公开的代码，例如 miansao-2026。",
        error_messages={"invalid": "名单代码只能用英文字母、数字和 - _ .，最多 32 个字符。"},
    )
    basis = forms.CharField(
        label="免检依据",
        max_length=300,
        help_text="国家和省市的制度规定或文件文号（第九条）。",
        error_messages={"required": "请填写免检依据：没有依据的不能列入名单（第九条）。"},
    )
    source = forms.CharField(label="名单来源", max_length=200, help_text="由哪个部门提供。")
    since = forms.DateField(label="自", widget=DayInput)
    until = forms.DateField(label="至", required=False, widget=DayInput, help_text="含当日；长期有效的不填。")


class EndForm(forms.Form):
    """Until when something holds, and why no longer."""

    until = forms.DateField(label="到哪一天为止", widget=DayInput, help_text="含当日。记录保留，以前的日子仍然有效。")
    why = forms.CharField(label="原因或依据", max_length=200, help_text="例如移出名录的文号。")


class WhyForm(forms.Form):
    """Why something is taken back."""

    why = forms.CharField(
        label="撤销原因", max_length=200, help_text="只用于录错的；记录保留并注明已撤销，任何一天都不再算数。"
    )


class FlagFilter(FilterForm):
    """Filters above the list of flags."""

    text = forms.CharField(label="名称、登记号、来源、文号", required=False)
    kind = forms.ChoiceField(label="标记", required=False, choices=[ANY, *FlagKind.choices])
    district = forms.ChoiceField(label="区县", required=False)

    def __init__(self, *args: Any, districts: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "district", [ANY, *((name, name) for name in districts)])


class ExemptionFilter(FilterForm):
    """Filters above the exemption list."""

    text = forms.CharField(label="名称、登记号、代码、依据、来源", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[ANY, *PartState.choices])
