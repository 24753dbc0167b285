"""The ids that code, pages, documents and tests cite can be looked up, and each word of the field has one English name."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ARTICLES, GLOSSARY = ROOT / "docs" / "articles.md", ROOT / "docs" / "glossary.md"
#: Where ids are cited; `mingqian/static/vendor` is others' work.
PLACES = ("mingqian", "mingqian_draw", "benchmarks", "docs", "tests")
SUFFIXES = {".py", ".html", ".js", ".md", ".typ"}
#: An article's id; no part of a longer code, number or address.
ARTICLE = re.compile(r"(?<![\w./-])A\d{1,2}\.\d{1,2}(?![\w.]*\d)")
#: An id of what was added since; `N802` is a rule of the linter, and a name with digits that is quoted is a value.
LATER = re.compile(r"(?<![\w./\"'`-])N\d{1,2}(?![\w.\"'`-])")


def texts() -> Iterator[tuple[Path, str]]:
    """Yield (path, text) of every file of ours that may cite an id."""
    for place in PLACES:
        for path in sorted((ROOT / place).rglob("*")):
            if path.suffix in SUFFIXES and "vendor" not in path.parts:
                yield path, path.read_text(encoding="utf-8")
    for path in sorted(ROOT.glob("*.md")):
        yield path, path.read_text(encoding="utf-8")


def rows(path: Path) -> list[list[str]]:
    """Return the cells of the rows of all tables in a Markdown file, headers apart."""
    found: list[list[str]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if set(cells[0]) <= set("-: ") and found:
                found.pop()  # the line before the dashes was a header
            else:
                found.append(cells)
    return found


def ids() -> list[str]:
    """Return the ids that `docs/articles.md` explains, in its order."""
    return [row[0] for row in rows(ARTICLES)]


def test_every_cited_id_can_be_looked_up() -> None:
    """docs/articles.md: ids."""
    known = set(ids())
    unknown = [
        f"{path.relative_to(ROOT)}: {cited}"
        for path, text in texts()
        for pattern in (ARTICLE, LATER)
        for cited in pattern.findall(text)
        if cited not in known
    ]
    assert unknown == []


def test_the_search_finds_ids_and_takes_nothing_else_for_one() -> None:
    """docs/articles.md: what an id looks like."""
    text = 'As A9.4 and (N3) say, A12.1; GB A4.1. Not v1.A9.4, A297.10.3, N802, x-N2 or the cell "N4".'
    assert ARTICLE.findall(text) == ["A9.4", "A12.1", "A4.1"]
    assert LATER.findall(text) == ["N3"]


def test_an_id_stands_in_one_row_and_says_what_it_asks() -> None:
    """docs/articles.md: the two tables."""
    assert [name for name, count in Counter(ids()).items() if count > 1] == []
    assert all(ARTICLE.fullmatch(name) or LATER.fullmatch(name) for name in ids())
    assert all(all(row[1:-1]) for row in rows(ARTICLES))


def terms() -> list[list[str]]:
    """Return (Chinese, English, note) of the glossary; its first table is about words that are mixed up."""
    return [row for row in rows(GLOSSARY) if re.fullmatch(r"[一-鿿、（）]+", row[0])]


def test_one_english_name_for_one_chinese_term() -> None:
    """docs/glossary.md: one row a term, one term a name."""
    for column in (0, 1):
        twice = [word for word, count in Counter(row[column] for row in terms()).items() if count > 1]
        assert twice == []


def test_the_explanations_of_the_glossary_agree_with_its_tables() -> None:
    """docs/glossary.md: words that are easily mixed up."""
    named = {row[0]: row[1] for row in terms()}
    explained = [row[0] for row in rows(GLOSSARY) if row not in terms()]
    pairs = [pair for text in explained for pair in re.findall(r"(?:^|[;,:] )([a-z][a-z -]*?) \(([一-鿿]+)\)", text)]
    assert ("consultation", "会同") in pairs
    assert [(english, chinese) for english, chinese in pairs if named.get(chinese, english) != english] == []
