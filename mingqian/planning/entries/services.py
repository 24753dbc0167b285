"""Writers of a plan's entries: drafted by a division, joined by the other side (会同), never by one of the authors (art. 8)."""

from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

from mingqian.accounts.models import Division, Organ, User
from mingqian.accounts.states import DivisionKind, Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.ledger import services as ledger
from mingqian.pages import versions
from mingqian.planning import joint_review
from mingqian.planning.entries import conditions
from mingqian.planning.entries.checks import hindrances, kind_of
from mingqian.planning.entries.selectors import estimate, items_of, listed_items
from mingqian.planning.entries.states import FlagMode, QuotaMode, Stratify
from mingqian.planning.items.states import OPEN_STATES, REVISION_MOVES, ChangeKind, RevisionState
from mingqian.planning.joint_review import PLAN, refuse_unless_drafter
from mingqian.planning.models.plans import EntryRevision, Plan, PlanEntry

MOST_ITEMS = 20
MOST_WINDOWS = 12


@dataclass
class EntryValues:
    """What an officer writes of an entry; `items` and `partners` are codes, `windows` pairs of days, both counted."""

    title: str
    items: list[str] = field(default_factory=list)
    criteria: dict[str, Any] = field(default_factory=dict)
    stratify: str = Stratify.DISTRICT
    quota_mode: str = QuotaMode.RATIO
    quota_value: int = 500
    quotas: dict[str, int] = field(default_factory=dict)
    flag_mode: str = FlagMode.LOTS
    flag_value: int = 2
    windows: list[tuple[date, date]] = field(default_factory=list)
    partners: list[str] = field(default_factory=list)
    partner_organs: str = ""
    team_size: int = 2
    lead_present: bool = False
    ratio_why: str = ""
    why: str = ""


def _check_closed_lists(organ: Organ, values: EntryValues, division: Division) -> None:
    """Refuse what no form offers."""
    wrong = (
        values.stratify not in Stratify.values
        or values.quota_mode not in QuotaMode.values
        or values.flag_mode not in FlagMode.values
    )
    if wrong:
        raise DomainError("提交的选项不在可选范围内，请刷新页面重新选择。")
    if values.quota_mode == QuotaMode.RATIO and not 1 <= values.quota_value <= 10000:
        raise DomainError("抽查比例应大于 0、不超过 100%，请改正。")
    if values.quota_mode == QuotaMode.NUMBER and values.quota_value < 0:
        raise DomainError("抽查数量不能是负数，请改正。")
    if values.flag_mode == FlagMode.LOTS and not 2 <= values.flag_value <= 9:
        raise DomainError("一家多签的签数应在 2 到 9 之间，请改正。")
    if values.flag_mode == FlagMode.STRATUM and not 1 <= values.flag_value <= 10000:
        raise DomainError("重点监管对象层的比例应大于 0、不超过 100%，请改正。")
    if len(values.items) > MOST_ITEMS or len(values.windows) > MOST_WINDOWS:
        raise DomainError(f"一个条目最多 {MOST_ITEMS} 个事项、一年 {MOST_WINDOWS} 次，请减少。")
    known = set(Division.objects.filter(organ=organ).values_list("code", flat=True))
    if not set(values.partners) <= known or division.code in values.partners:
        raise DomainError("联合科室应是本机关的其他科室，请重新选择。")


def _apply(revision: EntryRevision, organ: Organ, division: Division, values: EntryValues) -> None:
    _check_closed_lists(organ, values, division)
    for one in fields(values):
        if one.name not in {"criteria", "windows"}:
            setattr(revision, one.name, getattr(values, one.name))
    revision.division = division
    revision.criteria = conditions.check(values.criteria)
    revision.windows = [
        {"since": since.isoformat(), "until": until.isoformat()} for since, until in sorted(values.windows)
    ]
    listed = listed_items(organ)
    strangers = [code for code in values.items if code not in listed]
    if strangers:
        raise DomainError(f"事项 {strangers[0]} 不在现行的抽查事项清单上，不能列入计划（第二条）。")
    revision.kind = kind_of([listed[code] for code in values.items])
    revision.estimated = revision.estimated_draw = revision.estimated_on = None


