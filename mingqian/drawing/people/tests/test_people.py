"""Who decides that the people of a draw are not simply the lot of the task's own division (article 10)."""

from datetime import timedelta

import pytest
from django.test import Client

from mingqian.accounts import services as accounts
from mingqian.accounts.models import Notice, User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.drawing.changes import requests
from mingqian.drawing.changes.seal import preview
from mingqian.drawing.draft import services as draft_services
from mingqian.drawing.draw import services as draw_services
from mingqian.drawing.models import Draft, Draw, PeopleRequest
from mingqian.drawing.people import selectors as people_selectors, services as people_services
from mingqian.drawing.people.procedure import PEOPLE
from mingqian.drawing.people.states import PeopleState
from mingqian.drawing.shortage import change_picture, draft_picture
from mingqian.drawing.tests.changes import OUTSIDE, asked as asked_change, barred, first_place, outsiders
from mingqian.ledger.services import StateConflictError
from mingqian.ledger.verification.selectors import verify_log
from mingqian.portal.workbench.todos import todos_for
from mingqian.registry.models import Absence, Inspector
from mingqian.registry.people import services as registry_people_services
from mingqian.testing import Bureau, make_draft, make_task, noted, opened_draw, reviewed

pytestmark = pytest.mark.django_db
GROUND = "节能科可抽人员不足，需要安全科支援"


def plain_draft(bureau: Bureau, **fields: object) -> Draft:
    """Return a draft of the task's own division, which wants no decision, with `fields` set afterwards."""
    draft = make_draft(bureau, divisions=[bureau.divisions["jieneng"].pk])
    assert not PeopleRequest.objects.exists()
    return draft_services.save_draft(bureau.officer, draft, **fields) if fields else draft


def both(bureau: Bureau) -> list[int]:
    """Return the task's division and another one."""
    return [bureau.divisions["jieneng"].pk, bureau.divisions["anquan"].pk]


def sealed(bureau: Bureau, draft: Draft) -> Draw:
    """Seal the draft as it is in the database."""
    draft = Draft.objects.get(pk=draft.pk)
    return draw_services.seal(bureau.officer, draft, reviewed=reviewed(draft))


def granted(bureau: Bureau, draft: Draft, role: Role = Role.PRINCIPAL_LEADER) -> PeopleRequest:
    """Ask and approve."""
    return people_services.approve(
        bureau.user(role), people_services.ask(bureau.officer, draft, ground=GROUND), remark="同意"
    )


def test_art10_the_own_division_alone_is_drawn_without_any_decision(stocked: Bureau) -> None:
    """A10.1: nothing to explain, nothing kept."""
    draft = plain_draft(stocked)
    with pytest.raises(DomainError, match="不需要审定"):
        people_services.ask(stocked.officer, draft, ground=GROUND)
    draw = sealed(stocked, draft)
    assert draw.plan["people"] == {}
    assert draw.people_words == []


def test_art10_another_division_is_not_drawn_without_the_principal_leaders_decision(stocked: Bureau) -> None:
    """A10.1: refused while nobody asked, while it waits and when it is declined; sealed once he agreed."""
    draft = plain_draft(stocked, divisions=both(stocked))
    with pytest.raises(DomainError, match="提请主要领导审定（第十条）"):
        sealed(stocked, draft)
    row = people_services.ask(stocked.officer, draft, ground=GROUND)
    with pytest.raises(DomainError, match="等待主要领导审定"):
        sealed(stocked, draft)
    with pytest.raises(DomainError, match="请写明理由"):
        people_services.decline(stocked.user(Role.PRINCIPAL_LEADER), row, remark=" ")
    people_services.decline(stocked.user(Role.PRINCIPAL_LEADER), row, remark="先用足本科室人员。")
    with pytest.raises(DomainError, match="先用足本科室人员"):
        sealed(stocked, draft)
    decided = granted(stocked, draft)
    draw = sealed(stocked, draft)
    assert draw.people_decided_at == decided.decided_at
    assert draw.plan["people"] == {
        "home": "节能科",
        "divisions": ["安全科"],
        "own": True,
        "nobody": False,
        "left_out": [],
        "ground": GROUND,
        "decided_as": "主要领导",
        "decided_by": "主要领导甲",
        "decided_at": draw.plan["people"]["decided_at"],
        "article": "第十条",
    }
    assert verify_log().problems == []


