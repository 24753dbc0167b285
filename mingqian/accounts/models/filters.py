"""Filters that users keep."""

from django.db import models
from django.db.models import Q

from mingqian.accounts.models.users import User


class SavedFilter(models.Model):
    """Filters of a list that a user keeps under a name.

    Not on the ledger: a convenience of one person, which decides nothing and which nobody else sees.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="saved_filters", verbose_name="用户")
    #: Name of the list's address, one of `pages.listing.kept_lists`.
    page = models.CharField("列表", max_length=60)
    name = models.CharField("名称", max_length=30)
    query = models.CharField("条件", max_length=1000)
    is_default = models.BooleanField("打开列表时使用", default=False)

    class Meta:
        """A name once for a list; at most one is used by itself."""

        verbose_name = "常用筛选"
        ordering = ("page", "name")
        constraints = (
            models.UniqueConstraint(fields=("user", "page", "name"), name="accounts_filter_name"),
            models.UniqueConstraint(
                fields=("user", "page"), condition=Q(is_default=True), name="accounts_filter_default"
            ),
        )

    def __str__(self) -> str:
        """Return the name."""
        return self.name
