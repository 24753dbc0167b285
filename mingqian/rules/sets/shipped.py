"""The rule sets that ship with the platform. They are data of the program, like the text of the regulation: no database holds them, so
that a fresh one has them, and nobody can change them. Where no organ has rules of its own, the default applies (art. 22)."""

from datetime import date

from mingqian.rules.sets.schema import PARAMETERS
from mingqian.rules.sets.states import Stated, Version
from mingqian.rules.states import SetKind

#: key -> (value, where the regulation says it). An empty place: from practice, no article.
_ZIBO: dict[str, tuple[int, str]] = {
    "general_ratio": (500, "第五条第二款"),
    "exempt_listed": (1, "第九条第二款"),
    "team_size": (2, "第九条第三款"),
    "witnesses": (1, "第九条第四款"),
    "cosigners": (0, ""),
    "draw_recorded": (1, "第九条第四款"),
    "media_days": (1, ""),
    "filing_days": (1, "第九条第五款"),
    "yearly_cap": (2, "第十二条第一款"),
    "on_site_inspectors": (2, "第十五条第一款"),
    "visit_recorded": (1, "第十五条第三款"),
    "report_days": (5, "第十五条第四款"),
    "publication_days": (2, "第十五条第四款"),
    "objection_days": (60, "第十六条第二款"),
    "reinspection_days": (20, "第十六条第二款"),
    "answer_days": (7, "第十六条第二款"),
    "dossier_days": (30, "第十九条"),
    "visits_a_day": (1, ""),
    "visits_a_week": (2, ""),
    "visits_a_month": (3, ""),
    "visits_apart_days": (7, ""),
    "same_inspector_a_year": (3, ""),
    "same_inspector_row": (3, ""),
    "same_inspector_months": (24, ""),
    "joint_answer_days": (3, ""),
    "due_soon_days": (2, ""),
}

ZIBO = Version(
    code="zibo-miit-2020",
    name="淄博市工业和信息化局“双随机、一公开”监管工作实施细则",
    basis="淄工信发〔2020〕5号",
    level="随系统提供",
    kind=SetKind.REGULATION,
    effective_from=date(2020, 6, 6),
    valid_until=date(2025, 6, 5),
    serial=1,
    stated={key: Stated(value, article) for key, (value, article) in _ZIBO.items()},
)
#: What every organ stands on that has no regulation of its own.
DEFAULT = ZIBO

if ZIBO.stated.keys() != PARAMETERS.keys():
    raise ValueError("a shipped regulation must state every number of the schema")
