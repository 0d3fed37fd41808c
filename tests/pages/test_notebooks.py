"""A chapter as a notebook: the same blocks, and prose that Jupyter can show."""

import json
from pathlib import Path

import pytest

from sitegen.notebooks import install_line, of_page

PAGE = """# T

See [the next](next.md#x) and [the book](https://book.example/).

!!! note "Mind"
    Indented words.

    ```python
    print(1)
    ```
    ```output
    1
    ```

```python caption="A picture."
draw()
```

1. one
"""


@pytest.fixture
def cells(tmp_path: Path) -> list[tuple[str, str]]:
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    notebook = json.loads(of_page(page, "%pip install x"))
    return [(cell["cell_type"], cell["source"]) for cell in notebook["cells"]]


def test_the_blocks_are_its_code_and_the_first_cell_installs(cells: list[tuple[str, str]]) -> None:
    code = [source for kind, source in cells if kind == "code"]
    assert code == ["%pip install x", "print(1)", "draw()"]


def test_pinned_outputs_are_left_out_and_captions_kept(cells: list[tuple[str, str]]) -> None:
    prose = [source for kind, source in cells if kind == "markdown"]
    assert prose == [
        "# T\n\nSee the next and [the book](https://book.example/).\n\n**Mind**\nIndented words.",
        "*A picture.*",
        "1. one",
    ]


@pytest.mark.parametrize(
    ("site", "line"),
    [
        ("", '%pip install --quiet "cnnref[figures,laws]"'),
        (
            "https://s.example/c/",
            '%pip install --quiet "cnnref[figures,laws] @ https://s.example/c/w.whl"',
        ),
    ],
)
def test_it_installs_what_the_page_ran(site: str, line: str) -> None:
    assert install_line("w.whl", site) == line