def test_art10_the_principal_leader_alone_decides_and_never_who_asked(stocked: Bureau) -> None:
    """A10.1: not the head of the division, not another leader, not the principal leader of another organ."""
    draft = plain_draft(stocked, divisions=both(stocked))
    row = people_services.ask(stocked.officer, draft, ground=GROUND)
    for role in (Role.DIVISION_HEAD, Role.LEADER, Role.DIVISION_OFFICER):
        with pytest.raises(NotAllowedError, match="由主要领导审定（第十条）"):
            people_services.approve(stocked.user(role), row)
    accounts.grant_role("system", user=stocked.officer, role=Role.PRINCIPAL_LEADER)
    with pytest.raises(NotAllowedError, match="不能审批自己的事项"):
        people_services.approve(stocked.officer, row)
    people_services.approve(stocked.user(Role.PRINCIPAL_LEADER), row)
    with pytest.raises(StateConflictError):
        people_services.approve(stocked.user(Role.PRINCIPAL_LEADER), row)


@pytest.mark.parametrize(
    "change", [{"assignment": "none"}, {"left_out": {"15030003": "leave"}}, {"divisions": "other"}]
)
def test_art10_a_decision_counts_only_for_the_people_as_they_were_explained(
    stocked: Bureau, change: dict[str, object]
) -> None:
    """A10.1: changed afterwards, the draft wants a new one; changed meanwhile, nobody can decide on the old one."""
    draft = plain_draft(stocked, divisions=both(stocked))
    granted(stocked, draft)
    if change == {"divisions": "other"}:
        change = {"divisions": [*both(stocked), stocked.divisions["fagui"].pk]}
    draft = draft_services.save_draft(stocked.officer, draft, **change)
    with pytest.raises(DomainError, match="还没有审定"):
        sealed(stocked, draft)
    row = people_services.ask(stocked.officer, draft, ground=GROUND)
    draft_services.save_draft(stocked.officer, draft, divisions=both(stocked), left_out={}, assignment="per-subject")
    with pytest.raises(DomainError, match="在提请之后有改动"):
        people_services.approve(stocked.user(Role.PRINCIPAL_LEADER), row)
    # Back at what was decided on, the decision counts again; what still waited is taken back with the seal.
    sealed(stocked, draft)
    row.refresh_from_db()
    assert row.state == PeopleState.WITHDRAWN


def test_art10_divisions_that_the_plan_names_as_partners_were_decided_on_with_it(stocked: Bureau) -> None:
    """A10.1, A8.1: no further decision, whichever of them are drawn with the own division."""
    task = make_task(stocked, partners=["anquan"])
    draft = plain_draft(stocked, divisions=both(stocked))
    assert task.revision.partners == ["anquan"]
    assert sealed(stocked, draft).plan["people"] == {}


def test_art10_the_own_division_is_not_passed_over_without_a_decision(stocked: Bureau) -> None:
    """A10.1: not even for a partner of the plan."""
    make_task(stocked, partners=["anquan"])
    draft = plain_draft(stocked, divisions=[stocked.divisions["anquan"].pk])
    with pytest.raises(DomainError, match="主要领导审定"):
        sealed(stocked, draft)
    granted(stocked, draft)
    assert sealed(stocked, draft).people_words == ["不抽任务所属的节能科的人员"]


def test_art10_a_draw_of_nobody_wants_the_principal_leaders_decision(stocked: Bureau) -> None:
    """A10.1: else everybody could be appointed afterwards."""
    draft = plain_draft(stocked, assignment="none")
    with pytest.raises(DomainError, match="主要领导审定"):
        sealed(stocked, draft)
    granted(stocked, draft)
    assert sealed(stocked, draft).people_words == ["只抽对象，不抽人员"]


