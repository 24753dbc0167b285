"""The life of a change of a draw: asked for, decided on by another person, then made by its seal (art. 9 to 12)."""

from django.db.models import QuerySet
from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.states import LEADER_ROLES, READER_ROLES, Role
from mingqian.casework.officers import decides_as, officer_of
from mingqian.casework.procedure import Notice, Procedure, Step, decision
from mingqian.drawing.changes.states import AskedAs, ChangeState, Kind
from mingqian.drawing.models.changes import Supplement
from mingqian.registry.people.selectors import inspector_of

ASKED, APPROVED, DECLINED = ChangeState.ASKED, ChangeState.APPROVED, ChangeState.DECLINED
WITHDRAWN, SEALED, CLOSED = ChangeState.WITHDRAWN, ChangeState.SEALED, ChangeState.CLOSED
OPENED, VOIDED = ChangeState.OPENED, ChangeState.VOIDED


def _officer(user: User, row: Supplement) -> str:
    return officer_of(user, row.draw.organ_id, row.draw.division)


def _own_or_officer(user: User, row: Supplement) -> str:
    return "" if row.asked_by_id == user.pk else officer_of(user, row.draw.organ_id, row.draw.division)


def _decider(user: User, row: Supplement) -> str:
    """Say why `user` does not decide: the roles of the kind of change do, and nobody on what concerns them."""
    if decided_as(user, row) is None:
        return f"这项变更由{'、'.join(str(one.label) for one in deciders(row))}审批（{row.article}）。"
    own = inspector_of(user)
    if own is not None and own.certificate_number in {*row.inspectors, row.appointed}:
        return "变更涉及您本人，请由另一位有权限的人员审批。"
    return ""


def _rows(user: User) -> QuerySet[Supplement]:
    if not user.has_role(*READER_ROLES):
        return Supplement.objects.none()
    rows = Supplement.objects.filter(draw__organ=user.organ).order_by("asked_at")
    return rows.select_related("draw__organ", "draw__division", "asked_by")


def _described(row: Supplement) -> str:
    said = str(row.get_kind_display())
    return f"{row.asked_by} 申请：{said}，{row.public_reason}（{row.article}）" if row.state == ASKED else said


def _by_inspector(row: Supplement) -> bool:
    return row.asked_as == AskedAs.INSPECTOR and row.asked_by.has_role(Role.INSPECTOR)


def _told(row: Supplement) -> str:
    remark = f"：{row.remark}" if row.remark else ""
    then = "抽签更换之前您仍在检查组内。" if _by_inspector(row) and row.state == APPROVED else ""
    return f"{row.draw.title}：{row.get_kind_display()}，{row.decided_as}{remark}。{then}"


def _page(row: Supplement) -> str:
    if _by_inspector(row):
        return reverse("drawing:mine")
    return reverse("drawing:change", args=[row.draw.code, row.serial])


_DECIDED: Notice[Supplement] = Notice(
    to=lambda row: [row.asked_by],
    title=lambda row: f"变更申请{'已批准' if row.state == APPROVED else '未批准'}",
    detail=_told,
    path=_page,
)

CHANGE: Procedure[Supplement] = Procedure(
    name="supplement",
    thing="变更",
    model=Supplement,
    states=ChangeState,
    article="A11.1",
    address="drawing:change",
    at=lambda row: [row.draw.code, row.serial],
    ends=(DECLINED, WITHDRAWN, OPENED, VOIDED),
    subject=lambda row: row.log_subject if row.number else row.ledger_subject,
    rows=_rows,
    details=lambda row: {"serial": row.serial},
    title=lambda row: row.draw.title,
    describe=_described,
    due=lambda row: row.open_by,
    steps=(
        Step("ask", (), ASKED, "申请变更", "申请变更", stamps=("asked_by", "asked_at")),
        *decision(
            ASKED,
            (APPROVED, DECLINED),
            _decider,
            article="A10.3",
            told=("批准变更", "未批准变更"),
            done=("已批准，由经办人封存办理。", "未批准，检查组不变。"),
            todo="审批变更申请",
            address="drawing:change-decide",
            notice=_DECIDED,
        ),
        Step(
            "withdraw",
            (ASKED, APPROVED),
            WITHDRAWN,
            "撤回申请",
            "撤回变更申请",
            _own_or_officer,
            done="申请已撤回。",
            hidden=True,
        ),
        Step(
            "seal",
            (APPROVED,),
            SEALED,
            "封存",
            "封存",
            _officer,
            entry="draw.seal",
            hidden=True,
            todo="办理变更",
            irrevocable=True,
        ),
        Step(
            "close", (SEALED,), CLOSED, "献数", "献数截止", _officer, entry="draw.close", hidden=True, todo="办理变更"
        ),
        Step(
            "open",
            (CLOSED,),
            OPENED,
            "开签",
            "开签",
            _officer,
            entry="draw.result",
            hidden=True,
            todo="办理变更",
            irrevocable=True,
        ),
        # An appointment, which is not by lot, is complete with its seal.
        Step(
            "appoint",
            (APPROVED,),
            OPENED,
            "直接委派",
            "直接委派",
            _officer,
            article="A10.1",
            entry="draw.seal",
            hidden=True,
            irrevocable=True,
        ),
        Step("void", (SEALED, CLOSED), VOIDED, "作废", "作废", entry="draw.void", hidden=True, irrevocable=True),
    ),
)


def deciders(supplement: Supplement) -> tuple[Role, ...]:
    """Return the roles that decide: appointments and other divisions the principal leader only (A10.1); subjects the leaders."""
    if supplement.needs_principal:
        return (Role.PRINCIPAL_LEADER,)
    if supplement.kind == Kind.SUBJECT:
        return LEADER_ROLES
    return (Role.DIVISION_HEAD, *LEADER_ROLES)


def decided_as(user: User, supplement: Supplement) -> Role | None:
    """Return the role in which `user` decides on this, None where he may not."""
    draw = supplement.draw
    return decides_as(user, deciders(supplement), draw.organ_id, draw.division_id)
