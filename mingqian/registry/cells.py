"""Days and times as a workbook's cells have them."""

from datetime import date, datetime

from django.utils import timezone


def time_cell(value: datetime | None) -> str:
    """Return a moment by the second, "" where there is none."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}" if value else ""


def day_cell(value: date | None) -> str:
    """Return a day in ISO form, "" where there is none."""
    return value.isoformat() if value else ""
