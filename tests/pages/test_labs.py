"""A lab's page is like a chapter's: no JupyterLab in it, formulas set, links resolved."""

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from sitegen import notebooks
from sitegen.labs import cells
from tests.building import ROOT, Site, soup

LABS = sorted((ROOT / "docs/labs").glob("*.py"))


@pytest.fixture(params=[lab.stem for lab in LABS])
def lab(request: pytest.FixtureRequest, site: Site) -> BeautifulSoup:
    return soup(site.folder / "labs" / request.param / "index.html")


def test_there_are_labs() -> None:
    assert LABS


def test_nothing_of_jupyterlab_is_left(lab: BeautifulSoup) -> None:
    article = lab.select_one("article")
    assert article is not None
    assert article.select("style, script, clipboard-copy, .clipboard-copy-txt, [class*=jp-]") == []
    assert "¶" not in article.get_text()


def test_each_cell_is_there_once_and_does_not_look_like_a_block_that_runs_alone(
    lab: BeautifulSoup,
) -> None:
    shown = [code.get_text().strip() for code in lab.select("div.lab-cell.highlight > pre > code")]
    assert len(set(shown)) == len(shown) > 0
    assert lab.select("div.language-python") == []


def test_no_formula_and_no_link_is_left_as_it_was_written(lab: BeautifulSoup) -> None:
    for part in lab.select("article p, article li"):
        assert "$" not in part.get_text()
    for link in lab.select("article a[href]"):
        assert ".md" not in str(link["href"]).replace(".md)", "")


def test_cells_know_their_line_and_what_stands_on_their_marker() -> None:
    text = '# %% [markdown]\n# # T\n\n# %% alt="A line" caption="It falls."\nx\n'
    markdown, code = cells(text)
    assert (markdown.line, markdown.code) == (1, False)
    assert (code.line, code.code, code.text) == (4, True, "x")
    assert code.options == {"alt": "A line", "caption": "It falls."}


@pytest.mark.parametrize("lab_file", LABS, ids=lambda lab: lab.stem)
def test_a_lab_as_a_notebook_has_all_its_cells_and_one_that_installs(lab_file: Path) -> None:
    notebook = json.loads(notebooks.of_page(lab_file, "%pip install x"))
    kinds = [cell["cell_type"] for cell in notebook["cells"]]
    stored = cells(lab_file.read_text(encoding="utf-8"))
    assert kinds == ["code", *("code" if cell.code else "markdown" for cell in stored)]
