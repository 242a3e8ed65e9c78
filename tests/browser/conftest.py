"""A Chromium, pages that watch what they load, and a server that a file's tests share."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.world import Server, World, serve

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
READY = "async () => { await window.tanggap.ready; }"


@dataclass
class Watched:
    """A page with what it should not have done."""

    page: Page
    server: Server
    foreign: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # by the content security policy
    broken: list[str] = field(default_factory=list)

    def login(self, login: str, path: str | None = None) -> Page:
        """Log in, go to a page, and wait until its map has drawn, if it has one."""
        self.server.login(self.page, login)
        if path is not None:
            self.page.goto("about:blank")  # another fragment alone would load nothing
            self.page.goto(self.server.url + path)
        self.wait_until_ready()
        return self.page

    def wait_until_ready(self) -> None:
        """Until the scripts have said that they are there."""
        self.page.wait_for_load_state("load")
        if self.page.locator("#map").count():
            self.page.wait_for_function("() => window.tanggap !== undefined")
            self.page.evaluate(READY)

    def hear(self, message: ConsoleMessage) -> None:
        """Keep what the content security policy refused."""
        if "Content Security Policy" in message.text or "violates" in message.text:
            self.refused.append(message.text)

    def ask(self, request: Request) -> None:
        """Keep what goes to somebody else's server."""
        if not request.url.startswith((self.server.url, "data:", "blob:")):
            self.foreign.append(request.url)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or "chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(shared_world: World) -> Iterator[Server]:
    """A real server for a file of tests that do not mind each other's rows."""
    with serve(shared_world, workers=2) as server:
        yield server


Open = Callable[..., Watched]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens pages, each a browser of its own; none may have asked or done what it must not."""
    opened: list[tuple[Watched, Any]] = []

    def make(server: Server, width: int = 1366, height: int = 768, **context: Any) -> Watched:
        made = browser.new_context(viewport={"width": width, "height": height}, **context)
        page = made.new_page()
        watched = Watched(page, server)
        page.on("console", watched.hear)
        page.on("request", watched.ask)
        page.on("pageerror", lambda error: watched.broken.append(str(error)))
        opened.append((watched, made))
        return watched

    yield make
    for watched, context in opened:
        context.close()
        assert watched.foreign == []
        assert watched.refused == []
        assert watched.broken == []
