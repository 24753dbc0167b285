"""One row proved under its seal, and the numbers before a change is sealed, through what the package shows."""

import pytest

import mingqian_draw as mq
from mingqian_draw.tests.test_making import closed, opened, sealed


def test_every_name_is_there() -> None:
    """What the package shows."""
    assert all(hasattr(mq, name) for name in mq.__all__)


@pytest.mark.parametrize(("table", "key"), [("subjects.tsv", "S07"), ("inspectors.tsv", ["I3"])])
def test_a_row_is_proved_without_the_others(table: str, key: str | list[str]) -> None:
    """The proof is a file; with the seal alone it says how many rows the table has."""
    files = sealed()
    proof = mq.Proof.from_json(mq.prove(files, table, key).to_json())
    assert mq.check_proof(files["seal.json"], proof) == (12 if table == "subjects.tsv" else 6)


def test_another_row_another_seal_another_file_is_no_proof() -> None:
    """Each of them is refused by its name."""
    files = sealed()
    proof = mq.prove(files, "subjects.tsv", "S07")
    forged = mq.Proof(proof.seal, proof.table, proof.index, proof.row.replace("in", "out:A"), proof.path)
    with pytest.raises(mq.RefusedError, match="not under this seal"):
        mq.check_proof(files["seal.json"], forged)
    with pytest.raises(mq.RefusedError, match="of another seal"):
        mq.check_proof(sealed(rules={"batches": 2})["seal.json"], proof)
    with pytest.raises(mq.RefusedError, match="no such row"):
        mq.prove(files, "subjects.tsv", "S99")
    with pytest.raises(mq.RefusedError, match="no such table"):
        mq.prove(files, "result.json", "S07")
    with pytest.raises(mq.RefusedError, match="keys"):
        mq.Proof.from_json(b"{}")


def test_before_a_change_is_sealed_everybody_knows_how_many_it_would_have() -> None:
    """Art. 11: the sheet counts everybody once; who is not hindered has no change."""
    files = opened(closed(sealed()))
    bundle = mq.read_chain(files)
    subject, team = next(iter(bundle.state.teams.items()))
    with pytest.raises(mq.RefusedError, match="neither unavailable nor in conflict"):
        mq.candidates(bundle.state, "inspector", subject, team[0])
    facts = mq.seal_facts(
        files,
        sealed_at="2026-03-03T01:00:00Z",
        unavailable=[(team[0], "病假")],
        ground="病假条〔2026〕3号",
        approver="李文博",
        salt="33" * 32,
    )
    state = mq.read_chain({**files, **facts}).state
    assert mq.candidates(state, "inspector", subject, team[0]) == 4
    sheet = mq.sheet_of(state, subject)
    assert (sheet["pool"], sheet["team"], sheet["free"]) == (6, 2, 4)
