"""Extension E3: an appointment, which is a supplement and not by lot."""

from __future__ import annotations

from mingqian_draw.errors import Problems
from mingqian_draw.forms import Rules
from mingqian_draw.steps import PROTOCOL
from mingqian_draw.supplement_forms import SupplementSeal
from mingqian_draw.supplements import State, Supplement
from mingqian_draw.tables import Tables


class Appointment:
    """One appointment over a state that has already learned what its seal reports."""

    def __init__(self, seal: SupplementSeal, state: State, tables: Tables, rules: Rules) -> None:
        self.seal = seal
        self.state = state
        self.tables = tables
        self.rules = rules
        self._lot = Supplement(seal, state, tables, rules)

    def check(self, problems: Problems) -> bool:
        """Note why this may not be sealed; whether it can be carried out at all."""
        seal, team = self.seal, self.state.teams.get(self.seal.subject)
        if team is None:
            problems.add("not-selected", seal.file, "subject", subject=seal.subject)
            return False
        if seal.joining is not None and [name for name, _ in seal.joining.inspectors] != [seal.appointed]:
            problems.add("joining-appointed", seal.file, "joining.inspectors", inspector=seal.appointed)
        if seal.inspector:
            if seal.inspector not in team:
                problems.add("not-in-team", seal.file, "inspector", subject=seal.subject, inspector=seal.inspector)
                return False
            # Who joins here joins for this appointment, so he makes no lot possible that was not possible before.
            found = self._lot.count_without_joining()
            if found >= 2:
                problems.add("appointment-lot", seal.file, "inspector", found=found)
        elif self.rules.assignment != "none":
            problems.add("appointment-inspector", seal.file, "inspector")
            return False
        return self._check_appointed(team, problems)

    def _check_appointed(self, team: list[str], problems: Problems) -> bool:
        state, subject, name = self.state, self.seal.subject, self.seal.appointed
        person = self.tables.units.get(name)
        wrong = ""
        if name not in state.joined and (person is None or person.status != "in"):
            wrong = "appointed-unknown"
        elif name in state.unavailable:
            wrong = "appointed-unavailable"
        elif name in team:
            wrong = "appointed-in-team"
        elif self._lot.meets(subject, name):
            wrong = "appointed-conflict"
        elif (subject, name) in state.gone:
            wrong = "appointed-replaced"
        if wrong:
            problems.add(wrong, self.seal.file, "appointed", subject=subject, inspector=name)
        return not wrong

    def carry_out(self) -> None:
        """Put the appointed into the team."""
        seal = self.seal
        self.state.change(seal.kind, seal.subject, seal.inspector, seal.subject, seal.appointed)

    def result(self) -> dict[str, object]:
        """``result.json``."""
        seal = self.seal
        return {
            "protocol": PROTOCOL,
            "draw_id": seal.draw_id,
            "number": seal.number,
            "seal": seal.digest,
            "subject": seal.subject,
            "inspector": seal.appointed,
            "salt": seal.salt,
        }
