"""What the instrument on receptive fields has no room for, though cnnref would take it."""

import pytest
from playwright.sync_api import Browser

from tests.browser.explorables import every
from tests.browser.explorables.opened import address, awake, on_screen
from tests.browser.opening import opened
from tests.building import Site

REFUSALS = {
    "c1,c1,c1,c1,c1,c1,c1,c1,c1": "stack: there is no room here for 9 layers; 8 is the most.",
    "c3,c9": "layer 2: there is no room here for kernel 9; 5 is the most.",
    "c3,c3-4": "layer 2: there is no room here for stride 4; 3 is the most.",
}


@pytest.mark.slow
@pytest.mark.parametrize("stack", REFUSALS)
def test_a_stack_for_which_there_is_no_room_is_refused_and_kept(
    browser: Browser, site: Site, stack: str
) -> None:
    rf = every()["rf"]
    with opened(browser) as tab:
        tab.goto(address(site, "rf", rf, {**rf.START, "stack": stack}))
        root = awake(tab, "rf")
        assert on_screen(root)["refused"] == REFUSALS[stack]
        assert f"stack={stack.replace(',', '%2C')}" in tab.url
        root.get_by_role("button", name="Reset").click()
        assert on_screen(root)["refused"] == ""
