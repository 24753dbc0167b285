"""Which subjects look like one and the same (A6.1); who has a hold on subjects in the rooms above."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404

from mingqian.accounts.models import Organ, User
from mingqian.accounts.states import READER_ROLES
from mingqian.registry.models.merging import Distinct
from mingqian.registry.models.subjects import Subject
from mingqian.registry.search.services import fold
from mingqian.registry.subjects.selectors import subjects_of

#: Returns sentences about the subjects with these numbers, [] where there is nothing to say.
Question = Callable[[Organ, frozenset[str]], list[str]]
_QUESTIONS: list[Question] = []


def add_claim(question: Question) -> None:
    """Let `question` be asked, once however often it is added."""
    if question not in _QUESTIONS:
        _QUESTIONS.append(question)


def claims_on(organ: Organ, numbers: Iterable[str]) -> list[str]:
    """Return what the rooms above say of subjects, in sentences for the clerk."""
    asked = frozenset(numbers)
    return [sentence for question in _QUESTIONS for sentence in question(organ, asked)]


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
    apart = {frozenset(pair) for pair in distinct_in(organ).values_list("one", "other")}
    named, placed = (_several(found, apart) for found in _alike(organ))
    groups = [_named(subjects) for subjects in named]
    groups += [group for subjects in placed if (group := _placed(subjects)) is not None]
    order = (SAME_NAME_PLACE, SAME_NAME, SAME_PLACE)
    return sorted(groups, key=lambda group: (order.index(group.why), group.subjects[0].number))


def _alike(organ: Organ) -> tuple[Iterable[list[int]], Iterable[list[int]]]:
    """Return the keys of subjects of one name, and those of one place and responsible person; single ones too."""
    by_name: dict[str, list[int]] = {}
    by_place: dict[str, list[int]] = {}
    rows = subjects_of(organ).values_list("pk", "name", "address", "responsible_person")
    for key, name, address, responsible in rows.iterator(5000):
        by_name.setdefault(fold(name), []).append(key)
        place, person = fold(address), fold(responsible)
        if len(place) > 5 and person:
            by_place.setdefault(f"{place}\n{person}", []).append(key)
    return by_name.values(), by_place.values()


def _several(found: Iterable[list[int]], apart: set[frozenset[int]]) -> list[list[Subject]]:
    """Return the subjects of those groups that have several, without the pairs found to be two."""
    groups = [group for keys in found if len(keys) > 1 for group in _together(keys, apart)]
    known = _read([key for keys in groups for key in keys])
    return [[known[key] for key in keys] for keys in groups]


def _named(subjects: list[Subject]) -> Group:
    same = len({fold(subject.address) for subject in subjects}) == 1 and subjects[0].address
    return Group(SAME_NAME_PLACE if same else SAME_NAME, _ordered(subjects))


def _placed(subjects: list[Subject]) -> Group | None:
    """Return the group, None where they bear one name: they are a group by that already."""
    several = len({fold(subject.name) for subject in subjects}) > 1
    return Group(SAME_PLACE, _ordered(subjects)) if several else None


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


def _read(keys: Sequence[int]) -> dict[int, Subject]:
    found: dict[int, Subject] = {}
    for start in range(0, len(keys), 500):
        found |= Subject.objects.in_bulk(keys[start : start + 500])
    return found


def _ordered(subjects: list[Subject]) -> list[Subject]:
    return sorted(subjects, key=lambda subject: (subject.credit_code is None, subject.number))
