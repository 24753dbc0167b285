"""Identity codes and their check digits: GB 32100-2015 (credit code), GB 11643-1999 (ID number), GS 15-2006 (registration number).

Each check takes a code that is already tidied (plain characters, upper case, no blanks) and returns "" or what is wrong with it, as one of
`WRONG`'s keys.
"""

from datetime import date
from operator import mul

#: What can be wrong with a code, in words that follow the name of the code.
WRONG = {
    "length": "位数不对",
    "characters": "含有不允许的字符",
    "check": "校验码不对",
    "date": "中的出生日期不对",
}

_CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_VALUES = {sign: value for value, sign in enumerate(_CREDIT_CHARACTERS)}
_CREDIT_WEIGHTS = tuple(3**i % 31 for i in range(17))
_ID_WEIGHTS = tuple(2 ** (17 - i) % 11 for i in range(17))
_DIGITS = frozenset("0123456789")


def credit_check_character(body: str) -> str:
    """Return the eighteenth character for the first seventeen (GB 32100-2015, 5.5); KeyError for characters that a code cannot have.

    >>> credit_check_character("9137030306592700X")
    'X'
    """
    return _CREDIT_CHARACTERS[-sum(map(mul, map(_CREDIT_VALUES.__getitem__, body), _CREDIT_WEIGHTS)) % 31]


def wrong_credit_code(code: str) -> str:
    """Check a unified social credit code of 18 characters.

    >>> wrong_credit_code("9137030306592700XX"), wrong_credit_code("9137030306592700X1"), wrong_credit_code("9137030306592700XI")
    ('', 'check', 'characters')
    """
    if len(code) != 18:
        return "length"
    if not set(code) <= _CREDIT_VALUES.keys() or not set(code[2:8]) <= _DIGITS:
        return "characters"
    return "" if credit_check_character(code[:17]) == code[17] else "check"


def wrong_registration_number(code: str) -> str:
    """Check a registration number of 15 digits (GS 15-2006; the check digit is ISO 7064 MOD 11,10).

    >>> wrong_registration_number("110108000000016"), wrong_registration_number("110108000000017")
    ('', 'check')
    """
    if len(code) != 15:
        return "length"
    if not set(code) <= _DIGITS:
        return "characters"
    product = 10
    for digit in code[:14]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return "" if (product + int(code[14])) % 10 == 1 else "check"


def wrong_id_number(code: str, today: date) -> str:
    """Check a citizen's ID number of 18 characters; the date of birth must exist and not lie after `today`.

    >>> day = date(2026, 3, 2)
    >>> wrong_id_number("11010519491231002X", day), wrong_id_number("11010519490231002X", day), wrong_id_number("110105194912310021", day)
    ('', 'date', 'check')
    """
    if len(code) != 18:
        return "length"
    if not set(code[:17]) <= _DIGITS or code[17] not in "0123456789X":
        return "characters"
    try:
        born = date(int(code[6:10]), int(code[10:12]), int(code[12:14]))
    except ValueError:
        return "date"
    if born > today:
        return "date"
    total = sum(int(digit) * weight for digit, weight in zip(code[:17], _ID_WEIGHTS, strict=True))
    return "" if "10X98765432"[total % 11] == code[17] else "check"


def area_of(code: str) -> str:
    """Return the area code inside a credit code or a registration number, "" where there is none.

    >>> area_of("9137030306592700XX"), area_of("370306001234567"), area_of("DJ-000001")
    ('370303', '370306', '')
    """
    area = code[2:8] if len(code) == 18 else code[:6] if len(code) == 15 else ""
    return area if area and set(area) <= _DIGITS else ""
