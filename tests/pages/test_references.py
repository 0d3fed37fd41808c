"""The list of references is what the pages cite, and says where."""

import re

import pytest

from tests.building import ROOT

DOCS = ROOT / "docs"
ITEM = re.compile(r"^- (.*(?:\n  .*)*)", re.MULTILINE)
TITLE = re.compile(r'"([^"]+)"')
LINK = re.compile(r"\]\(([\w-]+\.md)\)")
CHAPTERS = sorted(
    path.name for path in DOCS.glob("*.md") if path.name not in {"errata.md", "references.md"}
)

NAV = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("- Chapters:")[2]
IN_THE_STORY = [
    page
    for page in re.findall(r": ([\w-]+\.md)", NAV.partition("- Labs:")[0])
    if page not in {"references.md", "not-true.md"}
]


def cited(text: str) -> set[str]:
    """The titles that the sources of a page name; a documentation is none."""
    _, _, sources = text.partition("\n## Sources\n")
    items = [" ".join(item.split()) for item in ITEM.findall(sources.partition("\n## ")[0])]
    return {
        title for item in items if "documentation of" not in item for title in TITLE.findall(item)
    }


def listed() -> dict[str, set[str]]:
    """Each title of the list, and the pages that it is said to be cited on."""
    text = (DOCS / "references.md").read_text(encoding="utf-8")
    items = [" ".join(item.split()) for item in ITEM.findall(text)]
    return {title: set(LINK.findall(item)) for item in items for title in TITLE.findall(item)}


@pytest.mark.parametrize("page", CHAPTERS)
def test_what_a_page_cites_is_listed_with_the_page(page: str) -> None:
    titles = cited((DOCS / page).read_text(encoding="utf-8"))
    assert {title for title, pages in listed().items() if page in pages} == titles


@pytest.mark.parametrize("page", IN_THE_STORY)
def test_a_chapter_names_its_sources(page: str) -> None:
    assert "\n## Sources\n" in (DOCS / page).read_text(encoding="utf-8")


def test_a_title_that_is_cited_is_found() -> None:
    text = '# A\n\n## Sources\n\n- Ann, "A\n  title", 2000.\n- X, documentation of `y` ("z").\n'
    assert cited(text) == {"A title"}
    assert cited(text + '\n## More\n\n- B, "Not this".\n') == {"A title"}
