"""Texts, encryption, access declarations."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from mingqian.common import crypto, text
from mingqian.pages import access
from mingqian.pages.templatetags.mingqian import actor_name, moment, short, thing_name, verb_name


@pytest.mark.parametrize(
    ("raw", "tidy"),
    [("  a\u3000b\n", "a b"), ("\u200bX\ufeff", "X"), ("\u202eevil", "evil"), ("a\x00b", "ab"), ("", "")],
)
def test_what_cannot_be_seen_is_dropped(raw: str, tidy: str) -> None:
    """Bad input: ids with control characters."""
    assert text.clean(raw) == tidy


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_in_an_exported_cell_is_text(cell: str) -> None:
    """Bad input: formula injection in exported cells."""
    assert text.safe_cell(cell) == "'" + cell


def test_an_encrypted_value_opens_only_with_its_own_context_and_key() -> None:
    """A20.1: encrypted at rest."""
    box = crypto.encrypt("11010519491231002X", "registry/id-number")
    assert b"110105" not in box
    assert crypto.encrypt("11010519491231002X", "registry/id-number") != box
    assert crypto.decrypt(box, "registry/id-number") == "11010519491231002X"
    with pytest.raises(ValueError, match="does not open"):
        crypto.decrypt(box, "registry/phone")
    with pytest.raises(ValueError, match="does not open"):
        crypto.decrypt(box[:-1] + bytes([box[-1] ^ 1]), "registry/id-number")
    with override_settings(MINGQIAN_DATA_KEY="A" * 43 + "="), pytest.raises(ValueError, match="does not open"):
        crypto.decrypt(box, "registry/id-number")


def test_keyed_digests_find_the_value_again_and_depend_on_the_key() -> None:
    """A20.1: searchable by keyed digest."""
    digest = crypto.keyed_digest("110", "id")
    assert digest == crypto.keyed_digest("110", "id")
    assert digest != crypto.keyed_digest("110", "phone")
    with override_settings(MINGQIAN_DATA_KEY="A" * 43 + "="):
        assert digest != crypto.keyed_digest("110", "id")


def undeclared(_request: HttpRequest) -> HttpResponse:
    """A view that says nothing about its readers."""
    return HttpResponse()


urlpatterns = [
    path("undeclared/", undeclared, name="undeclared"),
    path("open/", access.public(undeclared), name="open"),
]


def test_a_view_that_does_not_declare_its_readers_stops_the_start() -> None:
    """ARCHITECTURE.md: every view declares who may open it, or the project does not start."""
    with override_settings(ROOT_URLCONF=__name__):
        found = access.check_every_view_declares_access()
    assert [(message.id, "undeclared" in message.msg) for message in found] == [("mingqian.E001", True)]


def test_roles_must_be_named() -> None:
    """No owner means nobody."""
    with pytest.raises(ValueError, match="at least one"):
        access.roles()


def test_acts_actors_and_things_have_chinese_names() -> None:
    """Pages: no English in the face of users."""
    assert actor_name("user/jingban") == "用户 jingban"
    assert actor_name("system") == "系统"
    assert verb_name("draw.seal") == "封存"
    assert thing_name("lot/X抽〔2026〕1号") == "抽取 X抽〔2026〕1号"
    assert thing_name("draw/zibo-2026-P1-1/2/3") == "抽取 zibo-2026-P1-1 第 2 次封存第 3 号变更"
    assert short("ab" * 32) == "abab abab abab abab …"
    assert moment("2026-03-02T01:05:00Z") == "2026年3月2日 09:05:00"
