"""Reading what belongs to subjects: libraries, permits, flags, exemptions, changes; and what rooms above ask of them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404

from mingqian.accounts.models import Organ, User
from mingqian.accounts.states import READER_ROLES
from mingqian.registry.models import Exemption, Flag, Library, Permit, Subject, SubjectChange


def in_force(on: date) -> Q:
    """Return the condition under which something with a period holds on a date."""
    return Q(withdrawn_why="", since__lte=on) & (Q(until__isnull=True) | Q(until__gte=on))


def flags_on(organ: Organ, on: date) -> dict[str, list[str]]:
    """Return the kinds of flags in force on a date, by the subject's number; for a higher ratio and beyond the cap (A12.3)."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = Flag.objects.filter(in_force(on), subject__organ=organ, subject__merged_into__isnull=True)
    for number, kind in rows.order_by().values_list("subject__number", "kind"):
        found[number].add(kind)
    return {number: sorted(kinds) for number, kinds in sorted(found.items())}


def exemptions_on(organ: Organ, on: date) -> dict[str, Exemption]:
    """Return the exemption in force on a date, by the subject's number; of several the one that began last (A9.2)."""
    rows = Exemption.objects.filter(in_force(on), subject__organ=organ, subject__merged_into__isnull=True)
    return {
        row.subject.number: row for row in rows.select_related("subject").order_by("subject__number", "since", "pk")
    }


@dataclass(frozen=True)
class Parts:
    """What stands beside a subject, each with whether it holds on the day."""

    permits: list[tuple[Permit, bool]]
    flags: list[tuple[Flag, bool]]
    exemptions: list[tuple[Exemption, bool]]

    @property
    def flags_in_force(self) -> list[Flag]:
        """Return the flags that hold."""
        return [row for row, holds in self.flags if holds]

    @property
    def exemption(self) -> Exemption | None:
        """Return the exemption that holds, None where none does."""
        return next((row for row, holds in self.exemptions if holds), None)


def parts_of(subject: Subject, on: date) -> Parts:
    """Return everything beside a subject, withdrawn and past ones included."""
    return Parts(
        permits=[(row, row.covers(on)) for row in subject.permits.all()],
        flags=[(row, row.covers(on)) for row in subject.flags.all()],
        exemptions=[(row, row.covers(on)) for row in subject.exemptions.all()],
    )


def libraries_of(organ: Organ) -> QuerySet[Library]:
    """Return the organ's libraries, by code."""
    return Library.objects.filter(organ=organ).order_by("code")


def changes_of(subject: Subject) -> QuerySet[SubjectChange]:
    """Return the log of a subject's fields, newest first."""
    return SubjectChange.objects.filter(subject=subject)


def flags_visible_to(user: User) -> QuerySet[Flag]:
    """Return the flags of the own organ's subjects; those of a merged duplicate stand with the survivor."""
    if not user.has_role(*READER_ROLES):
        return Flag.objects.none()
    return Flag.objects.filter(subject__organ=user.organ, subject__merged_into__isnull=True).select_related("subject")


def exemptions_visible_to(user: User) -> QuerySet[Exemption]:
    """Return the exemptions of the own organ's subjects."""
    if not user.has_role(*READER_ROLES):
        return Exemption.objects.none()
    found = Exemption.objects.filter(subject__organ=user.organ, subject__merged_into__isnull=True)
    return found.select_related("subject")


def part_for(user: User, kind: str, pk: int) -> Permit | Flag | Exemption:
    """Return the permit, flag or exemption, or raise Http404 where it is not for `user` to know."""
    models: dict[str, type[Permit | Flag | Exemption]] = {"permit": Permit, "flag": Flag, "exemption": Exemption}
    found = (
        models[kind]._default_manager.filter(subject__organ=user.organ, pk=pk).select_related("subject__organ").first()
        if user.has_role(*READER_ROLES)
        else None
    )
    if found is None:
        raise Http404("没有找到这条记录，或它不属于您的机关。")
    return found


def library_for(user: User, code: str) -> Library:
    """Return the library, or raise Http404 where it is not for `user` to know."""
    found = libraries_of(user.organ).filter(code=code).first() if user.has_role(*READER_ROLES) else None
    if found is None:
        raise Http404("没有找到这个专项库，或它不属于您的机关。")
    return found


def find_subjects(organ: Organ, codes: Iterable[str]) -> dict[str, Subject]:
    """Return the subjects that bear `codes` (number, credit code or registration number), by the code that was asked.

    A code of a merged duplicate leads to the survivor.
    """
    wanted = set(codes)
    rows = Subject.objects.filter(organ=organ).select_related("organ", "merged_into__organ")
    asked = Q(number__in=wanted) | Q(credit_code__in=wanted) | Q(registration_number__in=wanted - {""})
    found = {}
    for subject in rows.filter(asked).order_by("-pk"):
        for code in {subject.number, subject.credit_code or "", subject.registration_number} & wanted:
            found[code] = subject.merged_into or subject
    return found
