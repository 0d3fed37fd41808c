"""The instruments in the hands of readers: by keyboard, by touch, without scripts, from a link."""

import gzip
import re
from collections.abc import Sequence

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Route

from sitegen.explore.publish import INSTRUMENTS, published
from tests.browser.explorables import every
from tests.browser.explorables.opened import address, awake, on_screen, python
from tests.browser.opening import ended, opened, printed
from tests.building import Site

pytestmark = [pytest.mark.slow]

WATCH = """() => {
  window.shifts = [];
  const keep = (list) => window.shifts.push(...list.getEntries().map(({ value }) => value));
  new PerformanceObserver(keep).observe({ type: "layout-shift" });
}"""
SMALL = """(root) => [...root.querySelectorAll(".live :is(button, input, select, [role=gridcell])")]
  .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
  .filter(([_, box]) => box.width && Math.min(box.width, box.height) < 23.9)
  .map(([what]) => what)"""
LOOKS = """(root) => [...root.querySelectorAll(".stage *")]
  .map((one) => `${one.localName} ${one.getAttribute("class") ?? ""} ${
    one.children.length ? "" : one.textContent}`).sort()"""
MARKS = """(root) => [...root.querySelectorAll("[role=gridcell]")].map((one) => one.className)"""
SLID = """(slider) => {
  for (const value of [1, 2, 3]) {
    slider.value = Number(slider.min) + value;
    slider.dispatchEvent(new InputEvent("input"));
  }
  return slider.closest(".live").querySelector(".spoken").textContent;
}"""
STOPS = """(root) => [...root.querySelectorAll("[role=grid]")]
  .map((grid) => grid.querySelectorAll("[tabindex='0']").length)"""


@pytest.fixture(params=INSTRUMENTS)
def name(request: pytest.FixtureRequest) -> str:
    """Each instrument."""
    return str(request.param)


def at(tab: Page, site: Site, name: str, **changed: object) -> Locator:
    """An instrument, opened with some settings that are not the first ones."""
    instrument = every()[name]
    tab.goto(address(site, name, instrument, {**instrument.START, **changed}))
    return awake(tab, name)


def look(root: Locator) -> list[str]:
    """All that is shown, with the marks on it."""
    return list(root.evaluate(LOOKS))


def test_without_scripts_the_picture_and_the_table_are_there(
    browser: Browser, site: Site, name: str
) -> None:
    with opened(browser, java_script_enabled=False) as tab:
        tab.goto(site.url + every()[name].PAGE)
        root = tab.locator(f"cnn-{name}")
        assert root.locator("figure svg").is_visible()
        assert root.locator(".values th[scope=col]").count() > 1
        assert root.locator(".values td").first.is_visible()
        assert root.locator("button, input").count() == 0


def test_it_is_fetched_only_where_it_comes_into_view(
    browser: Browser, site: Site, name: str, served: Sequence[tuple[str, int]]
) -> None:
    with opened(browser) as tab:
        before = len(served)
        tab.goto(site.url + "tensors/", wait_until="networkidle")
        asked = [path for path, _ in served[before:] if "/assets/explore-" in path]
        assert [path.rpartition("/")[2] for path in asked] == ["load.js"]
        before = len(served)
        tab.set_viewport_size({"width": 1280, "height": 300})  # one may stand high on its page
        tab.goto(site.url + every()[name].PAGE, wait_until="networkidle")
        assert not [path for path, _ in served[before:] if path.endswith(f"/{name}.js")]
        tab.locator(f"cnn-{name}").scroll_into_view_if_needed()
        awake(tab, name)


def test_all_of_them_together_are_small() -> None:
    sizes = [len(gzip.compress(path.read_bytes(), 9)) for path in published().values()]
    assert sum(sizes) < 40_000


@pytest.mark.parametrize("width", [320, 390, 600, 768, 1280])
def test_nothing_moves_when_it_wakes(browser: Browser, site: Site, name: str, width: int) -> None:
    held: list[Route] = []
    with opened(browser, width=width) as tab:
        tab.context.route("**/windows.js", lambda route: held.append(route))
        tab.goto(address(site, name, every()[name], every()[name].START))
        while not held:
            tab.wait_for_timeout(100)
        tab.evaluate("document.fonts.ready")
        tab.wait_for_timeout(800)  # the page itself has come to rest
        tab.evaluate(WATCH)
        held[0].continue_()
        root = awake(tab, name)
        tab.wait_for_timeout(300)
        assert tab.evaluate("window.shifts") == []
        assert root.locator("figure").is_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, site: Site, name: str, scheme: str) -> None:
    with opened(browser, scheme=scheme) as tab:
        root = at(tab, site, name)
        root.locator("[role=gridcell]").first.focus()
        assert Axe().run(tab, f"cnn-{name}").generate_report() == (
            "Found 0 accessibility violations:\n"
        )
        at(tab, site, name, **every()[name].REFUSED)
        assert Axe().run(tab, f"cnn-{name}").generate_report() == (
            "Found 0 accessibility violations:\n"
        )


