"""The picture of each refuted statement shows what the literal definitions give, and no more."""

from collections.abc import Iterator
from types import SimpleNamespace as Plain
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

import cnnref
from cnnref import literal
from cnnref.figures import counterexamples as pictures
from cnnref.figures import drawing
from cnnref.figures.palette import INK, INPUT, KERNEL, OUTPUT
from cnnref.laws import REFUTED, LawBroken, Refuted, at_most, counterexample, refusal
from cnnref.laws.cases import fresh
from cnnref.laws.counterexamples import plain_sides, step
from cnnref.laws.offered import Call, Watched
from cnnref.laws.sides import AtMost
from tests.figures.reading import Cell, cells, label, words

BY_ID = {statement.id: statement for statement in REFUTED}
YES_OR_NO = ("yes", "no")
COLOURS = {"x": INPUT, "y": INPUT, "indices": INK} | dict.fromkeys("wuvb", KERNEL)


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


def tables(figure: Figure) -> list[list[Cell]]:
    """The cells that touch each other and have one colour: from the top down, and to the right."""
    left = cells(figure, INPUT, KERNEL, OUTPUT, INK)
    found: list[list[Cell]] = []
    while left:
        table = [left.pop(0)]
        for cell in table:
            near = [other for other in left if touching(cell, other)]
            table += near
            left = [other for other in left if other not in near]
        found.append(sorted(table, key=lambda cell: (cell.row, cell.column)))
    return sorted(found, key=lambda table: (middle(table), table[0].column))


def touching(one: Cell, other: Cell) -> bool:
    apart = abs(one.row - other.row) + abs(one.column - other.column)
    return one.colour == other.colour and round(apart, 2) == 1


def middle(table: list[Cell]) -> float:
    return round((table[0].row + table[-1].row) / 2, 1)


def numbers(table: list[Cell]) -> list[float]:
    return [float(cell.text == "yes") if cell.text in YES_OR_NO else cell.value for cell in table]


def size(table: list[Cell]) -> list[int]:
    sides = len({cell.row for cell in table}), len({cell.column for cell in table})
    return [side for side in sides if side > 1]


def defined(statement: Refuted) -> tuple[list[Call], np.ndarray, np.ndarray, np.ndarray]:
    """The calls, both sides, and which entries are not as promised, by the literal definitions."""
    watched = Watched(literal)
    first, second = statement.function(watched, fresh(statement.case))
    came, bound = np.asarray(first), second.bound if isinstance(second, AtMost) else second
    good = came <= bound if isinstance(second, AtMost) else came == np.asarray(bound)
    return watched.calls, came, np.asarray(bound), ~good


def spelled(array: np.ndarray) -> str:
    """An array as alt text has it, of which rows stand out only if there are several."""
    wide = [n for n in array.shape if n > 1]
    column = len(wide) == 1 and array.shape[-1] == 1
    rows = array.reshape(-1, 1 if column or not wide else wide[-1])
    texts = {True: "yes", False: "no"} if array.dtype == bool else {}
    return "; ".join(", ".join(texts.get(v, f"{v + 0:g}") for v in row.tolist()) for row in rows)


def check(id: str) -> None:
    statement = BY_ID[id]
    figure = pictures.refutation(counterexample(id))
    calls, came, promised, wrong = defined(statement)
    drawn, said, alt = tables(figure), words(figure), label(figure)
    for call in calls:
        arrays = [each for each in call.arguments if isinstance(each, np.ndarray)]
        names = [name for name, _ in step(call).arrays]
        assert any(f"{word}, ".startswith(f"{call.operation}, ") for word in said)
        for array, name in zip([*arrays, call.result], [*names, "output"], strict=True):
            table = drawn.pop(0)
            assert numbers(table) == list(array.flat), (id, call)
            assert size(table) == [n for n in array.shape if n > 1]
            assert {cell.colour for cell in table} == {COLOURS.get(name, OUTPUT)}
            assert not any(cell.dashed for cell in table)
            assert f" {spelled(array)}" in alt
    sides = drawn
    assert [numbers(table) for table in sides] == [list(came.flat), list(promised.flat)]
    for table in sides:
        assert [cell.dashed for cell in table] == list(wrong.flat)
    assert f"What comes: {spelled(came)}." in alt
    assert f" {spelled(promised)}. Not as promised: " in alt
    places = [" ".join(map(str, place.tolist())) for place in np.argwhere(wrong)]
    named = alt.partition("Not as promised: ")[2].replace("),", ");").replace(" and", ";")
    told = named if came.ndim > 1 else named.replace(",", ";")
    assert [trimmed(part) for part in told.split(";")] == places


