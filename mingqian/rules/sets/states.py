"""The values of a rule set: what is stated, by which version, and what holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from mingqian.common.errors import DomainError
from mingqian.rules.sets.schema import Parameter, parameter
from mingqian.rules.states import SetKind


@dataclass(frozen=True)
class Stated:
    """A number that a version states: its value (a boolean as 0 or 1), the article of that version's paper, and why it differs."""

    value: int
    article: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Version:
    """A version of a rule set that was approved, or shipped; both days counted, `valid_until` None for no end."""

    code: str
    name: str
    basis: str
    level: str
    kind: SetKind
    effective_from: date
    valid_until: date | None
    serial: int
    stated: Mapping[str, Stated]

    @property
    def title(self) -> str:
        """Return the name as it is quoted."""
        return f"《{self.name}》"


#: The approved versions of one level.
Level = Sequence[Version]


@dataclass(frozen=True)
class Held:
    """A number in force: what, how much, by which article, stated by whom, and what the level above says (None at the bottom)."""

    parameter: Parameter
    value: int
    article: str
    reason: str
    source: Version
    own: bool
    parent: "Held | None" = None
    #: This level asked for less than the level above does by now, and was passed over.
    passed_over: int | None = None

    @property
    def words(self) -> str:
        """Return the value with its unit."""
        return self.parameter.words(self.value)

    @property
    def sentence(self) -> str:
        """Return what the number means, in one Chinese sentence."""
        return self.parameter.say(self.value)

    @property
    def cited(self) -> str:
        """Return the paper and the article that set the number; for one from practice, the words that say so."""
        return f"{self.source.title}{self.article}" if self.article else str(self.parameter.origin.label)

    @property
    def differs(self) -> bool:
        """Say whether the value is another than that of the level above."""
        return self.parent is not None and self.parent.value != self.value

    @property
    def passed_over_words(self) -> str:
        """Return the value that was passed over, "" where there is none."""
        return "" if self.passed_over is None else self.parameter.words(self.passed_over)


@dataclass(frozen=True)
class Rules(Mapping[str, int]):
    """The numbers in force on a day, by key; booleans as 0 and 1."""

    on: date
    held: Mapping[str, Held]
    #: The versions that apply, from the one that everybody stands on to one's own.
    versions: tuple[Version, ...]
    #: What a reader must know, in Chinese.
    remarks: tuple[str, ...] = field(default=())

    def __getitem__(self, key: str) -> int:
        """Return the value; raise KeyError where the schema has no such key."""
        return self.held[key].value

    def __iter__(self) -> Iterator[str]:
        """Run over the keys in the order of the articles."""
        return iter(self.held)

    def __len__(self) -> int:
        """Return how many numbers there are."""
        return len(self.held)

    def number(self, key: str) -> Held:
        """Return the number with all that is known about it; raise DomainError for an unknown key."""
        return self.held[parameter(key).key]

    def value(self, key: str) -> int:
        """Return the value: a count, working days or basis points."""
        return self.number(key).value

    def flag(self, key: str) -> bool:
        """Return the value of a boolean."""
        return bool(self.number(key).value)

    def article(self, key: str) -> str:
        """Return paper and article, to be cited beside the number."""
        return self.number(key).cited

    def sentence(self, key: str) -> str:
        """Return what the number means, in one Chinese sentence."""
        return self.number(key).sentence

    @property
    def expired(self) -> bool:
        """Say whether the regulation that applies is past its last day (art. 22)."""
        last = self.versions[0].valid_until
        return last is not None and last < self.on


class StatedError(DomainError):
    """Numbers that a version may not state: `errors` holds the message by key, "" for the whole."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        """Keep the messages apart, for the form."""
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)
