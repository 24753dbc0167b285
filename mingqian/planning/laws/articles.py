"""A law pasted as plain text, split into its articles. Pure."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from mingqian.common.text import clean
from mingqian.planning import numerals

_START = re.compile(rf"^[\s\u3000]*{numerals.ARTICLE.pattern}(?=[\s\u3000:：【（(]|$|[\u4e00-\u9fff])")
_CHAPTER = re.compile(rf"^[\s\u3000]*第\s*(?:{numerals.NUMERAL})\s*[编章节](?=[\s\u3000]|[\u4e00-\u9fff]|$)")
#: An article that goes on in the middle of a sentence ("第六条规定的…" at the start of a line) is no new one.
_CITATION = re.compile(r"^(的|规定|第[一二三四五六七八九十]+款|和|、|，|至|或)")
MAX_ARTICLES = 1500
MAX_TEXT = 20_000


@dataclass
class SplitArticle:
    """An article as it was found."""

    label: str
    chapter: str
    text: str


@dataclass
class Split:
    """What a text holds. `problems` stop it from being kept; `warnings` ask for a look."""

    articles: list[SplitArticle] = field(default_factory=list)
    preamble: str = ""
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def split(text: str) -> Split:
    """Split `text` at the lines that begin with 第…条; lines before the first are the preamble, 章 and 节 become headings."""
    found = Split()
    chapter, lines, preamble = "", [], []
    for line in text.splitlines():
        plain = clean(line)
        start = _START.match(line)
        if start and not _CITATION.match(clean(line[start.end() :])):
            lines = [clean(line[start.end() :].lstrip(":："))]
            found.articles.append(SplitArticle(numerals.label(start), chapter, ""))
            _put(found, lines)
        elif _CHAPTER.match(line) and len(plain) <= 60:
            chapter = plain
        elif not plain:
            continue
        elif found.articles:
            lines.append(plain)
            _put(found, lines)
        else:
            preamble.append(plain)
    found.preamble = "\n".join(preamble)
    _judge(found)
    return found


def _put(found: Split, lines: list[str]) -> None:
    found.articles[-1].text = "\n".join(line for line in lines if line)


def _judge(found: Split) -> None:
    if not found.articles:
        found.problems.append("没有找到以“第…条”开头的行。请粘贴条文原文，每一条另起一行。")
        return
    if len(found.articles) > MAX_ARTICLES:
        found.problems.append(f"超过 {MAX_ARTICLES} 条，请确认粘贴的是一部法律的条文。")
    seen: set[str] = set()
    for article in found.articles:
        if article.label in seen:
            found.problems.append(f"{article.label}出现了两次，请删去重复的一条，或检查目录是否也粘贴进来了。")
        seen.add(article.label)
        if not article.text:
            found.problems.append(f"{article.label}没有内容，请补全。")
        elif len(article.text) > MAX_TEXT:
            found.problems.append(f"{article.label}的内容超过 {MAX_TEXT:,} 字，请检查分条。")
    following = (_out_of_order(before.label, now.label) for before, now in pairwise(found.articles))
    found.warnings += filter(None, following)


def _out_of_order(before: str, label: str) -> str:
    """Say what is strange about one article after another, "" nothing."""
    last, now = numerals.order(before), numerals.order(label)
    if now < last:
        return f"{label}排在后面的条之后，请核对次序。"
    if now[0] > last[0] + 1:
        return f"{numerals.write(last[0])}条之后接的是{label}，中间有缺；只录部分条文的，请勾选“节选”。"
    return ""
