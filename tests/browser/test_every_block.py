"""Every block of every page, run in the page: it prints and draws what it did at build."""

import re

import pytest
from playwright.sync_api import Browser

from sitegen.blocks import pages, read
from tests.browser.opening import opened
from tests.building import ROOT, Site

pytestmark = pytest.mark.slow

DOCS = ROOT / "docs"
WITH_BLOCKS = [page.relative_to(DOCS).as_posix() for page in pages(DOCS) if read(page)]
RUN_ALL = """async () => {
  const shown = (root) => ({
    printed: root.querySelector('.output > pre')?.textContent.trimEnd() ?? '',
    drawn: [...root.querySelectorAll('figure > svg')].map((svg) => ({
      alt: svg.getAttribute('aria-label'),
      words: [...svg.querySelectorAll('text')].map((text) => text.textContent.trim()).sort(),
      shapes: svg.querySelectorAll('path, use, image').length > 0,
      caption: svg.parentElement.querySelector('figcaption')?.textContent ?? '',
    })),
  });
  const found = [];
  for (const root of document.querySelectorAll('[data-run-state]')) {
    const built = shown(root);
    const run = [...root.querySelectorAll('button')].find((b) => b.textContent === 'Run');
    run.click();
    while (!['done', 'error'].includes(root.dataset.runState)) {
      await new Promise((after) => setTimeout(after, 10));
    }
    found.push({state: root.dataset.runState, built, run: shown(root),
      code: root.querySelector('code').textContent});
  }
  return found;
}"""


def address(page: str) -> str:
    """Where the page of a source file stands on the site."""
    return re.sub(r"(^|/)index/$", r"\1", page.removesuffix(".md") + "/")


@pytest.mark.parametrize("page", WITH_BLOCKS)
def test_every_block_prints_and_draws_in_the_page_what_it_did_at_build(
    runnable: Browser, site: Site, page: str
) -> None:
    with opened(runnable) as tab:
        tab.set_default_timeout(600_000)
        tab.goto(site.url + address(page))
        tab.locator("[data-run-state]").first.wait_for(state="attached")
        found = tab.evaluate(RUN_ALL)
    assert len(found) == len(read(DOCS / page))
    for block in found:
        assert (block["state"], block["run"]) == ("done", block["built"]), block["code"]
        assert all(figure["shapes"] for figure in block["run"]["drawn"])


def test_there_are_blocks_and_some_draw() -> None:
    blocks = [block for page in WITH_BLOCKS for block in read(DOCS / page)]
    assert len(blocks) > 600
    assert sum("plt.show()" in block.source for block in blocks) > 80
