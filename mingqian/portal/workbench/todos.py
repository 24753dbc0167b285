"""What waits for a user, and what the office must not forget: read from the rooms below, never stored."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.states import OFFICER_ROLES, Role
from mingqian.casework.clocks.selectors import clock_todos
from mingqian.casework.procedure import Todo, procedures
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.documents.imports.selectors import import_todos
from mingqian.drawing.selectors import drawing_todos
from mingqian.portal.workbench.plans import plan_todos
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
        *(todo for procedure in procedures() for todo in procedure.todos(user)),
        *import_todos(user),
        *drawing_todos(user),
        *plan_todos(user),
        *clock_todos(user),
    ]
    if user.has_role(*OFFICER_ROLES):
        found += [
            *_certificates(user),
        ]
    return [*found, *_rules(user), *_calendar(user)]


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
