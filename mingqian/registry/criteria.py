"""Conditions on the subject registry: asked of the registry itself where a draw is made, of the search index where a list is shown."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

from django.db.models import Q, QuerySet

from mingqian.common import clock
from mingqian.registry.districts import UNKNOWN
from mingqian.registry.models import Exemption, Flag, Permit, Subject
from mingqian.registry.states import SubjectKind
from mingqian.registry.subject_models import BAR

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
