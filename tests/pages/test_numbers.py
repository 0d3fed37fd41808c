"""Every number in the prose comes out of a computation on its page."""

from pathlib import Path

import pytest

from sitegen.blocks import label, pages
from tests.building import ROOT
from tests.pages.prose import claimed, computed

# Numbers that are names, not results: page -> number -> why.
ALLOWED = {
    "contributing/decisions.md": {"3.11": "a version of Python"},
}
PAGES = [
    pytest.param(page, id=label(page)) for page in pages(ROOT / "docs") if "api" not in page.parts
]


def uncomputed(page: Path, name: str) -> list[str]:
    said = claimed(page.read_text(encoding="utf-8"))
    if not said.keys() - ALLOWED.get(name, {}).keys():
        return []
    shown = computed(page) | ALLOWED.get(name, {}).keys()
    return [f"{name}:{line}: {number}" for number, line in said.items() if number not in shown]


@pytest.mark.parametrize("page", PAGES)
def test_a_block_of_the_page_computes_every_number_of_its_prose(page: Path) -> None:
    missing = uncomputed(page, page.relative_to(ROOT / "docs").as_posix())
    assert not missing, "no block of the page computes\n" + "\n".join(missing)


@pytest.mark.parametrize("name", ALLOWED)
def test_nothing_is_allowed_that_is_not_said(name: str) -> None:
    said = claimed((ROOT / "docs" / name).read_text(encoding="utf-8"))
    assert ALLOWED[name].keys() <= said.keys()


@pytest.mark.parametrize(
    ("block", "wrong"),
    [
        ("print(28 * 28)", False),
        ("print(f'{28 * 28:,} weights')", False),
        ("import numpy as np\nprint(np.ones((28, 28)).size)", False),
        ("print(784)", True),
        ("print('784 weights')", True),
        ("print(f'{784} weights')", True),
        ("n = 784\nprint(n)", True),
        ("print(27 * 28)", True),
    ],
)
def test_a_literal_in_a_print_is_no_computation(tmp_path: Path, block: str, wrong: bool) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"There are 784 weights.\n\n```python\n{block}\n```\n")
    assert uncomputed(page, "page.md") == (["page.md:1: 784"] if wrong else [])


@pytest.mark.parametrize(
    "text",
    [
        "In 1998 and 2016.",
        "See section 9.5, chapter 12, figures 9.17 and 9.18, equation (9.7).",
        "It is `784` or $784$ or [this](page.md#784) or\n$$\n784\n$$\n",
        "Five times 3.",
    ],
)
def test_years_formulas_code_links_and_places_in_books_are_no_claims(text: str) -> None:
    assert claimed(text) == {}


def test_numbers_are_found_with_their_line() -> None:
    text = "A 28 by 28 image,\n61,706 parameters, 99.95%.\n"
    assert claimed(text) == {"28": 1, "61706": 2, "99.95": 2}
