"""States and closed lists of the room `planning`."""

from django.db import models


class LawLevel(models.TextChoices):
    """Rank of a law. Article 2: only statutes, regulations and rules carry an inspection; a normative document alone does not."""

    STATUTE = "statute", "法律"
    REGULATION = "regulation", "行政法规"
    LOCAL_REGULATION = "local_regulation", "地方性法规"
    MINISTRY_RULE = "ministry_rule", "部门规章"
    LOCAL_RULE = "local_rule", "地方政府规章"
    DOCUMENT = "document", "规范性文件"


#: Levels that an inspection may stand on (art. 2: 法律法规规章).
CARRYING_LEVELS = frozenset(set(LawLevel) - {LawLevel.DOCUMENT})


class BasisProblem(models.TextChoices):
    """Why a basis carries no inspection on a day (A2.1)."""

    NONE = "", "有效"
    EMPTY = "empty", "没有填写依据"
    MISSING = "missing", "法律法规库中没有这部法律"
    NOT_YET = "not_yet", "尚未施行"
    REPEALED = "repealed", "已废止"
    NO_ARTICLE = "no_article", "现行文本中没有这一条"
    LEVEL = "level", "不是法律、法规、规章"


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


class ChangeKind(models.TextChoices):
    """What a revision does to the list."""

    NEW = "new", "新增"
    CHANGE = "change", "调整"
    WITHDRAW = "withdraw", "取消"


class RevisionState(models.TextChoices):
    """Life of a revision of an item: drafted, joined and checked, then published with a version of the list, and fixed for ever."""

    DRAFT = "draft", "起草中"
    SUBMITTED = "submitted", "待会同审核"
    JOINED = "joined", "已会同，待编入清单"
    PUBLISHED = "published", "已公布"
    DROPPED = "dropped", "已放弃"


#: A revision that is under way; an item has one at most.
OPEN_STATES = (RevisionState.DRAFT, RevisionState.SUBMITTED, RevisionState.JOINED)

#: (state, verb) -> state.
REVISION_MOVES: dict[tuple[str, str], str] = {
    (RevisionState.DRAFT, "change"): RevisionState.DRAFT,
    (RevisionState.DRAFT, "submit"): RevisionState.SUBMITTED,
    (RevisionState.DRAFT, "drop"): RevisionState.DROPPED,
    (RevisionState.SUBMITTED, "return"): RevisionState.DRAFT,
    (RevisionState.SUBMITTED, "join"): RevisionState.JOINED,
    (RevisionState.JOINED, "return"): RevisionState.DRAFT,
    (RevisionState.JOINED, "publish"): RevisionState.PUBLISHED,
}


class ListState(models.TextChoices):
    """Life of a version of the list: sent to a leader, published by the approval, or returned."""

    PENDING = "pending", "待领导批准"
    PUBLISHED = "published", "已公布"
    RETURNED = "returned", "已退回"


LIST_MOVES: dict[tuple[str, str], str] = {
    (ListState.PENDING, "publish"): ListState.PUBLISHED,
    (ListState.PENDING, "return"): ListState.RETURNED,
}


class ImportState(models.TextChoices):
    """Life of a table of items that was brought in."""

    READY = "ready", "待确认"
    DONE = "done", "已导入"
    DISCARDED = "discarded", "已放弃"


IMPORT_MOVES: dict[tuple[str, str], str] = {
    (ImportState.READY, "change"): ImportState.READY,
    (ImportState.READY, "finish"): ImportState.DONE,
    (ImportState.READY, "discard"): ImportState.DISCARDED,
}


class Ground(models.TextChoices):
    """Why an inspection is held outside this organ's lottery (art. 21)."""

    COMPLAINT = "complaint", "投诉举报"
    ORDER = "order", "交办转办"
    EMERGENCY = "emergency", "突发事件"
    DEPLOYMENT = "deployment", "上级专门部署"
    #: Drawn by lot, but by another authority, whose rules apply (art. 21, second paragraph).
    ELSEWHERE = "elsewhere", "参加其他部门发起的联合抽查"


class BurdenSource(models.TextChoices):
    """What brought an inspection to a subject."""

    DRAW = "draw", "双随机抽取"
    SPECIAL = "special", "专项检查"
    OTHER = "other", "其他部门抽取"


