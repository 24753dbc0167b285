"""Reading the registries."""

from datetime import date

from django.db.models import QuerySet
from django.http import Http404

from mingqian.accounts.models import Organ, User
from mingqian.accounts.states import READER_ROLES
from mingqian.registry.claims import add_claim
from mingqian.registry.codes import credit_check_character
from mingqian.registry.criteria import SubjectCriteria, matching
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
    organ_to_read,
    organs_to_read,
    public_inspectors,
    public_organs,
    qualification_for,
)
from mingqian.registry.personal import accesses_visible_to
from mingqian.registry.search import condition_choices
from mingqian.registry.states import BUSY_STATES, ImportState, OutReason, RowOutcome, SubjectStatus
from mingqian.registry.subject_selectors import (
    exemptions_on,
    exemptions_visible_to,
    flags_on,
    flags_visible_to,
    libraries_of,
    parts_of,
)

__all__ = [
    "OUT_ARTICLES",
    "OUT_WORDS",
    "PublicInspector",
    "SubjectCriteria",
    "absence_for",
    "accesses_visible_to",
    "add_claim",
    "condition_choices",
    "credit_check_character",
    "exemptions_on",
    "exemptions_visible_to",
    "expert_for",
    "experts_visible_to",
    "flags_on",
    "flags_visible_to",
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
    "libraries_of",
    "matching",
    "organ_to_read",
    "organs_to_read",
    "parts_of",
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


def subjects_of(organ: Organ) -> QuerySet[Subject]:
    """Return the organ's subject registry, by number; duplicates that were merged into another are not in it any more."""
    return Subject.objects.filter(organ=organ, merged_into__isnull=True).order_by("number")


def inspectors_of(organ: Organ) -> QuerySet[Inspector]:
    """Return the organ's inspector registry, by certificate number."""
    found = Inspector.objects.filter(organ=organ).select_related("organ", "division")
    return found.prefetch_related("absences").order_by("certificate_number")


def subjects_visible_to(user: User, organ_code: str = "") -> QuerySet[Subject]:
    """Return the subjects that `user` may see: those of the own organ, or of one below it to look into (A4.2)."""
    if not user.has_role(*READER_ROLES):
        return Subject.objects.none()
    return subjects_of(organ_to_read(user, organ_code))


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


def subject_for(user: User, number: str, organ_code: str = "") -> Subject:
    """Return the subject, a merged duplicate too, or raise Http404 where it is not for `user` to know.

    Pages that change one name no other organ.
    """
    found = Subject.objects.filter(organ=organ_to_read(user, organ_code)).select_related("organ", "merged_into")
    subject = found.filter(number=number).first() if user.has_role(*READER_ROLES) else None
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
    if subject.merged_into_id is not None:
        return "merged"
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
    "merged": "已并入其他对象",
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
