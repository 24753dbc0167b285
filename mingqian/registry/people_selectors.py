"""Reading absences, interests, experts, and what may be published of inspectors. Others use them through `selectors`."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404

from mingqian.accounts.models import Organ, User
from mingqian.accounts.selectors import organ_for, organs_visible_to
from mingqian.accounts.states import READER_ROLES, Role
from mingqian.common import clock
from mingqian.registry.models import Absence, Expert, Inspector, Interest, Qualification


def organs_to_read(user: User) -> list[Organ]:
    """Return the organs whose registries `user` may look into: the own one first, then those below it (A4.2)."""
    return sorted(organs_visible_to(user), key=lambda organ: (organ.pk != user.organ_id, organ.code))


def organ_to_read(user: User, code: str) -> Organ:
    """Return the organ that an address names (`?organ=CODE`), else the own one; Http404 where it is not below the own one."""
    return user.organ if code in {"", user.organ.code} else organ_for(user, code)


def interests_on(organ: Organ, on: date) -> QuerySet[Interest]:
    """Return the interests of the organ's inspectors that are in force on a date: they keep the pairs apart in a draw (A11.2)."""
    found = Interest.objects.filter(inspector__organ=organ, since__lte=on).filter(
        Q(until__isnull=True) | Q(until__gte=on)
    )
    return found.select_related("inspector", "subject").order_by(
        "inspector__certificate_number", "subject__number", "pk"
    )


def inspector_of(user: User) -> Inspector | None:
    """Return the inspector whose account this is, None where the division has linked none."""
    return (
        Inspector.objects.filter(user=user)
        .select_related("organ", "division")
        .prefetch_related("absences", "interests__subject")
        .first()
    )


def inspector_accounts(organ: Organ) -> list[User]:
    """Return the organ's users who are inspectors today, by name."""
    today = clock.today()
    found = User.objects.filter(
        Q(grants__until__isnull=True) | Q(grants__until__gte=today),
        organ=organ,
        is_active=True,
        grants__role=Role.INSPECTOR,
        grants__since__lte=today,
    )
    return list(found.select_related("inspector").order_by("name", "username").distinct())


def absence_for(user: User, pk: int) -> Absence:
    """Return the absence, or raise Http404 where it is not for `user` to know."""
    found = Absence.objects.filter(pk=pk, inspector__organ=user.organ).select_related("inspector__organ").first()
    if found is None or not user.has_role(*READER_ROLES):
        raise Http404("没有找到这次排除，或不属于您的机关。")
    return found


def interest_for(user: User, pk: int) -> Interest:
    """Return the interest, or raise Http404 where it is not for `user` to know."""
    found = (
        Interest.objects.filter(pk=pk, inspector__organ=user.organ)
        .select_related("inspector__organ", "subject")
        .first()
    )
    if found is None or not user.has_role(*READER_ROLES):
        raise Http404("没有找到这项利害关系，或不属于您的机关。")
    return found


def qualification_for(user: User, pk: int) -> Qualification:
    """Return the qualification, or raise Http404 where it is not for `user` to know."""
    found = Qualification.objects.filter(pk=pk, inspector__organ=user.organ).select_related("inspector__organ").first()
    if found is None or not user.has_role(*READER_ROLES):
        raise Http404("没有找到这项资格，或不属于您的机关。")
    return found


def experts_visible_to(user: User, organ_code: str = "") -> QuerySet[Expert]:
    """Return the experts and testing bodies that `user` may see, of the own organ or of one below it, by number."""
    if not user.has_role(*READER_ROLES):
        return Expert.objects.none()
    return Expert.objects.filter(organ=organ_to_read(user, organ_code)).order_by("number")


def expert_for(user: User, number: str, organ_code: str = "") -> Expert:
    """Return the expert, or raise Http404 where it is not for `user` to know; pages that change one name no other organ."""
    found = experts_visible_to(user, organ_code).select_related("organ").filter(number=number).first()
    if found is None:
        raise Http404("没有找到这位专家或机构，或不属于您的机关。")
    return found


@dataclass(frozen=True)
class PublicInspector:
    """What article 7 names for publication, and nothing else."""

    name: str
    sex: str
    post: str
    certificate_number: str
    valid_from: date | None
    valid_until: date


def public_organs(on: date) -> list[Organ]:
    """Return the organs that have inspectors to publish, by code."""
    return list(Organ.objects.filter(pk__in=_publishable(on).values("organ")).order_by("code"))


def _publishable(on: date) -> QuerySet[Inspector]:
    """Return who is an inspector in the words of article 7: in an enforcement post, with a valid certificate, on the establishment."""
    found = Inspector.objects.filter(on_establishment=True, enforcement_post=True, valid_until__gte=on)
    return found.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=on))


def public_inspectors(organ: Organ, on: date, query: str = "") -> list[PublicInspector]:
    """Return the organ's inspectors as they are published, by certificate number (A7.1).

    Who is away stays on the list: an absence is nobody else's business, and does not end the right to inspect.
    """
    found = _publishable(on).filter(organ=organ)
    for word in query.split():
        found = found.filter(Q(name__icontains=word) | Q(certificate_number__icontains=word))
    return [
        PublicInspector(
            row.name,
            row.get_sex_display() if row.sex else "",
            row.post,
            row.certificate_number,
            row.valid_from,
            row.valid_until,
        )
        for row in found.order_by("certificate_number")
        if row.valid_until is not None
    ]
