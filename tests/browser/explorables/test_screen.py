"""What an instrument shows is what cnnref says, and so does the program that is copied from it."""

import io
import itertools
import re
from contextlib import redirect_stdout
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from playwright.sync_api import Browser, Locator, Page, Route

from sitegen.explore.publish import HERE, INSTRUMENTS
from tests.browser.explorables import State, every
from tests.browser.explorables.golden import answer, stored
from tests.browser.explorables.opened import address, awake, on_screen, python
from tests.browser.opening import opened
from tests.building import Site

pytestmark = pytest.mark.slow

LOADED, STATES = 3, 60  # states for which the page is loaded anew, and all of them
MOVED = """(root, there) => {
  history.replaceState(null, "", there);
  const parent = root.parentNode;
  root.remove();
  parent.append(root);
}"""
ROOM = re.compile(r"There is no room here for (\w+) = (.+); (\d+) is the most\.")
FAULTS = [(name, fault) for name, instrument in every().items() for fault in instrument.FAULTS]


def shows(root: Locator, instrument: ModuleType, state: State) -> None:
    """What it shows in this state, and what its program prints, is what cnnref says."""
    seen, facts = on_screen(root), answer(instrument, state)
    if crowded := ROOM.fullmatch(seen["refused"]):
        assert float(crowded[2]) == state[crowded[1]] > int(crowded[3])
        return
    assert seen["refused"] == facts.get("refused", "")
    if seen["refused"]:
        return
    assert seen["told"] == instrument.told(state, facts)
    assert seen["cells"] == [[list(cell) for cell in row] for row in instrument.cells(state, facts)]
    said = io.StringIO()
    with redirect_stdout(said):
        exec(python(root), {})  # what a reader copies, run as it is
    assert said.getvalue() == instrument.printed(state, facts)


def moved(tab: Page, site: Site, name: str, state: State) -> None:
    """The same page with this state in its address, and the instrument there anew."""
    tab.locator(f"cnn-{name}").evaluate(MOVED, address(site, name, every()[name], state))
    shows(awake(tab, name), every()[name], state)


def in_kept_states(tab: Page, site: Site, name: str) -> None:
    """An instrument in the states that are kept, always the same ones."""
    for state, _ in stored(name):
        moved(tab, site, name, state)


def at_random(tab: Page, site: Site, name: str) -> None:
    """An instrument in random states, the same ones in each run, each of them from the address."""
    instrument: Any = every()[name]
    count = itertools.count()

    @settings(
        max_examples=STATES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(instrument.ODD)
    def agree(state: State) -> None:
        if next(count) >= LOADED:
            moved(tab, site, name, state)
            return
        tab.goto("about:blank")
        tab.goto(address(site, name, instrument, state))
        shows(awake(tab, name), instrument, state)

    agree()


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_the_screen_and_the_program_show_what_cnnref_says(
    browser: Browser, site: Site, name: str
) -> None:
    instrument = every()[name]
    with opened(browser) as tab:
        tab.goto(address(site, name, instrument, instrument.START))
        root = awake(tab, name)
        shows(root, instrument, instrument.START)
        built = root.locator(".output > pre").text_content()
        assert built == instrument.printed(instrument.START, instrument.facts(instrument.START))
        at_random(tab, site, name)


@pytest.mark.parametrize(("name", "fault"), FAULTS)
def test_a_fault_in_the_module_is_seen_on_the_screen(
    browser: Browser, site: Site, name: str, fault: str
) -> None:
    right, wrong = every()[name].FAULTS[fault]
    source = (HERE / "windows.js").read_text(encoding="utf-8").replace(right, wrong)

    def answers(route: Route) -> None:
        route.fulfill(body=source, content_type="text/javascript")

    with opened(browser, forgiven=".") as tab:
        tab.context.route("**/windows.js", answers)
        tab.goto(f"{site.url}{every()[name].PAGE}#try-{name}")
        with pytest.raises(AssertionError):  # it shows something else, or nothing
            in_kept_states(tab, site, name)
