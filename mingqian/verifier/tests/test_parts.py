"""The verifier's parts under node: hashes, canonical JSON, grammar, order, Merkle proofs, zip files."""

import hashlib
import io
import random
import struct
import zipfile
import zlib
from typing import Any

from mingqian.verifier.tests.harness import (
    b64,
    codes,
    consistency_path,
    files_of,
    inclusion_path,
    run_jobs,
    tree_hash,
    verify_job,
)


def test_sha256_agrees_with_known_answers_and_with_hashlib() -> None:
    rng = random.Random(20261123)  # noqa: S311 - test data
    lengths = [*range(130), 191, 192, 1000, 65536, 1000003]
    inputs = [b"", b"abc", b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", b"a" * 1000000]
    inputs += [rng.randbytes(length) for length in lengths]
    [answers] = run_jobs([{"do": "sha", "inputs": [b64(item) for item in inputs]}])
    assert answers[:4] == [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
    ]
    assert answers == [hashlib.sha256(item).hexdigest() for item in inputs]


CANONICAL = [
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
    b'{"a":[1,{"b":null}],"b":"x"}',
    '"（𠀀"'.encode(),
    b'{"":0,"__proto__":1}',
    # RFC 8785 sorts keys by UTF-16 units, so U+20000 stands before U+FF08 here (and nowhere else in MQ1).
    '{"𠀀":1,"（":2}'.encode(),
    '"\u2028\u2029"'.encode(),
]

NOT_CANONICAL = [
    b"",
    b" {}",
    b"{} ",
    b"{}\n",
    b"\xef\xbb\xbf{}",
    b"\xff",
    b'"\xed\xa0\x80"',
    b"{",
    b"[1,]",
    b"[1",
    b'{"a"}',
    b'{"a":1,}',
    b'{"b":1,"a":2}',
    b'{"a":1,"a":2}',
    b'{"a": 1}',
    b"-0",
    b"-1",
    b"00",
    b"01",
    b"1.0",
    b"1e3",
    b"1E3",
    b"1000000001",
    b"9" * 400,
    b"+1",
    b"NaN",
    b"Infinity",
    b"True",
    b"nul",
    b'"\\/"',
    b'"\\u0041"',
    b'"\\u000a"',
    b'"\\u001F"',
    b'"\\ud800"',
    b'"\\ud840\\udc00"',
    b'"\\x41"',
    b'"\n"',
    b'"abc',
    b'"abc\\',
    b"'a'",
    b"[" * 100000,
    b'{"a":' * 50000,
    b"/**/1",
    b"1 2",
    b"\x00",
    b"{1:2}",
    '{"（":1,"𠀀":2}'.encode(),
]


def test_canonical_json_is_read_and_anything_else_refused_with_its_place() -> None:
    good, bad = run_jobs(
        [
            {"do": "json", "inputs": [b64(item) for item in CANONICAL]},
            {"do": "json", "inputs": [b64(item) for item in NOT_CANONICAL]},
        ]
    )
    assert [answer.get("value", "").encode() for answer in good] == CANONICAL
    for item, answer in zip(NOT_CANONICAL, bad, strict=True):
        assert answer.get("kind") == "FormError", (item[:40], answer)


def test_times_are_real_dates_and_times_of_day() -> None:
    good = ["2026-03-02T01:00:00Z", "2028-02-29T23:59:59Z", "2000-02-29T00:00:00Z", "0001-01-01T00:00:00Z"]
    bad: list[Any] = [
        "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-12-31T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "2026-01-01t00:00:00Z",
        "2026-01-01T00:00:00z",
        "2026-01-01T00:00:00+00:00",
        "2026-01-01T00:00:00.0Z",
        "2026-01-01 00:00:00Z",
        "２026-01-01T00:00:00Z",
        "2026-01-01T00:00:00Z\n",
        "",
        None,
        20260101,
    ]
    [answers] = run_jobs([{"do": "grammar", "rule": "isTime", "inputs": good + bad}])
    assert answers == [True] * len(good) + [False] * len(bad)


def test_words_lines_and_contributions() -> None:
    words = ["a", "A-z_0.9", "·", "〇〔〕（）", "㐀䶿一鿿", "\U00020000\U000323af", "𠀀" * 64]
    no_words: list[Any] = [
        "",
        " ",
        "a b",
        "a/b",
        "a:b",
        "a\n",
        "é",
        "(",
        "ａ",
        "　",
        "\ue000",
        "𠀀" * 65,
        "\U000323b0",
        None,
        1,
        ["a"],
    ]
    lines = ["a", "抽 查", "　", "𠀀" * 200, "\u200b", "é"]
    no_lines: list[Any] = [
        "",
        " ",
        " a",
        "a ",
        "a\tb",
        "a\x7f",
        "a\x85",
        "\u2028",
        "\u202e",
        "\u2066",
        "𠀀" * 201,
        None,
        1,
    ]
    spoken = ["1234512345", "1" * 97 + "234"]
    unspoken: list[Any] = [
        "123456789",
        "1231231231",
        "1" * 98 + "234",
        "１２３４５６７８９０",
        "12345 12345",
        "-123456789",
        1234567890,
    ]
    answers = run_jobs(
        [
            {"do": "grammar", "rule": "isWord", "inputs": words + no_words},
            {"do": "grammar", "rule": "isLine", "inputs": lines + no_lines},
            {"do": "grammar", "rule": "isContribution", "inputs": spoken + unspoken},
        ]
    )
    sizes = [(words, no_words), (lines, no_lines), (spoken, unspoken)]
    assert answers == [[True] * len(good) + [False] * len(bad) for good, bad in sizes]


def test_the_order_is_that_of_utf8_bytes() -> None:
    rng = random.Random(8)  # noqa: S311 - test data
    letters = "aZ09-_.·〇〔（）㐀鿿𠀀\U000323af"
    words = ["".join(rng.choices(letters, k=rng.randint(1, 4))) for _ in range(500)]
    [answer] = run_jobs([{"do": "sort", "inputs": words}])
    assert answer == sorted(words, key=str.encode)
    # The set tells the two orders apart.
    assert answer != sorted(words, key=lambda word: word.encode("utf-16-be"))


def test_inclusion_and_consistency_proofs_of_all_small_trees() -> None:
    leaves = [f"entry {index}".encode() for index in range(17)]
    inclusion: list[Any] = []
    consistency: list[Any] = []
    for size in range(1, 18):
        tree = leaves[:size]
        for index in range(size):
            proof = [item.hex() for item in inclusion_path(index, tree)]
            inclusion.append([tree_hash(leaves[index : index + 1]).hex(), index, size, proof, tree_hash(tree).hex()])
        for first in range(1, size + 1):
            proof = [item.hex() for item in consistency_path(first, tree)]
            consistency.append([first, size, tree_hash(leaves[:first]).hex(), tree_hash(tree).hex(), proof])
    forged = [[leaf, index, size, [*proof, leaf], root] for leaf, index, size, proof, root in inclusion]
    forged += [[leaf, index, size, proof[:-1], root] for leaf, index, size, proof, root in inclusion if proof]
    forged += [
        [leaf, (index + 1) % size, size, proof, root] for leaf, index, size, proof, root in inclusion if size > 1
    ]
    broken = [[first, size, older, newer, [*proof, newer]] for first, size, older, newer, proof in consistency]
    broken += [[first, size, newer, newer, proof] for first, size, _, newer, proof in consistency if first < size]
    broken += [[0, size, older, newer, proof] for _, size, older, newer, proof in consistency]
    answers = run_jobs(
        [
            {"do": "inclusion", "cases": inclusion},
            {"do": "inclusion", "cases": forged},
            {"do": "consistency", "cases": consistency},
            {"do": "consistency", "cases": broken},
        ]
    )
    assert [set(answer) for answer in answers] == [{True}, {False}, {True}, {False}]


def _zip(files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED, top: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(top + name, content)
    return out.getvalue()


def test_zips_stored_deflated_and_with_a_folder_around_are_read() -> None:
    files = files_of("v4-supplements")
    zips = [_zip(files), _zip(files, method=zipfile.ZIP_STORED), _zip(files, top="抽查〔2026〕1号/")]
    zips.append(_zip({"supplement-1/": b"", **files}))
    for result in run_jobs([{"do": "zip", "zip": b64(item)} for item in zips]):
        assert (result["verdict"], result["problems"]) == ("verified", [])
        assert sorted(result["names"]) == sorted(files)


def _bomb() -> bytes:
    """A zip that says 10 bytes and unpacks to 50 MB."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packed.compress(bytes(50_000_000)) + packed.flush()
    name = b"subjects.tsv"
    crc = zlib.crc32(bytes(10))
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 33, crc, len(data), 10, len(name), 0) + name + data
    central = struct.pack(
        "<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 8, 0, 33, crc, len(data), 10, len(name), *(0,) * 6
    )
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1, 1, len(central) + len(name), len(local), 0)
    return local + central + name + end


def test_hostile_zips_are_refused_without_falling_over() -> None:
    files = files_of("v1-simple")
    whole = _zip(files, method=zipfile.ZIP_STORED)
    twice = io.BytesIO()
    with zipfile.ZipFile(twice, "w") as archive:
        for name, content in [*files.items(), ("seal.json", b"{}")]:
            info = zipfile.ZipInfo(name if name not in archive.namelist() else "seal.jsoN")
            archive.writestr(info, content)
    # The central directory says seal.json, the local header another name: two readers would see two bundles.
    other_name = whole.replace(b"seal.json", b"seal.jsoN", 1)
    huge = bytearray(whole)
    at = huge.rindex(b"PK\x01\x02")
    huge[at + 24 : at + 28] = struct.pack("<I", 0xFFFFFFF0)
    zips = [
        b"",
        b"PK",
        b"PK\x05\x06" + bytes(18),
        whole[:-1],
        whole[:100],
        b"x" + whole,
        whole + b"x",
        bytes(huge),
        twice.getvalue().replace(b"seal.jsoN", b"seal.json"),
        other_name,
        whole.replace(b"\tin\n", b"\tin\r", 1),
        _bomb(),
        _zip({"../seal.json": b"{}"}),
        _zip({"/seal.json": b"{}"}),
        _zip({"a\\..\\b": b"{}"}),
        _zip({"./seal.json": b""}),
        _zip({**files, "supplement-1/": b""}),
        _zip({**files, "supplement-1//seal.json": b"{}"}),
        zlib.compress(b"seal"),
        bytes(1000),
        b"\x1f\x8b" + bytes(50),
    ]
    for number, result in enumerate(run_jobs([{"do": "zip", "zip": b64(item)} for item in zips])):
        assert result["verdict"] == "refused", number
        assert set(codes(result)) <= {"input", "files"}, (number, result["problems"])
        assert "internal" not in codes(result)


def test_every_truncated_or_flipped_zip_is_answered() -> None:
    whole = _zip(files_of("v1-simple"))
    broken = [whole[:size] for size in range(0, len(whole), 97)]
    for at in range(0, len(whole), 53):
        changed = bytearray(whole)
        changed[at] ^= 0x41
        broken.append(bytes(changed))
    for result in run_jobs([{"do": "zip", "zip": b64(item)} for item in broken]):
        assert "internal" not in codes(result)
        assert result["verdict"] in {"refused", "verified"}


def test_no_file_content_makes_the_verifier_fall_over() -> None:
    junk = [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"true",
        b"0",
        b'""',
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b"[" * 100000,
        b"\n",
        b"\t\n",
        b"\x00" * 50,
    ]
    junk += [b'{"a":1,"a":1}', b"9" * 1000, b"1e999", b"{" * 5, b"\r\n" * 10]
    jobs = []
    files = files_of("v4-supplements") | {"ledger.json": b"{}"}
    names = [name for name in files if "/" not in name or name.startswith(("supplement-1/", "supplement-9/"))]
    for name in names:
        jobs += [verify_job(files | {name: content}) for content in junk]
    for result in run_jobs(jobs):
        assert result["verdict"] == "refused"
        assert "internal" not in codes(result), result["problems"]
        assert all(problem["text"] for problem in result["problems"])
