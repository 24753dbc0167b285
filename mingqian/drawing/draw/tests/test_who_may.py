"""Who does what with a draw, and what no longer goes once things have moved on (art. 4, 9, 11, 20)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from mingqian.accounts import services as accounts
from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.documents.papers.services import change_wording, digest_of, wording
from mingqian.drawing.bundle.selectors import teams_of
from mingqian.drawing.ceremony import services as ceremony_services
from mingqian.drawing.changes import requests, services as change_services
from mingqian.drawing.changes.seal import preview, refuse_ended
from mingqian.drawing.changes.selectors import crossings_of
from mingqian.drawing.changes.states import Kind, Reason
from mingqian.drawing.draw import services as draw_services
from mingqian.drawing.lots import Lot
from mingqian.drawing.models import Draw
from mingqian.drawing.record import services as record_services
from mingqian.drawing.record.papers import RECORD
from mingqian.drawing.tests.changes import approved, asked, first_place, opened, sealed, wish
from mingqian.drawing.tests.stages import exempted
from mingqian.drawing.voids import services as void_services
from mingqian.drawing.witnesses import services as witness_services
from mingqian.planning.models import Encounter, Task
from mingqian.registry.models import Inspector
from mingqian.registry.people import services as people_services
from mingqian.registry.people.states import InterestKind
from mingqian.testing import (
    DIGITS,
    PASSWORD,
    Bureau,
    contributed_draw,
    make_draft,
    noted,
    opened_draw,
    reviewed,
    sealed_draw,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def neighbour(stocked: Bureau) -> User:
    """An officer of another division of the same organ."""
    user = accounts.create_user(
        "system",
        username="anquan-jingban",
        password=PASSWORD,
        name="安全科经办人",
        organ=stocked.organ,
        division=stocked.divisions["anquan"],
    )
    accounts.grant_role("system", user=user, role=Role.DIVISION_OFFICER, since=clock.today())
    return User.objects.get(pk=user.pk)


def test_art09_another_divisions_officer_does_nothing_with_a_draw(stocked: Bureau, neighbour: User) -> None:
    """A9.1, A9.4: the task's division or the regulations division, at every step."""
    draw = sealed_draw(stocked)
    for act in (
        lambda: ceremony_services.speak(neighbour, draw, position=1, digits=DIGITS[0]),
        lambda: void_services.ask(neighbour, draw, reason="停电"),
        lambda: draw_services.open_draw(neighbour, draw),
        lambda: draw_services.publish(neighbour, draw),
        lambda: record_services.number_record(neighbour, draw),
        lambda: witness_services.invite(neighbour, Lot(draw), position=1, credential="work-card"),
    ):
        with pytest.raises(NotAllowedError):
            act()
    ceremony_services.speak(stocked.user(Role.REGULATIONS_OFFICER), draw, position=1, digits=DIGITS[0])


def test_art09_links_of_witnesses_are_for_those_who_carry_the_draw(
    stocked: Bureau, neighbour: User, sign_in: SignIn
) -> None:
    """A4.2, A9.4: nobody else reads a link, and the workbench of others asks for nothing."""
    draw = sealed_draw(stocked)
    row = witness_services.invite(stocked.officer, Lot(draw), position=1, credential="work-card")
    token, client = witness_services.token_of(row), sign_in(neighbour)
    for address in (f"/draws/{draw.code}/invites/", f"/draws/{draw.code}/sign/1/"):
        answer = client.get(address)
        assert (answer.status_code, token in answer.content.decode()) == (403, False)
    assert "组织献数" not in client.get("/").content.decode()
    client = sign_in(stocked.officer)
    assert token in client.get(f"/draws/{draw.code}/invites/").content.decode()
    assert "组织献数" in client.get("/").content.decode()


def test_art09_a_leaked_link_can_be_taken_back_until_it_has_signed(stocked: Bureau) -> None:
    """A9.4: after the contribution the link still signs, so it can still be taken back."""
    draw = sealed_draw(stocked)
    row = witness_services.invite(stocked.officer, Lot(draw), position=1, credential="work-card")
    for position in (1, 2, 3):
        ceremony_services.speak(stocked.officer, draw, position=position, digits=DIGITS[position - 1])
    witness_services.revoke(stocked.officer, row, why="链接外泄")
    row.refresh_from_db()
    with pytest.raises(DomainError, match="已被收回"):
        witness_services.reveal_invited(row, digits=DIGITS[0], nonce="b" * 64)
    with pytest.raises(DomainError, match="已被收回"):
        witness_services.sign(row, image=b"")


