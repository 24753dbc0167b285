"""Reading the changes of draws: who may see and decide, teams as they stand, and members who should be changed (art. 11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import mingqian_draw as mq
from mingqian.accounts.models import User
from mingqian.accounts.states import OFFICER_ROLES, Role
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.common.rows import row_or_404
from mingqian.documents.files import services as file_services
from mingqian.drawing.bundle.selectors import facts_of, names_of, read_bundle, teams_of
from mingqian.drawing.changes.states import Kind
from mingqian.drawing.draw.selectors import draw_for, is_officer
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.planning.burden import services as burden_services
from mingqian.planning.burden.selectors import teams_on_record
from mingqian.planning.tasks.states import TaskState
from mingqian.registry.models import Inspector
from mingqian.registry.people.selectors import OUT_WORDS, inspectors_of, interests_on, why_not_drawable
from mingqian.registry.people.states import OutReason


@dataclass(frozen=True)
class Crossing:
    """A member of a team who should not be in it, by numbers and names."""

    subject: str
    subject_name: str
    inspector: str
    inspector_name: str
    why: str


@dataclass(frozen=True)
class Declared:
    """What the facts after a draw say, all of them together; nothing of it is ever taken back."""

    conflicts: frozenset[tuple[str, str]]
    absent: frozenset[tuple[str, str]]
    #: Inspector → number of the facts that say so.
    unavailable: Mapping[str, int]


def declared_in(draw: Draw) -> Declared:
    """Return what the facts of a draw say."""
    rows = [(row.number, row.told) for row in facts_of(draw)]
    return Declared(
        frozenset((subject, one) for _number, told in rows for subject, one in told["conflicts"]),
        frozenset((subject, one) for _number, told in rows for subject, one, _code in told["absent"]),
        {one: number for number, told in reversed(rows) for one, _code in told["unavailable"]},
    )


def conflicts_of(draw: Draw) -> set[tuple[str, str]]:
    """Return (subject, inspector) of every interest known to the registry, the draw and its facts."""
    pairs = {(i.subject.number, i.inspector.certificate_number) for i in interests_on(draw.organ, clock.today())}
    lines = file_services.read(draw.conflicts_file).decode().splitlines()
    return pairs | declared_in(draw).conflicts | {(line.split("\t")[0], line.split("\t")[1]) for line in lines}


def crossings_of(draw: Draw) -> list[Crossing]:
    """Return who should be changed in an opened draw whose visits go on, by subject."""
    if draw.state != DrawState.OPENED or draw.task is None or draw.task.state != TaskState.DRAWN:
        return []
    return _crossings(draw, teams_of(draw))


def _crossings(draw: Draw, teams: dict[str, list[str]]) -> list[Crossing]:
    pairs, declared = conflicts_of(draw), declared_in(draw)
    held = [
        (subject, number, "有利害关系" if (subject, number) in pairs else "检查期间不能参加")
        for subject, team in sorted(teams.items())
        for number in team
        if (subject, number) in pairs or (subject, number) in declared.absent or number in declared.unavailable
    ]
    names = names_of(draw) if held else {}
    return [
        Crossing(subject, names.get(subject, (subject, ""))[0], number, names.get(number, (number, ""))[0], why)
        for subject, number, why in held
    ]


def crossings_to_settle(user: User) -> list[tuple[Draw, int]]:
    """Return (draw, how many) of the draws whose work `user` carries."""
    if not user.has_role(*OFFICER_ROLES):
        return []
    opened = Draw.objects.filter(organ=user.organ, state=DrawState.OPENED, task__state=TaskState.DRAWN)
    mine = [draw for draw in opened.select_related("organ", "division") if is_officer(user, draw)]
    teams = teams_on_record(draw.code for draw in mine)
    counted = (
        (draw, len(_crossings(draw, {one: list(team) for one, team in teams.get(draw.code, {}).items()})))
        for draw in mine
    )
    return [(draw, count) for draw, count in counted if count]


def drawable_names(draw: Draw) -> set[str]:
    """Return the names of the inspectors whom the draw's seal let be dealt."""
    rows = (line.split("\t") for line in file_services.read(draw.inspectors_file).decode().splitlines())
    names = names_of(draw)
    return {names[row[0]][0] for row in rows if row[2] == "in" and row[0] in names}


def window_of(draw: Draw) -> tuple[date, date]:
    """Return the days on which the visits may still take place."""
    today = clock.today()
    if draw.task is None:
        return today, today
    since = max(today, draw.task.since)
    return since, max(since, draw.task.until)


def why_away(inspector: Inspector, since: date, until: date) -> str:
    """Return the code for which somebody cannot go on any day of a window, "" where there is a day on which he can."""
    code = why_not_drawable(inspector, until)
    if code and code not in OutReason.values:
        return code
    return next((row.reason for row in inspector.absences.all() if row.covers(since) and row.covers(until)), "")


def facts_for(row: Supplement, state: mq.State) -> list[dict[str, Any]]:
    """Return the facts that go on the log before a change, by the keys of the protocol: at most two files.

    First what the registries found since the draw and the ground of this change; then, resting on it, which groups are let in (art. 10).
    """
    pairs, away = _conflicts_since(row.draw, state), _away_since(row, state)
    code = row.public_reason
    absent, excused = [], []
    for subject, inspector in row.places:
        if row.kind == Kind.SUBJECT:
            excused += [[subject, code]] if subject not in state.excused else []
        elif row.is_recusal:
            pairs |= {(subject, inspector)} if not state.is_conflict(subject, inspector) else set()
        elif row.is_absence and not row.from_all:
            absent += [[subject, inspector, code]] if (subject, inspector) not in state.absent else []
    if row.from_all:
        away |= {one: code for one in row.inspectors if one not in state.unavailable}
    first: dict[str, Any] = {
        "conflicts": [list(pair) for pair in sorted(pairs)],
        "absent": sorted(absent),
        "unavailable": [list(one) for one in sorted(away.items())],
        "excused": sorted(excused),
    }
    facts = [first] if any(first.values()) else []
    if row.joining:
        facts.append({"joining": {"groups": sorted(row.joining), "place": list(row.places[0])}})
    return facts


