"""The schema of a rule set: every number that a regulation may set, with its bounds and the direction in which it may be refined.

Sources are the articles of `regulation-000_08717ce76f8f528a.txt` (淄工信发〔2020〕5号) and the ids of `docs/articles.md`.
"""

from dataclasses import dataclass

from mingqian.common.errors import DomainError
from mingqian.rules.states import Direction, Kind, Origin


@dataclass(frozen=True)
class Parameter:
    """One number of a rule set.

    `minimum` and `maximum` are bounds that no set may leave, both counted; of a boolean 0 and 1. `starts` says in words from which event
    a limit in working days runs. `sentence` holds `{}` where the value with its unit stands; of a boolean, `sentence_off` is read when it
    is off.
    """

    key: str
    title: str
    kind: Kind
    unit: str
    article_id: str
    sentence: str
    direction: Direction
    minimum: int
    maximum: int
    origin: Origin = Origin.REGULATION
    starts: str = ""
    sentence_off: str = ""

    def words(self, value: int) -> str:
        """Write `value` with its unit: 5%, 5 个工作日, 2 人, 是."""
        if self.kind == Kind.BOOLEAN:
            return "是" if value else "否"
        if self.kind == Kind.BASIS_POINTS:
            whole, rest = divmod(value, 100)
            return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"
        return f"{value} {self.unit}"

    def say(self, value: int) -> str:
        """Return the sentence with `value` in it."""
        if self.kind == Kind.BOOLEAN and not value:
            return self.sentence_off
        return self.sentence.format(self.words(value))

    @property
    def direction_words(self) -> str:
        """Say how a refinement may differ."""
        if self.kind == Kind.BOOLEAN and self.direction == Direction.FLOOR:
            return "不得取消"
        return str(self.direction.label)

    def loosens(self, value: int, parent: int) -> bool:
        """Say whether `value` would ask for less than `parent` does."""
        if self.direction == Direction.FLOOR:
            return value < parent
        return self.direction == Direction.CEILING and value > parent

    def check(self, value: int) -> None:
        """Raise DomainError where `value` lies outside the bounds of the schema."""
        if not self.minimum <= value <= self.maximum:
            bounds = f"{self.words(self.minimum)}至 {self.words(self.maximum)}"
            raise DomainError(f"“{self.title}”应在 {bounds}之间，填写的是 {self.words(value)}。")


def _days(
    key: str,
    title: str,
    article_id: str,
    starts: str,
    sentence: str,
    *,
    direction: Direction = Direction.CEILING,
    origin: Origin = Origin.REGULATION,
) -> Parameter:
    """Return a limit in working days. What a bureau owes may be shortened, never lengthened."""
    return Parameter(
        key,
        title,
        Kind.WORKING_DAYS,
        "个工作日",
        article_id,
        sentence,
        direction,
        minimum=1,
        maximum=250,
        origin=origin,
        starts=starts,
    )


