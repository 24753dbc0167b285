"""What subjects bear after a draw was changed: who was replaced counts no more, who came in does, teams follow (A9.2, A11.1, A12.1)."""

from collections.abc import Mapping, Sequence
from datetime import date

from mingqian.accounts.models import Organ
from mingqian.planning.models import Encounter
from mingqian.registry.models import Subject, joined


def note_replaced(
    organ: Organ, *, reference: str, subject: str, by: str, team: Sequence[str], why: str, on: date
) -> list[Encounter]:
    """Note that `by` is inspected instead of `subject`, from `on` at the earliest, inside the caller's transaction.

    The caller puts the rows on the ledger with its own act.
    """
    old = (
        Encounter.objects.select_for_update(no_key=True, of=("self",))
        .filter(reference=reference, organ=organ, subject__number=subject)
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
    """Note who inspects the subjects in `teams` from now on, inside the caller's transaction; the caller records the rows."""
    rows = []
    found = Encounter.objects.select_for_update(no_key=True, of=("self",)).filter(
        reference=reference, organ=organ, subject__number__in=teams, dropped_why=""
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
