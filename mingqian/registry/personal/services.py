"""Personal data in full (A20.1): for those who work with it, with a reason, each time on the ledger; the values never.

Numbers are encrypted at rest and masked on every page and in every plain export. What is asked for here is shown once and kept nowhere.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from mingqian.accounts.models import Organ, User
from mingqian.accounts.states import OFFICER_ROLES
from mingqian.common import clock, codes, crypto
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.common.text import clean, clean_code, without_numbers
from mingqian.ledger import services as ledger
from mingqian.registry.guards import key_of_expert, key_of_subject
from mingqian.registry.models.experts import Expert
from mingqian.registry.models.personal import PersonalAccess
from mingqian.registry.models.subjects import Subject
from mingqian.registry.personal.states import PersonalAct
from mingqian.registry.phones import phone_key
from mingqian.registry.subjects.values import digests_of_id

#: A reason says something: "工作" alone does not.
SHORTEST_REASON = 4
_NUMBERS = re.compile(r"\d{7,}")


@dataclass(frozen=True)
class Revealed:
    """Personal data in full: (what, value) pairs, to be shown once."""

    values: tuple[tuple[str, str], ...]


def may_reveal(user: User, organ: Organ) -> bool:
    """Say whether `user` works with the personal data of the organ: its officers and heads of division; no leaders, nobody from above."""
    return user.organ_id == organ.pk and user.has_role(*OFFICER_ROLES)


def id_number_of(subject: Subject) -> str:
    """Return the ID number in full, "" where none is on record."""
    return crypto.decrypt(bytes(subject.id_number_box), "registry/id-number") if subject.id_number_box else ""


def checked_reason(reason: str) -> str:
    """Return the reason, tidied; raise DomainError where it says nothing, or holds a number itself."""
    reason = clean(reason)
    if len(reason) < SHORTEST_REASON:
        raise DomainError(f"请写明查看原因，至少 {SHORTEST_REASON} 个字，例如“送达检查通知书”。")
    if len(reason) > 200:
        raise DomainError("原因太长，请压缩到 200 字以内。")
    if _NUMBERS.search(reason):
        raise DomainError("原因里不要写电话或证件号码：原因会留痕并供审计查看。")
    return reason


def reveal_subject(user: User, subject: Subject, reason: str) -> Revealed:
    """Return phone and ID number of a subject in full, and record who asked and why."""
    pairs = (("联系方式", subject.phone()), ("身份证号码", id_number_of(subject)))
    key = key_of_subject(subject.organ, subject.number)
    return _reveal(user, subject.organ, "subject.reveal", key, subject.name, pairs, reason)


def find_by_id_number(user: User, id_number: str) -> Subject:
    """Return the subject of the user's organ with this ID number, by its keyed digest, and record who asked for whom; the number never.

    Raise DomainError where it is none, or where nobody has it.
    """
    organ = user.organ
    _check(user, organ)
    number = clean_code(id_number)
    wrong = codes.wrong_id_number(number, clock.today())
    if wrong:
        raise DomainError(f"身份证号码{codes.WRONG[wrong]}，请核对。")
    found = Subject.objects.filter(organ=organ, id_number_digest__in=digests_of_id(number)).first()
    if found is None:
        raise DomainError("本机关名录库里没有登记这个身份证号码。")
    with transaction.atomic():
        ledger.record(user.actor, "subject.find-by-id", key_of_subject(organ, found.number))
    return found


def find_by_phone(user: User, phone: str) -> list[Subject]:
    """Return the subjects of the user's organ with this phone number, by keyed digest, and record who asked for whom; the number never.

    Raise DomainError where it is none, or where nobody has it.
    """
    organ = user.organ
    _check(user, organ)
    key = phone_key(phone)
    if not key:
        raise DomainError("请输入完整的电话号码，至少 7 位数字；固定电话连同区号。")
    digests = crypto.keyed_digests(key, "registry/phone")
    found = list(
        Subject.objects.filter(organ=organ, phone_digest__in=digests, merged_into=None).order_by("number")[:50]
    )
    if not found:
        raise DomainError("本机关名录库里没有登记这个电话号码。固定电话请连同区号输入。")
    with transaction.atomic():
        for subject in found:
            ledger.record(user.actor, "subject.find-by-phone", key_of_subject(organ, subject.number))
    return found


def reveal_expert(user: User, expert: Expert, reason: str) -> Revealed:
    """Return the contact of an expert in full, and record who asked and why."""
    key = key_of_expert(expert.organ, expert.number)
    return _reveal(user, expert.organ, "expert.reveal", key, expert.name, (("联系方式", expert.contact()),), reason)


def _reveal(
    user: User, organ: Organ, verb: str, key: str, name: str, pairs: Iterable[tuple[str, str]], reason: str
) -> Revealed:
    _check(user, organ)
    held = tuple((what, value) for what, value in pairs if value)
    if not held:
        raise DomainError("没有登记联系方式或证件号码，没有可以查看的内容。")
    _note(user, organ, PersonalAct.REVEAL, verb, key, name, "、".join(what for what, _value in held), reason)
    return Revealed(held)


def note_export(
    user: User, organ: Organ, *, what: str, name: str, columns: str, filters: str, count: int, reason: str
) -> PersonalAccess:
    """Record that a list leaves with personal data in full; `what` is `subject` or `expert`. The file is made only after this."""
    _check(user, organ)
    if not count:
        raise DomainError("名单是空的，没有可以导出的内容。请先调整筛选条件。")
    key = f"{what}/{organ.code}"
    return _note(
        user,
        organ,
        PersonalAct.EXPORT,
        f"{what}.export-personal",
        key,
        name,
        columns,
        reason,
        filters=filters,
        count=count,
    )


def _check(user: User, organ: Organ) -> None:
    if not may_reveal(user, organ):
        raise NotAllowedError("只有本机关的经办人和科室负责人可以查看完整号码。")


def _note(
    user: User,
    organ: Organ,
    act: PersonalAct,
    verb: str,
    key: str,
    name: str,
    columns: str,
    reason: str,
    *,
    filters: str = "",
    count: int = 1,
) -> PersonalAccess:
    reason = checked_reason(reason)
    filters = without_numbers(filters)  # somebody may have searched for one
    with transaction.atomic():
        row = PersonalAccess.objects.create(
            organ=organ,
            user=user,
            at=clock.now(),
            act=act,
            thing=key,
            name=name,
            columns=columns,
            reason=reason,
            filters=filters[:500],
            count=count,
        )
        details = {"columns": columns, "why": reason}
        if act == PersonalAct.EXPORT:
            details |= {"filters": filters, "count": str(count)}
        ledger.record(user.actor, verb, key, rows=[row], details=details)
    return row
