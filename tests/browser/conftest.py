"""What every browser test needs: Chromium, the platform on a port, its background worker in a process of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from playwright.sync_api import Browser, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser.visitors import Door, Visitor

# Playwright runs an event loop in the thread of the tests, where Django would otherwise refuse its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# A machine that several test suites share may be slow; waiting longer costs nothing where a page is quick.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--lang=zh-CN"]
        )
        yield browser
        browser.close()


@pytest.fixture
def door(chromium: Browser, live_server: LiveServer) -> Iterator[Door]:
    """Makes visitors; when the test is over, none of their pages may have had an error or asked another host."""
    visitors: list[Visitor] = []

    def enter(size: Sequence[int]) -> Visitor:
        width, height = size
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(15_000)
        visitor = Visitor(live_server.url, context, context.new_page())
        visitor.watch(visitor.page)
        visitors.append(visitor)
        return visitor

    yield enter
    for visitor in visitors:
        visitor.context.close()
    assert [fault for visitor in visitors for fault in visitor.faults] == []


@pytest.fixture
def worker(live_server: LiveServer) -> Iterator[int]:
    """The background worker as `make run` starts it, on the test's database and files; gives its process id."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.browser.worker_settings",
        "MINGQIAN_TEST_DATABASE": str(connection.settings_dict["NAME"]),
        "MINGQIAN_TEST_FILES": default_storage.path(""),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "mingqian.portal.embedded_worker"], env=environment, cwd=settings.BASE_DIR
    )
    yield process.pid
    died = process.poll()
    process.terminate()
    process.wait(timeout=20)
    assert died is None, f"the worker ended by itself ({died})"
