"""Writers of item revisions: drafted by a division, joined and checked by the other side (会同), never by one of its authors."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from django.db import transaction
from django.db.models import Max

from mingqian.accounts.models import Division, Organ, User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.ledger import services as ledger
from mingqian.pages import versions
from mingqian.planning import joint_review, scopes
from mingqian.planning.items.selectors import law_book, percent, published_before
from mingqian.planning.items.states import (
    OPEN_STATES,
    REVISION_MOVES,
    ChangeKind,
    Exemption,
    FollowUp,
    ItemKind,
    Method,
    ResultCode,
    RevisionState,
)
from mingqian.planning.joint_review import ITEM, refuse_unless_drafter
from mingqian.planning.laws import citation
from mingqian.planning.laws.bases import LawBook
from mingqian.planning.laws.citation import Basis
from mingqian.planning.laws.selectors import title_finder
from mingqian.planning.models.items import BasisCheck, Item, ItemRevision
from mingqian.rules.sets.selectors import rule_set_for
from mingqian.rules.sets.states import Rules


@dataclass
class ItemValues:
    """What an officer writes of an item; `bases` as text, as laws are cited."""

    category: str
    name: str
    sub_item: str = ""
    kind: str = ItemKind.GENERAL
    target: str = ""
    scope: scopes.Scope = field(default_factory=scopes.Scope)
    content: str = ""
    bases: str = ""
    methods: list[str] = field(default_factory=list)
    body: str = ""
    ratio: int | None = None
    ratio_why: str = ""
    frequency: int | None = None
    points: list[dict[str, str]] = field(default_factory=list)
    results: list[dict[str, str]] = field(default_factory=list)
    qualifications: str = ""
    compliance: str = ""
    exemption: str = Exemption.APPLIES
    exemption_why: str = ""
    why: str = ""


def _check_closed_lists(values: ItemValues) -> None:
    """Refuse what no form offers."""
    wrong = (
        values.kind not in ItemKind.values
        or values.exemption not in Exemption.values
        or not set(values.methods) <= set(Method.values)
        or any(point.get("method") and point["method"] not in Method.values for point in values.points)
        or any(r["code"] not in ResultCode.values or r["follow_up"] not in FollowUp.values for r in values.results)
    )
    if wrong:
        raise DomainError("提交的选项不在可选范围内，请刷新页面重新选择。")
    if values.ratio is not None and not 1 <= values.ratio <= 10000:
        raise DomainError("抽查比例应大于 0、不超过 100%，请改正。")


def read_bases(organ: Organ, text: str) -> list[Basis]:
    """Return the citations in `text`, linked with the laws that the organ knows; raise DomainError for too many."""
    known = title_finder(organ)
    bases = citation.read(text, lambda title: known.get(citation.key_of(title), ""))
    if len(bases) > citation.MAX_BASES:
        raise DomainError(f"抽查依据超过 {citation.MAX_BASES} 条，请只列直接规定这项检查的条款。")
    return bases


def _apply(revision: ItemRevision, values: ItemValues) -> None:
    _check_closed_lists(values)
    organ = revision.item.organ
    taken = {one.name: getattr(values, one.name) for one in fields(values) if one.name not in {"bases", "scope"}}
    for name, value in taken.items():
        setattr(revision, name, value)
    revision.scope = dict(scopes.check(organ, values.scope))
    revision.bases = list(read_bases(organ, values.bases))


def new_item(user: User, organ: Organ, division: Division, serial: int, values: ItemValues) -> list[Any]:
    """Return item and first draft, saved; the caller holds the organ's lock and records both."""
    item = Item.objects.create(organ=organ, serial=serial, code=f"{organ.code}-{serial:03d}", created_at=clock.now())
    revision = ItemRevision(item=item, number=1, change=ChangeKind.NEW, division=division)
    revision.drafted_by, revision.drafted_at, revision.authors = user, clock.now(), [user.username]
    _apply(revision, values)
    revision.save()
    return [item, revision]


def next_serial(organ: Organ) -> int:
    """Return the number of the organ's next item; the caller holds the organ's lock."""
    return 1 + (Item.objects.filter(organ=organ).aggregate(last=Max("serial"))["last"] or 0)


@transaction.atomic
def draft_item(user: User, division: Division, values: ItemValues) -> ItemRevision:
    """Draft a new item; it gets its code, which stays."""
    refuse_unless_drafter(user, ITEM, division)
    organ = Organ.objects.select_for_update(no_key=True).get(pk=division.organ_id)
    rows = new_item(user, organ, division, next_serial(organ), values)
    revision: ItemRevision = rows[1]
    details = {"name": values.name, "revision": 1}
    ledger.record(user.actor, "item.draft", revision.item.ledger_subject, rows=rows, details=details)
    return revision


_COPIED = (
    "category", "name", "sub_item", "kind", "target", "scope", "content", "bases", "methods", "body", "ratio", "ratio_why",
    "frequency", "points", "results", "qualifications", "compliance", "exemption", "exemption_why",
)  # fmt: skip


