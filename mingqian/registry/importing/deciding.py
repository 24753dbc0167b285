"""What becomes of each checked row: taken, updated, unchanged or refused, against the file's earlier rows and the registry as it stands."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from mingqian.accounts.models import Organ
from mingqian.common import clock
from mingqian.common.text import half_width
from mingqian.documents.services import Line
from mingqian.ledger.models import Recorded
from mingqian.registry.filling import change_inspector, change_subject, digest_of_id, new_inspector, new_subject
from mingqian.registry.importing.inspector_rows import check_inspector
from mingqian.registry.importing.subject_rows import Checked, check_subject
from mingqian.registry.models import Inspector, Subject
from mingqian.registry.registers import subject_number
from mingqian.registry.selectors import why_not_drawable
from mingqian.registry.states import RegisterKind, RowOutcome
from mingqian.registry.values import InspectorValues, Refusal, SubjectValues


@dataclass(slots=True)
class Decision:
    """What becomes of a row. `pk` is the row of the registry that it meets, `values` what is written (None where nothing is)."""

    row: int
    outcome: str
    name: str = ""
    number: str = ""
    code: str = ""
    reason: str = ""
    pk: int | None = None
    values: Any = None


@dataclass
class Tally:
    """Counts of a run over a table."""

    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, decisions: Iterable[Decision]) -> None:
        """Count `decisions`."""
        for decision in decisions:
            self.outcomes[decision.outcome] += 1
            if decision.outcome == RowOutcome.REFUSED:
                self.reasons[decision.code] += 1

    @property
    def total(self) -> int:
        """Return the number of rows."""
        return sum(self.outcomes.values())


class Target(Protocol):
    """A registry that a table is read into."""

    kind: RegisterKind
    model: type[Recorded]
    last_number: int
    values: type[Any]

    def load(self) -> None:
        """Read by what the registry's rows are found; before the first decision."""

    def check(self, line: Line) -> Checked:
        """Look at one row by itself."""

    def decide(self, rows: Sequence[Checked]) -> list[Decision]:
        """Decide on the next rows of the table, in order."""

    def new(self, decision: Decision) -> Recorded:
        """Return the unsaved row of the registry for a row that is taken."""

    def existing(self, keys: Sequence[int | None]) -> dict[Any, Any]:
        """Return rows of the registry by primary key."""

    def change(self, found: Any, decision: Decision) -> None:
        """Change a row of the registry as an updating row says."""


def _refused(checked: Checked, refusals: Sequence[Refusal], number: str = "") -> Decision:
    reason = "；".join(refusal.text for refusal in refusals)[:500]
    return Decision(checked.row, RowOutcome.REFUSED, checked.values.name[:200], number[:64], refusals[0].code, reason)


def place_of(name: str, address: str) -> str:
    """Return by what a subject without code is found again: name and address, without blanks, widths and case; "" without address."""
    return half_width(f"{name}|{address}").replace(" ", "").casefold() if address else ""


