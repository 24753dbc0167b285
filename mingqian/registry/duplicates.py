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
    by_name: dict[str, list[Subject]] = {}
    by_place: dict[str, list[Subject]] = {}
    wanted = ("number", "name", "address", "responsible_person", "credit_code", "district", "kind", "status", "organ")
    for subject in subjects_of(organ).only(*wanted).iterator(5000):
        by_name.setdefault(fold(subject.name), []).append(subject)
        place, person = fold(subject.address), fold(subject.responsible_person)
        if len(place) > 5 and person:
            by_place.setdefault(f"{place}\n{person}", []).append(subject)
    groups = []
    for subjects in by_name.values():
        if len(subjects) > 1:
            same = len({fold(subject.address) for subject in subjects}) == 1 and subjects[0].address
            groups.append(Group(SAME_NAME_PLACE if same else SAME_NAME, _ordered(subjects)))
    groups += [
        Group(SAME_PLACE, _ordered(subjects))
        for subjects in by_place.values()
        if len(subjects) > 1 and len({fold(subject.name) for subject in subjects}) > 1
    ]
    order = (SAME_NAME_PLACE, SAME_NAME, SAME_PLACE)
    return sorted(groups, key=lambda group: (order.index(group.why), group.subjects[0].number))


def _ordered(subjects: list[Subject]) -> list[Subject]:
    return sorted(subjects, key=lambda subject: (subject.credit_code is None, subject.number))
