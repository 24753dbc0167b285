"""The records of a draw (抽取记录, art. 9) and of a change (变更记录, art. 11): made on the spot, signed by everybody present."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from mingqian.documents.models import PaperNumber
from mingqian.documents.papers import states as paper_states
from mingqian.documents.papers.services import wording
from mingqian.documents.papers.states import NUMBER_NAMES, Paper, PaperKind, Part, register
from mingqian.drawing.bundle.selectors import checkpoint_words
from mingqian.drawing.changes.states import ChangeState, Kind
from mingqian.drawing.current.selectors import (
    Stratum,
    Told,
    outcome,
    public_changes,
    tell_all,
)
from mingqian.drawing.draw.states import Assignment
from mingqian.drawing.lots import RECORD_KINDS, Lot
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.record.frame import Frame, Rows, frame_of, framed, moment_in_words, sample_frame, spoken_table
from mingqian.planning.experts.selectors import experts_on

#: A list longer than this is attached as a table instead of being printed in the record.
MOST_ROWS = 2000
#: The place of the batch in a row of who was drawn.
_BATCH = 4
_SCAN = "扫码查看公示页，核验本次抽取。\n结果由封存的名单和现场献数唯一确定，任何人都可以重新计算。"


Lines = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Facts:
    """What the record tells of a draw; rows are in the order of their columns, `left_out` counts the selected that are not printed."""

    facts: Lines
    strata: Rows
    selected: Rows
    left_out: int = 0
    #: Supplements that were carried out since: number, kind, reason, what changed, who decided, when.
    changes: Rows = ()


def _how(rules: Mapping[str, object]) -> str:
    if rules["assignment"] == Assignment.NONE:
        return "只抽对象，不抽人员"
    if rules["assignment"] == Assignment.TEAMS:
        return f"{rules['teams']} 个固定检查组，每组 {rules['team_size']} 人"
    return f"逐个对象抽人，每组 {rules['team_size']} 人"


def _selected(strata: list[Stratum]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for stratum in strata:
        for one in stratum.selected:
            # A line for each: a name that breaks in its middle is hard to read out.
            team = "\n".join(f"{member.name}（{member.number}）" for member in one.team) or "—"
            rows.append((str(len(rows) + 1), one.name or "—", one.number, stratum.label, str(one.batch), team))
    return rows


def _changed(change: Told) -> str:
    by_lot = "" if change.row.by_lot else "（非抽签产生，直接委派）"
    return "\n".join(f"{place.outcome}{by_lot}" for place in change.places)


def _changes(draw: Draw, until: datetime | None) -> tuple[tuple[str, ...], ...]:
    """Return what supplements changed, for the record that is printed after them; the draw's own result stays as it was signed."""
    return tuple(
        (
            str(change.row.number),
            str(change.row.get_kind_display()),
            f"{change.row.public_reason}（{change.row.article}）",
            _changed(change),
            f"{change.row.decided_as} {change.row.decided_by.name if change.row.decided_by else ''}",
            moment_in_words(change.row.opened_at),
        )
        for change in public_changes(draw)
        if change.row.state == ChangeState.OPENED
        and (until is None or (change.row.opened_at and change.row.opened_at <= until))
    )


def _beacon(draw: Draw, beacon: Mapping[str, object]) -> str:
    """Return the public source that was agreed on, with the number that it gave."""
    value = json.loads(bytes(draw.reveal_json or b"{}")).get("beacon") or ""
    return f"{beacon['source']} {beacon['round']}{'，号码 ' if value else ''}{value}"


def _along(draw: Draw, until: datetime | None) -> tuple[tuple[str, str], ...]:
    """Return who comes along without being a member of a team (A9.6), nothing where nobody does."""
    held = [one for one in experts_on(draw.task) if until is None or (one.decided_at and one.decided_at <= until)]
    words = "；".join(one.words for one in held)
    return (("辅助检查人员", f"{words}（不是检查组成员）"),) if words else ()


