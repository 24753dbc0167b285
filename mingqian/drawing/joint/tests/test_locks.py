"""An opening and an answer at the same time: locks are taken in one order, so that neither falls (A12.2)."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from mingqian.drawing.bundle.selectors import teams_of
from mingqian.drawing.ceremony import services as ceremony_services
from mingqian.drawing.changes import services as change_services
from mingqian.drawing.draw import services as draw_services
from mingqian.drawing.joint import answers, services as joint_services
from mingqian.drawing.joint.states import JointVisitState, PartState
from mingqian.drawing.models import Draw, EarlyWarning, JointVisit, Supplement
from mingqian.drawing.tests import changes
from mingqian.drawing.tests.joint import WORDS, met, opened, part_of, person, three_sealed
from mingqian.drawing.warnings import services as warning_services
from mingqian.drawing.warnings.states import WarningKind, WarningReason, WarningState
from mingqian.ledger.verification.selectors import verify_log
from mingqian.testing import DIGITS, Bureau, fill_registry, make_bureau

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes one at a time in any case"),
]


@pytest.fixture
def bureau() -> Bureau:
    """A bureau with its registry, on record for all connections."""
    made = make_bureau()
    fill_registry(made)
    return made


def at_once(first: Callable[[], Any], second: Callable[[], Any], inside: threading.Event) -> list[BaseException]:
    """Run both in connections of their own, the second once the first is half done; return what went wrong."""
    wrong: list[BaseException] = []

    def run(act: Callable[[], Any]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001  whatever falls in a thread is told in the test
            wrong.append(error)
        finally:
            connection.close()

    def late() -> None:
        assert inside.wait(30)
        second()

    threads = [threading.Thread(target=run, args=(act,)) for act in (first, late)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return wrong


class Halfway:
    """Stops an opening before it takes the locks of others, until an answer holds one of them, or must wait itself."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.inside, self.held = threading.Event(), threading.Event()
        self.monkeypatch = monkeypatch

    def stop_before(self, module: Any, name: str) -> None:
        """Let the opening wait here."""
        real = getattr(module, name)

        def stopped(*given: Any, **named: Any) -> Any:
            self.inside.set()
            # An answer that keeps the order cannot come so far; then the time goes by.
            self.held.wait(2)
            return real(*given, **named)

        self.monkeypatch.setattr(module, name, stopped)

    def tell_in(self, module: Any, name: str) -> None:
        """Let the answer tell that it holds what it came for."""
        real = getattr(module, name)

        def telling(*given: Any, **named: Any) -> Any:
            self.held.set()
            return real(*given, **named)

        self.monkeypatch.setattr(module, name, telling)


def test_art12_an_answer_while_a_third_division_opens(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """A12.2: the opening holds the log and wants the visit; the answer would hold the visit and want the log."""
    safety = person(bureau, "safety-officer", "安小全", "anquan")
    first, second, third = three_sealed(bureau)
    opened(first)
    opened(second)
    visit = JointVisit.objects.get()
    for position, digits in enumerate(DIGITS[: len(third.plan["witnesses"])], 1):
        ceremony_services.speak(third.sealed_by, third, position=position, digits=digits)
    third = Draw.objects.get(pk=third.pk)
    halfway = Halfway(monkeypatch)
    halfway.stop_before(joint_services, "_widen")
    halfway.tell_in(answers, "go_on")
    wrong = at_once(
        lambda: draw_services.open_draw(third.sealed_by, third),
        lambda: answers.answer(safety, part_of(visit, "anquan"), agree=True),
        halfway.inside,
    )
    assert wrong == []
    visit.refresh_from_db()
    assert (visit.state, visit.parts.count()) == (JointVisitState.PROPOSED, 3)
    assert part_of(visit, "anquan").state == PartState.AGREED
    assert verify_log().problems == []


def closed_change(bureau: Bureau, draw: Draw, number: str) -> Supplement:
    """Ask for another inspector at a subject, and let the witnesses speak: only the opening is left."""
    asked = changes.asked(bureau, draw, subject=number, inspector=teams_of(draw)[number][0])
    return changes.contributed(bureau, changes.sealed(bureau, changes.approved(bureau, asked)))


def test_art12_an_answer_while_a_supplement_opens(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """A11.1, A12.2: visits follow a supplement, so its opening takes the same locks in the same order."""
    safety = person(bureau, "safety-officer", "安小全", "anquan")
    _first, second, (visit, _other) = met(bureau)
    change = closed_change(bureau, second, visit.subject.number)
    halfway = Halfway(monkeypatch)
    halfway.stop_before(joint_services, "follow")
    halfway.tell_in(answers, "go_on")
    wrong = at_once(
        lambda: change_services.open_supplement(bureau.officer, change),
        lambda: answers.answer(safety, part_of(visit, "anquan"), agree=True),
        halfway.inside,
    )
    assert wrong == []
    assert list(part_of(visit, "jieneng").members) == teams_of(second)[visit.subject.number]
    assert verify_log().problems == []


def test_art12_a_reason_while_a_supplement_opens(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """A11.1, A12.1: a supplement lifts warnings about whoever left, while somebody gives the reason."""
    _first, second, (visit, _other) = met(bureau)
    answers.answer(bureau.officer, part_of(visit, "jieneng"), agree=False, remark="内容不同")
    row = EarlyWarning.objects.get(kind=WarningKind.APART)
    # As if it were about one inspector of the team, who is replaced now.
    EarlyWarning.objects.filter(pk=row.pk).update(inspector=teams_of(second)[visit.subject.number][0])
    change = closed_change(bureau, second, visit.subject.number)
    halfway = Halfway(monkeypatch)
    halfway.stop_before(warning_services, "follow")
    halfway.tell_in(warning_services, "_step")
    wrong = at_once(
        lambda: change_services.open_supplement(bureau.officer, change),
        lambda: warning_services.answer(bureau.officer, row, reason=WarningReason.OTHER_MATTER, words=WORDS),
        halfway.inside,
    )
    row.refresh_from_db()
    # The reason came second, and found that there was nothing left to explain.
    assert [str(error) for error in wrong] == ["现在是“已解除”，不能说明。请刷新页面查看最新状态。"]
    assert row.state == WarningState.LIFTED
