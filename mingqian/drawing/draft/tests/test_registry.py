"""What the registry says of inspectors enters a draw by itself: absences, interests; experts never."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from mingqian.accounts.models import User
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.drawing.current.selectors import outcome, standing
from mingqian.drawing.draft import selectors as draft_selectors, services as draft_services
from mingqian.drawing.draw import services as draw_services
from mingqian.ledger.verification.selectors import verify_log
from mingqian.planning.experts import services as expert_services
from mingqian.registry.experts import services as registry_expert_services
from mingqian.registry.experts.services import ExpertValues
from mingqian.registry.models import Inspector, Subject
from mingqian.registry.parts import services as part_services
from mingqian.registry.people import services as people_services
from mingqian.testing import Bureau, make_draft, opened_draw

pytestmark = pytest.mark.django_db


def test_art11_an_interest_on_record_keeps_the_pair_apart(stocked: Bureau) -> None:
    """A11.2: eight of twelve inspectors have an interest in every subject, so that a draw that overlooked them would show."""
    today = clock.today()
    barred = list(Inspector.objects.select_related("organ").order_by("certificate_number")[:8])
    for subject in Subject.objects.all():
        for inspector in barred:
            people_services.add_interest(stocked.officer, inspector, subject, kind="other", since=today)
    draw = opened_draw(stocked)
    teams = {m.number for stratum in outcome(draw) for row in stratum.selected for m in row.team}
    assert teams
    assert not teams & {inspector.certificate_number for inspector in barred}
    assert verify_log().sound


def test_art11_interests_on_record_and_those_of_the_draft_are_one_list(stocked: Bureau, client: Client) -> None:
    """A11.2: each pair once, with its source on both pages; one that is over on the day, or about somebody outside, is not in it."""
    people = list(Inspector.objects.select_related("organ", "division").order_by("certificate_number"))
    companies = list(Subject.objects.order_by("number"))
    today = clock.today()
    add = people_services.add_interest
    add(stocked.officer, people[0], companies[0], kind="shareholding", since=today)
    add(stocked.officer, people[0], companies[1], kind="other", since=today, until=today)
    add(stocked.officer, people[1], companies[0], kind="other", since=today)
    own = [(people[0], companies[0]), (people[0], companies[2])]
    conflicts = [
        {
            "subject": c.number,
            "inspector": i.certificate_number,
            "subject_name": c.name,
            "inspector_name": i.name,
            "reason": "本次",
        }
        for i, c in own
    ]
    draft = make_draft(stocked, conflicts=conflicts, divisions=[people[0].division_id])
    pool = draft_selectors.pool_of(draft)
    assert people[1].division_id != people[0].division_id
    # Also of who takes no part: he might be let in later, with his whole division (art. 10).
    every = {(c.number, i.certificate_number) for i, c in [*own, (people[1], companies[0])]}
    assert pool.conflicts == sorted(every)
    client.force_login(stocked.officer, backend="django.contrib.auth.backends.ModelBackend")
    text = client.get(f"/draws/drafts/{draft.pk}/conflicts/").content.decode()
    assert "已在册" in text
    assert "持有股份" in text
    seal = client.get(f"/draws/drafts/{draft.pk}/seal/").content.decode()
    assert f"{people[0].name}与{companies[0].name}：持有股份或有投资，已在册（科室登记）" in seal
    assert f"{people[0].name}与{companies[2].name}：本次，本次登记" in seal


def test_art11_an_interest_recorded_after_the_review_stops_the_seal(stocked: Bureau) -> None:
    """A11.2: what is sealed is what was reviewed."""
    draft = make_draft(stocked)
    reviewed = draft_selectors.pool_of(draft).digest()
    inspector = Inspector.objects.select_related("organ").order_by("certificate_number")[0]
    subject = Subject.objects.order_by("number")[0]
    people_services.add_interest(stocked.officer, inspector, subject, kind="other", since=clock.today())
    with pytest.raises(DomainError):
        draw_services.seal(stocked.officer, draft, reviewed=reviewed)


def test_art07_an_absence_on_record_is_out_of_the_draw_and_asks_for_no_choice(stocked: Bureau, client: Client) -> None:
    """A7.1, A11.1: with its code on the table; the draft's own list stays for others."""
    draft = make_draft(stocked)
    day = draft_selectors.visit_date(draft)
    away, other = Inspector.objects.select_related("organ").order_by("certificate_number")[:2]
    people_services.add_absence(stocked.officer, away, reason="travel", since=day, until=day + timedelta(days=3))
    client.force_login(stocked.officer, backend="django.contrib.auth.backends.ModelBackend")
    text = client.get(f"/draws/drafts/{draft.pk}/people/").content.decode()
    assert f'name="out_{away.certificate_number}"' not in text
    assert f'name="out_{other.certificate_number}"' in text
    draft = draft_services.save_draft(stocked.officer, draft, left_out={other.certificate_number: "duty"})
    rows = {number: status for number, _unit, status in draft_selectors.pool_of(draft).inspectors}
    assert rows[away.certificate_number] == "out:travel"
    assert rows[other.certificate_number] == "out:duty"


def test_art09_experts_and_testing_bodies_never_enter_a_draw(stocked: Bureau) -> None:
    """A9.6: the rows of a pool are the inspectors' and nobody else's."""
    draft = make_draft(stocked)
    before = draft_selectors.pool_of(draft).digest()
    for kind in ("expert", "testing_body"):
        registry_expert_services.add_expert(
            stocked.officer, ExpertValues(kind=kind, name=f"鲁中{kind}", speciality="节能")
        )
    pool = draft_selectors.pool_of(draft)
    assert pool.digest() == before
    assert {row[0] for row in pool.inspectors} == set(Inspector.objects.values_list("certificate_number", flat=True))


def test_art06_a_subject_with_several_permits_is_one_ticket(stocked: Bureau) -> None:
    """A6.1: the pool has one row with one lot for it, however many permits, flags and libraries it has."""
    subject = Subject.objects.select_related("organ").order_by("number")[0]
    draft = make_draft(stocked)
    before = draft_selectors.pool_of(draft).digest()
    for number in ("1", "2", "3"):
        part_services.add_permit(stocked.officer, subject, name="民爆销售许可", number=number, since=clock.today())
    pool = draft_selectors.pool_of(draft)
    assert [row[2] for row in pool.subjects if row[0] == subject.number] == [1]
    assert pool.digest() == before


def test_art09_experts_of_the_task_stand_in_the_record_and_in_no_team(
    stocked: Bureau, client: Client, sign_in: Callable[[User], Client]
) -> None:
    """A9.6: named in the record and on the public page, apart from the teams."""
    draw = opened_draw(stocked)
    one = registry_expert_services.add_expert(
        stocked.officer, ExpertValues(kind="expert", name="钱教授", speciality="能源计量")
    )
    assert draw.task
    row = expert_services.ask_expert(stocked.officer, draw.task, one, purpose="查看能源计量器具")
    expert_services.decide_expert(stocked.leader, row, approve=True)
    public = client.get(f"/public/draws/{draw.code}/").content.decode()
    assert "辅助检查人员（不是检查组成员，第九条）：钱教授" in public
    page = sign_in(stocked.officer).get(f"/draws/{draw.code}/record/").content.decode()
    assert "钱教授（能源计量）：查看能源计量器具（不是检查组成员）" in page
    assert "钱教授" not in {m.name for s in standing(draw) for r in s.selected for m in r.team}
