"""States of experts on a task."""

from django.db import models

from mingqian.pages.tones import toned


@toned(PENDING="soon", APPROVED="done", DECLINED="sealed:void")
class HelperState(models.TextChoices):
    """Life of a wish that an expert come along to the visits of a task: asked for, decided on by another, or taken back."""

    PENDING = "pending", "待审批"
    APPROVED = "approved", "已批准"
    DECLINED = "declined", "未批准"
    WITHDRAWN = "withdrawn", "已撤回"
