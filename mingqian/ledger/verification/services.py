"""Asking for a verification of the log, and saying what came of what it found."""

from django.db import transaction
from django.utils import timezone

from mingqian.common.errors import DomainError
from mingqian.ledger.models.log import Verification
from mingqian.ledger.services import record
from mingqian.ledger.verification.tasks import run_verification


def ask_for_verification(actor: str) -> Verification:
    """Start a run in the background and return its row. Runs whose worker has died are closed on the way."""
    with transaction.atomic():
        for left in Verification.objects.select_for_update().filter(outcome=Verification.Outcome.RUNNING):
            if left.is_abandoned:
                left.outcome, left.finished_at = Verification.Outcome.BROKEN, timezone.now()
                left.save()
                record("system", "ledger.verify", f"verification/{left.pk}", rows=[left], details={"outcome": "broken"})
        run = Verification.objects.create(asked_by=actor, started_at=timezone.now())
        record(actor, "ledger.verify", f"verification/{run.pk}", rows=[run])
    run_verification.enqueue(run.pk)
    return run


def answer(actor: str, run: Verification, text: str) -> Verification:
    """Say what was found out about the problems of a run, once and on the ledger; the problems stay beside it.

    Raise DomainError where nothing was found, or somebody answered already.
    """
    with transaction.atomic():
        run = Verification.objects.select_for_update().get(pk=run.pk)
        if run.outcome != Verification.Outcome.DAMAGED:
            raise DomainError("这次核验没有发现问题，不需要说明。")
        if run.answer:
            raise DomainError("这次核验已经有说明，说明写入留痕后不能修改。")
        run.answer, run.answered_by, run.answered_at = text, actor, timezone.now()
        run.save()
        record(actor, "ledger.answer", f"verification/{run.pk}", rows=[run], details={"answer": text})
    return run
