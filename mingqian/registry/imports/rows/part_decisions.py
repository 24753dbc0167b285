"""What becomes of each row of a table of permits, flags or exemptions that another authority hands in (A6.1, A9.2, A12.3)."""

from collections.abc import Sequence
from typing import Any

from mingqian.common.text import half_width
from mingqian.documents.imports.states import Checked, Decision, Refusal, RowOutcome, refused
from mingqian.documents.models import Import
from mingqian.documents.tables.states import Line
from mingqian.ledger.models import Recorded
from mingqian.registry.imports.rows.parts import check_part
from mingqian.registry.models.subjects import Subject
from mingqian.registry.parts.states import FlagKind
from mingqian.registry.parts.values import PartKind, PartValues

_TITLES = {
    "since": "开始日期",
    "until": "结束日期",
    "issuer": "发证机关",
    "basis": "免检依据",
    "source": "名单来源",
}
#: A subject's key, and what makes two of its parts the same.
_Key = tuple[object, ...]


class Parts:
    """Finds the subject of a row by code or by a name that only one bears, and decides."""

    values: type[Any] = PartValues

    def __init__(self, kind: PartKind, batch: Import, mapping: dict[str, int], last_number: int) -> None:
        self._kind, self._batch, self._mapping = kind, batch, mapping
        self.model: type[Recorded] = kind.model
        self.last_number = last_number
        self._by_code: dict[str, int] = {}
        self._by_name: dict[str, int] = {}
        self._told: dict[int, tuple[str, str, bool]] = {}
        self._held: dict[_Key, Any] = {}
        self._seen: dict[_Key, int] = {}

    def load(self) -> None:
        """Read by what subjects are found, and what they hold."""
        fields = ("pk", "merged_into", "number", "credit_code", "registration_number", "name")
        rows = Subject.objects.filter(organ=self._batch.organ).values_list(*fields)
        for key, survivor, number, credit_code, registration_number, name in rows.iterator(5000):
            pk = survivor or key
            for code in {number, credit_code or "", registration_number} - {""}:
                if not survivor or code not in self._by_code:
                    self._by_code[code] = pk
            if not survivor:
                self._told[pk] = (number, name, credit_code is not None)
            plain = _plain(name)
            self._by_name[plain] = pk if self._by_name.get(plain, pk) == pk else -1
        parts: Any = self.model._default_manager
        for part in parts.filter(subject__organ=self._batch.organ, withdrawn_why="").iterator(5000):
            self._held[self._key(part.subject_id, part)] = part

    def _key(self, subject: int, part: Any) -> _Key:
        return (subject, *self._kind.same_as(part).values())

    def check(self, line: Line) -> Checked:
        """Look at one row by itself."""
        return check_part(line.number, line.cells, self._mapping, self._kind)

    def _part(self, subject: int, values: PartValues) -> Any:
        return self._kind.of(Subject(pk=subject), values, self._batch.created_by)

    def decide(self, rows: Sequence[Checked]) -> list[Decision]:
        """Decide on the next rows."""
        return [self._decide(checked) for checked in rows]

    def _find(self, checked: Checked) -> int | Refusal:
        """Return the subject that a row speaks of, or why it is not known."""
        code, name = checked.values.code, checked.values.name
        pk = self._by_code.get(code) if code else None
        if pk is None and name:
            pk = self._by_name.get(_plain(name))
            if pk == -1:
                return Refusal("subject-unclear", f"名录库中有多个名为“{name[:40]}”的对象，请填写代码")
            if pk is not None and code and self._told[pk][2]:
                return Refusal(
                    "subject-unknown", f"名录库里没有代码 {code[:30]}；同名对象的登记号是 {self._told[pk][0]}，请核对"
                )
        if pk is None:
            asked = code or name
            return Refusal(
                "subject-unknown", f"名录库里没有“{asked[:40]}”，请核对代码或名称；确实没有的，先新增为抽查对象"
            )
        return pk

    def _decide(self, checked: Checked) -> Decision:
        if checked.refusals:
            return refused(checked, checked.refusals, checked.values.code)
        subject = self._find(checked)
        if isinstance(subject, Refusal):
            return refused(checked, [subject], checked.values.code)
        number, name, _coded = self._told[subject]
        part = self._part(subject, checked.values)
        key = self._key(subject, part)
        if key in self._seen:
            reason = f"与第 {self._seen[key]} 行相同"
            return Decision(checked.row, RowOutcome.UNCHANGED, name, number, reason=reason)
        self._seen[key] = checked.row
        note = "" if _plain(checked.values.name) in {"", _plain(name)} else f"表格里的名称是{checked.values.name[:60]}"
        checked.values.code = number
        decided = Decision(checked.row, RowOutcome.TAKEN, name, number, reason=note, pk=subject, values=checked.values)
        return self._against_held(checked, decided, part, self._held.get(key))

    def _against_held(self, checked: Checked, decided: Decision, part: Any, found: Any) -> Decision:
        """Turn the decision to take a row into one to update, or to leave as it is, where the part is there."""
        if found is None:
            return decided
        names = [column for column in _TITLES if column in self._kind.changing and _differs(column, found, part)]
        if not names:
            return Decision(checked.row, RowOutcome.UNCHANGED, decided.name, decided.number, reason="名录库中已有")
        if not self._batch.update_existing:
            return refused(checked, [Refusal("in-register", "名录库中已有，按所选方式不更新")], decided.number)
        decided.outcome, decided.pk = RowOutcome.UPDATED, found.pk
        decided.reason = "更新：" + "、".join(_TITLES[name] for name in names)
        return decided

    def new(self, decision: Decision) -> Recorded:
        """Return the unsaved part."""
        part: Recorded = self._part(decision.pk or 0, decision.values)
        return part

    def beside(self, found: Any, decision: Decision) -> Sequence[Recorded]:
        """Return nothing."""
        return ()

    def existing(self, keys: Sequence[int | None]) -> dict[Any, Any]:
        """Return parts by primary key."""
        return self.model._default_manager.in_bulk(keys)

    def change(self, found: Any, decision: Decision) -> Sequence[Recorded]:
        """Change the part."""
        part = self._part(found.subject_id, decision.values)
        for column in self._kind.changing:
            if _differs(column, found, part):
                setattr(found, column, getattr(part, column))
        return ()

    def shown(self, decision: Decision) -> dict[str, Any]:
        """Return what the preview shows."""
        values: PartValues = decision.values
        shown = {**values.texts, "since": values.since, "until": values.until}
        # `number` is that of the subject.
        if permit := shown.pop("number", ""):
            shown["permit"] = permit
        if "kind" in shown:
            shown["kind"] = FlagKind(values.texts["kind"]).label
        return shown


def _plain(name: str) -> str:
    return half_width(name).replace(" ", "").casefold()


def _differs(column: str, found: Any, part: Any) -> bool:
    """Say whether a row changes a column; an empty cell says nothing."""
    value = getattr(part, column)
    return bool(value) and value != getattr(found, column)
