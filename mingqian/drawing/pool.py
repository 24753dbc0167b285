"""From a draft and the registries to the rows that a seal fixes: the pool, its strata and quotas, and who may be dealt.

Only natural keys enter a row: the subject's number, the certificate number. Everything is sorted by the protocol itself.
"""

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet

from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.drawing.models import Draft
from mingqian.drawing.states import Assignment, QuotaMode, Stratify
from mingqian.registry.models import Inspector, Interest, Subject
from mingqian.registry.selectors import (
    OUT_WORDS,
    SubjectCriteria,
    inspectors_of,
    interests_on,
    matching,
    subjects_of,
    why_not_drawable,
    why_out,
)
from mingqian.registry.states import SubjectKind

#: The protocol's name for "no strata".
WHOLE = "-"
_NOT_WORD = re.compile("[^A-Za-z0-9\\-_.·〇〔〕（）\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]")


def as_word(text: str) -> str:
    """Return `text` as a word of the draw protocol, signs replaced or dropped.

    >>> as_word('有限责任公司(自然人独资)')
    '有限责任公司（自然人独资）'
    """
    word = _NOT_WORD.sub("", text.replace("(", "（").replace(")", "）"))[:64]
    return word or "未登记"


@dataclass(frozen=True)
class Stratum:
    """A stratum with its numbers of rows and the quota with how it came about."""

    name: str
    taking_part: int
    out: int
    quota: int
    how: str

    @property
    def label(self) -> str:
        """Return the name that users see."""
        return "全部" if self.name == WHOLE else self.name

    @property
    def too_many(self) -> bool:
        """Say whether the quota is more than the pool holds."""
        return self.quota > self.taking_part


@dataclass(frozen=True)
class InspectorRow:
    """An inspector as the draw would take them."""

    inspector: Inspector
    status: str
    #: The registry itself says that they are out; nothing is left to choose.
    on_record: bool = False

    @property
    def why(self) -> str:
        """Say in words why the inspector is out, "" where in."""
        code = self.status.removeprefix("out:")
        if self.status == "in":
            return ""
        return OUT_WORDS.get(code, code)


@dataclass
class Pool:
    """What a seal would fix."""

    subjects: list[tuple[str, str, int, str]] = field(default_factory=list)
    inspectors: list[tuple[str, str, str]] = field(default_factory=list)
    conflicts: list[tuple[str, str]] = field(default_factory=list)
    names: list[tuple[str, str, str]] = field(default_factory=list)
    strata: list[Stratum] = field(default_factory=list)

    @property
    def quotas(self) -> list[dict[str, object]]:
        """Return the quotas as the protocol writes them."""
        wanted = sorted((s.name.encode(), s.quota) for s in self.strata if s.quota)
        return [{"stratum": name.decode(), "count": count} for name, count in wanted]

    @property
    def to_select(self) -> int:
        """Return how many subjects the draw selects."""
        return sum(s.quota for s in self.strata)

    @property
    def free_inspectors(self) -> int:
        """Return how many inspectors may be dealt."""
        return sum(1 for _id, _unit, status in self.inspectors if status == "in")

    def digest(self) -> str:
        """Return a fingerprint of all rows and quotas."""
        state = hashlib.sha256()
        for rows in (self.subjects, self.inspectors, self.conflicts):
            for row in rows:
                state.update("\t".join(map(str, row)).encode() + b"\n")
            state.update(b"\n")
        state.update(repr(self.quotas).encode())
        return state.hexdigest()


#: Everything of a draft that a seal fixes or the public page says, beside the rows.
_REVIEWED = (
    "title",
    "scope",
    "assignment",
    "team_size",
    "teams",
    "batches",
    "witnesses",
    "beacon",
    "publication",
    "conflicts",
    "left_out",
)


def reviewed_digest(draft: Draft, pool: Pool) -> str:
    """Return a fingerprint of all that the review page shows, to notice that anything changed between review and seal."""
    facts = {name: getattr(draft, name) for name in _REVIEWED}
    facts |= {
        "open_by": clock.to_text(draft.open_by) if draft.open_by else "",
        "organ": draft.organ.name,
        "pool": pool.digest(),
    }
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def scope_of(draft: Draft) -> QuerySet[Subject]:
    """Return the subjects in the draft's scope, by number."""
    known: dict[str, Any] = {name: tuple(values) for name, values in draft.criteria.items() if name != "text"}
    return matching(subjects_of(draft.organ), SubjectCriteria(text=draft.criteria.get("text", ""), **known))


