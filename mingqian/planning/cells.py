"""Days as a workbook's cells have them."""

from datetime import datetime

from django.utils import timezone


def day_cell(value: datetime | None) -> str:
    """Return the day of a moment, "" where there is none."""
    return f"{timezone.localtime(value):%Y-%m-%d}" if value else ""
