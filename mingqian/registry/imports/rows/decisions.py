"""What becomes of each checked row of subjects, against the file's earlier rows and the registry as it stands."""

from collections.abc import Iterable, Sequence
from typing import Any

from mingqian.common import clock
from mingqian.common.text import half_width
from mingqian.documents.imports.states import Checked, Decision, Refusal, RowOutcome, refused
from mingqian.documents.models import Import
from mingqian.documents.tables.states import Line
from mingqian.ledger.models import Recorded
from mingqian.registry.imports.rows.names import Names
from mingqian.registry.imports.rows.subjects import check_subject
from mingqian.registry.models.subjects import Subject
from mingqian.registry.registers import subject_number
from mingqian.registry.subjects.log import changes_since, snapshot
from mingqian.registry.subjects.states import SubjectValues
from mingqian.registry.subjects.values import change_subject, digests_of_id, new_subject, wrong_with_tags


def place_of(name: str, address: str) -> str:
    """Return by what a subject without code is found again: name and address, without blanks, widths and case; "" without address."""
    return half_width(f"{name}|{address}").replace(" ", "").casefold() if address else ""


class Subjects:
    """Decides on rows of the subject registry."""

    model: type[Recorded] = Subject
    values: type[Any] = SubjectValues

    def __init__(self, batch: Import, mapping: dict[str, int], last_number: int) -> None:
        self._batch, self._organ, self._mapping = batch, batch.organ, mapping
        self._today, self._now = clock.today(), clock.now()
        self._names = Names(batch.organ)
        self.last_number = last_number
        self._by_key: dict[str, int] = {}
        self._by_place: dict[str, int] = {}
        self._coded: set[int] = set()
        self._merged: set[str] = set()
        self._seen: dict[str, int] = {}
        self._seen_rows: dict[int, int] = {}
        self._places: dict[str, tuple[int, bool]] = {}

    def load(self) -> None:
        """Read by what the registry's rows are found."""
        fields = (
            "pk",
            "merged_into",
            "number",
            "credit_code",
            "registration_number",
            "id_number_digest",
            "name",
            "address",
        )
        rows = Subject.objects.filter(organ=self._organ).order_by("-merged_into", "pk").values_list(*fields)
        for key, survivor, number, credit_code, registration_number, id_digest, name, address in rows.iterator(5000):
            pk = survivor or key
            marks = [("c" if len(number) == 18 else "r") + number]
            marks += [m + k for m, k in (("c", credit_code), ("r", registration_number), ("i", id_digest)) if k]
            for mark in marks:
                self._mark(mark, pk, merged=bool(survivor))
            if credit_code or id_digest:
                self._coded.add(pk)
            place = place_of(name, address)
            if place:
                self._by_place[place] = pk if self._by_place.get(place, pk) == pk else -1

    def _mark(self, mark: str, pk: int, *, merged: bool) -> None:
        """Note by which code a row is found; that of a subject itself goes before those that were merged into another."""
        if not merged:
            self._merged.discard(mark)
        elif self._by_key.get(mark, pk) == pk:
            self._merged.add(mark)
        if not merged or mark not in self._by_key:
            self._by_key[mark] = pk

    def check(self, line: Line) -> Checked:
        """Look at one row by itself."""
        return check_subject(line.number, line.cells, self._mapping, self._today, self._names)

    def decide(self, rows: Sequence[Checked]) -> list[Decision]:
        """Decide on the next rows, fetching what they meet in the registry at once."""
        met = [self._meet(checked) for checked in rows]
        found = Subject.objects.select_related("organ").in_bulk([pk for pk in met if isinstance(pk, int)])
        return [
            refused(checked, [pk]) if isinstance(pk, Refusal) else self._outcome(checked, found.get(pk) if pk else None)
            for checked, pk in zip(rows, met, strict=True)
        ]

    def _meet(self, checked: Checked) -> int | Refusal | None:
        """Return the registry's row that a row speaks of, None for a new one, or why that cannot be told."""
        if checked.refusals:
            reason = "；".join(refusal.text for refusal in checked.refusals)
            return Refusal(checked.refusals[0].code, reason)
        values: SubjectValues = checked.values
        keys = self._keys_of(values)
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
        name = values.name
        if found is None:
            number = values.code
            if not number:
                self.last_number += 1
                number = subject_number(self.last_number)
            return Decision(checked.row, RowOutcome.TAKEN, values.name, number, values=values)
        known_as = self._drop_merged_codes(values)
        if not self._batch.update_existing:
            return refused(
                checked, [Refusal("in-register", f"名录库中已有（{found.number}），按所选方式不更新")], found.number
            )
        refusals = list(_wrong_codes(values, found))
        changed = [] if refusals else change_subject(found, values)
        if not refusals and (text := wrong_with_tags(found.tag_names)):
            refusals = [Refusal("tag-odd", f"与名录库中已有的合在一起，{text}")]
        if refusals:
            return refused(checked, refusals, found.number)
        if not changed:
            return Decision(checked.row, RowOutcome.UNCHANGED, name, found.number, reason=known_as)
        reason = "更新：" + "、".join(changed) + (f"；{known_as}" if known_as else "")
        return Decision(checked.row, RowOutcome.UPDATED, name, found.number, reason=reason, pk=found.pk, values=values)

    def _keys_of(self, values: SubjectValues) -> list[str]:
        """Return the marks of a row's codes; of an ID number's digests the one on record, where the data key is being changed."""
        digests = digests_of_id(values.id_number) if values.id_number else [""]
        held = next((digest for digest in digests if "i" + digest in self._by_key), digests[0])
        pairs = (("c", values.credit_code), ("r", values.registration_number), ("i", held))
        return [mark + key for mark, key in pairs if key]

    def _drop_merged_codes(self, values: SubjectValues) -> str:
        """Take out of `values` the codes of a merged duplicate, and its name where nothing else was told; return a note on it.

        The row speaks of the survivor, whose own codes and name stay.
        """
        merged = [mark for mark in self._keys_of(values) if mark in self._merged]
        if not merged:
            return ""
        own = len(self._keys_of(values)) > len(merged)
        for mark in merged:
            setattr(values, {"c": "credit_code", "r": "registration_number", "i": "id_number"}[mark[0]], "")
        if not own:
            values.name = ""
        return "按已并入的对象的代码找到"

    def new(self, decision: Decision) -> Subject:
        """Return the unsaved subject."""
        return new_subject(self._organ, decision.number, decision.values)

    def existing(self, keys: Sequence[int | None]) -> dict[Any, Any]:
        """Return subjects by primary key."""
        return Subject.objects.select_related("organ").in_bulk(keys)

    def beside(self, found: Subject, decision: Decision) -> Sequence[Recorded]:
        """Return nothing: a new subject has no changes."""
        return ()

    def change(self, found: Subject, decision: Decision) -> Sequence[Recorded]:
        """Change the subject, and return the rows of the log of its fields (A6.3)."""
        before = snapshot(found)
        change_subject(found, decision.values)
        return changes_since(
            before,
            found,
            by=self._batch.created_by,
            at=self._now,
            why=f"导入 {self._batch.number}",
            effective_on=decision.values.status_since,
        )

    def shown(self, decision: Decision) -> dict[str, Any]:
        """Return what the preview shows; the phone number masked."""
        subject = self.new(decision)
        names = ("district", "address", "responsible_person", "established_on")
        shown = {name: getattr(subject, name) for name in names}
        return shown | {"kind": subject.get_kind_display(), "phone": subject.phone_masked}


def _wrong_codes(values: SubjectValues, found: Subject) -> Iterable[Refusal]:
    """Yield why the codes of a row keep it from updating what it met."""
    if values.credit_code and found.credit_code not in {None, "", values.credit_code}:
        yield Refusal("conflict", f"名录库中该对象的信用代码是 {found.credit_code}，请核对营业执照")
    elif (
        values.registration_number
        and found.registration_number not in {"", values.registration_number}
        and not values.credit_code
    ):
        yield Refusal("conflict", f"名录库中同名同址对象的注册号是 {found.registration_number}，请核对")
