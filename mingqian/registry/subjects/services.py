"""The only writers of a subject's own row by hand (A6.1, A6.3). Every change of a field leaves a row in the log of changes."""

from collections.abc import Iterable

from mingqian.accounts.models import Organ, User
from mingqian.accounts.selectors import fields_of
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.ledger.models import Recorded
from mingqian.pages.versions import check
from mingqian.registry import registers
from mingqian.registry.differences import differences
from mingqian.registry.guards import check_officer, key_of_subject, refuse
from mingqian.registry.models.changes import SubjectChange
from mingqian.registry.models.libraries import Library
from mingqian.registry.models.subjects import Subject
from mingqian.registry.search import services as search_services
from mingqian.registry.several import split
from mingqian.registry.states import RegisterKind
from mingqian.registry.subjects.log import TITLES, Snapshot, Words, changes_since, snapshot
from mingqian.registry.subjects.selectors import refuse_merged
from mingqian.registry.subjects.states import SubjectValues
from mingqian.registry.subjects.values import change_subject, clear, digests_of_id, new_subject, wrong_with_subject

_TAKEN = "名录库中已有登记号或代码相同的对象，请在名录库中查找并修改它。"


def add_subject(user: User, values: SubjectValues) -> Subject:
    """Put one subject into the registry of the user's organ (A6.1)."""
    organ = user.organ
    check_officer(user, organ)
    refuse(wrong_with_subject(values, clock.today()))
    _check_names(organ, values)
    with registers.writing(user, organ, RegisterKind.SUBJECTS, twice=_TAKEN) as act:
        number = values.code or registers.subject_number(act.number())
        others = Subject.objects.filter(organ=organ)
        if values.registration_number and others.filter(registration_number=values.registration_number).exists():
            raise DomainError(_TAKEN)
        # The database knows the digests of one key only; while the key is being changed there are two.
        if values.id_number and others.filter(id_number_digest__in=digests_of_id(values.id_number)).exists():
            raise DomainError(_TAKEN)
        subject = new_subject(organ, number, values)
        subject.save()
        search_services.index([subject])
        act.record("subject.add", key_of_subject(organ, number), [subject], name=subject.name)
    return subject


def change_subject_by_hand(
    user: User,
    subject: Subject,
    values: SubjectValues,
    *,
    cleared: tuple[str, ...] = (),
    seen: str = "",
    why: str = "",
) -> list[str]:
    """Change one subject, and return what changed, in words; fields named in `cleared` are emptied (A6.3).

    A change of the status asks for its day and for its ground. Raise EditedMeanwhileError where the row is no longer at the version `seen`.
    """
    check_officer(user, subject.organ)
    refuse(wrong_with_subject(values, clock.today()))
    with registers.writing(user, subject.organ, RegisterKind.SUBJECTS) as act:
        subject = Subject.objects.select_related("organ").get(pk=subject.pk)
        check(seen, subject)
        refuse_merged(subject)
        _check_names(subject.organ, values, subject)
        _check_codes_stay(subject, values)
        if values.status and values.status != subject.status:
            _check_status(values, why)
        before = snapshot(subject)
        changed = change_subject(subject, values, adding=False) + clear(subject, cleared)
        if changed:
            save_changed(
                user,
                subject,
                before,
                act,
                verb="subject.change",
                why=why,
                changed=changed,
                day=values.status_since,
            )
    return changed


def _check_status(values: SubjectValues, why: str) -> None:
    """A change of the status says from when and on what ground (A6.3, A17)."""
    missing = [
        title for title, there in (("状态变更日期", values.status_since), ("修改原因或依据", why.strip())) if not there
    ]
    if missing:
        raise DomainError(f"登记状态有变更，请填写{'和'.join(missing)}。")


def save_changed(
    user: User,
    subject: Subject,
    before: Snapshot,
    act: registers.Writing,
    *,
    verb: str,
    why: str,
    changed: Iterable[str] = (),
    day: object = None,
    also: Iterable[Recorded] = (),
) -> list[SubjectChange]:
    """Save a locked subject, its rows in the log of changes, and their entry on the ledger; return the rows."""
    at = clock.now()
    effective_on = subject.status_since if day is not None else None
    rows = changes_since(before, subject, by=user.actor, at=at, why=why, effective_on=effective_on)
    subject.save()
    search_services.index([subject])
    for row in rows:
        row.save()
    words = Words(subject.organ)
    old = {TITLES[row.field]: words.of(row.field, row.old) for row in rows}
    new = {TITLES[row.field]: words.of(row.field, row.new) for row in rows}
    titles = list(changed) or list(new)
    key = key_of_subject(subject.organ, subject.number)
    act.record(verb, key, [subject, *rows, *also], differences(old, new), changed="、".join(titles), why=why)
    return rows


def _check_names(organ: Organ, values: SubjectValues, subject: Subject | None = None) -> None:
    """Fields and libraries must be the organ's own; a retired library takes in nobody new."""
    unknown = set(split(values.fields)) - set(fields_of(organ).values_list("code", flat=True))
    if unknown:
        raise DomainError(f"本机关没有业务领域“{'、'.join(sorted(unknown))}”，请重新选择。")
    held = set(subject.library_codes) if subject else set()
    known = set(Library.objects.filter(organ=organ, active=True).values_list("code", flat=True)) | held
    unknown = set(split(values.libraries)) - known
    if unknown:
        raise DomainError(f"专项库“{'、'.join(sorted(unknown))}”不存在或已停用，请重新选择。")


def _check_codes_stay(subject: Subject, values: SubjectValues) -> None:
    """A code once registered stays: another code is another subject. A missing one may be filled in."""
    others = Subject.objects.filter(organ=subject.organ).exclude(pk=subject.pk)
    for name, title in (("credit_code", "统一社会信用代码"), ("registration_number", "注册号")):
        value, held = getattr(values, name), getattr(subject, name)
        if value and held and value != held:
            raise DomainError(f"{title}登记后不能改动。代码有误的，请将本对象改为注销，另行新增。")
        if value and not held and others.filter(**{name: value}).exists():
            raise DomainError(_TAKEN)
    if values.id_number and others.filter(id_number_digest__in=digests_of_id(values.id_number)).exists():
        raise DomainError(_TAKEN)
