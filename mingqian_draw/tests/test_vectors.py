"""Every vector of the protocol: read as it has to be, refused for its reason; a zip and a folder are the same bundle."""

import json
from pathlib import Path
from typing import Any

import pytest

from mingqian_draw import archive
from mingqian_draw.refusal import RefusedError
from mingqian_draw.verification import Options, Report, verify

VECTORS = Path(__file__).resolve().parents[2] / "tests" / "vectors"
NOTES: dict[str, dict[str, Any]] = json.loads((VECTORS / "refuse-notes.json").read_text())
BUNDLES = sorted((VECTORS / "bundles").iterdir())
REFUSED = sorted((VECTORS / "refuse").iterdir())
ZIPS = sorted((VECTORS / "zip").iterdir())


def options_of(told: dict[str, Any]) -> Options:
    """Return what a vector says that the verifier is given."""
    kept = [(note, proof) for note, proof in told.get("kept", ())]
    return Options(told.get("log_key"), told.get("witnesses", ()), told.get("need"), kept, told.get("late", {}))


def checked(place: Path, options: dict[str, Any]) -> Report:
    """Read a bundle and verify it; a fault in its form is a refusal like any other."""
    try:
        return verify(archive.read(place), options_of(options))
    except RefusedError as error:
        return Report("refused", error.reason)


def test_there_are_all_vectors() -> None:
    """The text's numbers: 92 bundles, 560 to refuse, 54 zips; ours beside them pin what they leave open."""
    own = [place for place in REFUSED if place.name.startswith("x")]
    later = [place for place in BUNDLES if int(place.stem[1:].split("-")[0]) > 88]
    zips = [place for place in ZIPS if int(place.stem.split("-")[1][1:]) > 61]
    assert (len(BUNDLES) - len(later), len(REFUSED) - len(own), len(ZIPS) - len(zips)) == (92, 560, 54)
    assert len({place.stem for place in [*BUNDLES, *REFUSED]}) == len(BUNDLES) + len(REFUSED)


@pytest.mark.parametrize("place", BUNDLES, ids=lambda place: place.stem)
def test_a_bundle_gives_what_a_verifier_says(place: Path) -> None:
    """Status, exit code, warnings, teams, appointments, census, ledger, and what a void would have brought."""
    wanted = json.loads((VECTORS / "expect" / f"{place.stem}.json").read_text())
    report = checked(place, wanted["options"])
    told = {**report.told(), "exit": report.exit}
    assert {key: told[key] for key in wanted if key != "options"} == {
        key: value for key, value in wanted.items() if key != "options"
    }


@pytest.mark.parametrize("place", REFUSED, ids=lambda place: place.stem)
def test_a_bundle_is_refused_for_its_reason(place: Path) -> None:
    """One fault each, told in the words that the text's reference has for it."""
    note = NOTES[place.stem if place.suffix == ".zip" else place.name]
    report = checked(place, note.get("options", {}))
    assert (report.status, report.reason) == ("refused", note["reference"])


@pytest.mark.parametrize("place", ZIPS, ids=lambda place: place.stem)
def test_a_zip_has_one_exact_form(place: Path) -> None:
    """`ok-*` is read, `no-*` refused, nothing unpacked that is too large."""
    report = checked(place, {})
    kind, _, name = place.stem.partition("-")
    if kind == "ok":
        assert report.status != "refused"
    else:
        assert report.reason == NOTES[f"zip/{name}"]["reference"]


@pytest.mark.parametrize("place", BUNDLES[::9], ids=lambda place: place.stem)
def test_a_zip_is_a_function_of_the_bundle(place: Path, tmp_path: Path) -> None:
    """The same files from a folder and from a zip; written again they are the same bytes."""
    files = archive.read(place)
    assert archive.write_zip(files) == place.read_bytes()
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert archive.read(tmp_path) == files


def test_a_folder_holds_nothing_else(tmp_path: Path) -> None:
    """No link, no empty folder, no other file."""
    files = archive.read(BUNDLES[0])
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "supplement-1").mkdir()
    with pytest.raises(RefusedError, match="no file of a bundle"):
        archive.read(tmp_path)
    (tmp_path / "supplement-1").rmdir()
    (tmp_path / "void.json").symlink_to(tmp_path / "seal.json")
    with pytest.raises(RefusedError, match="no file of a bundle"):
        archive.read(tmp_path)
