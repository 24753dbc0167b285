"""Forms of a plan and its entries, with their conditions, strata and windows."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import QueryDict

from mingqian.accounts.models import Organ, User
from mingqian.accounts.selectors import fields_of
from mingqian.accounts.states import DivisionKind
from mingqian.common import clock
from mingqian.common.text import clean, half_width
from mingqian.pages.fields import ANY, DayInput, FilterForm, offer
from mingqian.planning import scopes
from mingqian.planning.cells import percent
from mingqian.planning.forms import (
    DraftForm,
    basis_points,
    business_divisions,
    drafting_divisions,
    lines,
    offer_kept,
    rows_wanted,
)
from mingqian.planning.models.items import ItemRevision
from mingqian.planning.models.plans import EntryRevision
from mingqian.planning.plans.states import MOST_WINDOWS, EntryValues, FlagMode, PlanState, QuotaMode, Stratify
from mingqian.planning.selectors import windows_of
from mingqian.registry.models import Library
from mingqian.registry.search.selectors import condition_choices
from mingqian.registry.subjects.states import CreditClass, Scale, SubjectKind

_AREA = forms.Textarea(attrs={"rows": 2})
_BOXES = forms.CheckboxSelectMultiple
#: Before the name of a stratum in a field of its own quota.
OWN = "own:"


def _is_count(text: str) -> bool:
    """Say whether a text is a whole number of usual size."""
    return text.isascii() and text.isdigit() and len(text) <= 7


class EntryForm(DraftForm):
    """What an entry of the plan says (art. 8)."""

    why = forms.CharField(label="调整理由", max_length=300, widget=_AREA, help_text="写入计划的变动说明，长期公开。")
    title = forms.CharField(label="抽查任务名称", max_length=80, help_text="例如：2027年节能监察随机抽查。")
    division = forms.ChoiceField(label="检查科室（检查主体）")
    items = forms.MultipleChoiceField(
        label="抽查事项", widget=_BOXES, help_text="从现行清单中选择；一次检查可以查多个事项。"
    )
    districts = forms.MultipleChoiceField(label="区县", required=False, widget=_BOXES)
    kinds = forms.MultipleChoiceField(label="对象类别", required=False, widget=_BOXES, choices=SubjectKind.choices)
    fields_ = forms.MultipleChoiceField(label="业务领域", required=False, widget=_BOXES)
    libraries = forms.MultipleChoiceField(label="专项库", required=False, widget=_BOXES)
    tags = forms.CharField(label="标签", required=False, max_length=300, help_text="多个标签用顿号分开。")
    industries = forms.MultipleChoiceField(label="行业门类", required=False, widget=_BOXES)
    scales = forms.MultipleChoiceField(
        label="规模", required=False, widget=_BOXES, choices=[row for row in Scale.choices if row[0]]
    )
    credit_classes = forms.MultipleChoiceField(
        label="信用等级", required=False, widget=_BOXES, choices=[row for row in CreditClass.choices if row[0]]
    )
    text = forms.CharField(label="名称、地址等含", required=False, max_length=100)
    scope = forms.CharField(label="经营范围含", required=False, max_length=60)
    permit = forms.ChoiceField(label="持有许可", required=False)
    established_from = forms.DateField(label="成立日期自", required=False, widget=DayInput)
    established_to = forms.DateField(label="成立日期至", required=False, widget=DayInput)
    stratify = forms.ChoiceField(label="分层", choices=Stratify.choices, widget=forms.RadioSelect)
    quota_mode = forms.ChoiceField(label="名额方式", choices=QuotaMode.choices, widget=forms.RadioSelect)
    quota_value = forms.CharField(label="比例（%）或数量（家）", max_length=12)
    ratio_why = forms.CharField(
        label="超过上限的理由",
        max_length=300,
        required=False,
        widget=_AREA,
        help_text="一般检查事项超过比例上限时必须填写，供批准人审查（第五条）。",
    )
    flag_mode = forms.ChoiceField(
        label="重点监管对象",
        choices=FlagMode.choices,
        widget=forms.RadioSelect,
        help_text="多次投诉举报、列入经营异常名录、失信、严重违法的，应提高抽查比例和频次（第十二条）。",
    )
    flag_value = forms.CharField(
        label="加大幅度", max_length=12, required=False, help_text="一家多签的填签数（2 到 9）；单独成层的填比例（%）。"
    )
    partners = forms.MultipleChoiceField(
        label="联合科室", required=False, widget=_BOXES, help_text="联合抽查的，选择一同检查的科室（第十二条）。"
    )
    partner_organs = forms.CharField(
        label="联合部门", required=False, max_length=200, help_text="其他部门，用顿号分开。"
    )
    team_size = forms.IntegerField(label="每组人数", min_value=1, max_value=20)
    lead_present = forms.BooleanField(
        label="每组由检查科室人员带队",
        required=False,
        help_text="从几个科室抽人时，每个检查组至少有一名检查科室的人员并任组长；写入封存的规则，任何人可以核验。",
    )

    #: Conditions of the registry that stand folded away.
    MORE = ("industries", "scales", "credit_classes", "text", "scope", "permit", "established_from", "established_to")

    def __init__(
        self,
        data: QueryDict | None,
        *,
        user: User,
        items: Mapping[str, ItemRevision],
        revision: EntryRevision | None = None,
    ) -> None:
        """Offer what the organ knows; `items` are those on the list that counts, `revision` gives the values that stand."""
        windows = windows_of(revision) if revision else []
        self.window_count = rows_wanted(data, max(len(windows), 1), "since_{}", more=1, most=MOST_WINDOWS)
        initial = self._initial(revision) if revision else self._fresh(user)
        for i, (since, until) in enumerate(windows):
            initial |= {f"since_{i}": since, f"until_{i}": until}
        super().__init__(data, initial=initial)
        self.own = self._own(data, revision)
        divisions = {
            code: division
            for code, division in drafting_divisions(user).items()
            if division.kind == DivisionKind.BUSINESS
        }
        self.offer_divisions(divisions, revision)
        self._offer_all(user.organ, items, revision)
        for i in range(self.window_count):
            for name, words in (("since", "起"), ("until", "止")):
                self.fields[f"{name}_{i}"] = forms.DateField(
                    label=f"第 {i + 1} 次检查时间{words}", required=False, widget=DayInput
                )

    def _offer_all(self, organ: Organ, items: Mapping[str, ItemRevision], revision: EntryRevision | None) -> None:
        """Offer what the organ knows, and what stands in the entry though it is out of use."""
        for name, choices in self._offered(organ, items).items():
            kept = self.initial.get(name) or [] if revision is not None else []
            offer_kept(self, name, choices, [kept] if isinstance(kept, str) else kept)

    def _offered(self, organ: Organ, items: Mapping[str, ItemRevision]) -> dict[str, list[tuple[str, str]]]:
        held = condition_choices(organ)
        return {
            "items": [(code, f"{item}（{code}，{item.get_kind_display()}）") for code, item in items.items()],
            "districts": [(name, name) for name in held.districts],
            "fields_": list(fields_of(organ).values_list("code", "name")),
            "libraries": list(Library.objects.filter(organ=organ, active=True).values_list("code", "name")),
            "industries": list(held.sections),
            "permit": [("", "不限"), *((name, name) for name in held.permits)],
            "partners": business_divisions(organ),
        }

    @staticmethod
    def _fresh(user: User) -> dict[str, Any]:
        return {
            "division": user.division.code if user.division else "",
            "stratify": Stratify.DISTRICT,
            "quota_mode": QuotaMode.RATIO,
            "quota_value": "5",
            "flag_mode": FlagMode.LOTS,
            "flag_value": "2",
            "team_size": 2,
        }

    @staticmethod
    def _initial(revision: EntryRevision) -> dict[str, Any]:
        names = ("why", "title", "items", "stratify", "quota_mode", "flag_mode", "partners", "partner_organs")
        conditions = dict(revision.criteria)
        by_ratio = revision.quota_mode == QuotaMode.RATIO
        as_percent = revision.flag_mode == FlagMode.STRATUM
        return {
            **{name: getattr(revision, name) for name in (*names, "team_size", "lead_present", "ratio_why")},
            "division": revision.division.code,
            "fields_": conditions.pop("fields", []),
            "tags": "、".join(conditions.pop("tags", [])),
            **conditions,
            "quota_value": percent(revision.quota_value).removesuffix("%") if by_ratio else str(revision.quota_value),
            "flag_value": percent(revision.flag_value).removesuffix("%") if as_percent else str(revision.flag_value),
        }

    @staticmethod
    def _own(data: QueryDict | None, revision: EntryRevision | None) -> dict[str, str]:
        if data is None:
            return {name: str(count) for name, count in revision.quotas.items()} if revision else {}
        return {
            key.removeprefix(OWN): text
            for key in data
            if key.startswith(OWN) and (text := half_width(clean(data.get(key) or "")))
        }

    def windows(self) -> Iterator[tuple[int, BoundField, BoundField]]:
        """Yield the rows of windows: number, first and last day."""
        for i in range(self.window_count):
            yield i + 1, self[f"since_{i}"], self[f"until_{i}"]

    @property
    def unfolded(self) -> bool:
        """Say whether one of the folded conditions is in use, so that it shows."""
        return any(self[name].value() for name in self.MORE) or any(name in self.errors for name in self.MORE)

    @property
    def more(self) -> list[BoundField]:
        """Return the folded conditions."""
        return [self[name] for name in self.MORE]

    def _number(self, name: str, *, ratio: bool) -> int | None:
        text = half_width(clean(self.cleaned_data.get(name) or ""))
        if ratio:
            try:
                return basis_points(text)
            except ValidationError as error:
                self.add_error(name, error)
                return None
        if not _is_count(text):
            self.add_error(name, "请填写整数，例如 12。")
            return None
        return int(text)

    def clean(self) -> dict[str, Any]:
        """Read numbers by their mode; a window needs both days, a stratum's own quota is a whole number."""
        data = super().clean() or self.cleaned_data
        ratio = data.get("quota_mode") == QuotaMode.RATIO
        data["quota_value"] = self._asked("quota_value", "请填写比例，例如 5。", ratio=ratio)
        mode, stratum = data.get("flag_mode"), data.get("flag_mode") == FlagMode.STRATUM
        flagged = mode in {FlagMode.LOTS, FlagMode.STRATUM}
        data["flag_value"] = self._asked("flag_value", "请填写签数或比例。", ratio=stratum) if flagged else 0
        self._check_windows(data)
        for name, text in self.own.items():
            if not _is_count(text):
                self.add_error(None, f"“{name}”单独设定的名额应为整数，请改正。")
        return data

    def _asked(self, name: str, missing: str, *, ratio: bool) -> int | None:
        """Return a number that has to be there."""
        value = self._number(name, ratio=ratio)
        if value is None and name not in self.errors:
            self.add_error(name, missing)
        return value

    def _check_windows(self, data: dict[str, Any]) -> None:
        for i in range(self.window_count):
            names = (f"since_{i}", f"until_{i}")
            there = [name for name in names if data.get(name)]
            if len(there) == 1 and not set(names) & set(self.errors):
                self.add_error(next(name for name in names if name not in there), "检查时间的起止日期都要填写。")

    def conditions(self) -> dict[str, Any]:
        """Return the conditions on the registry, as far as they could be read."""
        data = self.cleaned_data
        same = ("districts", "kinds", "libraries", *self.MORE)
        return {
            **{name: data.get(name) or "" for name in same if data.get(name)},
            **({"fields": data["fields_"]} if data.get("fields_") else {}),
            **({"tags": scopes.tags_in(data["tags"])} if data.get("tags") else {}),
        }

    def values(self) -> EntryValues:
        """Return what was filled in, tidied; what could not be read as a new entry has it."""
        data = self.cleaned_data
        windows: list[tuple[date, date]] = [
            (data[f"since_{i}"], data[f"until_{i}"])
            for i in range(self.window_count)
            if data.get(f"since_{i}") and data.get(f"until_{i}")
        ]
        return EntryValues(
            title=clean(data.get("title", "")),
            items=list(data.get("items", [])),
            criteria=self.conditions(),
            stratify=data.get("stratify", Stratify.DISTRICT),
            quota_mode=data.get("quota_mode", QuotaMode.RATIO),
            quota_value=data.get("quota_value") or 0,
            quotas={name: int(text) for name, text in self.own.items() if _is_count(text)},
            flag_mode=data.get("flag_mode", FlagMode.NONE),
            flag_value=data.get("flag_value") or 0,
            windows=windows,
            partners=list(data.get("partners", [])),
            partner_organs=clean(data.get("partner_organs", "")),
            team_size=data.get("team_size") or 0,
            lead_present=bool(data.get("lead_present")),
            ratio_why=lines(data.get("ratio_why", "")),
            why=lines(data.get("why", "")),
        )


class YearForm(forms.Form):
    """The year of a plan."""

    year = forms.TypedChoiceField(label="年度", coerce=int)

    def __init__(self, data: QueryDict | None) -> None:
        super().__init__(data)
        year = clock.today().year
        offer(self, "year", [(str(one), f"{one} 年") for one in (year, year + 1)])


class EntryFilterForm(FilterForm):
    """What the entries of a plan are narrowed to."""

    q = forms.CharField(label="名称、事项或编码", required=False, max_length=100)
    division = forms.ChoiceField(label="检查科室", required=False)
    state = forms.ChoiceField(label="进度", choices=[ANY, *PlanState.choices[1:]], required=False)