def test_art10_who_is_left_out_by_hand_is_left_out_by_two(stocked: Bureau) -> None:
    """A10.1, A11.1: the head of the task's division or a leader, not who asked and nobody concerned."""
    left = Inspector.objects.get(certificate_number="15030003")
    draft = plain_draft(stocked, left_out={left.certificate_number: "leave"})
    with pytest.raises(DomainError, match="科室负责人、分管领导、主要领导审定（第十一条）"):
        sealed(stocked, draft)
    head = stocked.user(Role.DIVISION_HEAD)
    own = people_services.ask(head, draft, ground="该同志检查期间住院治疗")
    with pytest.raises(NotAllowedError, match="不能审批自己的事项"):
        people_services.approve(head, own)
    people_services.withdraw(stocked.officer, draft)
    row = people_services.ask(stocked.officer, draft, ground="该同志检查期间请假")
    Inspector.objects.filter(pk=left.pk).update(user=stocked.leader)
    noted(Inspector.objects.get(pk=left.pk))
    with pytest.raises(NotAllowedError, match="排除了您本人"):
        people_services.approve(stocked.leader, row)
    assert list(PEOPLE.todos(stocked.leader)) == []
    people_services.approve(head, row)
    assert sealed(stocked, draft).people_words == ["由经办人排除 1 人：休假或病假 1 人"]


def test_art10_the_head_of_another_division_does_not_decide(stocked: Bureau) -> None:
    """A10.1"""
    head = stocked.user(Role.DIVISION_HEAD)
    User.objects.filter(pk=head.pk).update(division=stocked.divisions["anquan"])
    row = people_services.ask(stocked.officer, plain_draft(stocked, left_out={"15030003": "duty"}), ground=GROUND)
    with pytest.raises(NotAllowedError, match="由科室负责人"):
        people_services.approve(stocked.user(Role.DIVISION_HEAD), row)


def test_art10_people_of_divisions_that_are_not_drawn_are_nobodys_to_leave_out(stocked: Bureau) -> None:
    """A10.1: what was chosen before the division was taken off the draft wants no decision."""
    other = Inspector.objects.filter(division=stocked.divisions["anquan"])[0]
    draft = plain_draft(stocked, left_out={other.certificate_number: "leave"})
    assert not people_selectors.is_needed(people_selectors.content_of(draft))


@pytest.mark.parametrize("words", ["", "缺人", "两行\n说明人员不足", "长" * 201])
def test_art10_the_explanation_is_one_line_that_says_something(stocked: Bureau, words: str) -> None:
    """A10.1: in writing."""
    draft = plain_draft(stocked, divisions=both(stocked))
    with pytest.raises(DomainError, match="一行文字写明"):
        people_services.ask(stocked.officer, draft, ground=words)


def test_art10_one_request_waits_at_a_time_and_goes_with_its_draft(stocked: Bureau) -> None:
    """A10.1: the same is not asked for twice; what was changed replaces it; a draft that is given up takes it along."""
    draft = plain_draft(stocked, divisions=both(stocked))
    first = people_services.ask(stocked.officer, draft, ground=GROUND)
    with pytest.raises(DomainError, match="不用重复提请"):
        people_services.ask(stocked.officer, draft, ground=GROUND)
    draft_services.save_draft(stocked.officer, draft, assignment="none")
    second = people_services.ask(stocked.officer, draft, ground=GROUND)
    draft_services.drop_draft(stocked.officer, draft)
    assert {row.pk: row.state for row in PeopleRequest.objects.all()} == {first.pk: "withdrawn", second.pk: "withdrawn"}
    assert verify_log().problems == []


