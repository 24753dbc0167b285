"""Writers of what subjects bear: special inspections, what a draw brought, and what a change of it moved (A9.2, A11.1, A12.1, A21.2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from mingqian.accounts.models import Organ, User
from mingqian.casework.numbers import next_number
from mingqian.casework.officers import refuse
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.common.text import clean
from mingqian.planning.burden.procedure import SPECIALS
from mingqian.planning.burden.selectors import batched
from mingqian.planning.burden.states import BurdenSource, Ground
from mingqian.planning.models.burden import Encounter, SpecialInspection
from mingqian.planning.models.tasks import Task
from mingqian.registry.models import Inspector, Subject, joined
from mingqian.rules.sets.selectors import rule_set_for

#: Databases limit the values of one query.
_AT_ONCE = 500


@dataclass(frozen=True)
class SpecialValues:
    """What is recorded of a special inspection; both days counted. `led_by` names who held the draw, where another authority did."""

    ground: Ground
    title: str
    document: str
    content: str
    since: date
    until: date
    led_by: str = ""


def _missing(values: SpecialValues, subjects: Sequence[Subject], inspectors: Sequence[Inspector]) -> str:
    """Say what the record lacks, or what in it does not go together; "" where it is whole."""
    elsewhere = values.ground == Ground.ELSEWHERE
    told = (
        (values.document.strip(), "请填写依据文件：投诉编号、交办单、上级通知等。没有依据的检查不得开展（第二条）。"),
        (values.title.strip() and values.content.strip(), "请填写检查名称和检查内容。"),
        (
            bool(values.led_by.strip()) == elsewhere,
            "参加其他部门发起的联合抽查，请填写发起部门；其他事由不填（第二十一条）。",
        ),
        (values.until >= values.since, "结束日期早于开始日期，请核对。"),
        (subjects, "请至少填写一个抽查对象。"),
        (inspectors or not values.led_by, "请填写参加的执法检查人员。"),
    )
    return next((sentence for sound, sentence in told if not sound), "")


def _check(user: User, values: SpecialValues, subjects: Sequence[Subject], inspectors: Sequence[Inspector]) -> None:
    if not {row.organ_id for row in subjects} | {row.organ_id for row in inspectors} <= {user.organ_id}:
        raise NotAllowedError("只能登记本机关名录库中的抽查对象和执法检查人员。")
    if sentence := _missing(values, subjects, inspectors):
        raise DomainError(sentence)
    least = rule_set_for(user.organ, values.since, user.division).number("on_site_inspectors")
    # The team of another authority's draw has that authority's people in it too.
    if not values.led_by and len({inspector.pk for inspector in inspectors}) < least.value:
        raise DomainError(f"执法检查人员不少于 {least.value} 人（{least.cited}），请补充。")


@transaction.atomic
def record_special(
    user: User, values: SpecialValues, *, subjects: Sequence[Subject], inspectors: Sequence[Inspector]
) -> SpecialInspection:
    """Record an inspection outside the lottery: it is no draw, but counts for what each subject bears (A21.2).

    Where the organ took part in a draw led by another authority, that authority's rules hold; what it brought the subjects counts (A21.1).
    """
    _check(user, values, subjects, inspectors)
    organ, year = Organ.objects.get(pk=user.organ_id), clock.today().year
    serial = next_number(SpecialInspection.objects.filter(organ=organ, year=year), under=organ)
    special = SpecialInspection(
        organ=user.organ,
        division=user.division,
        year=year,
        serial=serial,
        code=f"{user.organ.code}-special-{year}-{serial}",
        number=f"专检〔{year}〕{serial}号",
        ground=values.ground,
        led_by=values.led_by.strip(),
        title=values.title.strip(),
        document=values.document.strip(),
        content=values.content.strip(),
        since=values.since,
        until=values.until,
    )
    team = joined(inspector.certificate_number for inspector in inspectors)
    rows = [
        Encounter(
            organ=user.organ,
            subject=subject,
            source=special.source,
            reference=special.code,
            title=special.title,
            team=team,
            since=values.since,
            until=values.until,
        )
        for subject in {subject.pk: subject for subject in subjects}.values()
    ]
    Encounter.objects.bulk_create(rows)
    details = {"title": special.title, "ground": str(special.ground), "subjects": len(rows)}
    return SPECIALS.begin(user, special, "record", also=rows, details=details)


@transaction.atomic
def withdraw_special(user: User, special: SpecialInspection, *, remark: str) -> SpecialInspection:
    """Take back a record that was made by mistake: it stays, says why, and counts no more."""
    refuse(SPECIALS.forbids(user, special, "withdraw"))
    rows = list(Encounter.objects.filter(source=special.source, reference=special.code))
    for row in rows:
        row.dropped_why = clean(remark)
    Encounter.objects.bulk_update(rows, ["dropped_why"])
    return SPECIALS.take(user, special, "withdraw", remark=remark, also=rows)


@dataclass(frozen=True)
class Drawn:
    """A subject that a draw selected: its number and the certificate numbers of the team."""

    subject: str
    team: tuple[str, ...]


def note_drawn(
    organ: Organ,
    *,
    reference: str,
    title: str,
    since: date,
    until: date,
    drawn: Iterable[Drawn],
    task: Task | None = None,
) -> list[Encounter]:
    """Note whom a draw selected, inside the caller's transaction; the caller puts the rows on the ledger with its own act."""
    wanted = {row.subject: row for row in drawn}
    found: list[tuple[str, int]] = []
    for numbers in batched(wanted, _AT_ONCE):
        found += Subject.objects.filter(organ=organ, number__in=numbers).values_list("number", "pk")
    rows = [
        Encounter(
            organ=organ,
            subject_id=pk,
            source=BurdenSource.DRAW,
            reference=reference,
            title=title,
            items=joined(task.revision.items) if task else "",
            task=task,
            team=joined(wanted[number].team),
            since=since,
            until=until,
        )
        for number, pk in found
    ]
    return Encounter.objects.bulk_create(rows, batch_size=_AT_ONCE)