@transaction.atomic
def draft_change(user: User, published: ItemRevision, change: ChangeKind, *, why: str = "") -> ItemRevision:
    """Begin to change or withdraw a published item: a further revision that starts with what stands (A5.3)."""
    refuse_unless_drafter(user, ITEM, published.division)
    item = Item.objects.select_for_update(no_key=True).select_related("organ").get(pk=published.item_id)
    rows = item.revisions.order_by("-number")
    if (under_way := rows.filter(state__in=OPEN_STATES).first()) is not None:
        raise DomainError(f"这个事项已有一份修订在办理（{under_way.get_state_display()}），请在那一份上继续。")
    last = rows.filter(state=RevisionState.PUBLISHED).first()
    if last is None or last.pk != published.pk or last.change == ChangeKind.WITHDRAW:
        raise DomainError("只能调整现行清单上的事项，请刷新页面查看最新一版。")
    if change == ChangeKind.NEW:
        raise DomainError("已公布的事项只能调整或取消。")
    if change == ChangeKind.WITHDRAW and not why:
        raise DomainError("取消抽查事项须写明理由（第五条），请填写。")
    revision = ItemRevision(item=item, number=rows[0].number + 1, change=change, why=why, division=published.division)
    for name in _COPIED:
        setattr(revision, name, getattr(published, name))
    revision.drafted_by, revision.drafted_at, revision.authors = user, clock.now(), [user.username]
    revision.save()
    details = {"name": revision.name, "revision": revision.number, "change": str(change), "why": why}
    ledger.record(user.actor, "item.draft", item.ledger_subject, rows=[revision], details=details)
    return revision


@transaction.atomic
def save_draft(
    user: User, revision: ItemRevision, values: ItemValues, *, division: Division | None = None, seen: str = ""
) -> ItemRevision:
    """Save a draft; whoever saves it is an author. Raise EditedMeanwhileError where it is not as `seen`, the version shown."""
    refuse_unless_drafter(user, ITEM, revision.division)
    locked = ItemRevision.objects.select_for_update(no_key=True, of=("self",)).get(pk=revision.pk)
    versions.check(seen, locked)
    if division is not None and division.organ_id != revision.item.organ_id:
        raise DomainError("所选科室不属于本机关，请重新选择科室。")
    scratch = ItemRevision(item=revision.item)
    _apply(scratch, values)
    names = [one.name for one in fields(values)]
    return ledger.move(
        user.actor,
        "change",
        locked,
        REVISION_MOVES,
        subject=revision.item.ledger_subject,
        entry_verb="item.change",
        details={"revision": revision.number},
        authors=sorted({*locked.authors, user.username}),
        division=division or locked.division,
        **{name: getattr(scratch, name) for name in names},
    )


def hindrances(revision: ItemRevision) -> list[str]:
    """Return what must be put right before the draft can go on: what article 5 asks for, the basis (A2.1), the ratio (A5.2)."""
    return hindrances_of([revision])[revision.pk]


def hindrances_of(revisions: Sequence[ItemRevision]) -> dict[int, list[str]]:
    """Return what hinders each revision, by key; the library is read once, the rules once a division."""
    book, today = law_book(revisions), clock.today()
    rules: dict[int, Rules] = {}
    for row in revisions:
        if row.division_id not in rules:
            rules[row.division_id] = rule_set_for(row.item.organ, today, row.division)
    return {row.pk: _hindrances(row, book, rules[row.division_id]) for row in revisions}


def _hindrances(revision: ItemRevision, book: LawBook, rules: Rules) -> list[str]:
    if revision.change == ChangeKind.WITHDRAW:
        return [] if revision.why else ["取消抽查事项须写明理由。"]
    wanted = (
        ("抽查类别", revision.category),
        ("抽查对象", revision.target),
        ("抽查内容", revision.content),
        ("抽查方式", revision.methods),
        ("抽查比例", revision.ratio),
        ("抽查频次", revision.frequency),
        ("可用检查结果", revision.results),
        ("合规提示（第四条）", revision.compliance),
    )
    found = [f"还没有填写{title}。" for title, value in wanted if not value]
    if revision.change == ChangeKind.CHANGE and not revision.why:
        found.append("调整抽查事项须写明理由（第五条）。")
    if revision.change == ChangeKind.CHANGE and not differs(revision):
        found.append("与现行清单没有任何差别。请修改内容，或放弃这份修订。")
    if revision.exemption != Exemption.APPLIES and not revision.exemption_why:
        found.append("不适用免检免扰的，须写明依据或说明（第九条）。")
    if problem := book.problem(revision.bases, clock.today()):
        found.append(problem)
    return found + _numbers_out_of_bounds(revision, rules)


