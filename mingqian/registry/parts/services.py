"""The only writers by hand of permits, flags and exemptions (A6.1, A9.2, A12.3). Nothing is deleted: it ends early, or is withdrawn."""

from datetime import date
from typing import Any

from mingqian.accounts.models import Organ, User
from mingqian.common.errors import DomainError
from mingqian.registry import registers
from mingqian.registry.differences import in_words
from mingqian.registry.guards import check_officer, key_of_part, key_of_subject, refuse
from mingqian.registry.models.parts import Exemption, Flag, Permit
from mingqian.registry.models.subjects import Subject
from mingqian.registry.parts.values import EXEMPTION, FLAG, PERMIT, Part, PartKind, PartValues, kind_of
from mingqian.registry.states import RegisterKind
from mingqian.registry.subjects.selectors import refuse_merged


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


def _add(user: User, subject: Subject, kind: PartKind, values: PartValues) -> Any:
    organ = subject.organ
    check_officer(user, organ)
    refuse(kind.wrong(values))
    with registers.writing(user, organ, RegisterKind.SUBJECTS, twice="这一项已经登记，不用重复登记。") as act:
        subject = Subject.objects.select_related("organ", "merged_into").get(pk=subject.pk)
        refuse_merged(subject)
        part = kind.of(subject, values, user.actor)
        if kind.model._default_manager.filter(subject=subject, withdrawn_why="", **kind.same_as(part)).exists():
            raise DomainError(f"{subject.name}的这项{kind.title}已经登记，不用重复登记。")
        part.save()
        act.record(f"{part._meta.model_name}.add", key_of(part, organ), [part], [[kind.title, "", in_short(part)]])
    return part


def add_permit(
    user: User, subject: Subject, *, name: str, number: str, since: date, until: date | None = None, issuer: str = ""
) -> Permit:
    """Record a permit of a subject; one subject may hold several and is one ticket all the same."""
    permit: Permit = _add(user, subject, PERMIT, PERMIT.values(since, until, name=name, number=number, issuer=issuer))
    return permit


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
    flag: Flag = _add(user, subject, FLAG, FLAG.values(since, until, kind=kind, source=source, document=document))
    return flag


def add_exemption(
    user: User, subject: Subject, *, code: str, basis: str, source: str, since: date, until: date | None = None
) -> Exemption:
    """Put a subject on the exemption list, with basis and source (A9.2)."""
    values = EXEMPTION.values(since, until, code=code, basis=basis, source=source)
    exemption: Exemption = _add(user, subject, EXEMPTION, values)
    return exemption


def _locked(part: Part) -> Part:
    found: Part = type(part)._default_manager.select_related("subject__organ").get(pk=part.pk)
    if found.withdrawn_why:
        raise DomainError(f"这一项已经撤销（{found.withdrawn_why}），不能再改。")
    return found


def end_part(user: User, part: Part, *, until: date, why: str) -> Part:
    """Let something end earlier than was recorded; it stays on record for the days before."""
    organ = part.subject.organ
    if not why:
        raise DomainError("请填写提前结束的原因或依据。")
    with registers.writing(user, organ, RegisterKind.SUBJECTS) as act:
        part = _locked(part)
        if until < part.since:
            raise DomainError(f"结束日期 {until} 早于开始日期 {part.since}。一天也不应有的，请改为撤销。")
        if part.until is not None and until >= part.until:
            raise DomainError(f"这一项本来就到 {part.until} 为止，提前结束请填更早的日期；要延长的，请另行登记。")
        before, part.until = part.until, until
        part.save()
        fields = [[f"{kind_of(part).title}结束日期", in_words(before), in_words(until)]]
        act.record(f"{part._meta.model_name}.end", key_of(part, organ), [part], fields, why=why)
    return part


def withdraw_part(user: User, part: Part, *, why: str) -> Part:
    """Take back what was entered by mistake: it stays on record with the reason, and counts nowhere."""
    organ = part.subject.organ
    if not why:
        raise DomainError("请填写撤销的原因，例如：企业名称录错。")
    with registers.writing(user, organ, RegisterKind.SUBJECTS) as act:
        part = _locked(part)
        before = in_short(part)
        part.withdrawn_why = why[:200]
        part.save()
        fields = [[kind_of(part).title, before, "已撤销"]]
        act.record(f"{part._meta.model_name}.withdraw", key_of(part, organ), [part], fields, why=why)
    return part
