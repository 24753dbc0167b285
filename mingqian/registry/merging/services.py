"""Merging duplicates (A6.1): one subject goes on, the other points to it for ever; nothing is deleted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from mingqian.accounts.models import User
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.common.text import clean
from mingqian.ledger import services as ledger
from mingqian.ledger.models import Recorded
from mingqian.pages.versions import version_of
from mingqian.registry import registers
from mingqian.registry.guards import check_officer, key_of_subject
from mingqian.registry.merging.selectors import distinct_pair
from mingqian.registry.models.changes import SubjectChange
from mingqian.registry.models.inspectors import Interest
from mingqian.registry.models.merging import Distinct
from mingqian.registry.models.parts import Exemption, Flag, Permit
from mingqian.registry.models.subjects import Subject
from mingqian.registry.parts.services import in_short
from mingqian.registry.parts.values import Part, kind_of
from mingqian.registry.search import services as search_services
from mingqian.registry.several import joined, split
from mingqian.registry.states import RegisterKind
from mingqian.registry.subjects.log import TITLES, changes_since, snapshot

#: Fields of which the value of either may stay. Codes are not among them: the survivor keeps its own.
CHOSEN = (
    "name",
    "kind",
    "district",
    "address",
    "responsible_person",
    "phone_box",
    "company_type",
    "capital",
    "established_on",
    "business_scope",
    "status",
    "industry",
    "scale",
    "credit_class",
    "fields",
    "libraries",
    "tags",
)
#: Of these, both values may stay together.
LISTS = frozenset({"fields", "libraries", "tags"})
_PICKS = frozenset({"survivor", "loser", "both"})


def pair_version(one: Subject, other: Subject) -> str:
    """Return what changes with every change of either subject."""
    return ":".join(sorted((version_of(one), version_of(other))))


def check_pair(loser: Subject, survivor: Subject) -> None:
    """Raise DomainError where the one cannot be merged into the other: itself, a chain, a cycle, a code that would be lost."""
    if loser.pk == survivor.pk:
        raise DomainError("不能把一个对象并入它自己，请选择两个不同的对象。")
    for one, word in ((loser, "被并入的对象"), (survivor, "保留的对象")):
        if one.merged_into is not None:
            into = one.merged_into
            raise DomainError(f"{word} {one.number} 已经并入 {into.number}（{into.name}），请改选 {into.number}。")
    apart = distinct_pair(loser, survivor)
    if apart is not None:
        raise DomainError(
            f"这两个对象已认定不是同一对象（{apart.why}）。确属同一对象的，请先在“疑似重复”页面撤销认定。"
        )
    if loser.credit_code and not survivor.credit_code:
        raise DomainError("被并入的对象有统一社会信用代码而保留的没有，请改为保留有代码的一方。")
    if loser.id_number_digest and not survivor.id_number_digest:
        raise DomainError("被并入的对象登记了身份证号码而保留的没有，请改为保留登记了身份证号码的一方。")


@dataclass
class _Merge:
    """What a merge writes."""

    user: User
    loser: Subject
    survivor: Subject
    why: str
    at: datetime
    today: date

    def take_over(self, picks: Mapping[str, str]) -> list[SubjectChange]:
        """Give the survivor the values that were picked, and return what that changed."""
        before = snapshot(self.survivor)
        for name in CHOSEN:
            pick = picks.get(name, "survivor")
            if pick not in _PICKS or (pick == "both" and name not in LISTS):
                raise DomainError(f"请为“{TITLES[name]}”选择保留哪一个值。")
            if pick == "survivor":
                continue
            value = getattr(self.loser, name)
            if pick == "both":
                value = joined((*split(getattr(self.survivor, name)), *split(value)))
            setattr(self.survivor, name, value)
            if name == "phone_box":
                self.survivor.phone_digest = self.loser.phone_digest
            if name == "name":
                self.survivor.initials = self.loser.initials
            if name == "status":
                self.survivor.status_since = self.loser.status_since
        return self._log(before, self.survivor, f"合并 {self.loser.number}：{self.why}")

    def _log(self, before: Any, subject: Subject, why: str) -> list[SubjectChange]:
        return changes_since(before, subject, by=self.user.actor, at=self.at, why=why)

    def point(self) -> tuple[list[Subject], list[SubjectChange]]:
        """Let the loser, and all that were merged into it, point to the survivor: never a chain."""
        pointing = [self.loser, *self.loser.merged.select_related("organ")]
        changes = []
        for subject in pointing:
            before = snapshot(subject)
            subject.merged_into = self.survivor
            changes += self._log(before, subject, self.why)
        return pointing, changes

    def copied_parts(self) -> list[Part]:
        """Return unsaved copies for the survivor of what the loser holds now or later, and the survivor does not."""
        found: list[Part] = []
        going_on = Q(until__isnull=True) | Q(until__gte=self.today)
        for model in (Permit, Flag, Exemption):
            parts: Any = model._default_manager
            for part in parts.filter(going_on, subject=self.loser, withdrawn_why=""):
                there = parts.filter(subject=self.survivor, withdrawn_why="", **kind_of(part).same_as(part))
                # A permit's number stands once; a flag or an exemption that lasts longer is not covered by a shorter one.
                longest = Q() if isinstance(part, Permit) else _lasting(part.until)
                if not there.filter(longest).exists():
                    found.append(_copy(part, subject=self.survivor, recorded_by=self.user.actor, recorded_at=self.at))
        return found

    def copied_interests(self) -> list[Interest]:
        """Return unsaved copies of interests in the loser, so that the recusal holds for the survivor."""
        going_on = Q(until__isnull=True) | Q(until__gte=self.today)
        own = Interest.objects.filter(subject=self.survivor)
        return [
            _copy(row, subject=self.survivor, recorded_by=self.user.actor, recorded_at=self.at)
            for row in Interest.objects.filter(going_on, subject=self.loser)
            # One of the survivor's own that begins later or ends earlier would leave days on which nothing keeps the two apart.
            if not own.filter(
                _lasting(row.until), inspector=row.inspector_id, kind=row.kind, since__lte=max(row.since, self.today)
            ).exists()
        ]


def _lasting(until: date | None) -> Q:
    """Return the condition of what goes on until that day at least."""
    return Q(until__isnull=True) | Q(until__gte=until) if until is not None else Q(until__isnull=True)


def _copy(row: Any, **changes: Any) -> Any:
    """Return an unsaved row with the values of `row` but `changes`."""
    values = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }
    copied = type(row)(**values)
    for name, value in changes.items():
        setattr(copied, name, value)
    return copied


def _save(rows: Iterable[Recorded]) -> None:
    for row in rows:
        row.save()


def merge(
    user: User, loser: Subject, survivor: Subject, *, picks: Mapping[str, str], why: str, seen: str = ""
) -> Subject:
    """Merge `loser` into `survivor` for ever, and return the survivor.

    `picks` says for each field of CHOSEN whose value stays (`survivor`, `loser`; for LISTS also `both`); one that is not named stays the
    survivor's. What the loser holds and what keeps inspectors from it is copied for the survivor. Raise DomainError where the two do not
    go together, or where one was changed after `seen`.
    """
    organ = survivor.organ
    check_officer(user, loser.organ)
    if not why:
        raise DomainError("请填写合并的理由，例如：同一企业重复登记。")
    with registers.writing(user, organ, RegisterKind.SUBJECTS) as act:
        people = registers.take(organ, RegisterKind.INSPECTORS)
        both = Subject.objects.select_related("organ", "merged_into").in_bulk([loser.pk, survivor.pk])
        loser, survivor = both[loser.pk], both[survivor.pk]
        check_pair(loser, survivor)
        if seen and seen != pair_version(loser, survivor):
            raise DomainError("在您核对期间，他人已经改动了其中一个对象，请重新核对后再合并。")
        work = _Merge(user, loser, survivor, why, clock.now(), clock.today())
        changes = work.take_over(picks)
        pointing, pointed = work.point()
        parts, interests = work.copied_parts(), work.copied_interests()
        _save((survivor, *pointing, *changes, *pointed, *parts, *interests))
        search_services.index([survivor, *pointing])
        registers.turn(people)
        fields = [
            ["并入本对象", "", f"{loser.number} {loser.name}"],
            *(["由被并入的对象转来", "", in_short(part)] for part in parts),
            *(["由被并入的对象转来", "", "利害关系"] for _row in interests),
        ]
        rows = [survivor, *changes, *parts, *interests, people]
        act.record("subject.merge", key_of_subject(organ, survivor.number), rows, fields, why=why)
        details = {"why": why, "fields": [["并入", "", f"{survivor.number} {survivor.name}"]]}
        key = key_of_subject(organ, loser.number)
        ledger.record(user.actor, "subject.merge", key, rows=[*pointing, *pointed], details=details)
    return survivor


def keep_apart(user: User, one: Subject, other: Subject, *, why: str) -> Distinct:
    """Put on record that two subjects are two, and why."""
    check_officer(user, one.organ)
    check_officer(user, other.organ)
    if one.pk == other.pk:
        raise DomainError("请选择两个不同的对象。")
    first, second = sorted((one, other), key=lambda subject: subject.pk)
    why = _reason(why, "请填写认定不是同一对象的理由，例如：核对营业执照，是两家单位。")
    row = Distinct(one=first, other=second, why=why, recorded_by=user.actor, recorded_at=clock.now())
    try:
        with transaction.atomic():
            row.save()
            _record(user, row, "subject.distinct", why)
    except IntegrityError as error:
        raise DomainError("这两个对象已经认定不是同一对象。") from error
    return row


@transaction.atomic
def take_back(user: User, row: Distinct, *, why: str) -> Distinct:
    """Take a finding back: the pair may come up again."""
    row = (
        Distinct.objects.select_for_update(no_key=True, of=("self",))
        .select_related("one__organ", "other")
        .get(pk=row.pk)
    )
    check_officer(user, row.one.organ)
    if row.withdrawn_why:
        raise DomainError("这条认定已经撤销。")
    row.withdrawn_why = _reason(why, "请填写撤销认定的理由。")
    row.save()
    _record(user, row, "subject.distinct-withdraw", row.withdrawn_why)
    return row


def _reason(why: str, empty: str) -> str:
    why = clean(why)
    if not why:
        raise DomainError(empty)
    if len(why) > 200:
        raise DomainError("理由太长，请压缩到 200 字以内。")
    return why


def _record(user: User, row: Distinct, verb: str, why: str) -> None:
    """Note it with both subjects, so that the history of each tells it."""
    for subject, partner, rows in ((row.one, row.other, [row]), (row.other, row.one, [])):
        details = {"why": why, "fields": [["不是同一对象", "", f"{partner.number} {partner.name}"]]}
        ledger.record(user.actor, verb, key_of_subject(row.one.organ, subject.number), rows=rows, details=details)
