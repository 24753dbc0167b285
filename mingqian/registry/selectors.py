"""Reading the registries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404

from mingqian.accounts.models import Organ, User
from mingqian.accounts.states import READER_ROLES
from mingqian.registry.codes import credit_check_character
from mingqian.registry.models import Import, ImportRow, ImportWork, Inspector, Subject
from mingqian.registry.people_selectors import (
    PublicInspector,
    absence_for,
    expert_for,
    experts_visible_to,
    inspector_accounts,
    inspector_of,
    interest_for,
    interests_on,
    public_inspectors,
    public_organs,
    qualification_for,
)
from mingqian.registry.states import BUSY_STATES, ImportState, OutReason, RowOutcome, SubjectStatus

__all__ = [
    "OUT_ARTICLES",
    "OUT_WORDS",
    "PublicInspector",
    "SubjectCriteria",
    "absence_for",
    "credit_check_character",
    "expert_for",
    "experts_visible_to",
    "import_for",
    "imports_of",
    "imports_visible_to",
    "imports_waiting",
    "inspector_accounts",
    "inspector_for",
    "inspector_of",
    "inspectors_of",
    "inspectors_visible_to",
    "interest_for",
    "interests_on",
    "matching",
    "public_inspectors",
    "public_organs",
    "qualification_for",
    "seconds_a_row",
    "subject_for",
    "subjects_of",
    "subjects_visible_to",
    "why_not_drawable",
    "why_out",
]


@dataclass(frozen=True)
class SubjectCriteria:
    """Conditions on the registry, all of which a subject must meet; an empty one asks nothing.

    `text` is looked for in name, number, address, responsible person and scope of business.
    """

    districts: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    company_types: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    text: str = ""
    numbers: tuple[str, ...] = field(default=())


def matching(subjects: QuerySet[Subject], criteria: SubjectCriteria) -> QuerySet[Subject]:
    """Return the subjects that meet `criteria`."""
    wanted: Iterable[tuple[str, tuple[str, ...]]] = (
        ("district__in", criteria.districts),
        ("kind__in", criteria.kinds),
        ("company_type__in", criteria.company_types),
        ("status__in", criteria.statuses),
        ("number__in", criteria.numbers),
    )
    for lookup, values in wanted:
        if values:
            subjects = subjects.filter(**{lookup: values})
    for word in criteria.text.split():
        anywhere = Q()
        for name in ("name", "number", "address", "responsible_person", "business_scope"):
            anywhere |= Q(**{f"{name}__icontains": word})
        subjects = subjects.filter(anywhere)
    return subjects


def subjects_of(organ: Organ) -> QuerySet[Subject]:
    """Return the organ's subject registry, by number."""
    return Subject.objects.filter(organ=organ).order_by("number")


def inspectors_of(organ: Organ) -> QuerySet[Inspector]:
    """Return the organ's inspector registry, by certificate number."""
    found = Inspector.objects.filter(organ=organ).select_related("organ", "division")
    return found.prefetch_related("absences").order_by("certificate_number")


def subjects_visible_to(user: User) -> QuerySet[Subject]:
    """Return the subjects that `user` may see: those of the own organ, for those who work with them."""
    if not user.has_role(*READER_ROLES):
        return Subject.objects.none()
    return subjects_of(user.organ)


def inspectors_visible_to(user: User) -> QuerySet[Inspector]:
    """Return the inspectors that `user` may see."""
    if not user.has_role(*READER_ROLES):
        return Inspector.objects.none()
    return inspectors_of(user.organ)


def inspector_for(user: User, number: str) -> Inspector:
    """Return the inspector, or raise Http404 where it is not for `user` to know."""
    found = inspectors_visible_to(user).filter(certificate_number=number).first()
    if found is None:
        raise Http404("没有找到这名执法检查人员，或不属于您的机关。")
    return found


def subject_for(user: User, number: str) -> Subject:
    """Return the subject, or raise Http404 where it is not for `user` to know."""
    subject = subjects_visible_to(user).filter(number=number).first()
    if subject is None:
        raise Http404("没有找到这个抽查对象，或它不属于您的机关。")
    return subject


def imports_visible_to(user: User) -> QuerySet[Import]:
    """Return the imports that `user` may see, newest first."""
    if not user.has_role(*READER_ROLES):
        return Import.objects.none()
    return Import.objects.filter(organ=user.organ).select_related("organ", "file", "work")


def import_for(user: User, number: str) -> Import:
    """Return the import, or raise Http404 where it is not for `user` to know."""
    batch = imports_visible_to(user).filter(number=number).first()
    if batch is None:
        raise Http404("没有找到这次导入，或它不属于您的机关。")
    return batch


def imports_waiting(user: User) -> QuerySet[Import]:
    """Return the imports that are at work or wait for somebody's confirmation; for the workbench."""
    return imports_visible_to(user).filter(state__in=(*BUSY_STATES, ImportState.READY))


def imports_of(organ: Organ, target: str, number: str) -> QuerySet[ImportRow]:
    """Return the rows of tables that brought or changed what bears `number`, oldest first."""
    rows = ImportRow.objects.filter(of__organ=organ, of__target=target, of__state=ImportState.DONE, number=number)
    return rows.filter(outcome__in=(RowOutcome.TAKEN, RowOutcome.UPDATED)).select_related("of").order_by("of_id", "row")


def seconds_a_row(organ: Organ) -> float | None:
    """Return how long writing a row took in the organ's last import of some size, None where there was none."""
    done = ImportWork.objects.filter(
        of__organ=organ, of__state=ImportState.DONE, seconds_writing__isnull=False, total__gte=500
    )
    last = done.order_by("-of_id").first()
    return last.seconds_writing / last.total if last is not None and last.seconds_writing else None


def why_out(subject: Subject) -> str:
    """Return the code with which a subject takes no part in a draw (`out:CODE`), "" where it takes part (art. 6, 17)."""
    return "" if subject.status == SubjectStatus.ACTIVE else subject.status


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


#: Codes of `out:` in words.
OUT_WORDS = {
    "cancelled": "已注销",
    "revoked": "已吊销",
    "closed": "已停业",
    "not-established": "非行政编制",
    "no-enforcement-post": "不在执法岗位",
    "no-certificate": "执法证有效期未登记",
    "certificate-not-begun": "执法证尚未生效",
    "certificate-expired": "执法证已过期",
    **{str(code): str(label) for code, label in OutReason.choices},
}
#: The article by which somebody with this code is out.
OUT_ARTICLES = {
    "not-established": "第七条",
    "no-enforcement-post": "第七条",
    "no-certificate": "第七条",
    "certificate-not-begun": "第七条",
    "certificate-expired": "第七条",
    **dict.fromkeys(map(str, OutReason.values), "第十一条"),
}
