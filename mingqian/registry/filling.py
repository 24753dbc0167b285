"""Putting values into rows of the registries, and telling what changed in words."""

from collections.abc import Iterable

from django.db.models import Field

from mingqian.accounts.models import Organ
from mingqian.common import clock, crypto
from mingqian.registry.districts import UNKNOWN, district_of
from mingqian.registry.models import Inspector, Subject
from mingqian.registry.pinyin import initials_of
from mingqian.registry.states import SubjectStatus
from mingqian.registry.subject_models import joined, split
from mingqian.registry.values import InspectorValues, SubjectValues, kind_of

#: Fields that are taken over as they are, and what a change of them is called.
_SUBJECT_TEXTS = (
    ("name", "名称"),
    ("credit_code", "统一社会信用代码"),
    ("registration_number", "注册号"),
    ("address", "地址"),
    ("responsible_person", "负责人"),
    ("company_type", "企业类型"),
    ("capital", "注册资金"),
    ("established_on", "成立日期"),
    ("business_scope", "经营范围"),
    ("status", "状态"),
    ("status_since", "状态自"),
    ("industry", "行业代码"),
    ("scale", "规模"),
    ("credit_class", "信用等级"),
)
#: Columns that hold several names: a table adds to them, a form sets them.
_SUBJECT_LISTS = (("fields", "业务领域"), ("libraries", "专项库"), ("tags", "标签"))
_INSPECTOR_FIELDS = (
    ("name", "姓名"),
    ("sex", "性别"),
    ("post", "岗位"),
    ("valid_from", "有效期起"),
    ("valid_until", "有效期至"),
    ("on_establishment", "行政编制"),
    ("enforcement_post", "在执法岗位"),
)


def digests_of_id(id_number: str) -> list[str]:
    """Return the keyed digests by which a subject with this ID number is found, that of the key in use first."""
    return crypto.keyed_digests(id_number, "registry/id-number")


def new_subject(organ: Organ, number: str, values: SubjectValues) -> Subject:
    """Return an unsaved subject."""
    subject = Subject(
        organ=organ,
        number=number,
        kind=kind_of(values),
        name=values.name,
        credit_code=values.credit_code or None,
        registration_number=values.registration_number,
        district=district_of(organ.area_code, values.district, values.address, values.code),
        address=values.address,
        responsible_person=values.responsible_person,
        company_type=values.company_type,
        capital=values.capital,
        established_on=values.established_on,
        business_scope=values.business_scope,
        status=values.status or SubjectStatus.ACTIVE,
        status_since=values.status_since,
        industry=values.industry,
        scale=values.scale,
        credit_class=values.credit_class,
        fields=values.fields,
        libraries=values.libraries,
        tags=values.tags,
        registered_at=clock.now(),
    )
    subject.initials = initials_of(subject.name)
    subject.set_phone(values.phone)
    if values.id_number:
        subject.set_id_number(values.id_number)
    return subject


def change_subject(subject: Subject, values: SubjectValues, *, adding: bool = True) -> list[str]:
    """Take over what `values` say, and return what that changed, in words. Empty values say nothing; the number stays for ever.

    The district follows a told district or a new address, so that one set by hand survives the next import of the same table. With
    `adding`, fields, libraries and tags join those on record, since the table of one division knows nothing of another's.
    """
    changed = []
    moved = bool(values.address) and values.address != subject.address
    if values.status and values.status != subject.status:
        subject.status_since = None  # that of the old status
    for name, title in _SUBJECT_TEXTS:
        value = getattr(values, name)
        if value and value != getattr(subject, name):
            setattr(subject, name, value)
            changed.append(title)
    changed += _change_lists(subject, values, adding=adding)
    if values.kind and values.kind != subject.kind:
        subject.kind = values.kind
        changed.append("类别")
    if values.district or moved or subject.district == UNKNOWN:
        district = district_of(subject.organ.area_code, values.district, values.address, values.code)
        if district not in {subject.district, UNKNOWN}:
            subject.district = district
            changed.append("区县")
    return changed + _change_secrets(subject, values)


def _change_lists(subject: Subject, values: SubjectValues, *, adding: bool) -> list[str]:
    changed = []
    subject.initials = initials_of(subject.name)
    for name, title in _SUBJECT_LISTS:
        value, held = getattr(values, name), getattr(subject, name)
        if value and adding and held:
            value = joined((*split(held), *split(value)))
        if value and value != held:
            setattr(subject, name, value)
            changed.append(title)
    return changed


def _change_secrets(subject: Subject, values: SubjectValues) -> list[str]:
    changed = []
    if values.phone and values.phone != subject.phone():
        subject.set_phone(values.phone)
        changed.append("联系方式")
    if values.id_number and subject.id_number_digest not in digests_of_id(values.id_number):
        subject.set_id_number(values.id_number)
        changed.append("身份证号码")
    return changed


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


def clear(row: Subject | Inspector, names: Iterable[str]) -> list[str]:
    """Empty the fields `names`, and return what that changed, in words."""
    cleared = []
    for name in names:
        field = row._meta.get_field(name)
        if isinstance(field, Field) and getattr(row, field.attname):
            setattr(row, field.attname, None if field.null else "")
            cleared.append(str(field.verbose_name))
    return cleared
