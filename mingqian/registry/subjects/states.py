"""Closed lists of subjects, and a subject's values as form or table give them (A6.1)."""

from dataclasses import dataclass
from datetime import date

from django.db import models

from mingqian.pages.tones import toned


class SubjectKind(models.TextChoices):
    """Kind of a subject (art. 6)."""

    COMPANY = "company", "企业"
    SOLE_TRADER = "sole_trader", "个体工商户"
    COOPERATIVE = "cooperative", "农民专业合作社"
    INSTITUTION = "institution", "机关事业单位及社会组织"
    PERSON = "person", "自然人"


@toned(ACTIVE="done")
class SubjectStatus(models.TextChoices):
    """Status of the business (art. 6, 17)."""

    ACTIVE = "active", "存续"
    CANCELLED = "cancelled", "注销"
    REVOKED = "revoked", "吊销"
    CLOSED = "closed", "停业"


class Scale(models.TextChoices):
    """Size of a business, as the National Bureau of Statistics divides them (2017)."""

    LARGE = "large", "大型"
    MEDIUM = "medium", "中型"
    SMALL = "small", "小型"
    MICRO = "micro", "微型"
    UNKNOWN = "", "未登记"


class CreditClass(models.TextChoices):
    """Class of credit risk, as the national credit system gives it."""

    A = "A", "A（风险低）"
    B = "B", "B（风险一般）"
    C = "C", "C（风险较高）"
    D = "D", "D（风险高）"
    UNKNOWN = "", "未登记"


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
