"""Closed lists about witnesses."""

from django.db import models


class WitnessKind(models.TextChoices):
    """Who may watch over a draw (art. 9)."""

    PERSONNEL = "人事科", "人事科"
    REGULATIONS = "综合法规科", "综合法规科"
    COUNSEL = "法律顾问", "法律顾问"
    COMPANIES = "企业代表", "企业代表"
    PUBLIC = "群众代表", "群众代表"


class Credential(models.TextChoices):
    """By what a witness was identified before being invited (art. 9)."""

    WORK_CARD = "work-card", "工作证件"
    ID_CARD = "id-card", "居民身份证"
    LAWYER = "lawyer", "律师执业证"
    LETTER = "letter", "单位介绍信或授权书"
