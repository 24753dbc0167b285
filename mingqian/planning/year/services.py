"""Asking for a plan's year to be reckoned (A8.2)."""

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from mingqian.accounts.models import User
from mingqian.accounts.states import READER_ROLES
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.common.processes import is_dead
from mingqian.planning.models.plans import Plan, PlanVersion
from mingqian.planning.models.year import YearPreview
from mingqian.planning.year import tasks
from mingqian.planning.year.inputs import entries_for
from mingqian.planning.year.measurement import BROKEN, fail
from mingqian.planning.year.states import YearPhase

#: A worker on another machine, or a hung one, is given up after this long without a note; the exact part gives none.
_SILENCE = timedelta(minutes=10)
_PATIENCE = timedelta(hours=1)


def ask_year(user: User, plan: Plan, version: PlanVersion | None = None) -> YearPreview:
    """Have the year of a plan reckoned in the background: as a version would leave it, or with everything under way.

    One that is being reckoned is not begun again. Raise DomainError where there is nothing to reckon.
    """
    if not user.has_role(*READER_ROLES) or user.organ_id != plan.organ_id:
        raise NotAllowedError("年度测算由本机关的经办人、科室负责人和领导使用（第四条）。")
    if not entries_for(plan, version):
        raise DomainError("计划还没有条目，没有可以测算的内容。请先起草条目（第八条）。")
    give_up_dead(plan)
    with transaction.atomic():
        Plan.objects.select_for_update(no_key=True, of=("self",)).get(pk=plan.pk)
        now = timezone.now()
        fresh = {"phase": YearPhase.WAITING, "done": 0, "total": 0, "worker": "", "phase_at": now, "beat_at": now}
        asked = {"asked_by": user, "asked_at": clock.now(), "message": ""}
        found = YearPreview.objects.filter(plan=plan, version=version).first()
        if found is not None and found.busy:
            return found
        preview, _new = YearPreview.objects.update_or_create(plan=plan, version=version, defaults=fresh | asked)
        transaction.on_commit(partial(tasks.measure_year.enqueue, preview.pk))
    return preview


def give_up_dead(plan: Plan) -> None:
    """Mark reckonings whose worker has died, and those that none has taken up for an hour; the page that shows them calls it."""
    for preview in YearPreview.objects.filter(plan=plan).exclude(phase__in=(YearPhase.ENDED, YearPhase.FAILED)):
        silent = timezone.now() - preview.beat_at
        if preview.phase == YearPhase.WAITING:
            if silent > _PATIENCE:
                fail(preview, "后台程序一直没有开始处理。请联系系统管理员检查后台程序是否在运行，然后重新测算。")
        elif is_dead(preview.worker) or silent > _SILENCE:
            fail(preview, BROKEN)
