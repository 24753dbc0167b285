"""What goes wrong with a bundle, by chance or by intent. Each mutation takes a generator and a case, and returns the bytes of a zip.

Some break one byte; some change a value and put right all the digests that an attacker could, so that a verifier has to know the rule;
some change the zip alone.
"""

import json
import random
import struct
from collections.abc import Callable
from typing import Any

import mingqian_draw as mq
from mingqian_draw.tests.support import Files, SigningLog
from tests.random_bundles import Case

Mutation = Callable[[random.Random, Case], bytes]
_VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 10**9, 10**9 + 1, 2**53, "", "x", " x", "甲", "甲\u200b", "王 梅", "-", "0" * 64, "1234", "1234567890",
    [], {}, [["a", "b"]], "2026-03-02T01:00:00Z", "2026-03-30T01:00:00Z", "2026-02-30T01:00:00Z", "2026-03-02T24:00:00Z",
)  # fmt: skip
_BYTES = (b"\n", b"\t", b" ", b"\x00", b"\xff", b"0", b"A", b'"', b",", "签".encode(), b"\r", b"\xef\xbb\xbf")


def _rewritten(case: Case, files: Files) -> bytes:
    return mq.write_zip({**case.files, **files})


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of everything inside a JSON value."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [path] if path else []
    for key, child in children:
        found += _places(child, (*path, key))
    return found


def _last_json(rng: random.Random, files: Files) -> str:
    """Return the name of a file that nothing follows by a digest, so that its own rules are met; now and then any."""
    names = sorted(name for name in files if name.endswith(".json"))
    if rng.random() < 0.3:
        return rng.choice(names)
    numbers = [int(name.split("/")[0].removeprefix("supplement-")) for name in names if "/" in name]
    prefix = f"supplement-{max(numbers)}/" if numbers else ""
    order = ("void.json", "result.json", "reveal.json", "close.json", "seal.json")
    return next(prefix + name for name in order if prefix + name in files)


def _changed(rng: random.Random, value: Any) -> Any:
    """Return a value that is nearly the one given."""
    if isinstance(value, bool) or value is None or rng.random() < 0.3:
        return rng.choice(_VALUES)
    if isinstance(value, int):
        return value + rng.choice((-1, 1, 2, 10, 10**9))
    if isinstance(value, str):
        place = rng.randrange(len(value) + 1)
        return rng.choice(
            (
                value[:place] + value[place + 1 :],
                value[:place] + rng.choice("0aZ甲 \u200b") + value[place:],
                value[::-1],
            )
        )
    if isinstance(value, list):
        copied = list(value)
        rng.shuffle(copied)
        return rng.choice((copied, value[1:], value + value[:1], [*value, None]))
    keys = sorted(value)
    return {key: value[key] for key in keys[1:]} | ({"more": 1} if rng.random() < 0.5 else {})


def byte(rng: random.Random, case: Case) -> bytes:
    """Change, put in or take out a byte of a file."""
    name = rng.choice(sorted(name for name in case.files if case.files[name]))
    data = case.files[name]
    place = rng.randrange(len(data))
    flipped = bytes([data[place] ^ 1 << rng.randrange(8)])
    more = rng.choice((flipped, b"", rng.choice(_BYTES), data[place : place + 1] + rng.choice(_BYTES)))
    return _rewritten(case, {name: data[:place] + more + data[place + 1 :]})


def value(rng: random.Random, case: Case) -> bytes:
    """Change a value, mostly in the file that nothing follows."""
    name = _last_json(rng, case.files)
    told = json.loads(case.files[name])
    _put(rng, told)
    return _rewritten(case, {name: mq.dumps(told)})


def _put(rng: random.Random, told: Any) -> None:
    path = rng.choice(_places(told))
    holder = told
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = _changed(rng, holder[path[-1]])


def ledger(rng: random.Random, case: Case) -> bytes:
    """Change a value in the ledger, or sign another tip or checkpoint in its holder's name."""
    if "ledger.json" not in case.files:
        return value(rng, case)
    told = json.loads(case.files["ledger.json"])
    log = SigningLog()
    holder, key = rng.choice([(told, "tip"), (told, "checkpoint"), *((one, "checkpoint") for one in told["anchors"])])
    lines = holder[key].split("\n\n")[0].split("\n")
    if rng.random() < 0.4:
        _put(rng, told)
    elif rng.random() < 0.5:
        holder[key] = _changed(rng, holder[key])
    else:
        place = rng.randrange(len(lines))
        number = (
            int(lines[place]) if lines[place].isascii() and lines[place].isdigit() and len(lines[place]) < 9 else None
        )
        lines[place] = str(_changed(rng, lines[place]) if number is None else max(0, number + rng.choice((-1, 1, 2))))
        body = "".join(f"{line}\n" for line in lines)
        holder[key] = f"{body}\n{log.signer.line(body)}"
    return _rewritten(case, {"ledger.json": mq.dumps(told)})


