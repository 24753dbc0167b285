"""Changing the data key: everything encrypted anew, at any point to be stopped, on the ledger (A20.1)."""

import base64
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings as live
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import models
from pytest_django import Settings

from mingqian import keys
from mingqian.common import clock, crypto
from mingqian.common.errors import DomainError
from mingqian.documents.files import services as file_services
from mingqian.documents.imports import services as import_services
from mingqian.documents.models import ImportChunk
from mingqian.documents.rotation import services as rotation_services
from mingqian.drawing.draw import services as draw_services
from mingqian.ledger.models import Entry
from mingqian.ledger.verification.selectors import verify_log
from mingqian.registry.experts import services as expert_services
from mingqian.registry.experts.services import ExpertValues
from mingqian.registry.experts.states import ExpertKind
from mingqian.registry.imports.states import ImportKind
from mingqian.registry.models import Expert, Inspector, Interest, Subject
from mingqian.registry.people import services as people_services
from mingqian.registry.people.states import InterestKind
from mingqian.registry.subjects import services as subject_services
from mingqian.registry.subjects.states import SubjectKind, SubjectValues
from mingqian.testing import Bureau, contributed_draw, work_off

pytestmark = pytest.mark.django_db
ID_NUMBER = "11010519491231002X"
NEW = base64.b64encode(b"n" * 32).decode()


@pytest.fixture
def kept(stocked: Bureau, django_capture_on_commit_callbacks: Any) -> dict[str, Any]:
    """Something of everything that lies encrypted."""
    officer = stocked.officer
    person = subject_services.add_subject(
        officer, SubjectValues(name="张建国", kind=SubjectKind.PERSON, id_number=ID_NUMBER, phone="13853312345")
    )
    inspector = Inspector.objects.filter(organ=stocked.organ)[0]
    interest = people_services.add_interest(
        officer, inspector, person, kind=InterestKind.RELATIVE, since=clock.today() - timedelta(days=1), note="妻弟"
    )
    expert = expert_services.add_expert(
        officer, ExpertValues(kind=ExpertKind.EXPERT, name="钱教授", speciality="节能", contact="0533-2188866")
    )
    table = "企业名称,联系电话\n淄博新来的有限公司,13812345678\n".encode()
    with django_capture_on_commit_callbacks(execute=True):
        batch = import_services.upload(officer, kind=ImportKind.SUBJECTS, file_name="a.csv", content=table)
    work_off()
    return {
        "person": person,
        "interest": interest,
        "expert": expert,
        "batch": batch,
        "table": table,
        "draw": contributed_draw(stocked),
        "officer": officer,
    }


def change_key(settings: Settings) -> str:
    """Set a new key beside the old one, which is returned."""
    old: str = live.MINGQIAN_DATA_KEY
    settings.MINGQIAN_DATA_KEY_OLD = [old]
    settings.MINGQIAN_DATA_KEY = NEW
    return old


def rotate() -> str:
    """Run the command and return what it says."""
    out = io.StringIO()
    call_command("rotate_data_key", stdout=out)
    return out.getvalue()


def check_all_opens(kept: dict[str, Any], bureau: Bureau) -> None:
    """Everything reads as before, is found again, and the draw can be opened."""
    person = Subject.objects.get(pk=kept["person"].pk)
    assert person.phone() == "13853312345"
    assert Subject.objects.get(id_number_digest=crypto.keyed_digest(ID_NUMBER, "registry/id-number")) == person
    assert Subject.objects.get(phone_digest=crypto.keyed_digest("13853312345", "registry/phone")) == person
    assert Interest.objects.get().note == "妻弟"
    assert Expert.objects.get().contact() == "0533-2188866"
    kept["batch"].refresh_from_db()
    assert file_services.read(kept["batch"].file) == kept["table"]
    assert verify_log().problems == []


def test_art20_every_encrypted_column_is_known_to_the_rotation() -> None:
    """A20.1: a column of boxes that no model names would be lost with its key."""
    named = {(model._meta.label, column) for model in rotation_services.boxed_models() for column in model.BOXES}
    found = {
        (model._meta.label, field.attname)
        for model in apps.get_models()
        if model.__module__.startswith("mingqian.")
        for field in model._meta.concrete_fields
        if isinstance(field, models.BinaryField) and field.attname.endswith("box")
    }
    assert named == found
    assert len(named) >= 6


def test_art20_a_rotation_encrypts_everything_anew(
    stocked: Bureau, kept: dict[str, Any], settings: Settings, django_capture_on_commit_callbacks: Any
) -> None:
    """A20.1: afterwards the old key is needed for nothing."""
    change_key(settings)
    said = rotate()
    assert crypto.key_id() in said
    settings.MINGQIAN_DATA_KEY_OLD = []
    check_all_opens(kept, stocked)
    with django_capture_on_commit_callbacks(execute=True):
        import_services.confirm(kept["officer"], kept["batch"], all_or_nothing=False)
    work_off()
    assert Subject.objects.get(name="淄博新来的有限公司").phone() == "13812345678"
    kept["draw"].refresh_from_db()
    draw_services.open_draw(kept["officer"], kept["draw"])
    assert verify_log().problems == []
    entries = Entry.objects.filter(verb__startswith="data.").count()
    assert "重新加密 0 行数据、0 个文件" in rotate()
    assert Entry.objects.filter(verb__startswith="data.").count() == entries