def test_art10_the_decision_shows_the_shortage_and_who_cannot_come_since_when(stocked: Bureau, client: Client) -> None:
    """A10.1: absences recorded after the task was opened stand out, with who recorded them."""
    early, late, ended = Inspector.objects.filter(division=stocked.divisions["jieneng"]).order_by("certificate_number")[
        :3
    ]
    today = clock.today()
    old = registry_people_services.add_absence(
        stocked.officer, early, reason="travel", since=today, until=today + timedelta(days=9)
    )
    draft = plain_draft(stocked, divisions=both(stocked), left_out={"15030007": "duty"})
    Absence.objects.update(recorded_at=clock.now() - timedelta(days=1))
    registry_people_services.add_absence(
        stocked.officer, late, reason="leave", since=today, until=today + timedelta(days=9)
    )
    Inspector.objects.filter(pk=ended.pk).update(valid_until=today - timedelta(days=1))
    row = people_services.ask(stocked.officer, Draft.objects.get(pk=draft.pk), ground=GROUND)
    picture = draft_picture(Draft.objects.get(pk=draft.pk), row)
    own, other = picture.divisions
    assert (own.name, own.registered, own.drawable, own.left_out, own.left) == ("节能科", 6, 3, 1, 2)
    assert (other.name, other.part, other.registered, other.left) == ("安全科", "提请加入", 6, 6)
    assert (picture.teams, picture.team_size) == (6, 2)
    told = {one.number: one for one in picture.missing}
    assert told.keys() == {early.certificate_number, late.certificate_number, ended.certificate_number, "15030007"}
    old.refresh_from_db()
    assert told[early.certificate_number].at == old.recorded_at
    assert [one.number for one in picture.missing if one.late] == [late.certificate_number]
    assert told[late.certificate_number].who == told["15030007"].who == "业务科室经办人甲"
    assert told["15030007"].by_hand
    assert told[ended.certificate_number].why == "执法证已过期"
    client.force_login(stocked.user(Role.PRINCIPAL_LEADER), backend="django.contrib.auth.backends.ModelBackend")
    text = client.get(f"/draws/people/{row.pk}/").content.decode()
    for word in (GROUND, late.name, "任务开立后登记", "经办人排除", "其中 1 人在任务开立后登记", "6 组"):
        assert word in text


