"""Every line of the draft has a home, and the home is there."""

import re
from dataclasses import dataclass

import pytest
from markdown.extensions.toc import slugify

from tests.building import ROOT

DOCS = ROOT / "docs"
TABLE = (DOCS / "contributing" / "coverage.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| `(?P<first>\d+)(?:-(?P<last>\d+))?` \| .+"
    r" \| \[.+\]\(\.\./(?P<page>[\w-]+\.md)#(?P<anchor>[\w-]+)\)"
    r"(?: `(?P<figure>[\w.]+)`)? \| (?:\[card\]\(\.\./(?P=page)#law-(?P<law>[\w.-]+)\))? \|$",
    re.MULTILINE,
)
SPOKEN = range(3, 172, 2)
"""The lines of the draft that say something: every second one from the title to the last link."""
WITHOUT_BLOCKS = {"credits", "three-fields", "the-drafts-links"}


@dataclass(frozen=True, slots=True)
class Home:
    """Where some lines of the draft went."""

    first: int
    last: int
    page: str
    anchor: str
    figure: str
    law: str


HOMES = [
    Home(
        int(row["first"]),
        int(row["last"] or row["first"]),
        row["page"],
        row["anchor"],
        row["figure"] or "",
        row["law"] or "",
    )
    for row in ROW.finditer(TABLE)
]
each_home = pytest.mark.parametrize("home", HOMES, ids=lambda home: str(home.first))


def section(page: str, anchor: str) -> str:
    """The text under the heading with this anchor; empty if the page has none."""
    _, *sections = re.split(r"^## ", (DOCS / page).read_text(encoding="utf-8"), flags=re.MULTILINE)
    named = {slugify(text.partition("\n")[0], "-"): text for text in sections}
    return named.get(anchor, "")


def draws(text: str, figure: str) -> bool:
    """Whether a block of the text imports the function and calls it."""
    module, _, function = figure.partition(".")
    imported = rf"^from cnnref\.figures\.{module} import .*\b{function}\b"
    return bool(re.search(imported, text, re.MULTILINE)) and f"{function}(" in text


def test_every_row_of_the_table_is_read() -> None:
    assert len(HOMES) == len(re.findall(r"^\| `\d", TABLE, re.MULTILINE)) > len(SPOKEN) // 3


def test_every_line_of_the_draft_has_one_home() -> None:
    homes = [line for home in HOMES for line in range(home.first, home.last + 1, 2)]
    assert sorted(homes) == list(SPOKEN)


@each_home
def test_a_home_is_a_section_that_runs_something(home: Home) -> None:
    text = section(home.page, home.anchor)
    assert text
    assert "\n```python" in text or home.anchor in WITHOUT_BLOCKS


@each_home
def test_the_picture_of_a_home_is_drawn_there(home: Home) -> None:
    assert not home.figure or draws(section(home.page, home.anchor), home.figure)


@each_home
def test_the_law_of_a_home_is_cited_on_its_page(home: Home) -> None:
    cited = re.findall(
        r'^(?:holds|fails)\("([^"]+)"\)$', (DOCS / home.page).read_text(), re.MULTILINE
    )
    assert not home.law or home.law in cited


def test_a_section_or_a_picture_that_is_not_there_is_noticed() -> None:
    assert section("padding.md", "zeros-stop-nothing") == ""
    text = section("padding.md", "zeros-stop-it")
    assert draws(text, "padding.network")
    assert not draws(text, "padding.framed")
    assert not draws(text, "pooling.network")
