"""The picture of each mistake shows what its implementation really does, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from cnnref import literal
from cnnref.figures import drawing
from cnnref.figures import mistakes as pictures
from cnnref.figures.palette import INK, INPUT, KERNEL, OUTPUT
from cnnref.laws import MISTAKES, Exhibit, exhibit
from cnnref.laws.offered import Call
from cnnref.laws.outcomes import Outcome, observed
from tests.figures.reading import Cell, cells, label, words

BY_ID = {mistake.id: mistake for mistake in MISTAKES}
COLOURS = dict.fromkeys(("x", "y", "z", "dy", "cols"), INPUT) | dict.fromkeys("wuvb", KERNEL)
WIDTH = 468
SOME = [
    pytest.param(id, marks=[pytest.mark.slow] if nth % 5 else [], id=id)
    for nth, id in enumerate(BY_ID)
]
"""All of them, one in five among the quick tests."""
Drawn = tuple[str, list[list[str]], list[list[bool]]]


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


def tables(figure: Figure) -> list[Drawn]:
    """The cells that touch each other and have one colour: their texts and their dashes."""
    left = cells(figure, INPUT, KERNEL, OUTPUT, INK)
    found: list[Drawn] = []
    while left:
        table = [left.pop(0)]
        for cell in table:
            near = [other for other in left if touching(cell, other)]
            table += near
            left = [other for other in left if other not in near]
        rows = [sorted(row, key=lambda cell: cell.column) for row in in_rows(table)]
        texts = [[cell.text.replace("\N{MINUS SIGN}", "-") for cell in row] for row in rows]
        found.append(
            (table[0].colour, texts, [[bool(cell.dashed) for cell in row] for row in rows])
        )
    return found


def in_rows(table: list[Cell]) -> list[list[Cell]]:
    tops = sorted({cell.row for cell in table})
    return [[cell for cell in table if cell.row == top] for top in tops]


def touching(one: Cell, other: Cell) -> bool:
    apart = abs(one.row - other.row) + abs(one.column - other.column)
    return one.colour == other.colour and round(apart, 2) == 1


def wanted(colour: str, array: np.ndarray, wrong: np.ndarray) -> list[Drawn]:
    """How an array should be drawn, its entries rounded to two places; no table of long numbers."""
    texts = np.array([spelled(value) for value in array.flat], object).reshape(array.shape)
    if not array.size or max(map(len, texts.flat)) > 5:
        return []
    return [
        (colour, shown.tolist(), marks.tolist())
        for shown, marks in zip(flat(texts), flat(wrong), strict=True)
    ]


def flat(array: np.ndarray) -> list[np.ndarray]:
    while array.ndim > 2 and 1 in array.shape:
        array = np.squeeze(array, array.shape.index(1))
    return [np.atleast_2d(array)] if array.ndim < 3 else [t for part in array for t in flat(part)]


def spelled(value: Any) -> str:
    if isinstance(value, np.integer):
        return str(value)
    value = complex(value)
    value = value if value.imag else value.real
    return f"{np.round(value, 2) + 0:g}"


def outcomes(shown: Exhibit) -> tuple[Outcome, Outcome]:
    """What the wrong implementation and the literal one make of the call."""
    call = Call(shown.operation, (), dict(shown.arrays) | dict(shown.options))
    return observed(BY_ID[shown.id].implementation, call), observed(literal, call)


def faults(shown: Exhibit, figure: Figure) -> list[str]:
    """What is not as it is, in the data or on the picture."""
    came, right = outcomes(shown)
    found = [
        f"{name} is something else"
        for name, side, outcome in (("came", shown.came, came), ("right", shown.right, right))
        if not is_outcome(side, outcome)
    ]
    if came.agrees(right, shown.aspect, rounded=True):
        found.append(f"it is right in its {shown.aspect}")
    if (shown.aspect == "values") is bool(shown.wrong and not any(w.any() for w in shown.wrong)):
        found.append("the marks are no marks of its values")
    expected = [t for n, a in shown.arrays for t in wanted(COLOURS.get(n, INK), a, none(a))]
    if not isinstance(shown.came, str):
        comparable = right.shapes == came.shapes is not None
        for nth, (_, array) in enumerate(shown.came):
            marks = differing(array, right.parts[nth]) if comparable else ~none(array)
            expected += wanted(OUTPUT, array, marks)
    if not isinstance(shown.right, str):
        expected += [t for _, array in shown.right for t in wanted(OUTPUT, array, none(array))]
    if sorted(map(repr, expected)) != sorted(map(repr, tables(figure))):
        found.append("other tables are drawn")
    return found + unsaid(shown, figure)


def none(array: np.ndarray) -> np.ndarray:
    return np.zeros(array.shape, bool)


def is_outcome(side: Any, outcome: Outcome) -> bool:
    """Whether a side of an exhibit is what a call did."""
    if outcome.error is not None or isinstance(side, str):
        error = outcome.error
        return isinstance(side, str) and error is not None and side.startswith(named(error))
    arrays = [array for _, array in side]
    return all(map(np.array_equal, arrays, outcome.parts, [True] * len(arrays)))


def named(error: Exception) -> str:
    return type(error).__name__


def differing(came: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.asarray(~np.isclose(came, right, rtol=1e-9, atol=1e-12, equal_nan=True))


def unsaid(shown: Exhibit, figure: Figure) -> list[str]:
    """What should stand on the picture, or in its alt text, and does not."""
    said, alt = " ".join(words(figure)), label(figure)
    needed = [shown.operation, "what comes", "what should come", shown.remark, shown.given]
    needed += [f"{name}=" for name, _ in shown.options]
    needed += [side for side in (shown.came, shown.right) if isinstance(side, str)]
    missing = [words for words in needed if words not in said or words.lower() not in alt.lower()]
    sides = [
        part for side in (shown.came, shown.right) if not isinstance(side, str) for part in side
    ]
    missing += [
        f"{name}: {array}" for name, array in (*shown.arrays, *sides) if listed(array) not in alt
    ]
    return [f"{words!r} is not said" for words in missing]


def listed(array: np.ndarray) -> str:
    """An array as alt text has it, in front of a comma or at the end of a sentence."""
    rows = [row for table in flat(array) for row in table] if array.size else []
    return " " + ("; ".join(", ".join(map(spelled, row)) for row in rows) or "nothing")


@pytest.mark.parametrize("id", SOME)
def test_a_mistake_is_shown_as_it_is_and_on_a_phone(id: str) -> None:
    shown = exhibit(id)
    figure = pictures.mistaken(shown)
    assert faults(shown, figure) == []
    assert figure.get_size_inches()[0] * 96 <= WIDTH + 0.01
    assert sum(array.size for _, array in shown.arrays) <= 13


def turned(axes: Any, values: Any, *others: Any, **marks: Any) -> None:
    """Cells with their numbers in the wrong order."""
    drawing.cells(axes, np.asarray(values)[:, ::-1], *others, **marks)


def unmarked(axes: Any, values: Any, *others: Any, wrong: Any = ()) -> None:
    """Cells without their marks."""
    drawing.cells(axes, values, *others)


def marked(axes: Any, values: Any, *others: Any, wrong: Any = ()) -> None:
    """Cells that are all marked."""
    drawing.cells(axes, values, *others, wrong=list(np.ndindex(np.shape(values))))


@pytest.mark.parametrize(
    ("name", "planted"),
    [
        ("cells", turned),
        ("cells", unmarked),
        ("cells", marked),
        ("ROLES", {}),
        ("_said", lambda shown: ["a call"]),
        ("_listed", lambda array: "1, 2"),
        ("_rounded", lambda array: array + 1),
    ],
)
def test_a_picture_of_something_else_is_noticed(
    name: str, planted: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = exhibit("correlate.comes-out-reversed")
    assert faults(shown, pictures.mistaken(shown)) == []
    monkeypatch.setattr(pictures, name, planted)
    assert faults(shown, pictures.mistaken(shown)) != []


@pytest.mark.parametrize(
    "change",
    [
        lambda e: {"came": e.right},
        lambda e: {"right": e.came},
        lambda e: {"wrong": tuple(~w for w in e.wrong)},
        lambda e: {"arrays": tuple((name, array + 1) for name, array in e.arrays)},
        lambda e: {"options": (("mode", "none"),)},
        lambda e: {"operation": "convolve"},
        lambda e: {"aspect": "dtype"},
    ],
)
def test_an_exhibit_of_something_else_is_noticed(change: Any) -> None:
    shown = exhibit("correlate.comes-out-reversed")
    other = replace(shown, **change(shown))
    assert faults(other, pictures.mistaken(other)) != []
