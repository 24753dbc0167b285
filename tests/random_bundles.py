"""Random MQ1 bundles, the same for the same seed: strata, lots, exempt and out rows, conflicts, teams, beacons, supplements, voids.

The extensions are among them: a lead division, inspectors who join, appointments.
"""

import json
import random
from typing import Any

import mingqian_draw as mq
from mingqian_draw.tests.support import Files, SigningLog, with_ledger

_CODES = ("复查", "cap", "注销", "免检")
_KINDS = ("inspector", "exchange", "subject", "appointment")
_UNITS = (("科",), ("甲科", "甲科", "乙科"), ("甲科", "乙科", "丙科"))


def _hex(rng: random.Random) -> str:
    return rng.randbytes(32).hex()


def _digits(rng: random.Random) -> str:
    """Return a contribution: 10 to 16 digits, at least four different ones."""
    return "".join(rng.sample("123456", 4)) + "".join(rng.choice("0123456789") for _ in range(rng.randint(6, 12)))


class Maker:
    """Makes one bundle after another out of one generator. Time goes on by an hour with every act."""

    def __init__(self, seed: int) -> None:
        """Begin."""
        self.rng = random.Random(seed)  # noqa: S311  invented data, no lot
        self.hours = 0

    def now(self) -> str:
        """Return the next hour as a time of the protocol."""
        self.hours += 1
        day, hour = divmod(self.hours, 24)
        return f"2026-03-{2 + day:02d}T{hour:02d}:00:00Z"

    def later(self, hours: int) -> str:
        """Return a time so many hours ahead."""
        day, hour = divmod(self.hours + hours, 24)
        return f"2026-03-{2 + day:02d}T{hour:02d}:30:00Z"

    def bundle(self) -> Files:
        """Return a bundle that is verified, or pending; what may not be sealed is thrown away and tried anew."""
        while True:
            self.hours = 0
            try:
                files = self._ended(*self._sealed())
                if self.rng.random() < 0.5:
                    files = with_ledger(files, SigningLog())
            except mq.DrawError:
                continue
            return files

    def _status(self, chance: float, kinds: tuple[str, ...]) -> str:
        return f"{self.rng.choice(kinds)}:{self.rng.choice(_CODES)}" if self.rng.random() < chance else "in"

    def _rules(self, strata: list[str], inspectors: int, units: tuple[str, ...]) -> dict[str, Any]:
        rng = self.rng
        assignment = rng.choice(("per-subject", "per-subject", "teams", "none"))
        size = 0 if assignment == "none" else rng.randint(1, 3)
        teams = rng.randint(1, max(1, inspectors // max(size, 1) - 1)) if assignment == "teams" else 0
        chosen = sorted(rng.sample(strata, rng.randint(1, len(strata))), key=str.encode)
        quotas = [{"stratum": name, "count": rng.randint(1, 4)} for name in chosen]
        home = {"home": rng.choice(units)} if assignment != "none" and rng.random() < 0.5 else {}
        return {
            **home,
            "quotas": quotas,
            "team_size": size,
            "assignment": assignment,
            "teams": teams,
            "batches": rng.randint(1, 3),
        }

    def _beacon(self) -> dict[str, Any] | None:
        if self.rng.random() < 0.6:
            return None
        return {"source": "公开开奖", "round": "第 26034 期", "digits": self.rng.randint(1, 8), "due": self.later(3)}

    def _sealed(self) -> tuple[Files, dict[str, Any], str]:
        rng = self.rng
        strata = rng.choice((["-"], ["张店区", "淄川区"], ["A", "〇区", "𠮷区"]))
        subjects = [
            (
                f"9137{number:04d}{rng.choice('XYZ·〔')}",
                rng.choice(strata),
                rng.choice((1, 1, 1, 2, 9)),
                self._status(0.2, ("exempt", "out")),
            )
            for number in range(rng.randint(6, 24))
        ]
        units = rng.choice(_UNITS)
        inspectors = [
            (f"P{number:02d}", rng.choice(units), self._status(0.2, ("out",))) for number in range(rng.randint(4, 9))
        ]
        pairs = [(s[0], p[0]) for s in subjects for p in inspectors if rng.random() < 0.05]
        rng.shuffle(subjects)
        secret, sealed_at = _hex(rng), self.now()
        seal: dict[str, Any] = {
            "witnesses": [f"见证人 {name}" for name in "甲乙丙"[: rng.randint(1, 3)]],
            "beacon": self._beacon(),
            "open_by": self.later(9),
        }
        files = mq.seal_draw(
            draw_id=f"D-{rng.randint(1, 999)}",
            title="随机抽查",
            organ="某市某局",
            scope="2026-01",
            rules=self._rules(strata, len(inspectors), units),
            subjects=subjects,
            inspectors=inspectors,
            conflicts=pairs,
            sealed_at=sealed_at,
            secret=secret,
            **seal,
        )
        return files, seal, secret

    def _ended(self, files: Files, seal: dict[str, Any], secret: str) -> Files:
        how = self.rng.random()
        if how < 0.1:
            return files
        if how < 0.25:
            return files | mq.void_draw(files, **self._void(seal, secret))
        files = files | mq.open_draw(files, **self._opening(seal, secret))
        if how < 0.3:
            return {name: content for name, content in files.items() if name != "result.json"}
        for number in range(1, 1 + self.rng.randint(0, 6)):
            files, pending = self._supplement(files, number, len(seal["witnesses"]))
            if pending:
                break
        return files

    def _opening(self, seal: dict[str, Any], secret: str) -> dict[str, Any]:
        """Return how a seal is opened: in the hour after its beacon, where it has one."""
        closed_at = self.now()
        beacon = seal["beacon"]
        if beacon:
            self.hours += 3
        return {
            "secret": secret,
            "contributions": [_digits(self.rng) for _ in seal["witnesses"]],
            "beacon": "".join(self.rng.choice("0123456789") for _ in range(beacon["digits"])) if beacon else None,
            "closed_at": closed_at,
            "opened_at": self.now(),
        }

    def _void(self, seal: dict[str, Any], secret: str) -> dict[str, Any]:
        spoken = [_digits(self.rng) for _ in seal["witnesses"]][: self.rng.randint(0, 3)]
        return {
            "secret": secret,
            "reason": "停电",
            "approver": "分管领导 甲",
            "voided_at": self.now(),
            "contributions": spoken,
            "beacon": None,
        }

    def _staff(self, files: Files) -> list[str]:
        """Return everybody who is in the table of inspectors or joined."""
        names = [row.split("\t")[0] for row in files["inspectors.tsv"].decode().split("\n")[:-1]]
        seals = [json.loads(content) for name, content in sorted(files.items()) if name.endswith("/seal.json")]
        return names + [pair[0] for seal in seals for pair in seal.get("joining", {"inspectors": []})["inspectors"]]

    def _out(self, files: Files) -> dict[str, str]:
        """Return the units of those who were out at the seal."""
        rows = (row.split("\t") for row in files["inspectors.tsv"].decode().split("\n")[:-1])
        return {row[0]: row[1] for row in rows if row[2] != "in"}

    def _joining(self, files: Files, number: int, names: list[str]) -> dict[str, Any] | None:
        """Return who joins: named already, or one to three newcomers and those who were out; or nobody."""
        rng, out = self.rng, self._out(files)
        if not names and rng.random() < 0.3:
            return None
        names = names or sorted(
            [f"J{number}{mark}" for mark in "甲乙𠮷"[: rng.randint(1, 3)]] + rng.sample(sorted(out), min(len(out), 1)),
            key=str.encode,
        )
        people = [[name, out.get(name) or rng.choice(("支援科", "支援科", "甲科"))] for name in names]
        return {"inspectors": people, "ground": "人手不足", "approver": "局长 甲"}

    def _absent(self, staff: list[str], team: list[str]) -> list[str]:
        """Return most of those outside a team, so that a lot is left with few candidates, or nobody."""
        if self.rng.random() < 0.4:
            return []
        left = self.rng.sample(staff, min(len(staff), self.rng.randint(0, 2)))
        return [name for name in staff if name not in team and name not in left]

    def _appointment(self, files: Files, number: int, teams: dict[str, list[str]]) -> tuple[Files, bool] | None:
        """Add an appointment, and say whether it stays pending; None where this one may not be."""
        rng, staff, hours = self.rng, self._staff(files), self.hours
        subject = rng.choice(sorted(teams))
        team = teams[subject]
        newcomer = [rng.choice((f"J{number}", *self._out(files)))] if rng.random() < 0.4 else []
        appointed = rng.choice(newcomer or staff) if newcomer or staff else "P"
        try:
            files = files | mq.seal_appointment(
                files,
                subject=subject,
                inspector=rng.choice(team) if team and rng.random() < 0.7 else "",
                appointed=appointed,
                reason="short",
                ground="本科室人手不足，抽签候选不足两人",
                approver="局长 甲",
                conflicts=[(rng.choice(sorted(teams)), appointed)] if rng.random() < 0.2 else [],
                unavailable=[name for name in self._absent(staff, team) if name != appointed],
                sealed_at=self.now(),
                salt=_hex(rng),
                joining=self._joining(files, number, newcomer) if newcomer else None,
            )
        except mq.DrawError:
            self.hours = hours
            return None
        if rng.random() < 0.1:
            return files, True
        return files | mq.complete_appointment(files), False

    def _supplement(self, files: Files, number: int, least: int) -> tuple[Files, bool]:
        """Add a supplement of some kind that may be sealed, and say whether it stays pending."""
        rng, teams = self.rng, mq.verify(files).teams
        for _attempt in range(12):
            kind = rng.choice(_KINDS) if any(teams.values()) else rng.choice(("subject", "appointment"))
            if kind == "appointment":
                made = self._appointment(files, number, teams)
                if made is None:
                    continue
                return made
            subject = rng.choice(sorted(teams))
            if kind != "subject" and not teams[subject]:
                continue
            inspector = rng.choice(teams[subject]) if kind != "subject" else ""
            absent = self._absent(self._staff(files), teams[subject]) if kind == "inspector" else []
            joining = self._joining(files, number, []) if kind == "inspector" and absent else None
            known = [(subject, inspector)] if kind == "exchange" or (inspector and rng.random() < 0.3) else []
            secret, hours = _hex(rng), self.hours
            seal: dict[str, Any] = {
                "sealed_at": self.now(),
                "witnesses": [f"见证人 {at}" for at in range(least + rng.randint(0, 1))],
                "beacon": self._beacon(),
                "open_by": self.later(9),
            }
            try:
                sealed = mq.seal_supplement(
                    files,
                    kind=kind,
                    subject=subject,
                    inspector=inspector,
                    reason="health",
                    conflicts=known,
                    unavailable=absent or ([inspector] if kind == "inspector" and rng.random() < 0.5 else []),
                    joining=joining,
                    secret=secret,
                    **seal,
                )
            except mq.DrawError:
                self.hours = hours
                continue
            files = files | sealed
            end = rng.random()
            if end < 0.1:
                return files, True
            if end < 0.25:
                return files | mq.void_supplement(files, **self._void(seal, secret)), False
            return files | mq.open_supplement(files, **self._opening(seal, secret)), False
        return files, True
