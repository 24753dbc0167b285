"""What is missing on file of opened draws (art. 9)."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.casework.procedure import Todo
from mingqian.common import clock
from mingqian.drawing.media.selectors import is_late, without_media

_MOST = 10


def media_todos(user: User) -> Iterator[Todo]:
    """Ask for pictures or video of draws that have none, by the end of the next working day (A9.4)."""
    for missing in islice(without_media(user), _MOST):
        state, tone = ("已逾期", "overdue") if is_late(missing) else ("待补传", "soon")
        yield Todo(
            f"补传照片或录像：{missing.draw.title}",
            "抽取过程应当拍照或者录像，并存档备查（第九条）。",
            state,
            tone,
            "去上传",
            reverse("drawing:draw", args=[missing.draw.code]) + "?tab=media",
            datetime.combine(missing.due, datetime.max.time(), clock.LAW_ZONE).replace(microsecond=0),
        )
