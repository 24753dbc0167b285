"""Which subjects look like one and the same: the same name, or the same address with the same responsible person (A6.1).

What somebody found to be two is on record with the reason, and does not come up again until that is taken back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import Http404

from mingqian.accounts.models import Organ, User
from mingqian.accounts.states import READER_ROLES
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.common.text import clean
from mingqian.ledger import services as ledger
from mingqian.registry.guards import check_officer, key_of_subject
from mingqian.registry.models import Distinct, Subject
from mingqian.registry.search_writing import fold
from mingqian.registry.selectors import subjects_of

SAME_NAME_PLACE, SAME_NAME, SAME_PLACE = "同名同址", "同名", "同址同负责人"


@dataclass(frozen=True)
class Group:
    """Subjects that look like one, the one with a code first, and why."""

    why: str
    subjects: Sequence[Subject]

    @property
    def pairs(self) -> list[tuple[Subject, Subject]]:
        """Return the first one with each of the others."""
        return [(self.subjects[0], other) for other in self.subjects[1:]]


def likely_duplicates(organ: Organ) -> list[Group]:
    """Return the groups, the surest first. Width, case, blanks and signs do not tell two apart; one group a set of subjects."""
    by_name: dict[str, list[int]] = {}
    by_place: dict[str, list[int]] = {}
    rows = subjects_of(organ).values_list("pk", "name", "address", "responsible_person")
    for key, name, address, responsible in rows.iterator(5000):
        by_name.setdefault(fold(name), []).append(key)
        place, person = fold(address), fold(responsible)
        if len(place) > 5 and person:
            by_place.setdefault(f"{place}\n{person}", []).append(key)
    apart = {frozenset(pair) for pair in distinct_in(organ).values_list("one", "other")}
    named, placed = (
        [group for keys in found.values() if len(keys) > 1 for group in _together(keys, apart)]
        for found in (by_name, by_place)
    )
    known = _read([key for keys in (*named, *placed) for key in keys])
    groups = []
    for subjects in ([known[key] for key in keys] for keys in named):
        same = len({fold(subject.address) for subject in subjects}) == 1 and subjects[0].address
        groups.append(Group(SAME_NAME_PLACE if same else SAME_NAME, _ordered(subjects)))
    placed_ones = [[known[key] for key in keys] for keys in placed]
    groups += [
        Group(SAME_PLACE, _ordered(subjects))
        for subjects in placed_ones
        if len({fold(subject.name) for subject in subjects}) > 1
    ]
    order = (SAME_NAME_PLACE, SAME_NAME, SAME_PLACE)
    return sorted(groups, key=lambda group: (order.index(group.why), group.subjects[0].number))


def _together(keys: list[int], apart: set[frozenset[int]]) -> Iterator[list[int]]:
    """Yield the parts of a group that hang together by pairs not found to be two; one that stands alone is no group."""
    left = list(keys)
    while left:
        part, reached = [], [left.pop(0)]
        while reached:
            key = reached.pop()
            part.append(key)
            near = [other for other in left if frozenset((key, other)) not in apart]
            reached += near
            left = [other for other in left if other not in set(near)]
        if len(part) > 1:
            yield sorted(part)


def distinct_in(organ: Organ) -> QuerySet[Distinct]:
    """Return the pairs of an organ's subjects that were found to be two, newest first."""
    return Distinct.objects.filter(one__organ=organ, withdrawn_why="").select_related("one", "other")


def distinct_pair(one: Subject, other: Subject) -> Distinct | None:
    """Return what says that the two are two, None where nothing does."""
    first, second = sorted((one.pk, other.pk))
    return Distinct.objects.filter(one=first, other=second, withdrawn_why="").first()


def distinct_for(user: User, pk: int) -> Distinct:
    """Return the finding, or raise Http404 where it is not for `user` to know."""
    found = distinct_in(user.organ).filter(pk=pk).first() if user.has_role(*READER_ROLES) else None
    if found is None:
        raise Http404("没有找到这条认定，或它已经撤销。")
    return found


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


def _read(keys: Sequence[int]) -> dict[int, Subject]:
    found: dict[int, Subject] = {}
    for start in range(0, len(keys), 500):
        found |= Subject.objects.in_bulk(keys[start : start + 500])
    return found


def _ordered(subjects: list[Subject]) -> list[Subject]:
    return sorted(subjects, key=lambda subject: (subject.credit_code is None, subject.number))
