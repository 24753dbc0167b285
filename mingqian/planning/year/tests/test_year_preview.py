"""A plan's year reckoned from the registry in the background, kept, and known to be stale when something changes (A8.2)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.planning.burden import services as burden_services
from mingqian.planning.burden.states import Ground
from mingqian.planning.models import EntryRevision, Plan, YearPreview
from mingqian.planning.plans import services as plan_services
from mingqian.planning.plans.services import PLANS
from mingqian.planning.plans.states import FlagMode, Stratify
from mingqian.planning.pool.selectors import estimate
from mingqian.planning.tests import stages
from mingqian.planning.year import inputs, selectors as year_selectors, services as year_services
from mingqian.planning.year.states import YearPhase
from mingqian.registry.models import Subject
from mingqian.registry.parts import services as part_services
from mingqian.registry.parts.states import FlagKind
from mingqian.registry.people import services as people_services
from mingqian.registry.people.selectors import inspectors_of
from mingqian.registry.people.states import OutReason
from mingqian.testing import Bureau, work_off

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def enqueued_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what waits for the end of the transaction happen at once: the test's own never ends."""
    monkeypatch.setattr("mingqian.planning.year.services.transaction.on_commit", lambda act: act())


@pytest.fixture
def items(stocked: Bureau) -> tuple[str, str]:
    """Codes of a general and a key item on the list."""
    first, second = stages.listed_for_plan(stocked)
    return first.item.code, second.item.code


def reckoned(bureau: Bureau, plan: Plan) -> dict[str, Any]:
    """Have a plan's year reckoned and return the result."""
    preview = year_services.ask_year(bureau.officer, plan)
    work_off()
    preview.refresh_from_db()
    assert (preview.phase, preview.message) == (YearPhase.ENDED, "")
    assert preview.result is not None
    return dict(preview.result)


def test_art08_the_year_is_reckoned_from_the_entries_as_they_would_stand(
    stocked: Bureau, items: tuple[str, str]
) -> None:
    """A8.2: subjects, visits and strata are those that the entry's own estimate counts; exact without cap and lots."""
    row = stages.drafted_entry(stocked, items[0], quota_value=1000)
    other = stages.drafted_entry(
        stocked,
        items[1],
        title="储存安全抽查",
        division="anquan",
        officer=stages.safety_officer(stocked),
        quota_value=500,
    )
    found = reckoned(stocked, row.entry.plan)
    first, second = found["rounds"]
    assert (first["eligible"], first["visits"]) == (60, estimate(row).to_draw) == (60, 6)
    assert (second["entry"], second["visits"]) == (other.entry.code, estimate(other).to_draw)
    assert (found["capped"], found["lots"], first["exact"]) == ([], False, True)
    visits = found["visits"]
    assert visits["expected"] == pytest.approx(9)
    p, q = 1 / 10, 1 / 20
    assert visits["spread"][2] == pytest.approx(60 * p * q, abs=0.001)
    assert visits["rehearsed"] == pytest.approx(visits["spread"], abs=1)
    assert [row[:3] for row in visits["coverage"]] == [["张店区", 20, 20], ["桓台县", 20, 20], ["淄川区", 20, 20]]
    assert found["meeting"]["pairs"] == [[0, 1, 60, pytest.approx(60 * p * q, abs=0.001)]]
    assert found["years"] == 200


def test_art12_marked_subjects_hold_more_lots_or_a_stratum_of_their_own(
    stocked: Bureau, items: tuple[str, str]
) -> None:
    """A12.3, A8.2: then the figures come from the rehearsal, and say so; a stratum of their own stays exact."""
    subject = Subject.objects.order_by("number")[0]
    part_services.add_flag(stocked.officer, subject, kind=FlagKind.SERIOUS, source="市应急局", since=clock.today())
    row = stages.drafted_entry(
        stocked, items[1], stratify=Stratify.NONE, flag_mode=FlagMode.LOTS, flag_value=9, quota_value=1000
    )
    found = reckoned(stocked, row.entry.plan)
    assert (found["lots"], found["rounds"][0]["exact"]) == (True, False)
    most = found["visits"]["burdened"][0]
    assert most[0] == subject.number
    assert 0.4 < most[3] < 0.8, "nine of 68 lots among six places"
    own = stages.drafted_entry(
        stocked, items[1], title="另一项", flag_mode=FlagMode.STRATUM, flag_value=10000, quota_value=1000
    )
    found = reckoned(stocked, row.entry.plan)
    assert [one["exact"] for one in found["rounds"]] == [False, True]
    assert found["rounds"][1]["visits"] == estimate(own).to_draw


