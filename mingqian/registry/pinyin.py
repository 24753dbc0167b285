"""First letters of names in pinyin. The dictionary is slow, so each character is looked up once; words with another reading go first."""

from functools import cache

from pypinyin import Style, lazy_pinyin

from mingqian.common.text import half_width

#: Words in names of companies, places and people whose characters read otherwise than the dictionary says of each alone.
#: The longest word that fits counts.
READINGS = {
    "东阿": "de", "乐器": "yq", "乐坊": "yf", "人参": "rs", "会计": "kj", "传记": "zj", "便宜": "py", "关卡": "gq",
    "典当行": "ddh", "农商行": "nsh", "分行": "fh", "单县": "sx", "厂长": "cz", "厦门": "xm", "参茸": "sr",
    "同行": "th", "商行": "sh", "增长": "zz", "声乐": "sy", "大埔": "db", "宝藏": "bz", "家长": "jz", "尉迟": "yc",
    "布行": "bh", "弹力": "tl", "弹性": "tx", "弹簧": "th", "总行": "zh", "成长": "cz", "拍卖行": "pmh", "支行": "zh",
    "晟": "s", "曾祥": "zx", "枞阳": "zy", "校准": "jz", "校对": "jd", "校正": "jz", "校长": "xz", "校验": "jy",
    "泌阳": "by", "洋行": "yh", "洪洞": "ht", "海参": "hs", "焘": "t", "班长": "bz", "琴行": "qh", "生长": "sz",
    "畜牧": "xm", "番禺": "py", "米行": "mh", "粘土": "nt", "粮行": "lh", "给水": "js", "般阳": "py", "花行": "hh",
    "藏族": "zz", "藏獒": "za", "行业": "hy", "行情": "hq", "西洋参": "xys", "西藏": "xz", "调": "t", "调度": "dd",
    "调查": "dc", "调研": "dy", "财会": "ck", "车行": "ch", "重叠": "cd", "重庆": "cq", "重新": "cx", "重组": "cz",
    "重阳": "cy", "铅山": "ys", "银行": "yh", "长": "c", "队长": "dz", "靓": "l", "鞋行": "xh", "音乐": "yy",
}  # fmt: skip
_LONGEST = max(map(len, READINGS))
_STARTS = frozenset(word[0] for word in READINGS)


@cache
def _letter(character: str) -> str:
    """Return the first letter of one character, a letter or digit as it is, "" for a sign."""
    if character.isascii():
        return character if character.isalnum() else ""
    if not character.isalpha():
        return ""
    readings: list[str] = lazy_pinyin(character, style=Style.NORMAL, errors="ignore")
    return readings[0][:1] if readings else ""


def initials_of(name: str) -> str:
    """Return the first letters of a name, lower case, without signs; at most 200.

    >>> initials_of("淄博长城银行股份有限公司"), initials_of("重庆（淄博）ABC-12 厂")
    ('zbccyhgfyxgs', 'cqzbabc12c')
    """
    text = half_width(name).casefold()
    found = []
    position = 0
    while position < len(text):
        if text[position] in _STARTS:
            for length in range(_LONGEST, 0, -1):
                reading = READINGS.get(text[position : position + length])
                if reading:
                    found.append(reading)
                    position += length
                    break
            else:
                found.append(_letter(text[position]))
                position += 1
        else:
            found.append(_letter(text[position]))
            position += 1
    return "".join(found)[:200]
