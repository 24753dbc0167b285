"""What waits for a user, and what the office must not forget: read from the rooms below, never stored."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.states import OFFICER_ROLES, Role
from mingqian.casework.procedure import Todo, procedures
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.drawing.draft.selectors import drafts_visible_to
from mingqian.drawing.draw.selectors import draws_visible_to, is_officer, void_requests_for
from mingqian.drawing.draw.states import LIVE, DrawState
from mingqian.portal.workbench.changes import change_todos
from mingqian.portal.workbench.joint import joint_todos
from mingqian.portal.workbench.media import media_todos
from mingqian.portal.workbench.people import people_todos
from mingqian.portal.workbench.plans import plan_todos
from mingqian.registry.imports.selectors import imports_waiting
from mingqian.registry.imports.states import ImportState
from mingqian.registry.people.selectors import inspectors_visible_to
from mingqian.rules.calendar.selectors import current_calendar
from mingqian.rules.calendar.services import may_keep_calendar
from mingqian.rules.sets.selectors import rule_set_for

#: The State Council announces next year's holidays in November.
_NOTICE_MONTH = 11
#: So long before a certificate ends its holder's division is reminded.
_NOTICE = timedelta(days=60)


def todos_for(user: User) -> list[Todo]:
    """Return what waits for `user`, the most urgent kinds first."""
    found = [
        *_voids(user),
        *change_todos(user),
        *people_todos(user),
        *joint_todos(user),
        *(todo for procedure in procedures() for todo in procedure.todos(user)),
        *plan_todos(user),
    ]
    if user.has_role(*OFFICER_ROLES):
        found += [
            *_live_draws(user),
            *media_todos(user),
            *_imports(user),
            *_drafts(user),
            *_certificates(user),
        ]
    return [*found, *_rules(user), *_calendar(user)]


def _voids(user: User) -> Iterator[Todo]:
    for request in void_requests_for(user):
        yield Todo(
            f"审批作废申请：{request.draw.title}",
            f"{request.asked_by} 申请，理由：{request.reason}",
            "待审批",
            "soon",
            "去审批",
            reverse("drawing:void-decide", args=[request.draw.code, request.pk]),
            request.draw.open_by,
        )


def _live_draws(user: User) -> Iterator[Todo]:
    for draw in draws_visible_to(user).filter(organ=user.organ, state__in=LIVE).order_by("open_by"):
        if not is_officer(user, draw):
            continue
        closed = draw.state == DrawState.CLOSED
        url = reverse("drawing:open" if closed else "drawing:draw", args=[draw.code])
        state, tone = ("超期未开签", "overdue") if draw.overdue else ("待开签" if closed else "待献数", "sealed")
        title = f"{'开签' if closed else '组织献数'}：{draw.title}"
        yield Todo(title, draw.draw_id, state, tone, "去办理", url, draw.open_by)


def _imports(user: User) -> Iterator[Todo]:
    for batch in imports_waiting(user):
        ready = batch.state == ImportState.READY
        yield Todo(
            f"{'确认导入' if ready else '正在处理'}：{batch.file_name}",
            f"{batch.number}，{batch.total:,} 行",
            str(batch.get_state_display()),
            "soon" if ready else "plain",
            "去确认" if ready else "查看进度",
            reverse("registry:import", args=[batch.number]),
        )


def _drafts(user: User) -> Iterator[Todo]:
    for draft in drafts_visible_to(user):
        url = reverse("drawing:draft-pool", args=[draft.pk])
        yield Todo(f"准备抽取：{draft.title}", f"任务编号 {draft.scope}", "草稿", "plain", "继续", url)


def _certificates(user: User) -> Iterator[Todo]:
    """Remind of certificates that end soon or have ended: without one nobody may be drawn (art. 7)."""
    today = clock.today()
    people = inspectors_visible_to(user).filter(organ=user.organ, on_establishment=True, enforcement_post=True)
    url = reverse("registry:drawable")
    gone = people.filter(valid_until__lt=today).count()
    soon = people.filter(valid_until__gte=today, valid_until__lte=today + _NOTICE).count()
    if gone:
        text = "过期的不能抽取（第七条）。已换证的请登记新的有效期，不再执法的请改为不在执法岗位。"
        yield Todo(f"{gone} 人的执法证已过期", text, "已过期", "overdue", "去查看", url)
    if soon:
        text = f"{_NOTICE.days} 天内到期，请提醒换证并登记新的有效期。"
        yield Todo(f"{soon} 人的执法证即将到期", text, "将到期", "soon", "去查看", url)


def _rules(user: User) -> Iterator[Todo]:
    """Remind of a regulation past its last day: it is applied on, with a remark, until another one is approved (art. 22)."""
    if not user.has_role(Role.REGULATIONS_OFFICER):
        return
    try:
        rules = rule_set_for(user.organ, clock.today())
    except DomainError as error:
        yield Todo("没有可用的规则集", str(error), "缺少", "overdue", "去办理", reverse("rules:sets"))
        return
    if rules.expired:
        detail = "；".join(rules.remarks)
        yield Todo("细则已过有效期，待续期或另立", detail, "已过期", "soon", "去办理", reverse("rules:current"))


def _calendar(user: User) -> Iterator[Todo]:
    """Remind of next year's holidays once they have been announced; limits that reach into a year without them are provisional."""
    if not may_keep_calendar(user):
        return
    today = clock.today()
    calendar = current_calendar()
    years = [today.year, *([today.year + 1] if today.month >= _NOTICE_MONTH else [])]
    for year in years:
        if not calendar.is_published(year):
            yield Todo(
                f"录入 {year} 年放假安排",
                "国务院办公厅公布后录入。录入前，落在该年的办理期限都是暂定的。",
                "暂定",
                "overdue" if year == today.year else "soon",
                "去录入",
                reverse("rules:calendar-edit", args=[year]),
                datetime.combine(date(year, 1, 1), datetime.min.time(), clock.LAW_ZONE),
            )
