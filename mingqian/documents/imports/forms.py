"""Forms of imports."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings

from mingqian.documents.imports.states import ImportState, Kind, kinds
from mingqian.documents.models.imports import Import
from mingqian.pages.fields import ANY, FilterForm, offer


class UploadForm(forms.Form):
    """A table to be imported."""

    kind = forms.ChoiceField(label="导入到", widget=forms.RadioSelect)
    file = forms.FileField(
        label="表格文件",
        help_text="支持 .xlsx、.xls 和 .csv（UTF-8 或 GB18030）。标题行、合并单元格、多余的列都不用删。",
        error_messages={
            "required": "请选择要导入的文件。",
            "empty": "文件是空的，没有任何数据。请检查是否选错了文件。",
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
    )

    def __init__(self, *args: Any, offered: Sequence[Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", [(kind.name, kind.label) for kind in offered])

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
        choices=[("1", "按表格更新（表格里空着的项不动）"), ("0", "不更新，列为未采用")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, batch: Import, **kwargs: Any) -> None:
        work = batch.work
        known = batch.kind.columns
        initial = {
            "sheet": batch.sheet,
            "header_row": batch.header_row,
            "update_existing": "1" if batch.update_existing else "0",
        }
        initial |= {f"column-{column.key}": batch.mapping.get(column.key, "") for column in known}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.fields["update_existing"].label = f"{batch.kind.into}中已有的"
        offer(self, "sheet", [(name, name) for name in work.sheets])
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


class ImportFilter(FilterForm):
    """Filters above the list of imports."""

    text = forms.CharField(label="编号或文件名", required=False, max_length=60)
    kind = forms.ChoiceField(label="导入到", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[ANY, *ImportState.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", [ANY, *((kind.name, kind.label) for kind in kinds())])
