"""A versioned register: draft → submit → consultation → composed into a version → approved and published in one act; all its writers.

A room describes its register by a child of `Register` and calls it. What it says of a thing is a `RegisterRevision`, what counts is
the newest published `RegisterVersion` with its lines. The published file is stored, its digest stands on the ledger.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from django.db import IntegrityError, models, transaction

from mingqian.accounts.models import Division, Organ, User
from mingqian.casework.models.register import RegisterLine, RegisterRevision, RegisterVersion
from mingqian.casework.numbers import next_number
from mingqian.casework.officers import SAME_PERSON, refuse
from mingqian.casework.procedure import MAY_SAY, Procedure, Remark, Step
from mingqian.casework.register import sides
from mingqian.casework.register.selectors import Records
from mingqian.casework.register.states import OPEN_STATES, ChangeKind, RevisionState, VersionState
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.ledger import services as ledger
from mingqian.ledger.models import Recorded
from mingqian.pages import versions

R = TypeVar("R", bound=RegisterRevision)
V = TypeVar("V", bound=RegisterVersion)

_BACK = Remark("退回修改须写明意见，请填写。")


class Register(ABC, Generic[R, V]):
    """One register; see the module. `address` names the page of a revision, `consulting` where the other side agrees; `version_address`
    that of a version, `deciding` where a leader decides."""

    words: sides.Words
    #: Beginnings of the ledger's verbs: of revisions and of versions.
    name: str
    whole_name: str
    records: Records[R, V]
    #: Fields that a further revision starts with, and what makes it a change.
    copied: tuple[str, ...]
    address: str
    consulting: str
    version_address: str
    deciding: str

    def __init__(self) -> None:
        """Make the procedures of revisions and of versions."""
        self.revisions: Procedure[R] = Procedure(
            name=self.name,
            thing=self.words.thing,
            model=self.records.revision,
            states=RevisionState,
            steps=self.steps(),
            address=self.address,
            at=lambda row: (row.code, row.number),
            ends=(RevisionState.PUBLISHED, RevisionState.DROPPED),
            article=self.words.article_id,
            rows=lambda user: self.records.rows().filter(
                **{f"{self.records.revision.about}__{self.records.organ_at}": user.organ}
            ),
            lock=self.lock,
            details=lambda row: {"revision": row.number},
            describe=lambda row: f"{row.drafted_by} 起草",
            list_of=self.list_of,
        )
        self.decisions: Procedure[V] = Procedure(
            name=self.whole_name,
            thing=self.words.whole,
            model=self.records.version,
            states=VersionState,
            steps=self.version_steps(),
            address=self.version_address,
            at=lambda version: (version.code,),
            ends=(VersionState.PUBLISHED, VersionState.RETURNED),
            article=self.words.article_id,
            rows=lambda user: self.records.versions().filter(**{self.records.organ_at: user.organ}),
            lock=self.lock_version,
            title=lambda version: version.title,
            describe=lambda version: f"{version.composed_by} 报批：{version.why}",
        )

    # What each register says for itself.

    @abstractmethod
    def mark_of(self, owner: models.Model) -> str:
        """Return how the codes of an owner's versions begin."""

    @abstractmethod
    def organ_of(self, owner: models.Model) -> Organ:
        """Return whose an owner is."""

    @abstractmethod
    def list_of(self, user: User, step: Step[R]) -> str:
        """Return the address of the list that shows what waits for a step."""

    @abstractmethod
    def hindrances(self, row: R) -> list[str]:
        """Return what must be put right before the draft can go on."""

    @abstractmethod
    def lost(self, taken: Sequence[R]) -> str:
        """Return why one of the changes cannot be published any more, "" where all can."""

    @abstractmethod
    def store(self, actor: str, version: V, taken: list[R], rows: list[R], moment: str) -> Any:
        """Store the file that is published and return its row."""

    def counted(self, row: R) -> dict[str, Any]:
        """Return what is counted anew when a draft goes on."""
        return {}

    def looked_through(self, user: User, row: R, remark: str) -> list[Recorded]:
        """Return further rows that a consultation leaves behind."""
        return []

    # Revisions.

    def lock(self, row: R) -> R:
        """Return the revision as it stands, locked."""
        return self.records.rows().select_for_update(no_key=True, of=("self",)).get(pk=row.pk)

    def may_draft(self, user: User, row: R) -> str:
        """Say why `user` does not draft for the revision's division."""
        return sides.drafts(user, row.division, self.words)

    def may_consult(self, user: User, row: R) -> str:
        """Say why `user` does not speak for the other side."""
        return sides.consults(user, row, self.records.organ_of(row).pk, self.words)

    def may_return(self, user: User, row: R) -> str:
        """Say why `user` does not return it: the other side does, and once it agreed the regulations division."""
        if row.state != RevisionState.CONSULTED:
            return self.may_consult(user, row)
        if sides.composes(user, self.records.organ_of(row).pk, self.words):
            return f"已会同的{self.words.thing}由综合法规科退回。"
        return ""

    def steps(self) -> tuple[Step[R], ...]:
        """Return the steps of a revision."""
        state, thing = RevisionState, self.words.thing
        return (
            Step("draft", (), state.DRAFT, "起草", f"起草{thing}", self.may_draft),
            Step("change", (state.DRAFT,), state.DRAFT, "修改", f"修改{thing}草稿", self.may_draft),
            Step("submit", (state.DRAFT,), state.SUBMITTED, "送会同审核", f"{thing}送审", self.may_draft, done="已送会同审核。"),
            Step("drop", (state.DRAFT,), state.DROPPED, "放弃", f"放弃{thing}修订", self.may_draft, done="已放弃这份修订，记录保留。"),
            Step(
                "consult", (state.SUBMITTED,), state.CONSULTED, "同意，会同通过", f"{thing}会同审核通过", self.may_consult,
                article=self.words.article_id, not_by=("drafted_by",), remark=MAY_SAY, stamps=("consulted_by", "consulted_at"),
                todo=f"会同审核{thing}", go="去审核", address=self.consulting, done=f"已会同，等待编入{self.words.short}。",
            ),
            Step(
                "return", (state.SUBMITTED, state.CONSULTED), state.DRAFT, "退回修改", f"退回{thing}修订", self.may_return,
                remark=_BACK, done="已退回起草人修改。",
            ),
            Step("publish", (state.CONSULTED,), state.PUBLISHED, "公布", f"公布{thing}修订", hidden=True),
        )  # fmt: skip

    def begin(self, user: User, row: R, *, also: Sequence[Recorded] = (), details: dict[str, Any] | None = None) -> R:
        """Keep the first draft of a thing, or of a change; the caller holds the lock of what it belongs to."""
        refuse(self.may_draft(user, row))
        row.drafted_by, row.drafted_at, row.authors = user, clock.now(), [user.username]
        row.save(force_insert=True)
        facts = {"revision": row.number, "change": str(row.change), "why": row.why, **(details or {})}
        ledger.record(user.actor, f"{self.name}.draft", row.ledger_subject, rows=[*also, row], details=facts)
        return row

    @transaction.atomic
    def draft_change(self, user: User, published: R, change: ChangeKind, *, why: str = "") -> R:
        """Begin to change or withdraw what is published: a further revision that starts with what stands."""
        refuse(self.may_draft(user, published))
        thing, about = published.thing, published.about
        type(thing)._base_manager.select_for_update(no_key=True).get(pk=thing.pk)
        rows = self.records.revision._base_manager.filter(**{about: thing}).order_by("-number")
        if (under_way := rows.filter(state__in=OPEN_STATES).first()) is not None:
            state = RevisionState(under_way.state).label
            raise DomainError(f"{self.words.thing}已有一份修订在办理（{state}），请在那一份上继续。")
        last = rows.filter(state=RevisionState.PUBLISHED).first()
        if last is None or last.pk != published.pk or last.change == ChangeKind.WITHDRAW:
            raise DomainError(f"只能调整现行{self.words.short}上的内容，请刷新页面查看最新一版。")
        if change == ChangeKind.NEW:
            raise DomainError("已公布的内容只能调整或取消。")
        if change == ChangeKind.WITHDRAW and not why:
            raise DomainError(f"取消{self.words.thing}须写明理由（{self.words.article}），请填写。")
        number = next_number(rows, under=thing, field="number")
        row = self.records.revision(
            **{about: thing}, number=number, change=change, why=why, division=published.division
        )
        for name in self.copied:
            setattr(row, name, getattr(published, name))
        return self.begin(user, row)

    @transaction.atomic
    def save(self, user: User, row: R, values: dict[str, Any], *, division: Division | None, seen: str) -> R:
        """Save a draft; whoever saves it is an author. Raise EditedMeanwhileError where it is not as `seen`, the version shown."""
        locked = self.lock(row)
        versions.check(seen, locked)
        if division is not None and division.organ_id != self.records.organ_of(row).pk:
            raise DomainError("所选科室不属于本机关，请重新选择科室。")
        authors = sorted({*locked.authors, user.username})
        values = {**values, "authors": authors, "division": division or locked.division}
        return self.revisions.take(user, locked, "change", **values)

    def _sound(self, row: R, seen: str) -> None:
        versions.check(seen, row)
        if wrong := self.hindrances(row):
            raise DomainError(" ".join(wrong))

    @transaction.atomic
    def submit(self, user: User, row: R, *, seen: str = "") -> R:
        """Send a draft to the other side."""
        locked = self.lock(row)
        refuse(self.may_draft(user, locked))
        self._sound(locked, seen)
        authors = sorted({*locked.authors, user.username})
        return self.revisions.take(user, locked, "submit", authors=authors, **self.counted(locked))

    @transaction.atomic
    def drop(self, user: User, row: R) -> R:
        """Give a draft up; it stays readable."""
        return self.revisions.take(user, row, "drop")

    @transaction.atomic
    def consult(self, user: User, row: R, *, remark: str = "", seen: str = "") -> R:
        """Agree to a draft; it then waits for the next version."""
        locked = self.lock(row)
        refuse(self.revisions.forbids(user, locked, "consult"))
        self._sound(locked, seen)
        also = self.looked_through(user, locked, remark)
        return self.revisions.take(user, locked, "consult", remark=remark, also=also, **self.counted(locked))

    @transaction.atomic
    def send_back(self, user: User, row: R, *, remark: str) -> R:
        """Return a draft to its authors, saying why; also one that was agreed to, as long as no leader has it before them."""
        if self.lock(row).composed:
            raise DomainError(f"这份修订已编入报批的{self.words.short}，请先由领导退回{self.words.short}。")
        return self.revisions.take(user, row, "return", remark=remark)

    # Versions.

    def _line(self, version: V, place: int, row: R) -> RegisterLine:
        held: dict[str, Any] = {"version": version, "position": place, "revision": row}
        return self.records.line(**held)

    def _versions_of(self, owner: models.Model) -> models.QuerySet[V]:
        return self.records.version._base_manager.filter(**{self.records.version.owned_by: owner})

    def may_decide(self, user: User, version: V) -> str:
        """Say why `user` does not decide: a leader who neither composed, wrote nor was consulted on anything in the version."""
        if sentence := sides.approves(user, self.records.organ_of(version).pk, self.words):
            return sentence
        rows = self.records.changes(version)
        return SAME_PERSON if any(row.has_author(user) or row.consulted_by == user for row in rows) else ""

    def version_steps(self) -> tuple[Step[V], ...]:
        """Return the steps of a version."""
        state, whole, short = VersionState, self.words.whole, self.words.short
        return (
            Step("compose", (), state.PENDING, "报领导批准", f"编制{short}报批"),
            Step(
                "publish", (state.PENDING,), state.PUBLISHED, "批准并公布", f"批准公布{short}", self.may_decide,
                article=self.words.article_id, not_by=("composed_by",), remark=MAY_SAY, stamps=("decided_by", "decided_at"),
                todo=f"审批{whole}", go="去审批", address=self.deciding, irrevocable=True,
                done=lambda version: f"已批准并公布第 {version.number} 版{short}。",
            ),
            Step(
                "return", (state.PENDING,), state.RETURNED, "退回综合法规科", f"退回{short}", self.may_decide, not_by=("composed_by",),
                remark=Remark(f"退回{short}须写明意见，请填写。"), stamps=("decided_by", "decided_at"), done="已退回综合法规科。",
            ),
        )  # fmt: skip

    def lock_version(self, version: V) -> V:
        """Return the version as it stands, with what it belongs to locked: versions of one register come one after another."""
        owner = self.records.owner_of(version)
        type(owner)._base_manager.select_for_update(no_key=True).get(pk=owner.pk)
        return self.records.versions().get(pk=version.pk)

    @transaction.atomic
    def compose(self, user: User, owner: models.Model, *, title: str, why: str, taken: list[R]) -> V:
        """Put agreed changes together and send the version to a leader."""
        refuse(sides.composes(user, self.organ_of(owner).pk, self.words))
        held = self._versions_of(owner)
        serial = next_number(held, under=owner)
        if not taken:
            raise DomainError("没有选择任何已会同的修订，请至少选择一项。")
        waiting = {row.pk: row for row in self.records.consulted(owner)}
        if any(row.pk not in waiting for row in taken):
            raise DomainError("所选修订中有的已被退回或编入其他版本，请刷新页面重新选择。")
        rows = [waiting[row.pk] for row in taken]
        if not self.records.resulting(owner, rows):
            whole = self.words.short
            raise DomainError(f"按所选的变动，{whole}将是空的，不能公布空{whole}。请至少保留一项。")
        version = self.records.version(
            **{self.records.version.owned_by: owner},
            serial=serial,
            code=f"{self.mark_of(owner)}{serial}",
            title=title,
            why=why,
        )
        version.composed_by, version.composed_at = user, clock.now()
        try:
            with transaction.atomic():
                version.save(force_insert=True)
        except IntegrityError as error:
            raise DomainError(f"已有一版{self.words.short}在等待领导批准，请待其批准或退回后再报。") from error
        for row in rows:
            setattr(row, "version", version)  # noqa: B010
            row.save(update_fields=["version"])
        details = {"title": title, "why": why, "changes": [f"{row.code}/{row.number}" for row in rows]}
        subject = self.decisions.subject(version)
        ledger.record(user.actor, f"{self.whole_name}.compose", subject, rows=[version, *rows], details=details)
        return version

    @transaction.atomic
    def return_version(self, user: User, version: V, *, remark: str) -> V:
        """Return a version to the regulations division; its changes wait for another one."""
        version = self.lock_version(version)
        refuse(self.decisions.forbids(user, version, "return"))
        rows = self.records.changes(version)
        if version.state == VersionState.PENDING:
            for row in rows:
                setattr(row, "version", None)  # noqa: B010
                row.save(update_fields=["version"])
        return self.decisions.take(user, version, "return", remark=remark, also=rows)

    @transaction.atomic
    def publish(self, user: User, version: V, *, remark: str = "") -> V:
        """Approve a version, which publishes it: number, lines and file are fixed, and the file's digest stands on the ledger.

        Raise DomainError where a change in it cannot be published any more.
        """
        version = self.lock_version(version)
        if sentence := self.decisions.forbids(user, version, "publish"):
            refuse(sentence)
        if sentence := self.decisions.why_not(user, version, "publish"):
            raise ledger.StateConflictError(sentence)
        owner, taken = self.records.owner_of(version), self.records.changes(version)
        if problem := self.lost(taken):
            raise DomainError(problem)
        if not self.records.resulting(owner, taken):
            raise DomainError(f"{self.words.short}是空的，不能公布。请退回综合法规科。")
        version.number = next_number(self._versions_of(owner), under=owner, field="number")
        facts = {"version": version.code, "number": version.number}
        for row in taken:
            changes = self.counted(row)
            self.revisions.move(user.actor, row, "publish", details=facts, **changes)
        rows, moment = self.records.resulting(owner, taken), clock.now()
        stored = self.store(user.actor, version, taken, rows, clock.to_text(moment))
        made = self.records.line._base_manager.bulk_create(
            [self._line(version, place, row) for place, row in enumerate(rows, 1)]
        )
        return self.decisions.take(
            user,
            version,
            "publish",
            remark=remark,
            also=made,
            digest=stored.digest,
            details={"number": version.number, "lines": len(rows)},
            number=version.number,
            document=stored,
            decided_at=moment,
        )
