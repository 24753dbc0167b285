"""Long work of the ledger."""

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from mingqian.common.processes import this_worker
from mingqian.ledger.models.log import Verification
from mingqian.ledger.services import LedgerDamagedError, record
from mingqian.ledger.verification.selectors import verify_log


@task()
def run_verification(verification_id: int) -> None:
    """Verify the whole log and keep the outcome in the Verification row."""
    Verification.objects.filter(pk=verification_id).update(worker=this_worker())
    run = Verification.objects.get(pk=verification_id)
    findings = verify_log()
    run.outcome = Verification.Outcome.SOUND if findings.sound else Verification.Outcome.DAMAGED
    run.entries, run.rows = findings.entries, findings.rows
    more = [f"另有 {findings.suppressed} 个问题未列出。"] if findings.suppressed else []
    run.problems = findings.problems + more
    run.finished_at = timezone.now()
    try:
        with transaction.atomic():
            run.save()
            record("system", "ledger.verify", f"verification/{run.pk}", rows=[run], details={"outcome": run.outcome})
    except LedgerDamagedError:
        # The log is too damaged to take another entry: the finding itself must not be lost for that.
        run.save()
