"""Writing the search index: in the same transaction as the subjects that it speaks of, prepared before any lock where there are many."""

import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connection, transaction

from mingqian.registry.districts import UNKNOWN
from mingqian.registry.models.search import SearchState, SubjectIndex
from mingqian.registry.models.subjects import Subject
from mingqian.registry.pinyin import initials_of
from mingqian.registry.several import joined
from mingqian.registry.subjects.states import SubjectKind

#: Table of the grams, by subject: full text (FTS5) on SQLite, an array with an inverted index on PostgreSQL.
GRAMS = "registry_subject_grams"
#: The inverted index on PostgreSQL; what was put in is sorted in at once after many rows, else by and by.
GRAMS_INDEX = "registry_subject_grams_gin"
#: Columns that the completeness figures ask for; `id_number` instead of the codes where the subject is a person.
MISSABLE = (
    ("credit_code", "统一社会信用代码"), ("id_number", "身份证号码"), ("district", "区县"), ("address", "地址"),
    ("responsible_person", "负责人"), ("phone", "联系方式"), ("company_type", "企业类型"), ("capital", "注册资金"),
    ("established_on", "成立日期"), ("business_scope", "经营范围"), ("industry", "行业"), ("scale", "规模"),
    ("credit_class", "信用等级"), ("fields", "业务领域"),
)  # fmt: skip
_COLUMNS = tuple(str(field.column) for field in SubjectIndex._meta.concrete_fields)
#: A line of the index: one plain value a column, the subject's key first, the text last.
Line = list[Any]


def fold(text: str) -> str:
    """Return what is compared: letters, digits and ideographs only, width and case apart.

    >>> fold("淄博（示例） ＡＢＣ-12")
    '淄博示例abc12'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = text.casefold()
    return text if text.isalnum() else "".join(filter(str.isalnum, text))


def grams_of(text: str) -> set[str]:
    r"""Return every two neighbouring characters of each line of a folded text.

    >>> sorted(grams_of("淄博\nabc"))
    ['ab', 'bc', '淄博']
    """
    return {line[i : i + 2] for line in text.split("\n") for i in range(len(line) - 1)}


def gram_number(gram: str) -> int:
    """Return a gram as PostgreSQL's array of 32-bit numbers holds it; two may share one, so the text decides in the end."""
    return ((ord(gram[0]) * 65_599 + ord(gram[1])) & 0xFFFFFFFF) - 0x80000000


def text_of(subject: Subject) -> str:
    """Return the text that a subject is found by."""
    parts = (
        subject.name,
        subject.number,
        subject.credit_code or "",
        subject.registration_number,
        subject.address,
        subject.responsible_person,
        subject.initials or initials_of(subject.name),
    )
    return "\n".join(dict.fromkeys(filter(None, map(fold, parts))))


def missing_of(subject: Subject) -> str:
    """Return the names of the columns of `MISSABLE` that stand empty."""
    person = subject.kind == SubjectKind.PERSON
    asked = {
        "credit_code": person or subject.credit_code,
        "id_number": not person or subject.id_number_digest,
        "district": subject.district not in {"", UNKNOWN},
        "phone": subject.phone_box,
    }
    return joined(key for key, _title in MISSABLE if not asked.get(key, getattr(subject, key, True)))


def line_of(subject: Subject) -> Line:
    """Return the line of a saved subject."""
    day = subject.established_on
    return [
        subject.pk,
        subject.organ_id,
        int(subject.merged_into_id is not None),
        subject.number,
        subject.district,
        str(subject.status),
        str(subject.kind),
        subject.company_type,
        subject.industry,
        str(subject.scale),
        str(subject.credit_class),
        day if day is None or isinstance(day, str) else day.isoformat(),
        subject.fields,
        subject.libraries,
        subject.tags,
        missing_of(subject),
        text_of(subject),
    ]


def index(subjects: Iterable[Subject]) -> None:
    """Bring the index into step with saved subjects, new or changed; inside the transaction that wrote them."""
    write([line_of(subject) for subject in subjects])


def write(lines: Sequence[Line], *, new: bool = False) -> None:
    """Write lines of the index; `new` says that none of their subjects has one yet."""
    if not lines:
        return
    with transaction.atomic():
        known: dict[int, str] = {} if new else _texts([line[0] for line in lines])
        _write_rows(lines)
        changed = [line for line in lines if known.get(line[0]) != line[-1]]
        _write_grams(changed, known)
        for organ in {line[1] for line in lines}:
            SearchState.objects.update_or_create(organ_id=organ, defaults={"token": uuid.uuid4().hex})