def _numbers_out_of_bounds(revision: ItemRevision, rules: Rules) -> list[str]:
    found = []
    ceiling = rules.value("general_ratio")
    if revision.kind == ItemKind.GENERAL and (revision.ratio or 0) > ceiling and not revision.ratio_why:
        found.append(
            f"一般检查事项的抽查比例上限是 {percent(ceiling)}，现为 {percent(revision.ratio)}：请降低，或写明超过上限的理由（第五条）。"
        )
    cap = rules.value("yearly_cap")
    if (revision.frequency or 0) > cap:
        found.append(f"对同一对象同一事项的检查每年不超过 {cap} 次（第十二条），请降低频次。")
    return found


@transaction.atomic
def submit(user: User, revision: ItemRevision, *, seen: str = "") -> ItemRevision:
    """Send a draft to the other side for joining and checking."""
    refuse_unless_drafter(user, ITEM, revision.division)
    locked = ItemRevision.objects.select_for_update(no_key=True, of=("self",)).get(pk=revision.pk)
    versions.check(seen, locked)
    if wrong := hindrances(locked):
        raise DomainError(" ".join(wrong))
    return _moved(user, locked, "submit", "item.submit", authors=sorted({*locked.authors, user.username}))


def _moved(user: User, revision: ItemRevision, verb: str, entry_verb: str, **changes: Any) -> ItemRevision:
    return ledger.move(
        user.actor,
        verb,
        revision,
        REVISION_MOVES,
        subject=revision.item.ledger_subject,
        entry_verb=entry_verb,
        details={"revision": revision.number, "remark": str(changes.get("remark", ""))},
        **changes,
    )


@transaction.atomic
def drop(user: User, revision: ItemRevision) -> ItemRevision:
    """Give a draft up; it stays readable."""
    refuse_unless_drafter(user, ITEM, revision.division)
    return _moved(user, revision, "drop", "item.drop")


def refuse_joining(user: User, revision: ItemRevision) -> None:
    """Raise NotAllowedError unless `user` speaks for the other side and wrote nothing in it (art. 5: 会同)."""
    joint_review.refuse_joining(user, revision, revision.item.organ_id, ITEM)


def may_join(user: User, revision: ItemRevision) -> bool:
    """Say whether `user` speaks for the other side."""
    return joint_review.may_join(user, revision, revision.item.organ_id, ITEM)


@transaction.atomic
def join(user: User, revision: ItemRevision, *, remark: str = "", seen: str = "") -> ItemRevision:
    """Agree to a draft after checking its bases; it then waits for the next version of the list."""
    refuse_joining(user, revision)
    locked = ItemRevision.objects.select_for_update(no_key=True, of=("self",)).get(pk=revision.pk)
    versions.check(seen, locked)
    if wrong := hindrances(locked):
        raise DomainError(" ".join(wrong))
    check = BasisCheck.objects.create(revision=locked, by=user, at=clock.now(), note=remark)
    changes: dict[str, Any] = {"joined_by": user, "joined_at": clock.now(), "remark": remark}
    details = {"revision": locked.number, "remark": remark}
    subject = locked.item.ledger_subject
    return ledger.move(
        user.actor,
        "join",
        locked,
        REVISION_MOVES,
        subject=subject,
        entry_verb="item.join",
        details=details,
        also=[check],
        **changes,
    )


@transaction.atomic
def send_back(user: User, revision: ItemRevision, *, remark: str) -> ItemRevision:
    """Return a draft to its authors, saying why; also one that was joined, as long as no leader has it before them."""
    if revision.state == RevisionState.JOINED:
        if not user.has_role(Role.REGULATIONS_OFFICER) or user.organ_id != revision.item.organ_id:
            raise NotAllowedError("已会同的事项由综合法规科退回。")
    else:
        refuse_joining(user, revision)
    if not remark:
        raise DomainError("退回修改须写明意见，请填写。")
    locked = ItemRevision.objects.select_for_update(no_key=True, of=("self",)).get(pk=revision.pk)
    if locked.version_id is not None:
        raise DomainError("这份修订已编入报批的清单，请先由领导退回清单。")
    return _moved(user, locked, "return", "item.return", remark=remark)


@transaction.atomic
def check_bases(user: User, revisions: Sequence[ItemRevision], *, note: str) -> None:
    """Record that the bases of published items were looked through again after a law had changed (A5.3)."""
    if not note:
        raise DomainError("请写明核对结论，例如“条号未变，内容未涉及”。")
    for revision in revisions:
        refuse_unless_drafter(user, ITEM, revision.division)
        check = BasisCheck.objects.create(revision=revision, by=user, at=clock.now(), note=note)
        details = {"revision": revision.number, "note": note}
        ledger.record(user.actor, "item.check", revision.item.ledger_subject, rows=[check], details=details)


def differs(revision: ItemRevision) -> bool:
    """Say whether a change changes anything."""
    before = published_before(revision)
    names = (*_COPIED, "division_id")
    return before is None or any(getattr(before, name) != getattr(revision, name) for name in names)
