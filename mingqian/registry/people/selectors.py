"""Reading inspectors, their absences and interests, who may be drawn on a day, and what may be published of them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404

from mingqian.accounts.models import Organ, User
from mingqian.accounts.states import READER_ROLES, Role
from mingqian.common import clock
from mingqian.registry.models.inspectors import Absence, Inspector, Interest, Qualification
from mingqian.registry.organs import organ_to_read
from mingqian.registry.people.states import OutReason


def inspectors_of(organ: Organ) -> QuerySet[Inspector]:
    """Return the organ's inspector registry, by certificate number."""
    found = Inspector.objects.filter(organ=organ).select_related("organ", "division")
    return found.prefetch_related("absences").order_by("certificate_number")


def inspectors_visible_to(user: User, organ_code: str = "") -> QuerySet[Inspector]:
    """Return the inspectors that `user` may see, of the own organ or of one below it."""
    if not user.has_role(*READER_ROLES):
        return Inspector.objects.none()
    return inspectors_of(organ_to_read(user, organ_code))


def inspector_for(user: User, number: str, organ_code: str = "") -> Inspector:
    """Return the inspector, or raise Http404 where it is not for `user` to know; pages that change one name no other organ."""
    found = inspectors_visible_to(user, organ_code).filter(certificate_number=number).first()
    if found is None:
        raise Http404("没有找到这名执法检查人员，或不属于您的机关。")
    return found


def why_not_drawable(inspector: Inspector, on: date) -> str:
    """Return the code for which an inspector may not be drawn for a visit on a date, "" where they may (art. 7, 11).

    The certificate, the establishment and the post come first; then the absences on record, read from the prefetched ones where there are.
    Fields of work keep nobody out (A7.2).
    """
    if not inspector.on_establishment:
        return "not-established"
    if not inspector.enforcement_post:
        return "no-enforcement-post"
    if inspector.valid_until is None:
        return "no-certificate"
    if inspector.valid_from is not None and on < inspector.valid_from:
        return "certificate-not-begun"
    if on > inspector.valid_until:
        return "certificate-expired"
    return next((absence.reason for absence in inspector.absences.all() if absence.covers(on)), "")


#: Of who could come and is of a division that does not take part, or where no inspectors are drawn at all.
ELSEWHERE, NOBODY = "other-division", "not-drawn"
#: Codes of `out:` in words.
OUT_WORDS = {
    "merged": "已并入其他对象",
    "cancelled": "已注销",
    "revoked": "已吊销",
    "closed": "已停业",
    "not-established": "非行政编制",
    "no-enforcement-post": "不在执法岗位",
    "no-certificate": "执法证有效期未登记",
    "certificate-not-begun": "执法证尚未生效",
    "certificate-expired": "执法证已过期",
    ELSEWHERE: "其他科室",
    NOBODY: "只抽对象，不抽人员",
    **{str(code): str(label) for code, label in OutReason.choices},
}
#: The article by which somebody with this code is out.
OUT_ARTICLES = {
    "not-established": "第七条",
    "no-enforcement-post": "第七条",
    "no-certificate": "第七条",
    "certificate-not-begun": "第七条",
    "certificate-expired": "第七条",
    ELSEWHERE: "第十条",
    **dict.fromkeys(map(str, OutReason.values), "第十一条"),
}


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


Beside = Absence | Interest | Qualification


def beside_for(user: User, kind: str, pk: int) -> Beside:
    """Return the absence, interest or qualification, or raise Http404 where it is not for `user` to know."""
    models: dict[str, type[Beside]] = {"absence": Absence, "interest": Interest, "qualification": Qualification}
    rows = models[kind]._default_manager.filter(pk=pk, inspector__organ=user.organ)
    found = rows.select_related("inspector__organ").first() if user.has_role(*READER_ROLES) else None
    if found is None:
        raise Http404("没有找到这条记录，或它不属于您的机关。")
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


def key_of_inspector(organ: Organ, certificate_number: str) -> str:
    """Return how the ledger names an inspector."""
    return f"inspector/{organ.code}/{certificate_number}"
