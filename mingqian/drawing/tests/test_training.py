"""Who comes from another division is trained by the item's division and accompanied by somebody without interest (A10.2)."""

from datetime import timedelta
from typing import Any

import pytest

from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.drawing.models import Supplement
from mingqian.drawing.supplement_facts import teams_of
from mingqian.drawing.supplement_states import Kind, Reason
from mingqian.drawing.tests.changing import appointed, asked, barred, first_place, opened, outsiders
from mingqian.drawing.training import TrainingValues, companions_for, record_training, trainee_of, training_of
from mingqian.ledger.services import verify_log
from mingqian.registry.models import Inspector
from mingqian.testing import Bureau, opened_draw

pytestmark = pytest.mark.django_db


def values(companion: Inspector, **fields: Any) -> TrainingValues:
    """Return what an officer enters."""
    given = {"on": clock.today(), "content": "节能监察要点和依据", "trainer": "赵六", "companion": companion, **fields}
    return TrainingValues(**given)


@pytest.fixture
def came(stocked: Bureau) -> Supplement:
    """An appointment of somebody of another division, carried out; one inspector of the own division has no interest."""
    draw = opened_draw(stocked)
    subject, _gone = first_place(draw)
    barred(stocked, draw, subject, leave=0)
    ground = "本科室可抽人员均已回避"
    return appointed(
        stocked, asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, ground=ground, coming=outsiders(stocked, 1))
    )


def own(bureau: Bureau) -> Inspector:
    """Return a new inspector of the item's division, whom nothing ties to anybody."""
    (one,) = outsiders(bureau, 1, "jieneng", 15038000)
    return one


def test_art10_the_training_of_who_came_from_another_division_is_recorded_once(
    stocked: Bureau, came: Supplement
) -> None:
    """A10.2: date, content, trainer, accompanying person."""
    companion = own(stocked)
    assert companion in companions_for(came)
    row = record_training(stocked.officer, came, values(companion))
    assert (row.inspector, training_of(came)) == (came.appointed, row)
    with pytest.raises(DomainError, match="已经登记"):
        record_training(stocked.officer, came, values(companion))
    with pytest.raises(NotAllowedError):
        record_training(stocked.leader, came, values(companion))


def test_art10_the_accompanying_person_has_no_interest_and_is_no_member(stocked: Bureau, came: Supplement) -> None:
    """A10.2"""
    team = teams_of(came.draw)[came.subject]
    tied = Inspector.objects.filter(division=stocked.divisions["jieneng"]).exclude(certificate_number__in=team)[0]
    with pytest.raises(DomainError, match="有利害关系"):
        record_training(stocked.officer, came, values(tied))
    stranger = Inspector.objects.filter(division=stocked.divisions["anquan"])[0]
    with pytest.raises(DomainError, match="任务所属科室"):
        record_training(stocked.officer, came, values(stranger))
    Inspector.objects.filter(certificate_number=team[1]).update(division=stocked.divisions["jieneng"])
    with pytest.raises(DomainError, match="检查组成员"):
        record_training(stocked.officer, came, values(Inspector.objects.get(certificate_number=team[1])))
    assert training_of(came) is None


def test_art10_bad_training_records_are_refused(stocked: Bureau, came: Supplement) -> None:
    """Bad input: nothing said, a day to come."""
    companion = own(stocked)
    for wrong in ({"content": " "}, {"trainer": ""}, {"on": clock.today() + timedelta(days=1)}):
        with pytest.raises(DomainError):
            record_training(stocked.officer, came, values(companion, **wrong))


def test_who_is_of_the_own_division_needs_no_training(stocked: Bureau) -> None:
    """A10.2: for other divisions only."""
    draw = opened_draw(stocked)
    Inspector.objects.update(division=stocked.divisions["jieneng"])
    row = opened(stocked, asked(stocked, draw))
    assert trainee_of(row) is None
    with pytest.raises(DomainError, match="不需要登记"):
        record_training(stocked.officer, row, values(Inspector.objects.all()[0]))


def test_the_log_knows_the_training(stocked: Bureau, came: Supplement) -> None:
    """style.md: every row on the ledger."""
    record_training(stocked.officer, came, values(own(stocked)))
    assert verify_log().problems == []
