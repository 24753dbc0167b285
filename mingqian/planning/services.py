"""The only writers of the law library and the item list, gathered: `laws`, `drafting`, `listing`, `bringing_in`."""

from mingqian.planning.drafting import (
    ItemValues,
    check_bases,
    draft_change,
    draft_item,
    drop,
    hindrances,
    join,
    save_draft,
    send_back,
    submit,
)
from mingqian.planning.laws import EditionValues, add_law, amend_law, link_title, repeal_law
from mingqian.planning.listing import compose, publish, send_back_list

__all__ = [
    "EditionValues",
    "ItemValues",
    "add_law",
    "amend_law",
    "check_bases",
    "compose",
    "draft_change",
    "draft_item",
    "drop",
    "hindrances",
    "join",
    "link_title",
    "publish",
    "repeal_law",
    "save_draft",
    "send_back",
    "send_back_list",
    "submit",
]
