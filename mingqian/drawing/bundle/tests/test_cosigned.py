"""A draw whose every step outside parties have cosigned is complete for whoever asks for their signatures (issue 11, 2)."""

from pathlib import Path

import pytest

from mingqian.drawing.bundle import selectors
from mingqian.drawing.models import Draw
from mingqian.ledger import selectors as ledger
from mingqian.ledger.cosigning import services as cosigning
from mingqian.ledger.cosigning.selectors import request_for
from mingqian.ledger.models import Entry
from mingqian.testing import Bureau, opened_draw
from mingqian_draw.verification import Options, Report, verify
from mingqian_witness.keeper import Keeper, read_request

pytestmark = pytest.mark.django_db


def party(folder: Path, name: str) -> Keeper:
    """Register an outside party."""
    keeper = Keeper.make(folder / name, f"{name}.example/w1", str(ledger.log_key()))
    cosigning.register("user/security", name=name, key=keeper.key, address="")
    return keeper


def sign_all(keeper: Keeper) -> None:
    """Have a party sign everything that it is handed."""
    seen = 0
    while seen < ledger.size():
        found = request_for(seen)
        assert found is not None
        request = read_request(found[1])
        cosigning.take(request.note + keeper.cosign(request))
        seen = found[0]


def checked(draw: Draw, keepers: list[Keeper], k: int) -> Report:
    """Verify a bundle as a stranger does who asks for cosigners."""
    files = {**selectors.bundle_files(draw), "ledger.json": selectors.ledger_json(draw)}
    keys = [keeper.key for keeper in keepers]
    return verify(files, Options(log_key=str(ledger.log_key()), witnesses=keys, need=k))


def test_every_verifier_finds_the_cosignatures_that_it_asks_for(stocked: Bureau, tmp_path: Path) -> None:
    """Draw protocol, cosigners: `k` on every anchor's checkpoint and on the file's."""
    keepers = [party(tmp_path, "audit"), party(tmp_path, "notary")]
    draw = opened_draw(stocked)
    assert checked(draw, keepers, 1).status != "verified-complete"
    for keeper in keepers:
        sign_all(keeper)
    signed = ledger.size()
    report = checked(draw, keepers, 2)
    assert (report.status, report.reason) == ("verified-complete", "")
    assert report.ledger is not None
    assert (report.ledger["cosigners"], report.ledger["cosigned"], report.ledger["size"]) == (2, True, signed)
    # What others do afterwards takes nothing away: the proof stays under the checkpoint that was cosigned.
    cosigning.register("user/security", name="later", key=party_key(tmp_path), address="")
    assert Entry.objects.count() > signed
    report = checked(draw, keepers, 2)
    assert report.status == "verified-complete"
    assert report.ledger is not None
    assert report.ledger["size"] == signed


def party_key(folder: Path) -> str:
    """Return the key of a party that signs nothing."""
    return Keeper.make(folder / "silent", "silent.example", str(ledger.log_key())).key
