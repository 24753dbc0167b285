"""What is asked of every page: it fits, it is accessible, it is in Chinese, it has a title and one heading, its console is quiet."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.visitors import DESKTOP, PHONE, PROJECTOR

#: A folder: every page that is inspected is pictured there in three sizes, to be looked at by people.
PICTURES = os.environ.get("MINGQIAN_PICTURES", "")
CHINESE = re.compile("[\u4e00-\u9fff]")
#: What stands in Latin letters also in Chinese: names of formats, of algorithms, of files, and of the commands of the check by hand.
_LATIN = """
A4 CSV Ctrl Ed25519 Excel GB GB18030 JPEG JSON KB MB MOV MP4 MQ2 PDF PNG WebM WebP Word
Git Bash Linux Python SHA SHA-256 SHA256 TOTP UTF-8 Windows WPS ZIP macOS
mingqian mingqian_draw.pyz mingqian_witness cosign keys serve printf python3 sha256sum verify verify.html witness.html zibo
"""
LATIN = frozenset(_LATIN.split())
#: Files of a bundle, tables by their ending, names that people sign in with, digests in groups of four, codes and addresses.
_CODES = re.compile(
    r"\w*\.(?:json|tsv|csv|xlsx?|zip)\b|\bzibo-[\w-]+|(?:\b[0-9a-f]{4}\b[ …]*){2,}|\S*(?:\d[A-Za-z]|[A-Za-z]\S*\d|[/@]\w)\S*"
)
_AXE = Axe()
_RULES = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}

#: Latin words that people read on the page: texts, labels, hints, titles; not codes, digests and what somebody typed.
_WORDS = r"""() => {
  const left = 'code, pre, .mono, .mqc-roots dd, .mqc-seed dd, script, style, noscript, svg, [hidden]';
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!parent.closest(left) && (parent.checkVisibility() || parent.tagName === 'OPTION')) found.push(node.data);
  }
  for (const element of document.querySelectorAll('[aria-label], [placeholder], [title], [alt]')) {
    if (element.closest(left)) continue;
    for (const name of ['aria-label', 'placeholder', 'title', 'alt']) found.push(element.getAttribute(name) ?? '');
  }
  return found.join('\n');
}"""


def english_in(text: str) -> list[str]:
    """Return the Latin words of `text` that an official would stumble over.

    >>> english_in("导入 企业.xlsx zibo-2026-1，SHA-256，Please wait")
    ['Please', 'wait']
    """
    words = {word.strip(".-") for word in re.findall(r"[A-Za-z][A-Za-z_.-]+", _CODES.sub(" ", text))}
    return sorted(word for word in words - LATIN - {word.lower() for word in LATIN} if len(word) > 1)


def faults_of(page: Page, what: str, *, strict_axe: bool = True) -> list[str]:
    """Return what is wrong with the page as it stands in the window."""
    faults = []
    title, headings = page.title(), page.locator("h1").all_inner_texts()
    if not CHINESE.search(title) or " · " not in title:
        faults.append(f"title {title!r}")
    if len(headings) != 1 or not CHINESE.search(headings[0]):
        faults.append(f"headings {headings}")
    if words := english_in(page.evaluate(_WORDS)):
        faults.append(f"English: {words}")
    if strict_axe:
        faults += [
            f"{item['id']} ({item['impact']}): {[node['target'] for node in item['nodes']][:3]}"
            for item in _AXE.run(page, options=_RULES).response["violations"]
            if item["impact"] in {"serious", "critical"}
        ]
    for size in (DESKTOP, PHONE):
        if wide := overflow(page, size):
            faults.append(f"{wide} wider than {size[0]}")
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    if PICTURES:
        picture(page, what)
    return [f"{what}: {fault}" for fault in faults]


def overflow(page: Page, size: Sequence[int]) -> int:
    """Return by how many pixels the document is wider than a window of this size."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return max(width - size[0], 0)


def picture(page: Page, what: str, sizes: Sequence[Sequence[int]] = (DESKTOP, PHONE, PROJECTOR)) -> None:
    """Keep pictures of the whole page, one for each size."""
    folder = Path(PICTURES)
    folder.mkdir(parents=True, exist_ok=True)
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=folder / f"{re.sub('[^a-z0-9-]+', '-', what)}.{width}.png", full_page=True)
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
