"""Random bundles of the protocol, the same for the same seed: strata, lots, teams, beacons, facts, lots after the draw, voids, logs.

What may not be sealed is thrown away and tried anew; what is left is verified, or pending.
"""

import itertools
import random
from dataclasses import dataclass, field
from typing import Any

import mingqian_draw as mq
from mingqian_draw.tests.support import Files, Signer, SigningLog, with_ledger

_CODES = ("复查", "cap", "注销", "病假")
_STEPS = ("facts", "facts", "inspector", "inspector", "exchange", "exchange", "subject", "appoint")
_UNITS = (("科",), ("甲科", "甲科", "乙科"), ("甲科", "乙科", "丙科"))
COSIGNERS = [Signer(f"cosigner{number}.example.cn", 4, bytes([0x30 + number]) * 32) for number in range(3)]


@dataclass
class Case:
    """A bundle, and what a verifier is given beside it."""

    files: Files
    options: dict[str, Any] = field(default_factory=dict)


class Maker:
    """Makes one bundle after another out of one generator. Time goes on by an hour with every act."""

    def __init__(self, seed: int) -> None:
        """Begin."""
        self.rng = random.Random(seed)  # noqa: S311  invented data, no lot
        self.hours = 0
        #: What devices hold back after a void, for `late`.
        self.held: dict[str, Any] = {}

    def now(self, ahead: int = 0, minutes: int = 0) -> str:
        """Return the next hour as a time of the protocol; `ahead` more hours without passing them."""
        self.hours += not ahead
        day, hour = divmod(self.hours + ahead, 24)
        return f"2026-03-{2 + day:02d}T{hour:02d}:{minutes:02d}:00Z"

    def hex(self) -> str:
        """Return 32 bytes in hex."""
        return self.rng.randbytes(32).hex()

    def digits(self) -> str:
        """Return a contribution: 10 to 16 digits, at least four different ones."""
        more = "".join(self.rng.choice("0123456789") for _ in range(self.rng.randint(6, 12)))
        return "".join(self.rng.sample("123456", 4)) + more

    def case(self) -> Case:
        """Return a bundle with what a verifier is given."""
        while True:
            self.hours, self.held = 0, {}
            try:
                files = self._later(self._draw())
                return self._logged(files)
            except mq.RefusedError:
                continue

    def _status(self, chance: float, kinds: tuple[str, ...]) -> str:
        return f"{self.rng.choice(kinds)}:{self.rng.choice(_CODES)}" if self.rng.random() < chance else "in"

    def _rules(self, strata: list[str], inspectors: int, units: tuple[str, ...]) -> dict[str, Any]:
        rng = self.rng
        assignment = rng.choice(("per-subject", "per-subject", "teams", "none"))
        size = 0 if assignment == "none" else rng.randint(1, 3)
        chosen = sorted(rng.sample(strata, rng.randint(1, len(strata))), key=str.encode)
        return {
            "quotas": [{"stratum": name, "count": rng.randint(1, 4)} for name in chosen],
            "team_size": size,
            "assignment": assignment,
            "teams": rng.randint(1, max(1, inspectors // max(size, 1) - 1)) if assignment == "teams" else 0,
            "batches": rng.randint(1, 3),
            "home": rng.choice(units) if size and rng.random() < 0.5 else None,
        }

    def _beacon(self) -> dict[str, Any] | None:
        if self.rng.random() < 0.6:
            return None
        return {"source": "公开开奖", "round": "第 26034 期", "digits": self.rng.randint(6, 8), "due": self.now(3)}

    def _witnesses(self) -> list[str]:
        return [f"见证人 {name}" for name in self.rng.sample("甲乙丙丁", self.rng.randint(1, 3))]

    def _draw(self) -> Files:
        rng = self.rng
        strata = rng.choice((["-"], ["张店区", "淄川区"], ["A", "〇区", "𠮷区"]))
        units = rng.choice(_UNITS)
        subjects = [
            (
                f"9137{number:04d}{rng.choice('XYZ·〔')}",
                rng.choice(strata),
                str(rng.choice((1, 1, 1, 2, 9))),
                self._status(0.2, ("exempt", "out")),
            )
            for number in range(rng.randint(6, 24))
        ]
        people = [(f"P{n:02d}", rng.choice(units), self._status(0.4, ("out",))) for n in range(rng.randint(5, 12))]
        pairs = [(one[0], other[0]) for one in subjects for other in people if rng.random() < 0.05]
        secret = self.hex()
        first = rng.random() < 0.8
        files = mq.seal_draw(
            draw_id=f"D-{rng.randint(1, 999)}",
            title="随机抽查",
            organ="某市某局",
            scope="2026-01",
            rules=self._rules(strata, len(people), units),
            tables={
                "subjects.tsv": mq.table(subjects),
                "inspectors.tsv": mq.table(people),
                "conflicts.tsv": mq.table(pairs),
            },
            witnesses=self._witnesses(),
            sealed_at=self.now(),
            open_by=self.now(rng.choice((4, 9))),
            secret=secret,
            after=(0, None) if first else (rng.randint(1, 2), self.hex()),
            beacon=self._beacon(),
        )
        return self._ended(files, secret)

    def _ended(self, files: Files, secret: str) -> Files:
        """Return the bundle with its last lot left, voided, half opened or opened."""
        rng, lot = self.rng, mq.read_chain(files).last_lot
        seal, how = lot.seal, rng.random()
        openings = {
            place: {"digits": self.digits(), "nonce": self.hex()}
            for place in range(1, len(lot.known) + 1)
            if rng.random() < 0.6
        }
        given: list[dict[str, str]] = [
            {"commit": mq.commit_of(seal.digest, place, **openings[place])}
            if place in openings
            else {"digits": self.digits()}
            for place in range(1, len(lot.known) + 1)
        ]
        if how < 0.06:
            return files
        told: dict[str, Any] = {"secret": secret, "reason": "停电", "approver": "分管领导 甲"}
        if how < 0.14:
            kept = [one if rng.random() < 0.7 else None for one in given]
            return files | mq.void(files, contributions=kept, voided_at=self.now(), **told)
        files = files | mq.close(files, given, closed_at=self.now())
        if how < 0.18:
            return files
        beacon = None
        if seal.beacon is not None:
            beacon = "".join(rng.choice("0123456789") for _ in range(seal.beacon.digits))
            self.hours += 3
        if how < 0.35 and (openings or beacon):
            return files | self._voided(files, told, given, openings, beacon)
        files |= mq.open_lot(files, secret=secret, openings=openings, opened_at=self.now(), beacon=beacon)
        prefix = f"supplement-{seal.number}/" if seal.number else ""
        return {name: data for name, data in files.items() if how < 0.96 or name != f"{prefix}result.json"}

    def _voided(
        self,
        files: Files,
        told: dict[str, Any],
        given: list[dict[str, str]],
        openings: dict[int, dict[str, str]],
        beacon: str | None,
    ) -> Files:
        """Return a void in which somebody withholds, or the beacon is missing; what is held back may come late."""
        rng, number = self.rng, mq.read_chain(files).last_lot.seal.number
        shown = {place: one for place, one in openings.items() if rng.random() < 0.5}
        held = {str(place): one for place, one in openings.items() if place not in shown}
        with_beacon = beacon if held and rng.random() < 0.5 else None
        contributions = [shown.get(place, one) for place, one in enumerate(given, 1)]
        made = mq.void(files, contributions=contributions, voided_at=self.now(), beacon=with_beacon, **told)
        late: dict[str, Any] = {"openings": held} if rng.random() < 0.8 else {}
        if beacon is not None and with_beacon is None and rng.random() < 0.8:
            late["beacon"] = beacon
        if late:
            self.held[str(number)] = late
        return made

    def _later(self, files: Files) -> Files:
        """Return the bundle with up to nine steps after its draw."""
        for _step in range(self.rng.randint(0, 9)):
            bundle = mq.read_chain(files)
            if bundle.is_pending or bundle.lot.state != "opened":
                break
            files = self._step(files, bundle.state)
        return files

    def _step(self, files: Files, state: mq.State) -> Files:
        for _attempt in range(12):
            hours, kind = self.hours, self.rng.choice(_STEPS)
            try:
                if kind == "facts":
                    return self._facts(files, state)
                if kind == "appoint":
                    return self._appoint(files, state)
                return self._lot(files, state, kind)
            except (mq.RefusedError, IndexError, ValueError):
                self.hours = hours
        return files

    def _facts(self, files: Files, state: mq.State) -> Files:
        rng, tables = self.rng, state.tables
        subjects, people = list(state.teams) or list(tables.subjects), list(tables.inspectors)
        sick = [(one, rng.choice(_CODES)) for one in people if rng.random() < 0.15 and one not in state.unavailable]
        places = [(one, other) for one in subjects for other in people]
        absent = [(*place, "病假") for place in places if rng.random() < 0.08 and place not in state.absent]
        # Now and then nearly everybody is kept from one subject, so that no lot is possible there.
        narrow = rng.choice(subjects) if rng.random() < 0.4 else ""
        found = [
            place
            for place in places
            if rng.random() < (0.8 if place[0] == narrow else 0.04) and not state.is_conflict(*place)
        ]
        excused = [(one, "停产") for one in subjects if rng.random() < 0.15 and one not in state.excused]
        made = mq.seal_facts(
            files,
            sealed_at=self.now(),
            ground="说明〔2026〕3号",
            approver="局长 甲",
            salt=self.hex(),
            conflicts=found,
            absent=absent,
            unavailable=sick,
            excused=excused,
            joining=self._joining(state) if rng.random() < 0.5 else None,
        )
        return {**files, **made}

    def _joining(self, state: mq.State) -> dict[str, Any] | None:
        """Return who joins, where a lot is not possible; None where it is everywhere."""
        for subject, team in state.teams.items():
            for one in team:
                if state.is_hindered(subject, one) and len(state.candidates(subject)) < 2:
                    rows = state.tables.inspectors.items()
                    groups = {
                        (row.unit, row.status.removeprefix("out:"))
                        for key, row in rows
                        if row.status != "in" and key not in state.joined
                    }
                    return {"groups": sorted(map(list, groups)), "place": [subject, one]}
        return None

    def _appoint(self, files: Files, state: mq.State) -> Files:
        rng = self.rng
        hindered = [
            (subject, one) for subject, team in state.teams.items() for one in team if state.is_hindered(subject, one)
        ]
        places = hindered if state.rules.assignment != "none" else [*hindered, *((one, "") for one in state.teams)]
        subject, inspector = rng.choice(places)
        made = mq.appoint(
            files,
            subject=subject,
            inspector=inspector,
            appointed=rng.choice(list(state.tables.inspectors)),
            sealed_at=self.now(),
            ground="候选不足两人",
            approver="局长 甲",
            salt=self.hex(),
        )
        return {**files, **made}

    def _lot(self, files: Files, state: mq.State, kind: str) -> Files:
        rng, secret = self.rng, self.hex()
        if kind == "subject":
            places = [(one, "") for one in state.teams if one in state.excused]
        else:
            bars = state.is_conflict if kind == "exchange" else state.is_hindered
            places = [(subject, one) for subject, team in state.teams.items() for one in team if bars(subject, one)]
        changes = (
            [rng.choice(places)] if kind == "exchange" else rng.sample(places, rng.randint(1, len(places[:4]) or 1))
        )
        made = mq.seal_lot(
            files,
            kind=kind,
            changes=changes,
            sealed_at=self.now(),
            open_by=self.now(rng.choice((4, 9))),
            witnesses=self._witnesses(),
            secret=secret,
            beacon=self._beacon(),
        )
        return self._ended({**files, **made}, secret)

    def _logged(self, files: Files) -> Case:
        """Return the bundle with a ledger half of the time, and with keys, kept checkpoints and late openings."""
        rng, options = self.rng, dict[str, Any]()
        if self.held and rng.random() < 0.8:
            options["late"] = self.held
        if rng.random() < 0.5:
            return Case(files, options)
        signers = rng.sample(COSIGNERS, rng.randint(0, 3))
        log = SigningLog(signers)
        self._attempts_before(log, mq.read_chain(files))
        files = with_ledger(files, log)
        if rng.random() < 0.8:
            options["log_key"] = log.key
        if rng.random() < 0.6:
            options["witnesses"] = [one.key for one in rng.sample(COSIGNERS, rng.randint(1, 3))]
            if rng.random() < 0.5:
                options["need"] = rng.randint(1, len(options["witnesses"]))
        if rng.random() < 0.3:
            size = rng.randint(1, len(log.entries))
            proof = [node.hex() for node in log.consistency(size)]
            options["kept"] = [[log.checkpoint(size), rng.choice((None, proof)) if size < len(log.entries) else None]]
        return Case(files, options)

    def _attempts_before(self, log: SigningLog, bundle: mq.Bundle) -> None:
        """Log the attempts that were voided before this one."""
        log.append("registry.import", "registry/0", mq.digest(b""), "2026-03-01T00:00:00Z")
        for attempt in range(1, bundle.seal.attempt):
            steps = ("seal", "close", "void") if self.rng.random() < 0.5 else ("seal", "void")
            for minute, step in enumerate(steps):
                subject = f"draw/{bundle.seal.scope}/{attempt}"
                log.append(f"draw.{step}", subject, self.hex(), f"2026-03-01T0{attempt}:0{minute}:00Z")


def cases(seed: int, count: int) -> list[Case]:
    """Return so many bundles."""
    maker = Maker(seed)
    return [maker.case() for _ in itertools.repeat(None, count)]
