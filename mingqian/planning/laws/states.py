"""Closed lists of the law library, and what a citation is."""

from typing import TypedDict

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


class Basis(TypedDict):
    """A citation of one article, or of a whole law (`article` empty)."""

    law: str
    title: str
    number: str
    article: str
    paragraph: str