def ratio_quota(basis_points: int, count: int) -> tuple[int, str]:
    """Return the number that a ratio makes of `count`, rounded up, at least 1 of a pool that is not empty, and how.

    >>> ratio_quota(500, 412)
    (21, '5 % × 412 → 21（进一）')
    """
    if count == 0:
        return 0, "没有可抽对象"
    quota = max(1, -(-basis_points * count // 10000)) if basis_points else 0
    percent = f"{basis_points / 100:g}"
    rounded = "（进一）" if basis_points * count % 10000 else ""
    return quota, f"{percent} % × {count:,} → {quota:,}{rounded}" if basis_points else "不抽取"


def _quota(draft: Draft, stratum: str, count: int) -> tuple[int, str]:
    own = draft.quotas.get(stratum)
    if own is not None:
        number = int(own)
        return number, f"单独设定 {number:,}" if number else "单独设定：不抽取"
    if draft.quota_mode == QuotaMode.RATIO:
        return ratio_quota(draft.quota_value, count)
    return (
        draft.quota_value,
        f"每层 {draft.quota_value:,}" if draft.stratify != Stratify.NONE else f"共 {draft.quota_value:,}",
    )


def strata_of(draft: Draft, rows: list[tuple[str, str, int, str]]) -> list[Stratum]:
    """Count the rows by stratum and set the quotas."""
    inside: Counter[str] = Counter()
    outside: Counter[str] = Counter()
    for _id, stratum, _lots, status in rows:
        (outside if status.startswith("out:") else inside)[stratum] += 1
    strata = []
    for name in sorted(inside.keys() | outside.keys()):
        quota, how = _quota(draft, name, inside[name])
        strata.append(Stratum(name, inside[name], outside[name], quota, how))
    return strata


def _stratum(draft: Draft, subject: Subject) -> str:
    if draft.stratify == Stratify.DISTRICT:
        return as_word(subject.district)
    if draft.stratify == Stratify.KIND:
        return as_word(SubjectKind(subject.kind).label)
    return WHOLE


def public_name(subject: Subject) -> str:
    """Return the name that pages of a draw show: of a natural person only the first character."""
    if subject.kind == SubjectKind.PERSON:
        return subject.name[:1] + "某"
    return subject.name


def subject_rows(draft: Draft) -> tuple[list[tuple[str, str, int, str]], list[tuple[str, str, str]]]:
    """Return the rows of the pool and, for display, (number, name, district)."""
    rows, names = [], []
    wanted = ("number", "name", "kind", "district", "status", "merged_into")
    for subject in scope_of(draft).only(*wanted).iterator(5000):
        out = why_out(subject)
        rows.append((subject.number, _stratum(draft, subject), 1, f"out:{out}" if out else "in"))
        names.append((subject.number, public_name(subject), subject.district))
    return rows, names


def inspector_rows(draft: Draft, on: date) -> list[InspectorRow]:
    """Return the inspectors of the draft's divisions, each with `in` or `out:CODE` on a date (art. 7)."""
    if draft.assignment == Assignment.NONE or not draft.divisions:
        return []
    found = []
    for inspector in inspectors_of(draft.organ).filter(division_id__in=draft.divisions):
        known = why_not_drawable(inspector, on)
        code = known or draft.left_out.get(inspector.certificate_number, "")
        found.append(InspectorRow(inspector, f"out:{code}" if code else "in", bool(known)))
    return found


def visit_date(draft: Draft) -> date:
    """Return the date on which certificates must be valid: that of the opening, today where none is set."""
    return draft.open_by.astimezone(clock.LAW_ZONE).date() if draft.open_by else clock.today()


def build(draft: Draft) -> Pool:
    """Put the whole pool together; raise DomainError where a conflict speaks of somebody outside it."""
    rows, names = subject_rows(draft)
    people = inspector_rows(draft, visit_date(draft))
    pool = Pool(
        subjects=rows,
        inspectors=[
            (row.inspector.certificate_number, as_word(row.inspector.division.name), row.status) for row in people
        ],
        names=names
        + [(row.inspector.certificate_number, row.inspector.name, row.inspector.division.name) for row in people],
        strata=strata_of(draft, rows),
    )
    pool.conflicts = _conflicts(draft, {row[0] for row in rows}, {row[0] for row in pool.inspectors})
    return pool


def _conflicts(draft: Draft, subjects: set[str], inspectors: set[str]) -> list[tuple[str, str]]:
    """Return the pairs that matter in this pool, those on record and the draft's own (A11.2); one about somebody outside cannot come up."""
    pairs = {(c["subject"], c["inspector"]) for c in draft.conflicts}
    pairs |= {(i.subject.number, i.inspector.certificate_number) for i in interests_on_record(draft)}
    return sorted(pair for pair in pairs if pair[0] in subjects and pair[1] in inspectors)


def interests_on_record(draft: Draft) -> list[Interest]:
    """Return the interests in the registry that are in force on the date of the draw; they enter its conflicts by themselves."""
    return list(interests_on(draft.organ, visit_date(draft)))


@dataclass(frozen=True)
class Apart:
    """A pair that must not meet, with who put it on record."""

    subject_number: str
    subject_name: str
    inspector_number: str
    inspector_name: str
    reason: str
    source: str


def kept_apart(draft: Draft, pool: Pool) -> list[Apart]:
    """Return the pool's conflicts as the page before the seal lists them, each with its ground and its source."""
    found = {
        (c["subject"], c["inspector"]): Apart(
            c["subject"], c["subject_name"], c["inspector"], c["inspector_name"], c["reason"], "本次登记"
        )
        for c in draft.conflicts
    }
    for i in interests_on_record(draft):
        subject, inspector = i.subject, i.inspector
        found[subject.number, inspector.certificate_number] = Apart(
            subject.number,
            subject.name,
            inspector.certificate_number,
            inspector.name,
            i.get_kind_display(),
            f"已在册（{i.get_source_display()}）",
        )
    return [found[pair] for pair in pool.conflicts]


def refuse_empty(pool: Pool) -> None:
    """Refuse what the protocol could not word for a user."""
    if not pool.subjects:
        raise DomainError("抽取范围里没有任何抽查对象。请回到“范围”放宽条件，或先导入名录库。")
    if not pool.quotas:
        raise DomainError("没有任何一层设了名额。请回到“名额”，至少给一层设定 1 个名额。")


def plan_of(draft: Draft, pool: Pool) -> dict[str, object]:
    """Return what the page of the draw says beside the seal: conditions and quotas in words, witnesses, reasons."""
    due = draft.beacon["due"] if draft.beacon else None
    return {
        "conditions": conditions_in_words(draft),
        "stratify": str(Stratify(draft.stratify).label),
        "strata": [
            {
                "name": s.name,
                "label": s.label,
                "taking_part": s.taking_part,
                "out": s.out,
                "quota": s.quota,
                "how": s.how,
            }
            for s in pool.strata
        ],
        "assignment": draft.assignment,
        "team_size": draft.team_size,
        "teams": draft.teams,
        "batches": draft.batches,
        "witnesses": list(draft.witnesses),
        "beacon_due": due,
        "beacon_digits": draft.beacon["digits"] if draft.beacon else None,
        "to_select": pool.to_select,
        "inspectors": len(pool.inspectors),
        "inspectors_in": pool.free_inspectors,
        "conflicts": len(pool.conflicts),
        # For the file only, never for a public page: why each pair was kept apart, who was left out and why.
        "grounds": list(draft.conflicts),
        "left_out": dict(draft.left_out),
    }


def conditions_in_words(draft: Draft) -> str:
    """Return the scope's conditions as a sentence."""
    kinds = dict(SubjectKind.choices)
    parts = []
    if values := draft.criteria.get("districts"):
        parts.append("区县：" + "、".join(values))
    if values := draft.criteria.get("kinds"):
        parts.append("类别：" + "、".join(str(kinds.get(v, v)) for v in values))
    if values := draft.criteria.get("company_types"):
        parts.append("企业类型：" + "、".join(values))
    if text := draft.criteria.get("text"):
        parts.append(f"包含文字：{text}")
    return "；".join(parts) or "本机关名录库全部抽查对象"
