"""Why a table cannot be read at all, in words that say what to do. Standard library only: the reading child imports it too."""

from dataclasses import dataclass
from typing import Any

#: The clerk reads these; the codes travel from the reading child to the parent.
PROBLEMS = {
    "empty": "文件是空的，没有任何数据。请检查是否选错了文件。",
    "no-rows": "表格里没有数据行。请检查是否选错了工作表或文件。",
    "size": "文件太大，无法读取。请把表格拆成几个文件，分别导入。",
    "image": "这是一张图片，不是表格。请上传原始的 Excel 或 CSV 文件。",
    "pdf": "这是 PDF 文件，不是表格。请向提供方索取 Excel 或 CSV 文件。",
    "html": "这是网页格式的文件（有的系统把网页存成了 .xls）。请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。",
    "xml": "这是 XML 格式的表格。请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。",
    "archive": "这是压缩包，不是表格。请先解压，再上传里面的 Excel 或 CSV 文件。",
    "document": "这是文字处理文档，不是表格。请把表格复制到 Excel 里，另存为 .xlsx 后再导入。",
    "other-workbook": "这种工作簿格式不能读取。请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。",
    "encrypted": "工作簿设有打开密码，无法读取。请在 Excel 里取消密码，保存后再导入。",
    "bomb": "文件解压后大得不合常理，为安全起见没有读取。请在 Excel 里只复制有数据的区域到新工作簿，保存后再导入。",
    "broken": "文件已损坏或不完整，无法读取。请用 Excel 或 WPS 打开确认，另存为 .xlsx 后再导入。",
    "binary": "无法识别这个文件的格式。请上传 .xlsx、.xls 或 .csv 文件。",
    "encoding": "无法识别文字编码。请用 Excel 打开，另存为 .xlsx，或存成 UTF-8 编码的 CSV 后再导入。",
    "spread": "表格里有离数据很远的单元格（例如最后一行最后一列），区域过大。请只复制有数据的区域到新工作簿，保存后再导入。",
    "columns": "表格的列太多（超过 {limit} 列）。请删去无关的列后再导入。",
    "rows": "表格的行太多（超过 {limit} 行）。请拆成几个文件，分别导入。",
    "sheet": "工作簿里没有所选的工作表。请重新选择工作表。",
    "time": "读取文件用时过长，已经停止。请把表格另存为 CSV 或拆成几个文件后再导入。",
    "memory": "读取这个文件需要的内存超出限制，已经停止。请把数据复制到新工作簿或另存为 CSV 后再导入。",
    "crash": "这个文件无法安全读取，已经停止。请用 Excel 或 WPS 打开，把数据复制到新工作簿，保存后再导入。",
}

MAX_ROWS = 200_000
MAX_COLUMNS = 200
#: Cells of the rectangle around the data, so that the reader's memory stays bounded.
MAX_AREA = 8_000_000
#: Characters of one cell; longer ones are cut there and refused with their row.
MAX_CELL = 10_000
_LIMITS = {"columns": MAX_COLUMNS, "rows": MAX_ROWS}


@dataclass(frozen=True)
class Line:
    """A row of the table: its number as a spreadsheet program shows it, and its cells (text, number, boolean or None)."""

    number: int
    cells: list[Any]


class UnreadableError(ValueError):
    """The table cannot be read. `code` is one of `PROBLEMS`; the text is for the clerk."""

    def __init__(self, code: str) -> None:
        self.code = code if code in PROBLEMS else "crash"
        super().__init__(PROBLEMS[self.code].format(limit=f"{_LIMITS.get(self.code, 0):,}"))
