"""Writers of list versions: composed by the regulations division, approved and published by a leader in one act (art. 5)."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from mingqian.accounts.models import Organ, User
from mingqian.accounts.services import refuse_same_person
from mingqian.accounts.states import LEADER_ROLES, Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.documents.files import services as file_services
from mingqian.ledger import services as ledger
from mingqian.ledger.models import canonical
from mingqian.planning.items.selectors import law_book
from mingqian.planning.items.states import REVISION_MOVES, ChangeKind, RevisionState
from mingqian.planning.items.wording import document_of
from mingqian.planning.lists.selectors import current_version, document_facts, entries_of
from mingqian.planning.lists.states import LIST_MOVES, ListState
from mingqian.planning.models.items import ItemRevision, ListEntry, ListVersion

#: Name and version of the published file's form.
FORMAT = "mingqian-item-list/1"


def joined_of(organ: Organ) -> list[ItemRevision]:
    """Return what waits for the next version, by item."""
    rows = ItemRevision.objects.filter(item__organ=organ, state=RevisionState.JOINED, version=None)
    return list(
        rows.select_related("item", "item__organ", "division", "drafted_by", "joined_by").order_by("item__serial")
    )


def resulting(organ: Organ, taken: list[ItemRevision]) -> list[ItemRevision]:
    """Return the list as it would stand with the changes `taken`: the one that counts, changed, shortened, lengthened; by item."""
    version = current_version(organ)
    rows = {entry.revision.item_id: entry.revision for entry in entries_of(version)} if version else {}
    for revision in taken:
        if revision.change == ChangeKind.WITHDRAW:
            rows.pop(revision.item_id, None)
        else:
            rows[revision.item_id] = revision
    return sorted(rows.values(), key=lambda row: row.item.serial)


@transaction.atomic
def compose(user: User, *, title: str, why: str, taken: list[ItemRevision]) -> ListVersion:
    """Put joined changes together and send the version to a leader."""
    if not user.has_role(Role.REGULATIONS_OFFICER):
        raise NotAllowedError("抽查事项清单由综合法规科会同业务科室编制（第五条）。")
    organ = Organ.objects.select_for_update(no_key=True).get(pk=user.organ_id)
    if not taken:
        raise DomainError("没有选择任何已会同的事项，请至少选择一项。")
    waiting = {row.pk: row for row in joined_of(organ)}
    if any(row.pk not in waiting for row in taken):
        raise DomainError("所选事项中有的已被退回或编入其他版本，请刷新页面重新选择。")
    rows = [waiting[row.pk] for row in taken]
    if not resulting(organ, rows):
        raise DomainError("按所选的变动，清单将是空的，不能公布空清单。请至少保留一个事项。")
    serial = 1 + (ListVersion.objects.filter(organ=organ).aggregate(last=Max("serial"))["last"] or 0)
    version = ListVersion(organ=organ, serial=serial, code=f"{organ.code}-L{serial}", title=title, why=why)
    version.composed_by, version.composed_at = user, clock.now()
    try:
        with transaction.atomic():
            version.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError("已有一版清单在等待领导批准，请待其批准或退回后再报。") from error
    for row in rows:
        row.version = version
        row.save(update_fields=["version"])
    details = {"title": title, "why": why, "changes": [f"{row.item.code}/{row.number}" for row in rows]}
    ledger.record(user.actor, "item-list.compose", version.ledger_subject, rows=[version, *rows], details=details)
    return version


def changes_of(version: ListVersion) -> list[ItemRevision]:
    """Return what a version changes, by item."""
    rows = version.changes.select_related("item", "item__organ", "division", "drafted_by", "joined_by")
    return list(rows.order_by("item__serial"))


def refuse_deciding(user: User, version: ListVersion) -> None:
    """Raise NotAllowedError unless `user` is a leader of the organ who neither wrote nor joined anything in the version."""
    if not user.has_role(*LEADER_ROLES):
        raise NotAllowedError("抽查事项清单由局领导批准（第五条）。")
    if user.organ_id != version.organ_id:
        raise NotAllowedError("这是其他机关的清单，可以查看，不能办理（第四条）。")
    refuse_same_person(version.composed_by_id, user)
    for row in changes_of(version):
        if row.has_author(user) or row.joined_by_id == user.pk:
            refuse_same_person(user, user)


def _take(version: ListVersion) -> ListVersion:
    """Take the organ's lists and return the version as it stands; raise StateConflictError where somebody decided already."""
    Organ.objects.select_for_update(no_key=True).get(pk=version.organ_id)
    now = ListVersion.objects.select_related("organ").get(pk=version.pk)
    if now.state != ListState.PENDING:
        raise ledger.StateConflictError("这一版清单已经办结，请刷新页面查看。")
    return now


