"""The steps of a thing as a table: from it come the service's check, the buttons, the to-do, the notice, and the sentence why not.

A thing is a recorded row with a `state`. Its room writes one `Procedure`, and one function a verb that calls `take`; everything else reads
the table. `tests` walk every procedure of the product: `procedures()`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import models, transaction
from django.db.models import QuerySet
from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.notices.services import tell
from mingqian.casework.officers import SAME_PERSON
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.common.text import clean
from mingqian.ledger import services as ledger
from mingqian.ledger.models import Recorded
from mingqian.ledger.services import StateConflictError
from mingqian.pages.templatetags.mingqian import THINGS, VERBS
from mingqian.pages.tones import shown

T = TypeVar("T", bound=Recorded)
#: "" = may; else the sentence that service, page and to-do all show.
WhyNot = Callable[[User, T], str]

#: What is said where the state of a thing does not offer a step; the page is out of date.
NOT_NOW = "现在是“{state}”，不能{step}。请刷新页面查看最新状态。"


def anybody(_user: User, _row: Any) -> str:
    """Let everybody take a step: no rule reserves it. The page's roles still hold."""
    return ""


@dataclass(frozen=True)
class Remark:
    """The words that a step asks for: how few and how many characters, and what is said where they are missing."""

    missing: str = "请写明理由，以便对方知悉。"
    label: str = "意见"
    shortest: int = 1
    longest: int = 300
    #: Words may be left out; then only their length is looked at.
    optional: bool = False

    def checked(self, text: str) -> str:
        """Return the text tidied; raise DomainError where it is too short or too long."""
        text = clean(text)
        if len(text) < self.shortest and not (self.optional and not text):
            raise DomainError(self.missing)
        if len(text) > self.longest:
            raise DomainError(f"{self.label}最多 {self.longest} 字，请压缩后再提交。")
        return text


#: So many of one step stand on the workbench each by itself; more are counted together.
FEW = 3
#: Words that may be said.
MAY_SAY = Remark(optional=True)


@dataclass(frozen=True)
class Notice(Generic[T]):
    """Who is told what when a step was taken."""

    to: Callable[[T], Iterable[User]]
    title: Callable[[T], str]
    detail: Callable[[T], str] = lambda _row: ""
    #: Where it leads, where that is not the thing's own page.
    path: Callable[[T], str] | None = None


@dataclass(frozen=True)
class Step(Generic[T]):
    """A verb that takes a thing from one of some states to the next."""

    verb: str
    #: States from which it starts; () for the step that makes the thing.
    start: tuple[str, ...]
    to: str
    #: What the button says: 批准.
    label: str
    #: What the ledger says: 批准辅助检查人员.
    told: str
    why_not: WhyNot[T] = anybody
    #: Where the regulation has one: "A9.6".
    article: str = ""
    #: The ledger's verb, where it is not `NAME.VERB` of the procedure: things of one kind share theirs.
    entry: str = ""
    #: Fields that name whoever may not take this step, having taken an earlier one.
    not_by: tuple[str, ...] = ()
    remark: Remark | None = None
    #: The field that the words are kept in.
    words: str = "remark"
    #: Fields that are set to the user and to the time: ("decided_by", "decided_at").
    stamps: tuple[str, str] | None = None
    #: What the workbench says to those who may take the step, "" where it is not for the workbench.
    todo: str = ""
    #: What the workbench's button says: 去审批.
    go: str = ""
    #: Name of the address where it is taken, where that is not the thing's own page; with the same arguments.
    address: str = ""
    #: What the page says when it is done, from the thing as it then stands.
    done: str | Callable[[T], str] = "已办理。"
    notice: Notice[T] | None = None
    #: No button on the thing's own page: the system takes it, another thing's service, or a page of its own (`address`).
    hidden: bool = False
    #: Cannot be taken back: the button is red and stands on a page of its own.
    irrevocable: bool = False


def decision(
    start: str,
    to: tuple[str, str],
    why_not: WhyNot[T],
    *,
    told: tuple[str, str],
    done: tuple[str, str],
    todo: str,
    verbs: tuple[str, str] = ("approve", "decline"),
    labels: tuple[str, str] = ("批准", "不批准"),
    go: str = "去审批",
    missing: str = "不批准的，请写明理由，以便申请人知悉。",
    not_by: str = "asked_by",
    **more: Any,
) -> tuple[Step[T], Step[T]]:
    """Return the two steps of a decision: yes, and no with its words; by the same people, never by whoever asked.

    Pairs are (yes, no); `more` are further fields of both steps. A verb of the ledger that is not the procedure's own: `entries`.
    """
    entries = more.pop("entries", ("", ""))
    shared = {"not_by": (not_by,), "stamps": ("decided_by", "decided_at"), "why_not": why_not, **more}
    yes, no = (
        Step(verb, (start,), state, label, said, entry=entry, remark=remark, done=words, **shared)
        for verb, state, label, said, entry, remark, words in zip(
            verbs, to, labels, told, entries, (MAY_SAY, Remark(missing)), done, strict=True
        )
    )
    return replace(yes, todo=todo, go=go), no


