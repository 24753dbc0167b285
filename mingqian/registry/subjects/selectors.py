"""Reading subjects, conditions on them, and what belongs to them: libraries, permits, flags, exemptions, changes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404

from mingqian.accounts.models import Organ, User
from mingqian.accounts.states import READER_ROLES
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.registry.districts import UNKNOWN
from mingqian.registry.models.changes import SubjectChange
from mingqian.registry.models.libraries import Library
from mingqian.registry.models.parts import Exemption, Flag, Permit
from mingqian.registry.models.subjects import Subject
from mingqian.registry.organs import organ_to_read
from mingqian.registry.several import BAR
from mingqian.registry.subjects.states import SubjectKind, SubjectStatus


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


def subjects_of(organ: Organ) -> QuerySet[Subject]:
    """Return the organ's subject registry, by number; duplicates that were merged into another are not in it any more."""
    return Subject.objects.filter(organ=organ, merged_into__isnull=True).order_by("number")


def subjects_visible_to(user: User, organ_code: str = "") -> QuerySet[Subject]:
    """Return the subjects that `user` may see: those of the own organ, or of one below it to look into (A4.2)."""
    if not user.has_role(*READER_ROLES):
        return Subject.objects.none()
    return subjects_of(organ_to_read(user, organ_code))


def subject_for(user: User, number: str, organ_code: str = "") -> Subject:
    """Return the subject, a merged duplicate too, or raise Http404 where it is not for `user` to know.

    Pages that change one name no other organ.
    """
    found = Subject.objects.filter(organ=organ_to_read(user, organ_code)).select_related("organ", "merged_into")
    subject = found.filter(number=number).first() if user.has_role(*READER_ROLES) else None
    if subject is None:
        raise Http404("没有找到这个抽查对象，或它不属于您的机关。")
    return subject


def why_out(subject: Subject) -> str:
    """Return the code with which a subject takes no part in a draw (`out:CODE`), "" where it takes part (art. 6, 17)."""
    if subject.merged_into_id is not None:
        return "merged"
    return "" if subject.status == SubjectStatus.ACTIVE else subject.status


#: Columns that are asked for whole.
_WHOLE = (
    ("district", "districts"),
    ("kind", "kinds"),
    ("company_type", "company_types"),
    ("status", "statuses"),
    ("number", "numbers"),
    ("scale", "scales"),
    ("credit_class", "credit_classes"),
)
#: Columns that hold several names.
_LISTS = ("fields", "libraries", "tags")


@dataclass(frozen=True)
class SubjectCriteria:
    """Conditions on the registry, all of which a subject must meet; an empty one asks nothing, of several values one is enough.

    `text` is looked for in name, number, address, responsible person and scope of business. `industries` are sections or longer codes
    (C, C26, C2611). `flags`, `exempt` and `permit` speak of one day; `permit_expired` asks for a permit that has run out, of the name
    `permit` where one is given.
    """

    districts: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    company_types: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    text: str = ""
    numbers: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    scales: tuple[str, ...] = ()
    credit_classes: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    established_from: date | None = None
    established_to: date | None = None
    scope: str = ""
    flags: tuple[str, ...] = ()
    exempt: bool | None = None
    permit: str = ""
    permit_expired: bool = False
    missing: tuple[str, ...] = ()
    merged: bool = False

    @property
    def speaks_of_a_day(self) -> bool:
        """Say whether the answer also hangs on what stands beside the subjects, and on the day."""
        return bool(self.flags or self.exempt is not None or self.permit or self.permit_expired or self.scope)

    @property
    def asks(self) -> bool:
        """Say whether anything is asked at all."""
        return any(
            getattr(self, field.name) not in {(), "", None, False} or self.exempt is False for field in fields(self)
        )


def _in_force(on: date) -> Q:
    return Q(withdrawn_why="", since__lte=on) & (Q(until__isnull=True) | Q(until__gte=on))


def plain(criteria: SubjectCriteria, on: date) -> Q:
    """Return the conditions that the registry and its index share: all but `text`, `scope`, `missing` and `merged`."""
    asked = Q()
    for column, name in _WHOLE:
        values = getattr(criteria, name)
        if values:
            asked &= Q(**{f"{column}__in": values})
    for column in _LISTS:
        asked &= _any(Q(**{f"{column}__contains": f"{BAR}{value}{BAR}"}) for value in getattr(criteria, column))
    asked &= _any(Q(industry__startswith=code) for code in criteria.industries)
    if criteria.established_from:
        asked &= Q(established_on__gte=criteria.established_from)
    if criteria.established_to:
        asked &= Q(established_on__lte=criteria.established_to)
    return asked & _beside(criteria, on)


def _any(conditions: Iterable[Q]) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found


def _beside(criteria: SubjectCriteria, on: date) -> Q:
    """Return the conditions on flags, exemptions and permits."""
    asked = Q()
    if criteria.flags:
        flags = Flag.objects.filter(_in_force(on), kind__in=criteria.flags)
        asked &= Q(pk__in=flags.order_by().values("subject"))
    if criteria.exempt is not None:
        exempt = Q(pk__in=Exemption.objects.filter(_in_force(on)).order_by().values("subject"))
        asked &= exempt if criteria.exempt else ~exempt
    if criteria.permit or criteria.permit_expired:
        held = Permit.objects.filter(withdrawn_why="")
        held = held.filter(name=criteria.permit) if criteria.permit else held
        held = held.filter(until__lt=on) if criteria.permit_expired else held.filter(_in_force(on))
        asked &= Q(pk__in=held.order_by().values("subject"))
    return asked


def stands_empty(name: str) -> Q:
    """Return the condition under which a column of the registry stands empty."""
    if name == "credit_code":
        return Q(credit_code__isnull=True) & ~Q(kind=SubjectKind.PERSON)
    if name == "id_number":
        return Q(id_number_digest__isnull=True, kind=SubjectKind.PERSON)
    if name == "phone":
        return Q(phone_box__isnull=True)
    if name == "established_on":
        return Q(established_on__isnull=True)
    return Q(district__in=("", UNKNOWN)) if name == "district" else Q(**{name: ""})


def matching(subjects: QuerySet[Subject], criteria: SubjectCriteria, on: date | None = None) -> QuerySet[Subject]:
    """Return the subjects that meet `criteria` on a day (today), read from the registry itself.

    A draw's pool is built by this and never by the search index: whoever damages the index damages no draw.
    """
    subjects = subjects.filter(plain(criteria, on or clock.today()), merged_into__isnull=not criteria.merged)
    for name in criteria.missing:
        subjects = subjects.filter(stands_empty(name))
    if criteria.scope:
        subjects = subjects.filter(business_scope__contains=criteria.scope)
    for word in criteria.text.split():
        anywhere = Q()
        for name in ("name", "number", "address", "responsible_person", "business_scope"):
            anywhere |= Q(**{f"{name}__icontains": word})
        subjects = subjects.filter(anywhere)
    return subjects


def refuse_merged(subject: Subject) -> None:
    """Raise DomainError where the subject was merged into another: its record is closed."""
    if subject.merged_into is not None:
        raise DomainError(f"本对象已并入 {subject.merged_into.number}，不能再修改，请到并入的对象上办理。")
