"""Days as a workbook's cells have them."""

from datetime import datetime

from django.utils import timezone


def day_cell(value: datetime | None) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d}" if value else ""
