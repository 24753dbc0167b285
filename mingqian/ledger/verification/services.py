"""Asking for a verification of the log."""

from django.db import transaction
from django.utils import timezone

from mingqian.ledger.models.log import Verification
from mingqian.ledger.services import record
from mingqian.ledger.verification.tasks import run_verification


def ask_for_verification(actor: str) -> Verification:
    """Start a run in the background and return its row."""
    with transaction.atomic():
        run = Verification.objects.create(asked_by=actor, started_at=timezone.now())
        record(actor, "ledger.verify", f"verification/{run.pk}", rows=[run])
    run_verification.enqueue(run.pk)
    return run
