"""From a row of a table to the values of a subject, or to the reasons why it is refused."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from mingqian.common import codes
from mingqian.documents.imports.states import Checked, Refusal
from mingqian.documents.tables.states import MAX_CELL
from mingqian.registry import industries
from mingqian.registry.imports.rows import cells as rows_cells
from mingqian.registry.imports.rows.names import Names, read_tags
from mingqian.registry.imports.rows.reading import filled, find_word, read_code, read_dates
from mingqian.registry.subjects.states import CreditClass, Scale, SubjectKind, SubjectStatus, SubjectValues
from mingqian.registry.subjects.values import wrong_with_subject

#: Words of tables for the status of a business; the first that occurs counts.
_STATUS_WORDS = (
    (SubjectStatus.REVOKED, ("吊销", "撤销")),
    (SubjectStatus.CANCELLED, ("注销",)),
    (SubjectStatus.CLOSED, ("停业", "歇业", "关闭", "清算", "停产", "迁出", "破产")),
    (SubjectStatus.ACTIVE, ("存续", "在营", "开业", "在业", "在册", "正常", "营业", "登记成立", "有效")),
)
_KIND_WORDS = (
    (SubjectKind.SOLE_TRADER, ("个体",)),
    (SubjectKind.COOPERATIVE, ("合作社",)),
    (SubjectKind.PERSON, ("自然人", "个人")),
    (SubjectKind.INSTITUTION, ("机关", "事业", "社会组织", "社会团体", "民办非", "基金会", "机构")),
    (SubjectKind.COMPANY, ("企业", "公司", "法人")),
)
_SCALE_WORDS = (
    (Scale.LARGE, ("大型", "规上大型")),
    (Scale.MEDIUM, ("中型",)),
    (Scale.SMALL, ("小型",)),
    (Scale.MICRO, ("微型",)),
)
_CREDIT_WORDS = ((CreditClass.A, ("A",)), (CreditClass.B, ("B",)), (CreditClass.C, ("C",)), (CreditClass.D, ("D",)))
#: Columns that hold a word of a closed list: what they are called, the words, the reason where none is found, and what may be written.
_CLOSED = (
    ("status", "登记状态", _STATUS_WORDS, "status-unknown", "存续、注销、吊销或停业"),
    ("kind", "类别", _KIND_WORDS, "kind-unknown", "企业、个体工商户、农民专业合作社、机关事业单位或自然人"),
    ("scale", "规模", _SCALE_WORDS, "scale-unknown", "大型、中型、小型、微型"),
    ("credit_class", "信用等级", _CREDIT_WORDS, "credit-unknown", "A、B、C、D"),
)
_DIGITS = frozenset("0123456789")


def check_subject(row: int, cells: Sequence[Any], mapping: Mapping[str, int], today: date, names: Names) -> Checked:
    """Return what row number `row` says; `mapping` gives the index of each known column, `names` what the organ's fields are called."""
    cell = filled(cells, mapping)
    values = SubjectValues(name=rows_cells.name_of(cell.get("name")))
    refusals = [
        Refusal("too-long", f"有单元格超过 {MAX_CELL:,} 字")
        for value in cell.values()
        if isinstance(value, str) and len(value) > MAX_CELL
    ][:1]
    for key in ("district", "address", "responsible_person", "phone", "company_type", "capital", "business_scope"):
        if key in cell:
            setattr(values, key, rows_cells.text_of(cell[key]))
    if "**" in values.phone:
        values.phone = ""  # masked by an export: says nothing
    refusals += _read_codes(values, cell, today)
    refusals += _read_words(values, cell)
    refusals += _read_dates(values, cell)
    refusals += _read_names(values, cell, names)
    refusals += wrong_with_subject(values, today)
    return Checked(row, values, refusals)


def _read_dates(values: SubjectValues, cell: Mapping[str, Any]) -> list[Refusal]:
    refusals: list[Refusal] = []
    for key, title in (("established_on", "成立日期"), ("status_since", "状态变更日期")):
        dates, wrong = read_dates(cell.get(key), title)
        refusals += wrong
        if dates:
            setattr(values, key, dates[0])
    return refusals


def _read_names(values: SubjectValues, cell: Mapping[str, Any], names: Names) -> list[Refusal]:
    """Read industry, fields, libraries and tags."""
    refusals: list[Refusal] = []
    if "industry" in cell:
        values.industry = industries.code_of(rows_cells.text_of(cell["industry"]))
    for key, title in (("fields", "业务领域"), ("libraries", "专项库")):
        if key in cell:
            text, wrong = names.read(key, title, cell[key])
            setattr(values, key, text)
            refusals += wrong
    if "tags" in cell:
        values.tags, wrong = read_tags(cell["tags"])
        refusals += wrong
    return refusals


def _read_codes(values: SubjectValues, cell: Mapping[str, Any], today: date) -> list[Refusal]:
    """Put each code where it belongs."""
    refusals: list[Refusal] = []
    for key, title in (("code", "代码"), ("registration_number", "注册号"), ("id_number", "身份证号码")):
        if key not in cell:
            continue
        code, wrong = read_code(cell[key], title)
        refusals += wrong
        if code and (name := _belongs(key, code, today)):
            setattr(values, name, code)
        elif code:
            refusals.append(Refusal("code-wrong", f"注册号 {code[:30]} 应为 15 位数字，请核对营业执照"))
    return refusals


def _belongs(key: str, code: str, today: date) -> str:
    """Return which value a code of column `key` is, "" for none: codes hold credit codes, registration numbers, ID numbers of persons."""
    if key == "id_number":
        return "id_number"
    if len(code) == 15 and set(code) <= _DIGITS:
        return "registration_number"
    if key == "code" and codes.wrong_credit_code(code) and not codes.wrong_id_number(code, today):
        return "id_number"
    return "credit_code" if key == "code" or len(code) == 18 else ""


def _read_words(values: SubjectValues, cell: Mapping[str, Any]) -> list[Refusal]:
    refusals = []
    for key, title, words, code, known in _CLOSED:
        text = rows_cells.text_of(cell.get(key))
        found = find_word(text.upper(), words) if text else ""
        setattr(values, key, found)
        if text and not found:
            refusals.append(Refusal(code, f"{title}“{text[:30]}”无法识别，请写{known}"))
    if values.phone and sum(sign in _DIGITS for sign in values.phone) < 7:
        refusals.append(Refusal("phone-odd", f"联系方式“{values.phone[:30]}”不像电话号码"))
    return refusals
