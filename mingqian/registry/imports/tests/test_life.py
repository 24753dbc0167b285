"""The life of an import: all or nothing, races, death of the worker, what is recorded (A6.1)."""

import subprocess
import sys

import pytest
from django.db import transaction
from django.utils import timezone

from mingqian.accounts.states import Role
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.common.processes import is_dead, this_worker
from mingqian.documents.imports import (
    services as import_services,
    tasks as import_tasks,
    writers,
)
from mingqian.documents.imports.procedure import IMPORTS
from mingqian.documents.imports.selectors import import_todos
from mingqian.documents.imports.states import ImportPhase, ImportState, RowOutcome
from mingqian.documents.models import Import, ImportChunk, ImportRow, ImportWork
from mingqian.ledger.models import Entry
from mingqian.ledger.services import StateConflictError
from mingqian.ledger.verification.selectors import verify_log
from mingqian.registry import registers
from mingqian.registry.imports.states import ImportKind
from mingqian.registry.models import Subject
from mingqian.registry.states import RegisterKind
from mingqian.registry.subjects import services as subject_services
from mingqian.registry.subjects.states import SubjectValues
from mingqian.registry.tests.tables import checked, credit_code, csv_file, imported
from mingqian.testing import Bureau, make_bureau

pytestmark = pytest.mark.django_db

HEAD = ["企业名称", "统一社会信用代码", "地址"]
GOOD = [HEAD, *([f"淄博示例{i}公司", credit_code(i), f"张店区示例路{i}号"] for i in range(1, 4))]
BAD = [*GOOD, ["淄博坏公司", "9137030306592700X1", "张店区"]]


def test_the_preview_writes_nothing_into_the_registry(bureau: Bureau) -> None:
    """Counts and first rows, and still no subject."""
    batch = checked(bureau.officer, csv_file(BAD))
    assert [row for row, _step in IMPORTS.waiting_for(bureau.officer)] == [batch]
    assert (batch.state, batch.total, batch.taken, batch.refused) == (ImportState.READY, 4, 3, 1)
    assert [row["name"] for row in batch.work.preview] == ["淄博示例1公司", "淄博示例2公司", "淄博示例3公司"]
    assert batch.work.preview[0]["district"] == "张店区"
    assert Subject.objects.count() == 0
    assert verify_log().problems == []


def test_the_workbench_leads_to_the_progress_and_nobody_breaks_an_import_off(bureau: Bureau) -> None:
    """A6.1: what the system is at work on is a to-do of those who may bring tables in; only the system ends it as broken off."""
    batch = import_services.upload(
        bureau.officer, kind=ImportKind.SUBJECTS, file_name="企业.csv", content=csv_file(GOOD)
    )
    (todo,) = import_todos(bureau.officer)
    assert (todo.title, todo.action, todo.url) == ("正在处理：企业.csv", "查看进度", f"/imports/{batch.number}/")
    assert list(import_todos(bureau.leader)) == []
    assert IMPORTS.forbids(bureau.officer, batch, "fail")
    checked_one = checked(bureau.officer, csv_file(GOOD))
    assert [one.title for one in import_todos(bureau.officer)] == [todo.title]
    assert [row for row, _step in IMPORTS.waiting_for(bureau.officer)] == [checked_one]


def test_all_or_nothing_is_refused_where_a_row_is_refused(bureau: Bureau) -> None:
    """The clerk is told, and may still choose otherwise."""
    batch = checked(bureau.officer, csv_file(BAD))
    with pytest.raises(DomainError, match="1 行未通过检查"):
        import_services.confirm(bureau.officer, batch, all_or_nothing=True)
    assert Subject.objects.count() == 0
    assert imported(bureau.officer, csv_file(GOOD), all_or_nothing=True).taken == 3


def test_all_or_nothing_holds_when_the_registry_changes_after_the_preview(bureau: Bureau) -> None:
    """A row that was fine at the preview is refused at the import: nothing at all goes in."""
    batch = checked(bureau.officer, csv_file([*GOOD, ["淄博无码公司", "", "张店区Z路"]]))
    for name in ("甲", "乙"):
        subject_services.add_subject(
            bureau.officer,
            SubjectValues(name="淄博无码公司", address="张店区Z路", registration_number="", phone="", capital=name),
        )
    import_services.confirm(bureau.officer, batch, all_or_nothing=True)
    import_tasks.run_import.call(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.refused) == (ImportState.REFUSED, 1)
    assert "没有导入任何一行" in batch.message
    assert set(Subject.objects.values_list("name", flat=True)) == {"淄博无码公司"}
    assert ImportChunk.objects.count() == 0
    assert verify_log().problems == []


