"""A bundle read from end to end: every file, each checked against those before it, the outcome computed anew.

:func:`read_chain` never raises for what a bundle holds; it collects problems and goes on as far as that makes sense.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from mingqian_draw import differences
from mingqian_draw.appointments import Appointment
from mingqian_draw.canonical import dumps
from mingqian_draw.errors import Problems
from mingqian_draw.forms import (
    Opening,
    Reveal,
    Seal,
    Void,
    parse_reveal,
    parse_seal,
    parse_void,
)
from mingqian_draw.outcome import check_sealing, compute_result
from mingqian_draw.steps import commitment, digest, seed_of
from mingqian_draw.supplement_forms import SupplementSeal, parse_supplement
from mingqian_draw.supplements import State, Supplement, check_ids, initial_state
from mingqian_draw.tables import FILES, Tables, read_tables

PENDING = "pending"
SEALED = ("subjects.tsv", "inspectors.tsv", "conflicts.tsv", "seal.json")
LEDGER = "ledger.json"
_STAGE = ("seal.json", "reveal.json", "result.json", "void.json")
_FOLDER = re.compile(r"supplement-([1-9][0-9]{0,8})")


@dataclass
class Stage:
    """The draw (``number`` 0) or one supplement, as far as it could be read."""

    number: int
    seal: Opening | None = None
    reveal: Reveal | None = None
    void: Void | None = None
    seed: str = ""
    result: dict[str, object] | None = None
    """The result computed anew, not the one of the file."""
    result_digest: str = ""
    """Digest of the file ``result.json``."""
    candidates: int | None = None
    pending: bool = False

    @property
    def prefix(self) -> str:
        """What the file names of this stage begin with."""
        return f"supplement-{self.number}/" if self.number else ""

    @property
    def appointment(self) -> SupplementSeal | None:
        """The seal of an appointment (extension E3), ``None`` for what is by lot."""
        return self.seal if isinstance(self.seal, SupplementSeal) and not self.seal.by_lot else None

    @property
    def ended_at(self) -> str:
        """When the stage was opened, voided or (an appointment) sealed, empty where it was not."""
        if self.appointment is not None:
            return self.appointment.sealed_at
        if self.void is not None:
            return self.void.voided_at
        return self.reveal.opened_at if self.reveal is not None else ""


@dataclass(frozen=True)
class TablesRead:
    """Tables and what is wrong with them by themselves: the costly part of a large bundle, to be done once."""

    tables: Tables
    problems: Problems


@dataclass
class Chain:
    """A bundle and everything found out about it. ``state`` is that after the last supplement."""

    files: Mapping[str, bytes]
    read: TablesRead | None = None
    problems: Problems = field(default_factory=Problems)
    seal: Seal | None = None
    tables: Tables | None = None
    stages: list[Stage] = field(default_factory=list)
    state: State | None = None
    secrets: set[str] = field(default_factory=set)
    refused: bool = False
    """Whether seal and tables should not have been sealed, so that there is no outcome."""

    @property
    def last(self) -> Stage:
        """The draw or the last supplement."""
        return self.stages[-1]

    def raise_refusals(self) -> None:
        """Raise the first problem other than that the bundle is pending."""
        found = [error for error in self.problems.listed() if error.code != PENDING]
        if found:
            found[0].others = tuple(found[1:])
            raise found[0]


def read_files(files: Mapping[str, bytes]) -> TablesRead | None:
    """Read the tables of a bundle; ``None`` where one is missing."""
    if not all(name in files for name in FILES.values()):
        return None
    problems = Problems()
    tables = read_tables(files["subjects.tsv"], files["inspectors.tsv"], files["conflicts.tsv"], problems)
    return TablesRead(tables, problems)


def read_chain(files: Mapping[str, bytes], read: TablesRead | None = None) -> Chain:
    """Read and check a whole bundle, but for ``ledger.json``; ``read`` are its tables where that was done before."""
    chain = Chain(files, read=read or read_files(files))
    numbers = _check_names(chain)
    _read_sealed(chain)
    draw = Stage(0, chain.seal)
    chain.stages.append(draw)
    if chain.seal is not None:
        _end_stage(chain, draw)
    if "void.json" not in files:
        for number in numbers:
            _read_supplement(chain, number)
    if chain.last.pending:
        chain.problems.add(PENDING, f"{chain.last.prefix}seal.json")
    return chain


def _check_names(chain: Chain) -> list[int]:
    """Note files that are missing or have no place; the numbers of the supplements, without gap."""
    problems, files = chain.problems, chain.files
    numbers, allowed = set(), {*SEALED, *_STAGE, LEDGER}
    for name in sorted(files):
        folder, _, rest = name.rpartition("/")
        match = _FOLDER.fullmatch(folder)
        if match and rest in _STAGE:
            numbers.add(int(match[1]))
        elif name not in allowed:
            problems.add("files-extra", name)
    for name in SEALED:
        if name not in files:
            problems.add("files-missing", name)
    return _check_numbers(chain, numbers)


def _check_numbers(chain: Chain, numbers: set[int]) -> list[int]:
    """Note what stands beside a void, and gaps; the numbers of the supplements up to the first gap."""
    problems, files = chain.problems, chain.files
    if "void.json" in files:
        for name in ("reveal.json", "result.json"):
            if name in files:
                problems.add("files-of-a-void", name)
        for number in sorted(numbers):
            problems.add("files-of-a-void", f"supplement-{number}")
    running = [number for at, number in enumerate(sorted(numbers), 1) if at == number]
    for number in sorted(numbers - set(running)):
        problems.add("files-gap", f"supplement-{number}", expected=f"supplement-{len(running) + 1}")
    return running


def _read_sealed(chain: Chain) -> None:
    """Seal and tables, and that this could be sealed."""
    files, problems = chain.files, chain.problems
    if "seal.json" in files:
        chain.seal = parse_seal(files["seal.json"], problems)
    if chain.read is None:
        return
    tables = chain.tables = chain.read.tables
    if chain.seal is not None:
        for name, file in FILES.items():
            ref, table = getattr(chain.seal, name), tables.get(name)
            if (ref.root, ref.count) != (table.root, table.count):
                problems.add(
                    "root", file, root=ref.root, count=ref.count, found_root=table.root, found_count=table.count
                )
    problems.extend(chain.read.problems.listed())
    if tables.sound and chain.seal is not None:
        refused = Problems()
        check_sealing(chain.seal.rules, tables, refused)
        chain.refused = bool(refused)
        problems.extend(refused.listed())


def _end_stage(chain: Chain, stage: Stage) -> None:
    """What ends a stage: reveal and result, void, or nothing yet."""
    files, prefix, problems = chain.files, stage.prefix, chain.problems
    if stage.seal is None:
        return
    if prefix + "void.json" in files:
        _read_void(chain, stage, stage.seal)
        return
    stage.pending = prefix + "result.json" not in files
    if prefix + "reveal.json" in files:
        stage.reveal = parse_reveal(files[prefix + "reveal.json"], prefix + "reveal.json", stage.seal, problems)
    elif not stage.pending:
        problems.add("files-missing", prefix + "reveal.json")
    if stage.reveal is not None:
        _check_secret(chain, stage, stage.reveal.secret, "commitment", prefix + "reveal.json")
        reveal = stage.reveal
        stage.seed = seed_of(stage.seal.digest, reveal.secret, reveal.contributions, reveal.beacon)
    if not stage.pending:
        stage.result_digest = digest(files[prefix + "result.json"])
    if not stage.number:
        _draw_result(chain, stage)


def _read_void(chain: Chain, stage: Stage, seal: Opening) -> None:
    files, prefix, problems = chain.files, stage.prefix, chain.problems
    for name in ("reveal.json", "result.json") if stage.number else ():
        if prefix + name in files:
            problems.add("files-of-a-void", prefix + name)
    stage.void = parse_void(files[prefix + "void.json"], prefix + "void.json", seal, problems)
    if stage.void is not None:
        _check_secret(chain, stage, stage.void.secret, "void-secret", prefix + "void.json")
        _seed_of_void(stage, seal, stage.void)


def _check_secret(chain: Chain, stage: Stage, secret: str, code: str, file: str) -> None:
    if stage.seal is None:
        return
    if commitment(stage.seal.draw_id, secret, stage.number) != stage.seal.commitment:
        chain.problems.add(code, file, "secret", expected="@opens-commitment")
    if secret in chain.secrets:
        chain.problems.add("secret-twice", file, "secret")
    chain.secrets.add(secret)


def _check_salt(chain: Chain, seal: SupplementSeal) -> None:
    """A salt used before is known, so it would hide nothing; it counts with the secrets."""
    if seal.salt in chain.secrets:
        chain.problems.add("salt-twice", seal.file, "salt")
    chain.secrets.add(seal.salt)


def _seed_of_void(stage: Stage, seal: Opening, void: Void) -> None:
    """The seed that a voided stage would have had; there is none unless all had spoken and the beacon, if any, too."""
    spoken = len(void.contributions) == len(seal.witnesses)
    if spoken and (seal.beacon is None or void.beacon is not None):
        stage.seed = seed_of(seal.digest, void.secret, void.contributions, void.beacon)


def _draw_result(chain: Chain, stage: Stage) -> None:
    if not (chain.seal and chain.tables and chain.tables.sound and stage.reveal) or chain.refused:
        return
    stage.result = compute_result(chain.seal, chain.tables, stage.seed, stage.reveal.digest)
    chain.state = initial_state(stage.result)
    if not stage.pending:
        _compare(chain, stage)


def _compare(chain: Chain, stage: Stage) -> None:
    name = stage.prefix + "result.json"
    if stage.result is not None and dumps(stage.result) != chain.files[name]:
        differences.explain(name, stage.result, chain.files[name], chain.problems)


def _read_supplement(chain: Chain, number: int) -> None:
    files, problems, before = chain.files, chain.problems, chain.last
    stage = Stage(number)
    name = stage.prefix + "seal.json"
    if before.pending:
        problems.add("supplement-early", name, previous=f"{before.prefix}result.json")
    chain.stages.append(stage)
    if name not in files:
        problems.add("files-missing", name)
        return
    seal = parse_supplement(files[name], number, chain.seal.draw_id if chain.seal else None, problems)
    stage.seal = seal
    if seal is not None:
        _check_follows(chain, before, seal)
        if seal.by_lot:
            worked = _work_of(chain, stage, seal)
            _end_stage(chain, stage)
            _finish_supplement(chain, stage, worked)
        else:
            _read_appointment(chain, stage, seal)


def _check_follows(chain: Chain, before: Stage, seal: SupplementSeal) -> None:
    problems, draw = chain.problems, chain.stages[0].seal
    ending = before.void.digest if before.void else before.result_digest
    if ending and seal.previous != ending:
        problems.add("supplement-follows", seal.file, "previous", expected=ending, found=seal.previous)
    if seal.sealed_at < before.ended_at:
        problems.add("supplement-time", seal.file, "sealed_at", expected=before.ended_at, found=seal.sealed_at)
    if seal.by_lot and draw is not None and len(seal.witnesses) < len(draw.witnesses):
        found, needed = len(seal.witnesses), len(draw.witnesses)
        problems.add("supplement-witnesses", seal.file, "witnesses", expected=needed, found=found)


def _work_of(chain: Chain, stage: Stage, seal: SupplementSeal) -> Supplement | None:
    """The supplement over the state before it; ``None`` where that is not known or this could not be sealed."""
    if chain.state is None or chain.tables is None or chain.seal is None:
        return None
    refused = Problems()
    check_ids(seal, chain.tables, chain.state, refused)
    chain.state.learn(seal)
    work = Supplement(seal, chain.state, chain.tables, chain.seal.rules)
    stage.candidates = work.check(refused)
    chain.problems.extend(refused.listed())
    return work if stage.candidates else None


def _finish_supplement(chain: Chain, stage: Stage, work: Supplement | None) -> None:
    if stage.reveal is None:
        # A void changes nothing, and so does, so far, what is pending.
        if stage.prefix + "void.json" not in chain.files and not stage.pending:
            chain.state = None
        return
    if work is None:
        chain.state = None
        return
    stage.result = work.result(stage.seed, stage.reveal.digest)
    if not stage.pending:
        _compare(chain, stage)


def _read_appointment(chain: Chain, stage: Stage, seal: SupplementSeal) -> None:
    """An appointment: nothing is opened, its result follows from its seal."""
    files, problems = chain.files, chain.problems
    for name in ("reveal.json", "void.json"):
        if stage.prefix + name in files:
            problems.add("files-of-an-appointment", stage.prefix + name)
    _check_salt(chain, seal)
    stage.pending = f"{stage.prefix}result.json" not in files
    if not stage.pending:
        stage.result_digest = digest(files[f"{stage.prefix}result.json"])
    if chain.state is None or chain.tables is None or chain.seal is None:
        return
    refused = Problems()
    check_ids(seal, chain.tables, chain.state, refused)
    chain.state.learn(seal)
    work = Appointment(seal, chain.state, chain.tables, chain.seal.rules)
    able = work.check(refused)
    problems.extend(refused.listed())
    if not able:
        chain.state = None
        return
    stage.result = work.result()
    if not stage.pending:
        work.carry_out()
        _compare(chain, stage)
