"""The arguments of every command."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mingqian_draw.grammar import time_ok
from mingqian_draw.printing import Speaker
from mingqian_draw.steps import PROTOCOL
from mingqian_draw.supplement_forms import LOTS
from mingqian_draw.usage import Parser

# The one-file edition is run by its own name.
PROG = f"python {Path(sys.argv[0]).name}" if sys.argv[0].endswith(".pyz") else "python -m mingqian_draw"


def _time(text: str) -> str:
    if not time_ok(text):
        raise argparse.ArgumentTypeError(f"{text} is no time")
    return text


class _Adder:
    """Adds commands that share a way of speaking."""

    def __init__(self, say: Speaker, commands: argparse._SubParsersAction[Parser], prog: str) -> None:
        self._say = say
        self._commands = commands
        self._prog = prog

    def command(self, name: str, about: str) -> Parser:
        """A new command."""
        text = self._say(about)
        # The parser class takes its own arguments, so the standard keywords of add_parser do not apply but help.
        return self._commands.add_parser(name, help=text, say=self._say, prog=f"{self._prog} {name}", about=text)


def _bundle(parser: Parser, *, archive: bool = False) -> None:
    text = parser.say("arg-bundle-zip" if archive else "arg-bundle")
    parser.positional.add_argument("bundle", type=Path, metavar="DIR_OR_ZIP" if archive else "DIR", help=text)


def _sealing(parser: Parser) -> None:
    add, say = parser.optional.add_argument, parser.say
    add("--witness", nargs="+", action="extend", required=True, metavar="NAME", help=say("opt-witness"))
    add("--open-by", type=_time, required=True, metavar="TIME", help=say("opt-open-by"))
    add("--beacon", nargs=4, metavar=("SOURCE", "ROUND", "DIGITS", "DUE"), help=say("opt-beacon-named"))
    add("--at", type=_time, metavar="TIME", help=say("opt-at"))
    add("--secret-file", type=Path, required=True, metavar="FILE", help=say("opt-new-secret"))


def _ending(parser: Parser, *, opening: bool) -> None:
    add, say = parser.optional.add_argument, parser.say
    add("--secret-file", type=Path, required=True, metavar="FILE", help=say("opt-secret"))
    add(
        "--contribution",
        nargs="+",
        action="extend",
        required=opening,
        default=None if opening else [],
        metavar="DIGITS",
        help=say("opt-contribution"),
    )
    add("--beacon", metavar="DIGITS", help=say("opt-beacon"))
    if opening:
        add("--closed-at", type=_time, metavar="TIME", help=say("opt-closed-at"))
    else:
        add("--reason", required=True, metavar="TEXT", help=say("opt-reason"))
        add("--approver", required=True, metavar="NAME", help=say("opt-approver"))
    add("--at", type=_time, metavar="TIME", help=say("opt-at"))


def _seal(parser: Parser) -> None:
    add, say = parser.optional.add_argument, parser.say
    add("--subjects", type=Path, required=True, metavar="FILE", help=say("opt-subjects"))
    add("--inspectors", type=Path, required=True, metavar="FILE", help=say("opt-inspectors"))
    add("--conflicts", type=Path, metavar="FILE", help=say("opt-conflicts"))
    add("--rules", type=Path, required=True, metavar="FILE", help=say("opt-rules"))
    add("--draw-id", required=True, metavar="ID", help=say("opt-draw-id"))
    add("--title", required=True, metavar="TEXT", help=say("opt-title"))
    add("--organ", required=True, metavar="TEXT", help=say("opt-organ"))
    add("--scope", required=True, metavar="TEXT", help=say("opt-scope"))
    add("--out", type=Path, required=True, metavar="DIR", help=say("opt-out"))
    _sealing(parser)


def _found(parser: Parser) -> None:
    """What every supplement says: about which subject, why, and what has come up since the seal."""
    add, say = parser.optional.add_argument, parser.say
    add("--subject", required=True, metavar="ID", help=say("opt-subject"))
    add("--reason", required=True, metavar="CODE", help=say("opt-reason-code"))
    add(
        "--conflict",
        nargs=2,
        action="append",
        default=[],
        metavar=("SUBJECT", "INSPECTOR"),
        help=say("opt-conflict"),
    )
    add("--unavailable", nargs="+", action="extend", default=[], metavar="ID", help=say("opt-unavailable"))


def _appoint(parser: Parser) -> None:
    _bundle(parser)
    add, say = parser.optional.add_argument, parser.say
    add("--inspector", default="", metavar="ID", help=say("opt-replaced"))
    add("--appointed", required=True, metavar="ID", help=say("opt-appointed"))
    add("--ground", required=True, metavar="TEXT", help=say("opt-ground"))
    add("--approver", required=True, metavar="NAME", help=say("opt-appointment-approver"))
    _found(parser)
    add("--join", metavar="UNIT", help=say("opt-join-appointed"))
    add("--join-ground", default="", metavar="TEXT", help=say("opt-join-ground"))
    add("--join-approver", default="", metavar="NAME", help=say("opt-join-approver"))
    add("--at", type=_time, metavar="TIME", help=say("opt-at"))


def _supplement(parser: Parser) -> None:
    commands = parser.add_subparsers(
        title=parser.say("commands"), metavar="seal|appoint|open|void", dest="act", required=True, parser_class=Parser
    )
    adder = _Adder(parser.say, commands, f"{PROG} supplement")
    sealing = adder.command("seal", "supplement-seal")
    _bundle(sealing)
    add, say = sealing.optional.add_argument, sealing.say
    add("--kind", required=True, choices=LOTS, help=say("opt-kind"))
    add("--inspector", default="", metavar="ID", help=say("opt-inspector"))
    _found(sealing)
    add("--join", nargs=2, action="append", default=[], metavar=("ID", "UNIT"), help=say("opt-join"))
    add("--join-ground", default="", metavar="TEXT", help=say("opt-join-ground"))
    add("--join-approver", default="", metavar="NAME", help=say("opt-join-approver"))
    _sealing(sealing)
    _appoint(adder.command("appoint", "supplement-appoint"))
    for name in ("open", "void"):
        ending = adder.command(name, f"supplement-{name}")
        _bundle(ending)
        _ending(ending, opening=name == "open")


def build_parser(say: Speaker) -> Parser:
    """The parser of the whole command line."""
    parser = Parser(say, PROG, say("about"))
    parser.optional.add_argument(
        "--version", action="version", version=f"mingqian_draw {PROTOCOL}", help=say("version")
    )
    commands = parser.add_subparsers(
        title=say("commands"), metavar="COMMAND", dest="command", required=True, parser_class=Parser
    )
    adder = _Adder(say, commands, PROG)
    _seal(adder.command("seal", "seal"))
    for name in ("open", "void"):
        ending = adder.command(name, name)
        _bundle(ending)
        _ending(ending, opening=name == "open")
    _supplement(adder.command("supplement", "supplement"))
    checking = adder.command("verify", "verify")
    _bundle(checking, archive=True)
    checking.optional.add_argument("--log-key", metavar="KEY_OR_FILE", help=say("opt-log-key"))
    ticket = adder.command("ticket", "ticket")
    _bundle(ticket, archive=True)
    ticket.positional.add_argument("subject", metavar="SUBJECT_ID", help=say("arg-subject"))
    proving = adder.command("prove", "prove")
    _bundle(proving, archive=True)
    tables = ("subjects", "inspectors", "conflicts")
    proving.positional.add_argument("table", choices=tables, metavar="TABLE", help=say("arg-table"))
    proving.positional.add_argument("key", nargs="+", metavar="ID", help=say("arg-key"))
    proving.optional.add_argument("--out", type=Path, metavar="FILE", help=say("opt-out-proof"))
    proof = adder.command("check-proof", "check-proof")
    proof.positional.add_argument("seal", type=Path, metavar="SEAL_JSON", help=say("arg-seal"))
    proof.positional.add_argument("proof", type=Path, metavar="PROOF", help=say("arg-proof"))
    receipt = adder.command("receipt", "receipt")
    receipt.positional.add_argument("seal", type=Path, metavar="SEAL_JSON", help=say("arg-seal"))
    receipt.positional.add_argument("position", type=int, metavar="POSITION", help=say("arg-position"))
    receipt.positional.add_argument("digits", metavar="DIGITS", help=say("arg-digits"))
    return parser