def _texts(keys: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(keys), 500):
        rows = SubjectIndex.objects.filter(pk__in=keys[start : start + 500])
        found |= dict(rows.values_list("pk", "text"))
    return found


def _write_rows(lines: Sequence[Line]) -> None:
    quote = connection.ops.quote_name
    names, places = ", ".join(map(quote, _COLUMNS)), ", ".join(["%s"] * len(_COLUMNS))
    changes = ", ".join(f"{quote(column)} = excluded.{quote(column)}" for column in _COLUMNS[1:])
    table = quote(SubjectIndex._meta.db_table)
    sql = f"INSERT INTO {table} ({names}) VALUES ({places}) ON CONFLICT ({quote(_COLUMNS[0])}) DO UPDATE SET {changes}"  # noqa: S608  own names
    with connection.cursor() as cursor:
        cursor.executemany(sql, lines)


def _write_grams(lines: Sequence[Line], known: dict[int, str]) -> None:
    """Write the grams of `lines`; `known` are the texts under which SQLite's full text must forget its subjects first."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            values = [(line[0], sorted({gram_number(gram) for gram in grams_of(line[-1])})) for line in lines]
            cursor.executemany(
                f"INSERT INTO {GRAMS} (id, grams) VALUES (%s, %s::int[])"  # noqa: S608  own name
                " ON CONFLICT (id) DO UPDATE SET grams = excluded.grams",
                values,
            )
            return
        old = [(line[0], " ".join(grams_of(known[line[0]]))) for line in lines if line[0] in known]
        cursor.executemany(f"INSERT INTO {GRAMS} ({GRAMS}, rowid, grams) VALUES ('delete', %s, %s)", old)  # noqa: S608
        added = [(line[0], " ".join(grams_of(line[-1]))) for line in lines]
        cursor.executemany(f"INSERT INTO {GRAMS} (rowid, grams) VALUES (%s, %s)", added)  # noqa: S608  own name


def settle() -> None:
    """After very many lines: let PostgreSQL sort its list of new grams in, or the next searches read through it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [GRAMS_INDEX])


def rebuild() -> Iterator[int]:
    """Make the whole index anew, in one transaction, and yield how many subjects are done."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"DELETE FROM {GRAMS}")  # noqa: S608  own name
            else:
                cursor.execute(f"INSERT INTO {GRAMS} ({GRAMS}) VALUES ('delete-all')")  # noqa: S608
        SubjectIndex.objects.all().delete()
        rows = Subject.objects.order_by("pk").iterator(2000)
        done = 0
        while chunk := list(islice(rows, 5000)):
            write([line_of(subject) for subject in chunk], new=True)
            done += len(chunk)
            yield done
        settle()


def differences() -> Iterator[str]:
    """Yield a sentence for each way in which the index is out of step with the registry."""
    lines = SubjectIndex.objects.order_by("pk").iterator(2000)
    names = [field.attname for field in SubjectIndex._meta.concrete_fields]
    stored = next(lines, None)
    for subject in Subject.objects.order_by("pk").iterator(2000):
        while stored is not None and stored.pk < subject.pk:
            yield f"索引中有已不存在的对象：{stored.number}"
            stored = next(lines, None)
        if stored is None or stored.pk != subject.pk:
            yield f"索引中没有：{subject.number}"
            continue
        held = dict(zip(names, line_of(subject), strict=True))
        held["established_on"] = subject.established_on
        if any(getattr(stored, name) != value for name, value in held.items()):
            yield f"索引与名录不符：{subject.number}"
        stored = next(lines, None)
    if stored is not None:
        yield f"索引中有已不存在的对象：{stored.number}"
    yield from _missing_grams()


def _missing_grams() -> Iterator[str]:
    table = f"{GRAMS}_docsize" if connection.vendor == "sqlite" else GRAMS
    names = connection.ops.quote_name(SubjectIndex._meta.db_table)
    sql = f"SELECT number FROM {names} WHERE id NOT IN (SELECT id FROM {table})"  # noqa: S608  own names
    with connection.cursor() as cursor:
        cursor.execute(sql)
        for (number,) in cursor.fetchall():
            yield f"索引中没有字组：{number}"
