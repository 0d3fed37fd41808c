"""A lab's page is like a chapter's: no JupyterLab in it, formulas set, links resolved."""

import ast
import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from sitegen import notebooks
from sitegen.labs import UNSEEN, cells
from tests.building import ROOT, Site, soup
from tests.pages.prose import claimed, numbers, plainly

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


def uncomputed(text: str, printed: str) -> list[str]:
    """Numbers in the prose of a lab that it does not print, or has as a literal in a print."""
    prose, said = "", ""
    for cell in cells(text):
        if not cell.code:
            prose += re.sub(r"^# ?", "", cell.text, flags=re.MULTILINE) + "\n\n"
            continue
        for call in ast.walk(ast.parse(cell.text)):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "print":
                literals = [part for part in ast.walk(call) if isinstance(part, ast.Constant)]
                said += " ".join(["", *(str(literal.value) for literal in literals)])
    return sorted(claimed(prose).keys() - (plainly(printed) - numbers(said)))


@pytest.mark.parametrize("lab_file", LABS, ids=lambda lab: lab.stem)
def test_a_cell_of_the_lab_computes_every_number_of_its_prose(lab_file: Path, site: Site) -> None:
    page = soup(site.folder / "labs" / lab_file.stem / "index.html")
    printed = "\n".join(output.get_text() for output in page.select("div.output"))
    assert uncomputed(lab_file.read_text(encoding="utf-8"), printed) == []


@pytest.mark.parametrize("lab_file", LABS, ids=lambda lab: lab.stem)
def test_a_lab_imports_nothing_that_its_kept_results_do_not_know(lab_file: Path) -> None:
    imports = re.findall(r"^(?:from|import) .*", lab_file.read_text(encoding="utf-8"), re.MULTILINE)
    assert [line for line in imports for room in UNSEEN if re.search(rf"\b{room}\b", line)] == []


def test_a_number_of_a_lab_that_is_not_computed_is_noticed() -> None:
    text = "# %% [markdown]\n# There are 784 weights.\n\n# %%\nprint({})\n"
    assert uncomputed(text.format("28 * 28"), "784") == []
    assert uncomputed(text.format("28 * 27"), "756") == ["784"]
    assert uncomputed(text.format("'784 weights'"), "784 weights") == ["784"]


def test_cells_know_their_line_and_what_stands_on_their_marker() -> None:
    text = '# %% [markdown]\n# # T\n\n# %% alt="A line" caption="It falls."\nx\n'
    markdown, code = cells(text)
    assert (markdown.line, markdown.code) == (1, False)
    assert (code.line, code.code, code.text) == (4, True, "x")
    assert code.options == {"alt": "A line", "caption": "It falls."}


@pytest.mark.parametrize("lab_file", LABS, ids=lambda lab: lab.stem)
def test_a_lab_as_a_notebook_has_all_its_cells_and_one_that_installs(lab_file: Path) -> None:
    notebook = json.loads(notebooks.of_page(lab_file, "%pip install x"))
    first = "".join(notebook["cells"][0]["source"])
    needed = "from sklearn" in lab_file.read_text(encoding="utf-8")
    assert first == "%pip install x" + " scikit-learn" * needed
    kinds = [cell["cell_type"] for cell in notebook["cells"]]
    stored = cells(lab_file.read_text(encoding="utf-8"))
    assert kinds == ["code", *("code" if cell.code else "markdown" for cell in stored)]
