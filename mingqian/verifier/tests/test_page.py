"""The self-contained page: what it holds, and what its builder refuses."""

import base64
import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mingqian.verifier.tests.harness import ROOT
from mingqian.verifier.verify_page import build as builder

PAGES = pytest.mark.parametrize("made", builder.PAGES.values(), ids=builder.PAGES)


@PAGES
def test_the_same_sources_give_the_same_bytes(made: builder.Page) -> None:
    assert builder.build(made) == builder.build(made)


@PAGES
def test_nothing_is_loaded_from_anywhere(made: builder.Page) -> None:
    page = builder.build(made).decode()
    allowed = {"http://www.w3.org/2000/svg"}
    assert set(re.findall(r"https?://[^\s'\"`)]+", page)) <= allowed
    assert re.findall(r"<(?:script|link|img|iframe|object|embed)\b[^>]*(?:src|href)=\"(?!data:)", page) == []
    assert not re.search(r"@import|url\(", page)
    assert not re.search(r"\b(?:fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts)\b", page)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", page)


@PAGES
def test_the_policy_allows_the_one_script_and_the_one_style_and_no_network(made: builder.Page) -> None:
    page = builder.build(made).decode()
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert found
    policy = dict(part.strip().split(" ", 1) for part in found.group(1).split(";"))
    assert (policy["default-src"], policy["connect-src"]) == ("'none'", "'none'")
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        [content] = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert policy[rule] == f"'sha256-{digest}'"


def test_the_command_writes_the_page_and_prints_its_digest(tmp_path: Path) -> None:
    out = tmp_path / "verify.html"
    command = [sys.executable, "-m", "mingqian.verifier.verify_page.build", "verify", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    assert out.read_bytes() == builder.build()
    assert done.stdout.decode() == f"{hashlib.sha256(out.read_bytes()).hexdigest()}  {out}\n"
    wrong = subprocess.run(command[:-1], cwd=ROOT, capture_output=True, check=False)
    assert (wrong.returncode, b"usage" in wrong.stderr) == (2, True)


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        ({"standalone.js": "import { a } from './b.js';\n", "b.js": "export const c = 1;\n"}, "does not export a"),
        ({"standalone.js": "import { a as b } from './b.js';\n", "b.js": "export const a = 1;\n"}, "plain names"),
        ({"standalone.js": "import a from './b.js';\n", "b.js": "export default 1;\n"}, "not understood"),
        ({"standalone.js": "export { a as b };\n"}, "plain names"),
        ({"standalone.js": "const a = await import('./b.js');\n"}, "not understood"),
        ({"standalone.js": "const a = import.meta.url;\n"}, "not understood"),
        ({"standalone.js": "const a = '</script>';\n"}, "inline script"),
        (
            {"standalone.js": "import { a } from './b.js';\n", "b.js": "import { b } from './standalone.js';\n"},
            "import each other",
        ),
    ],
)
def test_sources_that_the_builder_does_not_understand_stop_it(
    modules: dict[str, str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "page").mkdir()
    for name, source in modules.items():
        (tmp_path / "page" / name).write_text(source, encoding="utf-8")
    monkeypatch.setattr(builder, "MODULES", tmp_path)
    with pytest.raises(builder.BuildError, match=message):
        builder.build_script()


@pytest.mark.parametrize(
    ("old", "new"), [("{{csp}}", "{{ csp }}"), ("{{css}}", ""), ("{{script}}", "{{script}}{{script}}")]
)
def test_a_template_that_would_leave_something_unfilled_stops_it(
    old: str, new: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = (builder.HERE / "verify.html").read_text(encoding="utf-8")
    (tmp_path / "verify.html").write_text(template.replace(old, new), encoding="utf-8")
    (tmp_path / "page.css").write_bytes((builder.HERE / "page.css").read_bytes())
    monkeypatch.setattr(builder, "HERE", tmp_path)
    with pytest.raises(builder.BuildError, match="template"):
        builder.build()
