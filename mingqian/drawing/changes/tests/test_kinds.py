"""Exchange, replacement of subjects, inspectors of other divisions, appointment: each by its article, checked by all verifiers."""

import json
from typing import Any

import pytest
from django.test import Client

import mingqian_draw as mq
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.drawing.bundle.selectors import teams_of
from mingqian.drawing.changes import requests
from mingqian.drawing.changes.seal import TooFewError
from mingqian.drawing.changes.states import Kind, Reason
from mingqian.drawing.current.selectors import public_changes, standing
from mingqian.drawing.tests.changes import OUTSIDE, appointed, asked, barred, first_place, opened, outsiders
from mingqian.drawing.tests.stages import GROUND, exempted, files_with_ledger, sound, verified_by_browser
from mingqian.ledger import selectors as ledger
from mingqian.ledger.verification.selectors import verify_log
from mingqian.planning.models import Encounter
from mingqian.registry.models import Inspector, Subject, joined
from mingqian.registry.people import services as people_services
from mingqian.registry.people.states import InterestKind
from mingqian.testing import Bureau, make_task, noted, opened_draw

pytestmark = pytest.mark.django_db


def test_art09_a_subject_found_exempt_is_replaced_by_lot_within_its_stratum(stocked: Bureau) -> None:
    """A9.2: only with the exemption on record; team and visit pass to the replacement."""
    draw = opened_draw(stocked)
    subject, _inspector = first_place(draw)
    team = teams_of(draw)[subject]
    with pytest.raises(DomainError, match="没有这家企业当前有效的免检免扰登记"):
        asked(stocked, draw, Kind.SUBJECT, Reason.EXEMPT)
    exempted(stocked, subject)
    row = opened(stocked, asked(stocked, draw, Kind.SUBJECT, Reason.EXEMPT))
    assert row.number == 2
    after = sound(draw).teams
    assert subject not in after
    (new,) = after.keys() - {r.number for s in standing(draw) for r in s.selected if not r.changes}
    assert after[new] == team
    assert Subject.objects.get(number=new).district == Subject.objects.get(number=subject).district
    old = Encounter.objects.get(reference=draw.code, subject__number=subject)
    come = Encounter.objects.get(reference=draw.code, subject__number=new)
    assert "第 2 号变更替补：免检免扰（第九条）" in old.dropped_why
    assert (come.dropped_why, come.team, come.until, come.task) == ("", joined(team), old.until, draw.task)
    assert verify_log().problems == []


def test_art09_items_that_know_no_exemption_replace_nobody(stocked: Bureau) -> None:
    """A9.2: environment, safety, complaints, orders from above, law."""
    draw = opened_draw(stocked, exemption="safety")
    subject, _inspector = first_place(draw)
    exempted(stocked, subject)
    with pytest.raises(DomainError, match="不适用免检"):
        asked(stocked, draw, Kind.SUBJECT, Reason.EXEMPT)


def test_art12_a_subject_gives_way_only_to_another_divisions_draw(stocked: Bureau) -> None:
    """A12.2"""
    draw = opened_draw(stocked)
    with pytest.raises(DomainError, match="不存在避让"):
        asked(stocked, draw, Kind.SUBJECT, Reason.GIVE_WAY)
    subject, _inspector = first_place(draw)
    task = make_task(stocked, "安全", division="anquan")
    row = Encounter.objects.get(reference=draw.code, subject__number=subject)
    other = Encounter.objects.create(
        organ=row.organ, subject=row.subject, source=row.source, reference="x", title="x", task=task,
        since=row.since, until=row.until,
    )  # fmt: skip
    noted(other)
    assert opened(stocked, asked(stocked, draw, Kind.SUBJECT, Reason.GIVE_WAY)).public_reason == "避让"


def test_art12_subjects_are_decided_on_by_leaders_only(stocked: Bureau) -> None:
    """A9.2, A12.2"""
    draw = opened_draw(stocked)
    exempted(stocked, first_place(draw)[0])
    row = asked(stocked, draw, Kind.SUBJECT, Reason.EXEMPT)
    with pytest.raises(NotAllowedError, match="分管领导、主要领导"):
        requests.approve(stocked.user(Role.DIVISION_HEAD), row)
    requests.approve(stocked.leader, row)


def test_art11_a_recusal_may_be_settled_by_an_exchange_by_lot(stocked: Bureau) -> None:
    """A11.2: both change places, neither meets a conflict; the visits on record follow for both subjects."""
    draw = opened_draw(stocked)
    subject, gone = first_place(draw)
    before = teams_of(draw)
    row = opened(stocked, asked(stocked, draw, Kind.EXCHANGE, Reason.RECUSAL_OWN))
    result = json.loads(bytes(row.result_json or b""))
    other, came = result["changes"][0]["to"]
    after = sound(draw).teams
    assert came in before[other]
    assert (gone in after[subject], gone in after[other], came in after[subject]) == (False, True, True)
    for place in (subject, other):
        assert Encounter.objects.get(reference=draw.code, subject__number=place).team == joined(after[place])
    assert {s for s, team in after.items() if team != before[s]} == {subject, other}


