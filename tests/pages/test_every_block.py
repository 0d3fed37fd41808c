"""Every block of every page, and of the README, run for real.

What it printed and drew is kept, by a hash of the block and of all that it rests on, so the site
and all processes of the tests run it once, and again when anything of that has changed. The slow
tests run every block once more, alone.
"""

import pytest

from sitegen.blocks import Block, pages, read
from sitegen.run import cached, check
from tests.building import ROOT

BLOCKS = [
    pytest.param(block, id=block.where)
    for page in pages(ROOT / "docs", ROOT / "README.md")
    for block in read(page)
]


def test_there_are_blocks_to_run() -> None:
    assert len(BLOCKS) > 10


@pytest.mark.parametrize("block", BLOCKS)
def test_the_block_does_what_its_page_says(block: Block) -> None:
    faults = check(block, cached(block))
    assert not faults, "\n".join(str(fault) for fault in faults)
