"""Reading draws: for the bureau's people, for the public, and as rows with names."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from mingqian.accounts.models import Organ, User
from mingqian.accounts.selectors import organs_below
from mingqian.accounts.states import LEADER_ROLES, READER_ROLES
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
from mingqian.drawing.models import Draft, Draw, VoidRequest
from mingqian.drawing.pool import build as pool_of, reviewed_digest
from mingqian.drawing.states import LIVE, DrawState, VoidState

__all__ = [
    "Selected",
    "Stratum",
    "bundle_files",
    "bundle_zip",
    "draft_for",
    "drafts_visible_to",
    "draw_for",
    "draws_visible_to",
    "ledger_json",
    "names_of",
    "outcome",
    "pool_of",
    "problems_of",
    "public_draw",
    "public_draws",
    "result_of",
    "reviewed_digest",
    "seal_of",
    "secret_of",
    "under_way_with",
    "verifier_archive",
    "void_of",
    "void_requests_for",
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
    """Return the user's own drafts and those of the own division."""
    if not user.has_role(*READER_ROLES):
        return Draft.objects.none()
    drafts = Draft.objects.filter(organ=user.organ).select_related("organ", "owner", "division")
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


@dataclass(frozen=True)
class Member:
    """An inspector in a team."""

    number: str
    name: str
    division: str


@dataclass(frozen=True)
class Selected:
    """A selected subject with its team, as pages show it."""

    rank: int
    number: str
    name: str
    district: str
    ticket: str
    lot: int
    batch: int
    team: list[Member]


@dataclass(frozen=True)
class Stratum:
    """A stratum of an opened draw."""

    name: str
    quota: int
    participants: int
    cutoff: str
    passed: list[dict[str, Any]]
    selected: list[Selected] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Return the name that users see."""
        return "全部" if self.name == "-" else self.name


def outcome(draw: Draw) -> list[Stratum]:
    """Return the result of an opened draw by stratum, with names; [] where it is not opened."""
    if draw.state != DrawState.OPENED:
        return []
    result, names = result_of(draw), names_of(draw)
    teams = {row["subject"]: row for row in result["assignments"]}
    strata = []
    for stratum in result["strata"]:
        rows = []
        for rank, row in enumerate(stratum["selected"], 1):
            name, district = names.get(row["subject"], ("", ""))
            assigned = teams[row["subject"]]
            team = [Member(number, *names.get(number, ("", ""))) for number in assigned["team"]]
            rows.append(
                Selected(rank, row["subject"], name, district, row["ticket"], row["lot"], assigned["batch"], team)
            )
        strata.append(
            Stratum(
                stratum["stratum"],
                stratum["quota"],
                stratum["participants"],
                stratum["cutoff"],
                stratum["passed"],
                rows,
            )
        )
    return strata
