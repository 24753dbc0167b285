"""Pages of imports of items: upload, preview with joined rows, columns, confirm."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.common.errors import DomainError
from mingqian.documents.tables.states import UnreadableError
from mingqian.pages import access
from mingqian.pages.paging import page_of
from mingqian.pages.submission import deed, submit
from mingqian.planning import citation
from mingqian.planning.cells import percent
from mingqian.planning.forms import basis_points, drafting_divisions, lines
from mingqian.planning.imports import selectors, services, table
from mingqian.planning.imports.listing import IMPORT_LIST
from mingqian.planning.imports.table import COLUMNS, Layout
from mingqian.planning.laws import selectors as law_selectors
from mingqian.planning.laws.states import Basis
from mingqian.planning.models.imports import ItemImport

officer = access.roles(*OFFICER_ROLES)
reader = access.roles(*READER_ROLES)


def letters(index: int) -> str:
    """Return a column's letters, A being 0.

    >>> letters(0), letters(27)
    ('A', 'AB')
    """
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


class UploadForm(forms.Form):
    """A table of items."""

    file = forms.FileField(label="表格", help_text="Excel（.xlsx、.xls）或 CSV。标题行、两行表头、合并单元格都能读取。")
    division = forms.ChoiceField(label="责任科室", help_text="表格没有写明本机关科室的事项，归这个科室。")

    def __init__(self, *args: Any, divisions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["division"]
        if isinstance(field, forms.ChoiceField):
            field.choices = divisions

    def clean_file(self) -> Any:
        """Refuse what is too large."""
        file = self.cleaned_data["file"]
        if file.size > settings.MINGQIAN_MAX_UPLOAD:
            raise forms.ValidationError(
                f"文件超过 {settings.MINGQIAN_MAX_UPLOAD // 1024 // 1024} MB。请拆成几个文件，分别导入。"
            )
        return file


class LayoutForm(forms.Form):
    """How the table is read."""

    sheet = forms.ChoiceField(label="工作表", required=False)
    division = forms.ChoiceField(label="责任科室")
    first = forms.IntegerField(label="表头从第几行", min_value=0, max_value=200, help_text="没有表头填 0。")
    last = forms.IntegerField(label="表头到第几行", min_value=0, max_value=200)
    join = forms.BooleanField(
        label="同一事项占多行的合并成一个",
        required=False,
        help_text="上下相邻、类别和名称及对象都相同的行合并，依据等合在一起。",
    )
    ratio = forms.CharField(label="缺比例时填（%）", required=False, max_length=12)
    frequency = forms.IntegerField(label="缺频次时填（每年几次）", required=False, min_value=1, max_value=12)
    compliance = forms.CharField(
        label="统一的合规提示",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="先填通用的，之后可逐项修改。",
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        batch: ItemImport,
        sheets: list[str],
        width: int,
        divisions: list[tuple[str, str]],
    ) -> None:
        layout = services.layout_of(batch)
        names = ("first", "last", "join", "frequency", "compliance")
        initial = {name: getattr(layout, name) for name in names} | {
            "sheet": batch.sheet,
            "division": batch.division.code,
        }
        initial["ratio"] = percent(layout.ratio).removesuffix("%")
        initial |= {f"column_{key}": layout.columns.get(key, "") for key in COLUMNS}
        super().__init__(data, initial=initial)
        self._offer("sheet", [(name, name) for name in sheets] or [("", "—")])
        self._offer("division", divisions)
        choices = [("", "没有"), *((str(i), f"{letters(i)} 列") for i in range(width))]
        for key, (title, _words) in COLUMNS.items():
            self.fields[f"column_{key}"] = forms.ChoiceField(label=title, choices=choices, required=False)

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def column_fields(self) -> list[forms.BoundField]:
        """Return the choices of columns."""
        return [self[f"column_{key}"] for key in COLUMNS]

    def clean_ratio(self) -> int | None:
        """Return basis points."""
        return basis_points(self.cleaned_data["ratio"])

    def clean(self) -> dict[str, Any]:
        """Refuse a header that ends before it begins, and a column with two meanings."""
        data = super().clean() or self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if first is not None and last is not None and last < first:
            self.add_error("last", "表头的最后一行在第一行之前，请改正。")
        used: dict[str, str] = {}
        for key, (title, _words) in COLUMNS.items():
            column = data.get(f"column_{key}")
            if column and column in used:
                self.add_error(f"column_{key}", f"{letters(int(column))} 列已对应“{used[column]}”，一列只能对应一项。")
            elif column:
                used[column] = title
        return data

    def layout(self) -> Layout:
        """Return what was chosen."""
        data = self.cleaned_data
        columns = {key: int(data[f"column_{key}"]) for key in COLUMNS if data[f"column_{key}"]}
        names = ("first", "last", "join", "ratio", "frequency")
        return Layout(columns=columns, compliance=lines(data["compliance"]), **{name: data[name] for name in names})


@require_GET
@reader
def imports(request: HttpRequest) -> HttpResponseBase:
    """List the tables that were brought in."""
    return IMPORT_LIST.respond(request, may_write=user_of(request).has_role(*OFFICER_ROLES))


def _readable(act: Callable[[], ItemImport], field: str = "") -> ItemImport:
    """Do what reads the table; what makes it unreadable is a "no" like any other."""
    try:
        return act()
    except UnreadableError as error:
        raise DomainError(str(error), field=field) from error


@require_http_methods(["GET", "POST"])
@officer
def import_new(request: HttpRequest) -> HttpResponse:
    """Take a table."""
    user = user_of(request)
    divisions = drafting_divisions(user)
    choices = [(code, division.name) for code, division in divisions.items()]

    def act(form: UploadForm) -> ItemImport:
        file, division = form.cleaned_data["file"], divisions[form.cleaned_data["division"]]
        return _readable(
            lambda: services.upload(user, division, file_name=file.name, content=file.read()), field="file"
        )

    return submit(
        request,
        lambda data: UploadForm(data, request.FILES or None, divisions=choices),
        act,
        to=lambda batch: reverse("planning:import", args=[batch.code]),
        template="planning/imports/import_new.html",
        context={"columns": [title for title, _words in COLUMNS.values()]},
    )


@require_http_methods(["GET", "POST"])
@officer
def import_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show how the table is read, let the officer correct it, and what would come of it."""
    user = user_of(request)
    batch = selectors.import_for(user, code)
    if not services.is_ready(batch):
        return render(request, "planning/imports/import_done.html", {"batch": batch})
    sheets, rows, items = services.read(batch)
    divisions = drafting_divisions(user) | {batch.division.code: batch.division}
    width = max((len(row.cells) for row in rows), default=0)
    choices = [(key, division.name) for key, division in divisions.items()]

    def act(form: LayoutForm) -> ItemImport:
        sheet, division = form.cleaned_data["sheet"], divisions[form.cleaned_data["division"]]
        return _readable(lambda: services.change_layout(user, batch, form.layout(), sheet=sheet, division=division))

    return submit(
        request,
        lambda data: LayoutForm(data, batch=batch, sheets=sheets, width=width, divisions=choices),
        act,
        done="已按新的读取方式重新读取。",
        to=reverse("planning:import", args=[code]),
        template="planning/imports/import.html",
        context=lambda _form: {"batch": batch, **_preview(request, batch, rows, items)},
    )


