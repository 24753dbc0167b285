"""The form of a subject. Help texts state what a field means in law."""

import re
from collections.abc import Collection
from typing import Any

from django import forms

from mingqian.accounts.models import Organ
from mingqian.accounts.selectors import fields_of
from mingqian.common.text import clean, clean_code, to_word
from mingqian.pages.fields import DayInput, offer
from mingqian.registry import industries
from mingqian.registry.models.libraries import Library
from mingqian.registry.models.subjects import Subject
from mingqian.registry.several import BAR, joined
from mingqian.registry.subjects.states import CreditClass, Scale, SubjectKind, SubjectStatus, SubjectValues
from mingqian.registry.subjects.values import wrong_with_tags

#: What may stand between names that are typed into one field or cell.
SEPARATORS = re.compile(r"[、，,；;/\n]")
_WHY_HELP = "随改动留痕；登记状态有变更的必须填写依据（如文号）。不要写电话、身份证号等个人信息。"


def _libraries_of(organ: Organ, held: Collection[str]) -> list[tuple[str, str]]:
    """Return code and words of the libraries in use, and of those no longer in use that are held."""
    rows = [row for row in Library.objects.filter(organ=organ) if row.active or row.code in held]
    return [(row.code, row.name if row.active else f"{row.name}（已停用）") for row in rows]


