"""Grounds of special inspections, and where an inspection comes from."""

from django.db import models

from mingqian.pages.tones import toned


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


@toned(RECORDED="done", WITHDRAWN="overdue")
class SpecialState(models.TextChoices):
    """Life of a record of a special inspection: it counts, or it was made by mistake."""

    RECORDED = "recorded", "有效"
    WITHDRAWN = "withdrawn", "已撤销"
