"""The front door for a reader: is this bundle what it says?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mingqian_draw.census import Census, take_census
from mingqian_draw.chain import PENDING, Chain, read_chain
from mingqian_draw.errors import DrawError, Problems
from mingqian_draw.ledger import LedgerStatus, check_ledger

VERIFIED, PENDING_VERDICT, REFUSED = "verified", "pending", "refused"


@dataclass(frozen=True)
class Summary:
    """What a bundle is about. Texts are empty and numbers 0 where they could not be read.

    ``state`` is ``opened``, ``voided``, ``pending`` or ``unknown``, that of the draw; ``supplements`` counts all.
    """

    draw_id: str = ""
    title: str = ""
    organ: str = ""
    scope: str = ""
    state: str = "unknown"
    sealed_at: str = ""
    open_by: str = ""
    ended_at: str = ""
    seal_digest: str = ""
    result_digest: str = ""
    subjects: int = 0
    inspectors: int = 0
    conflicts: int = 0
    selected: int = 0
    supplements: int = 0
    witnesses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """The outcome of :func:`verify`: ``verdict`` is ``verified``, ``pending`` or ``refused``."""

    verdict: str
    problems: list[DrawError]
    summary: Summary
    census: Census | None = None
    ledger: LedgerStatus | None = None
    teams: dict[str, list[str]] = field(default_factory=dict)
    """Subject to team as it stands now; empty where that could not be computed."""
    appointed: frozenset[tuple[str, str]] = frozenset()
    """The members of ``teams`` who are there not by lot, as (subject, inspector)."""

    @property
    def ok(self) -> bool:
        """Whether the bundle is complete and right."""
        return self.verdict == VERIFIED


def _summary(chain: Chain) -> Summary:
    seal = chain.seal
    if seal is None:
        return Summary(supplements=len(chain.stages) - 1)
    draw = chain.stages[0]
    state = "voided" if draw.void else "pending" if draw.pending else "opened" if draw.reveal else "unknown"
    return Summary(
        draw_id=seal.draw_id,
        title=seal.title,
        organ=seal.organ,
        scope=seal.scope,
        state=state,
        sealed_at=seal.sealed_at,
        open_by=seal.open_by,
        ended_at="" if draw.pending else draw.ended_at,
        seal_digest=seal.digest,
        result_digest=draw.result_digest,
        subjects=seal.subjects.count,
        inspectors=seal.inspectors.count,
        conflicts=seal.conflicts.count,
        selected=sum(quota.count for quota in seal.rules.quotas),
        supplements=len(chain.stages) - 1,
        witnesses=seal.witnesses,
    )


def verdict_of(problems: list[DrawError]) -> str:
    """``verified`` without problems, ``pending`` where that is the only one, else ``refused``."""
    if any(error.code != PENDING for error in problems):
        return REFUSED
    return PENDING_VERDICT if problems else VERIFIED


def verify(files: Mapping[str, bytes], *, log_key: str | None = None) -> Report:
    """Check a whole bundle; ``files`` by name, such as ``supplement-1/seal.json``. Never raises for what they hold.

    ``log_key`` is the verifier key of the public log, got on another way than the bundle: then its proofs are demanded.
    """
    return verify_with(files, Problems(), log_key=log_key)


def verify_with(files: Mapping[str, bytes], reading: Problems, *, log_key: str | None = None) -> Report:
    """As :func:`verify`, for files in whose reading there were problems."""
    chain = read_chain(files)
    ledger = check_ledger(chain, log_key, chain.problems)
    problems = reading.listed() + (chain.problems.listed() if files or not reading else [])
    teams = chain.state.teams if chain.state else {}
    appointed = frozenset(chain.state.appointed if chain.state else ())
    return Report(verdict_of(problems), problems, _summary(chain), take_census(chain), ledger, teams, appointed)
