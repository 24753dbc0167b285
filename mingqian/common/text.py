"""Tidying of texts that people type or that spreadsheets mangle."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
#: Characters that show nothing but make two equal-looking texts differ.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]")
#: A mobile number, or a citizen's ID number, that stands by itself; a credit code begins with 9 or has letters in it.
_PERSONAL = re.compile(r"(?<![0-9A-Za-z])(?:1[3-9]\d{9}|[1-8]\d{16}[0-9Xx])(?![0-9A-Za-z])")
_WIDE_DIGITS = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789Xx")
#: What a spreadsheet program takes for the start of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def clean(value: str) -> str:
    """Drop what cannot be seen, fold white space into one blank, and trim.

    >>> clean(' 淄博\\n市 \\ufeff ')
    '淄博 市'
    """
    return _SPACES.sub(" ", _INVISIBLE.sub("", value)).strip()


def half_width(value: str) -> str:
    """Turn full-width letters, digits and signs into plain ones (NFKC), as codes are compared.

    >>> half_width('９１３７ＭＡ')
    '9137MA'
    """
    return unicodedata.normalize("NFKC", value)


def clean_code(value: str) -> str:
    """Return a code (credit code, certificate number) with plain characters, upper case, no blanks.

    >>> clean_code(' ９１３７ 0305ma ')
    '91370305MA'
    """
    return clean(half_width(value)).replace(" ", "").upper()


def has_han(value: str) -> bool:
    """Say whether `value` has a Chinese ideograph."""
    return bool(_HAN.search(value))


def without_numbers(value: str) -> str:
    """Return a text with the mobile and ID numbers in it hidden, for what is kept in the clear.

    >>> without_numbers('搜索：１３８５３３１２３４５、91370303MA3C0K6T2P')
    '搜索：***********、91370303MA3C0K6T2P'
    """
    found = _PERSONAL.finditer(value.translate(_WIDE_DIGITS))
    for start, end in [hit.span() for hit in found]:
        value = value[:start] + "*" * (end - start) + value[end:]
    return value


def safe_cell(value: str) -> str:
    """Return `value` so that no spreadsheet program runs it as a formula.

    >>> safe_cell('=1+1')
    "'=1+1"
    """
    return "'" + value if value.startswith(_FORMULA) else value


def group(digest: str, size: int = 4) -> str:
    """Group a long code by blanks so that people can compare it.

    >>> group('abcdef0123')
    'abcd ef01 23'
    """
    return " ".join(digest[i : i + size] for i in range(0, len(digest), size))


#: What a word of the draw protocol is made of (MQ2, Grammar).
_WORD = re.compile("[A-Za-z0-9\\-_.·〇〔〕（）\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]{1,64}")
_NOT_IN_WORD = re.compile("[^A-Za-z0-9\\-_.·〇〔〕（）\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]")
#: Plain and look-alike signs, as a word writes them.
_WORD_SIGNS = str.maketrans(
    {
        "(": "（",
        ")": "）",
        "[": "〔",
        "]": "〕",
        "【": "〔",
        "】": "〕",
        "•": "·",
        "‧": "·",
        "・": "·",
        "—": "-",
        "–": "-",
    }
)


def is_word(value: str) -> bool:
    """Say whether `value` is a word of the draw protocol: 1 to 64 letters, digits, ideographs and a few signs.

    >>> is_word("鲁C-0123〔2024〕"), is_word("a b"), is_word("")
    (True, False, False)
    """
    return _WORD.fullmatch(value) is not None


def to_word(value: str) -> str:
    """Return `value` with look-alike signs replaced and what a word cannot hold left out; may be empty.

    >>> to_word("鲁工信 (2024) 12号")
    '鲁工信（2024）12号'
    """
    return _NOT_IN_WORD.sub("", half_width(value).translate(_WORD_SIGNS))[:64]
