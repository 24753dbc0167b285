"""What a verifier found, as lines of text: headline, warnings, the census, the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from mingqian_draw.verification import Report
from mingqian_draw.words import clean, in_words, report_en, report_zh

_WORDS = {"zh": report_zh.WORDS, "en": report_en.WORDS}
_LISTED = 30
#: Of a sentence put into another.
_LONGEST = 4000
_FACTS = ("conflicts", "absent", "unavailable", "excused")
_NOW = ("unavailable", "conflicts", "absent", "appointed", "without_home", "excused")


class Speaker:
    """Says things in one language; what comes from files is cleaned first."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._words = _WORDS[language]

    def __call__(self, key: str, /, **given: object) -> str:
        """The sentence of a key."""
        return self.raw(key, **{name: clean(str(value), _LONGEST) for name, value in given.items()})

    def raw(self, key: str, /, **given: object) -> str:
        """The same with what is clean, or made of sentences, already."""
        return self._words[key].format(**given)

    def line(self, key: str, value: str, /, **given: object) -> str:
        """A labelled line."""
        return f"{self(key, **given)}{self._words['colon']}{value}"

    def listed(self, items: Iterable[str]) -> str:
        """Items of a list that may be long, or the word for none."""
        texts = list(items)
        if len(texts) > _LISTED:
            texts[_LISTED:] = [self("more", count=len(texts) - _LISTED)]
        return self._words["comma"].join(texts) or self("none")

    def joined(self, *parts: str) -> str:
        """Parts of a sentence, those that are empty left out."""
        return self._words["semicolon"].join(part for part in parts if part)

    def lot(self, number: int) -> str:
        """What the lot of a number is called."""
        return self("supplement", number=number) if number else self("draw")


def lines(report: Report, language: str = "zh", now: str = "") -> Iterator[str]:
    """The report as text; `now`, a time, to say what is overdue."""
    say = Speaker(language)
    yield _headline(say, report)
    census = report.census
    if census is None:
        return
    yield from _warnings(say, report, census)
    for number, brought in report.would.items():
        yield say.line("would", "", lot=say.lot(int(number)))
        yield from ("  " + text for text in _brought(say, int(number), brought))
    yield from _pool(say, census)
    yield say.line("ceremonies", "")
    for lot in census["lots"]:
        yield "  " + _lot(say, lot, now)
    yield from _later(say, census)
    yield from _log(say, report.ledger)


def _headline(say: Speaker, report: Report) -> str:
    if report.status == "refused" or report.census is None:
        return say.raw("refused", reason=in_words(report.reason, say.language))
    if report.status == "pending":
        return say("pending", lot=say.lot(report.census["lots"][-1]["number"]))
    log = report.ledger
    if log is None:
        return say("files-alone")
    if report.status == "verified-unanchored":
        return say("too-few" if log["confirmed"] else "no-key")
    if log["as_of"] is None:
        return say("complete-holder", size=log["size"])
    return say("complete-seen", time=_moment(log["as_of"]))