class Stratify(models.TextChoices):
    """What the pool is cut into strata by."""

    NONE = "none", "不分层"
    DISTRICT = "district", "按区县分层"
    KIND = "kind", "按对象类别分层"


class QuotaMode(models.TextChoices):
    """How a quota is set."""

    RATIO = "ratio", "按比例"
    NUMBER = "number", "按数量"


class FlagMode(models.TextChoices):
    """How subjects with a mark of article 12, third paragraph, are inspected more."""

    NONE = "none", "不加大"
    LOTS = "lots", "一家多签"
    STRATUM = "stratum", "单独成层"


class TaskState(models.TextChoices):
    """Life of a task: it follows from what becomes of its draw and of the inspections below."""

    OPEN = "open", "待抽取"
    SEALED = "sealed", "已封存，待开签"
    DRAWN = "drawn", "已抽取，检查中"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"


#: A sealed draw that is voided gives the task back; what was drawn is never undone.
TASK_MOVES: dict[tuple[str, str], str] = {
    (TaskState.OPEN, "seal"): TaskState.SEALED,
    (TaskState.SEALED, "void"): TaskState.OPEN,
    (TaskState.SEALED, "draw"): TaskState.DRAWN,
    (TaskState.DRAWN, "finish"): TaskState.DONE,
    (TaskState.OPEN, "cancel"): TaskState.CANCELLED,
}


class PlanState(models.TextChoices):
    """How far a year's plan, or an entry of it, has come; computed from the tasks below, never kept."""

    DRAFTING = "drafting", "编制中"
    WAITING = "waiting", "未到检查时间"
    DUE = "due", "待开立任务"
    RUNNING = "running", "执行中"
    MISSED = "missed", "逾期未抽取"
    DONE = "done", "已完成"


class ExclusionState(models.TextChoices):
    """Life of a wish to keep a subject out of a task by hand: somebody asks with a reason, a leader decides."""

    PENDING = "pending", "待审批"
    APPROVED = "approved", "已批准"
    DECLINED = "declined", "未批准"
    WITHDRAWN = "withdrawn", "已撤回"


EXCLUSION_MOVES: dict[tuple[str, str], str] = {
    (ExclusionState.PENDING, "approve"): ExclusionState.APPROVED,
    (ExclusionState.PENDING, "decline"): ExclusionState.DECLINED,
    (ExclusionState.PENDING, "withdraw"): ExclusionState.WITHDRAWN,
}


class HelperState(models.TextChoices):
    """Life of a wish that an expert come along to the visits of a task: asked for, decided on by another, or taken back."""

    PENDING = "pending", "待审批"
    APPROVED = "approved", "已批准"
    DECLINED = "declined", "未批准"
    WITHDRAWN = "withdrawn", "已撤回"


HELPER_MOVES: dict[tuple[str, str], str] = {
    (HelperState.PENDING, "approve"): HelperState.APPROVED,
    (HelperState.PENDING, "decline"): HelperState.DECLINED,
    (HelperState.PENDING, "withdraw"): HelperState.WITHDRAWN,
    (HelperState.APPROVED, "withdraw"): HelperState.WITHDRAWN,
}


class JointState(models.TextChoices):
    """What two divisions make of drawing the same subjects in the same window (art. 12)."""

    PROPOSED = "proposed", "待对方答复"
    AGREED = "agreed", "同意联合检查"
    DECLINED = "declined", "不联合，予以避开"


JOINT_MOVES: dict[tuple[str, str], str] = {
    (JointState.PROPOSED, "agree"): JointState.AGREED,
    (JointState.PROPOSED, "decline"): JointState.DECLINED,
}


class PoolCode(models.TextChoices):
    """Why a subject takes no part in a task's draw, beside the states of its business: the CODE of `out:CODE`."""

    CAP = "yearly-cap", "本年度同一事项已达抽查次数上限"
    ELSEWHERE = "drawn-elsewhere", "同一时段已被其他科室抽取，予以避开"
    EXCLUDED = "excluded", "经批准人工排除"


class YearPhase(models.TextChoices):
    """What the worker is doing for the reckoning of a plan's year."""

    WAITING = "waiting", "等待处理"
    READING = "reading", "读取名录库和计划条目"
    REHEARSING = "rehearsing", "以真实抽取程序模拟全年"
    RECKONING = "reckoning", "精确计算"
    ENDED = "ended", "已完成"
    FAILED = "failed", "未完成"
