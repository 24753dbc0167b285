"""Kinds of experts."""

from django.db import models


class ExpertKind(models.TextChoices):
    """Who may come along without being an inspector (art. 9)."""

    EXPERT = "expert", "专家"
    TESTING_BODY = "testing_body", "检测机构"
