"""The README's commands do what it says."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import mingqian_draw as mq

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_draw_checked_by_hand_gives_what_the_vector_says(name: str) -> None:
    """README: a draw checked by hand with printf and sha256sum."""
    if any(shutil.which(program) is None for program in ("sha256sum", "bash", "unzip")):
        pytest.skip("sha256sum, bash or unzip is not installed")
    blocks = [
        block for block in re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text(), re.DOTALL) if "sha256sum" in block
    ]
    assert len(blocks) == 1
    done = subprocess.run(["bash", "-c", blocks[0]], cwd=ROOT, capture_output=True, text=True, check=True)
    commitment, commit, seed, *selected = done.stdout.splitlines()
    files = mq.read(ROOT / "tests" / "vectors" / "bundles" / "v01-simple.zip")
    result = json.loads(files["result.json"])
    assert commitment.split()[0] == json.loads(files["seal.json"])["commitment"]
    assert commit.split()[0] == json.loads(files["close.json"])["contributions"][1]["commit"]
    assert seed == result["seed"]
    assert selected == [f"{row['ticket']} {row['subject']}" for row in result["strata"][0]["selected"]]


def test_the_links_of_the_readmes_lead_somewhere() -> None:
    """README: where to read on."""
    for name in ("README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CONTRIBUTING.md"):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / name).read_text()):
            assert (ROOT / target).exists(), f"{name}: {target}"


def test_both_readmes_name_the_same_commands() -> None:
    """README: two commands."""
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text()
        assert "make run " in text
        assert "make test " in text