def test_art11_an_exchange_that_creates_a_conflict_never_comes_up(stocked: Bureau) -> None:
    """A11.2: bad input. Of all pairs only those without conflict are candidates; without two of them it is refused."""
    draw = opened_draw(stocked)
    subject, gone = first_place(draw)
    teams = teams_of(draw)
    mine = Inspector.objects.get(certificate_number=gone)
    for place in sorted(teams)[1:]:
        company = Subject.objects.get(number=place)
        people_services.add_interest(stocked.officer, mine, company, kind=InterestKind.OTHER, since=clock.today())
    with pytest.raises(TooFewError, match="能够互换的只有 0 对"):
        asked(stocked, draw, Kind.EXCHANGE, Reason.RECUSAL_OWN)
    assert subject


def test_art11_an_exchange_is_for_recusals_only(stocked: Bureau) -> None:
    """A11.2: nobody changes his place because he is busy."""
    draw = opened_draw(stocked)
    with pytest.raises(DomainError, match="规定的原因"):
        asked(stocked, draw, Kind.EXCHANGE, Reason.WORK)


def test_art10_inspectors_of_another_division_join_the_lot_by_decision_of_the_principal_leader(stocked: Bureau) -> None:
    """A10.1: only where the lot would fail, only by him, all of them together; which of them comes is by lot."""
    coming = outsiders(stocked)
    draw = opened_draw(stocked)
    subject, gone = first_place(draw)
    with pytest.raises(DomainError, match="不需要跨科室"):
        asked(stocked, draw, ground=GROUND, groups=[OUTSIDE])
    barred(stocked, draw, subject, leave=0)
    with pytest.raises(DomainError, match="书面说明人员不足"):
        asked(stocked, draw, groups=[OUTSIDE])
    row = asked(stocked, draw, ground=GROUND, groups=[OUTSIDE])
    for role in (Role.DIVISION_HEAD, Role.LEADER):
        with pytest.raises(NotAllowedError, match="由主要领导审批"):
            requests.approve(stocked.user(role), row)
    row = opened(stocked, row)
    first, second = row.facts.all()
    assert (first.told["absent"][0][:2], first.told["joining"]) == ([subject, gone], None)
    assert second.told["joining"] == {"groups": [list(OUTSIDE)], "place": [subject, gone]}
    assert (second.told["approver"], second.told["ground"]) == ("主要领导 主要领导甲", GROUND)
    team = sound(draw).teams[subject]
    assert team[0] in {one.certificate_number for one in coming}
    assert gone not in team
    names = {m.number: m.name for s in standing(draw) for r in s.selected for m in r.team}
    assert names[team[0]].startswith("外援")
    assert [change.across for change in public_changes(draw)] == [True]


def test_art10_nobody_joins_who_was_not_in_the_sealed_table(stocked: Bureau) -> None:
    """A10.1: who got his certificate the day after has no part in this draw: neither by lot nor by appointment."""
    draw = opened_draw(stocked)
    subject, _gone = first_place(draw)
    barred(stocked, draw, subject, leave=0)
    (late,) = outsiders(stocked, 1)
    with pytest.raises(DomainError):
        asked(stocked, draw, ground=GROUND, groups=[OUTSIDE])
    with pytest.raises(DomainError, match="封存的名单里没有此人"):
        asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, ground=GROUND, appointed=late.certificate_number)


def test_art10_one_who_joins_alone_would_be_chosen(stocked: Bureau) -> None:
    """A10.1: a group of one is refused."""
    outsiders(stocked, 1)
    draw = opened_draw(stocked)
    barred(stocked, draw, first_place(draw)[0], leave=0)
    with pytest.raises(DomainError, match="只加入一人等于指定"):
        asked(stocked, draw, ground=GROUND, groups=[OUTSIDE])


def test_art10_an_appointment_is_refused_while_a_lot_has_two_candidates(stocked: Bureau) -> None:
    """A10.1: the lot goes first."""
    (one,) = outsiders(stocked, 1)
    draw = opened_draw(stocked)
    with pytest.raises(DomainError, match="还有 10 人可以抽，不能直接委派"):
        asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, ground=GROUND, appointed=one.certificate_number)


