"""The append-only log: entries, what they left behind, the tree over them, signed checkpoints."""

from mingqian.ledger.models.encoding import canonical
from mingqian.ledger.models.log import (
    Checkpoint,
    Cosignature,
    Cosigner,
    Entry,
    Manifest,
    Node,
    Recorded,
    Verification,
    recorded_models,
)
from mingqian.ledger.models.rows import RowState, row_digest

__all__ = [
    "Checkpoint",
    "Cosignature",
    "Cosigner",
    "Entry",
    "Manifest",
    "Node",
    "Recorded",
    "RowState",
    "Verification",
    "canonical",
    "recorded_models",
    "row_digest",
]
