"""Who comes from another division is trained by the item's division and accompanied by somebody without interest (A10.2)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from mingqian.accounts.models import User
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.drawing.bundle.selectors import teams_of
from mingqian.drawing.changes.states import Kind, Reason
from mingqian.drawing.models import Draw, Supplement, Training
from mingqian.drawing.tests.changes import appointed, asked, barred, first_place, outsiders
from mingqian.drawing.training.selectors import TrainingValues, companions_for, trainees_of, trainings_to_record
from mingqian.drawing.training.services import record_training
from mingqian.ledger.verification.selectors import verify_log
from mingqian.registry.models import Inspector
from mingqian.testing import Bureau, noted, opened_draw

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def values(companion: Inspector, *subjects: str, **fields: Any) -> TrainingValues:
    """Return what an officer enters."""
    given = {"on": clock.today(), "content": "节能监察要点和依据", "trainer": "赵六", "companion": companion, **fields}
    return TrainingValues(subjects=subjects, **given)


@pytest.fixture
def came(stocked: Bureau) -> Supplement:
    """An appointment of somebody of another division, carried out; everybody else in the teams is of the own division."""
    (one,) = outsiders(stocked, 1)
    draw = opened_draw(stocked)
    Inspector.objects.exclude(pk=one.pk).update(division=stocked.divisions["jieneng"])
    noted(*Inspector.objects.all())
    subject, _gone = first_place(draw)
    barred(stocked, draw, subject, leave=0)
    ground = "本科室可抽人员均已回避"
    given = {"ground": ground, "appointed": one.certificate_number}
    return appointed(stocked, asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, **given))


def own(bureau: Bureau) -> Inspector:
    """Return a new inspector of the item's division, whom nothing ties to anybody."""
    (one,) = outsiders(bureau, 1, "jieneng", 15038000)
    return one


def test_art10_the_training_of_who_came_from_another_division_is_recorded_once(
    stocked: Bureau, came: Supplement
) -> None:
    """A10.2: date, content, trainer, accompanying person."""
    companion, draw = own(stocked), came.draw
    assert companion in companions_for(draw, [came.subjects[0]])
    (row,) = record_training(stocked.officer, draw, came.appointed, values(companion, came.subjects[0]))
    (trainee,) = trainees_of(draw)
    assert (trainee.inspector.certificate_number, trainee.records, trainee.missing) == (came.appointed, (row,), ())
    with pytest.raises(DomainError, match="已经登记"):
        record_training(stocked.officer, draw, came.appointed, values(companion, came.subjects[0]))
    with pytest.raises(NotAllowedError):
        record_training(stocked.leader, draw, came.appointed, values(companion, came.subjects[0]))


def test_art10_who_was_drawn_from_another_division_is_trained_too(stocked: Bureau, sign_in: SignIn) -> None:
    """A10.2: drawn across divisions from the start; several visits at once; on the workbench until it is done."""
    draw = opened_draw(stocked)
    home = stocked.divisions["jieneng"]
    foreign = {one.certificate_number for one in Inspector.objects.exclude(division=home)}
    expected = {number for team in teams_of(draw).values() for number in team if number in foreign}
    trainees = trainees_of(draw)
    assert {one.inspector.certificate_number for one in trainees} == expected
    assert trainings_to_record(stocked.officer) == [(draw, len(expected))]
    one = max(trainees, key=lambda one: len(one.subjects))
    number, companion = one.inspector.certificate_number, own(stocked)
    client = sign_in(stocked.officer)
    assert "业务培训" in client.get("/").content.decode()
    assert one.inspector.name in client.get(f"/draws/{draw.code}/training/").content.decode()
    address = f"/draws/{draw.code}/training/{number}/"
    fields = {"on": clock.today().isoformat(), "content": "检查要点", "trainer": "赵六"}
    bad = client.post(address, {**fields, "companion": companion.certificate_number, "content": "看"})
    assert bad.status_code == 400
    assert "至少选择一个检查对象" in bad.content.decode()
    client.post(address, {**fields, "companion": companion.certificate_number, "subjects": list(one.subjects)})
    assert Training.objects.filter(inspector=number).count() == len(one.subjects)
    assert trainings_to_record(stocked.officer) == ([(draw, len(expected) - 1)] if len(expected) > 1 else [])


def test_art10_the_accompanying_person_has_no_interest_and_is_no_member(stocked: Bureau, came: Supplement) -> None:
    """A10.2"""
    draw, number = came.draw, came.appointed
    team = teams_of(draw)[came.subjects[0]]
    tied = Inspector.objects.filter(interests__subject__number=came.subjects[0]).exclude(certificate_number__in=team)[0]
    with pytest.raises(DomainError, match="有利害关系"):
        record_training(stocked.officer, draw, number, values(tied, came.subjects[0]))
    (stranger,) = outsiders(stocked, 1, "anquan", 15037000)
    with pytest.raises(DomainError, match="任务所属科室"):
        record_training(stocked.officer, draw, number, values(stranger, came.subjects[0]))
    member = Inspector.objects.get(certificate_number=next(one for one in team if one != number))
    with pytest.raises(DomainError, match="检查组成员"):
        record_training(stocked.officer, draw, number, values(member, came.subjects[0]))
    assert not Training.objects.exists()


def test_art10_bad_training_records_are_refused(stocked: Bureau, came: Supplement) -> None:
    """Bad input: nothing said, a day to come, no visit, the visit of another."""
    companion, other = own(stocked), max(teams_of(came.draw))
    wrong: tuple[dict[str, Any], ...] = ({"content": " "}, {"trainer": ""}, {"on": clock.today() + timedelta(days=1)})
    for fields in wrong:
        with pytest.raises(DomainError):
            record_training(stocked.officer, came.draw, came.appointed, values(companion, came.subjects[0], **fields))
    for subjects in ((), (other,)):
        with pytest.raises(DomainError, match="请选择这次培训所针对的检查对象"):
            record_training(stocked.officer, came.draw, came.appointed, values(companion, *subjects))


def test_who_is_of_the_own_division_needs_no_training(stocked: Bureau) -> None:
    """A10.2: for other divisions only."""
    draw: Draw = opened_draw(stocked)
    Inspector.objects.update(division=stocked.divisions["jieneng"])
    assert trainees_of(draw) == []
    one = Inspector.objects.all()[0]
    with pytest.raises(DomainError, match="不需要登记"):
        record_training(stocked.officer, draw, one.certificate_number, values(one, first_place(draw)[0]))


def test_the_log_knows_the_training(stocked: Bureau) -> None:
    """Every row on the ledger."""
    draw = opened_draw(stocked)
    one = trainees_of(draw)[0]
    record_training(stocked.officer, draw, one.inspector.certificate_number, values(own(stocked), *one.subjects))
    assert verify_log().problems == []
