"""Reading draws: for the bureau's people, for the public, who carries their work; the files of a draw as the protocol names them."""

from django.db.models import QuerySet
from django.http import HttpRequest

from mingqian.accounts.models import Organ, User
from mingqian.accounts.selectors import organs_below, user_of
from mingqian.accounts.states import LEADER_ROLES, READER_ROLES
from mingqian.casework.officers import officer_of, refuse
from mingqian.common.rows import row_or_404
from mingqian.drawing.models.draws import Draw
from mingqian.planning.selectors import lock_task
from mingqian.planning.tasks.states import TaskState
from mingqian_draw import build_pyz


def draws_visible_to(user: User) -> QuerySet[Draw]:
    """Return the draws of the user's organ and of those below it (art. 4), for those who work with them."""
    if not user.has_role(*READER_ROLES):
        return Draw.objects.none()
    return Draw.objects.filter(organ__in=organs_below(user.organ)).select_related("division", "sealed_by", "organ")


def draw_for(user: User, code: str) -> Draw:
    """Return the draw, or raise Http404 where it is not for `user` to know."""
    return row_or_404(draws_visible_to(user).filter(code=code), "没有找到这次抽取，或它不属于您的机关。")


def draw_at(request: HttpRequest, code: str) -> tuple[User, Draw]:
    """Return who asks and the draw, or raise Http404 where it is not for them to know."""
    user = user_of(request)
    return user, draw_for(user, code)


def public_draws() -> QuerySet[Draw]:
    """Return every sealed draw of every organ: the digests are public from the first moment."""
    return Draw.objects.select_related("organ", "division")


def other_seals(draw: Draw) -> QuerySet[Draw]:
    """Return every other seal of its scope: for the task, and for tasks that were given up for the same time of the plan's entry."""
    return public_draws().filter(scope=draw.scope).exclude(pk=draw.pk).order_by("attempt")


def public_draw(code: str) -> Draw:
    """Return a draw for the public side, or raise Http404."""
    return row_or_404(public_draws().filter(code=code), "没有找到这次抽取。请从公示端的列表进入，或核对抽取编号。")


def verifier_archive() -> bytes:
    """Return `mingqian_draw.pyz`."""
    return build_pyz.build()


def why_not_officer(user: User, draw: Draw) -> str:
    """Say why `user` does not carry the draw's work, "" for an officer of its division, or of the regulations division (art. 9)."""
    return officer_of(user, draw.organ_id, draw.division)


def is_officer(user: User, draw: Draw) -> bool:
    """Say whether `user` carries the draw's work."""
    return not why_not_officer(user, draw)


def refuse_stranger(user: User, draw: Draw) -> None:
    """Let only those who carry the draw's work go on."""
    refuse(why_not_officer(user, draw))


def take(draw: Draw) -> None:
    """Hold organ and task before the log is written: whoever else needs them takes them in this order, so nobody waits in a circle."""
    hold(draw.organ_id)
    if draw.task is not None:
        lock_task(draw.task)


def why_not_publish(user: User, draw: Draw) -> str:
    """Say why `user` does not publish a list that was kept back: its officers do after the inspections, before that only a leader."""
    over = draw.task is None or draw.task.state == TaskState.DONE
    if user.organ_id != draw.organ_id or not (is_officer(user, draw) if over else user.has_role(*LEADER_ROLES)):
        return "检查结束之后由任务所属科室或综合法规科公布名单；检查尚未结束，提前公布须由本机关领导决定。"
    return ""


def hold(organ_id: int) -> None:
    """Hold the organ before anything else, as an opening does: organ, task, draw, visit, ledger, so that nobody waits in a circle.

    Rows that merely refer to the organ may be added all the while.
    """
    Organ.objects.select_for_update(no_key=True).get(pk=organ_id)