def test_art09_the_regulations_division_holds_a_draw_for_a_division(stocked: Bureau, sign_in: SignIn) -> None:
    """A9.1: it may, so it finds the draft that it began."""
    draft = make_draft(stocked)
    user = stocked.user(Role.REGULATIONS_OFFICER)
    assert sign_in(user).get(f"/draws/drafts/{draft.pk}/pool/").status_code == 200
    assert draw_services.seal(user, draft, reviewed=reviewed(draft)).sealed_by == user


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (("法律顾问 陶静", "企业代表 陶静", "群众代表 王五"), "填了两次"),
        (("法律顾问 业务科室经办人甲", "企业代表 陶静", "群众代表 王五"), "封存的经办人"),
        (("法律顾问 <b>陶静</b>", "企业代表 马国庆", "群众代表 王五"), "不能使用的符号"),
    ],
)
def test_art09_witnesses_are_persons_of_their_own(stocked: Bureau, names: tuple[str, ...], says: str) -> None:
    """A9.4: each once, not who seals, a name and nothing else."""
    draft = make_draft(stocked, witnesses=list(names))
    with pytest.raises(DomainError, match=says):
        draw_services.seal(draft.owner, draft, reviewed=reviewed(draft))


def test_art09_an_inspector_who_could_be_drawn_is_no_witness(stocked: Bureau) -> None:
    """A9.4: neither of the draw nor of a change."""
    name = Inspector.objects.filter(division=stocked.divisions["jieneng"])[0].name
    witnesses = [f"法律顾问 {name}", "企业代表 马国庆", "群众代表 王五"]
    draft = make_draft(stocked, witnesses=witnesses)
    with pytest.raises(DomainError, match="可抽的检查人员名单"):
        draw_services.seal(draft.owner, draft, reviewed=reviewed(draft))


def test_art11_a_change_is_not_made_once_its_ground_or_the_visit_is_over(stocked: Bureau) -> None:
    """A9.2, A11.1: looked at again at the seal and at the opening."""
    draw = opened_draw(stocked)
    subject, _gone = first_place(draw)
    row = approved(stocked, asked(stocked, draw))
    ready = sealed(stocked, row)
    Encounter.objects.filter(reference=draw.code, subject__number=subject).update(on=clock.today())
    void_services.approve(stocked.leader, void_services.ask(stocked.officer, ready, reason="检查已经进行"))
    Encounter.objects.filter(reference=draw.code).update(on=None)
    noted(*Encounter.objects.all())
    exempted(stocked, subject)
    row = approved(stocked, asked(stocked, draw, Kind.SUBJECT, Reason.EXEMPT))
    shown = preview(row).digest(row)
    exemption = stocked.organ.subjects.get(number=subject).exemptions.get()
    noted(gone=[exemption])
    exemption.delete()
    with pytest.raises(DomainError, match="没有这家企业当前有效的免检免扰登记"):
        change_services.seal(
            stocked.officer, row, witnesses=draw.plan["witnesses"], open_by=draw.open_by, reviewed=shown
        )
    assert draw.task
    Task.objects.filter(pk=draw.task.pk).update(state="done")
    with pytest.raises(DomainError, match="不能再变更"):
        refuse_ended(type(row).objects.select_related("draw__task").get(pk=row.pk))


def test_art11_an_exchange_never_reaches_a_visit_that_has_taken_place(stocked: Bureau) -> None:
    """A11.2: the other side of an exchange is by lot, so none goes once a visit of the draw is over."""
    draw = opened_draw(stocked)
    row = approved(stocked, asked(stocked, draw, Kind.EXCHANGE, Reason.RECUSAL_OWN))
    shown, other = preview(row).digest(row), max(teams_of(draw))
    Encounter.objects.filter(reference=draw.code, subject__number=other).update(on=clock.today())
    noted(*Encounter.objects.all())
    with pytest.raises(DomainError, match="改为抽签更换"):
        change_services.seal(
            stocked.officer, row, witnesses=draw.plan["witnesses"], open_by=draw.open_by, reviewed=shown
        )


