"""An argument parser that speaks Chinese or English; argparse's own words are translated too."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterable, Sequence
from typing import NoReturn

from mingqian_draw.command.wording import Speaker

#: What argparse says about wrong usage, and the key of the sentence that says it here.
_SAID = (
    (re.compile(r"the following arguments are required: (?P<names>.*)", re.DOTALL), "usage-required"),
    (re.compile(r"unrecognized arguments: (?P<names>.*)", re.DOTALL), "usage-unknown"),
    (re.compile(r"argument (?P<name>.*?): expected .*arguments?"), "usage-count"),
    (
        re.compile(r"argument (?P<name>.*?): invalid choice: (?P<value>.*) \(choose from (?P<choices>.*)\)", re.DOTALL),
        "usage-choice",
    ),
    (re.compile(r"argument (?P<name>.*?): invalid \w+ value: (?P<value>.*)", re.DOTALL), "usage-value"),
)


def wanted_language(arguments: Sequence[str]) -> str:
    """`zh` or `en`: what `--lang` says, else the locale, else Chinese."""
    for at, argument in enumerate(arguments):
        if argument == "--lang" and arguments[at + 1 : at + 2]:
            return "en" if arguments[at + 1] == "en" else "zh"
        if argument.startswith("--lang="):
            return "en" if argument == "--lang=en" else "zh"
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "en" if re.match(r"en(_|$)", locale) else "zh"


class Parser(argparse.ArgumentParser):
    """A parser with two groups, arguments and options, in one language."""

    def __init__(self, say: Speaker, prog: str, about: str) -> None:
        prefix = say("usage")

        class Formatter(argparse.HelpFormatter):
            def add_usage(
                self,
                usage: str | None,
                actions: Iterable[argparse.Action],
                groups: Iterable[argparse._MutuallyExclusiveGroup],
                prefix: str | None = prefix,
            ) -> None:
                super().add_usage(usage, actions, groups, prefix)

        super().__init__(prog=prog, description=about, add_help=False, allow_abbrev=False, formatter_class=Formatter)
        self.say = say
        self.positional = self.add_argument_group(say("arguments"))
        self.optional = self.add_argument_group(say("options"))
        self.optional.add_argument("-h", "--help", action="help", help=say("help"))
        self.optional.add_argument("--lang", choices=("zh", "en"), default=argparse.SUPPRESS, help=say("lang"))

    def format_usage(self) -> str:
        """The usage in one paragraph, with its prefix in the parser's language."""
        formatter = self._get_formatter()
        formatter.add_usage(self.usage, self._actions, self._mutually_exclusive_groups)
        return formatter.format_help()

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command, and end with code 2."""
        for pattern, key in _SAID:
            if match := pattern.fullmatch(message):
                message = self.say(key, **match.groupdict())
                break
        self.exit(2, f"{self.format_usage()}{self.say('error')}{message}\n")