def _moment(seconds: int) -> str:
    """A cosigner's time; what no calendar holds stays a number."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return str(seconds)


def _warnings(say: Speaker, report: Report, census: Mapping[str, Any]) -> Iterator[str]:
    states = {lot["number"]: lot["state"] for lot in census["lots"]}
    for warning in report.warnings:
        key, _space, number = warning.partition(" ")
        void = key == "unguarded" and states[int(number)] == "void"
        yield say("unguarded-void" if void else key, lot=say.lot(int(number)))
    if report.appointed:
        yield say("appointed-some", count=len(report.appointed))


def _brought(say: Speaker, number: int, brought: Any) -> Iterator[str]:
    """What a void would have brought."""
    if number:
        kind = "subject" if not brought[0]["inspector"] else "exchange"
        for change, one in enumerate(brought, 1):
            same = one["to"][0] == one["subject"]
            yield _change(say, {**one, "number": number, "change": change, "kind": "inspector" if same else kind})
        return
    for one in brought["assignments"]:
        yield say("would-selected", subject=one["subject"], team=say.listed(map(clean, one["team"])))


def _pool(say: Speaker, census: Mapping[str, Any]) -> Iterator[str]:
    before = say("voided-before", count=census["attempt"] - 1) if census["attempt"] > 1 else ""
    head = say("of", draw_id=census["draw_id"], scope=census["scope"], attempt=census["attempt"])
    yield say.joined(head, before)
    subjects, inspectors = census["subjects"], census["inspectors"]
    yield say.line("subjects", _counted(say, subjects["status"]), rows=subjects["rows"])
    if set(subjects["lots"]) - {"1"}:
        yield "  " + say.line("lots", _counted(say, subjects["lots"]))
    for one in subjects["strata"]:
        yield "  " + say("stratum", **one) + (say("certain") if one["certain"] else "")
    yield say.line("inspectors", _counted(say, inspectors["status"]), rows=inspectors["rows"])
    for one in inspectors["units"]:
        yield "  " + say("unit", **one)
    yield "  " + say("free", **census["free"])
    if census["home"]:
        yield "  " + say("home", **census["home"])
    if census["barred"]:
        those = (say("barred-one", name=name, sealed=sealed, later=later) for name, sealed, later in census["barred"])
        yield "  " + say.line("barred", say.listed(those))


def _counted(say: Speaker, counts: Mapping[str, int]) -> str:
    return say.listed(f"{_status(say, name)} {count}" for name, count in counts.items())


def _status(say: Speaker, status: str) -> str:
    kind, colon, code = status.partition(":")
    return say(f"status-{kind}", code=code) if kind == "in" or colon else clean(status)


def _lot(say: Speaker, lot: Mapping[str, Any], now: str) -> str:
    pending = lot["ended_at"] is None
    times = {key: lot[key] for key in ("sealed_at", "open_by", "ended_at")}
    overdue = pending and bool(now) and now > lot["open_by"]
    names = (say(_how(lot, how, known), name=name) for name, how, known in lot["witnesses"])
    new = say("witness-count", draw=lot["draw_witnesses"], new=say.listed(map(clean, lot["new"])))
    rests = lot["beacon_rests"]
    # A beacon may guard as well; of those who committed it is said what they guard.
    guarded = lot["guarded"] and any(how == "committed" for _name, how, _known in lot["witnesses"])
    name = say.lot(lot["number"]) + (f" {say('kind-' + lot['kind'])}" if lot["number"] else "")
    told = say.joined(
        say(lot["state"], **times),
        say("late", **times) if lot["late"] else "",
        say("overdue") if overdue else "",
        say.line("witnesses", say.listed(names)),
        new if lot["number"] else "",
        "" if lot["beacon"] == "none" else say(f"beacon-{lot['beacon']}"),
        "" if rests is None else say(f"rests-{rests}"),
        say("guarded") if guarded and lot["state"] != "void" else "",
    )
    return f"{name}{say('colon')}{told}"


def _how(lot: Mapping[str, Any], how: str, known: bool) -> str:
    if how == "none":
        return "none-given"
    return "withheld" if how == "committed" and not known and lot["state"] == "void" and lot["closed"] else how


def _later(say: Speaker, census: Mapping[str, Any]) -> Iterator[str]:
    """What came after the draw."""
    for one in census["facts"]:
        counts = {f"facts-{key}": len(one[key]) for key in _FACTS} | {"facts-joining": one["joined"]}
        what = say.listed(say(key, count=count) for key, count in counts.items() if count)
        yield say("facts", what=what, **{key: one[key] for key in ("number", "sealed_at", "ground", "approver")})
    if census["joined"]:
        those = (
            say("joined-one", name=name, unit=unit, status=_status(say, status), number=number)
            for name, unit, status, number in census["joined"]
        )
        yield say.line("joined", say.listed(those))
    for one in census["changes"]:
        sheet = "" if one["sheet"] is None else say("sheet", **one["sheet"])
        yield say.joined(_change(say, one), say("waived") if one["waived"] else "", sheet)
    for one in census["appointments"]:
        yield say("appointment" if one["inspector"] else "appointment-more", **one)
        yield "  " + say("sheet", **one["sheet"])
    again = [one for one in census["attempts"] if one[2] > 1]
    if again:
        those = (say("attempts-one", subject=one[0], inspector=one[1], count=one[2]) for one in again)
        yield say.line("attempts", say.listed(those))
    for key in _NOW:
        found = census["now"][key]
        if found:
            texts = (clean(one) if isinstance(one, str) else " ".join(map(clean, one)) for one in found)
            yield say.line(f"now-{key}", say.listed(texts))


def _change(say: Speaker, one: Mapping[str, Any]) -> str:
    to, comes = one["to"]
    keys = ("number", "change", "subject", "inspector", "candidates")
    return say(f"change-{one['kind']}", to=to, comes=comes, **{key: one[key] for key in keys})


def _log(say: Speaker, log: Mapping[str, Any] | None) -> Iterator[str]:
    if log is None:
        yield say("log-none")
        return
    attempt, number, step = log["last"]
    key = say("key-given" if log["confirmed"] else "key-own")
    told = {name: log[name] for name in ("size", "entries", "cosigners")}
    last = say("last-supplement" if number else "last-draw", attempt=attempt, number=number, step=say(f"step-{step}"))
    yield say("log", last=last, key=key, **told)
    for size, compared in log["kept"]:
        yield "  " + say("kept" if compared else "not-compared", size=size)
