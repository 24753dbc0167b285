"""Stages for tests of joint visits and early warnings: draws of several divisions that meet, through the real services."""

from datetime import date, timedelta
from typing import Any

from mingqian.accounts import services as accounts
from mingqian.accounts.models import User
from mingqian.accounts.states import DivisionKind, Role
from mingqian.common import clock
from mingqian.drawing.ceremony import services as ceremony_services
from mingqian.drawing.draw import services as draw_services
from mingqian.drawing.joint import answers
from mingqian.drawing.joint.selectors import common_days, live_parts, usual_leaders
from mingqian.drawing.models import Draw, JointPart, JointSettlement, JointVisit
from mingqian.planning.burden import services as burden_services
from mingqian.planning.burden.states import Ground
from mingqian.planning.models import SpecialInspection
from mingqian.registry.models import Inspector, Subject
from mingqian.registry.subjects import services as subject_services
from mingqian.registry.subjects.states import SubjectValues
from mingqian.testing import DIGITS, PASSWORD, Bureau, sealed_draw

HERE, THERE = "张店区", "淄川区"
WORDS = "两项检查内容不同，已分两天安排"


def person(bureau: Bureau, username: str, name: str, division: str, role: Role = Role.DIVISION_OFFICER) -> User:
    """Add somebody to a division, which is made where there is none."""
    if division not in bureau.divisions:
        bureau.divisions[division] = accounts.create_division(
            "system", organ=bureau.organ, code=division, name="信息科", kind=DivisionKind.BUSINESS
        )
    held = bureau.divisions[division]
    user = accounts.create_user(
        "system", username=username, password=PASSWORD, name=name, organ=bureau.organ, division=held
    )
    accounts.grant_role("system", user=user, role=role, since=clock.today() - timedelta(days=1))
    return User.objects.get(pk=user.pk)


def opened(draw: Draw) -> Draw:
    """Let every witness speak, then open: by the officer who sealed it."""
    for position, digits in enumerate(DIGITS[: len(draw.plan["witnesses"])], 1):
        ceremony_services.speak(draw.sealed_by, draw, position=position, digits=digits)
    return draw_services.open_draw(draw.sealed_by, Draw.objects.get(pk=draw.pk))


def of_district(bureau: Bureau, district: str, **fields: Any) -> Draw:
    """Seal a draw of every subject in a district."""
    return sealed_draw(bureau, criteria={"districts": [district]}, quota_value=10000, **fields)


def moved(bureau: Bureau, subject: Subject, district: str) -> None:
    """Let a company move to another district, by the registry."""
    subject_services.change_subject_by_hand(
        bureau.officer, subject, SubjectValues(name=subject.name, district=district)
    )


def both_sealed(bureau: Bureau, shared: int = 2, **fields: Any) -> tuple[Draw, Draw, list[Subject]]:
    """Seal two divisions' draws that meet although neither could know: companies moved from one scope to the other in between."""
    first = of_district(bureau, HERE, scope="安全", title="安全随机抽查", division="anquan")
    movers = list(Subject.objects.filter(organ=bureau.organ, district=HERE).order_by("number")[:shared])
    for subject in movers:
        moved(bureau, subject, THERE)
    return first, of_district(bureau, THERE, **fields), movers


def met(bureau: Bureau, shared: int = 2, **fields: Any) -> tuple[Draw, Draw, list[JointVisit]]:
    """Open both: the energy division's, opened second, shows that they meet."""
    first, second, _movers = both_sealed(bureau, shared, **fields)
    first, second = opened(first), opened(second)
    return first, second, list(JointVisit.objects.order_by("subject__number"))


def three_sealed(bureau: Bureau) -> tuple[Draw, Draw, Draw]:
    """Seal the draws of three divisions (safety, energy, information) that meet at one company although none could know."""
    person(bureau, "zibo-info", "辛息", "xinxi")
    elsewhere = "桓台县"
    first = of_district(bureau, HERE, scope="安全", title="安全随机抽查", division="anquan")
    mover = Subject.objects.filter(organ=bureau.organ, district=HERE).order_by("number")[0]
    moved(bureau, mover, elsewhere)
    third = of_district(bureau, elsewhere, scope="信息", title="信息随机抽查", division="xinxi")
    moved(bureau, mover, THERE)
    return first, of_district(bureau, THERE), third


def part_of(visit: JointVisit, division: str) -> JointPart:
    """Return the part of a division."""
    return next(part for part in live_parts(visit) if part.division.code == division)


def agreed(bureau: Bureau, visit: JointVisit, safety: User) -> JointVisit:
    """Let both divisions agree."""
    answers.answer(bureau.officer, part_of(visit, "jieneng"), agree=True)
    return answers.answer(safety, part_of(visit, "anquan"), agree=True)


def proposed(user: User, visit: JointVisit, division: str = "jieneng", **changes: Any) -> JointSettlement:
    """Propose the usual leaders and every day that there is, or what is named."""
    parts = live_parts(visit)
    lead = changes.pop("lead", part_of(visit, division))
    leader, second = usual_leaders(parts, lead)
    since, until = common_days(parts)
    told = {"leader": leader, "second": second, "since": since, "until": until, **changes}
    return answers.propose_leaders(user, visit, part_of(visit, division), lead=lead, **told)


def settled(bureau: Bureau, visit: JointVisit, safety: User) -> JointVisit:
    """Let both divisions agree on the visit and on its leaders."""
    row = proposed(bureau.officer, agreed(bureau, visit, safety))
    return answers.consent(safety, row, part_of(visit, "anquan"))


def special(bureau: Bureau, subject: Subject, on: date, *people: str) -> SpecialInspection:
    """Record an inspection outside the lottery, by these inspectors or any two."""
    found = Inspector.objects.filter(organ=bureau.organ)
    team = list(found.filter(certificate_number__in=people)) if people else list(found[:2])
    values = burden_services.SpecialValues(Ground.COMPLAINT, "举报核查", "举报〔2026〕7号", "能耗数据", on, on)
    return burden_services.record_special(bureau.officer, values, subjects=[subject], inspectors=team)
