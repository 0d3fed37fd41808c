"""The pictures of pooling show what the literal definition computes."""

from collections.abc import Callable, Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from cnnref import literal
from cnnref.figures import pooling as pictures
from cnnref.figures.drawing import listed
from cnnref.figures.palette import INPUT, OUTPUT, PADDING
from tests.figures.reading import cells, label, values, words

DRAFT = np.array([[0, 1, 3, 9], [4, 8, 6, 2], [7, 4, 2, 0], [4, 3, 5, 1]])
TABLES = [
    (DRAFT, 2),
    (np.array([[-1, -2, -3], [-6, -5, -4]]), 1),
    (np.array([[3, 1, 3], [3, 3, 2], [1, 2, 3]]), 3),
    (np.array([[1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1]]), 2),
]
ROWS = [([5, 1, 4, 2, 3], 2), ([5, 1, 4, 2], 2), ([1, 2, 3, 4, 5], 3), ([-1, -2], 1)]
DIRECTIONS = {"right": (0, 1), "left": (0, -1), "up": (-1, 0), "down": (1, 0)}


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


def pooled(x: np.ndarray, size: int, **options: Any) -> np.ndarray:
    """The literal maximum of each window of an array without channels."""
    y: np.ndarray = literal.max_pool(x[np.newaxis, np.newaxis], size, **options)[0, 0]
    return y


def moved(x: np.ndarray, direction: str, fill: float) -> np.ndarray:
    """The table moved by one place, entry by entry."""
    down, right = DIRECTIONS[direction]
    y = np.full(x.shape, fill)
    for i, j in np.ndindex(x.shape):
        if 0 <= i + down < x.shape[0] and 0 <= j + right < x.shape[1]:
            y[i + down, j + right] = x[i, j]
    return y


def check_windowed(x: np.ndarray, size: int) -> None:
    figure = pictures.windowed(x, size)
    y = pooled(x, size)
    assert values(figure, INPUT) == list(x.flat)
    assert values(figure, OUTPUT) == list(y.flat)
    chosen = [cell.value for cell in cells(figure, INPUT) if cell.selected]
    assert sorted(chosen) == sorted(y.flat)
    assert f"Input: {listed(x)}." in label(figure)
    assert label(figure).endswith(f"the largest of each: {listed(y)}.")


@pytest.mark.parametrize(("x", "size"), TABLES)
def test_each_window_keeps_its_largest_number(x: np.ndarray, size: int) -> None:
    check_windowed(x, size)


def test_the_draft_s_example_is_the_one_drawn() -> None:
    figure = pictures.windowed(DRAFT, 2)
    assert values(figure, OUTPUT) == [8, 9, 7, 5]
    assert {"input", "output"} <= set(words(figure))


def test_windows_stand_apart() -> None:
    first_row = cells(pictures.windowed(DRAFT, 2), INPUT)[:4]
    steps = np.diff([cell.column for cell in first_row])
    assert list(steps > 1.01) == [False, True, False]


def check_shift(x: np.ndarray, size: int, direction: str, fill: float) -> None:
    figure = pictures.shift(x, size, direction, fill)
    after_input = moved(x, direction, fill)
    before, after = pooled(x, size), pooled(after_input, size)
    table = cells(figure, INPUT, PADDING)
    assert [cell.value for cell in table[: x.size]] == list(x.flat)
    assert [cell.value for cell in table[x.size :]] == list(after_input.flat)
    entered = np.isnan(moved(np.zeros(x.shape), direction, np.nan))
    assert [cell.hatched for cell in table] == [False] * x.size + list(entered.flat)
    outputs = cells(figure, OUTPUT)
    assert [cell.value for cell in outputs] == [*before.flat, *after.flat]
    same = before == after
    assert [cell.selected for cell in outputs[same.size :]] == list(same.flat)
    assert [cell.dashed for cell in outputs[same.size :]] == list((~same).flat)
    assert not any(cell.selected or cell.dashed for cell in outputs[: same.size])
    count = f"{same.sum()} of {same.size}"
    assert f"{count} kept" in words(figure)
    for shown in (x, before, after_input, after):
        assert f": {listed(shown)}." in label(figure)
    assert f"Kept {count}: " in label(figure)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize(("x", "size"), TABLES)
def test_a_move_marks_what_is_kept_and_what_is_lost(
    x: np.ndarray, size: int, direction: str
) -> None:
    check_shift(x, size, direction, 0)
    check_shift(x, size, direction, -7)


def test_the_draft_s_example_keeps_two_two_two_and_one() -> None:
    kept = {}
    for direction in DIRECTIONS:
        outputs = cells(pictures.shift(DRAFT, 2, direction), OUTPUT)
        kept[direction] = sum(cell.selected for cell in outputs)
    assert kept == {"right": 2, "left": 2, "up": 2, "down": 1}


