"""The register of inspection items: drafted, consulted on, composed into a version of the list, approved and published (art. 5);
what must be right before an item goes on, bases that are looked through again."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from django.db import models, transaction
from django.urls import reverse

from mingqian.accounts.models import Division, Organ, User
from mingqian.casework.numbers import next_number
from mingqian.casework.officers import refuse
from mingqian.casework.procedure import Step
from mingqian.casework.register import sides
from mingqian.casework.register.services import Register
from mingqian.casework.register.states import ChangeKind
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.documents.files import services as file_services
from mingqian.documents.models import StoredFile
from mingqian.ledger import services as ledger
from mingqian.ledger.models import Recorded, canonical
from mingqian.planning import citation, scopes
from mingqian.planning.bases import LawBook
from mingqian.planning.cells import percent
from mingqian.planning.items.selectors import basis_failures, document_facts
from mingqian.planning.items.states import Exemption, FollowUp, ItemKind, ItemValues, Method, ResultCode
from mingqian.planning.laws.selectors import law_book, title_finder
from mingqian.planning.laws.states import Basis
from mingqian.planning.models.items import BasisCheck, Item, ItemRevision, ListVersion
from mingqian.planning.selectors import ITEM_RECORDS, ITEM_WORDS
from mingqian.rules.sets.selectors import rule_set_for
from mingqian.rules.sets.states import Rules


def _check_closed_lists(values: ItemValues) -> None:
    """Refuse what no form offers."""
    chosen: tuple[tuple[type[models.TextChoices], Iterable[str]], ...] = (
        (ItemKind, [values.kind]),
        (Exemption, [values.exemption]),
        (Method, [*values.methods, *filter(None, (point.get("method") for point in values.points))]),
        (ResultCode, [result["code"] for result in values.results]),
        (FollowUp, [result["follow_up"] for result in values.results]),
    )
    if not all(set(given) <= set(offered.values) for offered, given in chosen):
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


def read_values(organ: Organ, values: ItemValues) -> dict[str, Any]:
    """Return what a revision keeps of `values`; raise DomainError for what no form offers."""
    _check_closed_lists(values)
    kept = {one.name: getattr(values, one.name) for one in fields(values)}
    return {**kept, "scope": dict(scopes.check(organ, values.scope)), "bases": list(read_bases(organ, values.bases))}


def new_item(
    user: User, organ: Organ, division: Division, serial: int, values: ItemValues
) -> tuple[Item, ItemRevision]:
    """Return item and first draft, the item saved; the caller holds the organ's lock, saves the draft and records both."""
    told = read_values(organ, values)
    item = Item.objects.create(organ=organ, serial=serial, code=f"{organ.code}-{serial:03d}", created_at=clock.now())
    revision = ItemRevision(item=item, number=1, change=ChangeKind.NEW, division=division, **told)
    revision.drafted_by, revision.drafted_at, revision.authors = user, clock.now(), [user.username]
    return item, revision


#: What a change starts with, and what makes it one.
COPIED = (
    "category", "name", "sub_item", "kind", "target", "scope", "content", "bases", "methods", "body", "ratio", "ratio_why",
    "frequency", "points", "results", "qualifications", "compliance", "exemption", "exemption_why",
)  # fmt: skip


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
    found = [f"还没有填写{title}。" for title, value in wanted if not value] + _change_hindrances(revision)
    if revision.exemption != Exemption.APPLIES and not revision.exemption_why:
        found.append("不适用免检免扰的，须写明依据或说明（第九条）。")
    if problem := book.problem(revision.bases, clock.today()):
        found.append(problem)
    return found + _numbers_out_of_bounds(revision, rules)


def _change_hindrances(revision: ItemRevision) -> list[str]:
    if revision.change != ChangeKind.CHANGE:
        return []
    found = [] if revision.why else ["调整抽查事项须写明理由（第五条）。"]
    return found if differs(revision) else [*found, "与现行清单没有任何差别。请修改内容，或放弃这份修订。"]


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
def check_bases(user: User, revisions: Sequence[ItemRevision], *, note: str) -> None:
    """Record that the bases of published items were looked through again after a law had changed (A5.3)."""
    if not note:
        raise DomainError("请写明核对结论，例如“条号未变，内容未涉及”。")
    for revision in revisions:
        refuse(sides.drafts(user, revision.division, ITEM_WORDS))
        check = BasisCheck.objects.create(revision=revision, by=user, at=clock.now(), note=note)
        details = {"revision": revision.number, "note": note}
        ledger.record(user.actor, "item.check", revision.item.ledger_subject, rows=[check], details=details)


