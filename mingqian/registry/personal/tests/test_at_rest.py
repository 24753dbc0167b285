"""What lies on the disk: no phone and no ID number in the clear, in any table, whatever became of the row (A20.1)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client

from mingqian.accounts.states import Role
from mingqian.common import clock, codes
from mingqian.documents.imports import services as import_services
from mingqian.documents.models import Import, ImportRow
from mingqian.registry.experts import services as expert_services
from mingqian.registry.experts.services import ExpertValues
from mingqian.registry.experts.states import ExpertKind
from mingqian.registry.imports.states import ImportKind
from mingqian.registry.models import Expert, Inspector, Subject
from mingqian.registry.people import services as people_services
from mingqian.registry.people.states import InterestKind
from mingqian.registry.personal import services as personal_services
from mingqian.registry.subjects import services as subject_services
from mingqian.registry.subjects.states import SubjectKind, SubjectValues
from mingqian.testing import Bureau, fill_registry, work_off

#: Every value that is put in, each another, so that what is found tells where it came from.
SECRETS = {
    "phone by hand": "13853310001",
    "phone changed": "13853310002",
    "phone imported": "13853310003",
    "landline imported": "0533-2180004",
    "phone of a refused row": "13853310005",
    "phone in a wrong column": "13853310006",
    "phone waiting": "13853310007",
    "phone with a note": "13853310008",
    "phone odd": "1385331-0009",
    "phone in full width": "13853310010",
    "contact of an expert": "13853310011",
    "contact of an expert before": "0533-2180012",
    "note on an interest": "妻弟，电话13853310013",
    "ID number by hand": "110105194912310029",
    "ID number imported": "110105194912310037",
    "ID number wrong": "110105194912310045",
    "ID number waiting": "110105194912310053",
    "ID number lower": "11010519491231006",
    "ID number as a number": "110105194912310",
}


def id_number(body: str) -> str:
    """Return the valid ID number that begins with 17 digits."""
    return next(body + sign for sign in "0123456789X" if not codes.wrong_id_number(body + sign, clock.today()))


def with_valid_ids() -> dict[str, str]:
    """Return the secrets with ID numbers that pass the check, but for the one that must not."""
    found = dict(SECRETS)
    for position, name in enumerate(("by hand", "imported", "waiting"), 1):
        found[f"ID number {name}"] = id_number(f"1101051949123{position:04d}")
    right = id_number("11010519491230009")
    found["ID number wrong"] = right[:17] + ("0" if right[17] != "0" else "1")
    found["ID number lower"] = "11010519491231002x"
    return found


def upload(bureau: Bureau, table: str) -> Import:
    """Upload a table and have it checked."""
    batch = import_services.upload(
        bureau.officer, kind=ImportKind.SUBJECTS, file_name="名单.csv", content=table.encode()
    )
    work_off()
    batch.refresh_from_db()
    return batch


def put_in_everything(bureau: Bureau, secret: dict[str, str]) -> None:
    """Go every way that a number takes into the database."""
    officer = bureau.officer
    person = subject_services.add_subject(
        officer,
        SubjectValues(
            name="张建国", kind=SubjectKind.PERSON, id_number=secret["ID number by hand"], phone=secret["phone by hand"]
        ),
    )
    subject_services.change_subject_by_hand(
        officer, person, SubjectValues(name="张建国", phone=secret["phone changed"]), why="本人来电更正"
    )
    inspector = Inspector.objects.filter(organ=bureau.organ)[0]
    people_services.add_interest(
        officer, inspector, person, kind=InterestKind.RELATIVE, since=clock.today() - timedelta(days=1),
        note=secret["note on an interest"],
    )  # fmt: skip
    values = ExpertValues(
        kind=ExpertKind.EXPERT, name="钱教授", speciality="节能", contact=secret["contact of an expert before"]
    )
    expert = expert_services.add_expert(officer, values)
    values.contact = secret["contact of an expert"]
    expert_services.change_expert(officer, expert, values)
    personal_services.reveal_subject(officer, Subject.objects.get(pk=person.pk), "送达检查通知书")
    personal_services.reveal_expert(bureau.user(Role.DIVISION_HEAD), Expert.objects.get(), "邀请参加检查")

    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in secret["phone in full width"])
    head = "名称,身份证号码,联系电话,区县,地址,负责人\n"
    table = head + "\n".join(
        (
            f"李海燕,{secret['ID number imported']},{secret['phone imported']},张店区,柳泉路1号,",
            f"王家店铺,,{secret['landline imported']} 王{wide},张店区,柳泉路2号,王明",
            f"赵家店铺,{secret['ID number wrong']},{secret['phone of a refused row']},张店区,柳泉路3号,",
            f"孙家店铺,{secret['phone in a wrong column']},,张店区,柳泉路4号,孙明",
            f"周家店铺,{secret['ID number as a number']},,张店区,柳泉路5号,周明",
            f"吴家店铺,{secret['ID number lower']}9,{secret['phone odd']},张店区,柳泉路6号,吴明",
        )
    )
    batch = upload(bureau, table)
    import_services.confirm(officer, batch, all_or_nothing=False)
    work_off()
    waiting = f"{head}郑家店铺,{secret['ID number waiting']},{secret['phone waiting']},张店区,柳泉路7号,郑明\n"
    waiting += f"冯家店铺,,请打 {secret['phone with a note']} 找老冯,张店区,柳泉路8号,冯明\n"
    upload(bureau, waiting)


def forms_of(value: str) -> list[bytes]:
    """Return how a text may lie on a disk: as itself, or as UTF-16 of either order."""
    return [value.encode(), value.encode("utf-16-le"), value.encode("utf-16-be"), value.encode().hex().encode()]


def everything_stored() -> Iterator[tuple[str, bytes]]:
    """Yield (where, bytes) of every table and every stored file; on SQLite of the file itself too, with its log."""
    with connection.cursor() as cursor:
        for table in map(connection.ops.quote_name, connection.introspection.table_names(cursor)):
            if connection.vendor == "postgresql":
                cursor.execute(f"SELECT row::text FROM {table} AS row")  # noqa: S608  own names
                columns = ["row"]
            else:
                cursor.execute(f"SELECT * FROM {table}")  # noqa: S608  own names
                columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    yield f"{table}.{column}", raw
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        for path in (Path(name), Path(f"{name}-wal")):
            if path.exists():
                yield path.name, path.read_bytes()
    for path in Path(default_storage.path("")).rglob("*"):
        if path.is_file():
            yield f"file {path.name}", path.read_bytes()


@pytest.mark.django_db(transaction=True)
def test_art20_no_number_lies_in_the_clear(bureau: Bureau, client: Client) -> None:
    """A20.1: after adding, changing, importing, refusing, revealing and waiting, nothing on the disk holds a number."""
    fill_registry(bureau, 3, 2)
    secret = with_valid_ids()

    put_in_everything(bureau, secret)
    assert Import.objects.filter(state="done").count() == Import.objects.filter(state="ready").count() == 1
    assert ImportRow.objects.filter(outcome="refused").count() >= 3
    assert ImportRow.objects.filter(outcome="taken").count() >= 3
    assert Subject.objects.get(name="李海燕").phone() == secret["phone imported"]
    # Signed in, everything that pages write (sessions, messages) is there too.
    client.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    number = Subject.objects.get(name="张建国").number
    shown = client.post(f"/registry/subjects/{number}/reveal/", {"reason": "核对证照信息"}).content.decode()
    assert secret["phone changed"] in shown
    stored = list(everything_stored())
    assert any("淄博示例000有限公司".encode() in raw for _where, raw in stored)  # it does look where rows are
    found = [
        f"{what} ({value}) in {where}"
        for what, value in secret.items()
        for form in forms_of(value)
        for where, raw in stored
        if form in raw
    ]
    assert not found, "\n".join(sorted(set(found)))
