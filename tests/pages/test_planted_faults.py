"""Each kind of bad page, planted: the strict build fails and says where.

One little site holds a page for each fault. That every fault alone would stop the build is seen
from its line: it is a WARNING, and a strict build ends in failure if there is one.
"""

from pathlib import Path

import pytest

from tests.building import little_site, once, shared

FIGURE = "import matplotlib.pyplot as plt\n\nplt.plot([1, 2])\nplt.show()\n"
GOOD = (
    "# Good\n\nA formula $x_j$.\n\n```python\nprint(1)\n```\n```output\n1\n```\n\n"
    '```python alt="A line" caption="It rises."\n' + FIGURE + "```\n\n"
    "[lab](lab.py) [its part](lab.py#part)\n"
)
LAB = (
    "# %% [markdown]\n# # Lab\n#\n# See [a page](../index.md#good).\n#\n# ## Part\n\n"
    '# %% alt="A line"\n' + FIGURE
)

# name of the fault: (text of the page, the message after the page's path)
FAULTS = {
    "raises": ("# P\n\n```python\nx = 1\n1 / 0\n```\n", ":5: this block raised ZeroDivisionError"),
    "stale": (
        "# P\n\n```python\nprint(2)\n```\n```output\n1\n```\n",
        ":3: this block printed\n2\nbut the page says\n1",
    ),
    "unpinned": (
        "# P\n\n!!! note\n    ```python\n    print(2)\n    ```\n",
        ":4: this block prints but has no output fence",
    ),
    "orphan": ("# P\n\n```output\n1\n```\n", ":3: this output fence has no python block above it"),
    "no_alt": (f"# P\n\n```python\n{FIGURE}```\n", ":3: this figure has no alt text"),
    "unknown_law": (
        '# P\n\n```python\nfrom cnnref.laws import holds\n\nholds("no.such.law")\n```\n',
        ":6: this block raised",
    ),
    "option": ("# P\n\n```python titel='x'\n```\n", ":3: a python fence takes"),
    "bad_tex": ("# P\n\nA\nformula $\\frac{1$.\n", ":4: this formula is not TeX: \\frac{1"),
    "bad_display": ("# P\n\n$$\n\\nosuch{1}\n$$\n", ":4: this formula is not TeX: \\nosuch{1}"),
    "broken_link": ("# P\n\n[x](nowhere.md)\n", ":3: Doc file 'broken_link.md' contains a link"),
    "broken_anchor": ("# P\n\n\n[x](index.md#nowhere)\n", ":4: Doc file 'broken_anchor.md' conta"),
    "no_card": ("# P\n\n\n[x](law:no.such)\n", ":4: no page has a card of the law no.such"),
    "no_table": (
        '# P\n\n```python table="laws"\nprint("no.such")\n```\n```output\nno.such\n```\n',
        ":3: the table has no row for no.such",
    ),
    "no_instrument": (
        '# P\n\n```python explore="no"\nprint("a  b")\n```\n```output\na  b\n```\n',
        ":3: an instrument is one of arith",
    ),
    "own_anchor": ("# P\n\n\n[x](#nowhere)\n", ":4: Doc file 'own_anchor.md' contains a link '#n"),
}
FAULTY_LAB = (
    "# %% [markdown]\n# # L\n#\n# [x](../nowhere.md)\n#\n# [x](../index.md#no)\n#\n"
    f"# $\\frac{{1$\n\n# %%\n{FIGURE}"
)
LAB_FAULTS = (
    ":4: this link leads nowhere",
    ":6: Doc file 'labs/faulty.py' contains a link '../index.md#no'",
    ":8: this formula is not TeX: \\frac{1",
    ":10: this figure has no alt text",
)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the strict build of a site with all those pages says."""
    files = {f"{name}.md": text for name, (text, _) in FAULTS.items()}
    files |= {"index.md": "# Home\n", "labs/faulty.py": FAULTY_LAB}

    def build(into: Path) -> str:
        into.mkdir()
        built = little_site(into, files)
        return f"exit {built.returncode}\n{built.stdout}"

    _, said = once(shared(tmp_path_factory) / "faulty", build)
    assert said.startswith("exit 1\n"), said
    return said


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_page_is_a_warning_with_its_line(name: str, faulty: str) -> None:
    assert f"WARNING -  docs/{name}.md{FAULTS[name][1]}" in faulty


@pytest.mark.parametrize("message", LAB_FAULTS)
def test_a_faulty_lab_is_a_warning_with_its_line(message: str, faulty: str) -> None:
    assert f"WARNING -  docs/labs/faulty.py{message}" in faulty


def test_warnings_end_a_strict_build(faulty: str) -> None:
    assert "in strict mode!" in faulty


@pytest.mark.slow
def test_a_cell_that_raises_ends_the_build_and_is_told_by_its_line(tmp_path: Path) -> None:
    lab = "# %% [markdown]\n# # L\n\n# %%\nx = 1\n\n# %%\ny = 1\ny / 0\n"
    built = little_site(tmp_path, {"index.md": "# Home\n", "labs/raises.py": lab})
    assert built.returncode != 0
    assert "docs/labs/raises.py:9: this cell raised ZeroDivisionError" in built.stdout


def test_without_a_fault_the_same_machinery_builds(tmp_path: Path) -> None:
    files = {"index.md": GOOD.replace("lab.py", "labs/good.py"), "labs/good.py": LAB}
    built = little_site(tmp_path, files)
    assert built.returncode == 0, built.stdout
    html = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert '<div class="output"><pre>1\n</pre></div>' in html
    assert "Edit this page" not in html