def check_crossing(x: np.ndarray, size: int, at: list[tuple[int, int]]) -> None:
    figure = pictures.crossing(x, size, at)
    before, after = pooled(x, size), pooled(moved(x, "left", 0), size)
    outputs = cells(figure, OUTPUT)
    assert [cell.value for cell in outputs] == [v for j in at for v in (before[j], after[j])]
    assert [cell.dashed for cell in outputs[1::2]] == [before[j] != after[j] for j in at]
    assert [cell.selected for cell in outputs[1::2]] == [before[j] == after[j] for j in at]
    framed = np.pad(x, ((0, 0), (0, 1)))
    seen = [framed[i * size :, j * size :][:size, : size + 1] for i, j in at]
    assert values(figure, INPUT) == list(np.hstack(seen).flat)
    for j, each in zip(at, seen, strict=True):
        leaves, stays, enters = each[:, :1], each[:, 1:-1], each[:, -1:]
        said = f"{listed(leaves)} leaves, {listed(stays)} stays, {listed(enters)} enters"
        outcome = f"Output before {before[j]:g}, after {after[j]:g}"
        verdict = "kept" if before[j] == after[j] else "lost"
        assert f"Window {j}: {said}. {outcome}: {verdict}." in label(figure)


@pytest.mark.parametrize(
    ("x", "size", "at"),
    [
        (DRAFT, 2, [(0, 0), (1, 0)]),
        (DRAFT, 2, [(0, 1)]),
        (np.array([[3, 1, 3], [3, 3, 2], [1, 2, 3]]), 3, [(0, 0)]),
    ],
)
def test_what_leaves_stays_and_enters_decides(
    x: np.ndarray, size: int, at: list[tuple[int, int]]
) -> None:
    check_crossing(x, size, at)


def check_ragged(x: list[int], size: int) -> None:
    figure = pictures.ragged(x, size)
    floor, ceil = (pooled(np.array(x), size, ceil_mode=ceil) for ceil in (False, True))
    assert values(figure, OUTPUT) == [*floor, *ceil]
    over = len(ceil) * size - len(x)
    table = cells(figure, INPUT, PADDING)
    assert [cell.value for cell in table] == [*x, *x, *[-np.inf] * over]
    read = len(floor) * size
    assert [cell.dashed for cell in table] == [
        *[place >= read for place in range(len(x))],
        *[False] * (len(x) + over),
    ]
    assert [cell.hatched for cell in table] == [*[False] * 2 * len(x), *[True] * over]
    assert f"ceil_mode=False: output {listed(floor)}, {len(x) - read} unread." in label(figure)
    hanging = f", the last window hangs over by {over}" if over else ""
    assert label(figure).endswith(f"ceil_mode=True: output {listed(ceil)}, 0 unread{hanging}.")


@pytest.mark.parametrize(("x", "size"), ROWS)
def test_a_ragged_end_is_dropped_or_kept(x: list[int], size: int) -> None:
    check_ragged(x, size)


def smallest(x: np.ndarray, size: int, **options: Any) -> np.ndarray:
    """Pooling that takes the minimum."""
    return -literal.max_pool(-np.asarray(x), size, **options)


def backwards(x: np.ndarray, direction: str, fill: float) -> tuple[np.ndarray, np.ndarray]:
    """A move in the other direction."""
    opposite = {"right": "left", "left": "right", "up": "down", "down": "up"}[direction]
    return MOVE(x, opposite, fill)


MOVE = pictures._shifted


@pytest.mark.parametrize(
    ("name", "fault", "check"),
    [
        ("max_pool", smallest, lambda: check_windowed(DRAFT, 2)),
        ("max_pool", smallest, lambda: check_shift(DRAFT, 2, "left", 0)),
        ("max_pool", smallest, lambda: check_ragged([5, 1, 4, 2, 3], 2)),
        ("_winner", lambda x, size, j: (0, 0), lambda: check_windowed(DRAFT, 2)),
        ("_shifted", backwards, lambda: check_shift(DRAFT, 2, "left", 0)),
        ("_shifted", backwards, lambda: check_crossing(DRAFT, 2, [(0, 0), (1, 0)])),
        ("listed", lambda values: "1, 2", lambda: check_shift(DRAFT, 2, "up", 0)),
        ("listed", lambda values: "1, 2", lambda: check_ragged([5, 1, 4, 2, 3], 2)),
    ],
)
def test_a_picture_of_something_else_is_noticed(
    name: str, fault: object, check: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    check()
    monkeypatch.setattr(pictures, name, fault)
    with pytest.raises(AssertionError):
        check()


@pytest.mark.parametrize(
    "figure",
    [
        lambda: pictures.windowed(DRAFT, 2),
        lambda: pictures.shift(DRAFT, 2, "left"),
        lambda: pictures.crossing(DRAFT, 2, [(0, 0), (1, 0)]),
        lambda: pictures.ragged([5, 1, 4, 2, 3], 2),
    ],
)
def test_the_pictures_of_the_page_fit_a_phone(figure: Callable[[], Figure]) -> None:
    assert figure().get_size_inches()[0] * 72 <= 468
