"""The filters above the list of subjects: every one is optional and stays in the address."""

from collections.abc import Mapping
from typing import Any

from django import forms

from mingqian.accounts.models import Organ
from mingqian.accounts.selectors import fields_of
from mingqian.common.text import clean
from mingqian.pages.fields import ANY, DayInput, offer
from mingqian.registry import districts, industries
from mingqian.registry.models.libraries import Library
from mingqian.registry.parts.states import FlagKind
from mingqian.registry.search.selectors import choices, permit_names
from mingqian.registry.search.services import MISSABLE
from mingqian.registry.subjects.selectors import SubjectCriteria
from mingqian.registry.subjects.states import CreditClass, Scale, SubjectKind, SubjectStatus

#: Filters that stand folded away under 更多条件.
MORE = (
    "company_type", "industry", "scale", "credit_class", "field", "library", "tag", "flag", "exempt", "permit", "permit_expired", "missing",
    "scope", "established_from", "established_to", "merged",
)  # fmt: skip


def _industry_choices() -> list[Any]:
    sections = [(letter, f"{letter} {name}") for letter, name in industries.sections().items()]
    groups: dict[str, list[tuple[str, str]]] = {}
    for code, (letter, name) in industries.divisions().items():
        groups.setdefault(f"{letter} {industries.sections()[letter]}", []).append(
            (letter + code, f"{letter}{code} {name}")
        )
    return [ANY, ("门类", sections), *groups.items()]


class SubjectFilter(forms.Form):
    """What the list of subjects is asked for. What is not a choice is left out; the rest counts."""

    organ = forms.CharField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(label="名称、拼音首字母、代码、地址、负责人", required=False, max_length=100)
    district = forms.MultipleChoiceField(label="区县", required=False, widget=forms.CheckboxSelectMultiple)
    kind = forms.ChoiceField(label="类别", required=False, choices=[ANY, *SubjectKind.choices])
    status = forms.ChoiceField(label="状态", required=False, choices=[ANY, *SubjectStatus.choices])
    company_type = forms.ChoiceField(label="企业类型", required=False)
    industry = forms.ChoiceField(label="行业", required=False)
    scale = forms.ChoiceField(label="规模", required=False, choices=[ANY, *(row for row in Scale.choices if row[0])])
    credit_class = forms.ChoiceField(
        label="信用等级", required=False, choices=[ANY, *(row for row in CreditClass.choices if row[0])]
    )
    field = forms.ChoiceField(label="业务领域", required=False)
    library = forms.ChoiceField(label="专项库", required=False)
    tag = forms.ChoiceField(label="标签", required=False)
    flag = forms.ChoiceField(
        label="有效的重点监管标记", required=False, choices=[ANY, ("any", "有任一标记"), *FlagKind.choices]
    )
    exempt = forms.ChoiceField(
        label="免检免扰", required=False, choices=[ANY, ("yes", "今日在名单内"), ("no", "今日不在名单内")]
    )
    permit = forms.ChoiceField(label="许可", required=False)
    permit_expired = forms.ChoiceField(label="许可期限", required=False, choices=[ANY, ("yes", "有已过期的")])
    missing = forms.ChoiceField(label="缺少", required=False, choices=[ANY, *MISSABLE])
    scope = forms.CharField(label="经营范围含", required=False, max_length=60)
    established_from = forms.DateField(label="成立日期自", required=False, widget=DayInput)
    established_to = forms.DateField(label="成立日期至", required=False, widget=DayInput)
    merged = forms.ChoiceField(
        label="已并入的", required=False, choices=[("", "不显示"), ("yes", "只看已并入其他对象的")]
    )

    def __init__(self, data: Any, *, organ: Organ) -> None:
        super().__init__(data)
        held = choices(organ)
        last = {districts.UNKNOWN, districts.ELSEWHERE}
        names = sorted(held.districts, key=lambda name: name in last)
        options: dict[str, list[Any]] = {
            "district": [(name, f"{name} {held.districts[name]:,}") for name in names],
            "company_type": [ANY, *((name, name) for name in held.company_types)],
            "tag": [ANY, *((name, name) for name in held.tags)],
            "field": [ANY, *fields_of(organ).values_list("code", "name")],
            "library": [ANY, *Library.objects.filter(organ=organ).values_list("code", "name")],
            "permit": [ANY, *((name, name) for name in permit_names(organ))],
            "industry": _industry_choices(),
        }
        for name, rows in options.items():
            offer(self, name, rows)

    def clean(self) -> dict[str, Any]:
        """Refuse a time that ends before it begins."""
        data = super().clean() or {}
        begins, ends = data.get("established_from"), data.get("established_to")
        if begins and ends and ends < begins:
            self.add_error("established_to", "成立日期的止日早于起日，请改正。")
        return data

    def chips(self) -> list[tuple[str, str, str, str]]:
        """Return (name, value, title, words) for each filter in force."""
        found = []
        for name, value in self.cleaned_data.items():
            if name == "organ":
                continue
            for one in value if isinstance(value, list) else [value]:
                if one:
                    words = dict(_flat(getattr(self.fields[name], "choices", ()))).get(str(one), str(one))
                    if name == "district":
                        words = str(one)
                    if name.startswith("established"):
                        words = f"{one.year}年{one.month}月{one.day}日"
                    title = str(self.fields[name].label) if name != "text" else "搜索"
                    found.append((name, str(one), title, str(words)))
        return found

    @property
    def unfolded(self) -> bool:
        """Say whether one of the folded filters is in force, so that it shows."""
        return any(self.cleaned_data.get(name) for name in MORE) or any(name in self.errors for name in MORE)

    @property
    def more(self) -> list[forms.BoundField]:
        """Return the folded filters."""
        return [self[name] for name in MORE]


def criteria_of(asked: Mapping[str, Any]) -> SubjectCriteria:
    """Return what the filters ask for; `asked` are the values of `SubjectFilter`, "" where nothing is asked."""

    def one(name: str) -> tuple[str, ...]:
        return (asked[name],) if asked[name] else ()

    flag = asked["flag"]
    return SubjectCriteria(
        districts=tuple(asked["district"]),
        kinds=one("kind"),
        statuses=one("status"),
        company_types=one("company_type"),
        text=clean(asked["text"]),
        industries=one("industry"),
        scales=one("scale"),
        credit_classes=one("credit_class"),
        fields=one("field"),
        libraries=one("library"),
        tags=one("tag"),
        flags=tuple(map(str, FlagKind.values)) if flag == "any" else one("flag"),
        exempt={"yes": True, "no": False}.get(asked["exempt"]),
        permit=asked["permit"],
        permit_expired=asked["permit_expired"] == "yes",
        missing=one("missing"),
        scope=clean(asked["scope"]),
        established_from=asked["established_from"] or None,
        established_to=asked["established_to"] or None,
        merged=asked["merged"] == "yes",
    )


def _flat(options: Any) -> list[tuple[str, str]]:
    rows = []
    for value, words in options:
        rows += (
            [(str(key), str(word)) for key, word in words] if isinstance(words, list) else [(str(value), str(words))]
        )
    return rows
