"""What waits of the changes of draws: to be decided on, to be sealed, to be opened (art. 9 to 12)."""

from collections.abc import Iterator

from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.states import OFFICER_ROLES
from mingqian.casework.procedure import Todo
from mingqian.drawing.changes.selectors import changes_to_make, crossings_to_settle, waiting_for as changes_waiting_for
from mingqian.drawing.training.selectors import trainings_to_record


def change_todos(user: User) -> Iterator[Todo]:
    """Tell who decides, and who carries the draw's work, what is next."""
    for row in changes_waiting_for(user):
        url = reverse("drawing:change-decide", args=[row.draw.code, row.serial])
        detail = f"{row.asked_by} 申请：{row.get_kind_display()}，{row.public_reason}（{row.article}）"
        yield Todo(f"审批变更申请：{row.draw.title}", detail, "待审批", "soon", "去审批", url)
    if not user.has_role(*OFFICER_ROLES):
        return
    for row in changes_to_make(user):
        url = reverse("drawing:change", args=[row.draw.code, row.serial])
        state, tone = ("超期未开签", "overdue") if row.overdue else (str(row.get_state_display()), "sealed")
        yield Todo(f"办理变更：{row.draw.title}", str(row.get_kind_display()), state, tone, "去办理", url, row.open_by)
    for draw, count in crossings_to_settle(user):
        url = reverse("drawing:draw", args=[draw.code])
        detail = f"检查组里有 {count} 处利害关系或不能参加的人员，检查之前办理变更（第十一条）"
        yield Todo(f"更换检查人员：{draw.title}", detail, "待办理", "overdue", "去办理", url)
    for draw, count in trainings_to_record(user):
        url = reverse("drawing:trainings", args=[draw.code])
        detail = f"检查组里有 {count} 名其他科室的人员尚未登记业务培训（第十条）"
        yield Todo(f"业务培训：{draw.title}", detail, "待登记", "soon", "去登记", url)
