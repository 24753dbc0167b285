"""The rule set in force decides how many inspectors and witnesses a draw must have."""

from collections.abc import Callable

import pytest
from django.test import Client

from mingqian.accounts.models import User
from mingqian.common.errors import DomainError
from mingqian.drawing.draft import services as draft_services
from mingqian.drawing.draw import services as draw_services
from mingqian.drawing.models import Draft, Draw
from mingqian.drawing.prepared.selectors import prepare
from mingqian.drawing.tests.rules import refine
from mingqian.testing import Bureau, make_draft, reviewed

pytestmark = pytest.mark.django_db


def test_art21_a_division_may_ask_for_more_inspectors_in_each_team(
    stocked: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A21.1, A9.3: a new draft begins with the number that the division's rules name, and none below it is sealed."""
    draft = make_draft(stocked)
    assert draft.team_size == 2
    refine(stocked, monkeypatch, team_size=3)
    with pytest.raises(DomainError, match="每组不少于 3 人（《细化规定》第三条）。现在是 2 人"):
        draw_services.seal(stocked.officer, draft, reviewed=prepare(draft).reviewed)
    assert not Draw.objects.exists()
    assert make_draft(stocked, scope="2026-02").team_size == 3
    draft = draft_services.save_draft(stocked.officer, draft, team_size=3)
    assert b'"team_size":3' in bytes(draw_services.seal(stocked.officer, draft, reviewed=reviewed(draft)).seal_json)


def test_art09_as_many_witnesses_as_the_rules_ask_for_must_be_named(
    stocked: Bureau, sign_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A9.4: the form says it at the missing row and keeps what was typed; the seal refuses it too."""
    refine(stocked, monkeypatch, witnesses=2)
    draft = make_draft(stocked, witnesses=["法律顾问 陶静"])
    with pytest.raises(DomainError, match="至少需要 2 位抽取监督人"):
        draw_services.rehearse(prepare(draft))
    client = sign_in(stocked.officer)
    data = {"open_by": "2099-01-01T18:00", "publication": "at-once", "kind_0": "法律顾问", "name_0": "陶静"}
    answer = client.post(f"/draws/drafts/{draft.pk}/witnesses/", data)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "至少需要 2 位抽取监督人（《细化规定》第三条）。" in page
    assert 'value="陶静"' in page
    data |= {"kind_1": "企业代表", "name_1": "马国庆"}
    assert client.post(f"/draws/drafts/{draft.pk}/witnesses/", data).status_code == 302
    assert Draft.objects.get(pk=draft.pk).witnesses == ["法律顾问 陶静", "企业代表 马国庆"]
