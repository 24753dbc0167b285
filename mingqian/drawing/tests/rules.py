"""A stage for tests: the bureau's division refines the numbers of the rules."""

from datetime import timedelta
from typing import Any

import pytest

from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.rules.sets import services as rule_services
from mingqian.rules.sets.selectors import rule_set_for, stated_of
from mingqian.rules.sets.states import Stated
from mingqian.rules.states import SetKind
from mingqian.testing import Bureau


def refine(bureau: Bureau, monkeypatch: pytest.MonkeyPatch, **numbers: int) -> None:
    """Have the leader approve a refinement of the bureau's division, and let the day come on which it takes effect."""
    tomorrow = clock.today() + timedelta(days=1)
    officer = bureau.user(Role.REGULATIONS_OFFICER)
    head: dict[str, Any] = {"name": "细化规定", "basis": "", "why": "工作需要", "effective_from": tomorrow}
    head["valid_until"] = None
    row = rule_services.begin(officer, division=bureau.divisions["jieneng"], kind=SetKind.REFINEMENT, **head)
    stated = {**stated_of(row)}
    for key, value in numbers.items():
        stated[key] = Stated(value, "第三条", "工作需要")
    row = rule_services.change(officer, row, revision=row.revision, stated=stated, **head)
    rule_services.submit(officer, row, revision=row.revision)
    rule_services.decide(bureau.leader, row, revision=row.revision, approve=True)
    monkeypatch.setattr(clock, "today", lambda: tomorrow)
    assert rule_set_for(bureau.organ, clock.today(), bureau.divisions["jieneng"]).value(next(iter(numbers)))
