"""How long a hundred different papers of two pages take, as PDF and as Word, beside the compiler alone with a page of a few words.

`python benchmarks/papers.py [PAPERS]` (default 100). The papers are records of draws, each with its own number and names; no database is
touched. The first paper reads the fonts, which happens once in the life of a process, and is told apart.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

PAPERS = int(sys.argv[1]) if len(sys.argv) > 1 else 100
ROOT = Path(__file__).resolve().parent.parent
HOME = tempfile.mkdtemp(prefix="mingqian-papers-")
os.environ["MINGQIAN_HOME"] = HOME
os.environ["DJANGO_SETTINGS_MODULE"] = "mingqian.settings"
sys.path.insert(0, str(ROOT))

from mingqian import keys  # noqa: E402

keys.make(Path(HOME) / "secrets")

import django  # noqa: E402

django.setup()

from mingqian.documents.papers import pdf, word  # noqa: E402
from mingqian.documents.papers.selectors import pages_of_scan  # noqa: E402
from mingqian.documents.papers.states import Block, Paper, Paragraph, Table  # noqa: E402
from mingqian.drawing.record.papers import RECORD  # noqa: E402

AT = datetime(2026, 3, 2, 2, 5, tzinfo=UTC)
#: So many subjects fill the second page.
ROWS = 12
NAMES = ("淄博鲁中恒泰新材料有限公司", "淄博𠮷祥陶瓷有限责任公司", "阿卜杜拉·买买提餐饮店", "齐城㛃美纺织股份有限公司")


def paper(position: int) -> Paper:
    """Return the record of an invented draw."""
    texts = {part.key: part.default for part in RECORD.parts}
    sample = RECORD.sample(texts)
    blocks = tuple(longer(block, position) for block in sample.blocks)
    return replace(sample, blocks=blocks, number=f"样例局抽记〔2026〕{position}号", mark="")


def longer(block: Block, position: int) -> Block:
    """Return the list of who was drawn with more rows, any other block as it is."""
    if not isinstance(block, Table) or all(column.title != "抽查对象" for column in block.columns):
        return block
    first = block.rows[0]
    rows = ((str(i), f"{NAMES[i % 4]}{position}-{i}", *first[2:]) for i in range(1, ROWS + 1))
    return replace(block, rows=tuple(rows))


def bare(position: int) -> Paper:
    """Return a page of a few words, no two alike: the compiler remembers what it has set before."""
    return Paper(title="样张", organ="样例局", blocks=(Paragraph(f"一行字，第 {position} 页。"),))


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def told(form: str, times: list[float], base: float) -> None:
    """Print how long papers took."""
    p50, most = statistics.median(times), max(times)
    ratio = f"each {p50 / base:.1f} times a bare page ({base * 1000:.1f} ms)"
    print(
        f"  {form:5} {len(times)} papers in {sum(times):6.2f} s, median {p50 * 1000:.0f} ms, most {most * 1000:.0f} ms; {ratio}"
    )


def main() -> None:
    """Measure and print."""
    if not pdf.has_fonts():
        raise SystemExit("no Chinese fonts here (Debian: fonts-noto-cjk)")
    start = seconds(lambda: pdf.render([bare(0)], AT))
    base = statistics.median(seconds(lambda at=at: pdf.render([bare(at)], AT)) for at in range(1, 21))  # type: ignore[misc]
    papers = [paper(position) for position in range(PAPERS)]
    pages = pages_of_scan(pdf.render([papers[0]], AT), "pdf", 99)
    if pages != 2:
        raise SystemExit(f"a paper has {pages} pages, not 2")
    print(f"{PAPERS} papers of 2 pages; fonts and the first page once: {start * 1000:.0f} ms")
    told("pdf", [seconds(lambda one=one: pdf.render([one], AT)) for one in papers], base)  # type: ignore[misc]
    told("word", [seconds(lambda one=one: word.render([one])) for one in papers], base)  # type: ignore[misc]
    whole = seconds(lambda: pdf.render(papers, AT))
    print(f"  all in one PDF: {whole:.2f} s, {whole / PAPERS / base:.1f} times a bare page each")


if __name__ == "__main__":
    main()
