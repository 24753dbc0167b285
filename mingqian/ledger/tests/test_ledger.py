"""The log: what is written is signed and proved; what is changed by hand is found (A20.2)."""

import socket
import zlib
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from mingqian.accounts import services as accounts
from mingqian.accounts.models import Organ, User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.documents.models import StoredFile
from mingqian.drawing.models import Contribution, Draw
from mingqian.ledger import notes, selectors, services
from mingqian.ledger.models import (
    Checkpoint,
    Entry,
    Manifest,
    Node,
    Verification,
    canonical,
    recorded_models,
    row_digest,
)
from mingqian.ledger.tree import selectors as tree_selectors
from mingqian.ledger.verification.selectors import verify_log
from mingqian.registry.models import Subject
from mingqian.testing import Bureau, opened_draw, sealed_draw, work_off

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_an_act_outside_a_transaction_is_refused() -> None:
    """ARCHITECTURE.md: the entry is in the transaction of the act."""
    with pytest.raises(transaction.TransactionManagementError):
        services.record("system", "test.act", "test/1")


def test_an_act_that_fails_leaves_no_entry(bureau: Bureau) -> None:
    """ARCHITECTURE.md: same transaction."""
    before = selectors.size()

    def fails() -> None:
        with transaction.atomic():
            services.record("system", "test.act", "test/1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert selectors.size() == before


def test_every_entry_has_a_signed_checkpoint_and_a_proof_under_the_latest(bureau: Bureau) -> None:
    """A20.2."""
    latest = selectors.latest_checkpoint()
    assert latest is not None
    head = notes.read(latest.note, notes.own_key())
    assert head.size == selectors.size() == Checkpoint.objects.count()
    for entry in Entry.objects.all():
        path = [bytes.fromhex(value) for value in selectors.inclusion(entry.index, head.size)]
        assert tree_selectors.verify_inclusion(
            tree_selectors.leaf_hash(entry.leaf()), entry.index, head.size, path, head.root
        )


def test_checkpoints_are_consistent_with_each_other(bureau: Bureau) -> None:
    """A20.2: nobody is shown two histories."""
    heads = [notes.read(c.note, notes.own_key()) for c in Checkpoint.objects.order_by("size")]
    for old, new in pairwise(heads):
        path = [bytes.fromhex(value) for value in selectors.consistency(old.size, new.size)]
        assert tree_selectors.verify_consistency(old.size, new.size, old.root, new.root, path)


def test_a_note_signed_by_another_key_is_not_believed(bureau: Bureau) -> None:
    """C2SP signed-note."""
    latest = selectors.latest_checkpoint()
    assert latest is not None
    with pytest.raises(ValueError, match="signature"):
        notes.read(latest.note, notes.LogKey(notes.own_key().name, bytes(32)))
    with pytest.raises(ValueError, match="signature"):
        notes.read(latest.note.replace(f"\n{latest.size}\n", f"\n{latest.size + 1}\n"), notes.own_key())


def test_two_moves_from_the_same_state_only_one_is_made(stocked: Bureau) -> None:
    """ARCHITECTURE.md: compare-and-swap."""
    draw = sealed_draw(stocked)
    other = Draw.objects.get(pk=draw.pk)
    moves = {("sealed", "close"): "closed"}
    services.move("system", "close", draw, moves, subject=draw.ledger_subject, entry_verb="draw.close")
    size = selectors.size()
    with pytest.raises(services.StateConflictError):
        services.move("system", "close", other, moves, subject=draw.ledger_subject, entry_verb="draw.close")
    assert selectors.size() == size


def test_canonical_json_refuses_what_it_cannot_write_in_one_way() -> None:
    """RFC 8785."""
    with pytest.raises(TypeError):
        canonical({"ratio": 0.05})


def test_a_whole_bureau_verifies(stocked: Bureau) -> None:
    """A20.2."""
    opened_draw(stocked)
    findings = verify_log()
    assert findings.problems == []
    assert findings.entries == selectors.size()
    assert findings.rows == sum(model._base_manager.count() for model in recorded_models())


def tamper(sql: str) -> None:
    """Change the database as somebody with its password would."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount > 0


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_entry SET actor = 'user/other' WHERE {index} = 5",
        "UPDATE ledger_entry SET digest = digest || '' , time = '2020-01-01T00:00:00Z' WHERE {index} = 7",
        "UPDATE ledger_checkpoint SET note = replace(note, 'mingqian', 'mingqiao') WHERE size = 4",
        "DELETE FROM ledger_checkpoint WHERE size = 6",
        "UPDATE ledger_node SET position = 1000 WHERE level = 0 AND position = 3",
        "DELETE FROM ledger_node WHERE level = 1 AND position = 2",
        "DELETE FROM ledger_manifest WHERE entry_id = 3",
        "UPDATE registry_subject SET name = '改名有限公司' WHERE number LIKE '%0000000003'",
        # One that was not drawn: what the draw left behind holds on to the others.
        (
            "DELETE FROM registry_subject WHERE id = (SELECT MIN(id) FROM registry_subject"
            " WHERE id NOT IN (SELECT subject_id FROM planning_encounter))"
        ),
        "UPDATE registry_inspector SET valid_until = '2050-01-01' WHERE certificate_number = '15030003'",
        "UPDATE accounts_user SET name = '张三' WHERE username LIKE 'zibo-leader'",
        "DELETE FROM accounts_rolegrant WHERE role = 'inspector'",
        "UPDATE drawing_draw SET title = '另一个名称'",
        "UPDATE drawing_draw SET opened_at = '2026-01-01 00:00:00+00:00'",
        "UPDATE drawing_contribution SET digits = '1234567890123' WHERE position = 2",
        "DELETE FROM drawing_contribution WHERE position = 3",
        "UPDATE documents_storedfile SET size = size + 1",
    ],
)
def test_any_row_changed_or_deleted_by_hand_is_found(stocked: Bureau, sql: str) -> None:
    """A20.2: changing or deleting any row in the database by hand is found."""
    opened_draw(stocked)
    quoted = connection.ops.quote_name("index")
    tamper(sql.replace("{index}", quoted))
    assert not verify_log().sound


def test_a_row_put_in_by_hand_is_found(stocked: Bureau) -> None:
    """A20.2."""
    Subject.objects.create(organ=stocked.organ, number="91370300000000009X", name="凭空出现有限公司")
    assert any("没有任何留痕" in problem for problem in verify_log().problems)


def test_a_log_whose_tail_is_cut_off_is_found_by_its_checkpoints_or_by_one_kept_elsewhere(bureau: Bureau) -> None:
    """A20.2: truncation."""
    latest = selectors.latest_checkpoint()
    assert latest is not None
    kept, last = latest.note, selectors.size() - 1
    Manifest.objects.filter(entry_id=last).delete()
    Entry.objects.filter(index=last).delete()
    assert not verify_log().sound
    for position in range(70):
        Node.objects.filter(level=position, position__gte=(last >> position)).filter(level=0, position=last).delete()
    Checkpoint.objects.filter(size=last + 1).delete()
    assert any("曾有" in problem for problem in verify_log([kept]).problems)


def test_a_manifest_rewritten_by_hand_is_found(bureau: Bureau) -> None:
    """A20.2."""
    manifest = Manifest.objects.order_by("entry_id")[2]
    body = zlib.decompress(bytes(manifest.body)).replace(b"{", b'{"x":"y",', 1)
    Manifest.objects.filter(pk=manifest.pk).update(body=zlib.compress(body))
    assert any("明细被改动" in problem for problem in verify_log().problems)


def test_the_command_says_what_is_wrong_and_fails(bureau: Bureau) -> None:
    """What is kept is checked when it is read."""
    out = StringIO()
    call_command("ledger_verify", stdout=out)
    assert "一致" in out.getvalue()
    Organ.objects.update(name="别的局")
    with pytest.raises(CommandError, match="机关"):
        call_command("ledger_verify")


def test_the_page_runs_the_verification_and_keeps_its_outcome(bureau: Bureau, sign_in: object) -> None:
    """A20.2: a page for those who answer for the log."""
    client = sign_in(bureau.user(Role.AUDIT_ADMIN))  # type: ignore[operator]
    response = client.post("/ledger/verify/")
    work_off()
    run = Verification.objects.get()
    assert run.outcome == Verification.Outcome.SOUND
    assert "全部一致" in client.get(response["Location"]).content.decode()


def test_what_was_found_is_answered_once_and_stays(bureau: Bureau, sign_in: object) -> None:
    """Issue 12: what was wrongly noted can be answered on the ledger; the finding itself is not touched."""
    problems = ["机关（accounts.organ:1）与第 1 条留痕记下的内容不符：被绕过系统改动过。"]
    with transaction.atomic():
        run = Verification.objects.create(
            asked_by="system", started_at=clock.now(), outcome=Verification.Outcome.DAMAGED, problems=problems
        )
        services.record("system", "ledger.verify", f"verification/{run.pk}", rows=[run])
    client = sign_in(bureau.user(Role.AUDIT_ADMIN))  # type: ignore[operator]
    address = f"/ledger/verifications/{run.pk}/answer/"
    assert client.post(address, {"answer": "误报"}).status_code == 400
    words = "系误报：核验时正在导入，重新核验一致。"
    page = client.post(address, {"answer": words}, follow=True).content.decode()
    assert words in page
    assert problems[0] in page
    again = client.post(address, {"answer": "另一种说法：什么也没有发生。"})
    assert (again.status_code, "不能修改" in again.content.decode()) == (400, True)
    run.refresh_from_db()
    assert (run.answer, run.outcome, run.problems) == (words, "damaged", problems)
    assert selectors.newest(1)[0].verb == "ledger.answer"
    assert verify_log().sound


def test_a_verification_whose_worker_died_says_so_and_is_closed_by_the_next(bureau: Bureau, sign_in: object) -> None:
    """Issue 12: nothing stays "核验中" for ever."""
    client = sign_in(bureau.user(Role.AUDIT_ADMIN))  # type: ignore[operator]
    client.post("/ledger/verify/")
    run = Verification.objects.get()
    Verification.objects.update(worker=f"{socket.gethostname()}:999999999:1")
    assert "中断" in client.get(f"/ledger/verifications/{run.pk}/").content.decode()
    client.post("/ledger/verify/")
    run.refresh_from_db()
    assert run.outcome == Verification.Outcome.BROKEN
    work_off()
    assert verify_log().sound


def test_last_sign_in_is_no_act(bureau: Bureau) -> None:
    """Fields that change without an act are left out of the digest."""
    User.objects.update(last_login="2026-01-01T00:00:00Z")
    assert verify_log().sound


def test_deleting_a_thing_on_purpose_is_no_damage(stocked: Bureau) -> None:
    """A draft that was given up, or sealed, leaves no complaint."""
    sealed_draw(stocked)
    assert Contribution.objects.count() == 0
    assert verify_log().sound


def test_conflicting_duties_are_refused(bureau: Bureau) -> None:
    """A4.1: the audit administrator holds no business role."""
    with pytest.raises(ValueError, match="审计管理员"):
        accounts.grant_role("system", user=bureau.officer, role=Role.AUDIT_ADMIN)


def test_a_column_added_later_leaves_the_digests_of_old_rows_and_a_change_in_it_is_found() -> None:
    """A migration that adds a column with its default accuses nobody."""
    plain = StoredFile(digest="00" * 32, size=1, created_at=clock.now())
    sealed = StoredFile(digest="00" * 32, size=1, created_at=plain.created_at, confidential=True)
    assert row_digest(plain, frozenset()) == row_digest(plain, frozenset({"confidential"}))
    assert row_digest(sealed, frozenset()) != row_digest(plain, frozenset())
