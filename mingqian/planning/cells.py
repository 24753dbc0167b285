"""Days and ratios as cells and sentences have them."""

from datetime import datetime

from django.utils import timezone


def day_cell(value: datetime | None) -> str:
    """Return the day of a moment, "" where there is none."""
    return f"{timezone.localtime(value):%Y-%m-%d}" if value else ""


def percent(ratio: int | None) -> str:
    """Write basis points.

    >>> percent(500), percent(1250), percent(None)
    ('5%', '12.5%', '')
    """
    if ratio is None:
        return ""
    whole, rest = divmod(ratio, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"
