"""Two results compared entry by entry: every difference in a line of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mingqian_draw.canonical import loads
from mingqian_draw.errors import DrawError, Problems

Object = Mapping[str, object]


def explain(file: str, expected: Object, data: bytes, problems: Problems) -> None:
    """Note that ``data`` is not ``expected``, and each difference between the two."""
    problems.add("result-differs", file)
    try:
        found, canonical = loads(data, file)
    except DrawError as error:
        problems.extend([error])
        return
    if not canonical:
        problems.add("not-canonical", file)
    if not isinstance(found, dict):
        problems.add("not-object", file)
        return
    listed = {"strata", "assignments"}
    _fields(file, "", expected, found, listed, problems)
    _entries(file, "assignments", "subject", expected, found, problems)
    before, after = _by_key(expected.get("strata"), "stratum"), _by_key(found.get("strata"), "stratum")
    _entries(file, "strata", "stratum", expected, found, problems, skip={"selected", "passed"})
    for stratum in before.keys() & after.keys():
        for name in ("selected", "passed"):
            _entries(
                file, name, "subject", before[stratum][1], after[stratum][1], problems, where=f"strata[{stratum}]."
            )


def _by_key(value: object, key: str) -> dict[str, tuple[int, Object]]:
    """Entries of a list of objects by a key; what is none is left out."""
    entries: Sequence[object] = value if isinstance(value, list) else []
    return {
        str(entry[key]): (at, entry) for at, entry in enumerate(entries) if isinstance(entry, dict) and key in entry
    }


def _fields(file: str, where: str, expected: Object, found: Object, skip: set[str], problems: Problems) -> None:
    for key in sorted(expected.keys() | found.keys()):
        row = f"{where}.{key}" if where else key
        if key not in expected:
            problems.add("entry-extra", file, row, found=found[key])
        elif key not in found:
            problems.add("entry-missing", file, row, expected=expected[key])
        elif key not in skip and _differ(expected[key], found[key]):
            problems.add("entry-differs", file, row, expected=expected[key], found=found[key])


def _differ(one: object, other: object) -> bool:
    # 1 == True in Python, not in JSON.
    return one != other or repr(one) != repr(other)


def _entries(
    file: str,
    name: str,
    key: str,
    expected: Object,
    found: Object,
    problems: Problems,
    where: str = "",
    skip: frozenset[str] | set[str] = frozenset(),
) -> None:
    """Compare two lists of objects by a key, then by position."""
    if name not in expected or name not in found:
        return
    before, after = _by_key(expected[name], key), _by_key(found[name], key)
    for entry, (_, value) in before.items():
        row = f"{where}{name}[{entry}]"
        if entry not in after:
            problems.add("entry-missing", file, row, expected=value if not skip else entry)
        else:
            _fields(file, row, value, after[entry][1], set(skip), problems)
    for entry, (_, value) in after.items():
        if entry not in before:
            problems.add("entry-extra", file, f"{where}{name}[{entry}]", found=value if not skip else entry)
    entries = found[name]
    total = len(entries) if isinstance(entries, list) else 0
    if total != len(after):
        problems.add("entry-count", file, where + name, expected=len(before), found=total)
    common = [entry for entry in after if entry in before]
    if common != [entry for entry in before if entry in after]:
        problems.add("entry-order", file, where + name)
