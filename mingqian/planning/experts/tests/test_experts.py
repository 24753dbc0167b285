"""Experts and testing bodies come along by procedure, named on the task, and are never members of a team (A9.6)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.ledger.verification.selectors import verify_log
from mingqian.planning.experts import services as expert_services
from mingqian.planning.experts.selectors import experts_on, experts_to_choose
from mingqian.planning.models import Task, TaskExpert
from mingqian.registry.experts import services as registry_expert_services
from mingqian.registry.experts.services import ExpertValues
from mingqian.registry.models import Expert, Inspector
from mingqian.testing import Bureau, make_bureau, make_task

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
PURPOSE = "查看能源计量器具的检测结果"


def expert(bureau: Bureau, **fields: Any) -> Expert:
    """Put a specialist on the bureau's list."""
    values = {"kind": "expert", "name": "钱教授", "speciality": "能源计量", "organisation": "山东某大学", **fields}
    return registry_expert_services.add_expert(bureau.officer, ExpertValues(**values))


def asked(bureau: Bureau, task: Task | None = None) -> TaskExpert:
    """Return a wish of the division's officer."""
    return expert_services.ask_expert(bureau.officer, task or make_task(bureau), expert(bureau), purpose=PURPOSE)


def test_art09_an_expert_comes_along_once_another_person_agrees(stocked: Bureau, sign_in: SignIn) -> None:
    """A9.6: asked for with a purpose, on the workbench of who decides, then on the task and its sheet; no inspector by that."""
    task = make_task(stocked)
    one, before = expert(stocked), Inspector.objects.count()
    client = sign_in(stocked.officer)
    client.post(f"/plans/tasks/{task.code}/experts/", {"expert": one.number, "purpose": PURPOSE})
    row = TaskExpert.objects.get()
    assert experts_on(task) == []
    client = sign_in(stocked.user(Role.DIVISION_HEAD))
    assert "审批辅助检查人员：钱教授" in client.get("/").content.decode()
    client.post(f"/plans/tasks/{task.code}/experts/{row.pk}/decide/", {"decision": "approve"})
    assert [found.expert for found in experts_on(task)] == [one]
    assert "钱教授（山东某大学，能源计量）" in client.get(f"/plans/tasks/{task.code}/sheet/").content.decode()
    assert Inspector.objects.count() == before
    assert verify_log().problems == []


def test_art09_nobody_agrees_to_the_own_wish_and_strangers_decide_nothing(stocked: Bureau) -> None:
    """A9.6: two people, of the same organ and division."""
    row = asked(stocked)
    with pytest.raises(NotAllowedError):
        expert_services.decide_expert(stocked.officer, row, approve=True)
    neighbour = make_bureau("zhoucun", "周村区工业和信息化局", "周村区工信局")
    with pytest.raises(NotAllowedError):
        expert_services.decide_expert(neighbour.leader, row, approve=True)
    with pytest.raises(NotAllowedError):
        expert_services.ask_expert(stocked.leader, row.task, row.expert, purpose=PURPOSE)
    with pytest.raises(DomainError, match="写明意见"):
        expert_services.decide_expert(stocked.leader, row, approve=False)
    assert expert_services.decide_expert(stocked.leader, row, approve=False, remark="不需要").state == "declined"


def test_art09_a_qualification_that_ends_before_the_visits_do_is_refused(stocked: Bureau) -> None:
    """A9.6: bad input: validity, another bureau's expert, no purpose, twice, a task that is over."""
    task = make_task(stocked)
    short = expert(stocked, name="孙工", valid_until=task.until - timedelta(days=1))
    with pytest.raises(DomainError, match="没有覆盖检查时间"):
        expert_services.ask_expert(stocked.officer, task, short, purpose=PURPOSE)
    assert short not in experts_to_choose(task)
    neighbour = make_bureau("zhoucun", "周村区工业和信息化局", "周村区工信局")
    with pytest.raises(DomainError, match="不在本机关"):
        expert_services.ask_expert(stocked.officer, task, expert(neighbour), purpose=PURPOSE)
    with pytest.raises(DomainError, match="辅助检查的内容"):
        expert_services.ask_expert(stocked.officer, task, expert(stocked, name="李工"), purpose="看看")
    row = asked(stocked, task)
    with pytest.raises(DomainError, match="不必重复"):
        expert_services.ask_expert(stocked.officer, task, row.expert, purpose=PURPOSE)
    Task.objects.filter(pk=task.pk).update(state="cancelled")
    with pytest.raises(DomainError, match="不能再变更"):
        expert_services.decide_expert(stocked.leader, row, approve=True)


def test_art09_who_was_agreed_to_is_taken_back_with_a_reason_only(stocked: Bureau, sign_in: SignIn) -> None:
    """A9.6: the row stays, with the reason."""
    row = expert_services.decide_expert(stocked.leader, asked(stocked), approve=True)
    client = sign_in(stocked.officer)
    address = f"/plans/tasks/{row.task.code}/experts/{row.pk}/withdraw/"
    assert "请写明不再邀请的原因" in client.post(address, follow=True).content.decode()
    client.post(address, {"remark": "检查当天另有安排"})
    row.refresh_from_db()
    assert (row.state, row.remark) == ("withdrawn", "检查当天另有安排")
    assert experts_on(row.task) == []
