"""Random MQ1 bundles, the same for the same seed: strata, lots, exempt and out rows, conflicts, teams, beacons, supplements, voids."""

import random
from typing import Any

import mingqian_draw as mq
from mingqian_draw.tests.support import Files, SigningLog, with_ledger

_CODES = ("复查", "cap", "注销", "免检")
_KINDS = ("inspector", "exchange", "subject")


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

    def _rules(self, strata: list[str], inspectors: int) -> dict[str, Any]:
        rng = self.rng
        assignment = rng.choice(("per-subject", "per-subject", "teams", "none"))
        size = 0 if assignment == "none" else rng.randint(1, 3)
        teams = rng.randint(1, max(1, inspectors // max(size, 1) - 1)) if assignment == "teams" else 0
        chosen = sorted(rng.sample(strata, rng.randint(1, len(strata))), key=str.encode)
        quotas = [{"stratum": name, "count": rng.randint(1, 4)} for name in chosen]
        return {
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
        inspectors = [(f"P{number:02d}", "科", self._status(0.1, ("out",))) for number in range(rng.randint(4, 9))]
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
            rules=self._rules(strata, len(inspectors)),
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
        for number in range(1, 1 + self.rng.randint(0, 4)):
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

    def _supplement(self, files: Files, number: int, least: int) -> tuple[Files, bool]:
        """Add a supplement of some kind that may be sealed, and say whether it stays pending."""
        rng, teams = self.rng, mq.verify(files).teams
        for _attempt in range(8):
            kind = rng.choice(_KINDS) if any(teams.values()) else "subject"
            subject = rng.choice(sorted(teams))
            inspector = rng.choice(teams[subject]) if kind != "subject" else ""
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
                    unavailable=[inspector] if kind == "inspector" and rng.random() < 0.5 else [],
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
