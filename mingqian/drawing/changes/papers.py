"""The record of one change of a draw (变更记录, art. 9 to 11): by lot with its witnesses, or an appointment with who decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from mingqian.common import clock
from mingqian.documents.files import services as file_services
from mingqian.documents.papers import states as paper_states
from mingqian.documents.papers.states import NUMBER_NAMES, Paper, PaperKind, Part, fill, register
from mingqian.drawing.changes.states import Kind
from mingqian.drawing.current.selectors import Told, current_result, tell_all
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.record.papers import moment_in_words
from mingqian.drawing.witnesses.states import WitnessKind

_SCAN = "扫码查看公示页，核验本次变更。\n结果由封存的文件和现场献数唯一确定，任何人都可以重新计算。"
_SCAN_APPOINTED = "扫码查看公示页。\n本项不由抽签产生，由谁决定、因何决定一并公示。"
_CANDIDATES = {Kind.SUBJECT: "家", Kind.EXCHANGE: "对", Kind.INSPECTOR: "人"}
Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ChangeFacts:
    """All that the record tells. `spoken` are (position, witness, digits, time), none where it was no lot."""

    organ: str
    division: str
    by_lot: bool
    number: str
    asked: Facts
    lot: Facts
    spoken: tuple[tuple[str, str, str, str], ...]
    outcome: str
    officer: str
    address: str
    day: date
    values: Mapping[str, str]
    #: How witnesses signed on their phones: name, PNG, when.
    signed: Mapping[str, tuple[bytes, str]] = field(default_factory=dict)
    mark: str = ""


def _ask_facts(change: Told) -> Facts:
    row = change.row
    gone = (("被更换的人员", f"{change.inspector}（{row.inspector}）"),) if row.inspector else ()
    ground = (("人员不足的说明", row.ground),) if row.ground else ()
    joining = (("加入的人员", "、".join(change.joining)),) if change.joining else ()
    decided = f"{row.decided_as} {row.decided_by.name if row.decided_by else ''}，{moment_in_words(row.decided_at)}"
    return (
        ("抽取编号", f"{row.draw.draw_id} 第 {row.number} 号变更"),
        ("抽取名称", row.draw.title),
        ("检查对象", f"{change.subject}（{row.subject}）"),
        *gone,
        ("方式", f"{row.get_kind_display()}{'' if row.by_lot else '（非抽签产生）'}"),
        ("原因", f"{row.public_reason}（{row.article}）"),
        *ground,
        *joining,
        ("申请", f"{row.get_asked_as_display()} {row.asked_by.name}，{moment_in_words(row.asked_at)}"),
        ("审批", decided),
    )


def _lot_facts(change: Told) -> Facts:
    row = change.row
    return (
        ("候选", f"{row.candidates} {_CANDIDATES[Kind(row.kind)]}"),
        ("封存时间", moment_in_words(row.sealed_at)),
        ("封存指纹", row.seal_digest),
        ("献数截止", moment_in_words(row.closed_at)),
        ("开签时间", moment_in_words(row.opened_at)),
        ("当选签号", str(current_result(row).get("ticket", "—"))),
    )


def outcome_words(change: Told) -> str:
    """Return what a change brought, in a sentence."""
    row = change.row
    if row.kind == Kind.SUBJECT:
        return f"{change.subject}由{change.came_subject}替补，检查组和批次随之转过去。"
    if row.kind == Kind.EXCHANGE:
        return f"{change.inspector}改去{change.came_subject}，{change.came_inspector}改去{change.subject}。"
    before = f"接替{change.inspector}，" if change.inspector else ""
    return f"{change.came_inspector}{before}参加对{change.subject}的检查。"


def change_facts_of(row: Supplement, *, number: str, address: str) -> ChangeFacts:
    """Return what the record of a change that was carried out tells; `address` is that of the draw's public page."""
    (change,) = tell_all([row], row.draw)
    day = (row.opened_at or clock.now()).astimezone(clock.LAW_ZONE).date()
    division = row.draw.division.name if row.draw.division else row.draw.organ.name
    return ChangeFacts(
        organ=row.draw.organ.name,
        division=division,
        by_lot=row.by_lot,
        number=number,
        asked=_ask_facts(change),
        lot=_lot_facts(change) if row.by_lot else (),
        spoken=tuple(
            (str(position), name, one.digits if one else "—", moment_in_words(one.given_at if one else None))
            for position, name, one in change.witnesses
        ),
        outcome=outcome_words(change),
        officer=row.sealed_by.name if row.sealed_by else "",
        address=address,
        day=day,
        values={
            "科室": division,
            "名称": row.draw.title,
            "时间": paper_states.day_in_words(day),
            "监督人": "、".join(row.witnesses),
            "方式": str(row.get_kind_display()),
        },
        signed={
            one.witness: (file_services.read(one.image), moment_in_words(one.signed_at))
            for one in row.signatures.select_related("image")
        },
    )


