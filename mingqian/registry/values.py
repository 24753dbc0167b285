"""What may stand in the registries: one subject, one inspector, checked alike whether a form or a table brings them (A6.1, A7.1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from mingqian.common.text import is_word
from mingqian.registry import codes, industries
from mingqian.registry.states import SubjectKind
from mingqian.registry.subject_models import split

#: Reasons for which a row is refused, by code: what they are called where they are counted.
REASONS = {
    "name-missing": "名称未填",
    "name-odd": "名称不像名称",
    "code-wrong": "代码校验不通过",
    "code-lost": "代码被表格软件截断",
    "code-kind": "代码与栏目不符",
    "too-long": "内容过长",
    "date-odd": "日期无法识别",
    "date-order": "有效期起止颠倒",
    "status-unknown": "登记状态无法识别",
    "kind-unknown": "类别无法识别",
    "phone-odd": "联系方式无法识别",
    "certificate-missing": "执法证号未填",
    "certificate-odd": "执法证号不合规",
    "division-missing": "科室未填",
    "division-unknown": "科室不在本机关",
    "sex-unknown": "性别无法识别",
    "answer-unknown": "是或否无法识别",
    "twice-in-file": "文件内重复",
    "in-register": "名录库内已有",
    "conflict": "与名录库冲突",
    "industry-unknown": "行业代码不对",
    "scale-unknown": "规模无法识别",
    "credit-unknown": "信用等级无法识别",
    "field-unknown": "业务领域不在本机关",
    "library-unknown": "专项库不在本机关",
    "tag-odd": "标签不合规",
    "qualification-odd": "资格写法无法识别",
    "subject-unknown": "对象不在名录库",
    "subject-unclear": "对象不能确定",
    "flag-unknown": "标记无法识别",
    "source-missing": "来源未填",
    "basis-missing": "依据未填",
    "list-code-odd": "名单代码不合规",
    "permit-missing": "许可名称或编号未填",
    "date-missing": "日期未填",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row is not taken: a code of `REASONS`, and the sentence for the clerk."""

    code: str
    text: str


@dataclass(slots=True)
class SubjectValues:
    """A subject as a table or a form gives it; an empty value says nothing."""

    name: str = ""
    credit_code: str = ""
    registration_number: str = ""
    id_number: str = ""
    kind: str = ""
    district: str = ""
    address: str = ""
    responsible_person: str = ""
    phone: str = ""
    company_type: str = ""
    capital: str = ""
    established_on: date | None = None
    business_scope: str = ""
    status: str = ""
    status_since: date | None = None
    #: A code as `industries.code_of` gives it.
    industry: str = ""
    scale: str = ""
    credit_class: str = ""
    #: Codes of business fields and of libraries, and tags, as `subject_models.joined` writes them.
    fields: str = ""
    libraries: str = ""
    tags: str = ""

    @property
    def code(self) -> str:
        """Return the code that tells the area."""
        return self.credit_code or self.registration_number


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
    for code, title, wrong in (
        (values.credit_code, "统一社会信用代码", codes.wrong_credit_code(values.credit_code)),
        (values.registration_number, "注册号", codes.wrong_registration_number(values.registration_number)),
    ):
        if code and wrong:
            yield Refusal("code-wrong", f"{title} {code[:30]} {codes.WRONG[wrong]}，请核对营业执照")
    if values.id_number:
        wrong = codes.wrong_id_number(values.id_number, today)
        if wrong:
            yield Refusal("code-wrong", f"身份证号码{codes.WRONG[wrong]}，请核对")
    for name, title, most in _LONGEST:
        if len(getattr(values, name)) > most:
            yield Refusal("too-long", f"{title}超过 {most} 字")
    yield from _wrong_with_more(values, today)


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
