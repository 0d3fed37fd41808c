"""The table of conventions says what the libraries gave, and NumPy and SciPy still give it."""

import json
import re
from typing import Any

import pytest

from benchmarks import conventions
from tests.building import ROOT

PAGE = (ROOT / "docs" / "layers.md").read_text(encoding="utf-8")
KEPT = json.loads(conventions.FILE.read_text(encoding="utf-8"))
COLUMNS = ("kernel", "channels", "spare zero", "places", "too long")


def table(page: str) -> dict[str, tuple[str, ...]]:
    """The rows of the table on the page, by their function."""
    body = page.partition("| function | kernel | channels | spare zero | places | $k > n$ |\n")[2]
    lines = body.partition("\n\n")[0].splitlines()[1:]
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    return {first: tuple(others) for first, *others in cells}


def ran() -> dict[str, tuple[str, ...]]:
    """The rows that the file asks for."""
    return {
        f"{row['library']} `{row['function']}`": tuple(row[column] for column in COLUMNS)
        for row in KEPT["functions"]
    }


def differences(page: str) -> list[str]:
    """The functions whose row is not what the file has, save where it names the documentation."""
    shown = {name: row for name, row in table(page).items() if "(documentation)" not in name}
    kept = ran()
    return [name for name in {**shown, **kept} if shown.get(name) != kept.get(name)]


def test_the_table_says_what_came() -> None:
    assert len(ran()) > 10
    assert differences(PAGE) == []


@pytest.mark.parametrize(
    ("said", "planted"),
    [
        ("PyTorch `conv1d` | as it is", "PyTorch `conv1d` | flipped"),
        ("| 2, refused |", "| 2, 3 |"),
        ("nn.conv1d` (documentation)", "nn.conv1d`"),
        ("| NumPy `convolve`", "| NumPy `conv`"),
    ],
)
def test_another_answer_in_the_table_is_noticed(said: str, planted: str) -> None:
    assert said in PAGE
    assert differences(PAGE.replace(said, planted)) != []


def test_the_page_names_the_versions_that_ran() -> None:
    words = " ".join(PAGE.split())
    versions = {
        f"{row['library']} {row['version']}" for row in KEPT["functions"] if "version" in row
    }
    assert [version for version in versions if version not in words] == []


@pytest.mark.parametrize("row", KEPT["functions"], ids=lambda row: row["function"])
def test_the_answers_follow_from_what_came(row: dict[str, Any]) -> None:
    answers = conventions.answers(row["came"])
    assert {question: row[question] for question in answers} == answers


def test_the_file_asked_what_is_asked_now() -> None:
    asked = {each["question"]: each["asked"] for each in KEPT["questions"]}
    assert json.loads(json.dumps(conventions.QUESTIONS)) == asked


@pytest.mark.parametrize("library", ["cnnref", "NumPy", "SciPy"])
def test_the_libraries_that_are_here_still_answer_so(library: str) -> None:
    pytest.importorskip("scipy", reason="SciPy is not installed: not asked")
    here = [each for each in conventions.functions() if each.library == library]
    kept = {row["function"]: row for row in KEPT["functions"] if row["library"] == library}
    assert {each.name for each in here} == kept.keys()
    for each in here:
        assert conventions.came(each) == kept[each.name]["came"]


def test_a_file_is_written_line_by_line() -> None:
    text = conventions.written({"functions": [{"a": 1}, {"a": 2}]})
    assert json.loads(text) == {"functions": [{"a": 1}, {"a": 2}]}
    assert not re.search(r"\}, \{", text)
