"""Run in the page: what a reader may do with a block, and what may go wrong."""

import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.opening import block, ended, line, opened, printed, run_button
from tests.building import Site

pytestmark = pytest.mark.slow

RUNTIME = re.compile(r"/assets/(python|run)-[0-9a-f]+/(?!page\.)")
FIRST = "for t in range(n + k - 1)"  # in the first block of the page on convolution
WATCH = """(root) => {
  window.seen = [];
  new MutationObserver(() => {
    const bar = root.querySelector('progress');
    window.seen.push([root.dataset.runState, root.getAttribute('aria-busy'),
      root.querySelector('.run-line').textContent, bar && bar.value, bar && bar.max]);
  }).observe(root, {subtree: true, childList: true, attributes: true, characterData: true});
}"""
LONGEST_FRAME = """() => {
  window.longest = 0;
  let before = performance.now();
  const frame = (now) => {
    window.longest = Math.max(window.longest, now - before);
    before = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""


def of_runtime(served: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """What was asked for of Python and of what drives it."""
    return [(path, code) for path, code in served if RUNTIME.search(path)]


def at_convolution(tab: Page, site: Site) -> Any:
    """The first block of the page on convolution."""
    tab.goto(site.url + "convolution/", wait_until="networkidle")
    return block(tab, FIRST)


def test_nothing_of_the_runtime_is_fetched_before_a_click(
    runnable: Browser, site: Site, served: list[tuple[str, int]]
) -> None:
    with opened(runnable) as tab:
        first = at_convolution(tab, site)
        tab.mouse.wheel(0, 3000)
        first.locator("code").focus()
        before = len(served)
        tab.wait_for_timeout(500)
        assert first.get_attribute("data-run-state") == "idle"
        asked = tab.evaluate("performance.getEntriesByType('resource').map((e) => e.name)")
        assert [url for url in asked if RUNTIME.search(url)] == []
        assert of_runtime(served[before:]) == []


def test_the_first_click_says_how_much_it_fetches_and_how_far_it_is(
    runnable: Browser, site: Site
) -> None:
    with opened(runnable) as tab:
        first = at_convolution(tab, site)
        first.evaluate(WATCH)
        run_button(first).click()
        assert first.get_attribute("data-run-state") == "running"
        assert first.get_attribute("aria-busy") == "true"
        assert ended(first) == "done"
        assert first.get_attribute("aria-busy") is None
        seen = tab.evaluate("window.seen")
        fetched = tab.evaluate("performance.getEntriesByType('resource').map((e) => e.name).length")
        assert fetched
        said = [words for _, _, words, _, _ in seen if "MB, fetched once" in words]
        (promised,) = {re.search(r"([\d.]+) MB, fetched once", words)[1] for words in said}  # type: ignore[index]
        bars = [(value, of) for _, _, _, value, of in seen if of]
        assert len({value for value, _ in bars}) > 2
        assert {f"{of / 1e6:.1f}" for _, of in bars} == {promised}
        assert bars[-1][0] <= bars[-1][1]
        stored = [path for path in site.folder.glob("assets/*/*") if RUNTIME.search(f"/{path}")]
        core = ("pyodide", "python_stdlib", "numpy", "cnnref", "runner.zip")
        sizes = sum(
            p.stat().st_size for p in stored if p.name.startswith(core) and p.parent.name != "wheel"
        )
        assert f"{sizes / 1e6:.1f}" == promised


def test_another_page_and_a_reload_take_python_from_the_cache(
    runnable: Browser, site: Site, served: list[tuple[str, int]]
) -> None:
    with opened(runnable) as tab:
        run_button(at_convolution(tab, site)).click()
        assert ended(block(tab, FIRST)) == "done"
        for address in ("convolution/", "padding/"):
            before = len(served)
            tab.goto(site.url + address, wait_until="networkidle")
            root = tab.locator("[data-run-state]").first
            run_button(root).click()
            assert ended(root) == "done"
            sent = [path for path, code in of_runtime(served[before:]) if code == 200]
            assert [path for path in sent if "/python-" in path or path.endswith(".whl")] == []


def test_numpy_answers_soon_on_a_warm_cache(runnable: Browser, site: Site) -> None:
    with opened(runnable) as tab:
        run_button(at_convolution(tab, site)).click()
        assert ended(block(tab, FIRST)) == "done"
        tab.reload(wait_until="networkidle")
        begun = time.monotonic()
        run_button(block(tab, FIRST)).click()
        assert ended(block(tab, FIRST)) == "done"
        assert time.monotonic() - begun < 20  # 3 on a quiet machine; tests run side by side


def test_changed_code_runs_and_reset_brings_back_what_was_built(
    runnable: Browser, site: Site
) -> None:
    with opened(runnable) as tab:
        first = at_convolution(tab, site)
        code, built = first.locator("code"), printed(first)
        looks = code.inner_html()
        assert not first.get_by_role("button", name="Reset").is_visible()
        code.fill("x = 6\nprint(x * 7)\nprint('x' in globals(), 'n' in globals())")
        code.press("Control+Enter")
        assert ended(first) == "done"
        assert printed(first) == "42\nTrue False"
        code.fill("print('x' in globals())")
        run_button(first).click()
        assert ended(first) == "done"
        assert printed(first) == "False"  # each run begins anew
        first.get_by_role("button", name="Reset").click()
        assert (printed(first), code.inner_html()) == (built, looks)
        assert first.get_attribute("data-run-state") == "idle"


def test_typing_keeps_indents_and_lines(runnable: Browser, site: Site) -> None:
    with opened(runnable) as tab:
        first = at_convolution(tab, site)
        first.locator("code").click()
        tab.keyboard.press("Control+a")
        tab.keyboard.press("Delete")
        tab.keyboard.type("for i in range(2):\nprint(i)\nprint(-i)\n")
        tab.keyboard.press("Control+Enter")
        assert ended(first) == "done"
        assert printed(first) == "0\n0\n1\n-1"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            "def half(n):\n    return 1 / n\n\nprint('so far')\nhalf(0)",
            'so far\nTraceback (most recent call last):\n  File "this block", line 5, in <module>\n'
            '    half(0)\n    ~~~~^^^\n  File "this block", line 2, in half\n    return 1 / n\n'
            "           ~~^~~\nZeroDivisionError: division by zero",
        ),
        (
            "from cnnref import conv\nconv([1], [1])",
            'Traceback (most recent call last):\n  File "this block", line 2, in <module>\n'
            "    conv([1], [1])\n    ~~~~^^^^^^^^^^\nValueError: conv: x must have the axes "
            "(N, C, *n) with at least 1 spatial axis; got x (1,), w (1,)",
        ),
        (
            "x = (1,\n",
            '  File "this block", line 1\n    x = (1,\n        ^\n'
            "SyntaxError: '(' was never closed",
        ),
    ],
)
def test_an_error_shows_the_readers_own_lines(
    runnable: Browser, site: Site, source: str, told: str
) -> None:
    with opened(runnable) as tab:
        first = at_convolution(tab, site)
        first.locator("code").fill(source)
        run_button(first).click()
        assert ended(first) == "error"
        assert printed(first) == told


def test_stop_ends_an_endless_loop_at_once(runnable: Browser, site: Site) -> None:
    with opened(runnable) as tab:
        first = at_convolution(tab, site)
        code = first.locator("code")
        code.fill("print('begun', flush=True)\nwhile True: pass")
        run_button(first).click()
        first.locator(".output", has_text="begun").wait_for(timeout=60_000)
        begun = time.monotonic()
        first.get_by_role("button", name="Stop").click()
        assert ended(first) == "error"
        assert time.monotonic() - begun < 2
        assert "starts again" in line(first)
        assert printed(first) == "begun"
        code.fill("print('again')")
        run_button(first).click()
        assert ended(first) == "done"
        assert printed(first) == "again"


@pytest.mark.parametrize("how", ["gone", "broken", "missing"])
def test_a_failed_download_says_so_and_can_be_tried_again(
    runnable: Browser, site: Site, how: str
) -> None:
    def fail(route: Route) -> None:
        if how == "gone":
            route.abort()
        elif how == "missing":
            route.fulfill(status=404, body="no")
        else:
            route.fulfill(body=b"not what was promised")

    with opened(runnable, forgiven="Failed to load|404") as tab:
        tab.context.route("**/numpy-*", fail)
        first = at_convolution(tab, site)
        built = printed(first)
        run_button(first).click()
        assert ended(first) == "error"
        assert "The download failed" in line(first)
        assert printed(first) == built
        tab.context.unroute("**/numpy-*")
        first.get_by_role("button", name="Retry").click()
        assert ended(first) == "done"
        assert printed(first) == built


def test_python_outlives_instant_navigation(
    runnable: Browser, site: Site, served: list[tuple[str, int]]
) -> None:
    with opened(runnable) as tab:
        run_button(at_convolution(tab, site)).click()
        assert ended(block(tab, FIRST)) == "done"
        tab.evaluate("window.here = true")
        before = len(served)
        for name in ("Zero padding", "Convolution"):
            tab.locator(".md-sidebar--primary a", has_text=name).first.click()
            tab.locator("h1", has_text=name).wait_for()
            root = tab.locator("[data-run-state]").first
            assert root.get_attribute("data-run-state") == "idle"
            run_button(root).click()
            assert ended(root) == "done"
        assert tab.evaluate("window.here")
        assert of_runtime(served[before:]) == []
        assert block(tab, FIRST).get_by_role("button", name="Run", exact=True).count() == 1


def test_who_leaves_a_page_leaves_its_endless_loop(runnable: Browser, site: Site) -> None:
    with opened(runnable) as tab:
        first = at_convolution(tab, site)
        first.locator("code").fill("print('begun', flush=True)\nwhile True: pass")
        run_button(first).click()
        first.locator(".output", has_text="begun").wait_for(timeout=60_000)
        tab.locator(".md-sidebar--primary a", has_text="Zero padding").first.click()
        tab.locator("h1", has_text="Zero padding").wait_for()
        root = tab.locator("[data-run-state]").first
        run_button(root).click()
        assert ended(root) == "done"


def test_all_of_it_works_by_keyboard(runnable: Browser, site: Site) -> None:
    with opened(runnable) as tab:
        first = at_convolution(tab, site)
        for _ in range(200):
            tab.keyboard.press("Tab")
            if tab.evaluate("document.activeElement.matches('[data-run-state] code')"):
                break
        tab.keyboard.press("Control+End")
        tab.keyboard.press("Enter")
        tab.keyboard.type("print('typed')")
        tab.keyboard.press("Control+Enter")
        assert ended(first) == "done"
        assert printed(first).endswith("typed")
        tab.keyboard.press("Escape")
        assert tab.evaluate("document.activeElement.textContent") == "Run"
        opacity = "getComputedStyle(document.activeElement.parentElement).opacity"
        tab.wait_for_function(f"{opacity} === '1'")
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.textContent") == "Reset"
        tab.keyboard.press("Enter")
        assert not printed(first).endswith("typed")
        first.locator("code").focus()
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.textContent") == "Run"
        tab.keyboard.press("Enter")
        assert ended(first) == "done"


def test_two_blocks_started_at_once_run_one_after_the_other(runnable: Browser, site: Site) -> None:
    with opened(runnable) as tab:
        tab.goto(site.url + "errata/", wait_until="networkidle")
        roots = [tab.locator("[data-run-state]").nth(number) for number in range(2)]
        built = [printed(root) for root in roots]
        for root in roots:
            root.evaluate("(root) => root.querySelector('.run-bar button').click()")
        assert [root.get_attribute("data-run-state") for root in roots] == ["running"] * 2
        assert "Waits" in line(roots[1])
        assert [ended(root) for root in roots] == ["done"] * 2
        assert [printed(root) for root in roots] == built


def test_a_million_lines_do_not_freeze_the_page(runnable: Browser, site: Site) -> None:
    with opened(runnable) as tab:
        first = at_convolution(tab, site)
        first.locator("code").fill("print('ready')")
        run_button(first).click()
        assert ended(first) == "done"
        tab.evaluate(LONGEST_FRAME)
        first.locator("code").fill("for i in range(1_000_000): print(i)")
        run_button(first).click()
        assert ended(first, 120) == "done"
        said = printed(first).splitlines()
        assert (said[0], said[999], said[1000:]) == ("0", "999", ["... and 999,000 more lines"])
        assert tab.evaluate("window.longest") < 1000


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_figure_drawn_in_the_page_follows_theme_and_width(
    runnable: Browser, site: Site, scheme: str, width: int
) -> None:
    with opened(runnable, width=width, scheme=scheme) as tab:
        tab.goto(site.url + "scratch/", wait_until="networkidle")
        root = block(tab, "imshow")
        root.locator("code").fill(
            "import matplotlib.pyplot as plt\nfrom cnnref.figures.convolution import sum_at\n\n"
            "sum_at([1, 2, 3], [0, 1, 2], t=3)\nplt.show()"
        )
        run_button(root).click()
        assert ended(root) == "done"
        assert root.locator("figure svg").get_attribute("aria-label")
        assert root.locator("figcaption").count() == 1
        words = root.locator("figure svg text").first.evaluate("(e) => getComputedStyle(e).fill")
        assert words == tab.locator("article p").first.evaluate("(e) => getComputedStyle(e).color")
        scrolled = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not tab.evaluate(scrolled)


def test_the_buttons_stay_in_reach_on_a_phone(runnable: Browser, site: Site) -> None:
    with opened(runnable, width=390, has_touch=True, is_mobile=True) as tab:
        first = at_convolution(tab, site)
        first.scroll_into_view_if_needed()
        box = run_button(first).bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 390
        assert min(box["width"], box["height"]) >= 24
        top = "(e) => e.getBoundingClientRect().y + parseFloat(getComputedStyle(e).paddingTop)"
        assert first.locator("code").evaluate(top) >= box["y"] + box["height"]  # hides no code
        run_button(first).tap()
        assert ended(first) == "done"


def test_the_empty_page_keeps_what_was_written(runnable: Browser, site: Site) -> None:
    with opened(runnable) as tab:
        tab.goto(site.url + "convolution/", wait_until="networkidle")
        tab.get_by_role("link", name="Open an empty page").click()
        root = tab.locator(".scratch [data-run-state]")  # nowhere else
        root.locator("code").fill("print('mine')")
        assert tab.evaluate("Object.keys(localStorage)").count("/scratch") == 1  # in every build
        tab.reload(wait_until="networkidle")
        assert str(root.locator("code").text_content()).strip() == "print('mine')"
        run_button(root).click()
        assert ended(root) == "done"
        assert printed(root) == "mine"
        root.get_by_role("button", name="Reset").click()
        tab.reload(wait_until="networkidle")
        assert "from cnnref import conv" in str(root.locator("code").text_content())


def no_buttons(tab: Page) -> None:
    """The page is whole, and there is nothing on it that does nothing."""
    tab.locator("figure svg").first.wait_for()
    assert tab.locator(".output > pre").count() > 5
    assert tab.get_by_role("button", name="Run", exact=True).count() == 0
    assert tab.get_by_text("Try to break it").count() == 0
    assert tab.locator("[data-run-state], [contenteditable]").count() == 0


def test_without_scripts_the_page_is_whole(runnable: Browser, site: Site) -> None:
    with opened(runnable, java_script_enabled=False) as tab:
        tab.goto(site.url + "convolution/")
        no_buttons(tab)


@pytest.mark.parametrize("lacks", ["WebAssembly", "Worker", "DecompressionStream"])
def test_without_what_python_needs_the_page_is_whole(
    runnable: Browser, site: Site, lacks: str
) -> None:
    with opened(runnable) as tab:
        tab.add_init_script(f"delete globalThis.{lacks}")
        tab.goto(site.url + "convolution/", wait_until="networkidle")
        no_buttons(tab)


def test_from_a_file_the_page_is_whole(runnable: Browser, site: Site) -> None:
    own = Path(site.folder).resolve().as_uri()
    with opened(runnable, forgiven=f"{re.escape(own)}|file:|origin|ERR_") as tab:
        tab.goto(f"{own}/convolution/index.html")
        no_buttons(tab)
