"""Signatures against the test vectors of RFC 8032, 7.1, and against an independent implementation."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings, strategies as st

from mingqian_draw import ed25519

ORDER = 2**252 + 27742317777372353535851937790883648493
# Public key, message, the two halves of the signature.
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155",
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac",
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


def _signed(at: int) -> tuple[bytes, bytes, bytes]:
    public, message, commit, scalar = map(bytes.fromhex, RFC_8032[at])
    return public, message, commit + scalar


@pytest.mark.parametrize("at", range(len(RFC_8032)))
def test_the_vectors_of_the_rfc_hold(at: int) -> None:
    given = _signed(at)
    assert ed25519.verify(*given)
    assert not ed25519.verify(given[0], given[1] + b"x", given[2])


@settings(max_examples=15)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=60), st.integers(0, 511))
def test_signatures_of_another_implementation_hold_and_no_bit_of_them_can_change(
    private: bytes, message: bytes, bit: int
) -> None:
    key = Ed25519PrivateKey.from_private_bytes(private)
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    signature = key.sign(message)
    assert ed25519.verify(public, message, signature)
    flipped = bytearray(signature)
    flipped[bit // 8] ^= 1 << bit % 8
    assert not ed25519.verify(public, message, bytes(flipped))


def test_a_signature_whose_scalar_is_not_reduced_is_refused() -> None:
    public, message, signature = _signed(1)
    more = int.from_bytes(signature[32:], "little") + ORDER
    assert not ed25519.verify(public, message, signature[:32] + more.to_bytes(32, "little"))


@pytest.mark.parametrize(
    "public",
    [
        b"",
        b"\0" * 31,
        b"\xff" * 32,  # y is not below the prime
        (2**255 - 19).to_bytes(32, "little"),
        (2).to_bytes(32, "little"),  # no such point
        (1 + 2**255).to_bytes(32, "little"),  # x = 0 with a sign
    ],
)
def test_what_is_no_point_is_no_key(public: bytes) -> None:
    assert not ed25519.verify(public, b"", b"\0" * 64)


def test_a_signature_has_64_bytes() -> None:
    public, message, signature = _signed(0)
    assert not ed25519.verify(public, message, signature[:-1])
    assert not ed25519.verify(public, message, signature + b"\0")
