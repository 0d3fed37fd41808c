"""Every block of every page, and of the README, run for real: never from a kept result."""

import pytest

from sitegen.blocks import Block, pages, read
from sitegen.run import check
from tests.building import ROOT
from tests.pages.prose import really_run

BLOCKS = [
    pytest.param(block, id=block.where)
    for page in pages(ROOT / "docs", ROOT / "README.md")
    for block in read(page)
]


def test_there_are_blocks_to_run() -> None:
    assert len(BLOCKS) > 10


@pytest.mark.parametrize("block", BLOCKS)
def test_the_block_does_what_its_page_says(block: Block) -> None:
    faults = check(block, really_run(block))
    assert not faults, "\n".join(str(fault) for fault in faults)