def facts_digest(facts: Sequence[Mapping[str, Any]]) -> str:
    """Return a fingerprint of facts, to notice that they changed since somebody looked."""
    return mq.digest(mq.dumps(list(facts)))


def _conflicts_since(draw: Draw, state: mq.State) -> set[tuple[str, str]]:
    """Return the interests on record today that the bundle does not know."""
    pairs = {(i.subject.number, i.inspector.certificate_number) for i in interests_on(draw.organ, clock.today())}
    tables = state.tables
    known = {pair for pair in pairs if pair[0] in tables.subjects and pair[1] in tables.inspectors}
    return {pair for pair in known if not state.is_conflict(*pair)}


def _away_since(row: Supplement, state: mq.State) -> dict[str, str]:
    """Return inspector → code of those who could come by lot, also with the groups that are let in, and cannot go any more.

    Whom the seal left out takes no part as it is. Were he reported as absent, he could not join when he is back.
    """
    groups = {(unit, f"out:{code}") for unit, code in row.joining}
    joining = {key for key, one in state.tables.inspectors.items() if (one.unit, one.status) in groups}
    since, until = window_of(row.draw)
    taking_part = {*state.pool(), *joining} - state.unavailable.keys()
    every = ((one.certificate_number, why_away(one, since, until)) for one in inspectors_of(row.draw.organ))
    return {number: code for number, code in every if code and number in taking_part}


@dataclass(frozen=True)
class Group:
    """Inspectors of one division whom the seal left out for one reason: they are let in together, or not at all (art. 10)."""

    unit: str
    code: str
    names: tuple[str, ...]

    @property
    def key(self) -> str:
        """Return what a form hands in."""
        return f"{self.unit}/{self.code}"

    @property
    def label(self) -> str:
        """Return what a form offers."""
        told = "、".join(self.names[:6]) + ("等" if len(self.names) > 6 else "")
        return f"{self.unit}（{OUT_WORDS.get(self.code, self.code)}）{len(self.names)} 人：{told}"


def groups_of(draw: Draw) -> list[Group]:
    """Return the groups of the sealed table that a change could still let in."""
    bundle, names = read_bundle(draw), names_of(draw)
    held: dict[tuple[str, str], list[str]] = {}
    for key, one in bundle.state.tables.inspectors.items():
        if one.status != "in" and key not in bundle.state.joined:
            held.setdefault((one.unit, one.status.removeprefix("out:")), []).append(names.get(key, (key, ""))[0])
    return [Group(unit, code, tuple(people)) for (unit, code), people in sorted(held.items())]


@dataclass(frozen=True)
class FactsTold:
    """What facts say, in names: (inspector, subject), (inspector, subject, why), (inspector, why), (subject, why), groups."""

    conflicts: list[tuple[str, str]]
    absent: list[tuple[str, str, str]]
    unavailable: list[tuple[str, str]]
    excused: list[tuple[str, str]]
    groups: list[str]


def facts_told(row: Supplement, facts: Sequence[Mapping[str, Any]]) -> FactsTold:
    """Return facts, by the keys of the protocol, as pages tell them."""
    names = names_of(row.draw)

    def called(number: str) -> str:
        return names.get(number, (number, ""))[0] or number

    told = FactsTold([], [], [], [], [])
    for one in facts:
        told.conflicts.extend((called(i), called(s)) for s, i in one.get("conflicts", []))
        told.absent.extend((called(i), called(s), OUT_WORDS.get(why, why)) for s, i, why in one.get("absent", []))
        told.unavailable.extend((called(i), OUT_WORDS.get(why, why)) for i, why in one.get("unavailable", []))
        told.excused.extend((called(s), why) for s, why in one.get("excused", []))
        joining = one.get("joining") or {"groups": []}
        told.groups.extend(f"{unit}（{OUT_WORDS.get(code, code)}）" for unit, code in joining["groups"])
    return told


def approver_of(supplement: Supplement) -> str:
    """Return who decided, as the seal names him."""
    return f"{supplement.decided_as} {supplement.decided_by.name}" if supplement.decided_by else "主要领导"


def change_for(user: User, code: str, serial: int) -> Supplement:
    """Return the request or supplement, or raise Http404 where it is not for `user` to know."""
    draw = draw_for(user, code)
    rows = draw.supplements.select_related("asked_by", "decided_by", "sealed_by").filter(serial=serial)
    row = row_or_404(rows, "没有找到这份变更申请。")
    row.draw = draw
    return row


def may_read_statement(user: User, supplement: Supplement) -> bool:
    """Say whether `user` may read the statement: who carries the work, who asked, who decides (A20.1)."""
    if is_officer(user, supplement.draw) or supplement.asked_by_id == user.pk:
        return True
    same = user.organ_id == supplement.draw.organ_id
    return same and user.has_role(Role.LEADER, Role.PRINCIPAL_LEADER)


def refuse_too_late(row: Supplement) -> None:
    """Raise DomainError where a sealed change can no longer be opened: a visit that it would change has taken place."""
    draw = row.draw
    subjects = [None] if row.kind == Kind.EXCHANGE else row.subjects
    over = draw.task is not None and draw.task.state != TaskState.DRAWN
    if over or any(burden_services.visited(draw.organ, reference=draw.code, subject=one) for one in subjects):
        raise DomainError("封存之后检查已经进行，这项变更不能再开签，请申请作废。")
