"""Every mistake has its entry: its sentence, its picture, and laws that do catch it."""

from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup, Tag

from cnnref.laws import LAWS, MISTAKES
from cnnref.laws.catalogue import caught
from sitegen import mistakes
from sitegen.blocks import Block, Fault, read
from tests.building import ROOT, Site, soup

DOCS = ROOT / "docs"
SOURCES = [(path.name, path) for path in sorted(DOCS.glob("*.md"))]
BY_ID = {mistake.id: mistake for mistake in MISTAKES}
LAW = {law.id: law for law in LAWS}
EVERY = 9
"""Of how many entries one is tried: laws are run anew on its mistake."""


def test_every_mistake_is_asked_for_once() -> None:
    asked = Counter(id for _, path in SOURCES for id in mistakes.asked(path))
    assert asked == Counter(list(BY_ID))


def test_all_mistakes_in_an_operation_stand_on_one_page() -> None:
    pages = mistakes.pages(SOURCES)
    assert set(pages) == {mistake.operation for mistake in MISTAKES}
    assert pages["conv"] == "mistakes-layers"
    for name, path in SOURCES:
        for id in mistakes.asked(path):
            assert pages[BY_ID[id].operation] == name.removesuffix(".md")


@pytest.fixture(scope="module")
def entries(site: Site) -> dict[str, tuple[str, Tag]]:
    """The heading of each mistake in the built site, and the address of its page."""
    found: dict[str, tuple[str, Tag]] = {}
    for address, path in site.pages().items():
        if address.startswith("mistakes"):
            for head in soup(path).select("h3.mistake"):
                assert str(head["id"]) not in found
                found[str(head["id"])] = address, head
    return found


def after(head: Tag) -> list[Tag]:
    """What belongs to an entry: all until the next heading."""
    parts: list[Tag] = []
    for tag in head.find_next_siblings():
        if tag.name in ("h2", "h3") or "language-python" in str(tag):
            break
        parts.append(tag)
    return parts


def linked(parts: list[Tag]) -> list[str]:
    """The laws that an entry links to."""
    links = [link for part in parts for link in part.select("a[href*='#law-']")]
    return [urlsplit(str(link["href"])).fragment.removeprefix("law-") for link in links]


def test_every_entry_has_sentence_picture_code_and_laws(
    entries: dict[str, tuple[str, Tag]],
) -> None:
    assert entries.keys() == BY_ID.keys()
    pages = mistakes.pages(SOURCES)
    for id, (address, head) in entries.items():
        parts = after(head)
        block = BeautifulSoup(f"<p>{BY_ID[id].sentence}</p>", "html.parser")
        assert head.get_text().strip() == block.get_text().replace("`", "")
        assert address == f"{pages[BY_ID[id].operation]}/"
        figures = [figure for part in parts for figure in part.select("figure > svg")]
        assert [
            str(figure["aria-label"]).partition(",")[0].partition(":")[0] for figure in figures
        ] == [BY_ID[id].operation]
        assert BY_ID[id].source.strip() in "".join(part.get_text() for part in parts)
        assert linked(parts), id


def test_every_law_that_an_entry_links_to_catches_it(entries: dict[str, tuple[str, Tag]]) -> None:
    for id, (_, head) in list(entries.items())[::EVERY]:
        laws = linked(after(head))
        assert laws == list(dict.fromkeys(laws))
        for law in laws[:4]:
            assert caught(LAW[law], BY_ID[id]), (law, id)


def test_the_links_are_those_of_the_cards() -> None:
    catching = mistakes.caught(Block(DOCS / "mistakes.md", 1, 2, ""))
    assert catching.keys() == BY_ID.keys()

    assert not caught(LAW["convolution.commutes"], BY_ID["conv.flips-the-kernel"])
    assert "convolution.commutes" not in catching["conv.flips-the-kernel"]


def test_an_entry_is_found_by_the_search(site: Site) -> None:
    index = (site.folder / "search/search_index.json").read_text(encoding="utf-8")
    for mistake in MISTAKES:
        assert f"#{mistake.id}" in index


def test_a_mistake_that_there_is_not_is_a_fault() -> None:
    with pytest.raises(Fault, match=r"page\.md:7: there is no mistake conv\.is-fine"):
        mistakes.entries(Block(Path("page.md"), 7, 9, ""), ["conv.is-fine"])


def test_a_page_that_cannot_be_read_asks_for_nothing(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```output\n1\n```\n")
    assert mistakes.asked(page) == []


def test_what_a_block_asks_for_is_drawn_ahead() -> None:
    blocks = [block for block in read(DOCS / "mistakes-pooling.md") if block.table]
    drawn = [picture.source for block in blocks for picture in mistakes.pictures(block)]
    assert len(drawn) == len(mistakes.asked(DOCS / "mistakes-pooling.md"))
    assert 'exhibit("max_pool.pads-with-zero")' in "".join(drawn)
    story = [block for block in read(DOCS / "mistakes.md") if "pads-with-zero" in block.source]
    assert story[0].source in drawn
