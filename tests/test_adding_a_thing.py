"""`docs/adding-a-thing.md` is carried out as it stands: its code blocks become an app beside the platform, migrated, tested, walked."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "adding-a-thing.md"
SETTINGS = """
from mingqian.settings import *
INSTALLED_APPS = [*INSTALLED_APPS, "cards"]
ROOT_URLCONF = "example_urls"
"""
URLS = """
from django.urls import include, path
from mingqian.urls import *
urlpatterns = [*urlpatterns, path("cards/", include("cards.urls"))]
"""


def blocks() -> dict[str, str]:
    """Return the guide's files by their path: code blocks whose first line is a comment that names one."""
    found = {}
    for body in re.findall(r"```(?:python|html)\n(.*?)```", GUIDE.read_text(), re.DOTALL):
        first, _, rest = body.partition("\n")
        found[first.strip("#{} ")] = rest
    return found


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The app of the guide, in a folder of its own."""
    home = tmp_path_factory.mktemp("example")
    for name, text in blocks().items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for package in ("cards", "cards/tests", "cards/migrations"):
        (home / package).mkdir(exist_ok=True)
        (home / package / "__init__.py").touch()
    (home / "conftest.py").write_text((ROOT / "conftest.py").read_text())  # its fixtures: a bureau, its stages
    (home / "example_settings.py").write_text(SETTINGS)
    (home / "example_urls.py").write_text(URLS)
    return home


def run(home: Path, *command: str) -> str:
    """Run Python with the example on its path, on SQLite, and return what it printed; fail with that where it fails."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "example_settings",
        "DATABASE_URL": "",
        "MINGQIAN_HOME": str(home / "var"),  # databases and keys of its own
        "PYTHONPATH": f"{home}:{ROOT}",
    }
    for name in [name for name in environment if name.startswith("PYTEST_")]:
        del environment[name]
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_guide_names_every_file_that_its_table_promises() -> None:
    """docs/adding-a-thing.md: nothing is left for the reader to guess."""
    files = {Path(name).name for name in blocks()}
    assert {"states.py", "models.py", "procedure.py", "services.py", "selectors.py", "listing.py", "papers.py"} <= files
    assert {"views.py", "urls.py", "test_cards.py"} <= files


def test_the_things_of_the_guide_work(example: Path) -> None:
    """docs/adding-a-thing.md: a stranger who follows it has a thing with two states, a list, a page, a paper and a to-do."""
    run(example, "-m", "mingqian.keys", str(example / "var" / "secrets"))
    run(example, "-m", "django", "makemigrations", "cards", "--settings", "example_settings")
    assert (example / "cards" / "migrations" / "0001_initial.py").exists()
    options = ["-q", "-p", "no:cacheprovider", "--ds", "example_settings", "-c", "pyproject.toml"]
    tests = run(example, "-m", "pytest", *options, "--rootdir", str(example), str(example / "cards"))
    assert "4 passed" in tests
    walk = run(example, "-m", "pytest", *options, "tests/test_procedures.py", "-k", "card")
    assert "passed" in walk


def test_the_code_of_the_guide_is_as_clean_as_ours(example: Path) -> None:
    """CONTRIBUTING.md: formatter and linter have nothing to say about it."""
    ruff = Path(sys.executable).with_name("ruff")
    config = ["--config", str(ROOT / "pyproject.toml")]
    known = ["--config", 'lint.isort.known-first-party=["mingqian", "cards"]', "--ignore", "S101,RUF012"]
    for command in (["check", *config, *known], ["format", "--check", *config]):
        done = subprocess.run(
            [ruff, *command, example / "cards", "--exclude", "migrations"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
