"""What a chapter says to stand behind it is what its blocks call, cite and draw with."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from sitegen import behind
from tests.building import ROOT

PAGE = """# A

```python
from cnnref import conv, windows
from cnnref.figures.padding import network
```

```python
from cnnref.laws import fails

fails("conv.same-moves")
```

## Sources
"""
CHAPTERS = [
    path
    for path in sorted((ROOT / "docs").glob("*.md"))
    if behind.SOURCES in path.read_text(encoding="utf-8")
    and path.name not in {"errata.md", "benchmarks.md"}  # they compute nothing
]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_text(PAGE)
    return path


def lines(html: str) -> dict[str, list[tuple[str, str]]]:
    """Each line of the list: what it names, and where that leads."""
    soup = BeautifulSoup(html, "html.parser")
    found = {}
    for term in soup.select("dt"):
        codes = term.find_next_sibling("dd").select("code")  # type: ignore[union-attr]
        found[term.get_text()] = [
            (code.get_text(), str(code.parent.get("href", ""))) for code in codes if code.parent
        ]
    return found


def test_a_page_leads_to_its_definitions_laws_and_tests(page: Path) -> None:
    assert lines(behind.html(page, lambda uri: f"../{uri}", "https://forge.example/x")) == {
        "Definitions": [
            ("windows", "../api/geometry.md#cnnref.window.windows"),
            ("conv", "../api/layers.md#cnnref.literal.conv"),
        ],
        "Laws": [
            ("cnnref/laws/layers.py", "https://forge.example/x/blob/main/cnnref/laws/layers.py")
        ],
        "Tests": [
            (name, f"https://forge.example/x/blob/main/{name}")
            for name in ("tests/laws/test_laws.py", "tests/figures/test_padding.py")
        ],
    }


def test_without_a_forge_files_are_named_and_lead_nowhere(page: Path) -> None:
    found = lines(behind.html(page, lambda uri: uri, ""))
    assert [link for _, link in found["Laws"] + found["Tests"]] == ["", "", ""]


def test_a_page_that_is_no_chapter_says_nothing(page: Path) -> None:
    page.write_text(PAGE.replace("Sources", "More"))
    assert behind.html(page, lambda uri: uri, "") == ""


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_every_chapter_has_definitions_and_tests_and_the_files_are_there(chapter: Path) -> None:
    found = lines(behind.html(chapter, lambda uri: uri, "f"))
    assert {"Definitions", "Tests"} <= found.keys()
    named = [name for what in ("Laws", "Tests") for name, _ in found.get(what, [])]
    assert [name for name in named if not (ROOT / name).is_file()] == []
