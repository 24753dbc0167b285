"""What becomes of each row of a table of inspectors, with their fields of work and qualifications."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet

from mingqian.accounts.selectors import fields_of
from mingqian.common import clock
from mingqian.documents.imports.states import Checked, Decision, Refusal, RowOutcome, refused
from mingqian.documents.models import Import
from mingqian.documents.tables.states import Line
from mingqian.ledger.models import Recorded
from mingqian.registry.imports.rows.inspectors import check_inspector
from mingqian.registry.imports.rows.names import Names
from mingqian.registry.models.inspectors import Inspector, InspectorField, Qualification
from mingqian.registry.people.selectors import why_not_drawable
from mingqian.registry.people.values import InspectorValues, change_inspector, new_inspector
from mingqian.registry.several import split

_PARTS: dict[type[Recorded], str] = {InspectorField: "业务领域", Qualification: "资格"}


class Inspectors:
    """Decides on rows of the inspector registry."""

    model: type[Recorded] = Inspector
    values: type[Any] = InspectorValues

    def __init__(self, batch: Import, mapping: dict[str, int], last_number: int) -> None:
        self._organ, self._mapping, self._update_existing = batch.organ, mapping, batch.update_existing
        self._today = clock.today()
        self.last_number = last_number
        self._names = Names(batch.organ)
        self._fields = dict(fields_of(batch.organ).values_list("code", "pk"))
        self._divisions = dict(self._organ.divisions.order_by("code").values_list("name", "pk"))
        self._by_certificate: dict[str, Inspector] = {}
        self._by_person: dict[tuple[int, str], str] = {}
        self._seen: dict[str, int] = {}
        self._seen_people: dict[tuple[int, str], int] = {}

    def load(self) -> None:
        """Read by what the registry's rows are found."""
        for inspector in _with_parts().filter(organ=self._organ):
            self._by_certificate[inspector.certificate_number] = inspector
            if not why_not_drawable(inspector, self._today):
                self._by_person[inspector.division_id, inspector.name] = inspector.certificate_number

    def check(self, line: Line) -> Checked:
        """Look at one row by itself."""
        return check_inspector(line.number, line.cells, self._mapping, self._divisions, self._names)

    def decide(self, rows: Sequence[Checked]) -> list[Decision]:
        """Decide on the next rows."""
        return [self._decide(checked) for checked in rows]

    def _decide(self, checked: Checked) -> Decision:
        values = checked.values
        number = values.certificate_number
        refusals = checked.refusals or self._twice(checked)
        if refusals:
            return refused(checked, refusals, number)
        found = self._by_certificate.get(number)
        self._seen[number] = checked.row
        self._seen_people[self._divisions[values.division], values.name] = checked.row
        if found is None:
            return Decision(checked.row, RowOutcome.TAKEN, values.name, number, values=values)
        if not self._update_existing:
            return refused(checked, [Refusal("in-register", "名录库中已有，按所选方式不更新")], number)
        changed = change_inspector(found, self._divisions[values.division], values)
        if found.valid_from and found.valid_until and found.valid_until < found.valid_from:
            return refused(
                checked, [Refusal("date-order", "与名录库中已有的有效期合在一起，止早于起，请两个日期都填")], number
            )
        changed += sorted({_PARTS[type(row)] for row in self.beside(found, Decision(0, "", values=values))})
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
        return _with_parts().in_bulk(keys)

    def beside(self, found: Inspector, decision: Decision) -> Sequence[Recorded]:
        """Return fields of work and qualifications that the inspector does not have yet; a table takes none away."""
        values: InspectorValues = decision.values
        fields: set[int] = set()
        held: set[tuple[str, str]] = set()
        if not found._state.adding:
            fields = {link.field_id for link in found.inspector_fields.all()}
            held = {(row.name, row.number) for row in found.qualifications.all() if not row.withdrawn}
        rows: list[Recorded] = [
            InspectorField(inspector=found, field_id=self._fields[code])
            for code in split(values.fields)
            if self._fields[code] not in fields
        ]
        for line in filter(None, values.qualifications.split("\n")):
            name, number, until = line.split("\t")
            if (name, number) not in held:
                valid_until = date.fromisoformat(until) if until else None
                rows.append(Qualification(inspector=found, name=name, number=number, valid_until=valid_until))
        return rows

    def change(self, found: Inspector, decision: Decision) -> Sequence[Recorded]:
        """Change the inspector."""
        change_inspector(found, self._divisions[decision.values.division], decision.values)
        return self.beside(found, decision)

    def shown(self, decision: Decision) -> dict[str, Any]:
        """Return what the preview shows."""
        return {name: getattr(decision.values, name) for name in ("division", "post", "valid_from", "valid_until")}


def _with_parts() -> QuerySet[Inspector]:
    return Inspector.objects.prefetch_related("inspector_fields", "qualifications", "absences")
