"""The life of a request about who of the inspectors takes part in a draw (A10.1)."""

from django.db.models import QuerySet
from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.casework.officers import officer_of
from mingqian.casework.procedure import Notice, Procedure, Step, decision
from mingqian.drawing.models.people import PeopleRequest
from mingqian.drawing.people.selectors import article_of, decided_as, deciders_in_words, is_concerned, is_stale
from mingqian.drawing.people.states import PeopleState

ASKED, APPROVED = PeopleState.ASKED, PeopleState.APPROVED
DECLINED, WITHDRAWN = PeopleState.DECLINED, PeopleState.WITHDRAWN
#: What is said where the draft is no longer what somebody asked about.
STALE = "人员方案在提请之后有改动，或者草稿已经封存、放弃，不能再审批。由经办人按改动后的方案重新提请。"


def _officer(user: User, row: PeopleRequest) -> str:
    return officer_of(user, row.task.organ_id, row.task.division)


def _decider(user: User, row: PeopleRequest) -> str:
    """Say why `user` does not decide: who the content is for does, nobody on what leaves them out, and on what has changed nobody."""
    if decided_as(user, row) is None:
        return f"这项人员方案由{deciders_in_words(row.content)}审定（{article_of(row.content)}）。"
    if is_concerned(user, row):
        return "方案排除了您本人，请由另一位有权限的人员审批。"
    return STALE if row.state == ASKED and is_stale(row) else ""


def _rows(user: User) -> QuerySet[PeopleRequest]:
    rows = PeopleRequest.objects.filter(task__organ=user.organ).order_by("asked_at")
    return rows.select_related("task__division", "task__organ", "asked_by")


def _told(row: PeopleRequest) -> str:
    remark = f"：{row.remark}" if row.remark else ""
    then = "可以继续封存。" if row.state == APPROVED else "请修改人员，或补充说明后重新提请。"
    return f"{row.task.title}：{row.decided_as}{remark}。{then}"


_DECIDED: Notice[PeopleRequest] = Notice(
    to=lambda row: [row.asked_by],
    title=lambda row: f"人员方案{'已审定' if row.state == APPROVED else '未批准'}",
    detail=_told,
    path=lambda row: reverse("drawing:draft-people", args=[row.draft_number]),
)

PEOPLE: Procedure[PeopleRequest] = Procedure(
    name="people",
    thing="人员方案",
    model=PeopleRequest,
    states=PeopleState,
    article="A10.1",
    address="drawing:people-decide",
    at=lambda row: [row.pk],
    ends=(APPROVED, DECLINED, WITHDRAWN),
    rows=_rows,
    title=lambda row: row.task.title,
    describe=lambda row: f"{row.asked_by} 提请：{row.ground}",
    steps=(
        Step("ask", (), ASKED, "提请审定", "提请审定人员方案", _officer, stamps=("asked_by", "asked_at")),
        *decision(
            ASKED,
            (APPROVED, DECLINED),
            _decider,
            told=("审定人员方案", "未批准人员方案"),
            done=("已批准，由经办人封存。", "未批准，由经办人修改人员或重新提请。"),
            todo="审定人员方案",
            notice=_DECIDED,
        ),
        Step("withdraw", (ASKED,), WITHDRAWN, "撤回", "撤回人员方案申请", _officer, done="申请已撤回。", hidden=True),
    ),
)
