"""The record of one change of a draw (变更记录, art. 9 to 11): by lot with its witnesses, or an appointment with who decided."""

from collections.abc import Mapping
from datetime import date

from mingqian.documents.models import PaperNumber
from mingqian.documents.papers import states as paper_states
from mingqian.documents.papers.states import NUMBER_NAMES, Paper, PaperKind, Part, register
from mingqian.drawing.changes.states import Kind
from mingqian.drawing.current.selectors import Told, current_result, outcome_words, tell_all
from mingqian.drawing.lots import Lot
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.record.frame import Frame, frame_of, framed, moment_in_words, sample_frame, spoken_table

_SCAN = "扫码查看公示页，核验本次变更。\n结果由封存的文件和现场献数唯一确定，任何人都可以重新计算。"
_SCAN_APPOINTED = "扫码查看公示页。\n本项不由抽签产生，由谁决定、因何决定一并公示。"
_CANDIDATES = {Kind.SUBJECT: "家", Kind.EXCHANGE: "对", Kind.INSPECTOR: "人"}
Facts = tuple[tuple[str, str], ...]


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


def change_record_of(row: Supplement, number: PaperNumber | None, address: str, texts: Mapping[str, str]) -> Paper:
    """Return the record of a change that was carried out, in the wording of the organ; `address` is that of the draw's public page."""
    (change,) = tell_all([row], row.draw)
    frame = frame_of(Lot.of(row), number.text if number else "", address, 方式=str(row.get_kind_display()))
    return _paper(frame, _ask_facts(change), _lot_facts(change) if row.by_lot else (), outcome_words(change), texts)


def _paper(frame: Frame, asked: Facts, lot: Facts, outcome: str, texts: Mapping[str, str]) -> Paper:
    """Return the paper; `lot` is empty where the change is an appointment."""
    drawn = (paper_states.Heading("二、抽签经过"), paper_states.Fields(lot), spoken_table(frame)) if lot else ()
    blocks = (
        paper_states.Heading("一、申请与审批"),
        paper_states.Fields(asked),
        *drawn,
        paper_states.Heading("三、结果" if lot else "二、结果"),
        paper_states.Paragraph(outcome),
    )
    if lot:
        words = (texts["opening"], texts["closing"])
        return framed(frame, "随机抽取变更记录", words, blocks, "其他到场人员", _SCAN)
    return framed(frame, "直接委派记录", (texts["appointed"], texts["closing"]), blocks, "主要领导", _SCAN_APPOINTED)


def _sample(texts: Mapping[str, str]) -> Paper:
    frame = sample_frame(texts, "3", date(2026, 3, 5), 方式="更换检查人员")
    said = f"{frame.values['时间']} 10:02:00"
    asked = (
        ("抽取编号", "样例局抽〔2026〕1号 第 1 号变更"),
        ("检查对象", "样例化工有限公司（91370300MA00000000）"),
        ("被更换的人员", "李四（15030001）"),
        ("方式", "更换检查人员"),
        ("原因", "工作冲突（第十一条）"),
        ("审批", f"科室负责人 钱七，{said}"),
    )
    lot = (("候选", "9 人"), ("封存时间", said), ("开签时间", said))
    return _paper(frame, asked, lot, "周八接替李四，参加对样例化工有限公司的检查。", texts)


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
