"""The arguments of every command."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mingqian_draw.command.usage import Parser
from mingqian_draw.command.wording import Speaker
from mingqian_draw.grammar import is_time
from mingqian_draw.seal import PROTOCOL
from mingqian_draw.tables import TABLES

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[Parser]

# The one-file edition is run by its own name.
PROG = (
    f"python {Path(sys.argv[0]).name}"
    if sys.argv[0].endswith(".pyz")
    else f"python -m {__name__.rpartition('.command')[0]}"
)


def time(text: str) -> str:
    """A time of the protocol."""
    if not is_time(text):
        raise ValueError(text)
    return text


def place(text: str) -> tuple[int, list[str]]:
    """`POSITION:...`: a witness's position, and what follows in parts."""
    position, *parts = text.split(":")
    return int(position), parts


def limit(text: str) -> str:
    """The only limit that a reader sets: none."""
    if text != "none":
        raise ValueError(text)
    return text


def _command(commands: Commands, name: str, prog: str, say: Speaker) -> Parser:
    # The parser class takes its own arguments, so the standard keywords of add_parser do not apply but help.
    return commands.add_parser(name, help=say(name), say=say, prog=f"{prog} {name}", about=say(name))


def _option(parser: Parser, name: str, *, text: str = "", required: bool = False, **more: object) -> None:
    about = parser.say(f"opt-{text or name}")
    parser.optional.add_argument(f"--{name}", required=required, help=about, **more)  # type: ignore[arg-type]


def _many(parser: Parser, name: str, *metavar: str, text: str = "", required: bool = False) -> None:
    _option(
        parser,
        name,
        text=text,
        nargs=len(metavar),
        action="append",
        default=None if required else [],
        metavar=metavar,
        required=required,
    )


def _bundle(parser: Parser, *, archive: bool = False) -> None:
    text = parser.say("arg-bundle-zip" if archive else "arg-bundle")
    parser.positional.add_argument("bundle", type=Path, metavar="DIR_OR_ZIP" if archive else "DIR", help=text)
    if archive:
        _option(parser, "limit", type=limit, metavar="none")


def _at(parser: Parser) -> None:
    _option(parser, "at", type=time, metavar="TIME")


def _sealing(parser: Parser) -> None:
    _option(parser, "witness", nargs="+", action="extend", required=True, metavar="NAME")
    _option(parser, "open-by", type=time, required=True, metavar="TIME")
    _option(parser, "beacon", text="beacon-named", nargs=4, metavar=("SOURCE", "ROUND", "DIGITS", "DUE"))
    _option(parser, "secret-file", text="new-secret", type=Path, required=True, metavar="FILE")
    _at(parser)


def _answered(parser: Parser, *, ground: str) -> None:
    _option(parser, ground, required=True, metavar="TEXT")
    _option(parser, "approver", required=True, metavar="NAME")
    _at(parser)


def _given(parser: Parser, *names: str) -> None:
    forms = {"spoken": "P:DIGITS", "commit": "P:HASH", "opening": "P:DIGITS:NONCE"}
    for name in names:
        _option(parser, name, type=place, nargs="+", action="extend", default=[], metavar=forms[name])


def _seal(parser: Parser) -> None:
    for name in ("subjects", "inspectors", "conflicts", "rules"):
        _option(parser, name, type=Path, required=name != "conflicts", metavar="FILE")
    for name in ("draw-id", "title", "organ", "scope"):
        _option(parser, name, required=True, metavar="TEXT")
    _option(parser, "attempt", type=int, default=1, metavar="N")
    _option(parser, "previous", metavar="HASH")
    _option(parser, "out", type=Path, required=True, metavar="DIR")
    _sealing(parser)


def _ends(commands: Commands, prog: str, say: Speaker) -> None:
    """Close, open and void: of a draw, and of a supplement."""
    closing, opening, voiding = (_command(commands, name, prog, say) for name in ("close", "open", "void"))
    _bundle(closing)
    _given(closing, "spoken", "commit")
    _at(closing)
    for parser, given in ((opening, ("opening",)), (voiding, ("spoken", "commit", "opening"))):
        _bundle(parser)
        _option(parser, "secret-file", text="secret", type=Path, required=True, metavar="FILE")
        _given(parser, *given)
        _option(parser, "beacon", metavar="DIGITS")
    _at(opening)
    _answered(voiding, ground="reason")


