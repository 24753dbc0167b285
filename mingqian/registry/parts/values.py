"""Permits, flags and exemptions as a form or a table gives them, checked alike (A6.1, A9.2, A12.3); `name` and `code` say whose."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from mingqian.registry.parts.states import FlagKind
from mingqian.registry.refusals import Refusal

#: Code of an exemption list, published in the rows of a draw (`exempt:CODE`): a word of the draw protocol in plain letters.
_LIST_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-_.]{0,31}")


@dataclass(slots=True)
class PermitValues:
    """A permit."""

    name: str = ""
    code: str = ""
    title: str = ""
    number: str = ""
    issuer: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(slots=True)
class FlagValues:
    """A flag."""

    name: str = ""
    code: str = ""
    kind: str = ""
    source: str = ""
    document: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(slots=True)
class ExemptionValues:
    """An exemption."""

    name: str = ""
    code: str = ""
    list_code: str = ""
    basis: str = ""
    source: str = ""
    since: date | None = None
    until: date | None = None


PartValues = PermitValues | FlagValues | ExemptionValues


def _wrong_period(since: date | None, until: date | None) -> Iterable[Refusal]:
    if since is None:
        yield Refusal("date-missing", "开始日期未填")
    elif until is not None and until < since:
        yield Refusal("date-order", f"结束日期 {until} 早于开始日期 {since}，请改正")


def _too_long(texts: Iterable[tuple[str, str, int]]) -> Iterable[Refusal]:
    for text, title, most in texts:
        if len(text) > most:
            yield Refusal("too-long", f"{title}超过 {most} 字")


def wrong_with_permit(values: PermitValues) -> Iterable[Refusal]:
    """Yield everything that keeps a permit out of the registry."""
    if not values.title or not values.number:
        yield Refusal("permit-missing", "许可名称和许可证编号都要填写")
    yield from _too_long(
        ((values.title, "许可名称", 100), (values.number, "许可证编号", 64), (values.issuer, "发证机关", 100))
    )
    yield from _wrong_period(values.since, values.until)


def wrong_with_flag(values: FlagValues, today: date) -> Iterable[Refusal]:
    """Yield everything that keeps a flag out of the registry: never one without its source (A12.3)."""
    if values.kind not in FlagKind.values:
        yield Refusal("flag-unknown", f"请选择标记：{'、'.join(map(str, FlagKind.labels))}")
    if not values.source:
        yield Refusal("source-missing", "标记的来源未填，请写明哪个部门、哪份文件或哪个名单")
    yield from _too_long(((values.source, "来源", 200), (values.document, "文号或编号", 100)))
    if values.since is not None and values.since > today:
        yield Refusal("date-odd", f"标记的日期 {values.since} 在今天以后，请核对")
    yield from _wrong_period(values.since, values.until)


def wrong_with_exemption(values: ExemptionValues) -> Iterable[Refusal]:
    """Yield everything that keeps an exemption off the list: basis, source and code are needed (A9.2)."""
    if _LIST_CODE.fullmatch(values.list_code) is None:
        example = "只能用英文字母、数字和 - _ .，最多 32 个字符，例如 miansao-2026"
        yield Refusal("list-code-odd", f"名单代码“{values.list_code[:40]}”不合规：{example}")
    if not values.basis:
        yield Refusal("basis-missing", "免检依据未填，请写明制度规定或文件文号")
    if not values.source:
        yield Refusal("source-missing", "名单来源未填，请写明由哪个部门提供")
    yield from _too_long(((values.basis, "免检依据", 300), (values.source, "名单来源", 200)))
    yield from _wrong_period(values.since, values.until)
