"""The verifier's parts under node: hashes, signatures, canonical JSON, grammar, order, Merkle proofs, broken zips and files."""

import hashlib
import io
import itertools
import random
import zipfile
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mingqian.verifier.tests.harness import (
    VECTORS,
    b64,
    consistency_path,
    files_of,
    inclusion_path,
    run_jobs,
    tree_hash,
)


def call(name: str, cases: list[list[Any]]) -> list[Any]:
    """Return what a function of the protocol gives for each list of arguments."""
    [answers] = run_jobs([{"call": name, "cases": cases}])
    found: list[Any] = answers
    return found


def raw(content: bytes) -> dict[str, str]:
    """Return bytes as an argument."""
    return {"base64": b64(content)}


def test_sha256_agrees_with_known_answers_and_with_hashlib() -> None:
    rng = random.Random(20261123)  # noqa: S311 - test data
    inputs = [b"", b"abc", b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", b"a" * 1000000]
    inputs += [rng.randbytes(length) for length in [*range(130), 191, 192, 1000, 65536, 1000003]]
    answers = call("sha256.sha256", [[raw(item)] for item in inputs])
    assert answers[:2] == [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    ]
    assert answers == [hashlib.sha256(item).hexdigest() for item in inputs]


def test_signatures_are_those_of_another_writing_of_ed25519() -> None:
    """RFC 8032; a changed message, key, or signature does not hold, nor one whose S is not below the order."""
    rng = random.Random(8032)  # noqa: S311 - test data
    order = 2**252 + 27742317777372353535851937790883648493
    good, bad = [], []
    for length in (0, 1, 63, 200):
        private = Ed25519PrivateKey.from_private_bytes(rng.randbytes(32))
        key, message = private.public_key().public_bytes_raw(), rng.randbytes(length)
        signature = private.sign(message)
        larger = (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
        good.append([raw(key), raw(message), raw(signature)])
        bad.append([raw(key), raw(message + b"x"), raw(signature)])
        bad.append([raw(key), raw(message), raw(signature[:32] + larger)])
        bad.append([raw(key), raw(message), raw(rng.randbytes(32) + signature[32:])])
        bad.append([raw(rng.randbytes(32)), raw(message), raw(signature)])
        bad.append([raw(b"\xff" * 32), raw(message), raw(signature)])
    assert call("ed25519.verifySignature", good) == [True] * len(good)
    assert call("ed25519.verifySignature", bad) == [False] * len(bad)


CANONICAL = [
    *[
        b"{}",
        b"[]",
        b"0",
        b"1000000000",
        b'""',
        b"null",
        b"true",
        b'"\\b\\t\\n\\f\\r\\"\\\\"',
        b'"\\u0000\\u001f"',
        b'"\x7f"',
    ],
    b'{"a":[1,{"b":null}],"b":"x"}',
    '"（𠀀"'.encode(),
    b'{"":0,"__proto__":1}',
    '{"𠀀":1,"（":2}'.encode(),
    '"\u2028\u2029"'.encode(),
]
NOT_CANONICAL = [
    *[
        b"",
        b" {}",
        b"{} ",
        b"\xef\xbb\xbf{}",
        b"[1, 2]",
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b"1.5",
        b"1e3",
        b"-0",
        b"01",
    ],
    *[b'"\\u0041"', b'"\\/"', b'"\xff"', b'"\\ud800"', b"[" * 100000, b"nul", b"{}\n"],
]


def test_canonical_json_is_read_and_anything_else_refused() -> None:
    """RFC 8785, whose keys are sorted by UTF-16 units."""
    good = call("json.parse", [[raw(item), "x"] for item in CANONICAL])
    assert not [item for item in good if isinstance(item, str) and "not canonical" in item]
    assert call("json.canonical", [[item] for item in good]) == [item.hex() for item in CANONICAL]
    assert call("json.parse", [[raw(item), "x"] for item in NOT_CANONICAL]) == ["Refused: x is not canonical"] * len(
        NOT_CANONICAL
    )


def test_a_crowded_file_is_refused_unread() -> None:
    """Issue 11: nothing of under 1 MB costs more than 2 s or 300 MB; a few kilobytes of zip are millions of empty lists."""
    size = 2 << 20
    crowded = [b"[" + item * (size // len(item)) + b"0]" for item in (b"[],", b'"",', b"1,", b"[1],")]
    crowded.append(b"[" * size)
    plain = b'["' + b"[,{" * size + b'"]'
    answers = call("json.parse", [[raw(item), "x"] for item in [*crowded, plain]])
    assert answers[:-1] == ["Refused: x is not canonical"] * len(crowded)
    assert answers[-1] == [("[,{" * size)]


def test_times_are_real_dates_and_times_of_day() -> None:
    good = ["2026-03-02T01:00:00Z", "2028-02-29T23:59:59Z", "2000-02-29T00:00:00Z", "2999-12-31T23:59:59Z"]
    bad: list[Any] = [
        *["2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z"],
        *["2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-12-31T23:59:60Z"],
        *["1999-12-31T23:59:59Z", "3000-01-01T00:00:00Z", "2026-01-01t00:00:00Z", "2026-01-01T00:00:00z"],
        *["2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00.0Z", "2026-01-01 00:00:00Z", "２026-01-01T00:00:00Z"],
        *["2026-01-01T00:00:00Z\n", "", None, 20260101],
    ]
    assert call("grammar.isTime", [[item] for item in good]) == [True] * len(good)
    assert call("grammar.isTime", [[item] for item in bad]) == [False] * len(bad)


GRAMMAR: dict[str, tuple[list[Any], list[Any]]] = {
    "isWord": (
        ["a", "A-z_0.9", "·", "〇〔〕（）", "㐀䶿一鿿", "\U00020000\U000323af", "𠀀" * 64],
        ["", " ", "a b", "a/b", "a:b", "a\n", "é", "(", "ａ", "　", "\ue000", "𠀀" * 65, "\U000323b0", None, 1, ["a"]],
    ),
    "isName": (["王梅", "Zhang San", "a·b", "甲" * 60], ["", " a", "a ", "a  b", "a-b", "甲" * 61, "a\u200bb", None]),
    "isLine": (
        ["a", "抽 查", "𠀀" * 200, "é", "（）"],
        [
            "",
            " ",
            " a",
            "a ",
            "a\tb",
            "a\x7f",
            "a\x85",
            "　",
            "\u200b",
            "\u2028",
            "\u202e",
            "\u2066",
            "𠀀" * 201,
            None,
            1,
        ],
    ),
    "isContribution": (
        ["1234512345", "1" * 97 + "234"],
        ["123456789", "1231231231", "1" * 98 + "234", "１２３４５６７８９０", "12345 12345", "-123456789", 1234567890],
    ),
}


def test_words_names_lines_and_contributions() -> None:
    """Section "The bundle": grammar."""
    for rule, (good, bad) in GRAMMAR.items():
        assert call(f"grammar.{rule}", [[item] for item in good]) == [True] * len(good), rule
        assert call(f"grammar.{rule}", [[item] for item in bad]) == [False] * len(bad), rule


def test_the_order_is_that_of_utf8_bytes() -> None:
    rng = random.Random(8)  # noqa: S311 - test data
    letters = "aZ09-_.·〇〔（）㐀鿿𠀀\U000323af"
    words = ["".join(rng.choices(letters, k=rng.randint(1, 4))) for _ in range(500)]
    pairs = list(itertools.pairwise(words))
    signs = [(one > 0) - (one < 0) for one in call("grammar.compare", [list(pair) for pair in pairs])]
    assert signs == [(a.encode() > b.encode()) - (a.encode() < b.encode()) for a, b in pairs]


def test_inclusion_and_consistency_proofs_of_all_small_trees() -> None:
    """RFC 9162, 2.1.3 and 2.1.4."""
    leaves = [f"entry {index}".encode() for index in range(17)]
    inclusion: list[Any] = []
    consistency: list[Any] = []
    for size in range(1, 18):
        tree = leaves[:size]
        for index in range(size):
            proof = [item.hex() for item in inclusion_path(index, tree)]
            inclusion.append([raw(tree_hash(leaves[index : index + 1])), index, size, proof, tree_hash(tree).hex()])
        for first in range(1, size + 1):
            proof = [item.hex() for item in consistency_path(first, tree)]
            consistency.append([first, size, tree_hash(leaves[:first]).hex(), tree_hash(tree).hex(), proof])
    forged = [[leaf, index, size, [*proof, root], root] for leaf, index, size, proof, root in inclusion]
    forged += [[leaf, index, size, proof[:-1], root] for leaf, index, size, proof, root in inclusion if proof]
    forged += [
        [leaf, (index + 1) % size, size, proof, root] for leaf, index, size, proof, root in inclusion if size > 1
    ]
    broken = [[first, size, older, newer, [*proof, newer]] for first, size, older, newer, proof in consistency]
    broken += [[first, size, newer, newer, proof] for first, size, _, newer, proof in consistency if first < size]
    broken += [[0, size, older, newer, proof] for _, size, older, newer, proof in consistency]
    for name, good, bad in (
        ("merkle.checkInclusion", inclusion, forged),
        ("merkle.checkConsistency", consistency, broken),
    ):
        assert (set(call(name, good)), set(call(name, bad))) == ({True}, {False})


def test_every_truncated_or_flipped_zip_is_answered(tmp_path: Path) -> None:
    """Deflated as well as stored; nothing makes the reader fall over."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files_of("v01-simple").items()):
            info = zipfile.ZipInfo(name)
            info.create_system, info.compress_type = 0, zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    broken = []
    for whole in (out.getvalue(), (VECTORS / "bundles" / "v01-simple.zip").read_bytes()):
        broken += [whole[:size] for size in range(0, len(whole), 97)]
        for at in range(0, len(whole), 53):
            changed = bytearray(whole)
            changed[at] ^= 0x41
            broken.append(bytes(changed))
    places = []
    for number, content in enumerate(broken):
        place = tmp_path / f"{number}.zip"
        place.write_bytes(content)
        places.append(place)
    for place, answer in zip(places, run_jobs([{"place": str(place), "options": {}} for place in places]), strict=True):
        assert answer["status"] in {"refused", "verified-unanchored"}, (place, answer["reason"])


def test_no_file_content_makes_the_verifier_fall_over(tmp_path: Path) -> None:
    """Whatever stands in a file's place is refused by a rule."""
    junk = [b"", b"null", b"[]", b"{}", b"true", b"0", b'""', b"\xff\xfe", b"\xef\xbb\xbf{}", b"[" * 100000, b"\n"]
    junk += [b"\t\n", b"\x00" * 50, b'{"a":1,"a":1}', b"9" * 1000, b"1e999", b"{" * 5, b"\r\n" * 10]
    files = files_of("v24-ledger-appointments")
    jobs: list[dict[str, Any]] = []
    for number, name in enumerate(sorted(files)):
        for kind, content in enumerate(junk):
            if content == files[name]:
                continue
            folder = tmp_path / f"{number}-{kind}"
            for other, own in (files | {name: content}).items():
                place = folder / other
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(own)
            jobs.append({"place": str(folder), "options": {}})
    for job, answer in zip(jobs, run_jobs(jobs), strict=True):
        assert answer["status"] == "refused", (job, answer["reason"])