def test_art09_the_exempt_are_passed_over_unless_the_item_forbids_it(stocked: Bureau, items: tuple[str, str]) -> None:
    """A9.2, A8.2: nobody visits them for the general item; safety knows no exemption."""
    for subject in Subject.objects.order_by("number")[:10]:
        part_services.add_exemption(
            stocked.officer,
            subject,
            code="miansao-2026",
            basis="鲁政办〔2026〕1号",
            source="市发改委",
            since=clock.today(),
        )
    row = stages.drafted_entry(stocked, items[0], quota_value=5000)
    stages.drafted_entry(stocked, items[1], title="储存安全抽查", quota_value=5000)
    found = reckoned(stocked, row.entry.plan)
    general, safety = found["rounds"]
    assert (general["eligible"], general["exempt"], general["exact"]) == (50, 10, True)
    assert (safety["eligible"], safety["exempt"]) == (60, 0)
    assert found["passed"] > 0


def test_art12_the_cap_is_rehearsed_where_it_may_bind(stocked: Bureau, items: tuple[str, str]) -> None:
    """A12.1, A8.2: an item that two entries draw three times in all."""
    today = clock.today()
    windows = [(today + timedelta(days=k), today + timedelta(days=k)) for k in range(2)]
    row = stages.drafted_entry(stocked, items[1], quota_value=10000, windows=windows, flag_mode=FlagMode.NONE)
    assert reckoned(stocked, row.entry.plan)["capped"] == []
    stages.drafted_entry(stocked, items[1], title="再抽", quota_value=10000, flag_mode=FlagMode.NONE)
    found = reckoned(stocked, row.entry.plan)
    assert (found["cap"], found["capped"], found["kept_out"]) == (2, [items[1]], 60)
    assert found["visits"]["rehearsed"][2:4] == [60, 0]
    assert found["visits"]["spread"][3] == 60, "the exact figures know no cap, and say so"


def test_art08_what_is_drawn_or_over_is_on_record_and_not_ahead(stocked: Bureau, items: tuple[str, str]) -> None:
    """A8.2: a special inspection counts for its subject; a window that is over is left out."""
    subject = Subject.objects.order_by("number")[0]
    today = clock.today()
    values = burden_services.SpecialValues(Ground.COMPLAINT, "举报核查", "举报〔2026〕7号", "能耗数据", today, today)
    two = list(inspectors_of(stocked.organ)[:2])
    burden_services.record_special(stocked.officer, values, subjects=[subject], inspectors=two)
    row = stages.drafted_entry(stocked, items[0])
    EntryRevision.objects.filter(pk=row.pk).update(
        windows=[{"since": f"{today.year}-01-01", "until": (today - timedelta(days=1)).isoformat()}, *row.windows]
    )
    found = reckoned(stocked, row.entry.plan)
    assert (found["over"], len(found["rounds"]), found["on_record"]) == (1, 1, 1)
    assert found["visits"]["burdened"][0][:2] == [subject.number, 1]


def test_art08_an_entry_that_says_too_little_is_left_out_and_told(stocked: Bureau, items: tuple[str, str]) -> None:
    """A8.2: without windows or items there is nothing to reckon; the rest of the plan is."""
    row = stages.drafted_entry(stocked, items[0], windows=[])
    found = reckoned(stocked, row.entry.plan)
    assert (found["unready"], found["rounds"], found["visits"]["spread"][0]) == (1, [], 60)
    stages.drafted_entry(stocked, items[0], title="有检查时间")
    found = reckoned(stocked, row.entry.plan)
    assert (found["unready"], len(found["rounds"])) == (1, 1)


def test_art10_inspectors_who_may_not_be_drawn_leave_a_round_short(stocked: Bureau, items: tuple[str, str]) -> None:
    """A10.1, A11.1, A8.2: certificates and absences of the very rule that the draw asks."""
    today = clock.today()
    row = stages.drafted_entry(stocked, items[0])
    assert reckoned(stocked, row.entry.plan)["rounds"][0]["short"] == ""
    people = list(inspectors_of(stocked.organ).filter(division=stocked.divisions["jieneng"]))
    for inspector in people[1:]:
        people_services.add_absence(
            stocked.officer, inspector, reason=OutReason.TRAVEL, since=today, until=date(today.year, 12, 31)
        )
    found = reckoned(stocked, row.entry.plan)
    assert (found["rounds"][0]["short"], found["rounds"][0]["people"]) == ("team", 1.0)
    assert found["rounds"][0]["stuck"] == 1.0