class Subjects:
    """Decides on rows of the subject registry."""

    kind = RegisterKind.SUBJECTS
    model: type[Recorded] = Subject
    values: type[Any] = SubjectValues

    def __init__(self, organ: Organ, mapping: dict[str, int], last_number: int, *, update_existing: bool) -> None:
        self._organ, self._mapping, self._update_existing = organ, mapping, update_existing
        self._today = clock.today()
        self.last_number = last_number
        self._by_key: dict[str, int] = {}
        self._by_place: dict[str, int] = {}
        self._coded: set[int] = set()
        self._seen: dict[str, int] = {}
        self._seen_rows: dict[int, int] = {}
        self._places: dict[str, tuple[int, bool]] = {}

    def load(self) -> None:
        """Read by what the registry's rows are found."""
        fields = ("pk", "number", "credit_code", "registration_number", "id_number_digest", "name", "address")
        rows = Subject.objects.filter(organ=self._organ).values_list(*fields)
        for pk, number, credit_code, registration_number, id_digest, name, address in rows.iterator(5000):
            self._by_key[("c" if len(number) == 18 else "r") + number] = pk
            for mark, key in (("c", credit_code), ("r", registration_number), ("i", id_digest)):
                if key:
                    self._by_key[mark + key] = pk
            if credit_code or id_digest:
                self._coded.add(pk)
            place = place_of(name, address)
            if place:
                self._by_place[place] = -1 if place in self._by_place else pk

    def check(self, line: Line) -> Checked:
        """Look at one row by itself."""
        return check_subject(line.number, line.cells, self._mapping, self._today)

    def decide(self, rows: Sequence[Checked]) -> list[Decision]:
        """Decide on the next rows, fetching what they meet in the registry at once."""
        met = [self._meet(checked) for checked in rows]
        found = Subject.objects.select_related("organ").in_bulk([pk for pk in met if isinstance(pk, int)])
        return [
            _refused(checked, [pk])
            if isinstance(pk, Refusal)
            else self._outcome(checked, found.get(pk) if pk else None)
            for checked, pk in zip(rows, met, strict=True)
        ]

    def _meet(self, checked: Checked) -> int | Refusal | None:
        """Return the registry's row that a row speaks of, None for a new one, or why that cannot be told."""
        if checked.refusals:
            reason = "；".join(refusal.text for refusal in checked.refusals)
            return Refusal(checked.refusals[0].code, reason)
        values: SubjectValues = checked.values
        pairs = (
            ("c", values.credit_code),
            ("r", values.registration_number),
            ("i", values.id_number and digest_of_id(values.id_number)),
        )
        keys = [mark + key for mark, key in pairs if key]
        place = place_of(values.name, values.address)
        earlier = self._earlier(keys, place)
        if earlier:
            return Refusal("twice-in-file", f"与第 {earlier} 行重复，已按第 {earlier} 行处理")
        pk = self._in_registry(keys, place)
        if isinstance(pk, int):
            if pk in self._seen_rows:
                return Refusal("twice-in-file", f"与第 {self._seen_rows[pk]} 行说的是名录库中的同一个对象")
            self._seen_rows[pk] = checked.row
        if not isinstance(pk, Refusal):
            for key in keys:
                self._seen[key] = checked.row
            if place:
                self._places.setdefault(place, (checked.row, bool(keys)))
        return pk

    def _earlier(self, keys: list[str], place: str) -> int:
        for key in keys:
            if key in self._seen:
                return self._seen[key]
        row, coded = self._places.get(place, (0, True)) if place else (0, True)
        return row if row and not (keys and coded) else 0

    def _in_registry(self, keys: list[str], place: str) -> int | Refusal | None:
        """Find by code; else by name and address, where codes do not say that it is another."""
        pks = {self._by_key[key] for key in keys if key in self._by_key}
        if len(pks) > 1:
            return Refusal("conflict", "两个代码在名录库中属于两个不同的对象，请核对营业执照")
        if pks:
            return pks.pop()
        pk = self._by_place.get(place) if place else None
        if pk is None:
            return None
        if pk == -1:
            return None if keys else Refusal("conflict", "名录库中有多个同名同址的对象，请补填代码后再导入")
        return None if keys and pk in self._coded else pk

    def _outcome(self, checked: Checked, found: Subject | None) -> Decision:
        values: SubjectValues = checked.values
        if found is None:
            number = values.code
            if not number:
                self.last_number += 1
                number = subject_number(self.last_number)
            return Decision(checked.row, RowOutcome.TAKEN, values.name, number, values=values)
        if not self._update_existing:
            return _refused(
                checked, [Refusal("in-register", f"名录库中已有（{found.number}），按所选方式不更新")], found.number
            )
        if values.credit_code and found.credit_code not in {None, "", values.credit_code}:
            return _refused(
                checked,
                [Refusal("conflict", f"名录库中该对象的信用代码是 {found.credit_code}，请核对营业执照")],
                found.number,
            )
        if (
            values.registration_number
            and found.registration_number not in {"", values.registration_number}
            and not values.credit_code
        ):
            return _refused(
                checked,
                [Refusal("conflict", f"名录库中同名同址对象的注册号是 {found.registration_number}，请核对")],
                found.number,
            )
        changed = change_subject(found, values)
        if not changed:
            return Decision(checked.row, RowOutcome.UNCHANGED, values.name, found.number)
        reason = "更新：" + "、".join(changed)
        return Decision(
            checked.row, RowOutcome.UPDATED, values.name, found.number, reason=reason, pk=found.pk, values=values
        )

    def new(self, decision: Decision) -> Subject:
        """Return the unsaved subject."""
        return new_subject(self._organ, decision.number, decision.values)

    def existing(self, keys: Sequence[int | None]) -> dict[Any, Any]:
        """Return subjects by primary key."""
        return Subject.objects.select_related("organ").in_bulk(keys)

    def change(self, found: Subject, decision: Decision) -> None:
        """Change the subject."""
        change_subject(found, decision.values)


