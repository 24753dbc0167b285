"""Forms of the registries. Help texts state what a field means in law."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet

from mingqian.accounts.models import Organ
from mingqian.accounts.selectors import divisions_of, fields_of
from mingqian.common.text import clean, clean_code, to_word
from mingqian.registry import districts
from mingqian.registry.importing.columns import columns_of
from mingqian.registry.models import Import, Inspector
from mingqian.registry.states import ImportState, ImportTarget, Sex, SubjectKind, SubjectStatus
from mingqian.registry.values import InspectorValues

_ANY = ("", "全部")


class DayInput(forms.DateInput):
    """A date as browsers pick it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class InspectorForm(forms.Form):
    """One inspector (art. 7)."""

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
        self.fields["division"].choices = [(key, division.name) for key, division in self.divisions.items()]  # type: ignore[attr-defined]
        self.fields["certificate_number"].disabled = inspector is not None
        if inspector is None:
            del self.fields["why"]

    def clean(self) -> dict[str, Any]:
        """Refuse a certificate that ends before it begins."""
        data = super().clean() or {}
        begins, ends = data.get("valid_from"), data.get("valid_until")
        if begins and ends and ends < begins:
            self.add_error("valid_until", "证件有效期至早于有效期自，请改正。")
        return data

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


class UploadForm(forms.Form):
    """A table to be imported."""

    target = forms.ChoiceField(
        label="导入到", choices=ImportTarget.choices, initial=ImportTarget.SUBJECTS, widget=forms.RadioSelect
    )
    file = forms.FileField(
        label="表格文件",
        help_text="支持 .xlsx、.xls 和 .csv（UTF-8 或 GB18030）。标题行、合并单元格、多余的列都不用删。",
        error_messages={
            "required": "请选择要导入的文件。",
            "empty": "文件是空的，没有任何数据。请检查是否选错了文件。",
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
    )

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > settings.MINGQIAN_MAX_UPLOAD:
            limit = settings.MINGQIAN_MAX_UPLOAD // (1024 * 1024)
            raise forms.ValidationError(f"文件超过 {limit} MB。请删去无关的列，或把表格拆成几个文件，分别导入。")
        return file


class ColumnsForm(forms.Form):
    """How a table is read: sheet, header, which column is what."""

    sheet = forms.ChoiceField(label="工作表", required=False)
    header_row = forms.IntegerField(
        label="表头所在行", min_value=0, max_value=1000, help_text="表头有两行的，填下面一行的行号；数据从下一行开始。"
    )
    update_existing = forms.TypedChoiceField(
        label="名录库中已有的",
        choices=[("1", "按表格更新（表格里空着的项不动）"), ("0", "不更新，列为未采用")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, batch: Import, **kwargs: Any) -> None:
        work = batch.work
        known = columns_of(batch.target)
        initial = {
            "sheet": batch.sheet,
            "header_row": batch.header_row,
            "update_existing": "1" if batch.update_existing else "0",
        }
        initial |= {f"column-{column.key}": batch.mapping.get(column.key, "") for column in known}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = [(name, name) for name in work.sheets]  # type: ignore[attr-defined]
        if len(work.sheets) < 2:
            self.fields["sheet"].widget = forms.HiddenInput()
        titles = [(index, f"{column_letters(index)} 列　{title[:20]}") for index, title in enumerate(work.columns)]
        for column in known:
            self.fields[f"column-{column.key}"] = forms.TypedChoiceField(
                label=column.title,
                choices=[("", "（表格里没有）"), *titles],
                coerce=int,
                empty_value=None,
                required=column.required,
                error_messages={"required": f"请指定“{column.title}”在哪一列。"},
            )
        self.recognising = "recognise" in self.data
        if self.recognising:
            for column in known:
                self.fields[f"column-{column.key}"].required = False

    @property
    def columns(self) -> list[forms.BoundField]:
        """Return the fields of the known columns."""
        return [field for field in self if field.name.startswith("column-")]

    def clean(self) -> dict[str, Any]:
        """Let one column of the table be one thing only."""
        data = super().clean() or {}
        chosen = [value for key, value in data.items() if key.startswith("column-") and value is not None]
        if not self.recognising and len(set(chosen)) != len(chosen):
            raise forms.ValidationError("同一列只能对应一个栏目，请检查列的对应。")
        return data

    def mapping(self) -> dict[str, int]:
        """Return which column stands where; empty where the columns are to be recognised anew."""
        if self.recognising:
            return {}
        found = {
            key.removeprefix("column-"): value for key, value in self.cleaned_data.items() if key.startswith("column-")
        }
        return {key: value for key, value in found.items() if value is not None}


def column_letters(index: int) -> str:
    """Return the letters of a column, 0 being A.

    >>> column_letters(0), column_letters(25), column_letters(26)
    ('A', 'Z', 'AA')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class SubjectFilter(forms.Form):
    """Filters above the list of subjects; every one is optional and stays in the address."""

    text = forms.CharField(label="名称、代码、地址、负责人、经营范围", required=False)
    district = forms.MultipleChoiceField(label="区县", required=False, widget=forms.CheckboxSelectMultiple)
    kind = forms.ChoiceField(label="类别", required=False, choices=[_ANY, *SubjectKind.choices])
    company_type = forms.ChoiceField(label="企业类型", required=False)
    status = forms.ChoiceField(label="状态", required=False, choices=[_ANY, *SubjectStatus.choices])

    def __init__(self, *args: Any, district_counts: dict[str, int], company_types: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = {
            name: position for position, name in enumerate([*district_counts, districts.UNKNOWN, districts.ELSEWHERE])
        }
        names = sorted(
            district_counts, key=lambda name: (name in {districts.UNKNOWN, districts.ELSEWHERE}, order[name])
        )
        self.fields["district"].choices = [(name, f"{name} {district_counts[name]:,}") for name in names]  # type: ignore[attr-defined]
        self.fields["company_type"].choices = [_ANY, *((name, name) for name in company_types)]  # type: ignore[attr-defined]


class ImportFilter(forms.Form):
    """Filters above the list of imports; every one is optional and stays in the address."""

    text = forms.CharField(label="编号或文件名", required=False, max_length=60)
    target = forms.ChoiceField(label="导入到", required=False, choices=[("", "全部"), *ImportTarget.choices])
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *ImportState.choices])

    def narrow(self, rows: QuerySet[Import]) -> QuerySet[Import]:
        """Return the rows that are asked for."""
        self.is_valid()
        data: dict[str, Any] = self.cleaned_data
        for word in data.get("text", "").split():
            rows = rows.filter(Q(number__icontains=word) | Q(file_name__icontains=word))
        for key in ("target", "state"):
            if data.get(key):
                rows = rows.filter(**{key: data[key]})
        return rows


class InspectorFilter(forms.Form):
    """Filters above the list of inspectors."""

    text = forms.CharField(label="姓名、执法证号、岗位", required=False)
    division = forms.ChoiceField(label="科室", required=False)
    field = forms.ChoiceField(label="业务领域", required=False)
    drawable = forms.ChoiceField(
        label="今日可否抽取", required=False, choices=[_ANY, ("yes", "可以抽取"), ("no", "不能抽取")]
    )

    def __init__(self, *args: Any, organ: Organ, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [_ANY, *((str(division.pk), division.name) for division in divisions_of(organ))]
        self.fields["division"].choices = choices  # type: ignore[attr-defined]
        fields = [_ANY, *((str(field.pk), field.name) for field in fields_of(organ))]
        self.fields["field"].choices = fields  # type: ignore[attr-defined]
