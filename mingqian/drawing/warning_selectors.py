"""Reading early warnings: lists, what waits for whom, counts by kind for statistics."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from mingqian.accounts.models import Organ, User
from mingqian.accounts.selectors import organs_below
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES, Role
from mingqian.common import clock
from mingqian.drawing.joint_states import WarningKind, WarningState
from mingqian.drawing.models import Draw, EarlyWarning


def warnings_visible_to(user: User) -> QuerySet[EarlyWarning]:
    """Return the warnings of the user's organ and of those below it, newest first (art. 4)."""
    if not user.has_role(*READER_ROLES):
        return EarlyWarning.objects.none()
    rows = EarlyWarning.objects.filter(organ__in=organs_below(user.organ))
    return rows.select_related("organ", "division", "draw__task", "subject", "answered_by", "decided_by")


def warning_for(user: User, pk: int) -> EarlyWarning:
    """Return the warning, or raise Http404 where it is not for `user` to know."""
    found = warnings_visible_to(user).filter(pk=pk).first()
    if found is None:
        raise Http404("没有找到这条预警，或它不属于您的机关。")
    return found


def warnings_of(draw: Draw) -> QuerySet[EarlyWarning]:
    """Return the warnings about a draw, by subject."""
    return draw.early_warnings.select_related("subject", "division", "answered_by", "decided_by").order_by(
        "subject__number", "kind", "inspector"
    )


def filtered_warnings(
    user: User, *, query: str, kind: str, state: str, division: str, draw: str
) -> QuerySet[EarlyWarning]:
    """Return the warnings that a list's filters leave."""
    rows = warnings_visible_to(user)
    for word in query.split():
        rows = rows.filter(
            Q(subject__name__icontains=word)
            | Q(subject__number__icontains=word)
            | Q(inspector_name__icontains=word)
            | Q(draw__draw_id__icontains=word)
        )
    wanted = {"kind": kind, "state": state, "division__code": division, "draw__code": draw}
    return rows.filter(**{name: value for name, value in wanted.items() if value})


def warnings_to_answer(user: User) -> QuerySet[EarlyWarning]:
    """Return the warnings for which the user's own division is to give a reason."""
    if not user.division_id or not user.has_role(*OFFICER_ROLES):
        return EarlyWarning.objects.none()
    return EarlyWarning.objects.filter(organ=user.organ, division=user.division_id, state=WarningState.ASKED)


def warnings_to_decide(user: User) -> QuerySet[EarlyWarning]:
    """Return the warnings whose reason the user is to confirm: as head of the division; leaders may as well, but are not asked to."""
    if not user.has_role(Role.DIVISION_HEAD):
        return EarlyWarning.objects.none()
    rows = EarlyWarning.objects.filter(organ=user.organ, division=user.division_id, state=WarningState.ANSWERED)
    return rows.exclude(answered_by=user)


def warning_counts(organs: Iterable[Organ], since: date, until: date) -> dict[str, dict[str, int]]:
    """Return kind → state → how many warnings were found between two days, both counted, zeros too; for statistics."""
    begin = datetime.combine(since, time(), clock.LAW_ZONE)
    end = datetime.combine(until + timedelta(days=1), time(), clock.LAW_ZONE)
    rows = EarlyWarning.objects.filter(organ__in=list(organs), found_at__gte=begin, found_at__lt=end).order_by()
    found = {str(kind): dict.fromkeys(map(str, WarningState.values), 0) for kind in WarningKind.values}
    for kind, state, count in rows.values_list("kind", "state").annotate(count=Count("pk")):
        found[kind][state] = count
    return found
