"""Lists as files for spreadsheet programs. Texts stay texts: nothing that somebody typed is ever run as a formula.

Phone numbers leave masked, ID numbers not at all.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase

from mingqian.common.text import safe_cell
from mingqian.registry.models import Expert, Inspector, Subject
from mingqian.registry.selectors import OUT_ARTICLES, OUT_WORDS, why_not_drawable

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A title, and how many characters its column is wide.
Titles = Sequence[tuple[str, int]]

SUBJECT_TITLES: Titles = (
    ("登记号", 22), ("名称", 36), ("统一社会信用代码", 22), ("注册号", 18), ("类别", 12), ("区县", 10), ("地址", 44), ("负责人", 10),
    ("联系方式", 16), ("企业类型", 16), ("注册资金", 18), ("成立日期", 12), ("登记状态", 10), ("经营范围", 60),
)  # fmt: skip
INSPECTOR_TITLES: Titles = (
    ("姓名", 12), ("性别", 6), ("科室", 16), ("岗位", 16), ("执法证号", 22), ("有效期自", 12), ("有效期至", 12), ("行政编制", 10),
    ("在执法岗位", 12), ("可否抽取", 24),
)  # fmt: skip
DRAWABLE_TITLES: Titles = (
    ("检查日期", 12), ("姓名", 12), ("执法证号", 22), ("科室", 20), ("岗位", 16), ("可否抽取", 10), ("原因", 24), ("依据", 10),
)  # fmt: skip
EXPERT_TITLES: Titles = (
    ("编号", 12), ("类别", 10), ("名称", 24), ("所在单位", 30), ("专业或检测项目", 30), ("资质名称", 24), ("资质编号", 22),
    ("资质有效期自", 14), ("资质有效期至", 14), ("联系方式", 16), ("可否邀请", 12),
)  # fmt: skip


def subject_cells(subject: Subject) -> list[str]:
    """Return a subject as `SUBJECT_TITLES` has it."""
    return [
        subject.number,
        subject.name,
        subject.credit_code or "",
        subject.registration_number,
        subject.get_kind_display(),
        subject.district,
        subject.address,
        subject.responsible_person,
        subject.phone_masked,
        subject.company_type,
        subject.capital,
        _day(subject.established_on),
        subject.get_status_display(),
        subject.business_scope,
    ]


def inspector_cells(inspector: Inspector, today: date) -> list[str]:
    """Return an inspector as `INSPECTOR_TITLES` has it."""
    why = why_not_drawable(inspector, today)
    return [
        inspector.name,
        inspector.get_sex_display() if inspector.sex else "",
        inspector.division.name,
        inspector.post,
        inspector.certificate_number,
        _day(inspector.valid_from),
        _day(inspector.valid_until),
        "是" if inspector.on_establishment else "否",
        "是" if inspector.enforcement_post else "否",
        f"不能：{OUT_WORDS[why]}" if why else "可以",
    ]


def drawable_cells(inspector: Inspector, on: date, why: str) -> list[str]:
    """Return an inspector as `DRAWABLE_TITLES` has it; `why` is the code of `why_not_drawable`."""
    return [
        on.isoformat(),
        inspector.name,
        inspector.certificate_number,
        inspector.division.name,
        inspector.post,
        "不能" if why else "可以",
        OUT_WORDS.get(why, ""),
        OUT_ARTICLES.get(why, ""),
    ]


def expert_cells(expert: Expert, today: date) -> list[str]:
    """Return an expert as `EXPERT_TITLES` has it; the contact masked."""
    return [
        expert.number,
        expert.get_kind_display(),
        expert.name,
        expert.organisation,
        expert.speciality,
        expert.qualification,
        expert.qualification_number,
        _day(expert.valid_from),
        _day(expert.valid_until),
        expert.contact_masked,
        "可以" if expert.may_come_on(today) else "不能",
    ]


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def respond(form: str, name: str, titles: Titles, rows: Iterable[Sequence[str]]) -> HttpResponseBase:
    """Answer with a file named `name` in the form that the address asks for; 404 for any other form."""
    makers: dict[str, Callable[[str, Titles, Iterable[Sequence[str]]], HttpResponseBase]] = {
        "csv": csv_response,
        "xlsx": xlsx_response,
    }
    if form not in makers:
        raise Http404
    return makers[form](name, titles, rows)


def csv_response(name: str, titles: Titles, rows: Iterable[Sequence[str]]) -> StreamingHttpResponse:
    """Answer with a CSV file (UTF-8 with a mark, so that Excel reads it), sent as it is made."""

    def lines() -> Iterator[bytes]:
        yield "\ufeff".encode()
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([title for title, _width in titles])
        for row in rows:
            writer.writerow([safe_cell(cell) for cell in row])
            if out.tell() > 60_000:
                yield out.getvalue().encode()
                out.seek(0)
                out.truncate()
        yield out.getvalue().encode()

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = disposition(f"{name}.csv")
    return response


def xlsx_response(name: str, titles: Titles, rows: Iterable[Sequence[str]]) -> FileResponse:
    """Answer with a workbook whose cells are all texts, written row by row with little memory."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    book: Any = xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet("名录")
    head = book.add_format({"bold": True, "bg_color": "#E6EDF6", "border": 1, "border_color": "#B9C4D3"})
    text = book.add_format({"num_format": "@"})
    for column, (title, width) in enumerate(titles):
        sheet.set_column(column, column, width, text)
        sheet.write_string(0, column, title, head)
    sheet.freeze_panes(1, 0)
    count = 0
    for row in rows:
        count += 1
        for column, cell in enumerate(row):
            if cell:
                sheet.write_string(count, column, cell[:32767], text)
    sheet.autofilter(0, 0, max(count, 1), len(titles) - 1)
    book.close()
    file.seek(0)
    response = FileResponse(file, content_type=_XLSX)
    response["Content-Disposition"] = disposition(f"{name}.xlsx")
    return response


def disposition(name: str) -> str:
    """Return the header under which a browser saves a file with a Chinese name."""
    return f"attachment; filename*=UTF-8''{quote(name)}"
