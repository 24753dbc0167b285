"""Forms of items and of the list."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from mingqian.accounts.models import Organ, User
from mingqian.casework.register.states import OPEN_STATES, VersionState
from mingqian.common.text import clean
from mingqian.pages.fields import ANY, FilterForm
from mingqian.planning import citation, scopes
from mingqian.planning.cells import percent
from mingqian.planning.forms import DraftForm, basis_points, drafting_divisions, lines, offer_kept, rows_wanted
from mingqian.planning.items.states import (
    USUAL_FOLLOW_UPS,
    Exemption,
    FollowUp,
    ItemKind,
    ItemValues,
    Method,
    ResultCode,
    Scope,
)
from mingqian.planning.models.items import ItemRevision

_AREA = forms.Textarea(attrs={"rows": 2})
MAX_POINTS = 60
#: What a draft may lack, but not what is submitted.
_LATER = ("why", "target", "content", "bases", "methods", "ratio", "frequency", "compliance")


def _result_initial(follow_ups: Mapping[str, str]) -> dict[str, str]:
    return {f"result_{code}": follow_ups.get(code, "") for code in ResultCode.values}


#: What a new item begins with.
_FRESH: dict[str, Any] = {
    "kind": ItemKind.GENERAL,
    "exemption": Exemption.APPLIES,
    **_result_initial(USUAL_FOLLOW_UPS),
}


class ItemForm(DraftForm):
    """What an item says (art. 5)."""

    why = forms.CharField(
        label="调整理由", max_length=300, required=False, widget=_AREA, help_text="写入清单的变动说明，长期公开。"
    )
    division = forms.ChoiceField(label="责任科室")
    category = forms.CharField(label="抽查类别", max_length=100, help_text="例如：节能监察。")
    name = forms.CharField(label="抽查事项", max_length=300)
    sub_item = forms.CharField(label="子项", max_length=200, required=False)
    kind = forms.ChoiceField(
        label="事项类别",
        choices=ItemKind.choices,
        widget=forms.RadioSelect,
        help_text="重点检查事项针对安全、质量、公共利益等领域，比例不设上限；一般检查事项的比例严格限制（第五条）。",
    )
    target = forms.CharField(
        label="抽查对象", widget=_AREA, required=False, help_text="用文字写明，例如：重点用能单位。"
    )
    scope_fields = forms.MultipleChoiceField(label="业务领域", required=False, widget=forms.CheckboxSelectMultiple)
    scope_kinds = forms.MultipleChoiceField(label="对象类别", required=False, widget=forms.CheckboxSelectMultiple)
    scope_libraries = forms.MultipleChoiceField(label="专项库", required=False, widget=forms.CheckboxSelectMultiple)
    scope_tags = forms.CharField(
        label="标签", required=False, max_length=300, help_text="多个标签用顿号分开。各项条件都不填的，指全部抽查对象。"
    )
    content = forms.CharField(label="抽查内容", widget=forms.Textarea(attrs={"rows": 4}), required=False)
    bases = forms.CharField(
        label="抽查依据",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=8000,
        help_text="照常书写：《中华人民共和国节约能源法》第五十二条、第五十四条第一款；一部法律一行。保存后逐条核对是否有效。",
    )
    methods = forms.MultipleChoiceField(
        label="抽查方式", choices=Method.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    body = forms.CharField(label="检查主体", max_length=200, required=False)
    ratio = forms.CharField(label="抽查比例上限（%）", required=False, max_length=12)
    ratio_why = forms.CharField(
        label="超过上限的理由",
        max_length=300,
        required=False,
        widget=_AREA,
        help_text="一般检查事项超过上限时必须填写。",
    )
    frequency = forms.IntegerField(label="年抽查频次（次）", required=False, min_value=1, max_value=12)
    qualifications = forms.CharField(
        label="检查人员资格要求",
        max_length=200,
        required=False,
        help_text="没有特别要求的不填；持有效执法证是当然要求（第七条）。",
    )
    exemption = forms.ChoiceField(
        label="免检免扰",
        choices=Exemption.choices,
        help_text="涉及环保、安全、投诉举报、上级部署或法律另有规定的，免检名单不适用（第九条）。",
    )
    exemption_why = forms.CharField(label="不适用的依据或说明", max_length=200, required=False)
    compliance = forms.CharField(
        label="合规提示",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text="写给企业看的大白话：要做到什么，备好哪些材料，常见问题是什么。随检查通知和结果送达，并在公示端公开（第四条）。",
    )

    def __init__(self, data: QueryDict | None, *, user: User, revision: ItemRevision | None = None) -> None:
        """Offer what the organ knows; `revision` gives the values that stand."""
        points = revision.points if revision else []
        self.point_count = rows_wanted(data, max(len(points) + 1, 3), "point_{}_text", more=3, most=MAX_POINTS)
        initial = self._initial(revision) if revision else _FRESH
        super().__init__(data, initial=initial | _point_initial(points, self.point_count))
        self.offer_divisions(drafting_divisions(user), revision)
        self._offer_scope(user.organ)
        self._add_points()
        self._add_results()
        self._mark()

    def _mark(self) -> None:
        """Label fields with other words than 选填: a draft may lack them, what is submitted may not; results are chosen or not."""
        for name, field in self.fields.items():
            if name in _LATER or name.startswith("result_"):
                one: Any = field
                one.template_name, one.remark = "planning/laws/field.html", "（送审前必填）" if name in _LATER else ""

    def _offer_scope(self, organ: Organ) -> None:
        """Offer what the organ knows, and what stands in the item though it is out of use."""
        for part, rows in scopes.choices_of(organ).items():
            offer_kept(self, f"scope_{part}", rows, self.initial.get(f"scope_{part}", ()))

    @staticmethod
    def _initial(revision: ItemRevision) -> dict[str, Any]:
        names = ("why", "category", "name", "sub_item", "kind", "target", "content", "methods", "body", "ratio_why")
        more = ("frequency", "qualifications", "exemption", "exemption_why", "compliance")
        scope = revision.scope
        return {
            **{name: getattr(revision, name) for name in (*names, *more)},
            "division": revision.division.code,
            "bases": citation.write(revision.bases),
            "ratio": percent(revision.ratio).removesuffix("%"),
            **{f"scope_{part}": scope.get(part, []) for part in ("fields", "kinds", "libraries")},
            "scope_tags": "、".join(scope.get("tags", [])),
            **_result_initial({result["code"]: result["follow_up"] for result in revision.results}),
        }

    def _add_points(self) -> None:
        methods = [("", "不限"), *Method.choices]
        for i in range(self.point_count):
            label = f"检查要点 {i + 1}"
            self.fields[f"point_{i}_text"] = forms.CharField(
                label=label, max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
            )
            self.fields[f"point_{i}_method"] = forms.ChoiceField(
                label=f"{label}的方式", choices=methods, required=False
            )
            self.fields[f"point_{i}_materials"] = forms.CharField(
                label=f"{label}的材料", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
            )

    def _add_results(self) -> None:
        choices = [("", "不适用"), *FollowUp.choices]
        for code, label in ResultCode.choices:
            self.fields[f"result_{code}"] = forms.ChoiceField(label=label, choices=choices, required=False)

    def points(self) -> Iterator[tuple[int, BoundField, BoundField, BoundField]]:
        """Yield the rows of check points: number, text, method, materials."""
        for i in range(self.point_count):
            yield i + 1, self[f"point_{i}_text"], self[f"point_{i}_method"], self[f"point_{i}_materials"]

    def results(self) -> Iterator[BoundField]:
        """Yield the results with what each calls for."""
        for code in ResultCode.values:
            yield self[f"result_{code}"]

    def clean_ratio(self) -> int | None:
        """Return basis points."""
        return basis_points(self.cleaned_data["ratio"])

    def clean(self) -> dict[str, Any]:
        """A check point that has a method or materials needs words."""
        data = super().clean() or self.cleaned_data
        for i in range(self.point_count):
            rest = data.get(f"point_{i}_materials") or data.get(f"point_{i}_method")
            if rest and not clean(data.get(f"point_{i}_text") or ""):
                self.add_error(f"point_{i}_text", "写了方式或材料，还要写检查要点的内容。")
        return data

    def values(self) -> ItemValues:
        """Return what was filled in, tidied."""
        data = self.cleaned_data
        one_line = ("category", "name", "sub_item", "body", "qualifications", "exemption_why")
        several = ("target", "content", "ratio_why", "compliance")
        scope = Scope(
            fields=data["scope_fields"],
            kinds=data["scope_kinds"],
            libraries=data["scope_libraries"],
            tags=scopes.tags_in(data["scope_tags"]),
        )
        points = [
            {
                "text": lines(data[f"point_{i}_text"]),
                "method": data[f"point_{i}_method"],
                "materials": lines(data[f"point_{i}_materials"]),
            }
            for i in range(self.point_count)
            if clean(data[f"point_{i}_text"])
        ]
        results = [
            {"code": str(code), "follow_up": data[f"result_{code}"]}
            for code in ResultCode.values
            if data[f"result_{code}"]
        ]
        return ItemValues(
            **{name: clean(data[name]) for name in one_line},
            **{name: lines(data[name]) for name in several},
            why=lines(data.get("why", "")),
            kind=data["kind"],
            scope=scope,
            bases=data["bases"],
            methods=[str(method) for method in Method.values if method in data["methods"]],
            ratio=data["ratio"],
            frequency=data["frequency"],
            points=points,
            results=results,
            exemption=data["exemption"],
        )


def _point_initial(points: list[dict[str, str]], count: int) -> dict[str, str]:
    names = ("text", "method", "materials")
    return {
        f"point_{i}_{name}": points[i].get(name, "") if i < len(points) else "" for i in range(count) for name in names
    }


class ItemFilterForm(FilterForm):
    """What a list of items is narrowed to."""

    q = forms.CharField(label="事项、对象或编码", required=False, max_length=100)
    kind = forms.ChoiceField(label="事项类别", choices=[ANY, *ItemKind.choices], required=False)
    division = forms.ChoiceField(label="责任科室", required=False)
    basis = forms.ChoiceField(
        label="依据",
        choices=[ANY, ("failing", "依据失效"), ("recheck", "待重新核对"), ("sound", "有效")],
        required=False,
    )


class DraftFilterForm(FilterForm):
    """What the list of what is under way is narrowed to."""

    q = forms.CharField(label="事项、对象或编码", required=False, max_length=100)
    state = forms.ChoiceField(
        label="状态",
        choices=[ANY, *((state.value, state.label) for state in OPEN_STATES)],
        required=False,
    )
    lack = forms.ChoiceField(label="还缺", choices=[ANY, ("yes", "尚不能送审"), ("no", "可以送审")], required=False)


class VersionFilterForm(FilterForm):
    """What the versions are narrowed to."""

    state = forms.ChoiceField(label="状态", choices=[ANY, *VersionState.choices], required=False)
