"""Tables as bureaus hand them in."""

import io

import openpyxl
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

#: Two divisions share them; the last one's certificate has run out.
INSPECTORS = 19
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤"


def inspectors_workbook() -> bytes:
    """Return a list of inspectors as Excel: title over the whole width, a date line, two header rows with merged cells, merged divisions.

    Certificate numbers are numbers in every other row, as Excel makes them; one inspector is listed twice, and a sum stands below.
    """
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "执法人员"
    sheet["A1"] = "淄博市工业和信息化局行政执法人员名单"
    sheet.merge_cells("A1:G1")
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet["A2"] = "填报日期：2026年11月2日"
    sheet.merge_cells("A2:G2")
    for column, title in zip("ABCDG", ("序号", "科 室", "姓名", "执法证号", "行政编制"), strict=True):
        sheet[f"{column}3"] = title
        sheet.merge_cells(f"{column}3:{column}4")
    sheet["E3"] = "有效期"
    sheet.merge_cells("E3:F3")
    sheet["E4"], sheet["F4"] = "起", "止"
    first = 5
    for index in range(INSPECTORS):
        number = 15030370001 + index
        until = "2025年6月30日" if index == INSPECTORS - 1 else "2031-12-31"
        sheet.append(
            [index + 1, None, f"{_SURNAMES[index]} 立", number if index % 2 else str(number), "2021.1.1", until, "是"]
        )
    for start, end, division in ((first, first + 9, "节能科"), (first + 10, first + INSPECTORS - 1, "安全科")):
        sheet.cell(start, 2, division)
        sheet.merge_cells(start_row=start, end_row=end, start_column=2, end_column=2)
    sheet.append([INSPECTORS + 1, "安全科", f"{_SURNAMES[0]} 立", "15030370001", "2021.1.1", "2031-12-31", "是"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
