"""What no vector is large enough for: bounds that are only there for speed, and limits at their edge."""

import pytest

import mingqian_draw as mq
from mingqian_draw import archive, canonical, outcome, tables
from mingqian_draw.tests.test_making import sealed


def test_the_outcome_never_depends_on_the_bound_of_tickets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Step 7: only rows below a bound are sorted; one that proves too low is taken away."""
    bundle = mq.read_chain(sealed())
    seed = "ab" * 32
    wanted = outcome.select(seed, bundle.seal.rules, bundle.state.tables)
    monkeypatch.setattr(outcome, "_bound", lambda _wanted, _there: bytes(32))
    assert outcome.select(seed, bundle.seal.rules, bundle.state.tables) == wanted
    assert outcome._bound(9, 12) == bytes(32)


def test_a_table_in_pieces_is_the_same_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows, order across pieces, the root; what is wrong in one piece is told as in one."""
    files = sealed()
    whole = tables.parse(files)
    monkeypatch.setattr(tables, "_PIECE", 7)
    assert tables.parse(files) == whole
    twice = {**files, "subjects.tsv": files["subjects.tsv"].replace(b"S07", b"S06")}
    with pytest.raises(mq.RefusedError, match="not sorted and unique"):
        tables.parse(twice)
    unknown = {**files, "conflicts.tsv": b"S00\tI0\nS01\tI9\nS02\tI0\n"}
    with pytest.raises(mq.RefusedError, match="unknown id"):
        tables.parse(unknown)


@pytest.mark.parametrize(("limit", "what"), [("MOST_ROWS", "too many rows"), ("MOST_BYTES", "too large")])
def test_limits_hold_at_their_edge(monkeypatch: pytest.MonkeyPatch, limit: str, what: str) -> None:
    """Folder and zip: what is exactly at a limit is read, one more is not, and is where the reader lifts it."""
    data = sealed()["subjects.tsv"]
    edge = data.count(b"\n") if limit == "MOST_ROWS" else len(data)
    monkeypatch.setattr(tables, limit, edge)
    assert len(list(tables.read(data, "subjects.tsv"))) == 1
    monkeypatch.setattr(tables, limit, edge - 1)
    with pytest.raises(mq.RefusedError, match=what):
        list(tables.read(data, "subjects.tsv"))
    with mq.unlimited():
        assert len(list(tables.read(data, "subjects.tsv"))) == 1


@pytest.mark.parametrize("crowd", [b"[],", b"{},", b'"",', b'["["],', b'["\\\\"],'])
def test_a_crowded_file_is_refused_unread(crowd: bytes) -> None:
    """Nothing small costs much: a file that holds more lists, objects or texts than any sound one is not parsed."""
    data = b"[" + crowd * (2_000_000 // len(crowd)) + b"1]"
    with pytest.raises(mq.RefusedError, match="is not canonical"):
        canonical.loads(data, "seal.json")


def test_a_large_sound_file_is_read() -> None:
    """The shortest lists that a file of facts can have, more than a megabyte of them; brackets in texts are no lists."""
    pairs = [["a", "b"]] * 120_000
    assert canonical.loads(canonical.dumps({"conflicts": pairs}), "seal.json") == {"conflicts": pairs}
    text = {"note": '[{"' * 500_000}
    assert canonical.loads(canonical.dumps(text), "ledger.json") == text


def test_large_files_are_tables_results_and_ledgers() -> None:
    """Limits, so that reading is cheap: 64 MiB for what grows with the list, 16 MiB for the rest."""
    large = ("subjects.tsv", "conflicts.tsv", "result.json", "supplement-9/result.json", "ledger.json")
    small = ("seal.json", "supplement-9/seal.json", "void.json")
    assert {archive.limit_of(name) for name in large} == {64 << 20}
    assert {archive.limit_of(name) for name in small} == {16 << 20}


@pytest.mark.parametrize(
    ("limit", "what"), [("MOST_ENTRIES", "zip: entries"), ("MOST_UNPACKED", "too large"), ("MOST_ZIP", "zip: size")]
)
def test_limits_of_a_zip_hold_at_their_edge(monkeypatch: pytest.MonkeyPatch, limit: str, what: str) -> None:
    """So many entries, so many bytes unpacked, so many packed; unless the reader lifts them."""
    files = sealed()
    data = mq.write_zip(files)
    edges = {"MOST_ENTRIES": len(files), "MOST_UNPACKED": sum(map(len, files.values())), "MOST_ZIP": len(data)}
    monkeypatch.setattr(archive, limit, edges[limit])
    assert mq.read_zip(data) == files
    monkeypatch.setattr(archive, limit, edges[limit] - 1)
    with pytest.raises(mq.RefusedError, match=what):
        mq.read_zip(data)
    with mq.unlimited():
        assert mq.read_zip(data) == files
