"""Two people at one draft: neither takes away what the other saved (issue 12)."""

import pytest

from mingqian.common.errors import DomainError
from mingqian.drawing.draft import services
from mingqian.drawing.models import Draft
from mingqian.ledger.verification.selectors import verify_log
from mingqian.testing import Bureau, make_draft

pytestmark = pytest.mark.django_db


def test_two_steps_saved_at_once_both_stay(stocked: Bureau) -> None:
    """Issue 12: drafts lost updates (10 of 20), since each step wrote the whole row as it had read it."""
    draft = make_draft(stocked)
    one, other = Draft.objects.get(pk=draft.pk), Draft.objects.get(pk=draft.pk)
    services.save_draft(stocked.officer, one, batches=2)
    services.save_draft(stocked.officer, other, witnesses=["甲", "乙", "丙"])
    draft.refresh_from_db()
    assert (draft.batches, draft.witnesses) == (2, ["甲", "乙", "丙"])
    assert other.batches == 2
    assert verify_log().sound


def test_a_draft_that_is_gone_does_not_come_back(stocked: Bureau) -> None:
    """Issue 12: a page that was still open does not write a draft anew that another gave up."""
    draft = make_draft(stocked)
    left = Draft.objects.get(pk=draft.pk)
    services.drop_draft(stocked.officer, draft)
    with pytest.raises(DomainError, match="没有保存"):
        services.save_draft(stocked.officer, left, batches=2)
    assert not Draft.objects.exists()
