"""Who is told what when a draw or a change of it is opened: inspectors, and heads of their divisions."""

from collections.abc import Iterable, Mapping

from django.db.models import Q
from django.urls import reverse

from mingqian.accounts.models import Organ, User
from mingqian.accounts.notices import services as notice_services
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.registry.models import Inspector

Teams = Mapping[str, list[str]]
_MINE = "drawing:mine"
#: (came somewhere, went from somewhere) → what the inspector is told.
_TITLES = {(True, False): "您加入了检查组", (False, True): "您不再参加一项检查", (True, True): "您的检查对象有变更"}


def _accounts(organ: Organ, numbers: Iterable[str]) -> dict[str, Inspector]:
    """Return the inspectors with these certificates who sign in themselves."""
    found = Inspector.objects.filter(organ=organ, certificate_number__in=set(numbers), user__isnull=False)
    return {one.certificate_number: one for one in found.select_related("user")}


def _heads(organ: Organ, divisions: Iterable[int | None]) -> list[User]:
    """Return who heads one of `divisions` today."""
    today = clock.today()
    held = Q(grants__role=Role.DIVISION_HEAD, grants__since__lte=today)
    held &= Q(grants__until__isnull=True) | Q(grants__until__gte=today)
    found = User.objects.filter(held, organ=organ, division__in=[pk for pk in divisions if pk], is_active=True)
    return list(found.distinct())


def _divisions(organ: Organ, numbers: Iterable[str]) -> set[int]:
    found = Inspector.objects.filter(organ=organ, certificate_number__in=set(numbers))
    return set(found.values_list("division_id", flat=True))


def tell_opened(draw: Draw, teams: Teams) -> None:
    """Tell every drawn inspector how many subjects are theirs, and the heads of the divisions concerned (art. 9)."""
    counted: dict[str, list[int]] = {}
    for team in teams.values():
        for seat, number in enumerate(team):
            counts = counted.setdefault(number, [0, 0])
            counts[0] += 1
            counts[1] += seat == 0
    told = _accounts(draw.organ, counted)
    for number, inspector in told.items():
        visits, leads = counted[number]
        detail = f"{draw.title}：{visits} 家" + (f"，其中 {leads} 家由您任组长。" if leads else "。")
        detail += "除第十一条规定的情形外不得拒绝；需要回避或者不能到场的，请及时提交说明。"
        _tell([inspector.user], "您被抽为检查组成员", detail, reverse(_MINE))
    if missing := len(counted) - len(told):
        detail = f"{draw.title}：{missing} 名检查人员没有系统账号，收不到通知，请另行告知。"
        _tell(
            [draw.sealed_by],
            "有检查人员需要另行通知",
            detail,
            reverse("drawing:draw", args=[draw.code]) + "?tab=result",
        )
    heads = _heads(draw.organ, {draw.division_id, *_divisions(draw.organ, counted)})
    detail = f"{draw.title}：抽出 {len(teams)} 家，检查人员 {len(counted)} 人。"
    _tell(heads, "抽取已开签", detail, reverse("drawing:draw", args=[draw.code]))


def _tell(users: Iterable[User | None], title: str, detail: str, path: str) -> None:
    notice_services.tell((user for user in users if user is not None), title=title, detail=detail, path=path)


def tell_changed(row: Supplement, before: Teams, after: Teams) -> None:
    """Tell who came, who went, and the heads of both, what the change of a draw brought."""
    draw = row.draw
    pairs_before = {(subject, one) for subject, team in before.items() for one in team}
    pairs_after = {(subject, one) for subject, team in after.items() for one in team}
    come = {one for _subject, one in pairs_after - pairs_before}
    gone = {one for _subject, one in pairs_before - pairs_after}
    people = _accounts(draw.organ, come | gone)
    detail = f"{draw.title}：第 {row.number} 号变更（{row.get_kind_display()}，{row.article}）已完成。"
    if not row.by_lot:
        detail += "本项不由抽签产生。"
    for number, inspector in people.items():
        title = _TITLES[number in come, number in gone]
        _tell([inspector.user], title, detail, reverse(_MINE))
    page = reverse("drawing:change", args=[draw.code, row.serial])
    _tell(_heads(draw.organ, {draw.division_id, *_divisions(draw.organ, come | gone)}), "检查组有变更", detail, page)
