"""Writers of the law library: laws, editions, repeals, links of names. A text that was entered is never changed."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max

from mingqian.accounts.models import Organ, User
from mingqian.accounts.states import Role
from mingqian.casework.register.states import OPEN_STATES
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.ledger import services as ledger
from mingqian.ledger.models import Recorded
from mingqian.planning import citation
from mingqian.planning.laws.articles import split
from mingqian.planning.laws.selectors import line_of
from mingqian.planning.laws.states import LawLevel
from mingqian.planning.models.items import ItemRevision
from mingqian.planning.models.laws import Article, Edition, Law, LawAlias


@dataclass(frozen=True)
class EditionValues:
    """A text of a law: its name, papers and days, and the articles as plain text."""

    title: str
    effective_from: date
    text: str
    document_number: str = ""
    published_on: date | None = None
    excerpt: bool = False
    note: str = ""


def _refuse_unless_keeper(user: User, organ_id: int) -> None:
    if not user.has_role(Role.REGULATIONS_OFFICER):
        raise NotAllowedError("法律法规库由综合法规科经办人维护（第四条）。")
    if user.organ_id != organ_id:
        raise NotAllowedError("这部法律由上级或其他机关维护，可以引用，不能修改。")


def _add_edition(user: User, law: Law, values: EditionValues) -> tuple[Edition, list[Recorded]]:
    found = split(values.text)
    if found.problems:
        raise DomainError(f"条文有 {len(found.problems)} 处问题，请先改正：{found.problems[0]}")
    if values.published_on and values.published_on > values.effective_from:
        raise DomainError("公布日期晚于施行日期，请改正。")
    edition = Edition.objects.create(
        law=law,
        number=1 + (law.editions.aggregate(last=Max("number"))["last"] or 0),
        title=values.title,
        document_number=values.document_number,
        published_on=values.published_on,
        effective_from=values.effective_from,
        excerpt=values.excerpt,
        note=values.note,
        added_by=user,
        added_at=clock.now(),
    )
    articles = Article.objects.bulk_create(
        Article(edition=edition, position=i, label=one.label, chapter=one.chapter[:100], text=one.text)
        for i, one in enumerate(found.articles, 1)
    )
    return edition, [edition, *articles]


@transaction.atomic
def add_law(
    user: User,
    *,
    code: str,
    name: str,
    issuer: str,
    level: LawLevel,
    document_number: str = "",
    edition: EditionValues,
) -> Law:
    """Put a law with its first text into the library; drafts that cite its name are linked with it."""
    _refuse_unless_keeper(user, user.organ_id)
    organ = Organ.objects.select_for_update(no_key=True).get(pk=user.organ_id)
    for one in line_of(organ):
        if Law.objects.filter(organ=one, name=name).exists():
            raise DomainError(f"库中已有《{name}》（{one.short_name}录入）。有修改的，请在该法律下录入新版本。")
    law = Law(organ=organ, code=code, name=name, issuer=issuer, level=level, document_number=document_number)
    law.added_by, law.added_at = user, clock.now()
    try:
        with transaction.atomic():
            law.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError("这个简码已经使用，请换一个。") from error
    _edition, rows = _add_edition(user, law, edition)
    linked = _link_drafts(organ, citation.key_of(name), law)
    details = {"name": name, "articles": len(rows) - 1, "linked": len(linked)}
    ledger.record(user.actor, "law.add", law.ledger_subject, rows=[law, *rows, *linked], details=details)
    return law


@transaction.atomic
def amend_law(user: User, law: Law, values: EditionValues) -> Edition:
    """Enter a further text of a law, in force from its day on; what stands on the law is asked to be looked through again."""
    _refuse_unless_keeper(user, law.organ_id)
    law = Law.objects.select_for_update(no_key=True).get(pk=law.pk)
    if law.repealed_on is not None and values.effective_from >= law.repealed_on:
        raise DomainError("这部法律届时已经废止，不能再录入新版本。")
    edition, rows = _add_edition(user, law, values)
    details = {"edition": edition.number, "effective_from": values.effective_from.isoformat(), "title": values.title}
    ledger.record(user.actor, "law.amend", law.ledger_subject, rows=rows, details=details)
    return edition


@transaction.atomic
def repeal_law(user: User, law: Law, *, repealed_on: date, successor: Law | None, note: str) -> Law:
    """Say from which day on a law is no longer in force, and which one follows it. Cannot be taken back."""
    _refuse_unless_keeper(user, law.organ_id)
    law = Law.objects.select_for_update(no_key=True).get(pk=law.pk)
    if law.repealed_on is not None:
        raise DomainError("这部法律已经登记废止，请刷新页面查看。")
    if successor is not None and successor.pk == law.pk:
        raise DomainError("替代的法律不能是它自己，请重新选择。")
    first = min(law.editions.values_list("effective_from", flat=True))
    if repealed_on <= first:
        raise DomainError("废止日期不晚于首次施行日期，请改正。")
    law.repealed_on, law.successor, law.repeal_note = repealed_on, successor, note
    law.save(update_fields=["repealed_on", "successor", "repeal_note"])
    details = {"repealed_on": repealed_on.isoformat(), "successor": successor.code if successor else "", "note": note}
    ledger.record(user.actor, "law.repeal", law.ledger_subject, rows=[law], details=details)
    return law


def _link_drafts(organ: Organ, key: str, law: Law) -> list[ItemRevision]:
    """Link what drafts cite under a name that nobody knew; return the drafts."""
    linked = []
    for row in ItemRevision.objects.select_for_update(no_key=True).filter(item__organ=organ, state__in=OPEN_STATES):
        hits = [basis for basis in row.bases if not basis["law"] and citation.key_of(basis["title"]) == key]
        if hits:
            for basis in hits:
                basis["law"] = law.code
            row.save(update_fields=["bases"])
            linked.append(row)
    return linked


@transaction.atomic
def link_title(user: User, title: str, law: Law) -> int:
    """Say which law of the library a cited name means; return how many drafts were linked. The name is recognised from then on."""
    _refuse_unless_keeper(user, user.organ_id)
    organ = Organ.objects.select_for_update(no_key=True).get(pk=user.organ_id)
    if law.organ_id not in {one.pk for one in line_of(organ)}:
        raise DomainError("只能关联本机关或上级机关录入的法律，请重新选择。")
    key = citation.key_of(title)
    if not key:
        raise DomainError("名称里没有可以识别的文字，请在事项里改写依据。")
    if LawAlias.objects.filter(organ=organ, key=key).exists():
        raise DomainError("这个名称已经关联过，请刷新页面查看。")
    values = {"key": key, "title": title, "linked_by": user, "linked_at": clock.now()}
    alias = LawAlias.objects.create(organ=organ, law=law, **values)
    linked = _link_drafts(organ, key, law)
    details = {"title": title, "drafts": len(linked)}
    ledger.record(user.actor, "law.link", law.ledger_subject, rows=[alias, *linked], details=details)
    return len(linked)
