"""A subject's values checked, and put into its row, telling what changed in words."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Field

from mingqian.accounts.models import Organ
from mingqian.common import clock, codes, crypto
from mingqian.documents.imports.states import Refusal
from mingqian.registry import industries
from mingqian.registry.districts import UNKNOWN, district_of
from mingqian.registry.models.inspectors import Inspector
from mingqian.registry.models.subjects import Subject
from mingqian.registry.pinyin import initials_of
from mingqian.registry.several import joined, split
from mingqian.registry.subjects.states import SubjectKind, SubjectStatus, SubjectValues

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
    moved = bool(values.address) and values.address != subject.address
    if values.status and values.status != subject.status:
        subject.status_since = None  # that of the old status
    changed = _change_told(subject, values, _SUBJECT_TEXTS) + _change_lists(subject, values, adding=adding)
    changed += _change_told(subject, values, (("kind", "类别"),))
    if values.district or moved or subject.district == UNKNOWN:
        changed += _change_district(subject, values)
    return changed + _change_secrets(subject, values)


def _change_told(subject: Subject, values: SubjectValues, columns: Iterable[tuple[str, str]]) -> list[str]:
    changed = []
    for name, title in columns:
        value = getattr(values, name)
        if value and value != getattr(subject, name):
            setattr(subject, name, value)
            changed.append(title)
    return changed


def _change_district(subject: Subject, values: SubjectValues) -> list[str]:
    district = district_of(subject.organ.area_code, values.district, values.address, values.code)
    if district in {subject.district, UNKNOWN}:
        return []
    subject.district = district
    return ["区县"]


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


def clear(row: Subject | Inspector, names: Iterable[str]) -> list[str]:
    """Empty the fields `names`, and return what that changed, in words."""
    cleared = []
    for name in names:
        field = row._meta.get_field(name)
        if isinstance(field, Field) and getattr(row, field.attname):
            setattr(row, field.attname, None if field.null else "")
            cleared.append(str(field.verbose_name))
    return cleared


#: Most characters of each text, as the columns of the database have them.
_LONGEST = (
    ("name", "名称", 200),
    ("district", "区县", 40),
    ("address", "地址", 300),
    ("responsible_person", "负责人", 100),
    ("phone", "联系方式", 60),
    ("company_type", "企业类型", 100),
    ("capital", "注册资金", 60),
    ("business_scope", "经营范围", 10_000),
)


def wrong_with_subject(values: SubjectValues, today: date) -> Iterable[Refusal]:
    """Yield everything that keeps `values` out of the registry (A6.1)."""
    if not values.name:
        yield Refusal("name-missing", "名称未填")
    elif len(values.name) < 2 or values.name.isdigit():
        yield Refusal("name-odd", f"名称“{values.name[:30]}”不像名称")
    yield from _wrong_with_codes(values, today)
    for name, title, most in _LONGEST:
        if len(getattr(values, name)) > most:
            yield Refusal("too-long", f"{title}超过 {most} 字")
    yield from _wrong_with_more(values, today)


def _wrong_with_codes(values: SubjectValues, today: date) -> Iterable[Refusal]:
    for code, title, wrong in (
        (values.credit_code, "统一社会信用代码", codes.wrong_credit_code(values.credit_code)),
        (values.registration_number, "注册号", codes.wrong_registration_number(values.registration_number)),
    ):
        if code and wrong:
            yield Refusal("code-wrong", f"{title} {code[:30]} {codes.WRONG[wrong]}，请核对营业执照")
    if values.id_number and (wrong := codes.wrong_id_number(values.id_number, today)):
        yield Refusal("code-wrong", f"身份证号码{codes.WRONG[wrong]}，请核对")


def _wrong_with_more(values: SubjectValues, today: date) -> Iterable[Refusal]:
    if values.industry and (text := industries.wrong(values.industry)):
        yield Refusal("industry-unknown", text)
    if values.status_since is not None and values.status_since > today:
        yield Refusal("date-odd", f"状态变更日期 {values.status_since} 在今天以后")
    if values.tags and (text := wrong_with_tags(split(values.tags))):
        yield Refusal("tag-odd", text)


#: Most tags of one subject, and most characters of one.
MOST_TAGS = 20
_LONGEST_TAG = 20


def wrong_with_tags(tags: Sequence[str]) -> str:
    """Return what is wrong with tags, "" where nothing is."""
    if len(tags) > MOST_TAGS:
        return f"标签最多 {MOST_TAGS} 个，现有 {len(tags)} 个，请删去一些"
    long = next((tag for tag in tags if len(tag) > _LONGEST_TAG), "")
    return f"标签“{long[:30]}”超过 {_LONGEST_TAG} 字，请改短" if long else ""


_KIND_BY_CODE = {"91": SubjectKind.COMPANY, "92": SubjectKind.SOLE_TRADER, "93": SubjectKind.COOPERATIVE}


def kind_of(values: SubjectValues) -> str:
    """Return the kind: as told, else as the code tells it (GB 32100, table 2; GS 15), else as the type's words do."""
    code, words = values.credit_code, values.company_type
    if values.kind:
        kind = values.kind
    elif code:
        kind = _KIND_BY_CODE.get(code[:2], SubjectKind.INSTITUTION)
    elif values.id_number:
        kind = SubjectKind.PERSON
    elif "个体" in words or values.registration_number[6:7] in {"6", "7", "8", "9"}:
        kind = SubjectKind.SOLE_TRADER
    elif "合作社" in words or values.name.endswith("合作社"):
        kind = SubjectKind.COOPERATIVE
    else:
        kind = SubjectKind.COMPANY
    return kind
