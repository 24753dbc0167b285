"""Forms of inspectors and of what belongs to them. Help texts state what a field means in law."""

from typing import Any

from django import forms

from mingqian.accounts.models import Field, Organ, User
from mingqian.accounts.selectors import divisions_of, fields_of
from mingqian.common import clock
from mingqian.common.text import clean, clean_code, to_word
from mingqian.pages.fields import ANY, DayInput, FilterForm, PeriodForm, offer
from mingqian.registry.models.inspectors import Absence, Inspector, Interest
from mingqian.registry.models.subjects import Subject
from mingqian.registry.organs import OrganFilter
from mingqian.registry.people.selectors import inspector_accounts
from mingqian.registry.people.states import InterestKind, OutReason, Sex
from mingqian.registry.people.values import InspectorValues
from mingqian.registry.subjects.selectors import subjects_of


class AbsenceForm(PeriodForm):
    """When an inspector is away, and why."""

    reason = forms.ChoiceField(
        label="原因",
        choices=OutReason.choices,
        widget=forms.RadioSelect,
        help_text="原因会随抽取名单公开；病情等细节不用写。",
    )
    since = forms.DateField(label="自", widget=DayInput)
    until = forms.DateField(label="至", widget=DayInput, help_text="含当日。提前返岗的，到时再登记返岗日期。")


class BackForm(forms.Form):
    """From when an inspector is back."""

    back_on = forms.DateField(
        label="返岗日期", widget=DayInput, help_text="从这一天起可以被抽取。填开始日期的，等于整段撤销。"
    )

    def __init__(self, *args: Any, absence: Absence, **kwargs: Any) -> None:
        today = min(max(clock.today(), absence.since), absence.until)
        kwargs.setdefault("initial", {"back_on": today})
        super().__init__(*args, **kwargs)


class InterestForm(PeriodForm):
    """What ties an inspector to a subject (art. 11)."""

    subject = forms.CharField(
        label="抽查对象", max_length=200, help_text="统一社会信用代码、登记号或名称全称；须已在抽查对象名录库里。"
    )
    kind = forms.ChoiceField(label="利害关系", choices=InterestKind.choices, widget=forms.RadioSelect)
    since = forms.DateField(label="自", widget=DayInput, help_text="从哪一天起有这项关系；记不清的填最早可能的日期。")
    until = forms.DateField(
        label="至",
        required=False,
        widget=DayInput,
        help_text="仍在持续的不填。曾在该单位任职的，填回避到哪一天为止（离职日期加上本机关规定的年限）。",
    )
    note = forms.CharField(
        label="说明",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例如谁在该单位任何职务。加密保存，只有本人、本机关经办人和领导能看到，不公开。",
    )

    def __init__(self, *args: Any, organ: Organ, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._subjects = subjects_of(organ)

    def clean_subject(self) -> Subject:
        """Find the one subject that is meant."""
        text = clean(self.cleaned_data["subject"])
        found = list(self._subjects.filter(number=clean_code(text))[:2]) or list(self._subjects.filter(name=text)[:2])
        if not found:
            raise forms.ValidationError(
                f"名录库里没有“{text[:40]}”。请核对统一社会信用代码或名称全称；确实不在名录库的，先由经办人新增为抽查对象，再登记利害关系。"
            )
        if len(found) > 1:
            raise forms.ValidationError("有多个同名的抽查对象，请改填统一社会信用代码或登记号。")
        return found[0]

    def clean(self) -> dict[str, Any]:
        """Refuse an interest that has not begun, and one of former employment without an end."""
        data = super().clean()
        if data.get("since") and data["since"] > clock.today():
            self.add_error("since", "开始日期在今天以后：利害关系发生之后才能登记。请改正日期，或到时再申报。")
        if data.get("kind") == InterestKind.FORMER_EMPLOYMENT and not data.get("until") and "until" not in self.errors:
            self.add_error("until", "曾在该单位任职的，请填写回避到哪一天为止。")
        return data

    def values(self) -> dict[str, Any]:
        """Return what the services take beside the subject."""
        data = self.cleaned_data
        return {
            "kind": data["kind"],
            "since": data["since"],
            "until": data["until"],
            "note": clean(data["note"]),
        }


class InterestEndForm(forms.Form):
    """Until when an interest keeps a pair apart."""

    until = forms.DateField(label="回避到", widget=DayInput, help_text="含当日。从第二天起两者可以被抽到一起。")

    def __init__(self, *args: Any, interest: Interest, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"until": interest.until or clock.today()})
        super().__init__(*args, **kwargs)


class AccountForm(forms.Form):
    """With which account an inspector declares interests."""

    account = forms.ChoiceField(
        label="本人账号", required=False, help_text="关联后，本人登录即可申报利害关系，并看到自己的名录信息。"
    )

    def __init__(self, *args: Any, inspector: Inspector, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"account": inspector.user_id or ""})
        super().__init__(*args, **kwargs)
        offered = inspector_accounts(inspector.organ)
        self._accounts = {
            str(user.pk): user
            for user in offered
            if getattr(user, "inspector", None) is None or user.pk == inspector.user_id
        }
        choices = [(key, f"{user.name}（{user.username}）") for key, user in self._accounts.items()]
        if inspector.user is not None and str(inspector.user_id) not in self._accounts:
            choices.append((str(inspector.user_id), f"{inspector.user.name}（{inspector.user.username}）"))
            self._accounts[str(inspector.user_id)] = inspector.user
        offer(self, "account", [("", "不关联"), *choices])

    def chosen(self) -> User | None:
        """Return the account, None for none."""
        return self._accounts.get(self.cleaned_data["account"])


