"""Closed lists of inspectors, their interests, and why somebody is out of a draw."""

from django.db import models


class Sex(models.TextChoices):
    """As the inspector registry names it (art. 7)."""

    MALE = "male", "男"
    FEMALE = "female", "女"
    UNKNOWN = "", "未登记"


class OutReason(models.TextChoices):
    """Why an inspector is away or left out of a draw (排除人员); the code is published in the table of a draw."""

    LEAVE = "leave", "休假或病假"
    TRAVEL = "travel", "出差"
    TRAINING = "training", "参加培训"
    DUTY = "duty", "承担其他紧急工作"
    OTHER_POST = "other-post", "岗位调整中"


class InterestKind(models.TextChoices):
    """What ties an inspector to a subject (art. 11)."""

    RELATIVE = "relative", "近亲属任职或经营"
    SHAREHOLDING = "shareholding", "持有股份或有投资"
    FORMER_EMPLOYMENT = "former_employment", "曾在该单位任职"
    OTHER = "other", "其他利害关系"


class InterestSource(models.TextChoices):
    """Who put an interest on record."""

    DECLARED = "declared", "本人申报"
    RECORDED = "recorded", "科室登记"
