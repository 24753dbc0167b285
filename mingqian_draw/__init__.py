"""MQ1: draws by lot that nobody can steer and anybody can check.

The texts of a draw are ``str``, its files ``bytes``; a bundle is a mapping from file names such as ``seal.json`` and
``supplement-1/seal.json`` to files. Everything that is refused is a :class:`DrawError`.
"""

from mingqian_draw import merkle
from mingqian_draw.census import Appointed, Census, Joined, Sitting
from mingqian_draw.errors import DrawError
from mingqian_draw.explanation import Explanation, assignments_now, explain
from mingqian_draw.grammar import line_ok, time_ok, word_ok
from mingqian_draw.ledger import LedgerStatus
from mingqian_draw.making import (
    complete_appointment,
    open_draw,
    open_supplement,
    seal_appointment,
    seal_draw,
    seal_supplement,
    void_draw,
    void_supplement,
)
from mingqian_draw.merkle import merkle_root
from mingqian_draw.printing import explanation_lines, report_lines
from mingqian_draw.proofs import Proof, check_proof, prove
from mingqian_draw.steps import (
    PROTOCOL,
    check_contribution,
    commitment,
    contributions_digest,
    digest,
    new_secret,
    receipt,
)
from mingqian_draw.verification import Report, Summary, verify

__all__ = [
    "PROTOCOL",
    "Appointed",
    "Census",
    "DrawError",
    "Explanation",
    "Joined",
    "LedgerStatus",
    "Proof",
    "Report",
    "Sitting",
    "Summary",
    "assignments_now",
    "check_contribution",
    "check_proof",
    "commitment",
    "complete_appointment",
    "contributions_digest",
    "digest",
    "explain",
    "explanation_lines",
    "line_ok",
    "merkle",
    "merkle_root",
    "new_secret",
    "open_draw",
    "open_supplement",
    "prove",
    "receipt",
    "report_lines",
    "seal_appointment",
    "seal_draw",
    "seal_supplement",
    "time_ok",
    "verify",
    "void_draw",
    "void_supplement",
    "word_ok",
]
