"""How long the reckoning of a plan's year takes: 200,000 subjects and 100 entries, as the worker does it, stage by stage.

`python benchmarks/year.py [SUBJECTS [FOLDER]]` (default 200,000) uses the invented registry of `search.py`, on SQLite in a folder or in
the empty database that `DATABASE_URL` names; with FOLDER, what an earlier run left there is used again. Two plans: entries as bureaus
write them (a fifth of the registry on average, some with the same scope), and the hardest, in which every entry is for everybody. The
yardstick is one draw of everybody by the very selection of the protocol.
"""

import random
import resource
import sys
import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction

from benchmarks import search
from mingqian.accounts.models import Organ, User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.drawing.rehearsal.services import rehearse
from mingqian.planning.items.states import ItemKind
from mingqian.planning.models import ListVersion, Plan, YearPreview
from mingqian.planning.plans import services as plan_services
from mingqian.planning.plans.services import PLANS
from mingqian.planning.plans.states import EntryValues
from mingqian.planning.rehearsal.services import Faces, Members, Round, Script, Stratum
from mingqian.planning.tests import stages
from mingqian.planning.year.services import measure
from mingqian.planning.year.states import YearPhase
from mingqian.registry.models import Inspector, Subject
from mingqian.testing import Bureau, make_bureau

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

ENTRIES = 100
YEAR = clock.today().year + 1


def bureau_here() -> Bureau:
    """Return the bureau that an earlier run left, of this or of another benchmark, or a new one."""
    organ = Organ.objects.filter(code="zibo").first()
    if organ is None:
        return make_bureau()
    users: dict[str, User] = {role: User.objects.get(username=f"zibo-{role}"[:32]) for role in Role}
    return Bureau(organ, {division.code: division for division in organ.divisions.all()}, users)


def prepare() -> None:
    """Fill the registries, publish a list of forty items, hire two hundred inspectors: what of it is not there yet."""
    bureau = bureau_here()
    if not Subject.objects.exists():
        search.fill(bureau)
    if not ListVersion.objects.filter(number__isnull=False).exists():
        with transaction.atomic():
            stages.make_law(bureau)
            rows = [
                stages.consulted(bureau, name=f"事项{i}", frequency=2, ratio=10000, kind=ItemKind.KEY)
                for i in range(40)
            ]
            stages.published(bureau, *rows)
    if Inspector.objects.exists():
        return
    Inspector.objects.bulk_create(
        Inspector(
            organ=bureau.organ,
            division=bureau.divisions["jieneng" if i % 2 else "anquan"],
            certificate_number=f"15030{i:03d}",
            name=f"检查员{i:02d}",
            valid_until=date(2039, 12, 31),
        )
        for i in range(200)
    )


def conditions(chance: random.Random) -> dict[str, object]:
    """Return the conditions of an entry: districts, kinds, industries, libraries, tags, as they come."""
    asked: dict[str, object] = {}
    if chance.random() < 0.5:
        asked["districts"] = sorted(chance.sample(list(search.DISTRICTS), chance.randint(1, 4)))
    more = chance.random()
    if more < 0.25:
        asked["industries"] = sorted({f"C{chance.randint(13, 43)}" for _ in range(6)})
    elif more < 0.45:
        asked["kinds"] = [chance.choice(("company", "sole_trader", "cooperative"))]
    elif more < 0.6:
        asked["tags"] = ["规上"]
    elif more < 0.7:
        asked["libraries"] = ["yongneng"]
    elif more < 0.85:
        asked["scales"] = sorted(chance.sample(["large", "medium", "small", "micro"], 2))
    else:
        asked["fields"] = [chance.choice(["jieneng", "anquan", "xinxi"])]
    return asked


def draft(everybody: bool) -> Plan:
    """Draft a plan of a hundred entries with windows of two months through the year."""
    officer = User.objects.get(username=f"zibo-{Role.DIVISION_OFFICER}")
    division = officer.division
    if division is None:
        raise SystemExit("the officer has no division")
    plan = plan_services.open_plan(officer, YEAR - everybody)
    chance = random.Random(11)  # noqa: S311  no lot
    first = max(date(plan.year, 1, 5), clock.today())
    room = max((date(plan.year, 12, 31) - first).days - 30, 1)
    for i in range(ENTRIES):
        since = first + timedelta(days=room * i // ENTRIES)
        values = EntryValues(
            title=f"第{i}项抽查",
            items=[f"zibo-{i % 40 + 1:03d}"],
            criteria={} if everybody else conditions(chance),
            quota_value=chance.choice([100, 300, 500]),
            windows=[(since, min(since + timedelta(days=60), date(plan.year, 12, 31)))],
        )
        PLANS.draft(officer, plan, division, values)
    return plan


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def yardstick() -> float:
    """Return the seconds of one draw of everybody, by a rehearsal of one round."""
    numbers = list(Subject.objects.order_by("number").values_list("number", flat=True))
    members = Members(range(len(numbers)))
    day = date(YEAR, 3, 1)
    one = Round("e", 1, "e", (), (), day, day, 2, (Stratum("A", len(numbers) // 50, ((1, members),)),))
    script = Script(Faces(numbers, [""] * len(numbers)), [one], cap=2)
    return seconds(lambda: rehearse(script, lambda _done, _total: None, years=1))


def run(plan: Plan, title: str, one_draw: float) -> None:
    """Reckon a plan and print what each stage took."""
    officer, moment = User.objects.get(username=f"zibo-{Role.DIVISION_OFFICER}"), clock.now()
    kept = {"phase": YearPhase.WAITING, "phase_at": moment, "beat_at": moment, "asked_by": officer, "asked_at": moment}
    preview, _new = YearPreview.objects.update_or_create(plan=plan, version=None, defaults=kept)
    spent: dict[str, float] = {}
    stop = threading.Event()

    def watch() -> None:
        last = time.perf_counter()
        while not stop.wait(0.2):
            phase = YearPreview.objects.values_list("phase", flat=True).get(pk=preview.pk)
            now = time.perf_counter()
            spent[phase] = spent.get(phase, 0) + now - last
            last = now
        connection.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    worked = time.process_time()
    took = seconds(lambda: measure(preview))
    worked = time.process_time() - worked
    stop.set()
    watcher.join()
    preview.refresh_from_db()
    if preview.result is None:
        raise SystemExit("no result")
    result = preview.result
    eligible = sum(one["eligible"] for one in result["rounds"])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{connection.vendor}, {title}: {len(result['rounds'])} rounds, {eligible:,} places in pools")
    print(f"  {took:.1f} s in all, {worked:.1f} s of them at work: {took / one_draw:.0f} draws of everybody")
    print(f"  {result['years']} rehearsed years, {memory} MB at most")
    print("  " + ", ".join(f"{YearPhase(phase).name.lower()} {value:.1f} s" for phase, value in spent.items()))


def main() -> None:
    """Measure and print."""
    call_command("migrate", verbosity=0)
    prepare()
    plans = {plan.year: plan for plan in Plan.objects.filter(entries__isnull=False)}
    for year, everybody in ((YEAR, False), (YEAR - 1, True)):
        if year not in plans:
            with transaction.atomic():
                plans[year] = draft(everybody)
    one_draw = yardstick()
    print(f"a draw of everybody: {one_draw * 1000:.0f} ms")
    run(plans[YEAR], "as bureaus write them", one_draw)
    run(plans[YEAR - 1], "everybody in every entry", one_draw)


if __name__ == "__main__":
    main()