class SubjectForm(forms.Form):
    """One subject (art. 6)."""

    name = forms.CharField(label="名称", max_length=200)
    credit_code = forms.CharField(
        label="统一社会信用代码",
        max_length=30,
        required=False,
        help_text="18 位，按 GB 32100 校验；登记后不能改动。没有代码的填注册号，都没有的由系统编登记号。",
    )
    registration_number = forms.CharField(label="注册号", max_length=30, required=False, help_text="15 位旧版注册号。")
    id_number = forms.CharField(
        label="身份证号码",
        max_length=30,
        required=False,
        help_text="仅自然人填写；加密保存，不显示、不导出、不进入抽取。",
    )
    kind = forms.ChoiceField(label="类别", choices=[("", "按代码判断"), *SubjectKind.choices], required=False)
    district = forms.CharField(label="区县", max_length=40, required=False, help_text="不填的，按地址和代码判断。")
    address = forms.CharField(label="地址", max_length=300, required=False)
    responsible_person = forms.CharField(label="负责人", max_length=100, required=False)
    phone = forms.CharField(label="联系方式", max_length=60, required=False)
    company_type = forms.CharField(label="企业类型", max_length=100, required=False)
    capital = forms.CharField(label="注册资金", max_length=60, required=False)
    established_on = forms.DateField(label="成立日期", required=False, widget=DayInput)
    business_scope = forms.CharField(label="经营范围", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    industry = forms.CharField(
        label="行业",
        max_length=60,
        required=False,
        help_text="GB/T 4754-2017 的代码或大类名称，例如 C26、C2611 或 化学原料和化学制品制造业。",
    )
    scale = forms.ChoiceField(label="规模", choices=Scale.choices, required=False)
    credit_class = forms.ChoiceField(label="信用等级", choices=CreditClass.choices, required=False)
    fields_of_work = forms.MultipleChoiceField(
        label="业务领域",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="名录库按业务领域使用（第六条）。",
    )
    libraries = forms.MultipleChoiceField(label="专项库", required=False, widget=forms.CheckboxSelectMultiple)
    tags = forms.CharField(
        label="标签", max_length=500, required=False, help_text="自由填写，用顿号隔开；最多 20 个，每个不超过 20 字。"
    )
    status = forms.ChoiceField(
        label="登记状态", choices=SubjectStatus.choices, help_text="注销、吊销、停业的不参加抽取（第六条、第十七条）。"
    )
    status_since = forms.DateField(
        label="状态变更日期", required=False, widget=DayInput, help_text="现在的登记状态从哪一天起；有变更的必须填写。"
    )
    why = forms.CharField(label="修改原因或依据", max_length=200, required=False, help_text=_WHY_HELP)

    _PLAIN = ("name", "credit_code", "registration_number", "kind", "district", "address", "responsible_person")
    _MORE = ("company_type", "capital", "established_on", "business_scope", "status", "status_since", "industry")
    _CHOSEN = ("scale", "credit_class")

    def __init__(self, *args: Any, organ: Organ, subject: Subject | None = None, **kwargs: Any) -> None:
        if subject is not None:
            names = (*self._PLAIN, *self._MORE, *self._CHOSEN)
            initial: dict[str, Any] = {name: getattr(subject, name) for name in names}
            initial |= {"fields_of_work": list(subject.field_codes), "libraries": list(subject.library_codes)}
            initial["tags"] = "、".join(subject.tag_names)
            kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        self._subject = subject
        self._offer("fields_of_work", list(fields_of(organ).values_list("code", "name")))
        self._offer("libraries", _libraries_of(organ, subject.library_codes if subject else ()))
        if subject is None:
            del self.fields["why"]
        else:
            self._fit_to(subject)

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Offer what the organ has; where it has none, nothing is asked."""
        offer(self, name, choices)
        if not choices:
            del self.fields[name]

    def _fit_to(self, subject: Subject) -> None:
        """Close what stays for ever, and say what is on record of what is not shown."""
        for name in ("credit_code", "registration_number"):
            self.fields[name].disabled = bool(getattr(subject, name))
        if subject.phone_masked:
            self.fields["phone"].help_text = f"现为 {subject.phone_masked}；不改就留空。"
        if subject.id_number_digest:
            del self.fields["id_number"]

    def clean_industry(self) -> str:
        """Return the code, or say which industry is meant by none."""
        code = industries.code_of(clean(self.cleaned_data["industry"]))
        wrong = industries.wrong(code) if code else ""
        if wrong:
            raise forms.ValidationError(wrong + "。")
        return code

    def clean_tags(self) -> str:
        """Return the tags as the column holds them."""
        text = self.cleaned_data["tags"]
        if BAR in text:
            raise forms.ValidationError("标签里不能有竖线“|”，请用顿号隔开各个标签。")
        tags = {clean(tag) for tag in SEPARATORS.split(text)} - {""}
        wrong = wrong_with_tags(sorted(tags))
        if wrong:
            raise forms.ValidationError(wrong + "。")
        return joined(tags)

    def clean(self) -> dict[str, Any]:
        """Ask for the day and the ground of a new status."""
        data = super().clean() or {}
        subject = self._subject
        if subject is not None and data.get("status") not in {None, subject.status}:
            if not data.get("status_since") and "status_since" not in self.errors:
                self.add_error("status_since", "登记状态有变更，请填写从哪一天起。")
            elif data.get("status_since") and data["status_since"] == subject.status_since:
                self.add_error("status_since", "这是原来的状态的日期，请填写新的状态从哪一天起。")
            if not clean(data.get("why") or ""):
                self.add_error("why", "登记状态有变更，请填写依据，例如注销通知书的文号。")
        return data

    def values(self) -> SubjectValues:
        """Return what was filled in, tidied."""
        data = self.cleaned_data
        texts = (*self._PLAIN[5:], "name", "district", "phone", "company_type", "capital", "business_scope")
        values = SubjectValues(kind=data["kind"], status=data["status"])
        for name in texts:
            setattr(values, name, clean(data[name]))
        values.district = to_word(values.district)
        for name in ("established_on", "status_since", "industry", "tags", *self._CHOSEN):
            setattr(values, name, data[name])
        values.fields = joined(data.get("fields_of_work", ()))
        values.libraries = joined(data.get("libraries", ()))
        for name in ("credit_code", "registration_number", "id_number"):
            setattr(values, name, clean_code(data.get(name) or ""))
        return values

    def cleared(self) -> tuple[str, ...]:
        """Return the fields that were emptied on purpose."""
        names = ("address", "responsible_person", "company_type", "capital", "established_on", "business_scope")
        more = ("status_since", "industry", "tags", *self._CHOSEN)
        found = [name for name in (*names, *more) if not self.cleaned_data[name]]
        pairs = (("fields", "fields_of_work"), ("libraries", "libraries"))
        found += [name for name, field in pairs if field in self.fields and not self.cleaned_data[field]]
        return tuple(found)

    @property
    def reason(self) -> str:
        """Return why the change is made, "" where nothing was said."""
        return clean(self.cleaned_data.get("why") or "")
