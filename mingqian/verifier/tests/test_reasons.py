"""Every reason for which the verifier refuses a bundle has its sentence in Chinese."""

import json
import re
from collections.abc import Iterator

from mingqian.verifier.tests.harness import NOTES, ROOT, run_jobs

SOURCES = ROOT / "mingqian" / "verifier" / "static" / "verifier" / "protocol"
CALL = re.compile(r"\b(?:check|keyed|Refused|checkBeacon|onlyUtf8)\(")
TEXT = re.compile(r"""^(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)$""", re.DOTALL)
FILLS = ("seal.json", "supplement-3", "5", "reveal", "subjects.tsv")
OPEN, CLOSE = "([{", ")]}"


def _arguments(source: str, start: int) -> list[str]:
    """Return the arguments of the call whose parenthesis opens right before `start`."""
    depth, quote, at, begin, found = 0, "", start, start, []
    while at < len(source):
        sign = source[at]
        if quote:
            if sign == "\\":
                at += 1
            elif sign == quote:
                quote = ""
        elif sign in "'\"`":
            quote = sign
        elif sign in OPEN:
            depth += 1
        elif sign in CLOSE and depth:
            depth -= 1
        elif sign == ")" or (sign == "," and not depth):
            found.append(source[begin:at].strip())
            begin = at + 1
            if sign == ")":
                return found
        at += 1
    raise AssertionError("a call without an end")


def _text(argument: str) -> str | None:
    match = TEXT.match(argument)
    return None if match is None else next(part for part in match.groups() if part is not None)


def _reasons() -> Iterator[str]:
    """Yield every reason written in the verifier, what is filled in written `${...}`."""
    for path in sorted(SOURCES.glob("*.js")):
        source = re.sub(r"^\s*(?:/?\*|//).*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        constants = dict(re.findall(r"const (\w+) = ('[^'\n]*'|`[^`\n]*`);", source))
        for call in CALL.finditer(source):
            last = next((one for one in reversed(_arguments(source, call.end())) if one), "")
            text = _text(constants.get(last, last))
            if text is not None:
                yield text


def test_every_reason_in_the_code_has_a_sentence() -> None:
    """Also those that no vector reaches; a reason with a name in it for at least one name."""
    reasons = sorted(set(_reasons()))
    assert len(reasons) > 120
    filled = [[re.sub(r"\$\{[^}]*\}", fill, reason) for fill in FILLS] for reason in reasons]
    said = run_jobs([{"sentences": one} for one in filled])
    missing = [reason for reason, asked, told in zip(reasons, filled, said, strict=True) if not set(told) - set(asked)]
    assert missing == []


def test_every_reason_of_the_vectors_is_told_in_chinese() -> None:
    """What a reader of a refused bundle sees."""
    reasons = sorted({note["reference"].replace("UnicodeEncodeError", "keys") for note in NOTES.values()} - {""})
    [said] = run_jobs([{"sentences": reasons}])
    bare = [reason for reason, told in zip(reasons, said, strict=True) if not re.search("[\u4e00-\u9fff]", told)]
    assert bare == []
    assert json.dumps(said).count("undefined") == 0
