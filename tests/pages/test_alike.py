"""No two mistakes are alike that the page does not name, and drawing again finds the same."""

import json
from collections import Counter
from dataclasses import asdict
from typing import Any

import pytest

from benchmarks import alike
from cnnref import literal
from cnnref.laws import MISTAKES
from sitegen import mistakes
from sitegen.blocks import Block, Fault, read
from tests.building import ROOT

PAGE = ROOT / "docs" / "mistakes.md"
KEPT = json.loads(alike.FILE.read_text(encoding="utf-8"))
COUNTS = Counter(mistake.operation for mistake in MISTAKES)
FEW = ("conv", "max_pool", "flip", "bias_grad")
QUICK = 300


def contradicted(operation: str, count: int, kept: dict[str, Any] = KEPT) -> list[str]:
    """What is not as published when so many cases are drawn again.

    Fewer cases tell less apart: who is alike in the file is alike here, too, and who is told apart
    by as many cases as are drawn stays so.
    """
    published = kept["operations"][operation]
    found = alike.alike(operation, count)
    here = [set(group) for group in found.groups]
    wrong = [
        f"{operation}: {', '.join(group)} are told apart"
        for group in published["groups"]
        if not any(set(group) <= group_here for group_here in here)
    ]
    if count >= published["cases"] and asdict(found) != published:
        wrong.append(f"{operation}: {asdict(found)} is found")
    return wrong


@pytest.mark.parametrize("operation", FEW)
def test_a_few_cases_find_what_is_published(operation: str) -> None:
    assert contradicted(operation, QUICK) == []


@pytest.mark.slow
def test_all_cases_find_what_is_published() -> None:
    assert KEPT["drawn"] == alike.DRAWN
    assert [x for name in literal.__all__ for x in contradicted(name, alike.DRAWN)] == []


def test_all_mistakes_are_in_the_file() -> None:
    told = {name: found["mistakes"] for name, found in KEPT["operations"].items()}
    assert told == COUNTS


def test_a_group_that_is_none_is_noticed() -> None:
    two = ["conv.flips-the-kernel", "conv.rectifies"]
    planted = {"operations": {"conv": KEPT["operations"]["conv"] | {"groups": [two], "cases": 999}}}
    assert contradicted("conv", QUICK, planted) == [f"conv: {', '.join(two)} are told apart"]


def test_mistakes_that_do_the_same_stay_together(monkeypatch: pytest.MonkeyPatch) -> None:
    twin = alike.WRONG["flip.is-a-view"]
    monkeypatch.setitem(alike.WRONG, "flip.last-axis-only", twin)
    found = alike.alike("flip", 40)
    assert found.groups == [["flip.last-axis-only", "flip.is-a-view"]]
    assert found.cases == 40
    assert contradicted("flip", 40) != []


def test_a_mistake_that_is_none_stays_with_the_right_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(alike.WRONG, "flip.is-a-view", literal)
    assert alike.alike("flip", 40).groups == [["right", "flip.is-a-view"]]


def unnamed(text: str, kept: dict[str, Any]) -> list[str]:
    """Mistakes that are alike, and of which the prose of the page does not say why."""
    groups = [group for found in kept["operations"].values() for group in found["groups"]]
    return [id for group in groups for id in group if f"#{id})" not in text]


def test_the_page_says_of_every_group_why_it_is_alike() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert unnamed(text, KEPT) == []
    said = "No two of them are left alike" in text
    assert said is not any(found["groups"] for found in KEPT["operations"].values())
    assert unnamed(text, {"operations": {"relu": {"groups": [["relu.leaks", "relu.odd"]]}}}) != []


def test_the_table_has_a_row_for_each_operation() -> None:
    (block,) = [block for block in read(PAGE) if block.table == "alike"]
    asked = (block.output or "").split()
    assert set(asked) == set(COUNTS)
    html = mistakes.alike(block, asked)
    assert html.count("<tr>") == len(asked) + 1
    with pytest.raises(Fault, match=r"alike\.json does not know no-such"):
        mistakes.alike(Block(PAGE, 1, 2, ""), ["no-such"])
