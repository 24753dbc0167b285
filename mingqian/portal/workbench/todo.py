"""Something that waits for a user."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Todo:
    """Something that waits for the user."""

    title: str
    detail: str
    state: str
    tone: str
    action: str
    url: str
    due: datetime | None = None