def change_record_of(facts: ChangeFacts, texts: Mapping[str, str]) -> Paper:
    """Return the record as a paper, in the wording of the organ."""
    spoken = (
        paper_states.Column("次序", 1, paper_states.CENTER),
        paper_states.Column("抽取监督人", 4),
        paper_states.Column("献数", 5),
        paper_states.Column("时间", 4),
    )
    lot = (
        (paper_states.Heading("二、抽签经过"), paper_states.Fields(facts.lot), paper_states.Table(spoken, facts.spoken))
        if facts.by_lot
        else ()
    )
    names = tuple(name for _position, name, _digits, _at in facts.spoken)
    lines = (f"经办人 {facts.officer}", *names, "其他到场人员" if facts.by_lot else "主要领导")
    return Paper(
        title=f"{facts.organ}\n{'随机抽取变更记录' if facts.by_lot else '直接委派记录'}",
        organ=facts.organ,
        number=facts.number,
        mark=facts.mark,
        blocks=(
            paper_states.Paragraph(fill(texts["opening" if facts.by_lot else "appointed"], facts.values)),
            paper_states.Heading("一、申请与审批"),
            paper_states.Fields(facts.asked),
            *lot,
            paper_states.Heading("三、结果" if facts.by_lot else "二、结果"),
            paper_states.Paragraph(facts.outcome),
            paper_states.Paragraph(fill(texts["closing"], facts.values)),
            paper_states.Signatures(
                tuple(paper_states.Signature(line, *facts.signed.get(line, (None, ""))) for line in lines)
            ),
            paper_states.Code(facts.address, _SCAN if facts.by_lot else _SCAN_APPOINTED),
            paper_states.Seal(facts.division, facts.day),
        ),
    )


def _sample(texts: Mapping[str, str]) -> Paper:
    witness, day = f"{WitnessKind.COUNSEL} 张三", date(2026, 3, 5)
    said = f"{paper_states.day_in_words(day)} 10:02:00"
    facts = ChangeFacts(
        organ="样例市工业和信息化局",
        division="节能科",
        by_lot=True,
        number=fill(texts["number"], {"年": "2026", "号": "3", "机关简称": "样例局", "科室": "节能科"}),
        asked=(
            ("抽取编号", "样例局抽〔2026〕1号 第 1 号变更"),
            ("检查对象", "样例化工有限公司（91370300MA00000000）"),
            ("被更换的人员", "李四（15030001）"),
            ("方式", "更换检查人员"),
            ("原因", "工作冲突（第十一条）"),
            ("审批", f"科室负责人 钱七，{said}"),
        ),
        lot=(("候选", "9 人"), ("封存时间", said), ("开签时间", said)),
        spoken=(("1", witness, "3164521364512", said),),
        outcome="周八接替李四，参加对样例化工有限公司的检查。",
        officer="赵六",
        address="https://example.invalid/draws/1",
        day=day,
        values={
            "科室": "节能科",
            "名称": "节能监察随机抽查",
            "时间": paper_states.day_in_words(day),
            "监督人": witness,
            "方式": "更换检查人员",
        },
        mark="样张",
    )
    return change_record_of(facts, texts)


_NAMES = ("科室", "名称", "时间", "方式")
CHANGE_RECORD = register(
    PaperKind(
        "change-record",
        "变更记录",
        (
            Part("number", "文号", "{机关简称}变记〔{年}〕{号}号", NUMBER_NAMES),
            Part(
                "opening",
                "抽签变更的开头",
                "“{名称}”开签之后，经批准办理“{方式}”。{科室}于{时间}在{地点}组织随机抽取，{监督人}到场监督，"
                "候选人范围在献数之前封存，监督人当场献数后开签，现记录如下。",
                (*_NAMES, "监督人", "地点"),
                "没有代入值的（例如地点）打印为横线，由现场手写。",
            ),
            Part(
                "appointed",
                "直接委派的开头",
                "“{名称}”开签之后，因检查人员不足、无法抽签，由主要领导根据书面说明决定直接委派检查人员（第十条），"
                "{科室}于{时间}办理。本项不由抽签产生，公示页同样标明，现记录如下。",
                _NAMES,
                "委派不由抽签产生，应当写明（第十条）。",
            ),
            Part(
                "closing",
                "结尾",
                "以上记录属实。变更与原抽取一并公示，不得再行选择。有关人员签字确认：",
                _NAMES,
                "到场人员在文字记录上签字确认（第九条）。",
            ),
        ),
        _sample,
    )
)
