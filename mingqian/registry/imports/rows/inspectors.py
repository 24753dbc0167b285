"""From a row of a table to the values of an inspector, or to the reasons why it is refused."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from mingqian.common.text import to_word
from mingqian.documents.imports.states import Checked, Refusal
from mingqian.registry.imports.rows import cells as rows_cells
from mingqian.registry.imports.rows.names import Names, read_qualifications
from mingqian.registry.imports.rows.reading import filled, read_code, read_dates
from mingqian.registry.people.states import Sex
from mingqian.registry.people.values import InspectorValues, wrong_with_inspector

_SEXES = {"男": Sex.MALE, "男性": Sex.MALE, "女": Sex.FEMALE, "女性": Sex.FEMALE, "": Sex.UNKNOWN}


def check_inspector(
    row: int, cells: Sequence[Any], mapping: Mapping[str, int], divisions: Mapping[str, int], names: Names
) -> Checked:
    """Return what row number `row` says; `divisions` are the organ's own, by name, `names` what its fields are called."""
    cell = filled(cells, mapping)
    values = InspectorValues(
        name=rows_cells.name_of(cell.get("name")).replace(" ", ""), post=rows_cells.text_of(cell.get("post"))
    )
    code, refusals = read_code(cell.get("certificate_number"), "执法证号")
    lost = any(refusal.code == "code-lost" for refusal in refusals)
    values.certificate_number = to_word(code)
    sex = rows_cells.text_of(cell.get("sex"))
    values.sex = _SEXES.get(sex, "")
    if sex not in _SEXES:
        refusals.append(Refusal("sex-unknown", f"性别“{sex[:10]}”无法识别，请写男或女"))
    refusals += _read_validity(values, cell)
    refusals += _read_division(values, rows_cells.text_of(cell.get("division")), divisions)
    refusals += _read_answers(values, cell, mapping)
    if "fields" in cell:
        values.fields, wrong = names.read("fields", "业务领域", cell["fields"])
        refusals += wrong
    if "qualifications" in cell:
        values.qualifications, wrong = read_qualifications(cell["qualifications"])
        refusals += wrong
    refusals += [
        refusal for refusal in wrong_with_inspector(values) if not (lost and refusal.code == "certificate-missing")
    ]
    return Checked(row, values, refusals)


def _read_division(values: InspectorValues, name: str, divisions: Mapping[str, int]) -> list[Refusal]:
    if not name:
        return [Refusal("division-missing", "科室未填")]
    values.division = name
    if name not in divisions:
        return [Refusal("division-unknown", f"本机关没有名为“{name[:20]}”的科室，现有：{'、'.join(divisions)}"[:300])]
    return []


def _read_answers(values: InspectorValues, cell: Mapping[str, Any], mapping: Mapping[str, int]) -> list[Refusal]:
    """Read what is answered by yes or no; a table that has the column has to answer in every row."""
    refusals = []
    for key, title in (("on_establishment", "是否行政编制"), ("enforcement_post", "是否在执法岗位")):
        if key in mapping:
            answer = rows_cells.yes_or_no(cell.get(key))
            setattr(values, key, answer)
            if answer is None:
                text = f"{title}“{str(cell.get(key) or '')[:10]}”无法识别，请写是或否"
                refusals.append(Refusal("answer-unknown", text))
    return refusals


def _read_validity(values: InspectorValues, cell: Mapping[str, Any]) -> list[Refusal]:
    """Read the validity from two columns, or from one that holds both dates or only the last one."""
    found: dict[str, list[date]] = {}
    refusals: list[Refusal] = []
    for key, title in (("valid_from", "有效期起"), ("valid_until", "有效期至"), ("validity", "有效期")):
        found[key], wrong = read_dates(cell.get(key), title)
        refusals += wrong
    both = found["validity"]
    values.valid_until = next(reversed(found["valid_until"] or both), None)
    values.valid_from = next(iter(found["valid_from"] or both[:-1]), None)
    return refusals
