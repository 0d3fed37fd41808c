"""An instrument on its page: opened in a state, read as it is on the screen."""

from types import ModuleType
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page

from tests.browser.explorables import State
from tests.building import Site

READ = """(root) => ({
  refused: root.querySelector(".refusal").textContent,
  told: Object.fromEntries([...root.querySelectorAll(".live [data-fact]")]
    .map((one) => [one.dataset.fact, one.textContent])),
  cells: [...root.querySelectorAll(".live [role=row]")]
    .map((row) => [...row.querySelectorAll("[role=gridcell]")]
      .map((cell) => [cell.textContent, cell.getAttribute("aria-label")]))
    .filter((row) => row.length),
})"""


def address(site: Site, name: str, instrument: ModuleType, state: State) -> str:
    """The address of an instrument in a state."""
    changed = {key: value for key, value in state.items() if value != instrument.START[key]}
    query = f"?{urlencode({'w': name, **changed})}" if changed else ""
    return f"{site.url}{instrument.PAGE}{query}#try-{name}"


def awake(tab: Page, name: str) -> Locator:
    """The instrument, when its scripts have come."""
    root = tab.locator(f"cnn-{name}")
    root.locator(".live").wait_for()
    return root


def on_screen(root: Locator) -> dict[str, Any]:
    """What stands there: why it is refused, the numbers beside the grids, their cells."""
    read: dict[str, Any] = root.evaluate(READ)
    return read


def python(root: Locator) -> str:
    """The program that is copied."""
    return str(root.evaluate("(root) => root.python()"))
