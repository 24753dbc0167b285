"""Closed lists of the room `registry`."""

from django.db import models


class SubjectKind(models.TextChoices):
    """Kind of a subject (art. 6)."""

    COMPANY = "company", "企业"
    SOLE_TRADER = "sole_trader", "个体工商户"
    COOPERATIVE = "cooperative", "农民专业合作社"
    INSTITUTION = "institution", "机关事业单位及社会组织"
    PERSON = "person", "自然人"


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


class FlagKind(models.TextChoices):
    """Why a subject is inspected more, and outside the cap (art. 12)."""

    COMPLAINTS = "complaints", "多次投诉举报"
    ABNORMAL = "abnormal", "列入经营异常名录"
    DISHONEST = "dishonest", "失信行为"
    SERIOUS = "serious", "严重违法违规"


class Sex(models.TextChoices):
    """As the inspector registry names it (art. 7)."""

    MALE = "male", "男"
    FEMALE = "female", "女"
    UNKNOWN = "", "未登记"


class ImportTarget(models.TextChoices):
    """What a table is read into."""

    SUBJECTS = "subjects", "抽查对象"
    INSPECTORS = "inspectors", "执法检查人员"
    PERMITS = "permits", "许可"
    FLAGS = "flags", "重点监管标记"
    EXEMPTIONS = "exemptions", "免检免扰名单"


class RegisterKind(models.TextChoices):
    """The books of an organ whose numbers this room gives out."""

    SUBJECTS = "subjects", "抽查对象名录库"
    INSPECTORS = "inspectors", "执法检查人员名录库"
    EXPERTS = "experts", "专家和检测机构名册"
    IMPORTS = "imports", "导入登记簿"


class ImportState(models.TextChoices):
    """Life of an import."""

    UPLOADED = "uploaded", "检查中"
    READY = "ready", "待确认"
    QUEUED = "queued", "排队中"
    RUNNING = "running", "导入中"
    DONE = "done", "已完成"
    REFUSED = "refused", "未导入"
    FAILED = "failed", "已中断"
    DISCARDED = "discarded", "已放弃"


#: Steps of an import. `refuse`: the table cannot be read, or all was wanted and a row was refused; `fail`: the worker died.
IMPORT_MOVES: dict[tuple[str, str], str] = {
    (ImportState.UPLOADED, "checked"): ImportState.READY,
    (ImportState.UPLOADED, "refuse"): ImportState.REFUSED,
    (ImportState.UPLOADED, "fail"): ImportState.FAILED,
    (ImportState.READY, "remap"): ImportState.UPLOADED,
    (ImportState.READY, "confirm"): ImportState.QUEUED,
    (ImportState.READY, "discard"): ImportState.DISCARDED,
    (ImportState.QUEUED, "start"): ImportState.RUNNING,
    (ImportState.QUEUED, "fail"): ImportState.FAILED,
    (ImportState.RUNNING, "finish"): ImportState.DONE,
    (ImportState.RUNNING, "refuse"): ImportState.REFUSED,
    (ImportState.RUNNING, "fail"): ImportState.FAILED,
}
#: States in which something is being done in the background.
BUSY_STATES = (ImportState.UPLOADED, ImportState.QUEUED, ImportState.RUNNING)


class ImportPhase(models.TextChoices):
    """What the worker is doing."""

    WAITING = "waiting", "等待后台处理"
    READING = "reading", "读取文件"
    CHECKING = "checking", "逐行检查"
    PREPARING = "preparing", "整理数据"
    WRITING = "writing", "写入名录库"
    ENDED = "ended", "已结束"


class RowOutcome(models.TextChoices):
    """What became of a row."""

    TAKEN = "taken", "新增"
    UPDATED = "updated", "更新"
    UNCHANGED = "unchanged", "无变化"
    REFUSED = "refused", "未采用"


class OutReason(models.TextChoices):
    """Why an inspector is away or left out of a draw (排除人员); the code is published in the table of a draw."""

    LEAVE = "leave", "休假或病假"
    TRAVEL = "travel", "出差"
    TRAINING = "training", "参加培训"
    DUTY = "duty", "承担其他紧急工作"
    OTHER_POST = "other-post", "岗位调整中"


class InterestKind(models.TextChoices):
    """What ties an inspector to a subject (art. 11)."""

    RELATIVE = "relative", "近亲属任职或经营"
    SHAREHOLDING = "shareholding", "持有股份或有投资"
    FORMER_EMPLOYMENT = "former_employment", "曾在该单位任职"
    OTHER = "other", "其他利害关系"


class InterestSource(models.TextChoices):
    """Who put an interest on record."""

    DECLARED = "declared", "本人申报"
    RECORDED = "recorded", "科室登记"


class PersonalAct(models.TextChoices):
    """How personal data was seen in full (A20.1)."""

    REVEAL = "reveal", "查看"
    EXPORT = "export", "导出"


class ExpertKind(models.TextChoices):
    """Who may come along without being an inspector (art. 9)."""

    EXPERT = "expert", "专家"
    TESTING_BODY = "testing_body", "检测机构"