def _decided(draw: Draw) -> tuple[tuple[str, str], ...]:
    """Return what was decided of the draw's people, nothing where they are simply the lot of the task's division (A10.1)."""
    told = draw.plan.get("people")
    if not told:
        return ()
    who = f"{told['decided_as']} {told['decided_by']}，{moment_in_words(draw.people_decided_at)}（{told['article']}）"
    return (("人员方案", "；".join(draw.people_words)), ("书面说明", told["ground"]), ("人员方案审定", who))


def _facts_of(lot: Lot, until: datetime | None) -> Facts:
    draw, seal, strata = lot.draw, lot.seal, outcome(lot.draw)
    how = {row["name"]: row["how"] for row in draw.plan["strata"]}
    selected = _selected(strata)
    beacon = seal.get("beacon")
    return Facts(
        facts=(
            ("抽取名称", draw.title),
            ("抽取编号", draw.draw_id),
            ("任务编号", draw.task_number),
            ("抽取范围", draw.plan["conditions"]),
            *((("清单上写的对象", said),) if (said := draw.plan.get("listed_as")) else ()),
            ("名单", f"共 {seal['subjects']['count']:,} 家，抽出 {len(selected):,} 家"),
            ("派人方式", _how(seal["rules"])),
            *_decided(draw),
            *_along(draw, until),
            ("封存时间", moment_in_words(draw.sealed_at)),
            ("封存指纹", draw.seal_digest),
            ("献数截止", moment_in_words(draw.closed_at)),
            ("献数方式", lot.guard),
            ("公开随机源", _beacon(draw, beacon) if beacon else "未约定"),
            ("开签时间", moment_in_words(draw.opened_at)),
            ("公开留痕检查点", checkpoint_words(draw) or "—"),
        ),
        strata=tuple((s.label, f"{s.participants:,}", str(s.quota), how.get(s.name, "")) for s in strata),
        selected=tuple(selected[:MOST_ROWS]),
        left_out=max(0, len(selected) - MOST_ROWS),
        changes=_changes(draw, until),
    )


def record_of(lot: Lot, number: PaperNumber | None, address: str, texts: Mapping[str, str]) -> Paper:
    """Return the record of an opened draw, in the wording of the organ; `address` is that of its public page.

    With its number the record is closed: what changes later has records of its own, and nobody signed for it here.
    """
    frame = frame_of(lot, number.text if number else "", address, 任务编号=lot.draw.task_number)
    return _paper(frame, _facts_of(lot, number.given_at if number else None), texts)


def _paper(frame: Frame, facts: Facts, texts: Mapping[str, str]) -> Paper:
    strata = (
        paper_states.Column("层", 3),
        paper_states.Column("参加（家）", 2, paper_states.RIGHT),
        paper_states.Column("名额", 2, paper_states.RIGHT),
        paper_states.Column("名额的来由", 6),
    )
    more = (paper_states.Note(f"其余 {facts.left_out:,} 家见所附名单表。"),) if facts.left_out else ()
    blocks = (
        paper_states.Heading("一、抽取方案"),
        paper_states.Fields(facts.facts),
        paper_states.Heading("二、献数经过"),
        spoken_table(frame),
        paper_states.Heading("三、抽取结果"),
        paper_states.Table(strata, facts.strata),
        _selected_table(facts.selected),
        *more,
        *_later(facts),
    )
    return framed(frame, "随机抽取记录", (texts["opening"], texts["closing"]), blocks, "其他到场人员", _SCAN)


def _selected_table(rows: tuple[tuple[str, ...], ...]) -> paper_states.Table:
    """Return the list of who was drawn; without the column of batches where there is one only."""
    # The column of numbers holds a credit code in one line; teams have a line for each member.
    columns = [
        paper_states.Column("序号", 10, paper_states.CENTER),
        paper_states.Column("抽查对象", 50),
        paper_states.Column("登记号", 35),
        paper_states.Column("层", 14, paper_states.CENTER),
        paper_states.Column("批次", 9, paper_states.CENTER),
        paper_states.Column("检查组（组长在前）", 38),
    ]
    kept = [index for index in range(len(columns)) if index != _BATCH or len({row[_BATCH] for row in rows}) > 1]
    shown = tuple(tuple(row[index] for index in kept) for row in rows)
    return paper_states.Table(tuple(columns[index] for index in kept), shown, empty="没有抽出任何对象", dense=True)


