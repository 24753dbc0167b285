"""Whether a citation carries an inspection on a day (A2.1). Pure: the library comes in as plain values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from mingqian.pages.templatetags.mingqian import day
from mingqian.planning.laws.states import CARRYING_LEVELS, Basis, BasisProblem


@dataclass(frozen=True)
class EditionFact:
    """An edition: from when it is in force, when it was entered, which articles it has."""

    number: int
    title: str
    effective_from: date
    added_at: datetime
    excerpt: bool
    labels: frozenset[str]


@dataclass(frozen=True)
class LawFact:
    """A law with its editions, and its end where it has one."""

    code: str
    name: str
    level: str
    repealed_on: date | None
    successor: str
    editions: tuple[EditionFact, ...]

    def edition_on(self, on: date) -> EditionFact | None:
        """Return the edition in force on a day, None where none has begun; a repeal is another question."""
        begun = [edition for edition in self.editions if edition.effective_from <= on]
        return max(begun, key=lambda edition: (edition.effective_from, edition.number), default=None)


@dataclass(frozen=True)
class Judged:
    """A citation, what hinders it ("" nothing), in words, and the edition that it stands on."""

    basis: Basis
    problem: BasisProblem
    words: str
    law: LawFact | None = None
    edition: EditionFact | None = None

    @property
    def sound(self) -> bool:
        """Say whether it carries an inspection."""
        return self.problem == BasisProblem.NONE


@dataclass(frozen=True)
class LawBook:
    """The laws that an organ may cite, by code."""

    laws: Mapping[str, LawFact] = field(default_factory=dict)

    def judge(self, basis: Basis, on: date) -> Judged:
        """Say whether `basis` is in force on `on`, and if not, what is the matter and what to do."""
        law = self.laws.get(basis["law"])
        if law is None:
            return Judged(basis, BasisProblem.MISSING, "法律法规库中没有关联这部法律，请由综合法规科录入并关联。")
        edition = law.edition_on(on)
        problem, words = _out_of_force(law, edition, on) or _carries(basis, law, edition)
        return Judged(basis, problem, words, law, edition)

    def judge_all(self, bases: Iterable[Basis], on: date) -> list[Judged]:
        """Judge each citation."""
        return [self.judge(basis, on) for basis in bases]

    def problem(self, bases: Iterable[Basis], on: date) -> str:
        """Return why an item with these bases may not be planned or drawn on `on` (A2.1); "" where one of them carries it."""
        judged = self.judge_all(bases, on)
        if not judged:
            return "没有填写抽查依据。没有法律法规规章依据的，一律不得检查（第二条）。"
        if any(one.sound for one in judged):
            return ""
        return f"{quoted(judged[0].basis)}{judged[0].words}"

    def changed_since(self, bases: Iterable[Basis], moment: datetime, on: date) -> list[str]:
        """Return what has become of the cited laws since somebody looked at `moment`: editions entered or begun, repeals."""
        cited = [self.laws[code] for code in dict.fromkeys(basis["law"] for basis in bases) if code in self.laws]
        return [news for law in cited if (news := _news(law, moment, on))]


def _out_of_force(law: LawFact, edition: EditionFact | None, on: date) -> tuple[BasisProblem, str] | None:
    """Return that a law is repealed or has not begun on a day, in words; None where it is in force."""
    if law.repealed_on is not None and law.repealed_on <= on:
        more = f"，由《{law.successor}》替代，请改引新法" if law.successor else "，请更换依据"
        return BasisProblem.REPEALED, f"已于{day(law.repealed_on)}废止{more}。"
    if edition is not None:
        return None
    first = min((one.effective_from for one in law.editions), default=None)
    return BasisProblem.NOT_YET, f"自{day(first)}起施行，此前不能作为依据。" if first else "还没有录入施行的文本。"


def _carries(basis: Basis, law: LawFact, edition: EditionFact | None) -> tuple[BasisProblem, str]:
    """Return what hinders a citation of a law in force: no such article, too low a rank; or that nothing does."""
    if edition is not None and basis["article"] and basis["article"] not in edition.labels:
        more = "；库中只录了节选，请补录后再核对。" if edition.excerpt else "，请核对条号。"
        return BasisProblem.NO_ARTICLE, f"现行文本（{edition.title}）中没有{basis['article']}{more}"
    if law.level not in CARRYING_LEVELS:
        return BasisProblem.LEVEL, "规范性文件不能单独作为检查依据，须有法律、法规或规章的条款（第二条）。"
    return BasisProblem.NONE, f"有效，但将于{day(law.repealed_on)}废止。" if law.repealed_on else "有效"


def _news(law: LawFact, moment: datetime, on: date) -> str:
    """Say what has last become of a law since `moment`, "" nothing: its end before all."""
    since = timezone.localtime(moment).date()
    if law.repealed_on is not None and since < law.repealed_on:
        return f"《{law.name}》{'已于' if law.repealed_on <= on else '将于'}{day(law.repealed_on)}废止。"
    fresh = [one for one in law.editions if one.added_at > moment or since < one.effective_from <= on]
    if not fresh:
        return ""
    begins = "自" if fresh[-1].effective_from <= on else "将自"
    return f"《{law.name}》有新版本（{fresh[-1].title}），{begins}{day(fresh[-1].effective_from)}起施行。"


def quoted(basis: Basis) -> str:
    """Quote a citation for a sentence."""
    return f"《{basis['title']}》{basis['article']}{basis['paragraph']}："
