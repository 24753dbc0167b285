"""An inspector's values checked, and put into their row, telling what changed in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from mingqian.accounts.models import Organ
from mingqian.common.text import is_word
from mingqian.documents.imports.states import Refusal
from mingqian.registry.models.inspectors import Inspector

_INSPECTOR_FIELDS = (
    ("name", "姓名"),
    ("sex", "性别"),
    ("post", "岗位"),
    ("valid_from", "有效期起"),
    ("valid_until", "有效期至"),
    ("on_establishment", "行政编制"),
    ("enforcement_post", "在执法岗位"),
)


@dataclass(slots=True)
class InspectorValues:
    """An inspector as a table or a form gives it; None and "" say nothing."""

    name: str = ""
    certificate_number: str = ""
    division: str = ""
    sex: str = ""
    post: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    on_establishment: bool | None = None
    enforcement_post: bool | None = None
    #: Codes of business fields, as `subject_models.joined` writes them.
    fields: str = ""
    #: Qualifications: one a line, name, number and last day (ISO, may be empty) divided by tabs.
    qualifications: str = ""


def new_inspector(organ: Organ, division_id: int, values: InspectorValues) -> Inspector:
    """Return an unsaved inspector; what a table does not ask (establishment, post) is taken as given."""
    return Inspector(
        organ=organ,
        division_id=division_id,
        certificate_number=values.certificate_number,
        name=values.name,
        sex=values.sex,
        post=values.post,
        valid_from=values.valid_from,
        valid_until=values.valid_until,
        on_establishment=values.on_establishment is not False,
        enforcement_post=values.enforcement_post is not False,
    )


def change_inspector(inspector: Inspector, division_id: int, values: InspectorValues) -> list[str]:
    """Take over what `values` say, and return what that changed, in words. None and "" say nothing."""
    changed = []
    for name, title in _INSPECTOR_FIELDS:
        value = getattr(values, name)
        if value not in {None, ""} and value != getattr(inspector, name):
            setattr(inspector, name, value)
            changed.append(title)
    if inspector.division_id != division_id:
        inspector.division_id = division_id
        changed.append("科室")
    return changed


def wrong_with_inspector(values: InspectorValues) -> Iterable[Refusal]:
    """Yield everything that keeps `values` out of the registry (A7.1)."""
    if not values.name:
        yield Refusal("name-missing", "姓名未填")
    elif len(values.name) > 40 or values.name.isdigit():
        yield Refusal("name-odd", f"姓名“{values.name[:30]}”不像姓名")
    if not values.certificate_number:
        yield Refusal("certificate-missing", "执法证号未填")
    elif not is_word(values.certificate_number):
        yield Refusal("certificate-odd", "执法证号只能由字母、数字、汉字和 - _ . · 〔〕（） 组成，最多 64 个字符")
    if len(values.post) > 60:
        yield Refusal("too-long", "岗位超过 60 字")
    if values.valid_from and values.valid_until and values.valid_until < values.valid_from:
        yield Refusal("date-order", f"有效期止 {values.valid_until} 早于有效期起 {values.valid_from}")