_ALL = (
    Parameter(
        "general_ratio",
        "一般检查事项抽查比例上限",
        Kind.BASIS_POINTS,
        "%",
        "A5.2",
        "一般检查事项的抽查比例应严格限制：不超过 {}；确需超过的，在年度计划中逐项说明理由。重点检查事项不设上限。",
        Direction.CEILING,
        minimum=1,
        maximum=10000,
        origin=Origin.DETAIL,
    ),
    Parameter(
        "exempt_listed",
        "免检企业予以免检",
        Kind.BOOLEAN,
        "",
        "A9.2",
        "抽取到免检免扰名单内的企业，予以免检并重新随机抽取替代对象；环境保护、安全生产、投诉举报、上级要求和法律法规明确规定的检查除外。",
        Direction.FLOOR,
        minimum=0,
        maximum=1,
        sentence_off="抽取到免检免扰名单内的企业，不因此免检。",
    ),
    Parameter(
        "team_size",
        "每个检查对象的执法检查人员",
        Kind.COUNT,
        "人",
        "A9.3",
        "检查每个对象的执法检查人员不少于 {}，组成检查组，其中 1 人为组长。",
        Direction.FLOOR,
        minimum=2,
        maximum=20,
    ),
    Parameter(
        "witnesses",
        "抽取监督人",
        Kind.COUNT,
        "人",
        "A9.4",
        "抽取时到场监督的不少于 {}，从人事科、综合法规科、法律顾问、企业代表、群众代表中选择。",
        Direction.FLOOR,
        minimum=1,
        maximum=20,
    ),
    Parameter(
        "cosigners",
        "外部见证",
        Kind.COUNT,
        "家",
        "A9.4",
        "封存和献数截止写入公开留痕后，等不少于 {}外部见证方联署，再献数、开签；0 家为不等。",
        Direction.FLOOR,
        minimum=0,
        maximum=9,
        origin=Origin.PRACTICE,
    ),
    Parameter(
        "draw_recorded",
        "抽取过程拍照或录像",
        Kind.BOOLEAN,
        "",
        "A9.4",
        "抽取过程以拍照或录像方式记录，影像与文字记录一并存档。",
        Direction.FLOOR,
        minimum=0,
        maximum=1,
        sentence_off="抽取过程不要求拍照或录像，只作文字记录。",
    ),
    _days(
        "media_days",
        "照片或录像存档",
        "A9.4",
        "抽取结果公开",
        "抽取结果公开后 {}内，将抽取现场的照片或录像存档。",
        origin=Origin.PRACTICE,
    ),
    _days(
        "filing_days",
        "抽取结果报备",
        "A9.5",
        "抽取完成（名单确定）",
        "名单确定后 {}内，将检查时间、对象、人员报综合法规科，并在市涉企检查网络备案系统等平台备案。",
        origin=Origin.DETAIL,
    ),
    Parameter(
        "yearly_cap",
        "同一对象同一事项年度抽查次数上限",
        Kind.COUNT,
        "次",
        "A12.1",
        "同一年度内因同一事项对同一检查对象的抽查不超过 {}，各科室合并计算；第十二条第三款所列情形除外。",
        Direction.CEILING,
        minimum=1,
        maximum=366,
    ),
    Parameter(
        "on_site_inspectors",
        "现场检查到场人员",
        Kind.COUNT,
        "人",
        "A15.1",
        "现场检查的执法检查人员不少于 {}，出示执法证件，送达检查通知书。",
        Direction.FLOOR,
        minimum=2,
        maximum=20,
    ),
    Parameter(
        "visit_recorded",
        "现场检查全过程记录",
        Kind.BOOLEAN,
        "",
        "A15.3",
        "现场检查进行执法全过程记录。",
        Direction.FLOOR,
        minimum=0,
        maximum=1,
        sentence_off="现场检查不要求全过程记录。",
    ),
    _days("report_days", "检查情况结果报告", "A15.4", "检查任务完成", "检查任务完成后 {}内，形成检查情况结果报告。"),
    _days(
        "publication_days",
        "检查结果公示",
        "A15.5",
        "检查情况结果报告形成",
        "报告形成后 {}内，通过本局门户网站、国家企业信用信息公示系统、信用中国等途径公示。",
    ),
    # The time that is given to a company is its right: a refinement may give it more, never less.
    _days(
        "objection_days",
        "异议受理",
        "A16.2",
        "检查结果公示",
        "自检查结果公示之日起 {}内，受理检查对象提出的异议。",
        direction=Direction.FLOOR,
    ),
    _days("reinspection_days", "组织复查", "A16.2", "收到异议申请材料", "自收到异议申请材料之日起 {}内，组织复查。"),
    _days("answer_days", "反馈复查情况", "A16.2", "作出复查结果", "自作出复查结果之日起 {}内，将复查情况反馈当事人。"),
    _days(
        "dossier_days",
        "检查卷宗归档",
        "A19.1",
        "检查任务完成",
        "检查任务完成后 {}内，按“一对象一档案”整理装订成卷宗并归档。",
    ),
    Parameter(
        "visits_a_day",
        "频次预警：一天",
        Kind.COUNT,
        "次",
        "",
        "同一检查对象一天内被检查超过 {}的，系统预警并要求说明理由。",
        Direction.CEILING,
        minimum=1,
        maximum=100,
        origin=Origin.PRACTICE,
    ),
    Parameter(
        "visits_a_week",
        "频次预警：一周",
        Kind.COUNT,
        "次",
        "",
        "同一检查对象一周内被检查超过 {}的，系统预警并要求说明理由。",
        Direction.CEILING,
        minimum=1,
        maximum=100,
        origin=Origin.PRACTICE,
    ),
    Parameter(
        "visits_a_month",
        "频次预警：一月",
        Kind.COUNT,
        "次",
        "",
        "同一检查对象一个月内被检查超过 {}的，系统预警并要求说明理由。",
        Direction.CEILING,
        minimum=1,
        maximum=100,
        origin=Origin.PRACTICE,
    ),
    Parameter(
        "visits_apart_days",
        "间隔预警：两次检查",
        Kind.COUNT,
        "天",
        "A12.1",
        "同一检查对象两次检查相隔不足 {}的，系统预警并要求说明理由；联合检查按一次计算。",
        Direction.FLOOR,
        minimum=1,
        maximum=366,
        origin=Origin.PRACTICE,
    ),
    Parameter(
        "same_inspector_a_year",
        "同一人员检查同一对象预警：一年",
        Kind.COUNT,
        "次",
        "",
        "同一执法检查人员一年内检查同一对象达到 {}且均未发现问题的，系统预警并要求说明理由。",
        Direction.CEILING,
        minimum=1,
        maximum=100,
        origin=Origin.PRACTICE,
    ),
    Parameter(
        "same_inspector_row",
        "同一人员检查同一对象预警：连续",
        Kind.COUNT,
        "次",
        "A12.1",
        "同一执法检查人员连续检查同一对象达到 {}的，系统预警并要求说明理由。",
        Direction.CEILING,
        minimum=2,
        maximum=100,
        origin=Origin.PRACTICE,
    ),
    Parameter(
        "same_inspector_months",
        "同一人员检查同一对象预警：回看",
        Kind.COUNT,
        "个月",
        "A12.1",
        "判断同一执法检查人员是否连续检查同一对象，回看 {}内的检查。",
        Direction.FLOOR,
        minimum=1,
        maximum=120,
        origin=Origin.PRACTICE,
    ),
    _days(
        "joint_answer_days",
        "答复联合检查",
        "A12.2",
        "系统提议联合检查",
        "系统提议联合检查后 {}内，各科室应当答复，最迟不晚于检查时间结束；逾期未答复的按不参加处理，并要求说明理由。",
        origin=Origin.PRACTICE,
    ),
    Parameter(
        "due_soon_days",
        "黄牌提醒提前量",
        Kind.WORKING_DAYS,
        "个工作日",
        "",
        "期限剩余不超过 {}的亮黄牌，超过期限的亮红牌。",
        Direction.FREE,
        minimum=0,
        maximum=30,
        origin=Origin.PRACTICE,
    ),
)
#: Every parameter by key, in the order of the articles.
PARAMETERS: dict[str, Parameter] = {parameter.key: parameter for parameter in _ALL}
#: The time limits, which `deadlines.selectors.deadline` reckons.
LIMITS = tuple(parameter.key for parameter in _ALL if parameter.starts)


def parameter(key: str) -> Parameter:
    """Return the parameter; raise DomainError for a key that the schema does not have."""
    found = PARAMETERS.get(key)
    if found is None:
        raise DomainError(f"规则集里没有“{key}”这一项。")
    return found
