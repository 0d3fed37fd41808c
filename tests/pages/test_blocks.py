"""The block list: what it sees on a page, and how it rewrites the outputs pinned there."""

import re
from pathlib import Path

import pytest

from sitegen.blocks import Block, Fault, pages, parse, read, with_outputs
from tests.building import ROOT

PAGE = Path("page.md")
ALL = pages(ROOT / "docs", ROOT / "README.md")


def blocks(text: str) -> tuple[Block, ...]:
    return parse(text, PAGE)


def test_a_block_knows_its_line_its_source_and_the_output_under_it() -> None:
    (block,) = blocks("words\n\n```python\nprint(1)\n```\n\n```output\n1\n```\n")
    assert (block.line, block.last, block.source, block.output) == (3, 5, "print(1)\n", "1")
    assert block.output_lines == (7, 9)


def test_a_block_inside_an_admonition_is_dedented() -> None:
    (block,) = blocks("!!! note\n    ```python\n    if 1:\n        pass\n    ```\n")
    assert block.source == "if 1:\n    pass\n"


def test_alt_text_and_caption_stand_on_the_fence() -> None:
    (block,) = blocks('```python alt="A line" caption=\'It "falls".\'\nx\n```\n')
    assert (block.alt, block.caption) == ("A line", 'It "falls".')


def test_code_that_is_folded_says_what_to_open() -> None:
    (block,) = blocks('```python folded="The code"\nx\n```\n')
    assert (block.folded, block.alt, block.caption) == ("The code", "", "")


def test_a_table_is_one_of_those_that_are_known() -> None:
    (block,) = blocks('```python table="laws"\nx\n```\n')
    assert block.table == "laws"
    with pytest.raises(Fault, match=r'page\.md:1: a table is table="laws" or'):
        blocks('```python table="layers"\nx\n```\n')


def test_a_fence_shown_inside_a_longer_fence_is_text() -> None:
    assert blocks("````markdown\n```python\nx\n```\n````\n") == ()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("```python title='x'\n```\n", 1, "got title"),
        ("```python alt=unquoted\n```\n", 1, "got alt=unquoted"),
        ("words\n```output\n1\n```\n", 2, "no python block above"),
        ("```python\n```\nwords\n```output\n```\n", 4, "no python block above"),
        ("```python\n```\n```output\n```\n```output\n```\n", 5, "no python block above"),
    ],
)
def test_a_fence_that_cannot_be_meant_is_a_fault(text: str, line: int, words: str) -> None:
    with pytest.raises(Fault, match=rf"page\.md:{line}: .*{words}"):
        blocks(text)


def test_updating_writes_replaces_and_removes_outputs_and_nothing_else() -> None:
    before = (
        "# T\n```python\na\n```\n\n```output\nold\n```\nwords\n"
        "    ```python\n    b\n    ```\n```python\nc\n```\n```output\nx\n```\nend\n"
    )
    after = with_outputs(before, PAGE, {2: "new\n\nlast \n", 10: "two\n", 13: ""})
    assert after == (
        "# T\n```python\na\n```\n\n```output\nnew\n\nlast\n```\nwords\n"
        "    ```python\n    b\n    ```\n    ```output\n    two\n    ```\n```python\nc\n```\nend\n"
    )


def test_an_output_with_a_fence_in_it_gets_a_longer_fence() -> None:
    after = with_outputs("```python\na\n```\n", PAGE, {1: "```x\n"})
    assert after == "```python\na\n```\n````output\n```x\n````\n"
    assert blocks(after)[0].output == "```x"


@pytest.mark.parametrize("page", ALL, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_fence_of_a_page_is_overlooked(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    shown_only = re.sub(r"^(`{4,})[^`\n]*\n.*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    naive = re.findall(r"^[ \t>]*(?:```|~~~) *(?:python|py3?|\{ *\.python).*$", shown_only, re.M)
    assert len(read(page)) == len(naive)
