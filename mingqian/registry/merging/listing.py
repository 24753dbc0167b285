"""The list of likely duplicates: a page shows groups, a file their subjects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mingqian.pages.listing import Empty, Listing, in_file
from mingqian.registry.merging.selectors import Group, likely_duplicates
from mingqian.registry.models.subjects import Subject


@dataclass(frozen=True)
class Likely:
    """A group with its place in the list, and one of its subjects (the first where it is shown as a whole)."""

    place: int
    group: Group
    subject: Subject


def _rows(user: Any, _asked: Mapping[str, Any]) -> Sequence[Likely]:
    groups = likely_duplicates(user.organ)
    return [Likely(place, group, group.subjects[0]) for place, group in enumerate(groups, 1)]


DUPLICATE_LIST: Listing[Likely] = Listing(
    name="registry:duplicates",
    title="疑似重复",
    sub="名称相同，或地址和负责人都相同的对象。逐组对比，确属同一对象的合并；不是的写明理由，不再列出。",
    unit="组",
    rows=_rows,
    beside=lambda _user, rows: f"{sum(len(row.group.subjects) for row in rows):,} 家",
    spread=lambda row: [replace(row, subject=subject) for subject in row.group.subjects],
    empty=Empty("没有疑似重复的对象", "名录库里没有同名的，也没有同址同负责人的。", "check"),
    template="registry/merging/duplicates.html",
    keeps_filters=False,
    columns=(
        in_file("组", lambda row: str(row.place), 8),
        in_file("疑似原因", lambda row: row.group.why, 16),
        in_file("登记号", lambda row: row.subject.number, 22),
        in_file("名称", lambda row: row.subject.name, 36),
        in_file("地址", lambda row: row.subject.address, 44),
        in_file("负责人", lambda row: row.subject.responsible_person, 10),
        in_file("登记状态", lambda row: row.subject.get_status_display(), 10),
    ),
)
