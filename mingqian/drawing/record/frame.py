"""What the records of a draw and of its changes have in common: head, wording, signatures, the code and the seal at the end (art. 9)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from mingqian.common import clock
from mingqian.documents.files import services as file_services
from mingqian.documents.papers import states as paper_states
from mingqian.documents.papers.states import Block, Paper, fill
from mingqian.drawing.lots import Lot
from mingqian.drawing.media.states import MediaKind
from mingqian.drawing.models.lots import Contribution
from mingqian.drawing.witnesses.states import WitnessKind

Rows = tuple[tuple[str, ...], ...]
SAMPLE_WITNESS = f"{WitnessKind.COUNSEL} 张三"


@dataclass(frozen=True)
class Frame:
    """All that a record tells beside its own facts; `spoken` are (position, witness, how, digits, time), none where it was no lot."""

    organ: str
    division: str
    number: str
    spoken: Rows
    officer: str
    address: str
    values: Mapping[str, str] = field(default_factory=dict)
    #: How witnesses signed on their phones: name, PNG, when.
    signed: Mapping[str, tuple[bytes, str]] = field(default_factory=dict)
    day: date | None = None
    mark: str = ""


def moment_in_words(value: datetime | None) -> str:
    """Write a moment as the record does, in Beijing time; a dash for none."""
    if value is None:
        return "—"
    local = value.astimezone(clock.LAW_ZONE)
    return f"{paper_states.day_in_words(local.date())} {local:%H:%M:%S}"


def frame_of(lot: Lot, number: str, address: str, **values: str) -> Frame:
    """Return the frame of a lot's record; `address` is that of the draw's public page, `values` what its wording names besides."""
    draw, thing = lot.draw, lot.thing
    division = draw.division.name if draw.division else draw.organ.name
    day = (thing.opened_at or clock.now()).astimezone(clock.LAW_ZONE).date()
    names = {"科室": division, "名称": draw.title, "时间": paper_states.day_in_words(day), "影像": _pictured(lot)}
    if lot.place:
        names["地点"] = lot.place
    return Frame(
        organ=draw.organ.name,
        division=division,
        number=number,
        spoken=tuple(
            (str(position), name, *_given(one), moment_in_words(one.given_at if one else None))
            for position, name, one in lot.given_by
        ),
        officer=thing.sealed_by.name if thing.sealed_by else "",
        address=address,
        values={**names, "监督人": "、".join(lot.witnesses), **values},
        signed={
            row.witness: (file_services.read(row.image), moment_in_words(row.signed_at))
            for row in lot.signatures.select_related("image")
        },
        day=day,
    )


def _pictured(lot: Lot) -> str:
    """Say what pictures there are of the ceremony, as they are."""
    kinds = Counter(lot.draw.media.filter(withdrawn_why="").values_list("kind", flat=True))
    if not kinds:
        return "照片、录像待补"
    told = ((kinds[MediaKind.PICTURE], "照片 {} 张"), (kinds[MediaKind.VIDEO], "录像 {} 段"))
    return "存有" + "、".join(words.format(count) for count, words in told if count)


def _given(one: Contribution | None) -> tuple[str, str]:
    """Return how a witness contributed, and what: digits, or the commitment that nobody opened."""
    if one is None:
        return "未献数", "—"
    how = "先承诺后公布" if one.committed else "当众报数"
    return how, one.digits or f"承诺 {one.commit[:16]}，没有公布"


def sample_frame(texts: Mapping[str, str], number: str, day: date, **values: str) -> Frame:
    """Return the frame of the sample on which an organ tries its wording."""
    names = {
        "科室": "节能科",
        "名称": "节能监察随机抽查",
        "时间": paper_states.day_in_words(day),
        "影像": "存有照片 3 张",
    }
    return Frame(
        organ="样例市工业和信息化局",
        division="节能科",
        number=fill(texts["number"], {"年": "2026", "号": number, "机关简称": "样例局", "科室": "节能科"}),
        spoken=(("1", SAMPLE_WITNESS, "当众报数", "3164521364512", f"{names['时间']} 10:02:00"),),
        officer="赵六",
        address="https://example.invalid/draws/1",
        values={**names, "监督人": SAMPLE_WITNESS, **values},
        day=day,
        mark="样张",
    )


def spoken_table(frame: Frame) -> paper_states.Table:
    """Return who contributed what."""
    columns = (
        paper_states.Column("次序", 12, paper_states.CENTER),
        paper_states.Column("抽取监督人", 36),
        paper_states.Column("方式", 22, paper_states.CENTER),
        paper_states.Column("献数", 44),
        paper_states.Column("时间", 42),
    )
    return paper_states.Table(columns, frame.spoken)


def framed(frame: Frame, title: str, texts: tuple[str, str], blocks: tuple[Block, ...], last: str, scan: str) -> Paper:
    """Return the record: `texts` are its opening and closing words, `last` the line after the witnesses, `scan` what the code is for."""
    lines = (f"经办人 {frame.officer}", *(row[1] for row in frame.spoken), last)
    signatures = (paper_states.Signature(line, *frame.signed.get(line, (None, ""))) for line in lines)
    return Paper(
        title=f"{frame.organ}\n{title}",
        organ=frame.organ,
        number=frame.number,
        mark=frame.mark,
        blocks=(
            paper_states.Paragraph(fill(texts[0], frame.values)),
            *blocks,
            # Nobody signs on a page that says nothing.
            paper_states.Paragraph(fill(texts[1], frame.values), keep=True),
            paper_states.Signatures(tuple(signatures)),
            paper_states.Code(frame.address, scan),
            paper_states.Seal(frame.division, frame.day),
        ),
    )