def _supplement(parser: Parser) -> None:
    say, prog = parser.say, f"{PROG} supplement"
    commands = parser.add_subparsers(
        title=say("commands"), metavar="ACT", dest="act", required=True, parser_class=Parser
    )
    facts = _command(commands, "facts", prog, say)
    _bundle(facts)
    _many(facts, "conflict", "SUBJECT", "INSPECTOR")
    _many(facts, "absent", "SUBJECT", "INSPECTOR", "CODE")
    _many(facts, "unavailable", "INSPECTOR", "CODE")
    _many(facts, "excused", "SUBJECT", "CODE")
    _many(facts, "join", "UNIT", "CODE")
    _option(facts, "join-place", nargs=2, metavar=("SUBJECT", "INSPECTOR"))
    _answered(facts, ground="ground")
    for kind in ("inspector", "exchange", "subject"):
        lot = _command(commands, kind, prog, say)
        _bundle(lot)
        if kind == "subject":
            _many(lot, "change", "SUBJECT", text="change-subject", required=True)
        else:
            _many(lot, "change", "SUBJECT", "INSPECTOR", required=True)
        _sealing(lot)
    appoint = _command(commands, "appointment", prog, say)
    _bundle(appoint)
    appoint.optional.add_argument("--subject", required=True, metavar="ID", help=say("arg-subject"))
    _option(appoint, "inspector", text="replaced", default="", metavar="ID")
    _option(appoint, "appointed", required=True, metavar="ID")
    _answered(appoint, ground="ground")
    _ends(commands, prog, say)


def _checks(commands: Commands, say: Speaker) -> None:
    """What a witness or a third party needs."""
    checking = _command(commands, "verify", PROG, say)
    _bundle(checking, archive=True)
    _option(checking, "log-key", metavar="KEY")
    _option(checking, "witness-key", nargs="+", action="extend", default=[], metavar="KEY")
    _option(checking, "k", type=int, metavar="N")
    _option(checking, "kept", type=Path, metavar="FILE")
    _option(checking, "late", type=Path, metavar="FILE")
    _option(checking, "json", action="store_true")
    ticket = _command(commands, "ticket", PROG, say)
    _bundle(ticket, archive=True)
    ticket.positional.add_argument("subject", metavar="SUBJECT_ID", help=say("arg-subject"))
    proving = _command(commands, "prove", PROG, say)
    _bundle(proving, archive=True)
    names = [name.removesuffix(".tsv") for name in TABLES]
    proving.positional.add_argument("table", choices=names, metavar="TABLE", help=say("arg-table"))
    proving.positional.add_argument("key", nargs="+", metavar="ID", help=say("arg-key"))
    _option(proving, "out", text="out-file", type=Path, metavar="FILE")
    proof = _command(commands, "check-proof", PROG, say)
    proof.positional.add_argument("seal", type=Path, metavar="SEAL_JSON", help=say("arg-seal"))
    proof.positional.add_argument("proof", type=Path, metavar="PROOF", help=say("arg-proof"))
    packing = _command(commands, "zip", PROG, say)
    _bundle(packing)
    _option(packing, "out", text="out-file", type=Path, required=True, metavar="FILE")


def build_parser(say: Speaker) -> Parser:
    """The parser of the whole command line."""
    parser = Parser(say, PROG, say("about"))
    parser.optional.add_argument(
        "--version", action="version", version=f"mingqian_draw {PROTOCOL}", help=say("version")
    )
    commands = parser.add_subparsers(
        title=say("commands"), metavar="COMMAND", dest="command", required=True, parser_class=Parser
    )
    _seal(_command(commands, "seal", PROG, say))
    for name in ("commit", "receipt"):
        own = _command(commands, name, PROG, say)
        _option(own, "seal-digest", required=True, metavar="HASH")
        _option(own, "position", type=int, required=True, metavar="P")
        _option(own, "digits", required=True, metavar="DIGITS")
        if name == "commit":
            _option(own, "nonce", metavar="HASH")
    _ends(commands, PROG, say)
    _supplement(_command(commands, "supplement", PROG, say))
    _checks(commands, say)
    return parser
