"""States of exclusions by hand, and why a subject is in a pool or out of it."""

from django.db import models

from mingqian.pages.tones import toned


@toned(PENDING="soon", APPROVED="done", DECLINED="sealed:void")
class ExclusionState(models.TextChoices):
    """Life of a wish to keep a subject out of a task by hand: somebody asks with a reason, a leader decides."""

    PENDING = "pending", "待审批"
    APPROVED = "approved", "已批准"
    DECLINED = "declined", "未批准"
    WITHDRAWN = "withdrawn", "已撤回"


class PoolCode(models.TextChoices):
    """Why a subject takes no part in a task's draw, beside the states of its business: the CODE of `out:CODE`."""

    CAP = "yearly-cap", "本年度同一事项已达抽查次数上限"
    ELSEWHERE = "drawn-elsewhere", "同一时段已被其他科室抽取，予以避开"
    EXCLUDED = "excluded", "经批准人工排除"
