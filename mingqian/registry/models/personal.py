"""Who looked at personal data in full, whose, and why (A20.1). Never what was seen."""

from django.db import models

from mingqian.accounts.models import Organ, User
from mingqian.ledger.models import Recorded
from mingqian.registry.personal.states import PersonalAct


class PersonalAccess(Recorded):
    """One look at a number in full, or one file with such numbers."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="personal_accesses", verbose_name="机关")
    user = models.ForeignKey(User, models.PROTECT, related_name="personal_accesses", verbose_name="查看人")
    at = models.DateTimeField("时间", db_index=True)
    act = models.CharField("方式", max_length=8, choices=PersonalAct)
    #: How the ledger names the thing: `subject/zibo/9137…`, or the list that was taken as a file.
    thing = models.CharField("对象", max_length=200)
    name = models.CharField("名称", max_length=200)
    columns = models.CharField("内容", max_length=60)
    reason = models.CharField("原因", max_length=200)
    filters = models.CharField("筛选条件", max_length=500, blank=True)
    count = models.PositiveIntegerField("人数", default=1)

    class Meta:
        """Newest first; never without a reason."""

        verbose_name = "查看个人信息记录"
        ordering = ("-at", "-pk")
        constraints = (models.CheckConstraint(condition=~models.Q(reason=""), name="registry_personal_reason"),)

    def __str__(self) -> str:
        """Say who, when, whose."""
        return f"{self.user} {self.at} {self.name}"
