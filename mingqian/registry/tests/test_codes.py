"""Codes against known answers."""

from datetime import date

import pytest

from mingqian.common import codes
from mingqian.registry.tests.tables import registration_number

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("91110000600037341L", ""),
        ("9137030306592700XX", ""),
        ("91370303MA3P01KC30", "check"),
        ("91110000600037341", "length"),
        ("9111000060003734IL", "characters"),
        ("91X10000600037341L", "characters"),
    ],
)
def test_credit_codes_are_checked_as_gb_32100_says(code: str, wrong: str) -> None:
    """A6.1."""
    assert codes.wrong_credit_code(code) == wrong


def test_every_single_wrong_character_of_a_credit_code_is_found() -> None:
    """GB 32100: weights and modulus let no exchanged character through."""
    code = "9137030306592700XX"
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    for place in range(18):
        allowed = signs[:10] if 2 <= place < 8 else signs
        for sign in allowed:
            if sign != code[place]:
                assert codes.wrong_credit_code(code[:place] + sign + code[place + 1 :]) == "check"


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("11010519491231002X", ""),
        ("110105194912310021", "check"),
        ("11010519490231002X", "date"),
        ("1101051949123100", "length"),
    ],
)
def test_id_numbers_are_checked_as_gb_11643_says(code: str, wrong: str) -> None:
    """The standard's own example, and what is wrong with others."""
    assert codes.wrong_id_number(code, TODAY) == wrong


def test_a_birth_in_the_future_is_refused() -> None:
    """Check digits alone would let somebody in who is not born yet."""
    born = "37030320990101001"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(int(d) * w for d, w in zip(born, weights, strict=True)) % 11]
    assert codes.wrong_id_number(born + check, TODAY) == "date"


def test_registration_numbers_carry_one_check_digit() -> None:
    """GS 15-2006: of the ten last digits one is right."""
    for position in (1, 60001234, 99999999):
        number = registration_number(position)
        assert [codes.wrong_registration_number(number[:14] + digit) for digit in "0123456789"].count("") == 1