def scratch_of(user: User, plan: Plan, values: EntryValues) -> EntryRevision:
    """Return an entry as `values` would make it, saved nowhere: to count what it would meet."""
    division = user.division or Division.objects.filter(organ=plan.organ, kind=DivisionKind.BUSINESS).first()
    if division is None:
        raise DomainError("本机关还没有业务科室，请先由管理员建立。")
    revision = EntryRevision(entry=PlanEntry(plan=plan))
    _apply(revision, plan.organ, division, replace(values, partners=[]))
    return revision


def _refuse_division(division: Division) -> None:
    if division.kind != DivisionKind.BUSINESS:
        raise DomainError("检查科室应是业务科室，请重新选择（第四条）。")


@transaction.atomic
def draft_entry(user: User, plan: Plan, division: Division, values: EntryValues) -> EntryRevision:
    """Draft a new entry; it gets its code, which stays."""
    refuse_unless_drafter(user, PLAN, division)
    _refuse_division(division)
    if plan.organ_id != user.organ_id:
        raise NotAllowedError("这是其他机关的计划，可以查看，不能办理（第四条）。")
    plan = Plan.objects.select_for_update(no_key=True, of=("self",)).select_related("organ").get(pk=plan.pk)
    serial = 1 + (PlanEntry.objects.filter(plan=plan).aggregate(last=Max("serial"))["last"] or 0)
    entry = PlanEntry(plan=plan, serial=serial, code=f"{plan.code}-P{serial}", created_at=clock.now())
    revision = EntryRevision(entry=entry, number=1, change=ChangeKind.NEW)
    revision.drafted_by, revision.drafted_at, revision.authors = user, clock.now(), [user.username]
    _apply(revision, plan.organ, division, values)
    entry.save()
    revision.entry = entry
    revision.save()
    details = {"title": values.title, "revision": 1}
    ledger.record(user.actor, "plan-entry.draft", entry.ledger_subject, rows=[entry, revision], details=details)
    return revision


#: What a change starts with, and what makes it one.
COPIED = (
    "title", "items", "kind", "criteria", "stratify", "quota_mode", "quota_value", "quotas", "flag_mode", "flag_value", "windows",
    "partners", "partner_organs", "team_size", "lead_present", "ratio_why",
)  # fmt: skip


@transaction.atomic
def draft_entry_change(user: User, published: EntryRevision, change: ChangeKind, *, why: str = "") -> EntryRevision:
    """Begin to change or withdraw a published entry: a further revision that starts with what stands."""
    refuse_unless_drafter(user, PLAN, published.division)
    entry = (
        PlanEntry.objects.select_for_update(no_key=True, of=("self",))
        .select_related("plan__organ")
        .get(pk=published.entry_id)
    )
    rows = entry.revisions.order_by("-number")
    if (under_way := rows.filter(state__in=OPEN_STATES).first()) is not None:
        raise DomainError(f"这个条目已有一份修订在办理（{under_way.get_state_display()}），请在那一份上继续。")
    last = rows.filter(state=RevisionState.PUBLISHED).first()
    if last is None or last.pk != published.pk or last.change == ChangeKind.WITHDRAW:
        raise DomainError("只能调整现行计划上的条目，请刷新页面查看最新一版。")
    if change == ChangeKind.NEW:
        raise DomainError("已公布的条目只能调整或取消。")
    if change == ChangeKind.WITHDRAW and not why:
        raise DomainError("取消计划条目须写明理由（第八条），请填写。")
    revision = EntryRevision(
        entry=entry, number=rows[0].number + 1, change=change, why=why, division=published.division
    )
    for name in COPIED:
        setattr(revision, name, getattr(published, name))
    revision.drafted_by, revision.drafted_at, revision.authors = user, clock.now(), [user.username]
    revision.save()
    details = {"title": revision.title, "revision": revision.number, "change": str(change), "why": why}
    ledger.record(user.actor, "plan-entry.draft", entry.ledger_subject, rows=[revision], details=details)
    return revision


_SAVED = (*(one.name for one in fields(EntryValues)), "kind", "division", "estimated", "estimated_draw", "estimated_on")


