"""Closed lists of items, and what an officer writes of one."""

from dataclasses import dataclass, field
from typing import TypedDict

from django.db import models


class ItemKind(models.TextChoices):
    """Article 5: key items have no ceiling on the ratio, general ones are limited."""

    KEY = "key", "重点检查事项"
    GENERAL = "general", "一般检查事项"


class Method(models.TextChoices):
    """How an item is inspected (art. 13)."""

    DOCUMENTS = "documents", "书面检查"
    ON_SITE = "on_site", "现场检查"
    NETWORK = "network", "网络监测"
    TESTING = "testing", "检验检测"


class Exemption(models.TextChoices):
    """Whether listed companies are exempt from the item, and if not, why (art. 9)."""

    APPLIES = "applies", "适用免检免扰"
    ENVIRONMENT = "environment", "不适用：涉及环境保护"
    SAFETY = "safety", "不适用：涉及安全生产"
    COMPLAINTS = "complaints", "不适用：投诉举报"
    ORDERS = "orders", "不适用：上级部署"
    LAW = "law", "不适用：法律法规另有规定"


class ResultCode(models.TextChoices):
    """What an inspection may find: the categories of the national credit system, and those of article 17."""

    CLEAN = "clean", "未发现问题"
    UNPUBLISHED = "unpublished", "未按规定公示应当公示的信息"
    CONCEALED = "concealed", "公示信息隐瞒真实情况、弄虚作假"
    UNREACHABLE = "unreachable", "通过登记的住所（经营场所）无法联系"
    RECTIFY = "rectify", "发现问题已责令改正"
    UNCOOPERATIVE = "uncooperative", "不配合检查情节严重"
    OUT_OF_SCOPE = "out_of_scope", "未发现开展本次抽查涉及的经营活动"
    FURTHER = "further", "发现问题待后续处理"
    CANCELLED = "cancelled", "已注销"
    WITHDRAWN = "withdrawn", "被撤销设立登记"
    REVOKED = "revoked", "被吊销"
    CLOSED = "closed", "已关闭停业"
    LIQUIDATION = "liquidation", "正在组织清算"


class FollowUp(models.TextChoices):
    """What a result calls for."""

    NONE = "none", "归档，无需后续"
    EVIDENCE = "evidence", "留存证据后结案（第十七条）"
    RECHECK = "recheck", "限期改正并复查"
    CASE = "case", "立案查处"
    REFER = "refer", "移交有权部门处理"
    CREDIT = "credit", "通报信用主管部门"


#: The follow-up that a result calls for unless the item says otherwise.
USUAL_FOLLOW_UPS: dict[str, str] = {
    ResultCode.CLEAN: FollowUp.NONE,
    ResultCode.UNPUBLISHED: FollowUp.RECHECK,
    ResultCode.CONCEALED: FollowUp.REFER,
    ResultCode.UNREACHABLE: FollowUp.CREDIT,
    ResultCode.RECTIFY: FollowUp.RECHECK,
    ResultCode.UNCOOPERATIVE: FollowUp.CASE,
    ResultCode.OUT_OF_SCOPE: FollowUp.NONE,
    ResultCode.FURTHER: FollowUp.CASE,
    ResultCode.CANCELLED: FollowUp.EVIDENCE,
    ResultCode.WITHDRAWN: FollowUp.EVIDENCE,
    ResultCode.REVOKED: FollowUp.EVIDENCE,
    ResultCode.CLOSED: FollowUp.EVIDENCE,
    ResultCode.LIQUIDATION: FollowUp.EVIDENCE,
}


class Scope(TypedDict, total=False):
    """Codes of fields, kinds of subjects, codes of libraries, tags: a subject must meet every part, in any of its values."""

    fields: list[str]
    kinds: list[str]
    libraries: list[str]
    tags: list[str]


@dataclass
class ItemValues:
    """What an officer writes of an item; `bases` as text, as laws are cited."""

    category: str
    name: str
    sub_item: str = ""
    kind: str = ItemKind.GENERAL
    target: str = ""
    scope: Scope = field(default_factory=Scope)
    content: str = ""
    bases: str = ""
    methods: list[str] = field(default_factory=list)
    body: str = ""
    ratio: int | None = None
    ratio_why: str = ""
    frequency: int | None = None
    points: list[dict[str, str]] = field(default_factory=list)
    results: list[dict[str, str]] = field(default_factory=list)
    qualifications: str = ""
    compliance: str = ""
    exemption: str = Exemption.APPLIES
    exemption_why: str = ""
    why: str = ""
