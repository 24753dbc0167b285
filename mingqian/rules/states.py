"""States and closed lists of the room `rules`."""

from django.db import models

from mingqian.pages.tones import toned


class Kind(models.TextChoices):
    """What a number of a rule set counts."""

    COUNT = "count", "数量"
    WORKING_DAYS = "working_days", "工作日"
    BASIS_POINTS = "basis_points", "比例"
    BOOLEAN = "boolean", "是否"


class Direction(models.TextChoices):
    """How a refinement may differ from its parent (art. 21: it refines, it does not loosen)."""

    FLOOR = "floor", "只能提高"
    CEILING = "ceiling", "只能降低"
    FREE = "free", "可高可低"


class Origin(models.TextChoices):
    """Where a number comes from."""

    REGULATION = "regulation", "条文规定的数值"
    DETAIL = "detail", "条文未定数值，本规则集取定"
    PRACTICE = "practice", "来自工作实践，不是条文规定"


class SetKind(models.TextChoices):
    """Whether a set refines the one above it or stands by itself."""

    REFINEMENT = "refinement", "细化规定"
    REGULATION = "regulation", "自有细则"


@toned(DRAFT="active:edit", PENDING="soon", APPROVED="done")
class SetState(models.TextChoices):
    """Life of a version of a rule set. What is approved is never changed: a later version follows it."""

    DRAFT = "draft", "草稿"
    PENDING = "pending", "待审批"
    APPROVED = "approved", "已批准"
    DROPPED = "dropped", "已放弃"


class Light(models.TextChoices):
    """The colour of a time limit, as users know it."""

    NONE = "none", "正常"
    SOON = "soon", "黄牌"
    OVERDUE = "overdue", "红牌"
