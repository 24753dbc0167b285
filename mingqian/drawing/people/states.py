"""States of a request about who of the inspectors takes part in a draw, and how such a thing is said (art. 10, 11)."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from mingqian.pages.tones import toned


@toned(ASKED="soon", APPROVED="done")
class PeopleState(models.TextChoices):
    """Life of a request about the people of a draw. There is no way back."""

    ASKED = "asked", "待审批"
    APPROVED = "approved", "已审定"
    DECLINED = "declined", "未批准"
    WITHDRAWN = "withdrawn", "已撤回"


def clauses(told: Mapping[str, Any]) -> list[str]:
    """Say in words what departs from drawing the task's own division by lot; nobody who is left out is named (A20.1)."""
    own, said = told["home"], []
    if told["nobody"]:
        said.append("只抽对象，不抽人员")
    if told["divisions"]:
        names = "、".join(told["divisions"])
        said.append(f"{f'除{own}外，还' if told['own'] else ''}从{names}随机抽取人员（跨科室抽取）")
    if not told["own"]:
        said.append(f"不抽任务所属的{own}的人员")
    if told["left_out"]:
        total = sum(count for _reason, count in told["left_out"])
        counts = "、".join(f"{reason} {count} 人" for reason, count in told["left_out"])
        said.append(f"由经办人排除 {total} 人：{counts}")
    return said
