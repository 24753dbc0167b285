"""States of the versions of an item list."""

from django.db import models


class ListState(models.TextChoices):
    """Life of a version of the list: sent to a leader, published by the approval, or returned."""

    PENDING = "pending", "待领导批准"
    PUBLISHED = "published", "已公布"
    RETURNED = "returned", "已退回"


LIST_MOVES: dict[tuple[str, str], str] = {
    (ListState.PENDING, "publish"): ListState.PUBLISHED,
    (ListState.PENDING, "return"): ListState.RETURNED,
}
