"""Bundles as folders and archives, well made and otherwise."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from mingqian_draw import bundle
from mingqian_draw.bundle import read_bundle
from mingqian_draw.errors import Problems
from mingqian_draw.tests.support import load, write


def _read(path: Path) -> tuple[dict[str, bytes], list[tuple[str, str]]]:
    problems = Problems()
    files = read_bundle(path, problems)
    for error in problems.listed():
        assert error.text("zh").isprintable()
        assert error.text("en").isprintable()
    return files, [(error.code, error.file) for error in problems.listed()]


def _zip(path: Path, files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("name", ["v1-simple", "v4-supplements", "v6-void"])
def test_folder_and_archives_hold_the_same_bundle(name: str, tmp_path: Path) -> None:
    files = load(name)
    assert _read(write(files, tmp_path / "x")) == (files, [])
    assert _read(_zip(tmp_path / "a.zip", files)) == (files, [])
    assert _read(_zip(tmp_path / "b.zip", files, zipfile.ZIP_STORED)) == (files, [])


def test_an_archive_may_list_the_folders_of_its_supplements(tmp_path: Path) -> None:
    files = load("v7-teams-supplement")
    path = _zip(tmp_path / "a.zip", {"supplement-1/": b"", **files})
    assert _read(path) == (files, [])


def _no_rights(folder: Path) -> None:
    (folder / "seal.json").chmod(0)


@pytest.mark.parametrize(
    ("change", "code", "file"),
    [
        (lambda folder: (folder / "result.json").mkdir(), "path-kind", "result.json"),
        (lambda folder: (folder / "x").mkdir(), "path-kind", "x"),
        (lambda folder: (folder / "supplement-01").mkdir(), "path-kind", "supplement-01"),
        (lambda folder: (folder / "supplement-1").mkdir(), "path-empty", "supplement-1/"),
        (lambda folder: (folder / "supplement-1/x").mkdir(parents=True), "path-kind", "supplement-1/x"),
        (lambda folder: (folder / "ledger.json").symlink_to("seal.json"), "path-link", "ledger.json"),
        (lambda folder: (folder / "ledger.json").symlink_to("nowhere"), "path-link", "ledger.json"),
        (lambda folder: (folder / "supplement-1").symlink_to("."), "path-link", "supplement-1"),
        (lambda folder: os.mkfifo(folder / "ledger.json"), "path-kind", "ledger.json"),
    ],
)
def test_what_is_no_file_of_a_bundle_is_named(
    change: Callable[[Path], None], code: str, file: str, tmp_path: Path
) -> None:
    files = load("v1-simple")
    del files["result.json"]
    change(write(files, tmp_path))
    assert _read(tmp_path) == (files, [(code, file)])


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights do not bind this user")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    write(load("v1-simple"), tmp_path)
    _no_rights(tmp_path)
    assert _read(tmp_path)[1] == [("path-unreadable", "seal.json")]


def test_a_name_that_is_no_text_is_named(tmp_path: Path) -> None:
    write(load("v1-simple"), tmp_path)
    try:
        (tmp_path / os.fsdecode(b"\xff.json")).write_bytes(b"")
    except (OSError, UnicodeError):
        pytest.skip("this file system takes no such name")
    assert "\udcff.json" in _read(tmp_path)[0]


@pytest.mark.parametrize("name", ["nothing", "a\0b", "x" * 5000])
def test_a_path_to_nothing_is_named(name: str, tmp_path: Path) -> None:
    assert _read(tmp_path / name)[1][0][0] == "path-unreadable"


def test_a_device_is_no_bundle() -> None:
    assert _read(Path(os.devnull)) == ({}, [("path-kind", Path(os.devnull).name)])


def test_files_too_large_or_too_many_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = load("v1-simple")
    write(files, tmp_path / "x")
    monkeypatch.setattr(bundle, "LIMIT", 1200)
    assert {code for code, _ in _read(tmp_path / "x")[1]} == {"path-large"}
    assert _read(_zip(tmp_path / "a.zip", files))[1] == [("path-large", "a.zip")]
    assert _read(_zip(tmp_path / "b.zip", {"seal.json": b"0" * 100_000}))[1] == [("zip-large", "b.zip")]
    monkeypatch.undo()
    monkeypatch.setattr(bundle, "MANY", 3)
    assert ("path-many", "") in _read(tmp_path / "x")[1]
    assert _read(_zip(tmp_path / "c.zip", files))[1] == [("path-many", "c.zip")]


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["a/seal.json", "a/../x"], [("zip-name", "../x")]),
        (["a/seal.json", "a/b/"], [("path-kind", "b/")]),
        (["../seal.json"], [("zip-name", "../seal.json")]),
        (["/seal.json"], [("zip-name", "/seal.json")]),
        (["seal.json", "../seal.json"], [("zip-name", "../seal.json")]),
        (["seal.json", "/etc/passwd"], [("zip-name", "/etc/passwd")]),
        (["seal.json", "a//b"], [("zip-name", "a//b")]),
        (["seal.json", "c:seal.json"], [("zip-name", "c:seal.json")]),
        (["seal.json", "a\\b"], [("zip-name", "a\\b")]),
        (["seal.json", "x/"], [("path-kind", "x/")]),
        (["seal.json", "supplement-1/x/"], [("path-kind", "supplement-1/x/")]),
        (["seal.json", "supplement-1/"], [("path-empty", "supplement-1/")]),
    ],
)
def test_names_in_an_archive_that_have_no_place(names: list[str], found: list[tuple[str, str]], tmp_path: Path) -> None:
    assert _read(_zip(tmp_path / "a.zip", dict.fromkeys(names, b"")))[1] == found


def test_a_folder_around_the_bundle_is_taken_away(tmp_path: Path) -> None:
    """As the verifier in the browser does: people pack the folder that they unpacked."""
    files = load("v4-supplements")
    around = {f"抽取/{name}": data for name, data in files.items()}
    assert _read(_zip(tmp_path / "a.zip", around)) == (files, [])
    assert _read(_zip(tmp_path / "b.zip", {"抽取/": b"", **around})) == (files, [])


def test_a_name_twice_in_an_archive_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("seal.json", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("seal.json", b"2")
    assert ("zip-twice", "seal.json") in _read(tmp_path / "a.zip")[1]


def test_a_link_in_an_archive_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        info = zipfile.ZipInfo("seal.json")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert _read(tmp_path / "a.zip") == ({}, [("path-link", "seal.json")])


def test_an_encrypted_or_otherwise_packed_entry_is_named(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"seal.json": b"x" * 50}, zipfile.ZIP_BZIP2)
    assert _read(path) == ({}, [("zip-method", "seal.json")])
    data = bytearray(_zip(tmp_path / "b.zip", {"seal.json": b"x"}).read_bytes())
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + place] |= 1
    (tmp_path / "b.zip").write_bytes(data)
    assert _read(tmp_path / "b.zip") == ({}, [("zip-method", "seal.json")])


def test_an_entry_that_lies_about_its_size_is_not_followed(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"seal.json": b"0" * 1_000_000})
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        struct.pack_into("<I", data, data.index(mark) + place, 10)
    path.write_bytes(data)
    files, found = _read(path)
    assert found[0][0] == "zip-broken" or len(files["seal.json"]) == 10


def test_an_entry_with_a_wrong_checksum_is_named(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"seal.json": b"abcdefgh", "x": b""}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"abcdefgh", b"abcdefgi"))
    assert _read(path) == ({"x": b""}, [("zip-broken", "seal.json")])


@pytest.mark.parametrize("data", [b"", b"PK", b"x" * 1000, b"PK\5\6" + b"\0" * 18, b"PK\5\6" + b"\xff" * 18])
def test_what_is_no_archive_is_named_or_empty(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    files, found = _read(tmp_path / "a.zip")
    assert files == {}
    assert found == ([] if data == b"PK\5\6" + b"\0" * 18 else [("zip-broken", "a.zip")])


@settings(max_examples=120)
@given(data=st.data())
def test_random_damage_to_an_archive_never_raises(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in load("v6-void").items():
            archive.writestr(name, content)
    whole = buffer.getvalue()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole = whole[:at] + data.draw(st.binary(max_size=4)) + whole[at + data.draw(st.integers(0, 6)) :]
    path = tmp_path_factory.getbasetemp() / "damaged.zip"
    path.write_bytes(whole)
    _read(path)