def test_art10_the_principal_leader_appoints_and_it_is_shown_as_not_by_lot(stocked: Bureau, client: Client) -> None:
    """A10.1: ground and who decided in the seal, on the public page, and marked in the team."""
    (one,) = outsiders(stocked, 1)
    draw = opened_draw(stocked)
    subject, gone = first_place(draw)
    barred(stocked, draw, subject, leave=0)
    row = asked(stocked, draw, Kind.APPOINTMENT, Reason.HEALTH, ground=GROUND, appointed=one.certificate_number)
    with pytest.raises(NotAllowedError, match="由主要领导审批"):
        requests.approve(stocked.leader, row)
    row = appointed(stocked, row)
    report = sound(draw)
    assert report.teams[subject][0] == one.certificate_number
    assert [subject, one.certificate_number] in report.appointed
    assert report.ledger
    assert report.ledger["last"] == [1, 2, "seal"]
    page = client.get(f"/public/draws/{draw.code}/").content.decode()
    assert "非抽签产生（直接委派）" in page
    assert GROUND in page
    assert "主要领导 主要领导甲" in page
    assert "身体" not in page
    assert gone


def test_a_real_bundle_with_every_kind_is_accepted_and_a_tampered_one_refused_by_all(
    stocked: Bureau, client: Client
) -> None:
    """draw-protocol.md, "After the draw": an inspector, an exchange, a subject, an appointment, one after the other."""
    (one,) = outsiders(stocked, 1)
    draw = opened_draw(stocked)
    places = sorted(teams_of(draw))
    opened(stocked, asked(stocked, draw))
    opened(
        stocked,
        asked(
            stocked, draw, Kind.EXCHANGE, Reason.RECUSAL_OWN, subject=places[1], inspector=teams_of(draw)[places[1]][0]
        ),
    )
    exempted(stocked, places[2])
    opened(stocked, asked(stocked, draw, Kind.SUBJECT, Reason.EXEMPT, subject=places[2]))
    barred(stocked, draw, places[3], leave=0)
    fields = {"subject": places[3], "inspector": teams_of(draw)[places[3]][0]}
    given = {"ground": GROUND, "appointed": one.certificate_number}
    appointed(stocked, asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, **given, **fields))
    report = sound(draw)
    assert report.census
    kinds = [lot["kind"] for lot in report.census["lots"]]
    assert (kinds, len(report.census["appointments"])) == (["draw", "inspector", "exchange", "subject"], 1)
    page = client.get(f"/public/draws/{draw.code}/").content.decode()
    last = max(row.number or 0 for row in draw.supplements.all())
    for row in draw.supplements.all():
        assert f"第 {row.number} 号" in page
    files = files_with_ledger(draw)
    first = json.loads(files["supplement-2/result.json"])
    forged = files["supplement-2/result.json"].replace(first["changes"][0]["to"][1].encode(), b"15030999")
    name = f"supplement-{last}/seal.json"
    tampered = [
        {**files, "supplement-2/result.json": forged},
        {**files, name: files[name].replace("不足".encode(), "充足".encode())},
        {name: content for name, content in files.items() if not name.startswith("supplement-2/")},
        {name: content for name, content in files.items() if not name.startswith(f"supplement-{last}/")},
    ]
    for bad, other in zip(tampered, verified_by_browser(tampered), strict=True):
        assert mq.verify(bad, mq.Options(log_key=str(ledger.log_key()))).status == "refused"
        assert other["status"] == "refused"
    assert verify_log().problems == []


def test_the_list_that_is_published_later_says_nothing_of_persons_before(stocked: Bureau, client: Client) -> None:
    """draw-protocol.md: the digests are public at once, the names with the list."""
    draw = opened_draw(stocked, publication="later")
    subject, gone = first_place(draw)
    row = opened(stocked, asked(stocked, draw))
    page = client.get(f"/public/draws/{draw.code}/").content.decode()
    assert row.seal_digest in page.replace(" ", "")
    name = Inspector.objects.get(certificate_number=gone).name
    assert name not in page
    assert Subject.objects.get(number=subject).name not in page


def test_art10_where_only_subjects_were_drawn_the_principal_leader_appoints_the_team(
    stocked: Bureau, client: Client
) -> None:
    """A10.1: two by two appointments, each shown as not by lot; nobody else decides, and nobody is replaced by it."""
    people = outsiders(stocked, 2)
    draw = opened_draw(stocked, assignment="none")
    subject, nobody = first_place(draw)
    assert nobody == ""
    fields: dict[str, Any] = {"inspector": "", "ground": "本科室没有能够抽取的人员"}
    with pytest.raises(DomainError):
        asked(stocked, draw, Kind.INSPECTOR, Reason.WORK, **fields)
    for one in people:
        row = asked(stocked, draw, Kind.APPOINTMENT, Reason.SHORTAGE, appointed=one.certificate_number, **fields)
        with pytest.raises(NotAllowedError, match="由主要领导审批"):
            requests.approve(stocked.leader, row)
        appointed(stocked, row)
    report = sound(draw)
    assert len(report.teams[subject]) == 2
    assert [[subject, number] for number in sorted(report.teams[subject])] == report.appointed
    (shown,) = [row for stratum in standing(draw) for row in stratum.selected if row.number == subject]
    assert all(member.appointed for member in shown.team)
    assert client.get(f"/public/draws/{draw.code}/").content.decode().count("非抽签产生（直接委派）") >= 2
