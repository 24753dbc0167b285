"""Inspectors and heads are told on the workbench what a draw and its changes brought for them (A9.4, A10.3, A11.1)."""

from collections.abc import Callable

import pytest
from django.test import Client

from mingqian.accounts.models import Notice, User
from mingqian.accounts.states import Role
from mingqian.drawing.bundle.selectors import teams_of
from mingqian.drawing.changes import requests
from mingqian.drawing.draw import services as draw_services
from mingqian.drawing.tests.changes import asked, first_place, opened, wish
from mingqian.registry.models import Inspector
from mingqian.testing import Bureau, contributed_draw, noted, opened_draw, sealed_draw

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def signs_in(bureau: Bureau, number: str) -> User:
    """Give the inspector with this certificate the bureau's inspector account."""
    user = bureau.user(Role.INSPECTOR)
    Inspector.objects.filter(user=user).update(user=None)
    Inspector.objects.filter(organ=bureau.organ, certificate_number=number).update(user=user)
    noted(*Inspector.objects.all())
    return user


def titles(user: User) -> list[str]:
    """Return what the user was told, newest first."""
    return list(user.notices.values_list("title", flat=True))


def test_art10_a_drawn_inspector_and_the_heads_are_told_at_the_opening(stocked: Bureau, sign_in: SignIn) -> None:
    """A10.3: how many subjects, that nobody may refuse; nobody is told before, and nobody who was not drawn."""
    Inspector.objects.all().update(user=None)
    some = Inspector.objects.order_by("pk")[0]
    user = signs_in(stocked, some.certificate_number)
    draw = contributed_draw(stocked)
    # The officer alone knows so far, and of the decision on the draft's people.
    assert {notice.title for notice in Notice.objects.all()} == {"人员方案已审定"}
    draw = draw_services.open_draw(stocked.officer, draw)
    # Six subjects with two inspectors each, twelve inspectors: nobody is left out.
    visits = sum(some.certificate_number in team for team in teams_of(draw).values())
    (notice,) = user.notices.all()
    assert visits
    assert f"{visits} 家" in notice.detail
    assert "不得拒绝" in notice.detail
    head = stocked.user(Role.DIVISION_HEAD)
    assert titles(head) == ["抽取已开签"]
    client = sign_in(head)
    assert "抽取已开签" in client.get("/").content.decode()
    notice = head.notices.get()
    assert client.get(f"/accounts/mine/notices/{notice.pk}/")["Location"] == f"/draws/{draw.code}/"
    assert "通知 1" not in client.get("/").content.decode()


def test_art11_who_goes_and_who_comes_are_told(stocked: Bureau) -> None:
    """A11.1: the decision, then the outcome."""
    draw = opened_draw(stocked)
    subject, gone = first_place(draw)
    user = signs_in(stocked, gone)
    Notice.objects.all().delete()
    row = requests.ask(user, draw, wish(draw))
    row = opened(stocked, row)
    assert gone not in teams_of(draw)[subject]
    assert titles(user)[-1] == "变更申请已批准"
    assert titles(user)[0] in {"您不再参加一项检查", "您的检查对象有变更"}
    assert titles(stocked.user(Role.DIVISION_HEAD)) == ["检查组有变更"]


def test_art11_who_is_told_of_a_refusal_reads_why(stocked: Bureau) -> None:
    """A10.3"""
    draw = opened_draw(stocked)
    row = asked(stocked, draw)
    requests.decline(stocked.leader, row, remark="会议可以改期")
    notice = stocked.officer.notices.get(title="变更申请未批准")
    assert "会议可以改期" in notice.detail


def test_nobody_is_told_of_a_sealed_draw(stocked: Bureau) -> None:
    """Practice: nothing leaks before the opening."""
    sealed_draw(stocked, divisions=[stocked.divisions["jieneng"].pk])
    assert not Notice.objects.exists()
