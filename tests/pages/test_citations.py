"""Links to laws lead to their cards, wherever these stand."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from cnnref.laws import LAWS, catches
from sitegen.blocks import Block, Fault, read
from sitegen.citations import cards, in_order, linked, table
from tests.building import ROOT

BLOCK = Block(Path("page.md"), 7, 9, "")
CARD = 'from cnnref.laws import holds\n\nholds("{}")\n'


@pytest.fixture
def sources(tmp_path: Path) -> list[tuple[str, Path]]:
    laws = {"index.md": "abc", "laws.md": "ab", "one.md": "b", "deep/two.md": "d"}
    found = []
    for uri, ids in laws.items():
        page = tmp_path / uri.replace("/", "-")
        page.write_text("".join(f"```python\n{CARD.format(id)}```\n" for id in ids))
        found.append((uri, page))
    return found


def test_the_first_page_in_the_navigation_counts_and_the_home_page_last(
    sources: list[tuple[str, Path]],
) -> None:
    order = in_order([{"Home": "index.md"}, {"Part": ["one.md", {"Two": "deep/two.md"}]}])
    assert order == ["index.md", "one.md", "deep/two.md"]
    wanted = {"a": "laws.md", "b": "one.md", "c": "index.md", "d": "deep/two.md"}
    assert cards(sources, order) == wanted
    assert cards(sources, in_order(None)) == wanted | {"b": "laws.md"}


def test_a_page_that_cannot_be_read_has_no_cards(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```output\n1\n```\n")
    assert cards([("page.md", page)]) == {}


def test_a_link_to_a_law_leads_to_its_card() -> None:
    html = '<p><a class="x" href="law:conv.is-linear">so</a> <a href="law:a">or</a></p>'
    known = {"conv.is-linear": "deep/two.md", "a": "one.md"}
    text, unknown = linked(html, known, {"deep/two.md": "../two/", "one.md": ""}.__getitem__)
    assert text == (
        '<p><a class="x" href="../two/#law-conv.is-linear">so</a> <a href="#law-a">or</a></p>'
    )
    assert unknown == []


def test_a_law_without_a_card_is_told() -> None:
    html = '<a href="law:no.such">so</a>'
    assert linked(html, {}, str) == (html, ["no.such"])


def test_a_table_says_of_each_law_what_its_card_says() -> None:
    ids = ["convolution.commutes", "pooling.avg.keeps-constants"]
    rows = BeautifulSoup(table(BLOCK, ids), "html.parser").select("tbody tr")
    laws = {law.id: law for law in LAWS}
    for id, row in zip(ids, rows, strict=True):
        claim, held, mistakes = row("td")
        assert claim.get_text() == laws[id].claim
        assert [str(link["href"]) for link in claim("a")] == [f"law:{id}"]
        assert held.get_text() == ("exactly" if laws[id].exact else "within rounding")
        assert mistakes.get_text() == str(len(catches(id)))


def test_a_table_of_something_else_is_a_fault() -> None:
    with pytest.raises(Fault, match=r"page\.md:7: the table has no row for no-such-law"):
        table(BLOCK, ["no-such-law"])


def test_the_table_of_all_laws_asks_for_all_of_them() -> None:
    blocks = [block for block in read(ROOT / "docs" / "laws-table.md") if block.table]
    asked = [id for block in blocks for id in (block.output or "").split()]
    assert asked == [law.id for law in LAWS]