def test_the_keyboard_shows_all_that_the_pointer_shows(
    browser: Browser, site: Site, name: str
) -> None:
    with opened(browser) as tab:
        root = at(tab, site, name)
        cells = root.locator("[role=gridcell]")
        for nth in range(0, cells.count(), max(1, cells.count() // 8)):
            tab.mouse.move(2, 2)
            tab.evaluate("document.activeElement.blur()")
            cells.nth(nth).hover()
            hovered = look(root)
            tab.mouse.move(2, 2)
            cells.nth(nth).focus()
            assert look(root) == hovered
            said = cells.nth(nth).get_attribute("aria-label")
            assert said


def test_a_grid_is_one_stop_of_the_keyboard(browser: Browser, site: Site, name: str) -> None:
    with opened(browser) as tab:
        root = at(tab, site, name)
        assert set(root.evaluate(STOPS)) == {1}
        grid = root.locator("[role=grid]").first
        first, last = grid.locator("[role=gridcell]").first, grid.locator("[role=gridcell]").last
        row = grid.locator("[role=row]:has([role=gridcell])").first
        on = "ArrowRight" if row.locator("[role=gridcell]").count() > 1 else "ArrowDown"
        first.focus()
        tab.keyboard.press(on)
        assert (
            grid.locator("[role=gridcell]").nth(1).evaluate("(c) => c === document.activeElement")
        )
        tab.keyboard.press("Control+End")
        assert last.evaluate("(cell) => cell === document.activeElement")
        tab.keyboard.press("Control+Home")
        assert first.evaluate("(cell) => cell === document.activeElement")
        tab.keyboard.press(on)
        tab.keyboard.press("Enter")
        second = grid.locator("[role=gridcell]").nth(1)
        assert second.get_attribute("aria-selected") == "true"
        pinned = root.evaluate(MARKS)
        tab.mouse.move(2, 2)
        last.hover()
        assert root.evaluate(MARKS) == pinned
        tab.keyboard.press("Escape")
        assert second.get_attribute("aria-selected") != "true"
        assert set(root.evaluate(STOPS)) == {1}


@pytest.mark.parametrize("several", ["conv", "kinds", "pool"])
def test_of_several_grids_one_cell_is_kept(browser: Browser, site: Site, several: str) -> None:
    with opened(browser) as tab:
        root = at(tab, site, several)
        first, other = (
            root.locator("[role=grid]").nth(nth).locator("[role=gridcell]") for nth in (0, 1)
        )
        first.nth(1).focus()
        tab.keyboard.press("Enter")
        assert first.nth(1).get_attribute("aria-selected") == "true"
        kept = look(root)
        other.last.hover()
        assert look(root) == kept
        other.nth(1).focus()
        tab.keyboard.press("Enter")
        assert root.locator("[aria-selected=true]").count() == 1
        assert other.nth(1).get_attribute("aria-selected") == "true"
        assert look(root) != kept


def test_every_control_is_reached_and_changes_something(
    browser: Browser, site: Site, name: str
) -> None:
    with opened(browser) as tab:
        root = at(tab, site, name)
        sliders = root.locator("input[type=range]:visible")
        for nth in range(sliders.count()):
            before = look(root)
            slider = sliders.nth(nth)
            slider.focus()
            value = slider.input_value()
            tab.keyboard.press("ArrowRight")
            if slider.input_value() == value:
                tab.keyboard.press("ArrowLeft")
            assert look(root) != before
            assert slider.evaluate("(one) => one === document.activeElement")


def test_a_refused_setting_says_why_and_stays_as_it_is(
    browser: Browser, site: Site, name: str
) -> None:
    with opened(browser) as tab:
        root = at(tab, site, name, **every()[name].REFUSED)
        assert root.locator(".refusal").inner_text()
        assert root.get_attribute("data-refused") is not None
        root.get_by_role("button", name="Reset").click()
        assert root.get_attribute("data-refused") is None
        assert on_screen(root)["refused"] == ""
        tab.wait_for_url(lambda url: "?" not in url)


def test_a_broken_address_is_told_and_left_out(browser: Browser, site: Site, name: str) -> None:
    with opened(browser) as tab:
        instrument = every()[name]
        tab.goto(
            f"{site.url}{instrument.PAGE}?w={name}&no=1&{next(iter(instrument.START))}=%F0%9F#try-{name}"
        )
        root = awake(tab, name)
        assert "no=1" in root.locator(".notice").inner_text()
        assert on_screen(root)["refused"] == ""
        tab.goto(f"{site.url}{instrument.PAGE}?w=nothing&n=3#try-{name}")
        assert awake(tab, name).locator(".notice").inner_text() == ""


def test_a_copied_link_brings_the_state_back(browser: Browser, site: Site, name: str) -> None:
    with opened(browser, permissions=["clipboard-read", "clipboard-write"]) as tab:
        root = at(tab, site, name)
        slider = root.locator("input[type=range]:visible").first
        slider.focus()
        tab.keyboard.press("ArrowLeft")
        shown = on_screen(root)
        root.get_by_role("button", name="Copy link").click()
        root.get_by_role("button", name="Copied").wait_for()
        link = tab.evaluate("navigator.clipboard.readText()")
        assert re.search(rf"\?w={name}&.*#try-{name}$", link)
        tab.goto("about:blank")
        tab.goto(link)
        assert on_screen(awake(tab, name)) == shown
        tab.get_by_role("button", name="Copy as Python").click()
        tab.get_by_role("button", name="Copied").wait_for()
        assert tab.evaluate("navigator.clipboard.readText()") == python(root)


def test_the_program_runs_in_the_page(runnable: Browser, site: Site, name: str) -> None:
    with opened(runnable) as tab:
        root = at(tab, site, name)
        slider = root.locator("input[type=range]:visible").first
        slider.focus()
        tab.keyboard.press("ArrowLeft")
        tab.wait_for_timeout(400)
        root.get_by_role("button", name="Run it in Python").click()
        assert ended(root.locator("[data-run-state]")) == "done"
        lines = printed(root).splitlines()
        assert len(lines) > 1
        assert root.locator(".values td").first.is_hidden()


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_all_is_large_enough_and_nothing_sticks_out(
    browser: Browser, site: Site, name: str, width: int
) -> None:
    with opened(browser, width=width, has_touch=True) as tab:
        root = at(tab, site, name)
        assert root.evaluate(SMALL) == []
        assert tab.evaluate("document.documentElement.scrollWidth") == width
        root.locator("[role=gridcell]").last.tap()
        assert root.locator("[aria-selected=true]").count() == 1


def test_it_says_what_came_of_a_change(browser: Browser, site: Site, name: str) -> None:
    with opened(browser) as tab:
        root = at(tab, site, name)
        assert root.locator(".spoken").get_attribute("aria-live") == "polite"
        spoken = root.locator(".spoken")
        slider = root.locator("input[type=range]:visible").first
        assert slider.evaluate(SLID) == ""
        root.locator(".spoken:not(:empty)").wait_for(state="attached")
        assert spoken.text_content()


def test_with_reduced_motion_nothing_moves(browser: Browser, site: Site, name: str) -> None:
    with opened(browser, reduced_motion="reduce") as tab:
        root = at(tab, site, name)
        root.locator("[role=gridcell]").first.hover()
        root.locator("input[type=range]:visible").first.focus()
        tab.keyboard.press("ArrowLeft")
        inside = "(root) => root.getAnimations({ subtree: true }).length"
        assert root.evaluate(inside) == 0


def test_in_forced_colours_what_is_looked_at_has_an_outline(
    browser: Browser, site: Site, name: str
) -> None:
    with opened(browser, forced_colors="active") as tab:
        root = at(tab, site, name)
        root.locator("[role=gridcell]").last.focus()
        lit = root.locator("[role=gridcell].lit").first
        assert float(lit.evaluate("(one) => parseFloat(getComputedStyle(one).outlineWidth)")) >= 2


def test_it_survives_instant_navigation_there_and_back(
    browser: Browser, site: Site, name: str
) -> None:
    with opened(browser) as tab:
        tab.goto(site.url + "tensors/", wait_until="networkidle")
        tab.evaluate("window.here = 'still here'")
        for _ in range(2):
            link = tab.locator(f'.md-sidebar--primary a[href$="{every()[name].PAGE}"]').first
            link.click()
            tab.locator(f"cnn-{name}").scroll_into_view_if_needed()
            root = awake(tab, name)
            assert root.locator(".live").count() == 1
            root.locator("[role=gridcell]").first.hover()
            tab.go_back()
            tab.locator("h1#tensors").wait_for()
        assert tab.evaluate("window.here") == "still here"


def test_print_keeps_the_picture_and_leaves_the_controls_out(
    browser: Browser, site: Site, name: str
) -> None:
    with opened(browser) as tab:
        root = at(tab, site, name)
        tab.emulate_media(media="print")
        assert root.locator(".stage").is_visible()
        assert root.locator(".controls").is_hidden()
        assert root.get_by_role("button", name="Copy link").is_hidden()
