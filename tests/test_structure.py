"""The figures about the code's structure are counted as their rows say."""

import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parent.parent / "tools" / "structure.py"
VIEW = """
from django.contrib import messages
from django.shortcuts import redirect

from mingqian.room.services import act, refuse_late


def deed(request):
    form = Form(request.POST)
    if form.is_valid():
        try:
            act(request.user)
        except DomainError as error:
            messages.error(request, str(error))
        return redirect("room:list")
    return [a and b or c for a in form for b in a if b] if request and form else [c for c in form if c or a]
"""
SERVICES = """
from django.db.models import Max

from mingqian.room.models import Thing

__all__ = ["Thing", "act"]


def act(actor):
    try:
        return 1 + Thing.objects.aggregate(last=Max("serial"))["last"]
    except (ValueError, IntegrityError):
        return refuse_late(actor)


def refuse_late(actor):
    return None
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A repository of one room."""
    room = tmp_path / "mingqian" / "room"
    (room / "tests").mkdir(parents=True)
    (room / "__init__.py").write_text("")
    (room / "models.py").write_text("class Thing:\n    decided_by = None\n")
    (room / "services.py").write_text(SERVICES)
    (room / "views.py").write_text(VIEW)
    (room / "list.html").write_text("<c-pages />\n")
    (room / "tests" / "test_room.py").write_text("def test() -> None: ...\n")
    return tmp_path


def table(folder: Path) -> dict[str, str]:
    """Return the tool's figures on a folder by what they count."""
    done = subprocess.run([sys.executable, TOOL, str(folder)], capture_output=True, text=True, check=True)
    cells = (line.strip("|\n").split("|") for line in done.stdout.splitlines()[2:])
    return {what.strip(): figure.strip() for what, figure, _note in cells}


def test_each_figure_counts_what_its_row_says(house: Path) -> None:
    """tools/structure.py: definitions."""
    figures = table(house)
    assert figures["Python: files"] == "3"
    assert figures["functions"] == "3"
    # The view: 1, `if`, handler, conditional expression, three loops of comprehensions, four further operands.
    assert figures["functions with complexity over 10"] == "1"
    assert figures["deepest import chain: room"] == "3"
    assert figures["names re-exported by doors"] == "1"
    assert figures["views that bind, call, catch, message, redirect"] == "1"
    assert figures["templates of lists"] == "1"
    assert figures["models with a decision"] == "1"
    assert [figures["`Max(...)` for a next number"], figures["`except IntegrityError`"]] == ["1", "1"]
    assert [figures["functions `refuse_`"], figures["functions `may_`"]] == ["1", "0"]


def test_a_circle_of_imports_is_counted_and_not_walked_for_ever(house: Path) -> None:
    """tools/structure.py: chains."""
    (house / "mingqian" / "room" / "models.py").write_text("import mingqian.room.views\n")
    assert table(house)["imports that close a circle within a room"] == "1"


def test_a_folder_without_code_is_refused(tmp_path: Path) -> None:
    """tools/structure.py: usage."""
    done = subprocess.run([sys.executable, TOOL, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