class FieldsForm(forms.Form):
    """Under which business fields an inspector is kept."""

    fields_of_work = forms.MultipleChoiceField(
        label="业务领域",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="只用于分类和筛选。任何执法检查人员都可以检查清单上的所有事项（第七条）。",
    )

    def __init__(self, *args: Any, inspector: Inspector, **kwargs: Any) -> None:
        held = [str(pk) for pk in inspector.inspector_fields.values_list("field_id", flat=True)]
        kwargs.setdefault("initial", {"fields_of_work": held})
        super().__init__(*args, **kwargs)
        self.known = {str(field.pk): field for field in fields_of(inspector.organ)}
        offer(self, "fields_of_work", [(key, field.name) for key, field in self.known.items()])

    def chosen(self) -> list[Field]:
        """Return the fields that are ticked."""
        return [self.known[key] for key in self.cleaned_data["fields_of_work"]]


class QualificationForm(forms.Form):
    """A qualification beside the certificate."""

    name = forms.CharField(label="资格名称", max_length=60, help_text="例如：注册安全工程师、特种设备检验员。")
    number = forms.CharField(label="证书编号", max_length=64)
    valid_until = forms.DateField(label="有效期至", required=False, widget=DayInput, help_text="长期有效的不填。")


class DayForm(FilterForm):
    """Which day, and what to show."""

    on = forms.DateField(label="检查日期", widget=DayInput, required=False)
    division = forms.ChoiceField(label="科室", required=False)
    drawable = forms.ChoiceField(
        label="可否抽取", required=False, choices=[ANY, ("yes", "可以抽取"), ("no", "不能抽取")]
    )

    def __init__(self, *args: Any, divisions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "division", [ANY, *divisions])


class InspectorForm(PeriodForm):
    """One inspector (art. 7)."""

    period = ("valid_from", "valid_until", "证件有效期至早于有效期自，请改正。")

    name = forms.CharField(label="姓名", max_length=40)
    certificate_number = forms.CharField(
        label="执法证号",
        max_length=64,
        help_text="抽取时使用的编号，登记后不能改动。换发新证的，将旧证改为不在执法岗位，再按新证新增。",
    )
    division = forms.ChoiceField(label="科室")
    sex = forms.ChoiceField(label="性别", choices=Sex.choices, required=False)
    post = forms.CharField(label="岗位", max_length=60, required=False)
    valid_from = forms.DateField(label="证件有效期自", required=False, widget=DayInput)
    valid_until = forms.DateField(
        label="证件有效期至",
        required=False,
        widget=DayInput,
        help_text="检查当日证件有效的才能被抽取（第七条）；不填的不能被抽取。",
    )
    on_establishment = forms.BooleanField(
        label="行政编制", required=False, initial=True, help_text="非行政编制的不能被抽取（第七条）。"
    )
    enforcement_post = forms.BooleanField(
        label="在执法岗位", required=False, initial=True, help_text="不在执法岗位的不能被抽取（第七条）。"
    )
    why = forms.CharField(
        label="修改原因", max_length=100, required=False, help_text="随改动留痕；不要写电话、身份证号等个人信息。"
    )

    def __init__(self, *args: Any, organ: Organ, inspector: Inspector | None = None, **kwargs: Any) -> None:
        if inspector is not None:
            names = (
                "name",
                "certificate_number",
                "sex",
                "post",
                "valid_from",
                "valid_until",
                "on_establishment",
                "enforcement_post",
            )
            kwargs.setdefault(
                "initial", {name: getattr(inspector, name) for name in names} | {"division": inspector.division_id}
            )
        super().__init__(*args, **kwargs)
        self.divisions = {str(division.pk): division for division in divisions_of(organ)}
        offer(self, "division", [(key, division.name) for key, division in self.divisions.items()])
        self.fields["certificate_number"].disabled = inspector is not None
        if inspector is None:
            del self.fields["why"]

    def values(self) -> InspectorValues:
        """Return what was filled in, tidied."""
        data = self.cleaned_data
        return InspectorValues(
            name=clean(data["name"]),
            certificate_number=to_word(clean_code(data["certificate_number"])),
            division=self.divisions[data["division"]].name,
            sex=data["sex"],
            post=clean(data["post"]),
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
            on_establishment=data["on_establishment"],
            enforcement_post=data["enforcement_post"],
        )

    def cleared(self) -> tuple[str, ...]:
        """Return the fields that were emptied on purpose."""
        return tuple(name for name in ("sex", "post", "valid_from", "valid_until") if not self.cleaned_data[name])


class InspectorFilter(OrganFilter):
    """Filters above the list of inspectors."""

    text = forms.CharField(label="姓名、执法证号、岗位", required=False)
    division = forms.ChoiceField(label="科室", required=False)
    field = forms.ChoiceField(label="业务领域", required=False)
    drawable = forms.ChoiceField(
        label="今日可否抽取", required=False, choices=[ANY, ("yes", "可以抽取"), ("no", "不能抽取")]
    )

    def __init__(self, *args: Any, organ: Organ, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [ANY, *((str(division.pk), division.name) for division in divisions_of(organ))]
        offer(self, "division", choices)
        fields = [(str(field.pk), field.name) for field in fields_of(organ)]
        offer(self, "field", [ANY, *fields])
        if not fields:
            del self.fields["field"]
