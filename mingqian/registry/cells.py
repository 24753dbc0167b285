"""Days and times as a workbook's cells have them."""

from datetime import date, datetime

from django.utils import timezone


def time_cell(value: datetime | None) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}" if value else ""


def day_cell(value: date | None) -> str:
    return value.isoformat() if value else ""
