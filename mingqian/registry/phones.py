"""Phone numbers as they are compared."""

import re

_CUT = re.compile(r"[^\d+()（）\- ]+|\s{2,}")
_SHORTEST = 7


def phone_key(text: str) -> str:
    """Return the digits of the first number in `text`, without the country's prefix; "" where there is none.

    >>> phone_key("0533-218 8866"), phone_key("+86 138 5331 2345、2188866"), phone_key("转8012"), phone_key("")
    ('05332188866', '13853312345', '', '')
    """
    for part in _CUT.split(text):
        digits = "".join(sign for sign in part if sign.isdigit())
        if len(digits) >= _SHORTEST:
            mobile = digits.removeprefix("86")
            return mobile if len(mobile) == 11 and mobile.startswith("1") else digits
    return ""