def _later(facts: Facts) -> tuple[paper_states.Heading | paper_states.Table, ...]:
    """Return the part on what supplements changed, nothing where there are none."""
    columns = (
        paper_states.Column("序号", 2, paper_states.CENTER),
        paper_states.Column("方式", 4),
        paper_states.Column("原因", 5),
        paper_states.Column("变更", 9),
        paper_states.Column("审批", 5),
        paper_states.Column("时间", 6),
    )
    return (
        (paper_states.Heading("四、开签之后的变更"), paper_states.Table(columns, facts.changes))
        if facts.changes
        else ()
    )


def _sample(texts: Mapping[str, str]) -> Paper:
    frame = sample_frame(texts, "12", date(2026, 3, 2), 任务编号="2026-01")
    opened = f"{frame.values['时间']} 10:05:00"
    team = "李四（15030001）\n王五（15030002）"
    facts = Facts(
        facts=(("抽取名称", "节能监察随机抽查"), ("抽取编号", "样例局抽〔2026〕1号"), ("开签时间", opened)),
        strata=(("张店区", "412", "21", "5% × 412 → 21（进一）"),),
        selected=(("1", "样例化工有限公司", "91370300MA00000000", "张店区", "1", team),),
    )
    return _paper(frame, facts, texts)


_NAMES = ("科室", "名称", "时间", "监督人", "任务编号")
RECORD = register(
    PaperKind(
        RECORD_KINDS[0],
        "抽取记录",
        (
            Part("number", "文号", "{机关简称}抽记〔{年}〕{号}号", NUMBER_NAMES),
            Part(
                "opening",
                "开头",
                "根据《“双随机、一公开”监管工作实施细则》第九条，{科室}于{时间}在{地点}组织“{名称}”随机抽取。"
                "{监督人}到场监督，{影像}。抽取名单在献数之前封存，监督人当场献数后开签，现记录如下。",
                (*_NAMES, "地点", "影像"),
                "没有代入值的（例如没有填写的地点）打印为横线，由现场手写。",
            ),
            Part(
                "closing",
                "结尾",
                "以上记录属实。抽取结果一经开签不再更改；替补、更换、回避按第九条至第十一条办理并一并公示。到场人员签字确认：",
                _NAMES,
                "到场人员在文字记录上签字确认（第九条）。",
            ),
        ),
        _sample,
    )
)


_SCAN_OF_CHANGE = "扫码查看公示页，核验本次变更。\n结果由封存的文件和现场献数唯一确定，任何人都可以重新计算。"
_SCAN_OF_APPOINTMENT = "扫码查看公示页。\n本项不由抽签产生，由谁决定、因何决定一并公示。"
_CANDIDATES = {Kind.SUBJECT: "家", Kind.EXCHANGE: "对", Kind.INSPECTOR: "人"}


def _ask_facts(change: Told) -> Lines:
    row = change.row
    places = "\n".join(
        f"{place.subject}（{place.subject_number}）"
        + (f"：{place.inspector}（{place.inspector_number}）" if place.inspector else "")
        for place in change.places
    )
    ground = (("人员不足的说明", row.ground),) if row.ground else ()
    joining = (("加入的科室", "、".join(change.joining)),) if change.joining else ()
    decided = f"{row.decided_as} {row.decided_by.name if row.decided_by else ''}，{moment_in_words(row.decided_at)}"
    return (
        ("抽取编号", f"{row.draw.draw_id} 第 {row.number} 号变更"),
        ("抽取名称", row.draw.title),
        ("检查对象和人员", places),
        ("方式", f"{row.get_kind_display()}{'' if row.by_lot else '（非抽签产生）'}"),
        ("原因", f"{row.public_reason}（{row.article}）"),
        *ground,
        *joining,
        ("申请", f"{row.get_asked_as_display()} {row.asked_by.name}，{moment_in_words(row.asked_at)}"),
        ("审批", decided),
    )


