"""What waits in this room beside the steps of its procedures: who to change, whom to train, what was decided on, drafts to go on with."""

from collections.abc import Iterator

from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.states import OFFICER_ROLES
from mingqian.casework.procedure import Todo
from mingqian.drawing.changes.selectors import crossings_to_settle
from mingqian.drawing.draft.selectors import drafts_visible_to
from mingqian.drawing.people.selectors import people_decided_for
from mingqian.drawing.people.states import PeopleState
from mingqian.drawing.training.selectors import trainings_to_record


def drawing_todos(user: User) -> Iterator[Todo]:
    """Yield what whoever carries draws is to see to."""
    if not user.has_role(*OFFICER_ROLES):
        return
    for draw, count in crossings_to_settle(user):
        url = reverse("drawing:draw", args=[draw.code])
        detail = f"检查组里有 {count} 处利害关系或不能参加的人员，检查之前办理变更（第十一条）"
        yield Todo(f"更换检查人员：{draw.title}", detail, "待办理", "overdue", "去办理", url)
    for draw, count in trainings_to_record(user):
        url = reverse("drawing:trainings", args=[draw.code])
        detail = f"检查组里有 {count} 名其他科室的人员尚未登记业务培训（第十条）"
        yield Todo(f"业务培训：{draw.title}", detail, "待登记", "soon", "去登记", url)
    for row, draft in people_decided_for(user):
        who = f"{row.decided_as} {row.decided_by}"
        if row.state == PeopleState.APPROVED:
            url = reverse("drawing:draft-seal", args=[draft.pk])
            yield Todo(f"人员方案已审定：{draft.title}", f"{who}已批准", "已审定", "done", "去封存", url)
        else:
            url = reverse("drawing:draft-people", args=[draft.pk])
            yield Todo(f"人员方案未批准：{draft.title}", f"{who}：{row.remark}", "未批准", "soon", "去修改", url)
    for draft in drafts_visible_to(user):
        url = reverse("drawing:draft-pool", args=[draft.pk])
        yield Todo(f"准备抽取：{draft.title}", f"任务编号 {draft.task_number}", "草稿", "plain", "继续", url)
