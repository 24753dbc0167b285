"""The only writers of the law library and the item list, gathered: `laws`, `drafting`, `listing`, `bringing_in`."""

from mingqian.planning.drafting import (
    ItemValues,
    check_bases,
    draft_change,
    draft_item,
    drop,
    hindrances,
    join,
    may_join,
    save_draft,
    send_back,
    submit,
)
from mingqian.planning.laws import EditionValues, add_law, amend_law, link_title, repeal_law
from mingqian.planning.listing import compose, publish, send_back_list
from mingqian.planning.special import Drawn, SpecialValues, note_drawn, record_special, withdraw_special

__all__ = [
    "Drawn",
    "EditionValues",
    "ItemValues",
    "SpecialValues",
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
    "may_join",
    "note_drawn",
    "publish",
    "record_special",
    "repeal_law",
    "save_draft",
    "send_back",
    "send_back_list",
    "submit",
    "withdraw_special",
]
