"""What a verifier says, in words of people."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mingqian_draw.grammar import is_line
from mingqian_draw.words import zh

LANGUAGES = ("zh", "en")
_PATTERNS = [(re.compile(pattern, re.DOTALL), sentence) for pattern, sentence in zh.REASONS.items() if "(?" in pattern]
_SHOWN = 200


def clean(text: str, most: int = _SHOWN) -> str:
    """A text from a file, safe to show: short, and nothing in it turns or hides what stands beside it."""
    shown = "".join(one if one == " " or is_line(one) else f"\\u{{{ord(one):x}}}" for one in text[:most])
    return shown + "…" * (len(text) > most)


def step_in_words(number: str) -> str:
    """What the step of a number belongs to, in Chinese."""
    return zh.FILES["draw"] if number == "0" else zh.SUPPLEMENT.format(number=number)


def file_in_words(name: str) -> str:
    """The name of a file or folder of a bundle in Chinese, as it is where it is none."""
    folder, _slash, own = name.rpartition("/")
    whole = folder or own
    if not whole.startswith("supplement-"):
        return zh.FILES.get(own, clean(name))
    step = zh.SUPPLEMENT.format(number=clean(whole.removeprefix("supplement-")))
    return f"{step}的{zh.FILES.get(own, clean(own))}" if folder else step


def written_wrongly(files: Mapping[str, bytes]) -> list[str]:
    """Reasons for files that an editor wrote in its own way: with a byte order mark, with CRLF."""
    marked = [f"{name}: BOM" for name, data in files.items() if data.startswith(b"\xef\xbb\xbf")]
    return marked + [f"{name}: CRLF" for name, data in files.items() if b"\r\n" in data]


def not_a_bundle(start: bytes) -> bool:
    """Whether a file is no zip at all, by its first four bytes."""
    return start[:4] not in (b"PK\x03\x04", b"PK\x05\x06")


def in_words(reason: str, language: str = "zh") -> str:
    """Why something is refused, as a sentence: what is wrong, and (in Chinese) what to do.

    >>> in_words("stratum 周村区: quota")
    '分层“周村区”的名额多于可抽的检查对象。请减少名额，或者核对名单'
    """
    if language != "zh":
        return clean(reason)
    found, sentence = _found(reason)
    words = {name: clean(value) for name, value in found.items()}
    words["file"] = file_in_words(found.get("file", ""))
    words["step"] = step_in_words(found.get("number", "0"))
    words["what"] = zh.STATES.get(found.get("what", ""), words.get("what", ""))
    return sentence.format(reason=clean(reason), **words)


def _found(reason: str) -> tuple[dict[str, str], str]:
    """What a reason names, and its sentence: that of the whole reason goes before those of patterns."""
    if reason in zh.REASONS:
        return {}, zh.REASONS[reason]
    for pattern, sentence in _PATTERNS:
        if match := pattern.fullmatch(reason):
            return match.groupdict(), sentence
    return {}, zh.UNKNOWN
