"""Every procedure of the product, walked by its table: every state is reached, none is a dead end, steps have articles and pages."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.urls import NoReverseMatch, get_resolver, reverse

from mingqian.accounts.models import User
from mingqian.casework.models import Request
from mingqian.casework.procedure import Procedure, procedures
from mingqian.ledger.models import Recorded
from mingqian.pages.access import walk_urls
from mingqian.pages.tones import is_toned

ARTICLES = Path(__file__).parent.parent / "docs" / "articles.md"


def every() -> list[Procedure[Any]]:
    """Return the procedures, once every address, and so every room, is loaded."""
    get_resolver().url_patterns  # noqa: B018
    return procedures()


def reached(procedure: Procedure[Any]) -> set[str]:
    """Return the states that can be reached from the beginning."""
    found = {str(step.to) for step in procedure.steps if not step.start}
    while more := {to for (start, _verb), to in procedure.moves.items() if start in found} - found:
        found |= {str(state) for state in more}
    return found


@pytest.fixture(params=[p.name for p in every()])
def procedure(request: pytest.FixtureRequest) -> Procedure[Any]:
    """Each procedure."""
    return next(p for p in every() if p.name == request.param)


def test_there_are_procedures() -> None:
    """The walk walks something."""
    assert every()


def test_every_state_is_reachable(procedure: Procedure[Any]) -> None:
    """casework: a state that nothing leads to is a mistake in the table."""
    assert reached(procedure) == {str(state) for state in procedure.states}


def test_no_state_is_a_dead_end_but_those_that_end_it(procedure: Procedure[Any]) -> None:
    """casework: a life ends where the table says so."""
    assert procedure.final == {str(state) for state in procedure.ends}


def test_a_verb_leads_from_a_state_to_one_other(procedure: Procedure[Any]) -> None:
    """casework: two steps of one verb from one state would be a coin toss."""
    pairs = [(str(start), step.verb) for step in procedure.steps for start in step.start]
    assert len(pairs) == len(set(pairs))


def test_every_step_names_its_article_where_the_regulation_has_one(procedure: Procedure[Any]) -> None:
    """casework: an id that `docs/articles.md` explains; the thing has one, a step may have its own."""
    known = set(re.findall(r"\b[AN]\d+(?:\.\d+)?\b", ARTICLES.read_text()))
    cited = {procedure.article, *(step.article for step in procedure.steps)} - {""}
    assert cited, f"{procedure.name} cites nothing"
    assert cited <= known


def test_every_thing_has_a_page(procedure: Procedure[Any]) -> None:
    """casework: what waits for somebody can be opened."""
    assert procedure.address in {name for _route, name, _view in walk_urls()}
    with pytest.raises(NoReverseMatch):  # a page of one thing, not of all
        reverse(procedure.address)


def test_every_state_has_its_colour_told(procedure: Procedure[Any]) -> None:
    """Pages: state and colour come from one table."""
    assert is_toned(procedure.states)


def test_what_is_asked_for_is_never_decided_by_whoever_asked(procedure: Procedure[Any]) -> None:
    """casework: a step that stamps a decision names who may not take it; fields that it stamps exist."""
    fields = {field.name for field in procedure.model._meta.get_fields()}
    for step in procedure.steps:
        assert set(step.stamps or ()) <= fields, step.verb
        assert set(step.not_by) <= fields, step.verb
        if step.remark is not None:
            longest = getattr(procedure.model._meta.get_field(step.words), "max_length", None)
            assert longest is None or step.remark.longest <= longest, (
                f"{procedure.name}.{step.verb}: {step.words} is too short"
            )
        if step.stamps and step.stamps[0] == "decided_by":
            assert step.not_by, f"{procedure.name}.{step.verb} may be decided by whoever asked"


def test_a_decline_needs_words(procedure: Procedure[Any]) -> None:
    """casework: whoever says no says why."""
    for step in procedure.steps:
        if step.verb in {"decline", "return", "refuse"}:
            assert step.remark is not None, step.verb
            assert not step.remark.optional, step.verb


def test_rows_and_users_are_what_the_mechanism_takes_them_for(procedure: Procedure[Any]) -> None:
    """casework: a thing is a recorded row with a state."""
    assert issubclass(procedure.model, Recorded)
    assert "state" in {field.name for field in procedure.model._meta.get_fields()}
    for step in procedure.steps:
        for name in step.not_by:
            assert procedure.model._meta.get_field(name).related_model is User


def test_whoever_asks_never_decides_in_the_database_too() -> None:
    """casework: every model of requests takes over the constraint."""
    models = [model for model in apps.get_models() if issubclass(model, Request)]
    assert len(models) >= 3
    for model in models:
        names = {constraint.name.rpartition("_two_people")[1] for constraint in model._meta.constraints}
        assert "_two_people" in names, model
