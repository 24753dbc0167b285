"""Whether the people of a draw want a decision, by whom, and what was asked and decided (A10.1)."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from mingqian.accounts.models import User
from mingqian.accounts.selectors import divisions_of
from mingqian.accounts.states import LEADER_ROLES, READER_ROLES, Role
from mingqian.casework.officers import decides_as, officer_of
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.drawing.draw.states import Assignment
from mingqian.drawing.models.draws import Draft
from mingqian.drawing.models.people import PeopleRequest
from mingqian.drawing.people.states import PeopleState
from mingqian.planning.models import Task
from mingqian.registry.people.selectors import OUT_WORDS, inspector_of, inspectors_of

#: An explanation says something: "缺人" alone does not.
SHORTEST_GROUND = 6

Content = dict[str, Any]


def content_of(draft: Draft) -> Content:
    """Return what of the draft's people wants a decision, in one way of writing it."""
    task = draft.drawn_for
    if draft.assignment == Assignment.NONE:
        return {"divisions": [], "own": True, "nobody": True, "left_out": []}
    codes = {row.pk: row.code for row in divisions_of(draft.organ)}
    planned = {task.division.code, *task.revision.partners}
    drawn = inspectors_of(draft.organ).filter(division_id__in=draft.divisions)
    numbers = drawn.filter(certificate_number__in=draft.left_out).values_list("certificate_number", flat=True)
    return {
        "divisions": sorted({codes[pk] for pk in draft.divisions if pk in codes} - planned),
        # A draft without any division has nobody to draw from, which is another fault.
        "own": not draft.divisions or task.division_id in draft.divisions,
        "nobody": False,
        "left_out": [[number, draft.left_out[number]] for number in sorted(numbers)],
    }


def for_principal(content: Content) -> bool:
    """Say whether only the principal leader decides (A10.1)."""
    return bool(content["nobody"] or content["divisions"] or not content["own"])


def is_needed(content: Content) -> bool:
    """Say whether anybody must decide."""
    return for_principal(content) or bool(content["left_out"])


def article_of(content: Content) -> str:
    """Return the article by which somebody decides: too few inspectors, or people who cannot come."""
    return "第十条" if for_principal(content) else "第十一条"


def deciders(content: Content) -> tuple[Role, ...]:
    """Return the roles that decide."""
    return (Role.PRINCIPAL_LEADER,) if for_principal(content) else (Role.DIVISION_HEAD, *LEADER_ROLES)


def deciders_in_words(content: Content) -> str:
    """Name the roles that decide."""
    return "、".join(str(role.label) for role in deciders(content))


def told_of(task: Task, content: Content) -> dict[str, Any]:
    """Return the content as pages tell it: divisions by name, people left out as counts by reason."""
    names = {row.code: row.name for row in divisions_of(task.organ)}
    counts = Counter(OUT_WORDS.get(code, code) for _number, code in content["left_out"])
    return {
        "home": task.division.name,
        "divisions": [names.get(code, code) for code in content["divisions"]],
        "own": content["own"],
        "nobody": content["nobody"],
        "left_out": [[reason, counts[reason]] for reason in sorted(counts)],
    }


def requests_of(draft: Draft) -> QuerySet[PeopleRequest]:
    """Return the requests of a draft, newest first."""
    return PeopleRequest.objects.filter(draft_number=draft.pk).select_related("asked_by", "decided_by")


@dataclass(frozen=True)
class People:
    """What of a draft's people wants a decision, and the request that speaks of this very content.

    That is the approved one, else that which waits, else the last that was declined; `earlier` says whether anything was asked at all.
    """

    content: Content
    row: PeopleRequest | None
    earlier: bool

    @property
    def needed(self) -> bool:
        """Say whether anybody must decide."""
        return is_needed(self.content)

    @property
    def settled(self) -> bool:
        """Say whether nobody has to decide any more."""
        return not self.needed or (self.row is not None and self.row.state == PeopleState.APPROVED)


def people_of(draft: Draft) -> People:
    """Return what of the draft's people wants a decision, and how that stands."""
    content, rows = content_of(draft), list(requests_of(draft))
    order = (PeopleState.APPROVED, PeopleState.ASKED, PeopleState.DECLINED)
    same = [row for row in rows if row.content == content]
    found = next((row for state in order for row in same if row.state == state), None)
    return People(content, found, bool(rows))


def refuse_undecided(people: People) -> None:
    """Raise DomainError where a draft's people want a decision that nobody has made."""
    if people.settled:
        return
    row, who, article = people.row, deciders_in_words(people.content), article_of(people.content)
    if row is not None and row.state == PeopleState.ASKED:
        raise DomainError(f"人员方案已提请，等待{who}审定（{article}）。审定之后才能封存。")
    if row is not None:
        raise DomainError(f"人员方案未获批准：{row.remark}请回到“人员”修改，或补充说明后重新提请（{article}）。")
    raise DomainError(
        f"人员方案还没有审定。请在“人员”一步说明理由，提请{who}审定（{article}），或者改回只抽本科室人员。"
    )


def told(people: People) -> dict[str, Any]:
    """Return what the sealed draw keeps of the decision, {} where none was needed; everybody may read it."""
    row = people.row if people.needed else None
    if row is None or row.decided_by is None or row.decided_at is None:
        return {}
    return {
        **told_of(row.task, people.content),
        "ground": row.ground,
        "decided_as": row.decided_as,
        "decided_by": row.decided_by.name,
        "decided_at": clock.to_text(row.decided_at),
        "article": article_of(people.content),
    }


def decided_as(user: User, row: PeopleRequest) -> Role | None:
    """Return the role in which `user` decides on this, None where he may not."""
    return decides_as(user, deciders(row.content), row.task.organ_id, row.task.division_id)


def is_concerned(user: User, row: PeopleRequest) -> bool:
    """Say whether `user` is one of those whom the request leaves out."""
    own = inspector_of(user)
    return own is not None and own.certificate_number in {number for number, _code in row.content["left_out"]}


def draft_of(row: PeopleRequest) -> Draft | None:
    """Return the draft that the request speaks of, None once it is sealed or given up."""
    found = Draft.objects.filter(pk=row.draft_number, task=row.task_id)
    return found.select_related("organ", "division", "task__division", "task__revision").first()


def is_stale(row: PeopleRequest) -> bool:
    """Say whether the draft has changed since the request, or is gone."""
    draft = draft_of(row)
    return draft is None or content_of(draft) != row.content


def request_for(user: User, pk: int) -> PeopleRequest:
    """Return the request, or raise Http404 where it is not for `user` to know."""
    rows = PeopleRequest.objects.filter(pk=pk, task__organ=user.organ)
    found = rows.select_related("task__division", "task__organ", "task__revision", "asked_by", "decided_by").first()
    if found is None or not user.has_role(*READER_ROLES):
        raise Http404("没有找到这份人员方案申请。")
    return found


def people_decided_for(user: User) -> list[tuple[PeopleRequest, Draft]]:
    """Return the decided requests of drafts that `user` prepares, as long as they speak of the draft as it stands."""
    rows = PeopleRequest.objects.filter(state__in=(PeopleState.APPROVED, PeopleState.DECLINED), task__organ=user.organ)
    drafts = Draft.objects.filter(organ=user.organ).values("pk")
    found = []
    for row in rows.filter(draft_number__in=drafts).select_related("task__division", "decided_by"):
        draft = draft_of(row)
        if draft is None or officer_of(user, row.task.organ_id, row.task.division):
            continue
        if people_of(draft).row == row:
            found.append((row, draft))
    return found
