"""Reading draws: for the bureau's people, for the public, and as rows with names."""

from django.db.models import Q, QuerySet
from django.http import Http404

from mingqian.accounts.models import Organ, User
from mingqian.accounts.selectors import organs_below
from mingqian.accounts.states import LEADER_ROLES, READER_ROLES, Role
from mingqian.drawing.bundle import (
    bundle_files,
    bundle_zip,
    ledger_json,
    names_of,
    problems_of,
    result_of,
    seal_of,
    secret_of,
    verifier_archive,
    void_of,
)
from mingqian.drawing.crossing import crossings_to_settle
from mingqian.drawing.evidence import Gallery, gallery_of, is_late, without_media
from mingqian.drawing.joint_selectors import (
    JointShown,
    joint_counts,
    joint_marks,
    joint_of,
    joint_shown,
    joint_visit_for,
    joint_visits_visible_to,
    parts_waiting_for,
    settlements_waiting_for,
    visits_to_settle,
    with_joint,
)
from mingqian.drawing.models import Draft, Draw, VoidRequest
from mingqian.drawing.officers import is_officer
from mingqian.drawing.outcomes import JointMark, Member, Selected, Stratum, outcome
from mingqian.drawing.people_asking import people_decided_for, people_waiting_for
from mingqian.drawing.pool import build as pool_of, reviewed_digest
from mingqian.drawing.standing import Told, public_changes, standing
from mingqian.drawing.states import LIVE, VoidState
from mingqian.drawing.supplement_asking import changes_to_make, waiting_for as changes_waiting_for
from mingqian.drawing.training import trainings_to_record
from mingqian.drawing.warning_selectors import (
    warning_counts,
    warnings_of,
    warnings_to_answer,
    warnings_to_decide,
    warnings_visible_to,
)

__all__ = [
    "Gallery",
    "JointMark",
    "JointShown",
    "Member",
    "Selected",
    "Stratum",
    "Told",
    "bundle_files",
    "bundle_zip",
    "changes_to_make",
    "changes_waiting_for",
    "crossings_to_settle",
    "draft_for",
    "drafts_visible_to",
    "draw_for",
    "draws_visible_to",
    "gallery_of",
    "is_late",
    "is_officer",
    "joint_counts",
    "joint_marks",
    "joint_of",
    "joint_shown",
    "joint_visit_for",
    "joint_visits_visible_to",
    "ledger_json",
    "names_of",
    "outcome",
    "parts_waiting_for",
    "people_decided_for",
    "people_waiting_for",
    "pool_of",
    "problems_of",
    "public_changes",
    "public_draw",
    "public_draws",
    "result_of",
    "reviewed_digest",
    "seal_of",
    "secret_of",
    "settlements_waiting_for",
    "standing",
    "trainings_to_record",
    "under_way_with",
    "verifier_archive",
    "visits_to_settle",
    "void_of",
    "void_requests_for",
    "warning_counts",
    "warnings_of",
    "warnings_to_answer",
    "warnings_to_decide",
    "warnings_visible_to",
    "with_joint",
    "without_media",
]


def draws_visible_to(user: User) -> QuerySet[Draw]:
    """Return the draws of the user's organ and of those below it (art. 4), for those who work with them."""
    if not user.has_role(*READER_ROLES):
        return Draw.objects.none()
    return Draw.objects.filter(organ__in=organs_below(user.organ)).select_related("division", "sealed_by", "organ")


def draw_for(user: User, code: str) -> Draw:
    """Return the draw, or raise Http404 where it is not for `user` to know."""
    draw = draws_visible_to(user).filter(code=code).first()
    if draw is None:
        raise Http404("没有找到这次抽取，或它不属于您的机关。")
    return draw


def under_way_with(organ: Organ, numbers: frozenset[str]) -> list[str]:
    """Return a sentence for each sealed draw of the organ, not yet opened, in whose pool a subject with one of `numbers` is."""
    found = []
    for draw in Draw.objects.filter(organ=organ, state__in=LIVE).order_by("pk"):
        held = sorted(numbers & names_of(draw).keys())
        if held:
            found.append(
                f"{'、'.join(held)}在正在进行的抽取 {draw.draw_id}（{draw.get_state_display()}）的名单里，那次抽取仍使用原登记号。"
            )
    return found


def drafts_visible_to(user: User) -> QuerySet[Draft]:
    """Return the user's own drafts and those of the own division; the regulations division those of the organ (art. 9)."""
    if not user.has_role(*READER_ROLES):
        return Draft.objects.none()
    drafts = Draft.objects.filter(organ=user.organ).select_related("organ", "owner", "division")
    if user.has_role(Role.REGULATIONS_OFFICER):
        return drafts
    return drafts.filter(division=user.division) if user.division_id else drafts.filter(owner=user)


def draft_for(user: User, pk: int) -> Draft:
    """Return the draft, or raise Http404 where it is not for `user` to know."""
    draft = drafts_visible_to(user).filter(pk=pk).first()
    if draft is None:
        raise Http404("没有找到这份草稿：可能已经封存或放弃，或者不属于您的科室。")
    return draft


def public_draws() -> QuerySet[Draw]:
    """Return every sealed draw of every organ: the digests are public from the first moment."""
    return Draw.objects.select_related("organ", "division")


def other_seals(draw: Draw) -> QuerySet[Draw]:
    """Return every other seal for the same inspection: of the task, and of tasks that were given up for the same time of the plan's entry.

    Else a task with a voided draw could be cancelled and opened anew, and the new number would show no void (draw protocol, "void").
    """
    same = Q(scope=draw.scope)
    if draw.task is not None:
        same |= Q(task__entry=draw.task.entry_id, task__round=draw.task.round)
    return public_draws().filter(same, organ=draw.organ).exclude(pk=draw.pk).order_by("sealed_at")


def public_draw(code: str) -> Draw:
    """Return a draw for the public side, or raise Http404."""
    draw = public_draws().filter(code=code).first()
    if draw is None:
        raise Http404("没有找到这次抽取。请从公示端的列表进入，或核对抽取编号。")
    return draw


def void_requests_for(user: User) -> QuerySet[VoidRequest]:
    """Return the requests to void that wait for this leader."""
    if not user.has_role(*LEADER_ROLES):
        return VoidRequest.objects.none()
    pending = VoidRequest.objects.filter(state=VoidState.PENDING, draw__organ=user.organ, draw__state__in=LIVE)
    return pending.exclude(asked_by=user).select_related("draw", "asked_by")
