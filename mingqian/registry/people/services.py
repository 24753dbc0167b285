"""The only writers of inspectors, their absences, interests, accounts, fields of work, qualifications (A7.1, A11.2)."""

from collections.abc import Iterable, Mapping
from datetime import date

from mingqian.accounts.models import Division, Field, Organ, User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.common.text import is_word
from mingqian.pages.versions import check
from mingqian.registry import registers
from mingqian.registry.differences import differences, in_words, inspector_texts
from mingqian.registry.guards import check_officer, key_of_part, refuse
from mingqian.registry.models.inspectors import Absence, Inspector, InspectorField, Interest, Qualification
from mingqian.registry.models.subjects import Subject
from mingqian.registry.people.selectors import key_of_inspector
from mingqian.registry.people.states import InterestKind, InterestSource, OutReason
from mingqian.registry.people.values import InspectorValues, change_inspector, new_inspector, wrong_with_inspector
from mingqian.registry.states import RegisterKind
from mingqian.registry.subjects.values import clear

_END_OF_TIME = date.max


def _key(inspector: Inspector) -> str:
    return key_of_inspector(inspector.organ, inspector.certificate_number)


def _day(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def add_absence(user: User, inspector: Inspector, *, reason: str, since: date, until: date) -> Absence:
    """Record that an inspector is away on the days `since` to `until`, both counted; days already recorded are refused."""
    check_officer(user, inspector.organ)
    if reason not in OutReason.values:
        raise DomainError("请选择排除的原因。")
    if until < since:
        raise DomainError(f"结束日期{_day(until)}早于开始日期{_day(since)}，请改正。")
    with registers.writing(user, inspector.organ, RegisterKind.INSPECTORS) as act:
        for other in inspector.absences.all():
            if other.meets(since, until):
                last = f"，{_day(other.back_on)}提前返岗" if other.back_on else ""
                raise DomainError(
                    f"{inspector.name}在{_day(other.since)}至{_day(other.until)}已登记排除"
                    f"（{other.get_reason_display()}{last}），日期不能重叠。请改日期，或先将原来的提前结束。"
                )
        period = {"since": since, "until": until}
        by = {"recorded_by": user.actor, "recorded_at": clock.now()}
        absence = Absence.objects.create(inspector=inspector, reason=reason, **period, **by)
        fields = [["排除", "", f"{since} 至 {until}，{absence.get_reason_display()}"]]
        key = key_of_part("absence", inspector.organ, absence)
        act.record("absence.add", key, [absence], fields, digest=absence.ledger_digest())
    return absence


def end_absence(user: User, absence: Absence, *, back_on: date) -> Absence:
    """Note that the inspector is back before the recorded end, from `back_on`; the first day of the absence takes it back whole."""
    organ = absence.inspector.organ
    with registers.writing(user, organ, RegisterKind.INSPECTORS) as act:
        absence = Absence.objects.select_related("inspector").get(pk=absence.pk)
        if absence.back_on is not None:
            raise DomainError(f"这次排除已在{_day(absence.back_on)}提前结束，不能再改。")
        if not absence.since <= back_on <= absence.until:
            raise DomainError(f"返岗日期应在{_day(absence.since)}至{_day(absence.until)}之间。")
        absence.back_on = back_on
        absence.save()
        key, fields = key_of_part("absence", organ, absence), [["提前返岗日期", "", in_words(back_on)]]
        act.record("absence.end", key, [absence], fields, digest=absence.ledger_digest())
    return absence


def add_interest(
    user: User,
    inspector: Inspector,
    subject: Subject,
    *,
    kind: str,
    since: date,
    until: date | None = None,
    note: str = "",
) -> Interest:
    """Record an interest that the division knows of (A11.2)."""
    check_officer(user, inspector.organ)
    return _put_interest(user, inspector, subject, InterestSource.RECORDED, kind, (since, until), note)


def declare_interest(
    user: User, subject: Subject, *, kind: str, since: date, until: date | None = None, note: str = ""
) -> Interest:
    """Record an interest that an inspector declares of their own (A11.2)."""
    inspector = Inspector.objects.select_related("organ").filter(user=user).first()
    if inspector is None or not user.has_role(Role.INSPECTOR):
        raise NotAllowedError("您的账号还没有与名录库里的执法检查人员关联，请联系科室经办人。")
    return _put_interest(user, inspector, subject, InterestSource.DECLARED, kind, (since, until), note)


def _wrong_with_interest(kind: str, since: date, until: date | None) -> str:
    if kind not in InterestKind.values:
        return "请选择利害关系的类别。"
    if since > clock.today():
        return "开始日期在今天以后：利害关系发生之后才能登记。请改正日期，或到时再申报。"
    if until is not None and until < since:
        return f"结束日期{_day(until)}早于开始日期{_day(since)}，请改正。"
    if kind == InterestKind.FORMER_EMPLOYMENT and until is None:
        return "曾在该单位任职的，请填写回避到哪一天为止。"
    return ""


def _put_interest(
    user: User,
    inspector: Inspector,
    subject: Subject,
    source: InterestSource,
    kind: str,
    period: tuple[date, date | None],
    note: str,
) -> Interest:
    since, until = period
    if subject.organ_id != inspector.organ_id:
        raise DomainError("本机关的名录库里没有这个抽查对象。")
    wrong = _wrong_with_interest(kind, since, until)
    if wrong:
        raise DomainError(wrong)
    with registers.taken(user, inspector.organ, RegisterKind.INSPECTORS) as act:
        for other in inspector.interests.filter(subject=subject, kind=kind):
            if other.since <= (until or _END_OF_TIME) and since <= (other.until or _END_OF_TIME):
                ends = f"至{_day(other.until)}" if other.until else "，没有结束日期"
                raise DomainError(
                    f"{inspector.name}与{subject.name}的这项利害关系已经登记（自{_day(other.since)}{ends}），不用重复登记。"
                )
        interest = Interest(
            inspector=inspector,
            subject=subject,
            kind=kind,
            since=since,
            until=until,
            source=source,
            recorded_by=user.actor,
            recorded_at=clock.now(),
        )
        interest.set_note(note)
        interest.save()
        key = key_of_part("interest", inspector.organ, interest)
        act.record("interest.add", key, [interest], digest=interest.ledger_digest())
    return interest


def end_interest(user: User, interest: Interest, *, until: date) -> Interest:
    """Set or change the last day of an interest; it stays on record for the draws before. Only the division may, not the inspector."""
    organ = interest.inspector.organ
    check_officer(user, organ)
    if interest.inspector.user_id == user.pk:
        raise NotAllowedError("不能给自己的利害关系登记结束日期，请由另一位经办人办理（第十一条）。")
    with registers.writing(user, organ, RegisterKind.INSPECTORS) as act:
        interest = Interest.objects.get(pk=interest.pk)
        if until < interest.since:
            raise DomainError(f"结束日期{_day(until)}早于开始日期{_day(interest.since)}，请改正。")
        before, interest.until = interest.until, until
        interest.save()
        key, fields = key_of_part("interest", organ, interest), [["结束日期", in_words(before), in_words(until)]]
        act.record("interest.end", key, [interest], fields, digest=interest.ledger_digest())
    return interest


def link_account(user: User, inspector: Inspector, account: User | None) -> Inspector:
    """Let `account` act as this inspector (declare interests), or nobody."""
    check_officer(user, inspector.organ)
    if account is not None and account.organ_id != inspector.organ_id:
        raise DomainError("这个账号不属于本机关。")
    if account is not None and not account.has_role(Role.INSPECTOR):
        raise DomainError(f"{account.name}没有执法检查人员的角色，请先由安全管理员授予。")
    twice = "这个账号已经关联了另一名执法检查人员，请先解除。"
    with registers.writing(user, inspector.organ, RegisterKind.INSPECTORS, twice=twice) as act:
        inspector = Inspector.objects.select_related("organ", "user").get(pk=inspector.pk)
        if inspector.user_id == user.pk and account != user:
            # Else an officer who inspects would end their own interests unrecognised.
            raise NotAllowedError("不能解除自己账号与名录库的关联，请由另一位经办人办理。")
        before, inspector.user = inspector.user, account
        inspector.save()
        names = [person.username if person else "" for person in (before, account)]
        act.record("inspector.account", _key(inspector), [inspector], [["本人账号", *names]], changed="本人账号")
    return inspector


def set_fields(user: User, inspector: Inspector, fields: Iterable[Field]) -> None:
    """Say under which business fields an inspector is kept. It sorts and filters, and restricts nothing (A7.2)."""
    check_officer(user, inspector.organ)
    wanted = {field.pk: field for field in fields}
    if any(field.organ_id != inspector.organ_id for field in wanted.values()):
        raise DomainError("所选业务领域不属于本机关，请重新选择。")
    with registers.writing(user, inspector.organ, RegisterKind.INSPECTORS) as act:
        held = {link.field_id: link for link in inspector.inspector_fields.select_related("field")}
        if held.keys() == wanted.keys():
            return
        new, deleted = _link_fields(inspector, held, wanted)
        told = [["业务领域", _names(link.field for link in held.values()), _names(wanted.values())]]
        act.record("inspector.fields", _key(inspector), new, told, deleted=deleted, changed="业务领域")


def _link_fields(
    inspector: Inspector, held: Mapping[int, InspectorField], wanted: Mapping[int, Field]
) -> tuple[list[InspectorField], list[str]]:
    """Store links to the fields, and return the new ones and the ledger's keys of those that went."""
    gone = [link for pk, link in held.items() if pk not in wanted]
    new = [InspectorField(inspector=inspector, field=field) for pk, field in wanted.items() if pk not in held]
    deleted = [link.ledger_key() for link in gone]
    for link in gone:
        link.delete()
    for link in new:
        link.save()
    return new, deleted


def _names(fields: Iterable[Field]) -> str:
    return "、".join(sorted(field.name for field in fields))


def add_qualification(
    user: User, inspector: Inspector, *, name: str, number: str, valid_until: date | None
) -> Qualification:
    """Put a qualification beside the certificate of an inspector."""
    check_officer(user, inspector.organ)
    if not name or not number:
        raise DomainError("请填写资格名称和证书编号。")
    twice = "这项资格已经登记，不用重复登记。"
    with registers.writing(user, inspector.organ, RegisterKind.INSPECTORS, twice=twice) as act:
        qualification = Qualification.objects.create(
            inspector=inspector, name=name, number=number, valid_until=valid_until
        )
        new = f"{name} {number}" + (f"，有效期至 {valid_until}" if valid_until else "")
        act.record("qualification.add", _key(inspector), [qualification], [["资格", "", new]])
    return qualification


def withdraw_qualification(user: User, qualification: Qualification) -> Qualification:
    """Take a qualification off the list; it stays on record."""
    inspector = qualification.inspector
    with registers.writing(user, inspector.organ, RegisterKind.INSPECTORS) as act:
        qualification = Qualification.objects.get(pk=qualification.pk)
        if qualification.withdrawn:
            raise DomainError("这项资格已经撤下。")
        qualification.withdrawn = True
        qualification.save()
        act.record("qualification.withdraw", _key(inspector), [qualification], [["资格", str(qualification), ""]])
    return qualification


def add_inspector(user: User, values: InspectorValues, division: Division) -> Inspector:
    """Put one inspector into the registry of the user's organ (A7.1)."""
    organ = user.organ
    check_officer(user, organ)
    _check_division(organ, division)
    refuse(wrong_with_inspector(values))
    twice = "名录库中已有这个执法证号，请在名录库中查找并修改。"
    with registers.writing(user, organ, RegisterKind.INSPECTORS, twice=twice) as act:
        inspector = new_inspector(organ, division.pk, values)
        inspector.save()
        act.record("inspector.add", _key(inspector), [inspector], name=inspector.name)
    return inspector


def change_inspector_by_hand(
    user: User,
    inspector: Inspector,
    values: InspectorValues,
    division: Division,
    *,
    cleared: tuple[str, ...] = (),
    seen: str = "",
    why: str = "",
) -> list[str]:
    """Change one inspector, and return what changed, in words; the certificate number stays.

    Raise EditedMeanwhileError where the row is no longer at the version `seen`.
    """
    check_officer(user, inspector.organ)
    _check_division(inspector.organ, division)
    values.certificate_number = inspector.certificate_number
    refuse(wrong_with_inspector(values))
    with registers.writing(user, inspector.organ, RegisterKind.INSPECTORS) as act:
        inspector = Inspector.objects.select_related("organ", "division").get(pk=inspector.pk)
        check(seen, inspector)
        before = inspector_texts(inspector)
        changed = change_inspector(inspector, division.pk, values) + clear(inspector, cleared)
        if changed:
            inspector.save()
            fields = differences(before, inspector_texts(inspector))
            act.record("inspector.change", _key(inspector), [inspector], fields, changed="、".join(changed), why=why)
    return changed


def _check_division(organ: Organ, division: Division) -> None:
    if division.organ_id != organ.pk:
        raise DomainError("所选科室不属于本机关，请重新选择。")
    if not is_word(division.name):
        raise DomainError("科室名称含有抽取时不能使用的字符（空格、斜线等），请先由系统管理员修改科室名称。")
