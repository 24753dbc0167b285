"""What waits of the people of draws: to be decided on, and to go on with once somebody decided (A10.1)."""

from collections.abc import Iterator

from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.states import OFFICER_ROLES
from mingqian.casework.procedure import Todo
from mingqian.drawing.people.selectors import people_decided_for, people_waiting_for
from mingqian.drawing.people.states import PeopleState


def people_todos(user: User) -> Iterator[Todo]:
    """Tell who decides what waits, and who prepares the draw what was decided."""
    for row in people_waiting_for(user):
        url = reverse("drawing:people-decide", args=[row.pk])
        detail = f"{row.asked_by} 提请：{row.ground}"
        yield Todo(f"审定人员方案：{row.task.title}", detail, "待审批", "soon", "去审批", url)
    if not user.has_role(*OFFICER_ROLES):
        return
    for row, draft in people_decided_for(user):
        who = f"{row.decided_as} {row.decided_by}"
        if row.state == PeopleState.APPROVED:
            url = reverse("drawing:draft-seal", args=[draft.pk])
            yield Todo(f"人员方案已审定：{draft.title}", f"{who}已批准", "已审定", "done", "去封存", url)
        else:
            url = reverse("drawing:draft-people", args=[draft.pk])
            yield Todo(f"人员方案未批准：{draft.title}", f"{who}：{row.remark}", "未批准", "soon", "去修改", url)
