"""The task sheet (抽查任务单): what an opened task is about, on one page, with the number that it got."""

from collections.abc import Mapping, Sequence

from mingqian.documents.papers import states as paper_states
from mingqian.documents.papers.states import NUMBER_NAMES, Paper, PaperKind, Part, fill, register
from mingqian.planning.items.selectors import methods_words
from mingqian.planning.models.items import ItemRevision
from mingqian.planning.models.tasks import Task
from mingqian.planning.plans.selectors import fields_of_entry

Names = Mapping[str, Mapping[str, str]]


def task_sheet(
    task: Task, items: Sequence[ItemRevision], names: Names, texts: Mapping[str, str], counts: Sequence[tuple[str, str]]
) -> Paper:
    """Return the sheet of a task, in the wording of the organ; `counts` are the numbers of its pool, as title and words."""
    shown = fields_of_entry(task.revision, items, names)
    facts = [(one.title, one.text) for one in shown if one.text and one.key not in {"title", "windows", "items"}]
    window = f"{paper_states.day_in_words(task.since)}至{paper_states.day_in_words(task.until)}"
    return _sheet(
        organ=task.organ.name,
        division=task.division.name,
        number=task.number,
        title=task.title,
        facts=[("检查时间", window), *facts, *counts],
        items=[(item.item.code, str(item), methods_words(item.methods)) for item in items],
        texts=texts,
        officer=task.opened_by.name,
    )


def _sheet(
    *,
    organ: str,
    division: str,
    number: str,
    title: str,
    facts: Sequence[tuple[str, str]],
    items: Sequence[tuple[str, str, str]],
    texts: Mapping[str, str],
    officer: str,
    mark: str = "",
) -> Paper:
    columns = (
        paper_states.Column("事项编码", 3),
        paper_states.Column("抽查事项", 7),
        paper_states.Column("抽查方式", 3),
    )
    return Paper(
        title=f"{organ}\n抽查任务单",
        organ=organ,
        number=number,
        mark=mark,
        blocks=(
            paper_states.Paragraph(fill(texts["opening"], {"科室": division, "名称": title})),
            paper_states.Heading("一、任务"),
            paper_states.Fields(tuple(facts)),
            paper_states.Heading("二、抽查事项"),
            paper_states.Table(columns, tuple(items)),
            paper_states.Signatures(
                (paper_states.Signature(f"经办人 {officer}"), paper_states.Signature("科室负责人"))
            ),
        ),
    )


def _sample(texts: Mapping[str, str]) -> Paper:
    facts = [
        ("检查时间", "2026年3月2日至2026年4月30日"),
        ("检查对象", "重点用能单位"),
        ("抽查比例或数量", "5%（按区县分层）"),
        ("预估抽查对象总数", "412 家"),
    ]
    return _sheet(
        organ="样例市工业和信息化局",
        division="节能科",
        number=fill(texts["number"], {"年": "2026", "号": "12", "机关简称": "样例局", "科室": "节能科"}),
        title="节能监察随机抽查",
        facts=facts,
        items=[("sample-001", "能源利用状况报告检查", "书面检查")],
        texts=texts,
        officer="赵六",
        mark="样张",
    )


TASK_SHEET = register(
    PaperKind(
        "inspection-task",
        "抽查任务单",
        (
            Part(
                "number",
                "任务编号",
                "{机关简称}{科室}抽查〔{年}〕{号}号",
                NUMBER_NAMES,
                "任务、抽取和公示都用这个编号，须含科室、年和号，以免重号。",
            ),
            Part(
                "opening",
                "开头",
                "根据经批准公布的年度抽查工作计划，由{科室}开展“{名称}”。检查对象和执法检查人员一律随机抽取（第九条），"
                "未列入年度计划的不得检查（第二条）。",
                ("科室", "名称"),
            ),
        ),
        _sample,
    )
)