def trimmed(part: str) -> str:
    """A place in the words of alt text, without what stands around its indices."""
    return " ".join(filter(None, "".join(c if c.isdigit() else " " for c in part).split(" ")))


@pytest.mark.parametrize("id", BY_ID)
def test_every_call_and_both_sides_are_as_the_literal_definitions_have_them(id: str) -> None:
    check(id)


@pytest.mark.parametrize("id", BY_ID)
def test_the_words_are_on_the_picture_and_it_fits_a_phone(id: str) -> None:
    figure = pictures.refutation(counterexample(id))
    said, relation = words(figure), counterexample(id).relation
    assert {"input", "output", "what comes"} <= set(said)
    assert ("at most" if relation == "at most" else "what is promised") in said
    assert (">" if relation == "at most" else "\N{NOT EQUAL TO}") in said
    assert figure.get_size_inches()[0] * 96 * 0.7 <= 354  # pixels of a phone, at its smallest size


@pytest.mark.parametrize("id", BY_ID)
def test_every_option_is_named_with_its_value(id: str) -> None:
    said = " ".join(words(pictures.refutation(counterexample(id))))
    for call in defined(BY_ID[id])[0]:
        for name, value in call.options.items():
            plain = value[0] if isinstance(value, tuple) and len(value) == 1 else value
            assert f"{name}={plain!r}" in said


def turned(axes: Any, values: Any, *others: Any, **marks: Any) -> None:
    """Cells with their numbers in the wrong order."""
    drawing.cells(axes, np.asarray(values)[:, ::-1], *others, **marks)


def shifted(axes: Any, values: Any, *others: Any, wrong: Any = ()) -> None:
    """Cells with their marks in the wrong places."""
    drawing.cells(axes, values, *others, wrong=[(i, 1 - j) for i, j in wrong])


def unmarked(axes: Any, values: Any, *others: Any, wrong: Any = ()) -> None:
    """Cells without their marks."""
    drawing.cells(axes, values, *others)


ONE, BOUND, IMAGE = (
    "convolution.same-associates",
    "recurrent.always-settles",
    "pooling.max.is-linear",
)


