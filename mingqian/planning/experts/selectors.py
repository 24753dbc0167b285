"""Reading who comes along to the visits of a task."""

from django.db.models import Q, QuerySet
from django.http import Http404

from mingqian.accounts.models import User
from mingqian.casework.procedure import Step
from mingqian.planning.experts.procedure import EXPERTS, LIVE
from mingqian.planning.experts.states import HelperState
from mingqian.planning.models.experts import TaskExpert
from mingqian.planning.models.tasks import Task
from mingqian.planning.tasks.selectors import task_for
from mingqian.registry.models import Expert

_WITH = ("task", "expert", "asked_by", "decided_by")


def experts_asked(user: User, task: Task) -> list[tuple[TaskExpert, list[Step[TaskExpert]]]]:
    """Return everybody asked for, in the order of asking, each with the steps that `user` may take."""
    live = task.state in LIVE
    return [(row, EXPERTS.open_to(user, row) if live else []) for row in _asked(task)]


def _asked(task: Task) -> QuerySet[TaskExpert]:
    return task.experts.select_related(*_WITH).order_by("asked_at", "pk")


def experts_on(task: Task | None) -> list[TaskExpert]:
    """Return those agreed to: who comes along."""
    return [] if task is None else list(_asked(task).filter(state=HelperState.APPROVED))


def task_expert_for(user: User, code: str, pk: int) -> TaskExpert:
    """Return one, or raise Http404."""
    found = _asked(task_for(user, code)).filter(pk=pk).first()
    if found is None:
        raise Http404("没有找到这项辅助检查人员的申请。")
    return found


def experts_to_choose(task: Task) -> QuerySet[Expert]:
    """Return the experts whose qualification covers the task's window, and who were not asked for yet; none where the task is over."""
    if task.state not in LIVE:
        return Expert.objects.none()
    covers = Q(valid_from__isnull=True) | Q(valid_from__lte=task.since)
    covers &= Q(valid_until__isnull=True) | Q(valid_until__gte=task.until)
    held = task.experts.filter(state__in=(HelperState.PENDING, HelperState.APPROVED)).values("expert")
    return Expert.objects.filter(covers, organ=task.organ, active=True).exclude(pk__in=held).order_by("number")