@transaction.atomic
def save_entry(
    user: User, revision: EntryRevision, values: EntryValues, *, division: Division | None = None, seen: str = ""
) -> EntryRevision:
    """Save a draft; whoever saves it is an author. Raise EditedMeanwhileError where it is not as `seen`, the version shown."""
    refuse_unless_drafter(user, PLAN, revision.division)
    division = division or revision.division
    refuse_unless_drafter(user, PLAN, division)
    _refuse_division(division)
    locked = _lock(revision)
    versions.check(seen, locked)
    if locked.change == ChangeKind.WITHDRAW:
        raise DomainError("取消的修订没有内容可改；不再取消的，请放弃这份修订。")
    scratch = EntryRevision(entry=locked.entry)
    _apply(scratch, locked.organ, division, values)
    changed = {name: getattr(scratch, name) for name in _SAVED}
    return _moved(user, locked, "change", authors=sorted({*locked.authors, user.username}), **changed)


def _lock(revision: EntryRevision) -> EntryRevision:
    rows = EntryRevision.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("entry__plan__organ", "division", "drafted_by__division").get(pk=revision.pk)


def _moved(user: User, revision: EntryRevision, verb: str, **changes: Any) -> EntryRevision:
    return ledger.move(
        user.actor,
        verb,
        revision,
        REVISION_MOVES,
        subject=revision.ledger_subject,
        entry_verb=f"plan-entry.{verb}",
        details={"revision": revision.number, "remark": str(changes.get("remark", ""))},
        **changes,
    )


def estimated(revision: EntryRevision) -> dict[str, Any]:
    """Return the estimate and the kind, by the registry and the list of today, as the row keeps them."""
    if revision.change == ChangeKind.WITHDRAW:
        return {}
    items = items_of(revision)
    found = estimate(revision, items)
    return {
        "kind": kind_of(items),
        "estimated": found.taking_part,
        "estimated_draw": found.to_draw,
        "estimated_on": found.on,
    }


@transaction.atomic
def submit_entry(user: User, revision: EntryRevision, *, seen: str = "") -> EntryRevision:
    """Send a draft to the other side for joining; the estimated numbers are kept with it (A8.1)."""
    refuse_unless_drafter(user, PLAN, revision.division)
    locked = _lock(revision)
    versions.check(seen, locked)
    if wrong := hindrances(locked):
        raise DomainError(" ".join(wrong))
    authors = sorted({*locked.authors, user.username})
    return _moved(user, locked, "submit", authors=authors, **estimated(locked))


@transaction.atomic
def drop_entry(user: User, revision: EntryRevision) -> EntryRevision:
    """Give a draft up; it stays readable."""
    refuse_unless_drafter(user, PLAN, revision.division)
    return _moved(user, _lock(revision), "drop")


def refuse_joining_entry(user: User, revision: EntryRevision) -> None:
    """Raise NotAllowedError unless `user` speaks for the other side and wrote nothing in it (art. 8: 会同)."""
    joint_review.refuse_joining(user, revision, revision.organ.pk, PLAN)


def may_join_entry(user: User, revision: EntryRevision) -> bool:
    """Say whether `user` speaks for the other side."""
    return joint_review.may_join(user, revision, revision.organ.pk, PLAN)


@transaction.atomic
def join_entry(user: User, revision: EntryRevision, *, remark: str = "", seen: str = "") -> EntryRevision:
    """Agree to a draft; it then waits for the next version of the plan."""
    refuse_joining_entry(user, revision)
    locked = _lock(revision)
    versions.check(seen, locked)
    if wrong := hindrances(locked):
        raise DomainError(" ".join(wrong))
    return _moved(user, locked, "join", joined_by=user, joined_at=clock.now(), remark=remark, **estimated(locked))


@transaction.atomic
def return_entry(user: User, revision: EntryRevision, *, remark: str) -> EntryRevision:
    """Return a draft to its authors, saying why; also one that was joined, as long as no leader has it before them."""
    if revision.state == RevisionState.JOINED:
        if not user.has_role(Role.REGULATIONS_OFFICER) or user.organ_id != revision.organ.pk:
            raise NotAllowedError("已会同的条目由综合法规科退回。")
    else:
        refuse_joining_entry(user, revision)
    if not remark:
        raise DomainError("退回修改须写明意见，请填写。")
    locked = _lock(revision)
    if locked.version_id is not None:
        raise DomainError("这份修订已编入报批的计划，请先由领导退回计划。")
    return _moved(user, locked, "return", remark=remark)
