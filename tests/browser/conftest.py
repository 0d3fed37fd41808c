"""A headless Chromium, the built site behind a little server, and what each page asked for."""

import os
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, NoReturn
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.building import ADDRESS, Site

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Quietly(SimpleHTTPRequestHandler):
    """Serves files, says nothing, and keeps what was asked for."""

    served: ClassVar[list[tuple[str, int]]] = []

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keep the path and the status of an answer."""
        self.served.append((self.path, int(code)))

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def lacking(what: str) -> NoReturn:
    """Skip the test, and say so; where nothing may be skipped, fail."""
    if os.environ.get("NEVER_SKIP_BROWSER"):
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def port(site: Site) -> Iterator[int]:
    """Where a little server answers for the built site."""
    handler = partial(Quietly, directory=str(site.folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers."""
    with sync_playwright() as playwright:
        yield playwright


def launched(playwright: Playwright, *options: str) -> Browser:
    """The Chromium of this machine, or the one that CHROMIUM names."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        lacking("NO CHROMIUM: install one, or set CHROMIUM to its path, to run this test")
    return playwright.chromium.launch(executable_path=found, args=[*QUIET, *options])


@pytest.fixture(scope="session")
def browser(playwright: Playwright, port: int) -> Iterator[Browser]:
    """A browser that finds the site at its address."""
    own = (
        f"--host-resolver-rules=MAP {urlsplit(ADDRESS).hostname} 127.0.0.1:{port}",
        f"--unsafely-treat-insecure-origin-as-secure={ADDRESS.rstrip('/')}",  # the clipboard
    )
    browser = launched(playwright, *own)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def bare(playwright: Playwright) -> Iterator[Browser]:
    """A browser without a site."""
    browser = launched(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def served(port: int) -> list[tuple[str, int]]:
    """What the server was asked for so far: paths and the status of each answer."""
    return Quietly.served


@pytest.fixture
def runnable(browser: Browser, site: Site) -> Browser:
    """The browser, if the site carries what makes its blocks run."""
    if not list(site.folder.glob("assets/run-*")):
        lacking("NO PYTHON FOR THE PAGE: `make runtime` fetches it")
    return browser
