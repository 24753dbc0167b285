"""Asking for a plan's year to be reckoned, and seeing how far it is and whether it still holds (A8.2)."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from mingqian.accounts.models import User
from mingqian.accounts.states import READER_ROLES
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.planning import tasks
from mingqian.planning.models import Plan, PlanVersion, YearPreview
from mingqian.planning.states import YearPhase
from mingqian.planning.year_gathering import books_digest, entries_for, plan_digest
from mingqian.planning.year_running import BROKEN, fail
from mingqian.registry.services import is_dead

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


@dataclass(frozen=True)
class Standing:
    """The last reckoning of a plan's year, None where there is none, and what has changed since."""

    preview: YearPreview | None
    plan_changed: bool = False
    books_changed: bool = False

    @property
    def has_result(self) -> bool:
        """Say whether there is something to show."""
        return self.preview is not None and self.preview.result is not None

    @property
    def stale(self) -> bool:
        """Say whether the result is of something else than what stands now."""
        return self.plan_changed or self.books_changed


def standing_of(plan: Plan, version: PlanVersion | None = None) -> Standing:
    """Return how the reckoning of a plan's year stands; of a version, or of everything under way."""
    found = YearPreview.objects.filter(plan=plan, version=version).select_related("asked_by", "plan__organ", "version")
    preview = found.first()
    if preview is None or preview.result is None:
        return Standing(preview)
    entries = entries_for(plan, version)
    return Standing(
        preview,
        preview.plan_digest != plan_digest(plan, entries),
        preview.books_digest != books_digest(plan),
    )