@dataclass(frozen=True)
class Todo:
    """Something that waits for a user, as the workbench shows it."""

    title: str
    detail: str
    state: str
    tone: str
    action: str
    url: str
    due: datetime | None = None


@dataclass(frozen=True)
class Offer(Generic[T]):
    """A step that the state offers, and why this user may not take it ("" = may)."""

    step: Step[T]
    why_not: str


@dataclass(frozen=True)
class Procedure(Generic[T]):
    """The life of a thing.

    `name` begins the ledger's verbs (`task-expert.approve`); `thing` is what people call it. `rows` gives those that a user may have to
    work with, with what `describe` and `page` read. `lock` returns the row as it stands under the locks that its writers share, in the
    order that the room keeps.
    """

    name: str
    thing: str
    model: type[T]
    states: type[models.TextChoices]
    steps: tuple[Step[T], ...]
    #: Name of the address of its page, and the page's arguments.
    address: str
    at: Callable[[T], Sequence[object]]
    #: States in which its life is over.
    ends: tuple[str, ...]
    #: Where the regulation speaks of the thing: "A9.6"; of a step where it speaks of that.
    article: str = ""
    rows: Callable[[User], QuerySet[T]] | None = None
    #: Ledger name of the thing, where it is not the row's own `ledger_subject`.
    subject: Callable[[T], str] = lambda row: str(getattr(row, "ledger_subject"))  # noqa: B009
    details: Callable[[T], Mapping[str, object]] = lambda _row: {}
    lock: Callable[[T], T] = lambda row: row
    title: Callable[[T], str] = str
    describe: Callable[[T], str] = lambda _row: ""
    due: Callable[[T], datetime | None] = lambda _row: None
    #: Address of the list that shows what waits for a step, where there may be very many.
    list_of: Callable[[User, Step[T]], str] | None = None
    moves: Mapping[tuple[str, str], str] = field(init=False)

    def __post_init__(self) -> None:
        """Make the table that the ledger moves by, and teach the ledger's page its words."""
        moves = {(str(start), step.verb): str(step.to) for step in self.steps for start in step.start}
        object.__setattr__(self, "moves", moves)
        for step in self.steps:
            VERBS[self.entry(step)] = step.told
        THINGS.setdefault(self.name, self.thing)
        _KNOWN[self.name] = self

    def page(self, row: T) -> str:
        """Return the address of the thing's page."""
        return reverse(self.address, args=list(self.at(row)))

    def page_for(self, row: T, step: Step[T]) -> str:
        """Return the address where a step is taken."""
        return reverse(step.address or self.address, args=list(self.at(row)))

    def entry(self, step: Step[T]) -> str:
        """Return the ledger's verb of a step."""
        return step.entry or f"{self.name}.{step.verb}"

    def step(self, verb: str) -> Step[T]:
        """Return the step; KeyError for a verb that the thing does not have."""
        for step in self.steps:
            if step.verb == verb:
                return step
        raise KeyError(f"{self.name} has no step {verb!r}")

    @property
    def final(self) -> frozenset[str]:
        """Return the states from which no step starts."""
        begun = {start for start, _verb in self.moves}
        return frozenset(str(state) for state in self.states if str(state) not in begun)

    def why_not(self, user: User, row: T, verb: str) -> str:
        """Return the sentence that keeps `user` from the step, "" where nothing does."""
        step = self.step(verb)
        if step.start and str(getattr(row, "state")) not in step.start:  # noqa: B009
            return NOT_NOW.format(state=_state_words(row), step=step.label)
        return self.forbids(user, row, verb)

    def forbids(self, user: User, row: T, verb: str) -> str:
        """Return the sentence that keeps `user` from the step whatever the state is; first whom the rule names, then two people."""
        step = self.step(verb)
        if sentence := step.why_not(user, row):
            return sentence
        return SAME_PERSON if user.pk in {getattr(row, f"{name}_id") for name in step.not_by} else ""

    def offers(self, user: User, row: T) -> list[Offer[T]]:
        """Return the steps that the thing's state offers, in the order of the table, each with why this user may not."""
        state = _state(row)
        steps = (step for step in self.steps if state in step.start and not step.hidden)
        return [Offer(step, self.forbids(user, row, step.verb)) for step in steps]

    def open_to(self, user: User, row: T) -> list[Step[T]]:
        """Return the steps that `user` may take now."""
        return [offer.step for offer in self.offers(user, row) if not offer.why_not]

    @transaction.atomic
    def take(
        self,
        user: User,
        row: T,
        verb: str,
        *,
        remark: str = "",
        also: Sequence[Recorded] = (),
        details: Mapping[str, object] | None = None,
        digest: str = "",
        **changes: Any,
    ) -> T:
        """Take the step: under the lock, allowed, with its words, stamped, on the ledger, told to whom it concerns.

        Raise NotAllowedError with the sentence where the user may not, StateConflictError where the state does not offer it (or another
        page was quicker), DomainError where the words are missing. `also` are further rows that the act leaves behind.
        """
        row = self.lock(row)
        step = self.step(verb)
        if sentence := self.forbids(user, row, verb):
            raise NotAllowedError(sentence)
        if sentence := self.why_not(user, row, verb):
            raise StateConflictError(sentence)
        if step.remark is not None:
            changes[step.words] = step.remark.checked(remark)
        return self.move(user.actor, row, verb, user=user, also=also, details=details, digest=digest, **changes)

    @transaction.atomic
    def move(
        self,
        actor: str,
        row: T,
        verb: str,
        *,
        user: User | None = None,
        also: Sequence[Recorded] = (),
        details: Mapping[str, object] | None = None,
        digest: str = "",
        **changes: Any,
    ) -> T:
        """Take the step without asking who may: for the system, and for services that have asked already."""
        step = self.step(verb)
        if step.stamps and user is not None:
            changes = {step.stamps[0]: user, step.stamps[1]: clock.now(), **changes}
        facts = {**self.details(row), **(details or {})}
        if changes.get(step.words):
            facts.setdefault("remark", changes[step.words])
        row = ledger.move(
            actor,
            verb,
            row,
            self.moves,
            subject=self.subject(row),
            entry_verb=self.entry(step),
            digest=digest,
            details=facts,
            also=also,
            **changes,
        )
        self._tell(step, row)
        return row

    @transaction.atomic
    def begin(
        self,
        user: User,
        row: T,
        verb: str = "ask",
        *,
        also: Sequence[Recorded] = (),
        details: Mapping[str, object] | None = None,
        digest: str = "",
    ) -> T:
        """Keep a new thing: whoever may take the first step makes the row, which goes on the ledger with what `also` names."""
        step = self.step(verb)
        if sentence := self.forbids(user, row, verb):
            raise NotAllowedError(sentence)
        if step.remark is not None:
            setattr(row, step.words, step.remark.checked(getattr(row, step.words)))
        if step.stamps:
            setattr(row, step.stamps[0], user)
            setattr(row, step.stamps[1], clock.now())
        row.save(force_insert=True)
        facts = {**self.details(row), **(details or {})}
        ledger.record(user.actor, self.entry(step), self.subject(row), digest=digest, rows=[row, *also], details=facts)
        self._tell(step, row)
        return row

    def _tell(self, step: Step[T], row: T) -> None:
        if (notice := step.notice) is not None:
            path = notice.path(row) if notice.path is not None else self.page(row)
            tell(notice.to(row), title=notice.title(row), detail=notice.detail(row), path=path)

    def waiting_for(self, user: User) -> Iterator[tuple[T, Step[T]]]:
        """Yield what waits for `user`, each with the first step that the workbench calls for."""
        steps = [step for step in self.steps if step.todo]
        if self.rows is None or not steps:
            return
        states = {state for step in steps for state in step.start}
        for row in self.rows(user).filter(state__in=states):
            state = _state(row)
            found = next((s for s in steps if state in s.start and not self.forbids(user, row, s.verb)), None)
            if found is not None:
                yield row, found

    def todos(self, user: User) -> Iterator[Todo]:
        """Yield what waits for `user` as the workbench shows it; many of a step are counted together where there is a list of them."""
        waiting: dict[str, list[tuple[T, Step[T]]]] = {}
        for row, step in self.waiting_for(user):
            waiting.setdefault(step.verb, []).append((row, step))
        for rows in waiting.values():
            step, first = rows[0][1], rows[0][0]
            if len(rows) > FEW and self.list_of is not None:
                title = f"{step.todo}：{self.title(first)}等 {len(rows)} 件"
                yield self._todo(first, step, title, self.list_of(user, step))
            else:
                for row, _step in rows:
                    yield self._todo(row, step, f"{step.todo}：{self.title(row)}", self.page_for(row, step))

    def _todo(self, row: T, step: Step[T], title: str, url: str) -> Todo:
        now = shown(row)
        return Todo(title, self.describe(row), now.label, now.tone, step.go or "去办理", url, self.due(row))


def _state(row: Any) -> str:
    """Return the state of a row: every thing that moves has one."""
    return str(row.state)


def _state_words(row: Any) -> str:
    return str(row.get_state_display())


_KNOWN: dict[str, Procedure[Any]] = {}


def procedures() -> list[Procedure[Any]]:
    """Return every procedure of the product, in the order of the rooms."""
    return list(_KNOWN.values())


def graph(procedure: Procedure[Any]) -> str:
    """Draw the states and steps as a Mermaid diagram, for a room's README."""
    names = {str(state): str(state.label) for state in procedure.states}
    lines = ["stateDiagram-v2"]
    for step in procedure.steps:
        lines += [f"  {start} --> {step.to}: {step.verb}" for start in step.start or ("[*]",)]
    lines += [f"  {value}: {label}" for value, label in names.items()]
    return "\n".join(lines)
