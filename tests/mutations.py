"""What goes wrong with a bundle, by chance or by intent. Each mutation takes a generator and files, and returns other files.

Some break one byte; some change a value and put right all the digests that an attacker could, so that a verifier has to know the rule.
"""

import json
import random
from collections.abc import Callable
from typing import Any

import mingqian_draw as mq
from mingqian_draw.canonical import dumps
from mingqian_draw.tests.support import Files, SigningLog, with_ledger

Mutation = Callable[[random.Random, Files], Files]
TABLES = ("subjects", "inspectors", "conflicts")
_VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    1,
    -1,
    10**9,
    10**9 + 1,
    "",
    "x",
    " x",
    "甲",
    "0" * 64,
    [],
    {},
    "2026-03-02T01:00:00Z",
)
_TIMES = (
    "2026-03-01T00:00:00Z",
    "2026-03-02T02:00:00Z",
    "2026-03-02T03:30:00Z",
    "2026-03-02T08:00:00Z",
    "2026-03-31T00:00:00Z",
)


def _json_names(files: Files) -> list[str]:
    return sorted(name for name in files if name.endswith(".json"))


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of everything inside a JSON value."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [path] if path else []
    for key, child in children:
        found += _paths(child, (*path, key))
    return found


def _holder(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        value = value[key]
    return value


def byte(rng: random.Random, files: Files) -> Files:
    """Change one bit."""
    name = rng.choice(sorted(name for name in files if files[name]))
    content = bytearray(files[name])
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return {**files, name: bytes(content)}


def cut(rng: random.Random, files: Files) -> Files:
    """Cut a file off."""
    name = rng.choice(sorted(files))
    return {**files, name: files[name][: rng.randrange(len(files[name]) + 1)]}


def drop(rng: random.Random, files: Files) -> Files:
    """Take a file away."""
    name = rng.choice(sorted(files))
    return {other: content for other, content in files.items() if other != name}


def add(rng: random.Random, files: Files) -> Files:
    """Put a file in: one that does not belong there, or one from elsewhere in the bundle."""
    name = rng.choice(
        ("note.txt", "supplement-1/seal.json", "supplement-9/seal.json", "void.json", "result.json", "ledger.json")
    )
    return {**files, name: files[rng.choice(sorted(files))]}


def rename(rng: random.Random, files: Files) -> Files:
    """Exchange two files of the bundle."""
    one, two = rng.choice(sorted(files)), rng.choice(sorted(files))
    return {**files, one: files[two], two: files[one]}


def value(rng: random.Random, files: Files) -> Files:
    """Put another value somewhere into a JSON file, canonical again."""
    name = rng.choice(_json_names(files))
    document = json.loads(files[name])
    path = rng.choice(_paths(document))
    _holder(document, path)[path[-1]] = rng.choice(_VALUES)
    return {**files, name: dumps(document)}


def number(rng: random.Random, files: Files) -> Files:
    """Change an integer by one."""
    name = rng.choice(_json_names(files))
    document = json.loads(files[name])
    paths = [path for path in _paths(document) if type(_holder(document, path)[path[-1]]) is int]
    if paths:
        path = rng.choice(paths)
        _holder(document, path)[path[-1]] += rng.choice((1, -1))
    return {**files, name: dumps(document)}


def exchange(rng: random.Random, files: Files) -> Files:
    """Exchange two elements of a list: selected, members of a team, contributions, witnesses, proofs."""
    name = rng.choice(_json_names(files))
    document = json.loads(files[name])
    lists = [path for path in _paths(document) if isinstance(_holder(document, path)[path[-1]], list)]
    lists = [path for path in lists if len(_holder(document, path)[path[-1]]) > 1]
    if lists:
        found = _holder(document, path := rng.choice(lists))[path[-1]]
        one, two = rng.sample(range(len(found)), 2)
        found[one], found[two] = found[two], found[one]
    return {**files, name: dumps(document)}


def key(rng: random.Random, files: Files) -> Files:
    """Add a key to an object, or take one away."""
    name = rng.choice(_json_names(files))
    document = json.loads(files[name])
    objects = [document, *(o for p in _paths(document) if isinstance(o := _holder(document, p)[p[-1]], dict))]
    target = rng.choice(objects)
    if rng.random() < 0.5 and target:
        del target[rng.choice(sorted(target))]
    else:
        target[rng.choice(("note", "__proto__", "Secret"))] = 1
    return {**files, name: dumps(document)}


def loose(rng: random.Random, files: Files) -> Files:
    """Write a JSON file with the same content in another way."""
    name = rng.choice(_json_names(files))
    document = json.loads(files[name])
    other = rng.choice(
        (
            json.dumps(document, ensure_ascii=False, sort_keys=True).encode(),
            json.dumps(document, sort_keys=True, separators=(",", ":")).encode(),
            files[name] + b"\n",
            b"\xef\xbb\xbf" + files[name],
            files[name].replace(b":1,", b":1.0,", 1),
        )
    )
    return {**files, name: other}


def lift(rng: random.Random, files: Files) -> Files:
    """Change a time."""
    name = rng.choice(_json_names(files))
    document = json.loads(files[name])
    paths = [p for p in _paths(document) if str(p[-1]).endswith(("_at", "open_by", "due", "time"))]
    if paths:
        path = rng.choice(paths)
        _holder(document, path)[path[-1]] = rng.choice(_TIMES)
    return {**files, name: dumps(document)}


def _resealed(files: Files, tables: dict[str, bytes]) -> Files:
    """Return the bundle with other tables and a seal that fits them, so that what follows hangs on the rules alone."""
    seal = json.loads(files["seal.json"])
    for name, content in tables.items():
        rows = content.split(b"\n")[:-1]
        seal[name] = {"root": mq.merkle_root(rows).hex(), "count": len(rows)}
    return {**files, **{f"{name}.tsv": content for name, content in tables.items()}, "seal.json": dumps(seal)}


def row(rng: random.Random, files: Files) -> Files:
    """Change a table, and its root in the seal."""
    name = rng.choice(TABLES)
    rows = files[f"{name}.tsv"].split(b"\n")[:-1]
    if not rows:
        return _resealed(files, {name: b"x\ty\n"})
    at = rng.randrange(len(rows))
    cells = rows[at].split(b"\t")
    doing = rng.randrange(6)
    if doing == 0:
        rows[at] = b"\t".join(
            (*cells[:-1], rng.choice((b"in", b"out:x", b"exempt:x", b"out:", b"exempt", b"", b"maybe")))
        )
    elif doing == 1:
        rows[at] = b"\t".join((cells[0], *cells[1:-2], rng.choice((b"1", b"9", b"10", b"01", b"0")), cells[-1]))
    elif doing == 2:
        del rows[at]
    elif doing == 3:
        rows.insert(at, rows[at])
    elif doing == 4:
        rows.append(rows.pop(at))
    else:
        rows[at] = b"\t".join((rng.choice((b"zz", b"a b", "ａ".encode(), b"\xff", b"x" * 65, b"-")), *cells[1:]))
    return _resealed(files, {name: b"\n".join(rows) + b"\n" if rows else b""})


def _opening(files: Files) -> Files:
    """Return what a draw was sealed with, without what came later."""
    return {name: content for name, content in files.items() if name in {*(f"{t}.tsv" for t in TABLES), "seal.json"}}


def rule(rng: random.Random, files: Files) -> Files:
    """Change a rule of a draw that is only sealed: the verdict hangs on whether it may be sealed so."""
    seal = json.loads(files["seal.json"])
    rules = seal["rules"]
    doing = rng.randrange(8)
    if doing == 7:
        rules["home"] = rng.choice(("甲科", "乙科", "科", "别科", "", None, "a b", 1))
    elif doing == 0:
        rng.choice(rules["quotas"])["count"] += rng.randint(-1, 6)
    elif doing == 1:
        rules["team_size"] = rng.randint(0, 5)
    elif doing == 2:
        rules["assignment"] = rng.choice(("per-subject", "teams", "none", "other"))
    elif doing == 3:
        rules["teams"] = rng.randint(0, 4)
    elif doing == 4:
        rules["quotas"].append({"stratum": rng.choice(("-", "A", "zz", "张店区")), "count": 1})
    elif doing == 5:
        seal["beacon"] = {
            "source": "x",
            "round": "1",
            "digits": rng.choice((0, 1, 100, 101)),
            "due": rng.choice(_TIMES),
        }
    else:
        seal["witnesses"] = rng.choice(([], ["甲", "甲"], ["甲"], [" 甲"], ["甲\u200b"], ["甲\u202e"], ["x" * 201]))
    return {**_opening(files), "seal.json": dumps(seal)}


def _reworded(rng: random.Random, seal: dict[str, Any], names: list[str]) -> None:
    """Change one thing that a supplement's seal says."""
    doing = rng.randrange(9)
    joining = {
        "inspectors": [[rng.choice(("J9", *names)), rng.choice(("甲科", "乙科", "科", "别科"))]],
        "ground": "x",
        "approver": "y",
    }
    if doing == 0:
        seal["unavailable"] = sorted(rng.sample(names, rng.randint(0, len(names))), key=str.encode)
    elif doing == 1:
        seal["inspector"] = rng.choice(("", *names))
    elif doing == 2:
        seal["joining"] = joining
    elif doing == 3:
        seal.pop("joining", None)
    elif doing == 4 and "joining" in seal:
        seal["joining"]["inspectors"].append(rng.choice((["ZZ", "别科"], ["A", "别科"], ["ZZ", "甲科"], ["ZZ"], [])))
    elif doing == 8:
        seal["salt"] = rng.choice(("0" * 64, "A" * 64, "0" * 63, None))
    elif "appointed" in seal:
        seal["appointed"] = rng.choice(("J9", "", *names))
        if doing == 6:
            seal["joining"] = {**joining, "inspectors": [[seal["appointed"], rng.choice(("甲科", "科", "别科"))]]}
    else:
        seal["conflicts"] = [[seal["subject"], name] for name in sorted(rng.sample(names, rng.randint(0, len(names))))]


def decision(rng: random.Random, files: Files) -> Files:
    """Change what the last supplement's seal says, and leave it pending: the verdict hangs on whether it may be sealed so."""
    numbers = [int(name[11:-10]) for name in files if name.startswith("supplement-") and name.endswith("/seal.json")]
    if not numbers:
        return files
    prefix = f"supplement-{max(numbers)}/"
    seal = json.loads(files[f"{prefix}seal.json"])
    names = [row.split("\t")[0] for row in files["inspectors.tsv"].decode().split("\n")[:-1]]
    for _change in range(rng.randint(1, 2)):
        _reworded(rng, seal, names)
    kept = {name: content for name, content in files.items() if not name.startswith(prefix) and name != "ledger.json"}
    return {**kept, f"{prefix}seal.json": dumps(seal)}


def salt(rng: random.Random, files: Files) -> Files:
    """Give the last step, where it is an appointment, another salt: fresh, or one that somebody knows; in one file or in both."""
    numbers = [int(name[11:-10]) for name in files if name.startswith("supplement-") and name.endswith("/seal.json")]
    prefix = f"supplement-{max(numbers, default=0)}/"
    if f"{prefix}result.json" not in files or "salt" not in (seal := json.loads(files[f"{prefix}seal.json"])):
        return files
    result = json.loads(files[f"{prefix}result.json"])
    parts = [json.loads(content) for name, content in sorted(files.items()) if name.endswith(".json")]
    known = [part[key] for part in parts for key in ("secret", "salt") if key in part]
    if rng.random() < 0.3:
        result["salt"] = rng.choice(known)
    else:
        seal["salt"] = result["salt"] = rng.choice((*known, rng.randbytes(32).hex(), rng.randbytes(32).hex()))
        result["seal"] = mq.digest(dumps(seal))
    kept = {name: content for name, content in files.items() if name != "ledger.json"}
    return {**kept, f"{prefix}seal.json": dumps(seal), f"{prefix}result.json": dumps(result)}


def sealed_row(rng: random.Random, files: Files) -> Files:
    """Change a table of a draw that is only sealed, with its root."""
    return row(rng, _opening(files))


def unrelated_log(rng: random.Random, files: Files) -> Files:
    """Prove on a log, with good signatures, the steps of the bundle as far as somewhere, or those of a bundle that differs."""
    other = lift(rng, files) if rng.random() < 0.5 else files
    bare = {name: content for name, content in other.items() if name != "ledger.json"}
    try:
        proven = with_ledger(bare, SigningLog(), upto=rng.randint(0, 6))
    except (KeyError, TypeError, ValueError):  # the bundle has lost what a log would prove
        return files
    return {**files, "ledger.json": proven["ledger.json"]}


MUTATIONS: tuple[Mutation, ...] = (
    byte,
    cut,
    drop,
    add,
    rename,
    value,
    number,
    exchange,
    key,
    loose,
    lift,
    row,
    rule,
    rule,
    sealed_row,
    sealed_row,
    unrelated_log,
    decision,
    decision,
    decision,
    salt,
)
