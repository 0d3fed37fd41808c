"""A fresh page in which nothing foreign is asked for and nothing goes wrong unseen."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response

ENDED = "(root) => ['done', 'error'].includes(root.dataset.runState ?? root.dataset.trialState)"


@contextmanager
def opened(
    browser: Browser,
    width: int = 1280,
    scheme: str = "light",
    forgiven: str = "^$",
    **options: Any,
) -> Iterator[Page]:
    """A fresh page; whatever it asks a foreign host for, and whatever goes wrong, is an error.

    Args:
        browser: where to open it.
        width: of the window, in pixels.
        scheme: "light" or "dark".
        forgiven: what may be said of errors that a test makes on purpose.
        options: further ones of the browser's context.
    """
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        **options,
    )
    page = context.new_page()
    asked: list[str] = []
    wrong: list[str] = []

    def console(said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            wrong.append(said.text)

    def response(got: Response) -> None:
        if got.status >= 400:
            wrong.append(f"{got.status} {got.url}")

    page.on("request", lambda request: asked.append(request.url))
    page.on("console", console)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("response", response)
    yield page
    own = urlsplit(page.url).netloc
    context.close()
    assert [url for url in asked if urlsplit(url).netloc not in (own, "")] == []
    assert [said for said in wrong if not re.search(forgiven, said)] == []


def block(page: Page, words: str) -> Locator:
    """The first block on the page whose code has these words now; it stays that one."""
    has = page.locator("code", has_text=words)
    found = page.locator("[data-run-state]").filter(has=has).first
    place = "(root) => [...document.querySelectorAll('[data-run-state]')].indexOf(root)"
    return page.locator("[data-run-state]").nth(found.evaluate(place))


def run_button(root: Locator) -> Locator:
    """The button of a block."""
    return root.get_by_role("button", name="Run", exact=True)


def ended(root: Locator, seconds: float = 60) -> str:
    """The state of a block or trial when it has come to its end."""
    element = root.element_handle()
    root.page.wait_for_function(ENDED, arg=element, timeout=seconds * 1000)
    return root.get_attribute("data-run-state") or root.get_attribute("data-trial-state") or ""


def printed(root: Locator) -> str:
    """What stands under a block."""
    return (root.locator(".output > pre").text_content() or "").rstrip()


def line(root: Locator) -> str:
    """What a block says of itself."""
    return root.locator(".run-line").inner_text()
