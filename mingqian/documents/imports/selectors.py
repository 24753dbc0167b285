"""Reading imports, and whether the process that works on one is still there."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from mingqian.accounts.models import Organ, User
from mingqian.accounts.states import READER_ROLES
from mingqian.casework.procedure import Todo
from mingqian.documents.imports.states import BUSY_STATES, ImportState, RowOutcome
from mingqian.documents.models.imports import Import, ImportRow, ImportWork
from mingqian.pages.tones import shown


def imports_visible_to(user: User) -> QuerySet[Import]:
    """Return the imports that `user` may see, newest first."""
    if not user.has_role(*READER_ROLES):
        return Import.objects.none()
    return Import.objects.filter(organ=user.organ).select_related("organ", "file", "work")


def import_for(user: User, number: str) -> Import:
    """Return the import, or raise Http404 where it is not for `user` to know."""
    batch = imports_visible_to(user).filter(number=number).first()
    if batch is None:
        raise Http404("没有找到这次导入，或它不属于您的机关。")
    return batch


def imports_of(organ: Organ, kind: str, number: str) -> QuerySet[ImportRow]:
    """Return the rows of tables of a kind (its name) that brought or changed what bears `number`, oldest first."""
    rows = ImportRow.objects.filter(of__organ=organ, of__kind_name=kind, of__state=ImportState.DONE, number=number)
    return rows.filter(outcome__in=(RowOutcome.TAKEN, RowOutcome.UPDATED)).select_related("of").order_by("of_id", "row")


def seconds_a_row(organ: Organ) -> float | None:
    """Return how long writing a row took in the organ's last import of some size, None where there was none."""
    done = ImportWork.objects.filter(
        of__organ=organ, of__state=ImportState.DONE, seconds_writing__isnull=False, total__gte=500
    )
    last = done.order_by("-of_id").first()
    return last.seconds_writing / last.total if last is not None and last.seconds_writing else None


def import_todos(user: User) -> Iterator[Todo]:
    """Yield the way to the progress of the tables on which the system is at work, for whoever may bring them in."""
    if not user.has_role(*READER_ROLES):
        return
    for batch in Import.objects.filter(organ=user.organ, state__in=BUSY_STATES).select_related("organ"):
        if not batch.kind.why_not(user, batch.organ):
            now, url = shown(batch, "state"), reverse("imports:import", args=[batch.number])
            detail = f"{batch.number}，{batch.total:,} 行"
            yield Todo(f"正在处理：{batch.file_name}", detail, now.label, now.tone, "查看进度", url)
