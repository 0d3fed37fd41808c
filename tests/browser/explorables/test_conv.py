"""Numbers that readers write into the instrument on convolution, and its sums step by step."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.explorables import conv
from tests.browser.explorables.opened import address, awake, on_screen
from tests.browser.opening import opened
from tests.building import Site

pytestmark = pytest.mark.slow


def at(tab: Page, site: Site, **changed: str) -> Locator:
    """The instrument, in a state."""
    tab.goto(address(site, "conv", conv, {**conv.START, **changed}))
    return awake(tab, "conv")


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A page for each test."""
    with opened(browser) as tab:
        yield tab


def cell(root: Locator, name: str, nth: int) -> Locator:
    """A cell of the input, the kernel or the output."""
    return root.locator(f".{name}[role=gridcell]").nth(nth)


def lit(root: Locator, name: str) -> list[str]:
    """What is marked in a table."""
    marked: list[str] = root.locator(f".{name}[role=gridcell]:is(.lit, .seen)").all_inner_texts()
    return marked


def test_a_number_is_typed_on_its_cell(tab: Page, site: Site) -> None:
    root = at(tab, site)
    cell(root, "input", 0).focus()
    for key in ("ArrowRight", "-", "7"):
        tab.keyboard.press(key)
    assert cell(root, "input", 1).text_content() == "−7"
    assert cell(root, "input", 1).evaluate("(one) => one === document.activeElement")
    state = {**conv.START, "x": "1-7013.01321.20130.13201.01212"}
    shown = [[list(one) for one in row] for row in conv.cells(state, conv.facts(state))]
    assert on_screen(root)["cells"] == shown
    tab.wait_for_timeout(400)
    assert "x=1-7013.01321" in tab.url
    tab.keyboard.press("x")
    assert "from −9 to 9" in root.locator(".notice").inner_text()
    assert on_screen(root)["cells"] == shown


def test_a_number_is_written_into_the_field(tab: Page, site: Site) -> None:
    root = at(tab, site)
    cell(root, "kernel", 3).click()
    field = root.get_by_label("value of kernel (1, 1)")
    assert field.input_value() == "4"
    field.fill("-5")
    assert cell(root, "kernel", 3).text_content() == "−5"
    for wrong in ("12", "0.5"):
        field.fill(wrong)
        assert field.get_attribute("aria-invalid") == "true"
        assert root.locator(".notice").inner_text()
        assert cell(root, "kernel", 3).text_content() == "−5"
    cell(root, "kernel", 0).click()
    assert root.locator(".notice + .frame").is_visible()
    assert root.get_by_label("value of kernel (0, 0)").get_attribute("aria-invalid") == "false"


def test_sizes_keep_the_numbers_that_have_a_place(tab: Page, site: Site) -> None:
    root = at(tab, site, x="123.456.789", k="1-1")
    rows = root.get_by_label("input rows").last
    rows.fill("2")
    assert root.locator(".input[role=gridcell]").all_inner_texts() == list("123456")
    rows.fill("3")
    assert root.locator(".input[role=gridcell]").all_inner_texts()[:6] == list("123456")
    for wrong in ("0", "9", "2.5", ""):
        rows.fill(wrong)
        assert "1 to 8 input rows" in root.locator(".notice").inner_text()
        assert rows.get_attribute("aria-invalid") == "true"
        assert rows.input_value() == wrong
        assert root.locator(".input[role=gridcell]").count() == 9


def test_three_channels_are_added_up(tab: Page, site: Site) -> None:
    root = at(tab, site)
    root.get_by_label("channels").select_option("3")
    assert root.locator("[role=grid]").count() == 7
    told = on_screen(root)["told"]
    parts = [int(told[f"part{c}"].rpartition("= ")[2].replace("−", "-")) for c in range(3)]
    assert sum(parts) == int(told["sum"])
    root.get_by_label("channels").select_option("1")
    tab.wait_for_timeout(400)
    assert "?" not in tab.url


def test_an_output_shows_its_window_and_an_input_its_outputs(tab: Page, site: Site) -> None:
    root = at(tab, site)
    cell(root, "output", 5).hover()
    window = root.locator(".input[role=gridcell].seen")
    assert [one.get_attribute("data-times") for one in window.all()] == ["×4", "×3", "×2", "×1"]
    assert lit(root, "input") == ["1", "3", "0", "1"]
    cell(root, "input", 24).hover()
    assert lit(root, "output") == ["7"]
    assert lit(root, "kernel") == ["1"]
    cell(root, "kernel", 0).hover()
    assert len(lit(root, "input")) == len(lit(root, "output")) == 16


def test_steps_go_from_product_to_product(tab: Page, site: Site) -> None:
    root = at(tab, site)
    reading = root.locator(".stage .reading")
    forward = root.get_by_role("button", name="Next", exact=True)
    sums = []
    for nth in range(1, 5):
        forward.click()
        found = re.search(r"Product (\d) of 4: .* Sum so far: (\d+)\.", reading.inner_text())
        assert found
        assert int(found[1]) == nth
        assert (
            root.locator(".term.lit").count()
            == root.locator(".kernel[role=gridcell].lit").count()
            == 1
        )
        sums.append(int(found[2]))
    assert sums == conv.facts(conv.START)["sums"][0][0]
    forward.click()
    expect(cell(root, "output", 1)).to_have_class("output lit")
    root.get_by_role("button", name="Previous", exact=True).click()
    expect(cell(root, "output", 0)).to_have_class("output lit")
    assert "Product 4 of 4" in reading.inner_text()


def test_playing_is_slow_and_ends(tab: Page, site: Site) -> None:
    root = at(tab, site)
    tab.wait_for_timeout(700)
    assert root.locator(".term.lit").count() == 0  # nothing plays by itself
    root.get_by_role("button", name="Play").click()
    assert "Product 1" in root.locator(".stage .reading").inner_text()
    tab.wait_for_timeout(450)
    assert "Product 1" in root.locator(".stage .reading").inner_text()
    expect(root.locator(".stage .reading")).to_contain_text("Product 4")
    expect(root.get_by_role("button", name="Play")).to_be_visible()
    tab.wait_for_timeout(700)
    assert "Product 4" in root.locator(".stage .reading").inner_text()


def test_with_reduced_motion_the_end_comes_at_once(browser: Browser, site: Site) -> None:
    with opened(browser, reduced_motion="reduce") as tab:
        root = at(tab, site)
        root.get_by_role("button", name="Play").click()
        assert "Product 4 of 4" in root.locator(".stage .reading").inner_text()
        assert root.get_by_role("button", name="Play").is_visible()


def test_a_kernel_for_other_channels_is_refused(tab: Page, site: Site) -> None:
    root = at(tab, site, k="1_2_3")
    said = on_screen(root)["refused"]
    assert said == (
        "conv: w has 3 input channels per group but x has 1 channels and groups=1 "
        "(x (1, 1, 5, 5), w (1, 3, 1, 1))"
    )