def test_art10_pages_lead_from_the_refusal_to_the_decision_and_back(stocked: Bureau, client: Client) -> None:
    """A10.1: the officer explains, the principal leader finds it on the workbench, the officer is told."""
    draft = plain_draft(stocked, divisions=both(stocked))
    home = f"/draws/drafts/{draft.pk}"
    principal, backend = stocked.user(Role.PRINCIPAL_LEADER), "django.contrib.auth.backends.ModelBackend"
    client.force_login(stocked.officer, backend=backend)
    for page in (f"{home}/people/", f"{home}/seal/"):
        assert f"{home}/people/ask/" in client.get(page).content.decode()
    wrong = client.post(f"{home}/people/ask/", {"ground": "缺人"})
    assert wrong.status_code == 400
    assert "缺人" in wrong.content.decode()
    assert client.post(f"{home}/people/ask/", {"ground": GROUND}).status_code == 302
    row = PeopleRequest.objects.get()
    assert "等待主要领导审定" in client.get(f"{home}/seal/").content.decode()
    assert not [todo for todo in todos_for(stocked.leader) if "人员方案" in todo.title]
    (todo,) = [todo for todo in todos_for(principal) if "人员方案" in todo.title]
    client.force_login(stocked.leader, backend=backend)
    page = client.get(todo.url).content.decode()
    assert "审定（第十条）" in page
    assert 'value="approve"' not in page
    client.force_login(principal, backend=backend)
    assert client.post(todo.url, {"decision": "decline"}).status_code == 400
    assert client.post(todo.url, {"decision": "approve", "remark": "同意"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.decided_as) == ("approved", "主要领导")
    assert not [todo for todo in todos_for(principal) if "人员方案" in todo.title]
    (todo,) = [todo for todo in todos_for(stocked.officer) if "人员方案" in todo.title]
    assert todo.url == f"{home}/seal/"
    assert Notice.objects.get(user=stocked.officer).title == "人员方案已审定"
    client.force_login(stocked.officer, backend=backend)
    assert "人员方案已审定" in client.get(todo.url).content.decode()


def test_art10_the_public_reads_the_explanation_and_who_decided_and_no_name_of_who_was_left_out(
    stocked: Bureau, client: Client
) -> None:
    """A10.1, A20.1: on the public page, on the page of the draw and in the record."""
    left = Inspector.objects.get(certificate_number="15030003")
    draw = opened_draw(stocked, left_out={left.certificate_number: "leave"})
    ground = draw.plan["people"]["ground"]
    text = client.get(f"/public/draws/{draw.code}/").content.decode()
    client.force_login(stocked.officer, backend="django.contrib.auth.backends.ModelBackend")
    inside = client.get(f"/draws/{draw.code}/").content.decode()
    for page in (text, inside):
        for word in (ground, "还从安全科随机抽取人员", "由经办人排除 1 人：休假或病假 1 人", "由主要领导 主要领导甲于"):
            assert word in page
        assert left.name not in page
    record = client.get(f"/draws/{draw.code}/record/").content.decode()
    for word in ("人员方案", "还从安全科随机抽取人员", ground, "主要领导 主要领导甲，"):
        assert word in record
    assert left.name not in record


def test_art10_who_decides_on_a_change_sees_who_of_the_list_cannot_come_and_since_when(
    stocked: Bureau, client: Client
) -> None:
    """A10.1: as many could still come as the lot itself would find; what was recorded after the opening stands out."""
    outsiders(stocked)
    draw = opened_draw(stocked)
    subject, gone = first_place(draw)
    free = sorted({*stocked.organ.inspectors.values_list("certificate_number", flat=True)} - {gone})
    today, until = clock.today(), draw.task.until if draw.task else clock.today()
    free = [number for number in free if not number.startswith("15039")]
    for number in free[-2:]:
        one = Inspector.objects.get(certificate_number=number)
        registry_people_services.add_absence(stocked.officer, one, reason="travel", since=today, until=until)
    row = asked_change(stocked, draw)
    picture = change_picture(row)
    assert picture.candidates == preview(row).candidates
    assert (picture.registered, picture.listed) == (14, 14)
    assert {one.number for one in picture.missing if one.late and "出差" in one.why} == set(free[-2:])
    asked_by = {one.who for one in picture.missing if one.late}
    assert asked_by == {"业务科室经办人甲"}
    requests.withdraw(stocked.officer, row)
    barred(stocked, draw, subject, leave=1)
    joining = asked_change(stocked, draw, inspector=gone, ground="本科室可抽人员均已回避", groups=[OUTSIDE])
    assert change_picture(joining).candidates == 1
    client.force_login(stocked.user(Role.PRINCIPAL_LEADER), backend="django.contrib.auth.backends.ModelBackend")
    text = client.get(f"/draws/{draw.code}/changes/{joining.serial}/decide/").content.decode()
    for word in ("名单内还能来的", "与检查对象有利害关系", "开签后登记"):
        assert word in text


def test_art10_who_was_out_at_the_seal_and_is_back_is_told_apart(stocked: Bureau) -> None:
    """A10.1: before others are appointed, whoever decides sees that somebody of the list is there again."""
    back, away = Inspector.objects.filter(division=stocked.divisions["jieneng"]).order_by("certificate_number")[:2]
    today = clock.today()
    for one in (back, away):
        registry_people_services.add_absence(
            stocked.officer, one, reason="travel", since=today, until=today + timedelta(days=300)
        )
    draw = opened_draw(stocked, left_out={"15030005": "duty"})
    registry_people_services.end_absence(stocked.officer, back.absences.get(), back_on=today)
    row = asked_change(stocked, draw)
    picture = change_picture(row)
    told = {one.number: one for one in picture.missing}
    assert told[back.certificate_number].how == told["15030005"].how == "封存时不参加，现已能参加"
    assert (told[away.certificate_number].how, told[away.certificate_number].at) == (
        "名录库在册",
        away.absences.get().recorded_at,
    )
    assert told["15030005"].at == draw.sealed_at
    assert picture.candidates == preview(row).candidates
