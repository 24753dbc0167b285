"""The only writers of the working-day calendar. Nothing that was published is ever changed here."""

from collections.abc import Callable

from django.db import IntegrityError, transaction

from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.ledger import services as ledger
from mingqian.rules.calendar.notices import Reading, differences, read_notice
from mingqian.rules.calendar.selectors import calendar_for, spans_of, versions_of_year
from mingqian.rules.models import CalendarYear

#: Who keeps the calendar, in the organ that stands above all others of this installation.
CALENDAR_ROLES = (Role.SYSTEM_ADMIN, Role.REGULATIONS_OFFICER)
#: Years that a notice may be published for.
YEARS = (2004, 2100)
#: What follows a publication, in its transaction: called with the actor.
_followers: list[Callable[[str], object]] = []


def when_published(follow: Callable[[str], object]) -> None:
    """Let something follow every publication of a year; called once when the project starts."""
    if follow not in _followers:
        _followers.append(follow)


def may_keep_calendar(user: User) -> bool:
    """Say whether `user` publishes the calendar, which is one for the whole installation."""
    return user.has_role(*CALENDAR_ROLES) and user.organ.parent_id is None


def _refuse_idle(reading: Reading, reason: str) -> None:
    """Raise DomainError where a year that is known is changed without a reason, or in nothing."""
    known = calendar_for([reading.year])
    if not known.is_published(reading.year):
        return
    if not reason:
        raise DomainError(f"{reading.year}年的放假安排已经有了，更正须写明理由。")
    if not differences(reading, known):
        raise DomainError("与现行安排完全一致，无需再公布。")


@transaction.atomic
def publish_year(user: User, *, year: int, basis: str, text: str, version: int, reason: str = "") -> CalendarYear:
    """Publish what the State Council's notice says about a year; it wins over the library from now on, and limits that waited for it move.

    `version` is the number that the user saw coming. Raise DomainError where the notice contradicts itself, changes a known year without
    a reason, changes nothing, or where somebody else published meanwhile.
    """
    if not may_keep_calendar(user):
        raise NotAllowedError("放假安排由最上级机关的系统管理员或综合法规科经办人维护。")
    if not YEARS[0] <= year <= YEARS[1]:
        raise DomainError(f"年份应在 {YEARS[0]} 至 {YEARS[1]} 之间。")
    reading = read_notice(text, year)
    if reading.problems:
        raise DomainError(f"通知内容有 {len(reading.problems)} 处问题，请先改正：{reading.problems[0]}")
    last = versions_of_year(year).first()
    coming = 1 + (last.version if last else 0)
    if coming != version:
        raise DomainError("在您打开之后，已有人公布了这一年的新版本，请核对后重新办理。")
    _refuse_idle(reading, reason)
    row = CalendarYear(
        year=year,
        version=version,
        basis=basis,
        text=text,
        off=spans_of(reading.off),
        work=spans_of(reading.work),
        reason=reason,
        published_by=user,
        published_at=clock.now(),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError("在您打开之后，已有人公布了这一年的新版本，请核对后重新办理。") from error
    # Before the entry of the publication: whoever ends a limit locks it first and the ledger last.
    for follow in _followers:
        follow(user.actor)
    details = {"version": version, "off": row.off, "work": row.work, "reason": reason}
    ledger.record(user.actor, "calendar.publish", row.ledger_subject, rows=[row], details=details)
    return row
