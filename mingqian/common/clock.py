"""The one place where the platform asks what time it is, and how times are written."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone

#: The zone of law and of the page.
LAW_ZONE = ZoneInfo("Asia/Shanghai")
#: A *time* of the draw protocol: UTC, whole seconds.
PROTOCOL_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def now() -> datetime:
    """Return the present, aware, in UTC, cut to whole seconds."""
    return timezone.now().astimezone(UTC).replace(microsecond=0)


def today() -> date:
    """Return the present date in Asia/Shanghai, the date of law."""
    return timezone.localdate()


def end_of(day: date) -> datetime:
    """Return the last second of a day of law: until then it is kept."""
    return datetime.combine(day, time.max, LAW_ZONE).replace(microsecond=0)


def to_text(moment: datetime) -> str:
    """Write `moment` as the draw protocol does.

    >>> to_text(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
    '2026-03-02T01:00:00Z'
    """
    return moment.astimezone(UTC).strftime(PROTOCOL_FORMAT)


def from_text(text: str) -> datetime:
    """Read a time of the draw protocol; raise ValueError where it is none."""
    return datetime.strptime(text, PROTOCOL_FORMAT).replace(tzinfo=UTC)
