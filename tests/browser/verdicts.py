"""What the program and the offline page say of a bundle."""

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.visitors import Visitor

ROOT = Path(__file__).resolve().parents[2]


def verify(path: Path, key: str | None, witness: str = "") -> tuple[int, str]:
    """Run the command-line verifier with the log's key and a cosigner's; return its exit code and what it says."""
    keys = [*(["--log-key", key] if key else []), *(["--witness-key", witness] if witness else [])]
    command = [sys.executable, "-m", "mingqian_draw", "verify", str(path), *keys]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, check=False, env={"LANG": "zh_CN.UTF-8", "PYTHONUTF8": "1"}
    )
    return done.returncode, (done.stdout + done.stderr).decode()


def offline_verdict(visitor: Visitor, page_file: Path, bundle: Path, key: str) -> Page:
    """Check a bundle with `verify.html` from disk."""
    page = visitor.new_tab()
    page.goto(page_file.as_uri())
    page.get_by_text("平台的留痕公钥").click()
    page.locator("#log-key").fill(key)
    page.set_input_files("#pick-zip", str(bundle))
    page.wait_for_selector("[data-verdict]")
    return page
