"""Which subjects look like one and the same: the same name, or the same address with the same responsible person (A6.1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from mingqian.accounts.models import Organ
from mingqian.registry.models import Subject
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
    named, placed = ([keys for keys in found.values() if len(keys) > 1] for found in (by_name, by_place))
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


def _read(keys: Sequence[int]) -> dict[int, Subject]:
    found: dict[int, Subject] = {}
    for start in range(0, len(keys), 500):
        found |= Subject.objects.in_bulk(keys[start : start + 500])
    return found


def _ordered(subjects: list[Subject]) -> list[Subject]:
    return sorted(subjects, key=lambda subject: (subject.credit_code is None, subject.number))
