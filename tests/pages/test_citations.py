"""Links to laws lead to their cards, wherever these stand."""

from pathlib import Path

import pytest

from sitegen.citations import cards, in_order, resolved

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


@pytest.mark.parametrize(
    ("page", "link"),
    [
        ("one.md", "deep/two.md#law-conv.is-linear"),
        ("deep/three.md", "two.md#law-conv.is-linear"),
        ("deep/two.md", "#law-conv.is-linear"),
        ("far/four.md", "../deep/two.md#law-conv.is-linear"),
    ],
)
def test_a_link_is_relative_to_its_page(page: str, link: str) -> None:
    text, unknown = resolved("[so](law:conv.is-linear).", page, {"conv.is-linear": "deep/two.md"})
    assert (text, unknown) == (f"[so]({link}).", [])


def test_a_law_without_a_card_is_told() -> None:
    assert resolved("[so](law:no.such)", "one.md", {}) == ("[so](law:no.such)", ["no.such"])