def test_art20_a_rotation_that_was_stopped_goes_on(
    stocked: Bureau, kept: dict[str, Any], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A20.1: stopped after any number of boxes, everything opens with both keys; run again, the new one suffices."""
    change_key(settings)
    real = crypto.renewed
    monkeypatch.setattr("mingqian.documents.rotation.services._BATCH", 1)

    def breaking(after: int) -> Any:
        left: Iterator[int] = iter(range(after))

        def renewed(box: bytes, context: str) -> bytes:
            if next(left, None) is None:
                raise KeyboardInterrupt
            return real(box, context)

        return renewed

    stops = 0
    for after in (1, 2, 1, 1, 2):
        monkeypatch.setattr(crypto, "renewed", breaking(after))
        try:
            rotate()
        except KeyboardInterrupt:
            stops += 1
            monkeypatch.setattr(crypto, "renewed", real)
            assert verify_log().problems == []
            person = Subject.objects.get(pk=kept["person"].pk)
            assert person.phone() == "13853312345"
            assert file_services.read(kept["batch"].file) == kept["table"]
    assert stops >= 3
    monkeypatch.setattr(crypto, "renewed", real)
    rotate()
    settings.MINGQIAN_DATA_KEY_OLD = []
    check_all_opens(kept, stocked)


def test_art20_nobody_comes_in_twice_while_the_key_is_being_changed(
    stocked: Bureau, kept: dict[str, Any], settings: Settings, django_capture_on_commit_callbacks: Any
) -> None:
    """A6.1, A20.1: digests of both keys are asked; else the rotation would meet two of one ID number and stop for good."""
    change_key(settings)
    with pytest.raises(DomainError, match="名录库中已有"):
        subject_services.add_subject(
            kept["officer"], SubjectValues(name="张建国", kind=SubjectKind.PERSON, id_number=ID_NUMBER)
        )
    table = f"名称,类别,身份证号码\n张建国,自然人,{ID_NUMBER}\n".encode()
    with django_capture_on_commit_callbacks(execute=True):
        batch = import_services.upload(kept["officer"], kind=ImportKind.SUBJECTS, file_name="b.csv", content=table)
    work_off()
    batch.refresh_from_db()
    assert (batch.total, batch.taken) == (1, 0)
    rotate()
    settings.MINGQIAN_DATA_KEY_OLD = []
    check_all_opens(kept, stocked)


def test_art20_boxes_of_the_first_format_open_and_are_renewed(
    stocked: Bureau, kept: dict[str, Any], settings: Settings
) -> None:
    """A20.1: `01 ‖ nonce ‖ ciphertext`, without the id of a key."""
    key = base64.b64decode(live.MINGQIAN_DATA_KEY)
    box = b"\x01" + b"0" * 12 + AESGCM(key).encrypt(b"0" * 12, b"13900001111", b"registry/phone")
    assert crypto.decrypt(box, "registry/phone") == "13900001111"
    assert not crypto.is_current(box)
    change_key(settings)
    assert crypto.decrypt(crypto.renewed(box, "registry/phone"), "registry/phone") == "13900001111"


def test_art20_without_the_old_key_the_rotation_stops_and_says_so(
    stocked: Bureau, kept: dict[str, Any], settings: Settings
) -> None:
    """A20.1: nothing is written where something does not open."""
    old = change_key(settings)
    settings.MINGQIAN_DATA_KEY_OLD = []
    with pytest.raises(CommandError, match="MINGQIAN_DATA_KEY_OLD"):
        rotate()
    settings.MINGQIAN_DATA_KEY_OLD = [old]
    check_all = Subject.objects.get(pk=kept["person"].pk)
    assert check_all.phone() == "13853312345"
    assert ImportChunk.objects.exists()
    assert verify_log().problems == []


def test_the_keys_command_keeps_the_key_that_it_replaces(tmp_path: Path) -> None:
    """operating.md: the old key goes to those that only open."""
    keys.make(tmp_path)
    first = (tmp_path / "MINGQIAN_DATA_KEY").read_text()
    keys.rotate(tmp_path)
    second = (tmp_path / "MINGQIAN_DATA_KEY").read_text()
    keys.rotate(tmp_path)
    assert first != second
    assert (tmp_path / "MINGQIAN_DATA_KEY_OLD").read_text().split() == [second, first]
    assert oct((tmp_path / "MINGQIAN_DATA_KEY_OLD").stat().st_mode)[-3:] == "600"