def table(rng: random.Random, case: Case) -> bytes:
    """Change a row of a table under a seal that is made anew for it: only the draw's seal and tables are left."""
    name = rng.choice(("subjects.tsv", "inspectors.tsv", "conflicts.tsv"))
    files = {key: case.files[key] for key in ("subjects.tsv", "inspectors.tsv", "conflicts.tsv", "seal.json")}
    rows = files[name].split(b"\n")[:-1] or [b"X"]
    place = rng.randrange(len(rows))
    cells = rows[place].split(b"\t")
    cell = rng.randrange(len(cells))
    cells[cell] = rng.choice(
        (b"", b"in", b"out:x", b"exempt:", b"0", b"9", b"10", b"-", cells[cell] + rng.choice(_BYTES), cells[0])
    )
    rows[place] = b"\t".join(cells)
    return _sealed(files, {name: b"".join(row + b"\n" for row in (sorted(set(rows)) if rng.random() < 0.7 else rows))})


def rules(rng: random.Random, case: Case) -> bytes:
    """Seal with other rules, quotas near the edge among them."""
    files = {key: case.files[key] for key in ("subjects.tsv", "inspectors.tsv", "conflicts.tsv", "seal.json")}
    seal = json.loads(files["seal.json"])
    row = seal["rules"]
    what = rng.choice(sorted(row))
    row[what] = rng.choice((_changed(rng, row[what]), *_VALUES))
    if rng.random() < 0.5:
        row |= {
            "assignment": rng.choice(("teams", "per-subject")),
            "team_size": rng.randint(1, 4),
            "teams": rng.randint(0, 4),
        }
    return _sealed({**files, "seal.json": mq.dumps(seal)}, {})


def _sealed(files: Files, tables: Files) -> bytes:
    """Return the bundle with these tables under its seal, roots put right."""
    files = {**files, **tables}
    seal = json.loads(files["seal.json"])
    for name in ("subjects.tsv", "inspectors.tsv", "conflicts.tsv"):
        rows = files[name].split(b"\n")[:-1]
        tree = mq.tables.tree_of(files[name]) if files[name].endswith(b"\n") or not files[name] else None
        root = seal[name.removesuffix(".tsv")]["root"] if tree is None else tree.finish()[0].hex()
        seal[name.removesuffix(".tsv")] = {"root": root, "count": len(rows)}
    return mq.write_zip({**files, "seal.json": mq.dumps(seal)})


def drop(rng: random.Random, case: Case) -> bytes:
    """Take a file away, or put one file's content under another name."""
    name = rng.choice(sorted(case.files))
    files = {other: data for other, data in case.files.items() if other != name}
    if rng.random() < 0.5:
        files[rng.choice(("void.json", "close.json", "supplement-1/seal.json", "supplement-2/void.json"))] = case.files[
            name
        ]
    return mq.write_zip(files)


def late(rng: random.Random, case: Case) -> bytes:
    """Change what the verifier is given (keys, how many, kept checkpoints, late openings), and leave the bundle as it is."""
    options = case.options
    if "late" in options and rng.random() < 0.5:
        _put(rng, options["late"])
    for key in ("witnesses", "kept"):
        if options.get(key) and rng.random() < 0.5:
            holder = options[key][0] if key == "kept" else options[key]
            holder[0] = str(_changed(rng, holder[0]))
    if "log_key" in options and rng.random() < 0.3:
        options["log_key"] = str(_changed(rng, options["log_key"]))
    if rng.random() < 0.3:
        options["need"] = rng.randint(0, 4)
    return mq.write_zip(case.files)


def zipped(rng: random.Random, case: Case) -> bytes:
    """Change some bytes of the zip's own records."""
    data = bytearray(mq.write_zip(case.files))
    start = struct.unpack_from("<I", data, len(data) - 6)[0]
    for _change in range(rng.randint(1, 2)):
        place = rng.choice((rng.randrange(start, len(data)), rng.randrange(30), rng.randrange(len(data))))
        data[place] = rng.choice((data[place] ^ 1 << rng.randrange(8), 0, 255, data[place] + 1 & 255))
    cut = rng.randrange(len(data))
    return bytes(rng.choice((data, data, data, data[:cut], data[cut:], data + b"x", data[:cut] + b"PK" + data[cut:])))


MUTATIONS: tuple[Mutation, ...] = (byte, value, value, value, ledger, ledger, table, rules, drop, late, zipped)
