"""MQ2: draws by lot that nobody can steer and anybody can check. Standard library only.

A bundle is a mapping from names such as `seal.json` and `supplement-1/seal.json` to bytes. Whatever is refused raises RefusedError;
`verify` says it in its report instead.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  whoever starts it with an older one is told so
    sys.exit("需要 Python 3.11 或更高版本。Python 3.11 or later is needed.")

from mingqian_draw.archive import read, read_folder, read_zip, write_zip
from mingqian_draw.canonical import digest, dumps
from mingqian_draw.chain import Bundle, LogStep, Supplement, read as read_chain
from mingqian_draw.changes import candidates, sheet_of
from mingqian_draw.contributions import Lot, commit_of, commitment_of, receipt, seed_of
from mingqian_draw.grammar import is_contribution, is_digits, is_hash, is_line, is_name, is_time, is_word
from mingqian_draw.making import (
    appoint,
    close,
    finish,
    new_secret,
    open_lot,
    seal_draw,
    seal_facts,
    seal_lot,
    table,
    void,
)
from mingqian_draw.proofs import Proof, check_proof, prove
from mingqian_draw.refusal import RefusedError, unlimited
from mingqian_draw.seal import PROTOCOL
from mingqian_draw.state import State
from mingqian_draw.verification import Options, Report, verify
from mingqian_draw.words import in_words
from mingqian_draw.words.report import lines as report_lines

__all__ = [
    "PROTOCOL",
    "Bundle",
    "LogStep",
    "Lot",
    "Options",
    "Proof",
    "RefusedError",
    "Report",
    "State",
    "Supplement",
    "appoint",
    "candidates",
    "check_proof",
    "close",
    "commit_of",
    "commitment_of",
    "digest",
    "dumps",
    "finish",
    "in_words",
    "is_contribution",
    "is_digits",
    "is_hash",
    "is_line",
    "is_name",
    "is_time",
    "is_word",
    "new_secret",
    "open_lot",
    "prove",
    "read",
    "read_chain",
    "read_folder",
    "read_zip",
    "receipt",
    "report_lines",
    "seal_draw",
    "seal_facts",
    "seal_lot",
    "seed_of",
    "sheet_of",
    "table",
    "unlimited",
    "verify",
    "void",
    "write_zip",
]
