"""The only writers by hand of permits, flags and exemptions (A6.1, A9.2, A12.3). Nothing is deleted: it ends early, or is withdrawn."""

from datetime import date
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from mingqian.accounts.models import Organ, User
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.ledger import services as ledger
from mingqian.registry import registers
from mingqian.registry.differences import in_words
from mingqian.registry.guards import check_officer, key_of_part, key_of_subject, refuse
from mingqian.registry.models.parts import Exemption, Flag, Permit
from mingqian.registry.models.subjects import Subject
from mingqian.registry.parts.values import (
    ExemptionValues,
    FlagValues,
    PermitValues,
    wrong_with_exemption,
    wrong_with_flag,
    wrong_with_permit,
)
from mingqian.registry.states import RegisterKind
from mingqian.registry.subjects.services import refuse_merged

Part = Permit | Flag | Exemption
OnePart = TypeVar("OnePart", Permit, Flag, Exemption)
_TITLES = {Permit: "许可", Flag: "重点监管标记", Exemption: "免检免扰"}


def key_of(part: Part, organ: Organ) -> str:
    """Return how the ledger names a part: a flag and an exemption by their keys, so that the public log does not tell whose they are."""
    if isinstance(part, Permit):
        return key_of_subject(organ, part.subject.number)
    return key_of_part(part._meta.model_name or "", organ, part)


def in_short(part: Part) -> str:
    """Return a part as the log of acts tells it."""
    ends = f" 至 {part.until}" if part.until else "起"
    if isinstance(part, Permit):
        what = str(part)
    elif isinstance(part, Flag):
        what = f"{part.get_kind_display()}，来源：{part.source}"
    else:
        what = f"{part.code}，依据：{part.basis}"
    return f"{what}，{part.since}{ends}"


def _common(subject: Subject, since: date | None, until: date | None, by: str) -> dict[str, Any]:
    return {"subject": subject, "since": since, "until": until, "recorded_by": by, "recorded_at": clock.now()}


def permit_of(subject: Subject, values: PermitValues, by: str) -> Permit:
    """Return an unsaved permit; `values` have been checked."""
    common = _common(subject, values.since, values.until, by)
    return Permit(name=values.title, number=values.number, issuer=values.issuer, **common)


def flag_of(subject: Subject, values: FlagValues, by: str) -> Flag:
    """Return an unsaved flag; `values` have been checked."""
    common = _common(subject, values.since, values.until, by)
    return Flag(kind=values.kind, source=values.source, document=values.document, **common)


def exemption_of(subject: Subject, values: ExemptionValues, by: str) -> Exemption:
    """Return an unsaved exemption; `values` have been checked."""
    common = _common(subject, values.since, values.until, by)
    return Exemption(code=values.list_code, basis=values.basis, source=values.source, **common)


def same_as(part: Part) -> dict[str, object]:
    """Return what makes two parts of one subject the same."""
    if isinstance(part, Permit):
        return {"name": part.name, "number": part.number}
    if isinstance(part, Flag):
        return {"kind": part.kind, "source": part.source, "document": part.document, "since": part.since}
    return {"code": part.code, "since": part.since}


def _add(user: User, part: OnePart) -> OnePart:
    organ = part.subject.organ
    try:
        with transaction.atomic():
            register = registers.take(organ, RegisterKind.SUBJECTS)
            subject = Subject.objects.select_related("organ", "merged_into").get(pk=part.subject_id)
            refuse_merged(subject)
            title = _TITLES[type(part)]
            if type(part)._default_manager.filter(subject=subject, withdrawn_why="", **same_as(part)).exists():
                raise DomainError(f"{subject.name}的这项{title}已经登记，不用重复登记。")
            part.save()
            registers.turn(register)
            details = {"fields": [[title, "", in_short(part)]]}
            verb = f"{part._meta.model_name}.add"
            ledger.record(user.actor, verb, key_of(part, organ), rows=[part, register], details=details)
    except IntegrityError as error:
        raise DomainError("这一项已经登记，不用重复登记。") from error
    return part


def add_permit(
    user: User, subject: Subject, *, name: str, number: str, since: date, until: date | None = None, issuer: str = ""
) -> Permit:
    """Record a permit of a subject; one subject may hold several and is one ticket all the same."""
    check_officer(user, subject.organ)
    values = PermitValues(title=name, number=number, issuer=issuer, since=since, until=until)
    refuse(wrong_with_permit(values))
    return _add(user, permit_of(subject, values, user.actor))


def add_flag(
    user: User,
    subject: Subject,
    *,
    kind: str,
    source: str,
    since: date,
    until: date | None = None,
    document: str = "",
) -> Flag:
    """Flag a subject for more inspections, with the source (A12.3)."""
    check_officer(user, subject.organ)
    values = FlagValues(kind=kind, source=source, document=document, since=since, until=until)
    refuse(wrong_with_flag(values, clock.today()))
    return _add(user, flag_of(subject, values, user.actor))


def add_exemption(
    user: User, subject: Subject, *, code: str, basis: str, source: str, since: date, until: date | None = None
) -> Exemption:
    """Put a subject on the exemption list, with basis and source (A9.2)."""
    check_officer(user, subject.organ)
    values = ExemptionValues(list_code=code, basis=basis, source=source, since=since, until=until)
    refuse(wrong_with_exemption(values))
    return _add(user, exemption_of(subject, values, user.actor))


def _locked(part: Part) -> Part:
    found: Part = type(part)._default_manager.select_related("subject__organ").get(pk=part.pk)
    if found.withdrawn_why:
        raise DomainError(f"这一项已经撤销（{found.withdrawn_why}），不能再改。")
    return found


def end_part(user: User, part: Part, *, until: date, why: str) -> Part:
    """Let something end earlier than was recorded; it stays on record for the days before."""
    organ = part.subject.organ
    check_officer(user, organ)
    if not why:
        raise DomainError("请填写提前结束的原因或依据。")
    with transaction.atomic():
        register = registers.take(organ, RegisterKind.SUBJECTS)
        part = _locked(part)
        if until < part.since:
            raise DomainError(f"结束日期 {until} 早于开始日期 {part.since}。一天也不应有的，请改为撤销。")
        if part.until is not None and until >= part.until:
            raise DomainError(f"这一项本来就到 {part.until} 为止，提前结束请填更早的日期；要延长的，请另行登记。")
        before, part.until = part.until, until
        part.save()
        registers.turn(register)
        title = f"{_TITLES[type(part)]}结束日期"
        details = {"fields": [[title, in_words(before), in_words(until)]], "why": why}
        verb = f"{part._meta.model_name}.end"
        ledger.record(user.actor, verb, key_of(part, organ), rows=[part, register], details=details)
    return part


def withdraw_part(user: User, part: Part, *, why: str) -> Part:
    """Take back what was entered by mistake: it stays on record with the reason, and counts nowhere."""
    organ = part.subject.organ
    check_officer(user, organ)
    if not why:
        raise DomainError("请填写撤销的原因，例如：企业名称录错。")
    with transaction.atomic():
        register = registers.take(organ, RegisterKind.SUBJECTS)
        part = _locked(part)
        before = in_short(part)
        part.withdrawn_why = why[:200]
        part.save()
        registers.turn(register)
        details = {"fields": [[_TITLES[type(part)], before, "已撤销"]], "why": why}
        verb = f"{part._meta.model_name}.withdraw"
        ledger.record(user.actor, verb, key_of(part, organ), rows=[part, register], details=details)
    return part
