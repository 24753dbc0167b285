"""States of a request to void a draw or a change of one."""

from django.db import models

from mingqian.pages.tones import toned


@toned(PENDING="soon", APPROVED="done")
class VoidState(models.TextChoices):
    """Life of a request to void."""

    PENDING = "pending", "待审批"
    APPROVED = "approved", "已批准"
    DECLINED = "declined", "未批准"
