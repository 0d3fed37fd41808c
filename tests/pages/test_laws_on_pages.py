"""Pages and laws know of each other: every id cited exists, every law is cited."""

import ast
from collections.abc import Iterator

import pytest

from cnnref.laws import LAWS, REFUTED
from sitegen.blocks import Block, pages, read
from tests.building import ROOT

STATEMENTS = {"holds": {law.id for law in LAWS}, "fails": {law.id for law in REFUTED}}


def citations() -> Iterator[tuple[str, str, Block]]:
    """(holds or fails, id, where) of every citation on a page."""
    for page in pages(ROOT / "docs"):
        for block in read(page):
            for node in ast.walk(ast.parse(block.source)):
                match node:
                    case ast.Call(func=ast.Name(id="holds" | "fails" as verb), args=[law, *_]):
                        assert isinstance(law, ast.Constant), block.where
                        yield verb, str(law.value), block


CITED = list(citations())


@pytest.mark.parametrize("verb", STATEMENTS)
def test_every_law_and_every_refuted_statement_is_cited_on_a_page(verb: str) -> None:
    cited = {law for said, law, _ in CITED if said == verb}
    assert STATEMENTS[verb] - cited == set()


def test_every_law_that_a_page_cites_exists() -> None:
    unknown = [f"{block.where}: {law}" for verb, law, block in CITED if law not in STATEMENTS[verb]]
    assert unknown == []


def test_no_page_cites_a_law_twice() -> None:
    seen = [(block.page, law) for _, law, block in CITED]
    assert sorted({where for where in seen if seen.count(where) > 1}) == []