def _preview(
    request: HttpRequest, batch: ItemImport, rows: list[table.Row], items: list[table.ReadItem]
) -> dict[str, Any]:
    """Return what the preview shows: counts, laws that the library does not know, the first rows as they stand, the items."""
    layout = services.layout_of(batch)
    known = law_selectors.title_finder(batch.organ)
    cited = {
        item.rows[0]: citation.read(item.texts.get("bases", ""), lambda t: known.get(citation.key_of(t), ""))
        for item in items
    }
    titles = {basis["title"]: basis["law"] for bases in cited.values() for basis in bases}
    head = layout.last or 0
    means = {index: COLUMNS[key][0] for key, index in layout.columns.items()}
    width = max((len(row.cells) for row in rows), default=0)
    only_notes = request.GET.get("notes") == "1"
    wanted = [item for item in items if item.notes] if only_notes else items
    page = page_of(request, wanted)
    return {
        "absent": table.missing(layout),
        "no_header": not layout.last,
        "count": len(items),
        "rows_used": sum(len(item.rows) for item in items),
        "joined": sum(len(item.rows) > 1 for item in items),
        "noted": sum(bool(item.notes) for item in items),
        "only_notes": only_notes,
        "titles": len(titles),
        "unknown": sorted(title for title, law in titles.items() if not law),
        "no_content": "content" not in layout.columns,
        "page": page,
        "items": [(item, _by_law(cited[item.rows[0]])) for item in page],
        "sheet_head": [(letters(i), means.get(i, "")) for i in range(width)],
        "sheet_rows": [
            (row.number, 0 < layout.first <= row.number <= head, [table.text_of(c)[:60] for c in row.cells])
            for row in rows[: max(head + 4, 8)]
        ],
    }


def _by_law(bases: list[Basis]) -> list[tuple[bool, str]]:
    """Return a line for each law: whether the library knows it, and what is cited of it."""
    titles = dict.fromkeys(basis["title"] for basis in bases)
    groups = ([basis for basis in bases if basis["title"] == title] for title in titles)
    return [(bool(group[0]["law"]), citation.write(group).replace("\n", "；")) for group in groups]


@require_POST
@officer
def import_confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Turn the table into drafts."""
    user = user_of(request)
    batch = selectors.import_for(user, code)
    return deed(
        request,
        lambda: _readable(lambda: services.confirm(user, batch)),
        done=lambda made: f"已生成 {made.made} 份事项草稿。",
        to=reverse("planning:drafts"),
        back=reverse("planning:import", args=[code]),
    )


@require_POST
@officer
def import_discard(request: HttpRequest, code: str) -> HttpResponse:
    """Give the table up."""
    user = user_of(request)
    batch = selectors.import_for(user, code)
    done = "已放弃这次导入，没有生成任何草稿。"
    return deed(request, lambda: services.discard(user, batch), done=done, to=reverse("planning:imports"))