def differs(revision: ItemRevision) -> bool:
    """Say whether a change changes anything."""
    before = ITEM_RECORDS.before(revision)
    names = (*COPIED, "division_id")
    return before is None or any(getattr(before, name) != getattr(revision, name) for name in names)


def document_of(revision: ItemRevision) -> dict[str, Any]:
    """Return a revision as the published file holds it: natural keys and texts, whole numbers."""
    names = ("category", "name", "sub_item", "kind", "target", "scope", "content", "bases", "methods", "body", "ratio")
    more = ("ratio_why", "frequency", "points", "results", "qualifications", "compliance", "exemption", "exemption_why")
    return {
        "code": revision.item.code,
        "revision": revision.number,
        "division": revision.division.name,
        **{name: getattr(revision, name) for name in (*names, *more)},
    }


#: Name and version of the published file's form.
FORMAT = "mingqian-item-list/1"


class ItemRegister(Register[ItemRevision, ListVersion]):
    """The items of an organ and the versions of its list."""

    words = ITEM_WORDS
    name, whole_name = "item", "item-list"
    records = ITEM_RECORDS
    copied = COPIED
    address, consulting = "planning:item", "planning:item-consult"
    version_address, deciding = "planning:list", "planning:list-decide"

    def mark_of(self, owner: models.Model) -> str:
        """Return how the codes of an organ's versions begin."""
        return f"{self.organ_of(owner).code}-L"

    def organ_of(self, owner: models.Model) -> Organ:
        """Return the organ, whose list it is."""
        assert isinstance(owner, Organ)  # noqa: S101  for the types: the owner of a list
        return owner

    def list_of(self, user: User, step: Step[ItemRevision]) -> str:
        """Return where the revisions that wait for a step are listed."""
        return f"{reverse('planning:drafts')}?state={step.start[0]}"

    def hindrances(self, row: ItemRevision) -> list[str]:
        """Return what article 5 asks for and is missing yet."""
        return hindrances(row)

    def looked_through(self, user: User, row: ItemRevision, remark: str) -> list[Recorded]:
        """Note that the bases were looked through with the consultation."""
        return [BasisCheck.objects.create(revision=row, by=user, at=clock.now(), note=remark)]

    def lost(self, taken: Sequence[ItemRevision]) -> str:
        """Say which change has lost its basis since it was consulted on (A2.1).

        What the list already holds stays on it with its basis marked, since withdrawing it is the division's to propose.
        """
        failing = basis_failures([row for row in taken if row.change != ChangeKind.WITHDRAW])
        return f"{failing[0][0]}：{failing[0][1]}请退回清单，由科室更换依据后再报（第二条）。" if failing else ""

    def store(
        self, actor: str, version: ListVersion, taken: list[ItemRevision], rows: list[ItemRevision], moment: str
    ) -> StoredFile:
        """Store the file: canonical JSON of the whole list and of what it changes, by natural keys."""
        book: dict[str, Any] = {
            "format": FORMAT,
            **document_facts(version),
            "published": moment,
            "items": [document_of(row) for row in rows],
            "changes": [
                {"code": row.code, "revision": row.number, "change": row.change, "why": row.why, "name": row.name}
                for row in taken
            ],
        }
        return file_services.store(actor, canonical(book))

    @transaction.atomic
    def draft(self, user: User, division: Division, values: ItemValues) -> ItemRevision:
        """Draft a new item; it gets its code, which stays."""
        refuse(sides.drafts(user, division, self.words))
        organ = Organ.objects.get(pk=division.organ_id)
        serial = next_number(Item.objects.filter(organ=organ), under=organ)
        item, revision = new_item(user, organ, division, serial, values)
        return self.begin(user, revision, also=[item], details={"name": values.name})

    def write(
        self,
        user: User,
        row: ItemRevision,
        values: ItemValues,
        *,
        division: Division | None = None,
        seen: str = "",
    ) -> ItemRevision:
        """Save a draft as its form has it."""
        return self.save(user, row, read_values(row.item.organ, values), division=division, seen=seen)


ITEMS = ItemRegister()
