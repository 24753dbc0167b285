"""What a draw's proof needs of the log: times in order, the acts on a scope, texts signed by its key."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from mingqian.common import clock
from mingqian.ledger import notes, selectors, services
from mingqian.ledger.models import Entry

pytestmark = pytest.mark.django_db


def at(monkeypatch: pytest.MonkeyPatch, hour: int) -> None:
    """Set the clock."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 3, 2, hour, tzinfo=UTC))


def test_time_in_the_log_never_runs_backwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 11, 2: a clock that was put back makes no entry older than the one before it."""
    at(monkeypatch, 9)
    assert services.record("system", "test.act", "test/1").time == "2027-03-02T09:00:00Z"
    at(monkeypatch, 8)
    assert services.record("system", "test.act", "test/2").time == "2027-03-02T09:00:00Z"
    assert selectors.earliest_time() == "2027-03-02T09:00:00Z"
    at(monkeypatch, 10)
    assert services.record("system", "test.act", "test/3").time == "2027-03-02T10:00:00Z"


def test_an_entry_is_never_before_the_time_that_its_act_states(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw protocol, public log: stated time ≤ time of the entry, also where the clock goes back between the two."""
    at(monkeypatch, 9)
    stated = selectors.earliest_time()
    at(monkeypatch, 8)
    assert services.record("system", "test.act", "test/1", not_before=stated).time == stated


def test_the_acts_on_a_scope_are_those_whose_subject_begins_with_it() -> None:
    """Draw protocol, public log: an entry is of the scope if its subject begins with `draw/` + scope + `/`."""
    subjects = [
        "draw/任务-1/2",
        "draw/任务-1/1/1",
        "draw/任务-1",
        "draw/任务-10/1",
        "DRAW/任务-1/1",
        "draw/任务-1/1",
        "draw/任务_1/1",
    ]
    for subject in [*subjects, "draw/任务-1/" + "签" * 100, "draw/任务%1/1"]:
        services.record("system", "test.act", subject)
    found = [entry.subject for entry in selectors.entries_under("draw/任务-1/")]
    assert found == ["draw/任务-1/2", "draw/任务-1/1/1", "draw/任务-1/1", "draw/任务-1/" + "签" * 100]
    assert selectors.entries_under("draw/任务-1/").count() == 4
    assert selectors.entries_under("draw/任务_1/").count() == selectors.entries_under("draw/任务%1/").count() == 1


def test_the_acts_on_a_scope_are_found_by_an_index() -> None:
    """A log of years is not read for one scope."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = selectors.entries_under("draw/T-1/").order_by().explain()
    index = "INDEX ledger_entry_subject" if connection.vendor == "sqlite" else "ledger_entry_subject"
    assert index in plan
    assert "subject" in plan.partition("ledger_entry_subject")[2]


def test_any_text_of_lines_can_be_signed_by_the_log(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """C2SP signed-note: the tip of a scope is one."""
    text = f"mingqian.tip/v4\n{notes.own_key().name}\ndraw/任务-1\n3\n"
    with django_assert_num_queries(0):
        note = selectors.signed_note(text)
    assert note.startswith(f"{text}\n— {notes.own_key().name} ")
    assert note.count("\n") == text.count("\n") + 2
    for wrong in ("no line feed", "an empty\n\nline\n"):
        with pytest.raises(ValueError, match="note"):
            selectors.signed_note(wrong)
    assert Entry.objects.count() == 0
