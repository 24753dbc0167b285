"""Every address with every persona. An address that is not in the table fails the test, so that none is forgotten."""

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client

from mingqian.accounts.models import User
from mingqian.accounts.signin.store import SessionStore
from mingqian.accounts.states import ADMIN_ROLES, Role
from mingqian.pages.access import declared_access, walk_urls
from mingqian.testing import Bureau, make_bureau
from tests.arguments import furnished
from tests.matrix import ADDRESSES, MATRIX, address
from tests.personas import EVERYBODY


def test_the_matrix_knows_every_address_and_no_other() -> None:
    """Every view declares its readers."""
    assert {name for name, _route in ADDRESSES} == set(MATRIX)


def test_every_view_declares_who_may_open_it() -> None:
    """ARCHITECTURE.md: the project does not start otherwise."""
    assert [route for route, _name, callback in walk_urls() if declared_access(callback) is None] == []


@pytest.fixture
def stage(staged: tuple[Bureau, dict[str, dict[str, object]]]) -> tuple[Bureau, dict[str, dict[str, object]]]:
    """The furnished bureau, and the arguments with which the addresses lead somewhere."""
    return staged


class Visits:
    """One person's requests, each from a browser that knows nothing but the sign-in."""

    def __init__(self, user: User | None) -> None:
        """Nobody has signed in yet."""
        self.user, self.session = user, ""

    def client(self) -> Client:
        """Return a browser; signed in anew where the last request ended the session."""
        client = Client()
        if self.user is None:
            return client
        if self.session and SessionStore().exists(self.session):
            client.cookies[settings.SESSION_COOKIE_NAME] = self.session
            return client
        client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")
        self.session = client.cookies[settings.SESSION_COOKIE_NAME].value
        return client

    def answer(self, url: str) -> HttpResponseBase:
        """Ask for an address, by POST where it takes nothing else."""
        client = self.client()
        response = client.get(url)
        return client.post(url) if response.status_code == 405 else response


def addresses_for(persona: str) -> list[tuple[str, str]]:
    """Return all of them; on PostgreSQL, which decides nothing about access, those that this persona is the first to be let in at."""
    if connection.vendor == "sqlite":
        return ADDRESSES
    order = sorted(EVERYBODY, key=lambda each: (each != Role.DIVISION_OFFICER, each))
    return [row for row in ADDRESSES if next(each for each in order if each in MATRIX[row[0]]) == persona]


@pytest.mark.stage(builder=furnished)
@pytest.mark.parametrize("persona", sorted(EVERYBODY))
def test_every_address_answers_each_persona_as_the_matrix_says(
    persona: str, stage: tuple[Bureau, dict[str, dict[str, object]]]
) -> None:
    """Who is not signed in is sent to sign in; who lacks the role gets 403; who has it gets something else."""
    bureau, arguments = stage
    visits = Visits(None if persona == "anonymous" else bureau.user(Role(persona)))
    wrong = []
    for name, route in addresses_for(persona):
        response = visits.answer(address(name, route, arguments))
        to_sign_in = response.status_code == 302 and "/sign-in/" in response["Location"]
        sent_away = to_sign_in and name not in {"accounts:sign-out", "accounts:code"}
        let_in = response.status_code != 403 and not sent_away
        if let_in != (persona in MATRIX[name]) or response.status_code >= 500:
            wrong.append(f"{name} for {persona}: {response.status_code}")
    assert wrong == []


def test_administrators_have_no_part_in_the_bureaus_work() -> None:
    """The three administrators of graded protection open no page of draws or registries."""
    for role in ADMIN_ROLES:
        assert not [
            name
            for name, who in MATRIX.items()
            if role in who and who != EVERYBODY and name.partition(":")[0] in {"drawing", "registry"}
        ]


@pytest.mark.stage(builder=furnished)
def test_another_bureaus_things_are_not_there(stage: tuple[Bureau, dict[str, dict[str, object]]]) -> None:
    """404, not 403: their existence is not for others to know. The public side shows them to everybody."""
    _bureau, arguments = stage
    stranger = make_bureau(code="weifang", name="潍坊市工业和信息化局", short_name="潍坊市工信局")
    visitors: dict[Role, Visits] = {}
    wrong = []
    for name, route in ADDRESSES:
        room = name.partition(":")[0]
        if room not in {"burden", "drawing", "registry", "rules"} or "<" not in route or "<str:form>" in route:
            continue
        if "<int:year>" in route:  # the calendar is one for everybody
            continue
        role = Role.REGULATIONS_OFFICER if room in {"rules", "planning"} else Role.DIVISION_OFFICER
        if name.endswith("decide"):
            role = Role.LEADER
        if name == "drawing:mine-ask":
            role = Role.INSPECTOR
        visits = visitors.setdefault(role, Visits(stranger.user(role)))
        response = visits.answer(address(name, route, arguments))
        if response.status_code != 404:
            wrong.append(f"{name}: {response.status_code}")
    assert wrong == []
