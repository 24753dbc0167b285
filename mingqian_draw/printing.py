"""Reports and explanations as lines of text, in Chinese or English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mingqian_draw import catalogue, wording_en, wording_zh
from mingqian_draw.census import Appointed, Census, Joined, Sitting
from mingqian_draw.explanation import Explanation
from mingqian_draw.ledger import LedgerStatus
from mingqian_draw.supplement_forms import APPOINTMENT
from mingqian_draw.verification import PENDING_VERDICT, REFUSED, VERIFIED, Report

_WORDING = {"zh": wording_zh.WORDING, "en": wording_en.WORDING}
_LISTED = 100


def clean(value: object) -> str:
    """A text in full, safe to show: what a report says is not cut short as what an error quotes."""
    return catalogue.clean(value if isinstance(value, str) else str(value), limit=1_000_000)


class Speaker:
    """Says things in one language. Everything put into a sentence is cleaned first."""

    def __init__(self, lang: str) -> None:
        self.lang = catalogue.language(lang)
        self._words = _WORDING[self.lang]

    def __call__(self, key: str, **params: object) -> str:
        """The sentence for ``key``."""
        return self._words[key].format(**{name: clean(value) for name, value in params.items()})

    def line(self, key: str, value: str) -> str:
        """A labelled line."""
        return f"{self._words[key]}{'：' if self.lang == 'zh' else ': '}{value}"

    def join(self, items: Iterable[object]) -> str:
        """Items of a list that may be long, or the word for none."""
        texts = [clean(item) for item in items]
        if len(texts) > _LISTED:
            texts[_LISTED:] = [self("and-more", count=len(texts) - _LISTED)]
        return ("、" if self.lang == "zh" else ", ").join(texts) or self("none")

    def counts(self, counts: Mapping[str, int] | Mapping[int, int]) -> str:
        """Counts by name."""
        return self.join(f"{name} {count}" for name, count in counts.items())

    def duration(self, seconds: int) -> str:
        """A time span."""
        days, rest = divmod(seconds, 86400)
        return self("duration", days=days, hours=rest // 3600, minutes=rest // 60 % 60, seconds=rest % 60)


def report_lines(report: Report, lang: str) -> Iterator[str]:
    """A verification report: verdict, every problem in a line, what the bundle is, the census."""
    say = Speaker(lang)
    headline = {VERIFIED: "verdict-verified", PENDING_VERDICT: "verdict-pending", REFUSED: "verdict-refused"}
    yield say(headline[report.verdict], count=len(report.problems))
    if report.ok and report.census is not None and report.census.appointments:
        yield say("verdict-appointed", count=len(report.census.appointments))
    if not report.ok:
        for error in report.problems:
            yield "  " + error.text(say.lang)
    summary = report.summary
    if summary.seal_digest:
        state = say(f"state-{summary.state}", ended=summary.ended_at, open_by=summary.open_by)
        yield say.line("draw", clean(f"{summary.draw_id} {summary.title}"))
        yield say.line("organ", clean(summary.organ))
        yield say.line("scope", clean(summary.scope))
        yield say.line("seal-line", f"{clean(summary.sealed_at)}{'，' if say.lang == 'zh' else ', '}{state}")
        yield say.line("seal-digest", summary.seal_digest)
        if summary.result_digest:
            yield say.line("result-digest", summary.result_digest)
        yield say.line("size", say("size-line", **vars(summary)))
        yield say.line("log", _ledger(say, report.ledger))
    if report.census is not None:
        yield say("census")
        for line in _census(say, report.census):
            yield "  " + line


def _ledger(say: Speaker, status: LedgerStatus | None) -> str:
    if status is None:
        return say("log-none")
    if status.step:
        where = "step-of-supplement" if status.number else "step-of-draw"
        step = say(where, step=say(f"step-{status.step}"), number=status.number)
        reached = say("log-all" if status.complete else "log-part", step=step, size=status.size)
    else:
        reached = say("log-nothing", size=status.size)
    key = say("log-key-given" if status.key_given else "log-key-own")
    return f"{reached}{'；' if say.lang == 'zh' else '; '}{key}"


def _census(say: Speaker, census: Census) -> Iterator[str]:
    yield say.line("by-status", say.counts(census.subjects_by_status))
    yield say.line("by-lots", say.counts(census.subjects_by_lots))
    yield say.line("by-stratum", say.counts(census.subjects_by_stratum))
    yield say.line("participants", say.counts(census.participants_by_stratum))
    yield say.line("one-row", say.join(census.strata_with_one_row))
    yield say.line("one-participant", say.join(census.strata_with_one_participant))
    yield say.line("inspectors", say.counts(census.inspectors_by_status))
    free, subject = census.least_free_inspectors, census.least_free_subject
    least = say("none") if free is None else say("least-free-line", count=free, subject=subject)
    yield say.line("least-free", least)
    if census.home:
        yield say.line("home", _home(say, census))
    yield say.line("conflicts", say.counts(census.conflicts_per_inspector))
    yield say.line("found-later", str(census.conflicts_found_later))
    yield say.line("sittings", str(len(census.sittings)))
    for sitting in census.sittings:
        yield "  " + _sitting(say, sitting)
    yield say.line("supplements", say.counts(_kinds(say, census.supplements)))
    yield say.line("voids", say.counts(_kinds(say, census.voids)))
    yield say.line("unavailable", say.join(" ".join(pair) for pair in census.unavailable_in_teams))
    yield say.line("meeting", say.join(" ".join(pair) for pair in census.meeting_conflicts))
    if census.appointments:
        yield say.line("appointments", "")
        for appointed in census.appointments:
            yield "  " + _appointment(say, appointed)
        pairs = census.appointed_in_teams
        yield say.line("appointed-in-teams", say.join(" ".join(pair) for pair in pairs))
    if census.joined:
        yield say.line("joined", "")
        for joined in census.joined:
            yield "  " + _joining(say, joined)


def _home(say: Speaker, census: Census) -> str:
    text = say("home-line", unit=census.home, count=census.home_inspectors)
    if census.least_home_subject is None:
        return text
    return text + say("home-least", subject=census.least_home_subject, count=census.least_home_inspectors)


def _appointment(say: Speaker, found: Appointed) -> str:
    key = "appointment-line" if found.replaced else "appointment-line-alone"
    return say(key, **vars(found))


def _joining(say: Speaker, found: Joined) -> str:
    return say("joined-line-out" if found.status else "joined-line", **vars(found))


def _kinds(say: Speaker, counts: Mapping[str, int]) -> dict[str, int]:
    named = {}
    for name, count in counts.items():
        kind, _, reason = name.partition("/")
        named[f"{say(f'kind-{kind}')}/{reason}"] = count
    return named


def _sitting(say: Speaker, sitting: Sitting) -> str:
    name = say("sitting-draw")
    if sitting.number:
        kind = say(f"kind-{sitting.kind}")
        name = say("sitting-supplement", number=sitting.number, kind=kind, reason=sitting.reason)
    if sitting.kind == APPOINTMENT:
        name = say("sitting-appointment", number=sitting.number, reason=sitting.reason)
        done = "sitting-appointed" if sitting.ending == "appointed" else "sitting-not-appointed"
        return say(done, name=name, sealed=sitting.sealed_at)
    text = say(
        f"sitting-{sitting.ending}",
        name=name,
        sealed=sitting.sealed_at,
        ended=sitting.ended_at,
        open_by=sitting.open_by,
        open=say("none") if sitting.seconds_open is None else say.duration(sitting.seconds_open),
        spoke=say.join(sitting.spoke) if sitting.spoke else say("nobody"),
    )
    if sitting.void_reason:
        text += say("sitting-why", why=sitting.void_reason, approver=sitting.approver)
    if sitting.candidates is not None:
        text += say("sitting-candidates", count=sitting.candidates)
    return text + (say("sitting-late", open_by=sitting.open_by) if sitting.late else "")


def explanation_lines(found: Explanation, lang: str) -> Iterator[str]:
    """Why a subject was drawn or not."""
    say = Speaker(lang)
    yield say.line("subject", found.subject)
    yield say.line("verdict-line", say(f"verdict-short-{found.verdict}"))
    yield say.line("draw-state", say(f"draw-{found.draw}"))
    row = say("row-line", row=found.row, stratum=found.stratum, lots=found.lots, status=found.status)
    yield say.line("row", row)
    if found.tickets:
        yield say.line("lots", "")
        for lot, ticket in enumerate(found.tickets, 1):
            yield "  " + say("ticket-line", ticket=ticket, lot=lot)
        yield say.line("its-ticket", say("ticket-line", ticket=found.ticket, lot=found.lot))
        yield say.line("rank", say("rank-line", rank=found.rank, participants=found.participants, quota=found.quota))
    if found.cutoff:
        yield say.line("cutoff", found.cutoff)
    yield say.line("because", say(f"because-{found.reason}"))
    if found.batch:
        yield say.line("batch", str(found.batch))
    yield say.line("now", _now(say, found))
    for appointed in found.appointments:
        yield "  " + _appointment(say, appointed)
    for joined in found.joined:
        yield "  " + _joining(say, joined)
    yield say.line("proof", say("proof-line", index=found.proof.index))
    for node in found.proof.path:
        yield "  " + node


def _now(say: Speaker, found: Explanation) -> str:
    if found.team:
        team = [say("appointed-mark", name=name) if name in found.appointed else name for name in found.team]
        return say("now-selected", team=say.join(team), leader=found.team[0])
    if found.selected_now:
        return say("now-selected-alone")
    if found.replaced_by:
        return say("now-replaced", subject=found.replaced_by)
    return say("now-not")