class Inspectors:
    """Decides on rows of the inspector registry."""

    kind = RegisterKind.INSPECTORS
    model: type[Recorded] = Inspector
    values: type[Any] = InspectorValues

    def __init__(self, organ: Organ, mapping: dict[str, int], last_number: int, *, update_existing: bool) -> None:
        self._organ, self._mapping, self._update_existing = organ, mapping, update_existing
        self._today = clock.today()
        self.last_number = last_number
        self._divisions = dict(organ.divisions.order_by("code").values_list("name", "pk"))
        self._by_certificate: dict[str, Inspector] = {}
        self._by_person: dict[tuple[int, str], str] = {}
        self._seen: dict[str, int] = {}
        self._seen_people: dict[tuple[int, str], int] = {}

    def load(self) -> None:
        """Read by what the registry's rows are found."""
        for inspector in Inspector.objects.filter(organ=self._organ):
            self._by_certificate[inspector.certificate_number] = inspector
            if not why_not_drawable(inspector, self._today):
                self._by_person[inspector.division_id, inspector.name] = inspector.certificate_number

    def check(self, line: Line) -> Checked:
        """Look at one row by itself."""
        return check_inspector(line.number, line.cells, self._mapping, self._divisions)

    def decide(self, rows: Sequence[Checked]) -> list[Decision]:
        """Decide on the next rows."""
        return [self._decide(checked) for checked in rows]

    def _decide(self, checked: Checked) -> Decision:
        values = checked.values
        number = values.certificate_number
        refusals = checked.refusals or self._twice(checked)
        if refusals:
            return _refused(checked, refusals, number)
        found = self._by_certificate.get(number)
        self._seen[number] = checked.row
        self._seen_people[self._divisions[values.division], values.name] = checked.row
        if found is None:
            return Decision(checked.row, RowOutcome.TAKEN, values.name, number, values=values)
        if not self._update_existing:
            return _refused(checked, [Refusal("in-register", "名录库中已有，按所选方式不更新")], number)
        changed = change_inspector(found, self._divisions[values.division], values)
        if found.valid_from and found.valid_until and found.valid_until < found.valid_from:
            return _refused(
                checked, [Refusal("date-order", "与名录库中已有的有效期合在一起，止早于起，请两个日期都填")], number
            )
        if not changed:
            return Decision(checked.row, RowOutcome.UNCHANGED, values.name, number)
        reason = "更新：" + "、".join(changed)
        return Decision(checked.row, RowOutcome.UPDATED, values.name, number, reason=reason, pk=found.pk, values=values)

    def _twice(self, checked: Checked) -> list[Refusal]:
        """Refuse a second entry of one person: two certificates would give them two tickets in a draw."""
        values = checked.values
        if values.certificate_number in self._seen:
            return [Refusal("twice-in-file", f"与第 {self._seen[values.certificate_number]} 行的执法证号相同")]
        person = self._divisions[values.division], values.name
        if person in self._seen_people:
            row = self._seen_people[person]
            return [
                Refusal(
                    "twice-in-file",
                    f"与第 {row} 行同一科室、同名而证号不同：系同一人请只留有效证件，系两人请在名录页面单独登记",
                )
            ]
        other = self._by_person.get(person)
        if other and other != values.certificate_number and values.certificate_number not in self._by_certificate:
            text = f"名录库中已有同一科室的同名人员（证号 {other}）：换发新证请先将旧证改为不在执法岗位，系两人请在名录页面单独登记"
            return [Refusal("conflict", text)]
        return []

    def new(self, decision: Decision) -> Inspector:
        """Return the unsaved inspector."""
        return new_inspector(self._organ, self._divisions[decision.values.division], decision.values)

    def existing(self, keys: Sequence[int | None]) -> dict[Any, Any]:
        """Return inspectors by primary key."""
        return Inspector.objects.in_bulk(keys)

    def change(self, found: Inspector, decision: Decision) -> None:
        """Change the inspector."""
        change_inspector(found, self._divisions[decision.values.division], decision.values)
