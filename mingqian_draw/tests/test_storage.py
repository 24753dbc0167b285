"""Writing next to others: what is there is never written over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import mingqian_draw as mq
from mingqian_draw import storage


@pytest.mark.parametrize("links", [True, False])
def test_a_name_taken_in_the_last_moment_stays_as_it_is(
    links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another command gives the second name to a file of its own after all was looked at."""
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    real = os.link

    def link(source: Path, target: Path) -> None:
        (bundle / "result.json").write_bytes(b"theirs")
        if not links:
            raise OSError(1, "Operation not permitted")
        real(source, target)

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(mq.DrawError) as caught:
        storage.add_files(bundle, {"reveal.json": b"mine", "result.json": b"mine"})
    assert caught.value.code == "exists"
    assert [path.name for path in bundle.iterdir()] == ["result.json"]
    assert (bundle / "result.json").read_bytes() == b"theirs"
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]


def test_a_folder_made_in_the_last_moment_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, real = tmp_path / "bundle", Path.rename

    def rename(self: Path, other: Path) -> Path:
        other.mkdir()
        (other / "seal.json").write_bytes(b"theirs")
        return real(self, other)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(mq.DrawError) as caught:
        storage.create_folder(target, {"seal.json": b"mine"})
    assert caught.value.code == "exists"
    assert (target / "seal.json").read_bytes() == b"theirs"
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(mq.DrawError) as caught:
        storage.create_folder(tmp_path / "file" / "bundle", {"seal.json": b""})
    assert caught.value.code == "write"
    with pytest.raises(mq.DrawError) as caught:
        storage.write_new(tmp_path / "nowhere" / "x", b"")
    assert caught.value.code == "write"


def test_a_secret_is_taken_back_where_the_seal_fails(tmp_path: Path) -> None:
    seen = []

    def stop() -> None:
        with storage.new_secret_file(tmp_path / "key", "0" * 64, tmp_path / "bundle"):
            seen.append((tmp_path / "key").exists())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()
    assert seen == [True]
    assert not (tmp_path / "key").exists()
