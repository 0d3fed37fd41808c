"""What an instrument shows is what cnnref says, and so does the program that is copied from it."""

import io
import re
from contextlib import redirect_stdout
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from playwright.sync_api import Browser, Page, Route

from sitegen.explore.publish import HERE, INSTRUMENTS
from tests.browser.explorables import State, every
from tests.browser.explorables.golden import answer
from tests.browser.explorables.opened import address, awake, on_screen, python
from tests.browser.opening import opened
from tests.building import Site

pytestmark = pytest.mark.slow

STATES = 20
ROOM = re.compile(r"There is no room here for (\w+) = (.+); (\d+) is the most\.")
FAULTS = [(name, fault) for name, instrument in every().items() for fault in instrument.FAULTS]


def shows(tab: Page, site: Site, name: str, instrument: ModuleType, state: State) -> None:
    """Open it in a state; what it shows and what the program prints is what cnnref says."""
    tab.goto("about:blank")
    tab.goto(address(site, name, instrument, state))
    root = awake(tab, name)
    seen, facts = on_screen(root), answer(instrument, state)
    if crowded := ROOM.fullmatch(seen["refused"]):
        assert float(crowded[2]) == state[crowded[1]] > int(crowded[3])
        return
    assert seen["refused"] == facts.get("refused", "")
    if seen["refused"]:
        return
    assert seen["told"] == instrument.told(state, facts)
    rows = [[list(cell) for cell in row] for row in instrument.cells(state, facts)]
    assert seen["cells"] == rows
    said = io.StringIO()
    with redirect_stdout(said):
        exec(python(root), {})  # what a reader copies, run as it is
    assert said.getvalue() == instrument.printed(state, facts)


def opened_at_random(tab: Page, site: Site, name: str, states: int) -> None:
    """An instrument in random states."""
    instrument: Any = every()[name]

    @settings(
        max_examples=states,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(instrument.ODD)
    def agree(state: State) -> None:
        shows(tab, site, name, instrument, state)

    agree()


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_the_screen_and_the_program_show_what_cnnref_says(
    browser: Browser, site: Site, name: str
) -> None:
    instrument = every()[name]
    with opened(browser) as tab:
        shows(tab, site, name, instrument, instrument.START)
        built = awake(tab, name).locator(".output > pre").text_content()
        assert built == instrument.printed(instrument.START, instrument.facts(instrument.START))
        opened_at_random(tab, site, name, STATES)


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
        tab.set_default_timeout(3000)
        with pytest.raises(Exception, match=r"(?s)."):
            opened_at_random(tab, site, name, 10 * STATES)
