"""What waits of joint visits and early warnings (A12.1, A12.2): counted, for a draw may bring many at once."""

from collections.abc import Iterator

from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.states import OFFICER_ROLES
from mingqian.casework.procedure import Todo
from mingqian.drawing.joint.selectors import parts_waiting_for, settlements_waiting_for, visits_to_settle
from mingqian.drawing.warnings.selectors import warnings_to_answer, warnings_to_decide


def joint_todos(user: User) -> Iterator[Todo]:
    """Tell the divisions what they are to answer, to propose, to give a reason for, to confirm."""
    if user.has_role(*OFFICER_ROLES):
        yield from _joint(user)
        yield from _warnings(user)
    if count := warnings_to_decide(user).count():
        url = f"{reverse('drawing:warnings')}?state=answered&division={user.division.code if user.division else ''}"
        yield Todo(f"{count} 条预警的理由待确认", "确认，或者退回重新说明。", "待确认", "soon", "去确认", url)


def _joint(user: User) -> Iterator[Todo]:
    waiting = parts_waiting_for(user)
    if waiting:
        first = waiting[0].visit
        url = reverse("drawing:joint", args=[first.code]) if len(waiting) == 1 else _list("answer=waiting", user)
        text = "其他科室在同一时段也抽到，进一次门、查多项事（第十二条）。"
        yield Todo(f"答复联合检查：{_named(first.subject.name, len(waiting))}", text, "待答复", "soon", "去答复", url)
    asked = settlements_waiting_for(user)
    for row in asked[:5]:
        url = reverse("drawing:joint", args=[row.visit.code])
        who = row.part.division.name if row.part else "综合法规科"
        yield Todo(f"答复组长方案：{row.visit.subject.name}", f"{who}提议", "待答复", "soon", "去答复", url)
    settling = list(visits_to_settle(user)[:100])
    if settling:
        url = reverse("drawing:joint", args=[settling[0].code]) if len(settling) == 1 else _list("state=agreed", user)
        text = settling[0].reopened_why or "各科室已同意联合检查，请提议组长和检查日期。"
        title = f"商定联合检查组长：{_named(settling[0].subject.name, len(settling))}"
        yield Todo(title, text, "待商定", "soon", "去商定", url)


def _warnings(user: User) -> Iterator[Todo]:
    rows = warnings_to_answer(user)
    if count := rows.count():
        url = f"{reverse('drawing:warnings')}?state=asked&division={user.division.code if user.division else ''}"
        if count == 1 and (only := rows.first()) is not None:
            url = reverse("drawing:warning", args=[only.pk])
        text = "检查过密、同一人员反复检查同一对象的，说明理由并存档（第十二条）。"
        yield Todo(f"{count} 条预警待说明理由", text, "待说明", "soon", "去说明", url)


def _named(name: str, count: int) -> str:
    return name if count == 1 else f"{name}等 {count} 家"


def _list(asked: str, user: User) -> str:
    code = user.division.code if user.division else ""
    return f"{reverse('drawing:joint-list')}?{asked}&division={code}"
