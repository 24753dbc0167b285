"""The only writers of rule sets. Nothing that was approved is ever changed here."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from mingqian.accounts.models import Division, Organ, User
from mingqian.casework.numbers import next_number
from mingqian.casework.officers import refuse
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.rules.models import RuleSet
from mingqian.rules.sets.procedure import RULE_SETS, may_draft
from mingqian.rules.sets.resolution import refusals
from mingqian.rules.sets.selectors import above_of, own_in_force, rule_set_for, stated_of
from mingqian.rules.sets.states import Stated, StatedError
from mingqian.rules.states import SetKind
from mingqian.rules.wording import full_day


def _refuse_backwards(effective_from: date) -> None:
    """A change takes effect from a day to come, never backwards."""
    if effective_from <= clock.today():
        raise DomainError(f"生效日期{full_day(effective_from)}不晚于今天。规则不溯及既往，请选择明天或更晚的日期。")


def _check_period(effective_from: date, valid_until: date | None) -> None:
    _refuse_backwards(effective_from)
    if valid_until is not None and valid_until < effective_from:
        raise DomainError("有效期截止日期早于生效日期，请改正。")


def _check_stated(rule_set: RuleSet, effective_from: date, stated: Mapping[str, Stated]) -> None:
    """Refuse what the schema or the level above does not allow (A21.1)."""
    kind = SetKind(rule_set.kind)
    in_force = own_in_force(rule_set.organ, rule_set.division, effective_from)
    if kind == SetKind.REFINEMENT and in_force is not None and in_force.kind == SetKind.REGULATION:
        raise DomainError(f"本机关届时执行自有细则{in_force.title}，请以“自有细则”修订它，不能另作细化规定。")
    above = above_of(rule_set.organ, rule_set.division, effective_from)
    if wrong := refusals(stated, above, kind):
        raise StatedError(wrong)
    if kind == SetKind.REFINEMENT and not stated:
        raise StatedError({"": "还没有细化任何一项，请至少填写一项与上级规定不同的数值。"})


@transaction.atomic
def begin(
    user: User,
    *,
    division: Division | None,
    kind: SetKind,
    name: str,
    basis: str,
    why: str,
    effective_from: date,
    valid_until: date | None = None,
) -> RuleSet:
    """Begin a version of the rules of the user's organ or of one of its divisions.

    It starts with what the level states already, a regulation of one's own with every number in force, so that nothing gets lost.
    """
    refuse(may_draft(user, RuleSet(organ_id=user.organ_id)))
    if division is not None and kind == SetKind.REGULATION:
        raise DomainError("科室只能在本机关规定的基础上细化，不能另立自有细则（第二十一条）。")
    _check_period(effective_from, valid_until)
    organ = Organ.objects.select_for_update(no_key=True).get(pk=user.organ_id)
    serial = next_number(RuleSet.objects.filter(organ=organ), under=organ)
    rule_set = RuleSet(
        organ=organ,
        division=division,
        serial=serial,
        code=f"{organ.code}-{serial}",
        kind=kind,
        name=name,
        basis=basis,
        why=why,
        effective_from=effective_from,
        valid_until=valid_until,
        drafted_by=user,
        changed_by=user,
        drafted_at=clock.now(),
    )
    rule_set.stated = _first_stated(rule_set)
    return RULE_SETS.begin(user, rule_set, "draft", details={"name": name})


def _first_stated(rule_set: RuleSet) -> dict[str, dict[str, Any]]:
    on = rule_set.effective_from
    if rule_set.kind == SetKind.REGULATION:
        rules = rule_set_for(rule_set.organ, on)
        return {key: _plain(Stated(held.value, held.article)) for key, held in rules.held.items()}
    in_force = own_in_force(rule_set.organ, rule_set.division, on)
    if in_force is None or in_force.kind == SetKind.REGULATION:
        return {}
    return {key: _plain(stated) for key, stated in in_force.stated.items()}


def _plain(stated: Stated) -> dict[str, Any]:
    return {"value": stated.value, "article": stated.article, "reason": stated.reason}


@transaction.atomic
def change(
    user: User,
    rule_set: RuleSet,
    *,
    revision: int,
    stated: Mapping[str, Stated],
    name: str,
    basis: str,
    why: str,
    effective_from: date,
    valid_until: date | None = None,
) -> RuleSet:
    """Save a draft. What may not stand in it is refused, and nothing is saved.

    `revision` is that of the draft which the user saw; raise DomainError where somebody saved it since.
    """
    refuse(may_draft(user, rule_set))
    _check_period(effective_from, valid_until)
    _check_stated(rule_set, effective_from, stated)
    _lock_as_seen(rule_set, revision)
    return RULE_SETS.take(
        user,
        rule_set,
        "change",
        details={"revision": revision + 1},
        revision=revision + 1,
        stated={key: _plain(number) for key, number in stated.items()},
        changed_by=user,
        name=name,
        basis=basis,
        why=why,
        effective_from=effective_from,
        valid_until=valid_until,
    )


def _lock_as_seen(rule_set: RuleSet, revision: int) -> None:
    """Take the row, and refuse where it is not as the user saw it."""
    now = RuleSet.objects.select_for_update(no_key=True, of=("self",)).select_related("changed_by").get(pk=rule_set.pk)
    if now.revision != revision:
        raise DomainError(
            f"{now.changed_by}在您打开之后保存过这份草稿，您的操作没有执行。请另开一页核对最新内容后再办理。"
        )


@transaction.atomic
def submit(user: User, rule_set: RuleSet, *, revision: int) -> RuleSet:
    """Send a draft to a leader."""
    refuse(may_draft(user, rule_set))
    _lock_as_seen(rule_set, revision)
    _check_period(rule_set.effective_from, rule_set.valid_until)
    _check_stated(rule_set, rule_set.effective_from, stated_of(rule_set))
    return RULE_SETS.take(user, rule_set, "submit")


def drop(user: User, rule_set: RuleSet) -> RuleSet:
    """Give a draft up; it stays readable."""
    return RULE_SETS.take(user, rule_set, "drop")


@transaction.atomic
def decide(user: User, rule_set: RuleSet, *, revision: int, approve: bool, remark: str = "") -> RuleSet:
    """Let a leader who is not an author approve a version, or return it with a remark.

    At approval everything is checked once more, since the level above, or the day, may have moved on.
    """
    verb = "approve" if approve else "return"
    refuse(RULE_SETS.forbids(user, rule_set, verb))
    _lock_as_seen(rule_set, revision)
    if approve:
        _check_period(rule_set.effective_from, rule_set.valid_until)
        _check_stated(rule_set, rule_set.effective_from, stated_of(rule_set))
    details = {"effective_from": rule_set.effective_from.isoformat(), "stated": rule_set.stated}
    return RULE_SETS.take(user, rule_set, verb, remark=remark, details=details)