def test_art08_a_reckoning_is_stale_when_plan_or_registry_change(stocked: Bureau, items: tuple[str, str]) -> None:
    """A8.2: the page asks to reckon anew; an untouched plan's holds."""
    row = stages.drafted_entry(stocked, items[0])
    plan = row.entry.plan
    assert not year_selectors.standing_of(plan).has_result
    reckoned(stocked, plan)
    standing = year_selectors.standing_of(plan)
    assert (standing.has_result, standing.stale) == (True, False)
    PLANS.write(stocked.officer, row, stages.entry_values(items[0], quota_value=400))
    assert year_selectors.standing_of(plan).plan_changed
    reckoned(stocked, plan)
    assert not year_selectors.standing_of(plan).stale
    subject = Subject.objects.order_by("number")[0]
    part_services.add_flag(stocked.officer, subject, kind=FlagKind.SERIOUS, source="市应急局", since=clock.today())
    standing = year_selectors.standing_of(plan)
    assert (standing.plan_changed, standing.books_changed) == (False, True)


def test_art08_the_reckoning_of_a_version_is_of_its_changes_only(stocked: Bureau, items: tuple[str, str]) -> None:
    """A8.2: what waits for approval is apart from what is still being drafted; after publication it stays as it was."""
    row = stages.consulted_entry(stocked, items[0])
    plan = row.entry.plan
    version = PLANS.compose(stages.regulations(stocked), plan, title="计划", why="编制", taken=[row])
    stages.drafted_entry(stocked, items[1], title="还在起草", division="anquan", officer=stages.safety_officer(stocked))
    assert len(inputs.entries_for(plan)) == 2
    assert inputs.entries_for(plan, version) == [row]
    year_services.ask_year(stocked.leader, plan, version)
    work_off()
    standing = year_selectors.standing_of(plan, version)
    assert standing.preview is not None
    assert standing.preview.result is not None
    assert len(standing.preview.result["rounds"]) == 1
    PLANS.publish(stocked.leader, version)
    assert not year_selectors.standing_of(plan, version).plan_changed


def test_a_reckoning_runs_once_at_a_time_and_only_for_people_of_the_organ(
    stocked: Bureau, items: tuple[str, str]
) -> None:
    """Asked for twice, it is done once; the organ's readers ask, nobody else; an empty plan is told."""
    plan = plan_services.open_plan(stocked.officer, clock.today().year)
    with pytest.raises(DomainError, match="还没有条目"):
        year_services.ask_year(stocked.officer, plan)
    stages.drafted_entry(stocked, items[0])
    first = year_services.ask_year(stocked.officer, plan)
    assert year_services.ask_year(stocked.leader, plan).pk == first.pk
    with pytest.raises(NotAllowedError):
        year_services.ask_year(stocked.user(Role.SYSTEM_ADMIN), plan)
    work_off()
    first.refresh_from_db()
    assert (first.phase, first.asked_by) == (YearPhase.ENDED, stocked.officer)


def test_a_reckoning_that_breaks_off_says_so_and_keeps_the_last_result(
    stocked: Bureau, items: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page never waits for ever."""
    row = stages.drafted_entry(stocked, items[0])
    before = reckoned(stocked, row.entry.plan)
    monkeypatch.setattr("mingqian.planning.rehearsal.services._PROVIDED", [])
    year_services.ask_year(stocked.officer, row.entry.plan)
    work_off()
    preview = YearPreview.objects.get()
    assert (preview.phase, preview.result) == (YearPhase.FAILED, before)
    assert "抽取模块没有启用" in preview.message
    preview.worker, preview.phase = "elsewhere:1:1", YearPhase.READING
    preview.beat_at -= timedelta(hours=1)
    preview.save()
    year_services.give_up_dead(row.entry.plan)
    preview.refresh_from_db()
    assert preview.phase == YearPhase.FAILED
    preview.phase, preview.beat_at = YearPhase.WAITING, timezone.now()
    preview.save()
    year_services.give_up_dead(row.entry.plan)
    preview.refresh_from_db()
    assert preview.phase == YearPhase.WAITING
    preview.beat_at -= timedelta(hours=1, seconds=1)
    preview.save()
    year_services.give_up_dead(row.entry.plan)
    preview.refresh_from_db()
    assert "没有开始处理" in preview.message