def note_replaced(
    organ: Organ, *, reference: str, subject: str, by: str, team: Sequence[str], why: str, on: date
) -> list[Encounter]:
    """Note that `by` is inspected instead of `subject`, from `on` at the earliest, inside the caller's transaction.

    The caller puts the rows on the ledger with its own act.
    """
    old = (
        Encounter.objects.select_for_update(no_key=True, of=("self",))
        .filter(reference=reference, organ=organ, subject__number=subject, on__isnull=True)
        .first()
    )
    if old is None:
        return []
    old.dropped_why = why[:200]
    old.save()
    rows = [old]
    company = Subject.objects.filter(organ=organ, number=by).first()
    if company is not None:
        new = Encounter(
            organ=organ,
            subject=company,
            source=old.source,
            reference=reference,
            title=old.title,
            items=old.items,
            task=old.task,
            team=joined(team),
            since=max(old.since, min(on, old.until)),
            until=old.until,
        )
        new.save()
        rows.append(new)
    return rows


def note_teams(organ: Organ, *, reference: str, teams: Mapping[str, Sequence[str]]) -> list[Encounter]:
    """Note who inspects the subjects in `teams` from now on, inside the caller's transaction; the caller records the rows.

    Who went before is who went: a visit that has taken place keeps its team.
    """
    rows = []
    found = Encounter.objects.select_for_update(no_key=True, of=("self",)).filter(
        reference=reference, organ=organ, subject__number__in=teams, dropped_why="", on__isnull=True
    )
    for row in found.select_related("subject").order_by("pk"):
        row.team = joined(teams[row.subject.number])
        row.save()
        rows.append(row)
    return rows


def visited(organ: Organ, *, reference: str, subject: str | None = None) -> bool:
    """Say whether the visit has taken place, or any of the draw without `subject`: then nobody can be changed any more."""
    rows = Encounter.objects.filter(reference=reference, organ=organ, on__isnull=False, dropped_why="")
    return rows.filter(subject__number=subject).exists() if subject is not None else rows.exists()