def _lot_facts(change: Told) -> Lines:
    row = change.row
    return (
        ("候选", f"{'每项至少 ' if len(change.places) > 1 else ''}{row.candidates} {_CANDIDATES[Kind(row.kind)]}"),
        ("封存时间", moment_in_words(row.sealed_at)),
        ("封存指纹", row.seal_digest),
        ("献数截止", moment_in_words(row.closed_at)),
        ("开签时间", moment_in_words(row.opened_at)),
        ("公开留痕检查点", checkpoint_words(row) or "—"),
        ("当选签号", "\n".join(place.ticket for place in change.places) or "—"),
    )


def change_record_of(row: Supplement, number: PaperNumber | None, address: str, texts: Mapping[str, str]) -> Paper:
    """Return the record of a change that was carried out, in the wording of the organ; `address` is that of the draw's public page."""
    (change,) = tell_all([row], row.draw)
    frame = frame_of(Lot.of(row), number.text if number else "", address, 方式=str(row.get_kind_display()))
    outcome = "\n".join(place.outcome for place in change.places)
    return _change_paper(frame, _ask_facts(change), _lot_facts(change) if row.by_lot else (), outcome, texts)


def _change_paper(frame: Frame, asked: Lines, lot: Lines, outcome: str, texts: Mapping[str, str]) -> Paper:
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
        return framed(frame, "随机抽取变更记录", words, blocks, "其他到场人员", _SCAN_OF_CHANGE)
    return framed(
        frame, "直接委派记录", (texts["appointed"], texts["closing"]), blocks, "主要领导", _SCAN_OF_APPOINTMENT
    )


def _change_sample(texts: Mapping[str, str]) -> Paper:
    frame = sample_frame(texts, "3", date(2026, 3, 5), 方式="更换检查人员")
    said = f"{frame.values['时间']} 10:02:00"
    asked = (
        ("抽取编号", "样例局抽〔2026〕1号 第 1 号变更"),
        ("检查对象和人员", "样例化工有限公司（91370300MA00000000）：李四（15030001）"),
        ("方式", "更换检查人员"),
        ("原因", "工作冲突（第十一条）"),
        ("审批", f"科室负责人 钱七，{said}"),
    )
    lot = (("候选", "9 人"), ("封存时间", said), ("开签时间", said))
    return _change_paper(frame, asked, lot, "周八接替李四，参加对样例化工有限公司的检查。", texts)


_CHANGE_NAMES = ("科室", "名称", "时间", "方式")
CHANGE_RECORD = register(
    PaperKind(
        RECORD_KINDS[1],
        "变更记录",
        (
            Part("number", "文号", "{机关简称}变记〔{年}〕{号}号", NUMBER_NAMES),
            Part(
                "opening",
                "抽签变更的开头",
                "“{名称}”开签之后，经批准办理“{方式}”。{科室}于{时间}在{地点}组织随机抽取，{监督人}到场监督，"
                "候选人范围在献数之前封存，监督人当场献数后开签，现记录如下。",
                (*_CHANGE_NAMES, "监督人", "地点"),
                "没有代入值的（例如地点）打印为横线，由现场手写。",
            ),
            Part(
                "appointed",
                "直接委派的开头",
                "“{名称}”开签之后，因检查人员不足、无法抽签，由主要领导根据书面说明决定直接委派检查人员（第十条），"
                "{科室}于{时间}办理。本项不由抽签产生，公示页同样标明，现记录如下。",
                _CHANGE_NAMES,
                "委派不由抽签产生，应当写明（第十条）。",
            ),
            Part(
                "closing",
                "结尾",
                "以上记录属实。变更与原抽取一并公示，不得再行选择。有关人员签字确认：",
                _CHANGE_NAMES,
                "到场人员在文字记录上签字确认（第九条）。",
            ),
        ),
        _change_sample,
    )
)


def kind_of(lot: Lot) -> PaperKind:
    """Return the kind of paper that the record of a lot is."""
    return CHANGE_RECORD if lot.supplement else RECORD


def record_paper(lot: Lot, address: str) -> Paper:
    """Return the record of an opened lot; `address` is that of the draw's public page."""
    number = lot.record_number
    texts = wording(lot.draw.organ, kind_of(lot), number.given_at if number else None)
    if lot.supplement is not None:
        return change_record_of(lot.supplement, number, address, texts)
    return record_of(lot, number, address, texts)