def test_art11_a_recusal_names_its_interest_and_an_inspector_takes_back_the_own_request(
    stocked: Bureau, sign_in: SignIn
) -> None:
    """A11.1, A11.2"""
    draw = opened_draw(stocked)
    with pytest.raises(DomainError, match="选择回避的利害关系"):
        asked(stocked, draw, Kind.INSPECTOR, Reason.RECUSAL_OWN, interest="")
    _subject, number = first_place(draw)
    user = stocked.user(Role.INSPECTOR)
    Inspector.objects.filter(user=user).update(user=None)
    Inspector.objects.filter(organ=stocked.organ, certificate_number=number).update(user=user)
    row = requests.ask(user, draw, wish(draw))
    client = sign_in(user)
    assert "撤回申请" in client.get("/draws/mine/").content.decode()
    assert client.post(f"/draws/{draw.code}/changes/{row.serial}/withdraw/")["Location"] == "/draws/mine/"
    row.refresh_from_db()
    assert row.state == "withdrawn"
    other = asked(stocked, draw, subject=max(teams_of(draw)), inspector=teams_of(draw)[max(teams_of(draw))][0])
    assert client.post(f"/draws/{draw.code}/changes/{other.serial}/withdraw/").status_code == 404


def test_a_list_that_is_kept_back_gives_nothing_away_by_a_voided_change(stocked: Bureau, client: Client) -> None:
    """draw-protocol.md: the secret of a void would give the seal away; ground and reason may name a company."""
    draw = opened_draw(stocked, publication="later")
    row = sealed(stocked, approved(stocked, asked(stocked, draw)))
    asking = void_services.ask(stocked.officer, row, reason="淄博某公司已停产")
    voided = void_services.approve(stocked.leader, asking).supplement
    assert voided
    row = voided
    secret = bytes(row.void_json or b"").decode().partition('"secret":"')[2][:64]
    page = client.get(f"/public/draws/{draw.code}/").content.decode()
    assert ("已停产" in page, secret in page, "随名单一并公布" in page) == (False, False, True)
    draw_services.publish(stocked.leader, Draw.objects.get(pk=draw.pk))
    page = client.get(f"/public/draws/{draw.code}/").content.decode()
    assert ("已停产" in page, secret in page) == (True, True)


def test_art09_a_numbered_record_keeps_what_people_signed_under(stocked: Bureau, sign_in: SignIn) -> None:
    """A9.4: neither later changes nor new wording enter it; they have records of their own."""
    draw = opened_draw(stocked)
    number = record_services.number_record(stocked.officer, draw)
    # Times are whole seconds; what follows happens later.
    type(number).objects.filter(pk=number.pk).update(given_at=number.given_at - timedelta(seconds=2))
    opened(stocked, asked(stocked, draw))
    texts = wording(stocked.organ, RECORD)
    change_wording(
        stocked.user(Role.REGULATIONS_OFFICER),
        RECORD,
        {**texts, "closing": "改过的结尾。"},
        why="改用语",
        seen=digest_of(texts),
    )
    page = sign_in(stocked.officer).get(f"/draws/{draw.code}/record/").content.decode()
    assert ("开签之后的变更" in page, "改过的结尾" in page) == (False, False)
    other = contributed_draw(stocked, scope="2026-02")
    draw_services.open_draw(stocked.officer, other)
    assert "改过的结尾" in sign_in(stocked.officer).get(f"/draws/{other.code}/record/").content.decode()


def test_art11_a_team_that_should_be_changed_is_told_until_it_is(stocked: Bureau, sign_in: SignIn) -> None:
    """A11.2: an interest that comes on record after the opening, on the draw's page and the workbench; gone once it is settled."""
    draw = Draw.objects.get(pk=opened_draw(stocked).pk)
    subject, number = first_place(draw)
    assert crossings_of(draw) == []
    one = Inspector.objects.get(organ=stocked.organ, certificate_number=number)
    company = stocked.organ.subjects.get(number=subject)
    people_services.add_interest(stocked.officer, one, company, kind=InterestKind.RELATIVE, since=clock.today())
    (crossing,) = crossings_of(draw)
    assert (crossing.subject, crossing.inspector, crossing.why) == (subject, number, "有利害关系")
    client = sign_in(stocked.officer)
    assert "检查组需要变更" in client.get(f"/draws/{draw.code}/").content.decode()
    assert "更换检查人员" in client.get("/").content.decode()
    opened(stocked, asked(stocked, draw, Kind.INSPECTOR, Reason.RECUSAL_DIVISION))
    assert crossings_of(draw) == []
    assert "更换检查人员：" not in client.get("/").content.decode()
