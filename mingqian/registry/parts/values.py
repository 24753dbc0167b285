"""What permits, flags and exemptions are made of, told once for forms, tables and services (A6.1, A9.2, A12.3)."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mingqian.common import clock
from mingqian.documents.imports.states import Refusal
from mingqian.registry.models.parts import Exemption, Flag, Permit
from mingqian.registry.models.subjects import Subject
from mingqian.registry.parts.states import FlagKind

#: Code of an exemption list, published in the rows of a draw (`exempt:CODE`): a word of the draw protocol in plain letters.
_LIST_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-_.]{0,31}")
Part = Permit | Flag | Exemption


@dataclass(slots=True)
class PartValues:
    """A part as a form or a table gives it: its texts by their columns in tables; `name` and `code` say whose it is."""

    name: str = ""
    code: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class PartKind:
    """A kind of part: its model, the field of the model for each column of a table, and what two of a subject share that are one."""

    model: type[Part]
    title: str
    fields: Mapping[str, str]
    #: Titles and lengths of the texts that are limited, by column.
    limits: Mapping[str, tuple[str, int]]
    same: tuple[str, ...]
    #: What a table may change in one that is there.
    changing: tuple[str, ...]
    #: What keeps one off the registry beside its period and lengths.
    missing: Callable[[Mapping[str, str], date | None], Iterable[Refusal]]

    def values(self, since: date | None, until: date | None, **by_field: str) -> PartValues:
        """Return what a form gives, by the model's fields."""
        texts = {column: by_field.get(name, "") for column, name in self.fields.items()}
        return PartValues(texts=texts, since=since, until=until)

    def of(self, subject: Subject, values: PartValues, by: str) -> Any:
        """Return an unsaved part; `values` have been checked."""
        texts = {name: values.texts[column] for column, name in self.fields.items()}
        period = {"since": values.since, "until": values.until}
        return self.model(subject=subject, recorded_by=by, recorded_at=clock.now(), **texts, **period)

    def wrong(self, values: PartValues) -> Iterable[Refusal]:
        """Yield everything that keeps a part out of the registry."""
        yield from self.missing(values.texts, values.since)
        for column, (title, most) in self.limits.items():
            if len(values.texts[column]) > most:
                yield Refusal("too-long", f"{title}超过 {most} 字")
        if values.since is None:
            yield Refusal("date-missing", "开始日期未填")
        elif values.until is not None and values.until < values.since:
            yield Refusal("date-order", f"结束日期 {values.until} 早于开始日期 {values.since}，请改正")

    def same_as(self, part: Any) -> dict[str, object]:
        """Return what makes two parts of one subject the same."""
        return {name: getattr(part, name) for name in self.same}


def _permit(texts: Mapping[str, str], _since: date | None) -> Iterable[Refusal]:
    if not texts["title"] or not texts["number"]:
        yield Refusal("permit-missing", "许可名称和许可证编号都要填写")


def _flag(texts: Mapping[str, str], since: date | None) -> Iterable[Refusal]:
    """A flag never stands without its source (A12.3)."""
    if texts["kind"] not in FlagKind.values:
        yield Refusal("flag-unknown", f"请选择标记：{'、'.join(map(str, FlagKind.labels))}")
    if not texts["source"]:
        yield Refusal("source-missing", "标记的来源未填，请写明哪个部门、哪份文件或哪个名单")
    if since is not None and since > clock.today():
        yield Refusal("date-odd", f"标记的日期 {since} 在今天以后，请核对")


def _exemption(texts: Mapping[str, str], _since: date | None) -> Iterable[Refusal]:
    """Basis, source and code are needed (A9.2)."""
    if _LIST_CODE.fullmatch(texts["list_code"]) is None:
        example = "只能用英文字母、数字和 - _ .，最多 32 个字符，例如 miansao-2026"
        yield Refusal("list-code-odd", f"名单代码“{texts['list_code'][:40]}”不合规：{example}")
    if not texts["basis"]:
        yield Refusal("basis-missing", "免检依据未填，请写明制度规定或文件文号")
    if not texts["source"]:
        yield Refusal("source-missing", "名单来源未填，请写明由哪个部门提供")


PERMIT = PartKind(
    model=Permit,
    title="许可",
    fields={"title": "name", "number": "number", "issuer": "issuer"},
    limits={"title": ("许可名称", 100), "number": ("许可证编号", 64), "issuer": ("发证机关", 100)},
    same=("name", "number"),
    changing=("since", "until", "issuer"),
    missing=_permit,
)
FLAG = PartKind(
    model=Flag,
    title="重点监管标记",
    fields={"kind": "kind", "source": "source", "document": "document"},
    limits={"source": ("来源", 200), "document": ("文号或编号", 100)},
    same=("kind", "source", "document", "since"),
    changing=("until",),
    missing=_flag,
)
EXEMPTION = PartKind(
    model=Exemption,
    title="免检免扰",
    fields={"list_code": "code", "basis": "basis", "source": "source"},
    limits={"basis": ("免检依据", 300), "source": ("名单来源", 200)},
    same=("code", "since"),
    changing=("until", "basis", "source"),
    missing=_exemption,
)
_KINDS: dict[type[Part], PartKind] = {kind.model: kind for kind in (PERMIT, FLAG, EXEMPTION)}


def kind_of(part: Part) -> PartKind:
    """Return the kind of a part."""
    return _KINDS[type(part)]
