"""The alarm is true: what others write while the log is verified is no damage, and nobody waits for it (issue 12)."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import InternalError, connection, transaction

from mingqian.accounts.models import Organ
from mingqian.common.snapshot import snapshot
from mingqian.ledger import selectors, services
from mingqian.ledger.models import Entry
from mingqian.ledger.verification import replay, selectors as verification
from mingqian.ledger.verification.selectors import changed_by_hand, verify_log
from mingqian.registry.models import Exemption, Inspector, Subject
from mingqian.testing import Bureau, make_bureau


def write(organ: Organ, name: str) -> None:
    """Make one act as a service does: the row changes before its entry is written."""
    with transaction.atomic():
        organ.name = name
        organ.save()
        services.record("system", "test.act", "test/1", rows=[organ])


def in_thread(act: Callable[[], Any]) -> threading.Thread:
    """Run `act` on a connection of its own."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@contextmanager
def busy(organ: Organ) -> Iterator[None]:
    """Let somebody write all the time."""
    end = threading.Event()

    def go() -> None:
        for number in range(10000):
            if end.is_set():
                return
            write(organ, f"局{number}")

    thread = in_thread(go)
    try:
        yield
    finally:
        end.set()
        thread.join()


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the log in many steps, between which others write."""
    monkeypatch.setattr(replay, "PIECE", 3)


@pytest.mark.django_db(transaction=True)
def test_what_others_write_during_a_verification_is_no_damage(small_pieces: None) -> None:
    """Issue 12: false in 6 of 6 runs under 15 writes a second."""
    organ = make_bureau().organ
    with busy(organ):
        for _ in range(6):
            assert verify_log().problems == []
            assert changed_by_hand([Organ]) == []


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_verification(monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 12: it holds up nobody, on SQLite either."""
    organ = make_bureau().organ
    size = selectors.size()
    check = verification._check_rows

    def check_slowly(*arguments: Any) -> None:
        thread = in_thread(lambda: write(organ, "别的局"))
        thread.join(20)
        assert not thread.is_alive()
        check(*arguments)

    monkeypatch.setattr(verification, "_check_rows", check_slowly)
    findings = verify_log()
    assert (findings.problems, findings.entries) == ([], size)
    assert selectors.size() == size + 1


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_sees_one_state_and_leaves_the_connection_as_it_was() -> None:
    """Reads inside see the same; what comes after is written as before."""
    organ = make_bureau().organ
    with snapshot():
        before = Entry.objects.count()
        in_thread(lambda: write(organ, "别的局")).join()
        assert Entry.objects.count() == before
        if connection.vendor == "postgresql":
            with pytest.raises(InternalError, match="read-only"), transaction.atomic():
                organ.save()
    write(organ, "又一个局")
    assert Entry.objects.count() == before + 2


@pytest.mark.django_db
def test_a_row_changed_removed_or_put_in_by_hand_is_named(stocked: Bureau) -> None:
    """Issue 11, 2: rows that shape a lot are held against the ledger when a draw is sealed."""
    models = [Subject, Inspector, Exemption]
    assert changed_by_hand(models) == []
    changed, gone = Subject.objects.order_by("pk")[:2]
    Subject.objects.filter(pk=changed.pk).update(district="张冠李戴区")
    Subject.objects.filter(pk=gone.pk).delete()
    Subject.objects.create(organ=stocked.organ, number="91370300000000009X", name="凭空出现有限公司")
    found = changed_by_hand(models)
    assert len(found) == 3
    assert any(changed.name in one and "改动" in one for one in found)
    assert any(f":{gone.pk}）" in one and "删除" in one for one in found)
    assert any("凭空出现有限公司" in one and "没有任何留痕" in one for one in found)
    assert changed_by_hand([Inspector]) == []


@pytest.mark.django_db
def test_a_log_rewritten_to_fit_a_row_is_not_believed(stocked: Bureau) -> None:
    """Issue 11, 2: who changes the row may change the log beside it; the signature tells."""
    entry = Entry.objects.exclude(rows=replay.NOTHING).order_by("index")[3]
    Entry.objects.filter(pk=entry.pk).update(rows="00" * 32)
    assert any("核验全部留痕" in one for one in changed_by_hand([Subject]))
    Entry.objects.filter(pk=entry.pk).update(rows=entry.rows, actor="user/other")
    assert any("检查点" in one for one in changed_by_hand([Subject]))