@pytest.mark.parametrize(
    ("id", "where", "name", "fault"),
    [
        (ONE, pictures, "cells", turned),
        (ONE, pictures, "cells", shifted),
        (ONE, pictures, "cells", unmarked),
        (ONE, pictures, "_listed", lambda side: "1, 2"),
        (ONE, pictures, "_wrong", lambda came, *others: np.ones(came.shape, bool)),
        (BOUND, pictures, "_wrong", lambda came, *others: np.zeros(came.shape, bool)),
        (IMAGE, pictures, "_tables", lambda array: [np.atleast_2d(array.squeeze()).T]),
        (IMAGE, pictures, "ROLES", {}),
        (ONE, pictures, "_said", lambda step: ["a call"]),
        (ONE, cnnref, "convolve", lambda x, w, mode: literal.convolve(x, w[::-1], mode=mode)),
        (IMAGE, cnnref, "max_pool", lambda x, k: 2 * literal.max_pool(x, k)),
    ],
)
def test_a_picture_of_something_else_is_noticed(
    id: str, where: object, name: str, fault: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(id)
    monkeypatch.setattr(where, name, fault)
    with pytest.raises((AssertionError, LawBroken)):
        check(id)


def drawn(came: Any, promised: Any, relation: str = "equal", x: Any = (1,)) -> Figure:
    call = Plain(
        operation="some", arrays=[("x", np.array(x))], options=[], results=[np.array(x, copy=True)]
    )
    found = Plain(steps=[call], came=came, promised=promised, relation=relation)
    return pictures.refutation(found)


def test_more_axes_than_two_are_tables_under_each_other() -> None:
    x = np.arange(12).reshape(2, 1, 2, 3)
    figure = drawn(x, x.copy(), x=x)
    found = [numbers(table) for table in tables(figure)]
    assert found.count(list(range(6))) == found.count(list(range(6, 12))) == 4
    rows = sorted(table[0].row for table in tables(figure) if table[0].colour == INPUT)
    assert rows[1] - rows[0] > 2


def test_complex_numbers_and_booleans_are_written_out() -> None:
    figure = drawn(np.array([1 + 2j]), np.array([1 - 2j]))
    assert [cell.text for cell in cells(figure, OUTPUT)] == ["1", "1+2j", "1\N{MINUS SIGN}2j"]
    figure = drawn(np.array([True, False]), np.array([True, True]))
    assert [(cell.text, cell.dashed) for cell in cells(figure, OUTPUT)[1:]] == [
        ("yes", False),
        ("no", True),
        ("yes", False),
        ("yes", True),
    ]


def test_a_wide_output_stands_below_and_an_error_nowhere() -> None:
    x = np.arange(6.0)
    figure = drawn(np.zeros(1), np.ones(1), x=x)
    given, made = (table for table in tables(figure) if len(table) == 6)
    assert (given[0].colour, made[0].colour) == (INPUT, OUTPUT)
    assert made[0].row > given[0].row + 1
    assert "\N{RIGHTWARDS ARROW}" in words(figure)
    call = Plain(operation="some", arrays=[("x", x)], options=[], results=[])
    found = Plain(steps=[call], came=np.zeros(1), promised=np.ones(1), relation="equal")
    figure = pictures.refutation(found)
    assert "\N{RIGHTWARDS ARROW}" not in words(figure)
    assert label(figure).startswith("some: input 0, 1, 2, 3, 4, 5 gives an error. What comes: 0.")


def test_sides_of_different_shapes_are_marked_all_over() -> None:
    figure = drawn(np.zeros(2), np.zeros((2, 2)))
    assert [cell.dashed for cell in cells(figure, OUTPUT)] == [False] + 6 * [True]
    assert label(figure).endswith("The one is no match for the other.")


def test_a_number_without_axes_is_a_cell() -> None:
    assert [cell.text for cell in cells(drawn(np.float64(2), np.float64(3)), OUTPUT)[1:]] == [
        "2",
        "3",
    ]


def test_nan_agrees_with_nan_and_exceeds_every_bound() -> None:
    nan = np.array([np.nan, 1])
    assert [cell.dashed for cell in cells(drawn(nan, np.array([np.nan, 2])), OUTPUT)[1:]] == [
        False,
        True,
        False,
        True,
    ]
    marks = [cell.dashed for cell in cells(drawn(nan, np.ones(2), "at most"), OUTPUT)[1:]]
    assert marks == [True, False, True, False]


def test_an_error_that_should_be_raised_stands_in_words() -> None:
    came, promised, relation = plain_sides((lambda: np.ones(1), refusal(ValueError)))
    assert isinstance(came, np.ndarray)
    figure = drawn(came, promised, relation)
    assert "ValueError" in words(figure)
    assert "What comes: 1. What is promised: ValueError." in label(figure)
    assert plain_sides((lambda: [][1], refusal(ValueError)))[0] == "IndexError"


def test_sides_are_plain_arrays() -> None:
    came, promised, relation = plain_sides(([1, 2], at_most([1, 1])))
    assert (came.tolist(), promised.tolist(), relation) == ([1, 2], [1, 1], "at most")  # type: ignore[union-attr]


def test_a_call_that_raised_has_no_results_and_one_with_parts_has_several() -> None:
    x = np.ones((1, 1, 2))
    assert step(Call("relu", (x,), {})).results == ()
    parts = step(Call("dense_grad", (x, x, np.ones((1, 1))), {}, (x, 2 * x))).results
    assert [part.tolist() for part in parts] == [x.tolist(), (2 * x).tolist()]


def test_a_statement_that_holds_has_no_counterexample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cnnref, "correlate", literal.convolve)
    with pytest.raises(LawBroken, match="holds for its counterexample"):
        counterexample("correlation.commutes")
    with pytest.raises(KeyError, match="no-such-statement"):
        counterexample("no-such-statement")


def test_what_is_returned_tells_the_case() -> None:
    found = counterexample("conv.strided-moves-by-one")
    assert (found.id, found.claim) == (BY_ID[found.id].id, BY_ID[found.id].claim)
    assert found.case == "x = [[[1, 0, 0]]], w = [[[1]]], stride = (2,)"
    assert [call.operation for call in found.steps] == ["conv", "conv"]
