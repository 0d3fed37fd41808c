"""The built site in a real browser: nothing foreign, nothing broken, nothing too wide."""

import pytest
from playwright.sync_api import Browser

from tests.browser.opening import opened
from tests.building import Site

pytestmark = pytest.mark.slow

TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  const scrolls = (e) => e && e !== document.body &&
    (['auto', 'scroll', 'hidden'].includes(getComputedStyle(e).overflowX) ||
      scrolls(e.parentElement));
  const wide = [...document.querySelectorAll('article *, footer *, header *')]
    .filter((e) => e.getBoundingClientRect().right > width + 1 && !scrolls(e.parentElement))
    .map((e) => `${e.tagName}.${e.className}`);
  return document.documentElement.scrollWidth > width ? ['the page', ...wide] : wide;
}"""
SMALLEST_LABEL = """() => Math.min(99, ...[...document.querySelectorAll('figure svg text')]
  .filter((t) => t.textContent.trim())
  .map((t) => t.getBoundingClientRect().width && parseFloat(getComputedStyle(t).fontSize) *
    t.ownerSVGElement.getScreenCTM().a))"""


def addresses(site: Site) -> list[str]:
    return [address for address in site.pages() if address != "404.html"]


def test_no_page_asks_a_foreign_host_or_reports_an_error(browser: Browser, site: Site) -> None:
    for address in addresses(site):
        with opened(browser) as page:
            page.goto(site.url + address, wait_until="networkidle")


@pytest.mark.parametrize(
    "fault",
    [
        "fetch('http://foreign.example/x').catch(() => 0)",
        "fetch('/nothing-here')",
        "console.error('broken')",
        "setTimeout(() => { throw new Error('broken'); })",
    ],
)
def test_a_foreign_request_or_an_error_is_noticed(browser: Browser, site: Site, fault: str) -> None:
    with pytest.raises(AssertionError), opened(browser) as page:  # noqa: PT012
        page.goto(site.url)
        page.evaluate(fault)
        page.wait_for_timeout(300)


@pytest.mark.parametrize("width", [320, 390])
def test_no_page_is_wider_than_a_phone(browser: Browser, site: Site, width: int) -> None:
    wide = {}
    with opened(browser, width=width) as page:
        for address in addresses(site):
            page.goto(site.url + address)
            page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
            if page.evaluate(TOO_WIDE):
                wide[address] = page.evaluate(TOO_WIDE)[:5]
    assert wide == {}


def test_words_in_figures_can_be_read_on_a_phone(browser: Browser, site: Site) -> None:
    small = {}
    with opened(browser, width=390) as page:
        for address in addresses(site):
            page.goto(site.url + address)
            size = page.evaluate(SMALLEST_LABEL)
            if size < 9:
                small[address] = size
    assert small == {}


def test_figures_follow_the_theme(browser: Browser, site: Site) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        with opened(browser, scheme=scheme) as page:
            page.goto(site.url + "convolution/")
            look = "(e) => getComputedStyle(e).color"
            text = page.locator("article p").first.evaluate(look)
            drawn = page.locator("figure svg text").first.evaluate(
                "(e) => getComputedStyle(e).fill"
            )
            ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert text == drawn != ground
            colours[scheme] = (drawn, ground)
    assert colours["light"] != colours["dark"]


def test_the_theme_can_be_chosen_and_stays(browser: Browser, site: Site) -> None:
    with opened(browser) as page:
        page.goto(site.url)
        seen = []
        for _ in range(3):
            page.locator("form[data-md-component=palette] label:not([hidden])").click()
            seen.append(page.evaluate("document.body.dataset.mdColorScheme"))
        assert sorted(seen) == ["default", "default", "slate"]
        while page.evaluate("document.body.dataset.mdColorScheme") != "slate":
            page.locator("form[data-md-component=palette] label:not([hidden])").click()
        page.goto(site.url + "convolution/")
        assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"


def test_pages_stay_whole_under_instant_navigation(browser: Browser, site: Site) -> None:
    with opened(browser) as page:
        page.goto(site.url, wait_until="networkidle")
        page.evaluate("window.here = 'still here'")
        page.locator(".md-sidebar--primary a", has_text="Convolution").first.click()
        page.locator("h1#convolution").wait_for()
        assert page.evaluate("window.here") == "still here"
        assert page.locator("figure svg").count() > 0
        assert page.locator(".katex").count() > 0
        assert page.locator("div.language-python .md-code__button").count() > 0
        law = page.locator("details.law").first
        law.locator("summary").first.click()
        assert law.get_attribute("open") is not None


def test_the_search_finds_a_word_of_the_prose(browser: Browser, site: Site) -> None:
    with opened(browser) as page:
        page.goto(site.url, wait_until="networkidle")
        page.keyboard.press("/")
        page.keyboard.type("pooling", delay=20)
        page.locator(".md-search-result__item").first.wait_for()


def test_the_copy_button_copies_the_block(browser: Browser, site: Site) -> None:
    with opened(browser) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(site.url + "convolution/", wait_until="networkidle")
        block = page.locator("div.language-python").first
        block.hover()
        block.locator("button.md-code__button[data-md-type=copy]").click()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.strip() == block.locator("code").inner_text().strip()


def test_a_law_can_be_linked_to(browser: Browser, site: Site) -> None:
    with opened(browser) as page:
        page.goto(site.url + "convolution/")
        name = page.locator("details.law").last.get_attribute("id")
        page.goto("about:blank")
        page.goto(f"{site.url}convolution/#{name}", wait_until="networkidle")
        law = page.locator("details.law").last
        assert law.get_attribute("open") is not None
        box = law.bounding_box()
        assert box is not None
        assert 0 <= box["y"] < 900
