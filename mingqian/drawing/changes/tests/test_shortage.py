"""Too few inspectors: who was left out at the seal and is free again, what hides an appointment, what officers are told."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from mingqian.accounts.models import User
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.drawing.changes.seal import TooFewError, preview
from mingqian.drawing.changes.selectors import table_out
from mingqian.drawing.changes.states import Kind, Reason
from mingqian.drawing.draw.selectors import bundle_files, teams_of
from mingqian.drawing.draw.services import publish
from mingqian.drawing.models import Draw, Supplement
from mingqian.drawing.tests.changes import STATEMENT, appointed, approved, asked, first_place, opened, outsiders, sealed
from mingqian.drawing.tests.stages import GROUND, ask_at, sound
from mingqian.drawing.voids import services as void_services
from mingqian.ledger.models import Entry
from mingqian.registry.models import Inspector, Subject
from mingqian.registry.people import services as people_services
from mingqian.registry.people.states import InterestKind, OutReason
from mingqian.testing import Bureau, opened_draw

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def drawn_without(bureau: Bureau, count: int = 1) -> tuple[Draw, list[Inspector]]:
    """Return an opened draw, and inspectors of its divisions whom its seal left out for leave."""
    today = clock.today()
    own = Inspector.objects.filter(organ=bureau.organ, division=bureau.divisions["jieneng"])
    away = list(own.order_by("certificate_number")[:count])
    for one in away:
        people_services.add_absence(
            bureau.officer, one, reason=OutReason.LEAVE, since=today, until=today + timedelta(days=300)
        )
    draw = opened_draw(bureau)
    assert table_out(bundle_files(draw)).keys() == {one.certificate_number for one in away}
    return draw, away


def back(bureau: Bureau, inspector: Inspector) -> Inspector:
    """Let somebody be back from leave."""
    people_services.end_absence(bureau.officer, inspector.absences.get(), back_on=clock.today())
    return Inspector.objects.get(pk=inspector.pk)


def left_with(bureau: Bureau, draw: Draw, subject: str, stay: int) -> list[str]:
    """Put interests on record until only `stay` of those who took part in the draw could come; return their numbers."""
    files = bundle_files(draw)
    out = table_out(files)
    taking_part = [line.split("\t")[0] for line in files["inspectors.tsv"].decode().splitlines()]
    free = [number for number in taking_part if number not in {*out, *teams_of(draw)[subject]}]
    company = Subject.objects.get(organ=bureau.organ, number=subject)
    for number in free[stay:]:
        row = Inspector.objects.get(organ=bureau.organ, certificate_number=number)
        people_services.add_interest(bureau.officer, row, company, kind=InterestKind.OTHER, since=clock.today())
    return free[:stay]


def test_art10_who_was_left_out_at_the_seal_and_is_back_joins_the_lot(stocked: Bureau, sign_in: SignIn) -> None:
    """A10.1: chosen in the form, with a mark; with one of the list who is left there are two, and they draw."""
    draw, (gone_on_leave, still_away) = drawn_without(stocked, 2)
    subject, gone = first_place(draw)
    (left,) = left_with(stocked, draw, subject, 1)
    one = back(stocked, gone_on_leave)
    client = sign_in(stocked.officer)
    page = client.get(ask_at(draw, subject, gone, "shortage")).content.decode()
    assert f"{one.certificate_number}，封存时不参加：休假或病假）" in page
    assert still_away.certificate_number not in page
    fields = {"kind": "inspector", "reason": "work", "statement": STATEMENT, "ground": GROUND}
    answer = client.post(ask_at(draw, subject, gone, "shortage"), {**fields, "coming": [one.certificate_number, left]})
    assert "并参加抽取，不能再加入" in answer.content.decode()
    client.post(ask_at(draw, subject, gone, "shortage"), {**fields, "coming": [one.certificate_number]})
    row = opened(stocked, Supplement.objects.get())
    page = client.get(f"/public/draws/{draw.code}/").content.decode().partition('id="changes"')[2]
    # Nobody of another division came in, so no change is called that.
    assert (f"{one.name}（节能科）" in page, "跨科室随机抽取" in page) == (True, False)
    seal = json.loads(bytes(row.seal_json or b""))
    assert [pair[0] for pair in seal["joining"]["inspectors"]] == [one.certificate_number]
    # Who is still away took no part before either: were he reported as absent, he could not come back later.
    assert still_away.certificate_number not in seal["unavailable"]
    assert row.candidates == 2
    assert sound(draw).teams[subject][0] in {left, one.certificate_number}


def test_art10_he_joins_with_the_unit_that_the_seal_has(stocked: Bureau) -> None:
    """A10.1: also where he works elsewhere by now."""
    draw, (away,) = drawn_without(stocked)
    subject, _gone = first_place(draw)
    left_with(stocked, draw, subject, 1)
    one = back(stocked, away)
    Inspector.objects.filter(pk=one.pk).update(division=stocked.divisions["fagui"])
    one.refresh_from_db()
    row = asked(stocked, draw, ground=GROUND, coming=[one])
    assert row.joining == {"inspectors": [[one.certificate_number, "节能科"]]}
    opened(stocked, row)
    sound(draw)


def test_art10_he_may_be_appointed_and_later_is_one_like_any_other(stocked: Bureau) -> None:
    """A10.1: in another team he is a candidate from then on."""
    draw, (away,) = drawn_without(stocked)
    subject, gone = first_place(draw)
    left_with(stocked, draw, subject, 0)
    with pytest.raises(DomainError, match="现在不能参加检查（不参加：休假或病假），请另选"):
        asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, ground=GROUND, coming=[away])
    one = back(stocked, away)
    appointed(stocked, asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, ground=GROUND, coming=[one]))
    report = sound(draw)
    assert report.teams[subject][0] == one.certificate_number
    assert (subject, one.certificate_number) in report.appointed
    place, team = max((name, team) for name, team in report.teams.items() if one.certificate_number not in team)
    row = sealed(stocked, approved(stocked, asked(stocked, draw, subject=place, inspector=team[0])))
    in_table = len(bundle_files(draw)["inspectors.tsv"].splitlines()) - 1
    assert row.candidates == in_table - 2 + 1
    assert gone


def test_art10_with_one_candidate_left_he_or_a_newcomer_is_appointed_and_no_message_contradicts(
    stocked: Bureau,
) -> None:
    """A10.1: the lot says that one is too few, so the appointment does not say that two can draw."""
    draw, _away = drawn_without(stocked)
    subject, _gone = first_place(draw)
    (left,) = left_with(stocked, draw, subject, 1)
    with pytest.raises(TooFewError, match="只有 1 人，不足 2 人，不能抽签"):
        asked(stocked, draw)
    fields = {"ground": GROUND, "coming": outsiders(stocked, 1)}
    newcomer = asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, **fields)
    assert newcomer.appointed == "15039000"
    Supplement.objects.all().delete()
    own = Inspector.objects.get(certificate_number=left)
    row = asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, ground=GROUND, coming=[own])
    appointed(stocked, row)
    assert sound(draw).teams[subject][0] == left


def test_art10_while_two_could_draw_a_newcomer_is_not_appointed(stocked: Bureau) -> None:
    """A10.1: counted without him."""
    draw = opened_draw(stocked)
    subject, _gone = first_place(draw)
    left_with(stocked, draw, subject, 2)
    with pytest.raises(DomainError, match="还有 2 人可以抽，不能直接委派"):
        asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, ground=GROUND, coming=outsiders(stocked, 1))


def test_art10_officers_are_told_what_is_wrong_and_what_to_do(stocked: Bureau) -> None:
    """A10.1: bad input. Words and names, no places in files."""
    draw = opened_draw(stocked)
    subject, _gone = first_place(draw)
    left_with(stocked, draw, subject, 0)
    here, other = outsiders(stocked, 2)
    company = Subject.objects.get(organ=stocked.organ, number=subject)
    people_services.add_interest(stocked.officer, here, company, kind=InterestKind.OTHER, since=clock.today())
    with pytest.raises(DomainError, match=r"^不能委派外援0：与这个对象有利害关系，应当回避（第十一条）。请另选一人。$"):
        asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, ground=GROUND, coming=[here])
    team = teams_of(draw)[subject]
    colleague = Inspector.objects.get(certificate_number=team[1])
    with pytest.raises(DomainError, match=rf"^不能委派{colleague.name}：已在这个对象的检查组里。请另选一人。$"):
        asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, ground=GROUND, coming=[colleague])
    with pytest.raises(DomainError, match=r"连同勾选的人员，能够顶替的只有 1 人.*请再勾选"):
        asked(stocked, draw, ground=GROUND, coming=[here, other])


def test_a_voided_change_cannot_be_guessed_from_its_digest(stocked: Bureau, client: Client) -> None:
    """draw-protocol.md, E3: with its secret anybody could try what its seal says, so that comes out with the list."""
    draw = opened_draw(stocked, publication="later")
    row = sealed(stocked, approved(stocked, asked(stocked, draw)))
    asking = void_services.ask(stocked.officer, row, reason="抽取监督人突发疾病")
    voided = void_services.approve(stocked.leader, asking).supplement
    assert voided
    row = voided
    secret = json.loads(bytes(row.void_json or b""))["secret"]
    pages = []
    for _turn in range(2):
        pages.append(client.get(f"/public/draws/{draw.code}/").content.decode().replace(" ", ""))
        draw = publish(stocked.leader, Draw.objects.get(pk=draw.pk)) if not draw.is_public else draw
    assert [(row.seal_digest in page, secret in page) for page in pages] == [(True, False), (True, True)]


def test_an_appointment_cannot_be_guessed_from_its_digests(stocked: Bureau, client: Client) -> None:
    """draw-protocol.md, E3: each kept seal has a salt of its own, which no preview and no page shows while the list is held back."""
    draw = opened_draw(stocked, publication="later")
    subject, _gone = first_place(draw)
    left_with(stocked, draw, subject, 0)
    row = asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, ground=GROUND, coming=outsiders(stocked, 1))
    shown = preview(row)
    assert shown == preview(row)
    row = appointed(stocked, row)
    seal, result = (json.loads(bytes(part or b"")) for part in (row.seal_json, row.result_json))
    assert len(seal["salt"]) == 64
    assert result["salt"] == seal["salt"]
    page = client.get(f"/public/draws/{draw.code}/").content.decode()
    assert row.seal_digest in page.replace(" ", "")
    assert seal["salt"] not in page.replace(" ", "")
    said = json.dumps(list(Entry.objects.values()))
    assert seal["salt"] not in said
    other = next(place for place in sorted(teams_of(draw)) if place != subject)
    left_with(stocked, draw, other, 0)
    fields = {"subject": other, "inspector": teams_of(draw)[other][0], "ground": GROUND}
    again = asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, coming=outsiders(stocked, 1, first=15039100), **fields)
    again = appointed(stocked, again)
    assert json.loads(bytes(again.seal_json or b""))["salt"] != seal["salt"]
    sound(draw)
