"""The laws in the reader's browser: on its Python and NumPy, and tried by the reader."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from cnnref.laws import LAWS, REFUTED
from sitegen.assets import read_lock
from tests.browser.opening import block, ended, line, opened, printed, run_button
from tests.building import Site

pytestmark = pytest.mark.slow

ALL_LAWS = """
import sys
import cnnref
import numpy
from cnnref import literal
from cnnref.laws import LAWS, REFUTED

for law in LAWS:
    for implementation in (cnnref, literal):
        assert law.check(implementation, examples=25).offered
for statement in REFUTED:
    statement.check(cnnref)
print(len(LAWS), len(REFUTED), sys.platform, sys.version_info[:2], numpy.__version__)
"""
WATCH = """(card) => {
  window.seen = [];
  new MutationObserver(() => window.seen.push(card.querySelector('.trial').innerText))
    .observe(card, {subtree: true, childList: true, characterData: true});
}"""


def test_every_law_holds_on_the_browsers_python_and_numpy(runnable: Browser, site: Site) -> None:
    with opened(runnable) as tab:
        tab.goto(site.url + "scratch/", wait_until="networkidle")
        root = block(tab, "one item, one channel")
        root.locator("code").fill(ALL_LAWS)
        run_button(root).click()
        ended(root, 600)
        numpy = next(
            file.source for file in read_lock()["pyodide-packages"].files if "numpy-" in file.source
        ).split("-")[1]
        said = f"{len(LAWS)} {len(REFUTED)} emscripten (3, 14) {numpy}"
        assert printed(root) == said


def card(tab: Page, site: Site, address: str, law: str) -> Any:
    """The card of a law, opened, and watched."""
    tab.goto(site.url + address, wait_until="networkidle")
    found = tab.locator(f"[id='law-{law}']")
    found.locator("summary").first.click()
    found.evaluate(WATCH)
    return found


def test_a_law_can_be_tried_on_as_many_cases_as_one_likes(runnable: Browser, site: Site) -> None:
    with opened(runnable) as tab:
        found = card(tab, site, "convolution/", "convolution.commutes")
        found.get_by_label("new cases").fill("700")
        found.get_by_role("button", name="Try to break it").click()
        assert ended(found.locator(".trial"), 120) == "done"
        assert "Held on 700 cases never tried before" in line(found.locator(".trial"))
        counts = [
            int(number.replace(",", ""))
            for words in tab.evaluate("window.seen")
            for number in re.findall(r"tried: ([\d,]+)\.", words)
        ]
        assert len(set(counts)) > 1
        assert counts == sorted(counts)
        assert max(counts) <= 700


def test_a_refuted_statement_is_broken_and_the_case_shrinks(runnable: Browser, site: Site) -> None:
    with opened(runnable) as tab:
        found = card(tab, site, "convolution/", "correlation.commutes")
        found.get_by_role("button", name="Try to break it").click()
        assert ended(found.locator(".trial"), 120) == "done"
        assert "nothing in it can be made smaller" in line(found.locator(".trial"))
        seen = [re.search(r"Not for (.*):", words) for words in tab.evaluate("window.seen")]
        cases = list(dict.fromkeys(match[1] for match in seen if match))
        assert len(cases) > 1
        assert len(cases[-1]) <= len(cases[0])
        assert set(re.findall(r"\d+", cases[-1])) == {"0", "1"}  # nothing can be lowered


def test_a_trial_can_be_stopped(runnable: Browser, site: Site) -> None:
    with opened(runnable) as tab:
        found = card(tab, site, "convolution/", "convolution.commutes")
        found.get_by_label("new cases").fill("900000")
        found.get_by_role("button", name="Try to break it").click()
        tab.wait_for_function("window.seen.some((words) => /tried: /.test(words))", timeout=60_000)
        found.locator(".trial").get_by_role("button", name="Stop").click()
        assert ended(found.locator(".trial")) == "error"
        assert "Stopped" in line(found.locator(".trial"))


def test_every_card_has_its_trial(runnable: Browser, site: Site) -> None:
    with opened(runnable) as tab:
        tab.goto(site.url + "pooling/", wait_until="networkidle")
        cards, trials = tab.locator("details.law").count(), tab.locator(".trial").count()
        assert cards == trials > 10
