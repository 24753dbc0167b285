"""People in front of browsers: a window of a certain size, with everything noted that a page must not do."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect

from mingqian.testing import PASSWORD

DESKTOP, PHONE, PROJECTOR = (1366, 768), (390, 844), (1920, 1080)
_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


@dataclass
class Visitor:
    """Somebody with a browser of their own: own cookies, one window."""

    home: str
    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> Page:
        """Note errors of `page` and its requests to other hosts."""

        def on_console(message: ConsoleMessage) -> None:
            # Chromium reports every answer of 4xx as an error of the console; pages of errors are meant to give one.
            if message.type == "error" and not _REFUSED.match(message.text):
                self.faults.append(f"{page.url}: {message.text}")

        def on_request(request: Request) -> None:
            if not request.url.startswith((self.home, "data:", "blob:", "file:")):
                self.faults.append(f"{page.url} asked {request.url}")

        page.on("console", on_console)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("request", on_request)
        return page

    def new_tab(self) -> Page:
        """Open another window of the same browser."""
        return self.watch(self.context.new_page())

    def go(self, path: str) -> Page:
        """Open an address of the platform."""
        self.page.goto(f"{self.home}{path}")
        return self.page

    def sign_in(self, username: str) -> Page:
        """Sign in on the sign-in page."""
        page = self.go("/accounts/sign-in/")
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("工作台")
        return page

    def download(self, link: str, folder: Path) -> Path:
        """Click a link that gives a file, and keep the file in `folder`."""
        with self.page.expect_download() as waiting:
            self.page.get_by_role("link", name=link).first.click()
        path = folder / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path


#: Makes a visitor whose window has this many pixels.
Door = Callable[[Sequence[int]], Visitor]
