"""A list with nothing in it says how to begin, to those who may."""

import pytest
from django.test import Client
from django.urls import reverse

from mingqian.planning.tests import stages
from mingqian.testing import Bureau

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "way"),
    [
        ("planning:items", "planning:import-new"),
        ("planning:drafts", "planning:import-new"),
        ("planning:laws", "planning:law-new"),
        ("burden:specials", "burden:special-new"),
    ],
)
def test_an_empty_list_offers_its_way_on_to_those_who_may_take_it(
    bureau: Bureau, client: Client, address: str, way: str
) -> None:
    """Pages: empty states."""
    for user, may in ((stages.regulations(bureau), True), (bureau.leader, False)):
        client.force_login(user)
        page = client.get(reverse(address)).content.decode()
        empty = page.partition('class="mq-empty')[2]
        assert empty
        assert (f'href="{reverse(way)}"' in empty) is may
