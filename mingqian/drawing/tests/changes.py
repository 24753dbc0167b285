"""Stages for tests of changes: a draw changed through the real services up to a stage."""

from datetime import date, timedelta
from typing import Any

from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.drawing.bundle.selectors import bundle_files, teams_of
from mingqian.drawing.ceremony import services as ceremony_services
from mingqian.drawing.changes import requests, services as change_services
from mingqian.drawing.changes.seal import preview
from mingqian.drawing.changes.states import RECUSALS, Asked, Kind, Reason
from mingqian.drawing.models import Draw, Supplement
from mingqian.registry.models import Inspector, Subject
from mingqian.registry.people import services as people_services
from mingqian.registry.people.states import InterestKind
from mingqian.registry.people.values import InspectorValues
from mingqian.testing import DIGITS, WITNESSES, Bureau

STATEMENT = "因参加省里组织的专项行动，检查期间不能到场。"


def first_place(draw: Draw) -> tuple[str, str]:
    """Return the first subject of the standing teams, with the leader of its team."""
    subject, team = min(teams_of(draw).items())
    return subject, team[0] if team else ""


def wish(draw: Draw, kind: Kind = Kind.INSPECTOR, reason: Reason = Reason.WORK, **fields: Any) -> Asked:
    """Return what somebody could ask for: about the first place of the draw, or `subject` with `inspector`, or `places`."""
    subject, inspector = first_place(draw)
    subject = fields.pop("subject", subject)
    inspector = fields.pop("inspector", "" if kind == Kind.SUBJECT else inspector)
    given: dict[str, Any] = {"places": [(subject, inspector)], "statement": STATEMENT}
    if reason in RECUSALS:
        given["interest"] = InterestKind.OTHER
    return Asked(kind=kind, reason=reason, **{**given, **fields})


def asked(
    bureau: Bureau, draw: Draw, kind: Kind = Kind.INSPECTOR, reason: Reason = Reason.WORK, **fields: Any
) -> Supplement:
    """Return a request by the division's officer."""
    return requests.ask(bureau.officer, draw, wish(draw, kind, reason, **fields))


def approved(bureau: Bureau, row: Supplement) -> Supplement:
    """Return the request, agreed to by the principal leader, who may decide on every kind."""
    return requests.approve(bureau.user(Role.PRINCIPAL_LEADER), row)


def sealed(bureau: Bureau, row: Supplement, user: User | None = None) -> Supplement:
    """Return the supplement, sealed with the draw's own witnesses."""
    return change_services.seal(
        user or bureau.officer,
        row,
        witnesses=WITNESSES,
        open_by=clock.now() + timedelta(days=1),
        reviewed=preview(row).digest(row),
    )


def contributed(bureau: Bureau, row: Supplement) -> Supplement:
    """Return the supplement, to which every witness has contributed."""
    for position, digits in enumerate(DIGITS, 1):
        ceremony_services.speak(bureau.officer, row, position=position, digits=digits)
    row.refresh_from_db()
    return row


def opened(bureau: Bureau, row: Supplement) -> Supplement:
    """Return the request carried out by lot, from the decision to the opening."""
    row = contributed(bureau, sealed(bureau, approved(bureau, row)))
    return change_services.open_supplement(bureau.officer, row)


def appointed(bureau: Bureau, row: Supplement) -> Supplement:
    """Return the appointment, decided and carried out."""
    row = approved(bureau, row)
    return change_services.appoint(bureau.officer, row, reviewed=preview(row).digest(row))


#: Whom the regulations division is in the sealed table where its people take no part.
OUTSIDE = ("综合法规科", "other-division")


def files_of(draw: Draw) -> dict[str, bytes]:
    """Return the bundle as it stands in the database."""
    return bundle_files(Draw.objects.get(pk=draw.pk))


def barred(bureau: Bureau, draw: Draw, subject: str, leave: int) -> None:
    """Put interests in `subject` on record until only `leave` inspectors of the sealed divisions could still come."""
    team = teams_of(draw)[subject]
    inside = Inspector.objects.filter(organ=bureau.organ).exclude(division=bureau.divisions["fagui"])
    free = [one for one in inside if one.certificate_number not in team]
    company = Subject.objects.get(organ=bureau.organ, number=subject)
    for one in free[leave:]:
        people_services.add_interest(bureau.officer, one, company, kind=InterestKind.OTHER, since=clock.today())


def outsiders(bureau: Bureau, count: int = 2, division: str = "fagui", first: int = 15039000) -> list[Inspector]:
    """Put inspectors into the registry, before the seal: of the regulations division, out of which nobody is drawn, or of another."""
    return [
        people_services.add_inspector(
            bureau.officer,
            InspectorValues(
                certificate_number=str(first + number), name=f"外援{number}", valid_until=date(2039, 12, 31)
            ),
            bureau.divisions[division],
        )
        for number in range(count)
    ]