def test_an_import_that_was_overtaken_decides_anew(bureau: Bureau) -> None:
    """Two tables with the same companies, both previewed, then both brought in: each company is there once."""
    first, second = checked(bureau.officer, csv_file(GOOD)), checked(bureau.officer, csv_file(GOOD))
    assert (first.taken, second.taken) == (3, 3)
    for batch in (first, second):
        import_services.confirm(bureau.officer, batch, all_or_nothing=False)
    for batch in (second, first):
        import_tasks.run_import.call(batch.pk)
        batch.refresh_from_db()
    assert (second.taken, second.unchanged, first.taken, first.unchanged) == (3, 0, 0, 3)
    assert set(first.rows.values_list("outcome", flat=True)) == {RowOutcome.UNCHANGED}
    assert Subject.objects.count() == 3
    assert verify_log().problems == []


def test_a_write_between_deciding_and_writing_is_seen_under_the_lock(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The version of the registry is compared inside the transaction; the import then decides anew."""
    batch = checked(bureau.officer, csv_file(GOOD))
    import_services.confirm(bureau.officer, batch, all_or_nothing=False)
    really = writers.prepare
    calls: list[int] = []

    def overtaken(*args: object) -> writers.Prepared:
        prepared = really(*args)  # type: ignore[arg-type]
        if not calls:
            subject_services.add_subject(
                bureau.officer,
                SubjectValues(name="淄博示例1公司", credit_code=credit_code(1), address="张店区示例路1号"),
            )
        calls.append(1)
        return prepared

    monkeypatch.setattr(import_tasks, "prepare", overtaken)
    import_tasks.run_import.call(batch.pk)
    batch.refresh_from_db()
    assert len(calls) == 2
    assert (batch.state, batch.taken, batch.unchanged) == (ImportState.DONE, 2, 1)
    assert verify_log().problems == []


def test_a_failure_while_writing_leaves_nothing(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """One transaction: rows, ledger entry and state."""
    batch = checked(bureau.officer, csv_file(GOOD))
    import_services.confirm(bureau.officer, batch, all_or_nothing=False)

    def breaks(*_args: object, **_named: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(registers, "turn", breaks)
    with pytest.raises(OSError, match="disk full"):
        import_tasks.run_import.call(batch.pk)
    monkeypatch.undo()
    batch.refresh_from_db()
    assert batch.state == ImportState.FAILED
    assert "没有导入任何一行" in batch.message
    assert Subject.objects.count() == 0
    assert ImportChunk.objects.count() == 0
    assert not Entry.objects.filter(verb="registry.import").exists()
    assert verify_log().problems == []


def test_the_rows_of_an_import_are_one_entry_in_the_name_of_who_confirmed(bureau: Bureau) -> None:
    """And every row is on the ledger."""
    batch = imported(bureau.officer, csv_file(GOOD))
    entry = Entry.objects.get(verb="registry.import")
    assert (entry.actor, entry.subject) == (bureau.officer.actor, f"import/zibo/{batch.number}")
    assert verify_log().problems == []
    Subject.objects.filter(number=credit_code(2)).update(name="被人改过的公司")
    assert len(verify_log().problems) == 1


def test_a_dead_worker_is_noticed_and_its_import_marked(bureau: Bureau) -> None:
    """Its process is gone; the one that runs this test is not."""
    batch = checked(bureau.officer, csv_file(GOOD))
    import_services.confirm(bureau.officer, batch, all_or_nothing=False)
    assert import_services.reap() == []
    batch.refresh_from_db()
    Import.objects.filter(pk=batch.pk).update(state=ImportState.RUNNING)
    ImportWork.objects.filter(of=batch).update(phase=ImportPhase.WRITING, worker=this_worker())
    assert import_services.reap() == []
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    host = this_worker().split(":")[0]
    ImportWork.objects.filter(of=batch).update(worker=f"{host}:{gone.pid}:12345")
    with transaction.atomic():
        Import.objects.filter(pk=batch.pk).update(state=ImportState.RUNNING)
    assert [found.pk for found in import_services.reap()] == [batch.pk]
    batch.refresh_from_db()
    assert batch.state == ImportState.FAILED
    assert "请重新上传" in batch.message
    assert Subject.objects.count() == 0


def test_a_process_number_given_to_another_process_is_not_the_worker() -> None:
    """The beginning of the process is compared too."""
    host, pid, born = this_worker().split(":")
    assert is_dead(f"{host}:{pid}:{born}") is False
    assert is_dead(f"{host}:{pid}:1") is True
    assert is_dead(f"elsewhere:{pid}:{born}") is None


def test_a_worker_elsewhere_is_given_up_after_long_silence(bureau: Bureau) -> None:
    """Another machine's processes cannot be asked."""
    batch = checked(bureau.officer, csv_file(GOOD))
    Import.objects.filter(pk=batch.pk).update(state=ImportState.UPLOADED)
    ImportWork.objects.filter(of=batch).update(
        phase=ImportPhase.CHECKING, worker="elsewhere:1:2", beat_at=timezone.now()
    )
    assert import_services.reap() == []
    ImportWork.objects.filter(of=batch).update(beat_at=timezone.now() - import_services.SILENCE * 2)
    assert len(import_services.reap()) == 1


def test_a_step_is_taken_once(bureau: Bureau) -> None:
    """Confirmed twice, confirmed after it was given up, run twice."""
    batch = checked(bureau.officer, csv_file(GOOD))
    import_services.confirm(bureau.officer, batch, all_or_nothing=False)
    stale = Import.objects.get(pk=batch.pk)
    with pytest.raises(StateConflictError):
        import_services.confirm(bureau.officer, stale, all_or_nothing=False)
    import_tasks.run_import.call(batch.pk)
    import_tasks.run_import.call(batch.pk)
    assert Subject.objects.count() == 3
    other = checked(bureau.officer, csv_file(BAD))
    import_services.discard(bureau.officer, other)
    assert ImportRow.objects.filter(of=other).count() == 0
    with pytest.raises(StateConflictError):
        import_services.confirm(bureau.officer, Import.objects.get(pk=other.pk), all_or_nothing=False)


def test_columns_chosen_by_hand_are_used(bureau: Bureau) -> None:
    """A table whose header nobody could know."""
    rows = [["甲列", "乙列", "丙列"], ["张店区A路", "淄博甲公司", credit_code(1)]]
    batch = checked(bureau.officer, csv_file(rows))
    assert (batch.mapping, batch.total) == ({}, 0)
    with pytest.raises(DomainError, match="名称"):
        import_services.confirm(bureau.officer, batch, all_or_nothing=False)
    import_services.remap(
        bureau.officer,
        batch,
        sheet="",
        header_row=1,
        mapping={"name": 1, "code": 2, "address": 0},
        update_existing=True,
    )
    import_tasks.analyse_import.call(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.taken) == (ImportState.READY, 1)
    import_services.confirm(bureau.officer, batch, all_or_nothing=False)
    import_tasks.run_import.call(batch.pk)
    assert Subject.objects.get().number == credit_code(1)


def test_numbers_of_imports_and_of_subjects_without_code_have_no_gaps(bureau: Bureau) -> None:
    """Refused rows and abandoned tables use none of the registry's numbers."""
    head = ["企业名称", "地址"]
    import_services.discard(bureau.officer, checked(bureau.officer, csv_file([head, ["淄博放弃公司", "A路"]])))
    imported(bureau.officer, csv_file([head, ["淄博甲公司", "A路"], ["", "B路"], ["淄博乙公司", "C路"]]))
    subject_services.add_subject(bureau.officer, SubjectValues(name="淄博丙公司"))
    assert [*Subject.objects.order_by("number").values_list("number", flat=True)] == [
        "DJ-000001",
        "DJ-000002",
        "DJ-000003",
    ]
    assert [*Import.objects.order_by("pk").values_list("number", flat=True)] == ["DR-00001", "DR-00002"]
    assert registers.peek(bureau.organ, RegisterKind.SUBJECTS).last_number == 3


def test_only_officers_of_the_organ_import(bureau: Bureau) -> None:
    """A leader reads; a stranger does not even know."""
    batch = checked(bureau.officer, csv_file(GOOD))
    stranger = make_bureau("weifang", "潍坊市工业和信息化局", "潍坊市工信局").officer
    for user in (bureau.leader, bureau.user(Role.INSPECTOR), stranger):
        with pytest.raises(NotAllowedError):
            import_services.confirm(user, batch, all_or_nothing=False)
        with pytest.raises(NotAllowedError):
            import_services.discard(user, batch)
        with pytest.raises(NotAllowedError):
            import_services.remap(user, batch, sheet="", header_row=0, mapping={}, update_existing=True)
    with pytest.raises(NotAllowedError):
        import_services.upload(bureau.leader, kind=ImportKind.SUBJECTS, file_name="x.csv", content=csv_file(GOOD))


def test_two_organs_keep_their_registries_apart(bureau: Bureau) -> None:
    """The same company in both; one does not change the other's."""
    stranger = make_bureau("weifang", "潍坊市工业和信息化局", "潍坊市工信局")
    imported(bureau.officer, csv_file(GOOD))
    batch = imported(stranger.officer, csv_file([HEAD, ["改名公司", credit_code(1), "X路"]]))
    assert batch.taken == 1
    assert Subject.objects.get(organ=bureau.organ, number=credit_code(1)).name == "淄博示例1公司"
