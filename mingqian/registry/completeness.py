"""How complete the registry is (A6.3): for each field how many subjects should have it, have it, and lack it, in all and by district."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from mingqian.accounts.models import Organ
from mingqian.registry.criteria import stands_empty
from mingqian.registry.search_writing import MISSABLE
from mingqian.registry.selectors import subjects_of
from mingqian.registry.states import SubjectKind


@dataclass(frozen=True)
class Figure:
    """One field: `asked` subjects should have it (a code no natural person, an ID number only they), `missing` do not."""

    key: str
    title: str
    asked: int
    missing: int

    @property
    def filled(self) -> int:
        """Return how many have it."""
        return self.asked - self.missing

    @property
    def basis_points(self) -> int | None:
        """Return the ratio, rounded down, so that 100 % is said only of all; None where nobody should have it."""
        return self.filled * 10_000 // self.asked if self.asked else None

    @property
    def percent(self) -> str:
        """Return the ratio as pages show it.

        >>> Figure("phone", "联系方式", 3, 1).percent, Figure("id_number", "身份证号码", 0, 0).percent
        ('66.6%', '—')
        """
        ratio = self.basis_points
        return "—" if ratio is None else f"{ratio // 100}.{ratio % 100 // 10}%"


@dataclass(frozen=True)
class Completeness:
    """The figures of the whole registry, and of each district."""

    total: int
    whole: list[Figure]
    districts: list[tuple[str, int, list[Figure]]]


def _asked(key: str) -> Q:
    person = Q(kind=SubjectKind.PERSON)
    if key == "credit_code":
        return ~person
    return person if key == "id_number" else Q()


def completeness(organ: Organ) -> Completeness:
    """Count the registry once, by district."""
    counts = {f"missing_{key}": Count("pk", filter=stands_empty(key)) for key, _title in MISSABLE}
    counts |= {
        f"asked_{key}": Count("pk", filter=_asked(key)) if _asked(key) else Count("pk") for key, _title in MISSABLE
    }
    rows: list[Any] = list(
        subjects_of(organ).order_by("district").values("district").annotate(total=Count("pk"), **counts)
    )

    def figures(rows_of: list[Any]) -> list[Figure]:
        return [
            Figure(
                key,
                title,
                sum(row[f"asked_{key}"] for row in rows_of),
                sum(row[f"missing_{key}"] for row in rows_of),
            )
            for key, title in MISSABLE
        ]

    by_district = sorted(rows, key=lambda row: (-row["total"], row["district"]))
    return Completeness(
        sum(row["total"] for row in rows),
        figures(rows),
        [(row["district"], row["total"], figures([row])) for row in by_district],
    )
