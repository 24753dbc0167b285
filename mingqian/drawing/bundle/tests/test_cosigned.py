"""A draw whose every step outside parties have cosigned is complete for whoever asks for their signatures (issue 11, 2)."""

from pathlib import Path

import pytest

from mingqian.common.errors import DomainError
from mingqian.drawing.bundle import selectors
from mingqian.drawing.ceremony import services as ceremony_services
from mingqian.drawing.draw import services as draw_services
from mingqian.drawing.models import Draw
from mingqian.drawing.tests.rules import refine
from mingqian.ledger import selectors as ledger
from mingqian.ledger.cosigning import services as cosigning
from mingqian.ledger.cosigning.selectors import request_for
from mingqian.ledger.models import Entry
from mingqian.testing import DIGITS, Bureau, opened_draw, sealed_draw
from mingqian_draw.verification import Options, Report, verify
from mingqian_witness.keeper import Keeper, read_request

pytestmark = pytest.mark.django_db


def party(folder: Path, name: str) -> Keeper:
    """Register an outside party."""
    keeper = Keeper.make(folder / name, f"{name}.example/w1", str(ledger.log_key()))
    cosigning.register("user/security", name=name, key=keeper.key, address="")
    return keeper


def sign_all(keeper: Keeper, seen: int = 0) -> int:
    """Have a party that has seen so much of the log sign everything that it is handed; return how much it has seen now."""
    while seen < ledger.size():
        found = request_for(seen)
        assert found is not None
        request = read_request(found[1])
        cosigning.take(request.note + keeper.cosign(request))
        seen = found[0]
    return seen


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


def test_art09_contributions_and_the_opening_wait_for_as_many_cosigners_as_the_rules_ask_for(
    stocked: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A9.4: where the rule set asks for outside parties, seal and close are theirs too before anything follows."""
    keeper = party(tmp_path, "audit")
    refine(stocked, monkeypatch, cosigners=1)
    draw = sealed_draw(stocked)
    with pytest.raises(DomainError, match="要等 1 家外部见证方联署，现在有 0 家"):
        ceremony_services.speak(stocked.officer, draw, position=1, digits=DIGITS[0])
    seen = sign_all(keeper)
    for position, digits in enumerate(DIGITS, 1):
        ceremony_services.speak(stocked.officer, draw, position=position, digits=digits)
    draw.refresh_from_db()
    with pytest.raises(DomainError, match="献数截止写入公开留痕后，要等 1 家"):
        draw_services.open_draw(stocked.officer, draw)
    seen = sign_all(keeper, seen)
    draw = draw_services.open_draw(stocked.officer, draw)
    sign_all(keeper, seen)
    assert checked(draw, [keeper], 1).status == "verified-complete"