@transaction.atomic
def send_back_list(user: User, version: ListVersion, *, remark: str) -> ListVersion:
    """Return a version to the regulations division; its changes wait for another one."""
    refuse_deciding(user, version)
    if not remark:
        raise DomainError("退回清单须写明意见，请填写。")
    version = _take(version)
    rows = changes_of(version)
    for row in rows:
        row.version = None
        row.save(update_fields=["version"])
    return ledger.move(
        user.actor,
        "return",
        version,
        LIST_MOVES,
        subject=version.ledger_subject,
        entry_verb="item-list.return",
        details={"remark": remark},
        also=rows,
        decided_by=user,
        decided_at=clock.now(),
        remark=remark,
    )


def basis_failures(rows: list[ItemRevision]) -> list[tuple[ItemRevision, str]]:
    """Return the items whose bases carry no inspection today."""
    book = law_book(rows)
    on = clock.today()
    return [(row, problem) for row in rows if (problem := book.problem(row.bases, on))]


@transaction.atomic
def publish(user: User, version: ListVersion, *, remark: str = "") -> ListVersion:
    """Approve a version, which publishes it: number, entries and file are fixed, and the file's digest stands on the ledger.

    Raise DomainError where a change in it has lost its basis since it was joined (A2.1). What the list already holds stays on it with its
    basis marked, since withdrawing it is the division's to propose.
    """
    refuse_deciding(user, version)
    version = _take(version)
    organ = version.organ
    taken = changes_of(version)
    lost = basis_failures([row for row in taken if row.change != ChangeKind.WITHDRAW])
    if lost:
        raise DomainError(f"{lost[0][0]}：{lost[0][1]}请退回清单，由科室更换依据后再报（第二条）。")
    rows = resulting(organ, taken)
    if not rows:
        raise DomainError("清单是空的，不能公布。请退回综合法规科。")
    number = 1 + (ListVersion.objects.filter(organ=organ).aggregate(last=Max("number"))["last"] or 0)
    moment = clock.now()
    version.number = number
    content = document(version, taken, rows, clock.to_text(moment))
    stored = file_services.store(user.actor, content)
    entries = ListEntry.objects.bulk_create(
        ListEntry(version=version, position=i, revision=row) for i, row in enumerate(rows, 1)
    )
    for row in taken:
        ledger.move(
            user.actor,
            "publish",
            row,
            REVISION_MOVES,
            subject=row.item.ledger_subject,
            entry_verb="item.publish",
            details={"revision": row.number, "list": version.code, "number": number},
        )
    return ledger.move(
        user.actor,
        "publish",
        version,
        LIST_MOVES,
        subject=version.ledger_subject,
        digest=stored.digest,
        entry_verb="item-list.publish",
        details={"number": number, "items": len(rows), "remark": remark},
        also=entries,
        number=number,
        document=stored,
        decided_by=user,
        decided_at=moment,
        remark=remark,
    )


def document(version: ListVersion, taken: list[ItemRevision], rows: list[ItemRevision], moment: str) -> bytes:
    """Return the file that is published: canonical JSON of the whole list and of what it changes, by natural keys."""
    book: dict[str, Any] = {
        "format": FORMAT,
        **document_facts(version),
        "published": moment,
        "items": [document_of(row) for row in rows],
        "changes": [
            {"code": row.item.code, "revision": row.number, "change": row.change, "why": row.why, "name": row.name}
            for row in taken
        ],
    }
    return canonical(book)
