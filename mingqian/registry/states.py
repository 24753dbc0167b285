"""Books of numbers of the room `registry`."""

from django.db import models


class RegisterKind(models.TextChoices):
    """The books of an organ whose numbers this room gives out."""

    SUBJECTS = "subjects", "抽查对象名录库"
    INSPECTORS = "inspectors", "执法检查人员名录库"
    EXPERTS = "experts", "专家和检测机构名册"
