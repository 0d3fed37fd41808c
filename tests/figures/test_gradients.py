"""The pictures of gradients show what the literal definition computes."""

from collections.abc import Callable, Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnnref import literal
from cnnref.figures import gradients as pictures
from cnnref.figures.drawing import CELL, SELECTED, listed, number
from cnnref.figures.palette import INPUT, KERNEL, OUTPUT, PADDING
from tests.figures.reading import Cell, cells, label, values, words

X, W, DY = np.array([2, 0, 1, 3]), np.array([1, 2]), np.array([3, 4, 5])
WIDE, SLOPES = np.array([1, 2, 5]), np.array([3, 4])
ROW, FOUR = np.array([2, 0, 1, 3, 1]), np.array([3, 4, 5, 2])
GRID = np.array([[0, 1, 3, 9], [4, 8, 6, 2], [7, 4, 2, 0], [4, 7, 5, 1]])
BLOCK = np.array([[8, 12], [4, 20]])


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


def by_hand(dy: np.ndarray, w: np.ndarray, n: int, stride: int = 1) -> list[float]:
    """The slopes of the input, tap by tap."""
    dx = [0.0] * n
    for j, slope in enumerate(dy):
        for a, tap in enumerate(w):
            dx[j * stride + a] += slope * tap
    return dx


def rows(found: list[Cell]) -> list[list[Cell]]:
    """Cells line by line."""
    lines: dict[float, list[Cell]] = {}
    for cell in found:
        lines.setdefault(cell.row, []).append(cell)
    return [lines[row] for row in sorted(lines)]


def outlines(figure: Figure) -> list[Rectangle]:
    patches = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    return [patch for patch in patches if patch.get_linewidth() == SELECTED]


def under(found: list[Cell], mark: Rectangle) -> list[float]:
    """The numbers of the cells inside an outline."""
    row, column = mark.get_y() - 0.01, mark.get_x() - 0.01
    return [
        cell.value
        for cell in found
        if row <= cell.row < row + mark.get_height()
        and column <= cell.column < column + mark.get_width()
    ]


def check_transposed(x: np.ndarray, w: np.ndarray, dy: np.ndarray, place: int) -> None:
    figure = pictures.transposed(x, w, dy, place)
    y, dx = literal.conv([[x]], [[w]])[0, 0], by_hand(dy, w, len(x))
    inputs, outputs = cells(figure, INPUT), cells(figure, OUTPUT)
    assert [cell.value for cell in inputs] == [*x, *dx]
    assert [cell.value for cell in outputs] == [*y, *dy]
    taps = cells(figure, KERNEL)
    above, below = taps[: len(y) * len(w)], taps[len(y) * len(w) :]
    assert [cell.value for cell in above] == [*w] * len(y)
    readers = [[j for j in range(len(y)) if 0 <= i - j < len(w)] for i in range(len(x))]
    back = [[w[i - j] for j in js] for i, js in enumerate(readers)]
    assert [cell.value for cell in below] == [tap for row in back for tap in row]
    bare = [text for text in words(figure) if text == "0"]
    shown = [cell for cell in cells(figure, INPUT, OUTPUT, KERNEL) if cell.text == "0"]
    assert len(bare) - len(shown) == 2 * (len(x) * len(y) - len(above))
    column, row = outlines(figure)
    assert under(taps, column) == under(taps, row) == back[place]
    part = "the kernel" if len(back[place]) == len(w) else "a part of the kernel,"
    said = ", ".join(map(number, back[place]))
    assert f"column {place}, downwards: {said}" in words(figure)
    assert f"row {place}: {said}, {part} backwards" in words(figure)
    told = label(figure)
    assert f"Row {place} of it is {listed(back[place])}: {part} backwards." in told
    assert f"input {listed(x)} it gives the output {listed(y)}." in told
    assert told.endswith(f"{listed(dy)}, it gives the slopes of the input: {listed(dx)}.")


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_column_becomes_a_row_and_the_kernel_runs_backwards(place: int) -> None:
    check_transposed(X, W, DY, place)
    check_transposed(ROW, WIDE - 3, DY, place)


def test_the_matrices_in_the_alt_text_are_each_other_s_transposes() -> None:
    told = label(pictures.transposed(X, W, DY, 2))
    assert "a row for each output place: 1, 2, 0, 0; 0, 1, 2, 0; 0, 0, 1, 2." in told
    assert "The transposed matrix: 1, 0, 0; 2, 1, 0; 0, 2, 1; 0, 0, 2." in told


def check_stamped(dy: np.ndarray, w: np.ndarray, stride: int, n: int) -> None:
    figure = pictures.stamped(dy, w, stride=stride, output_size=n)
    dx = by_hand(dy, w, n, stride)
    assert list(literal.conv_transpose([[dy]], [[w]], stride=stride, output_size=n).flat) == dx
    kernel, *stamps = rows(cells(figure, KERNEL))
    assert [cell.value for cell in kernel] == list(w)
    assert values(figure, OUTPUT) == list(dy)
    sums = cells(figure, INPUT)
    assert [cell.value for cell in sums] == dx
    read = {j * stride + a for j in range(len(dy)) for a in range(len(w))}
    assert [cell.dashed for cell in sums] == [i not in read for i in range(n)]
    for j, stamp in enumerate(stamps):
        assert [cell.value for cell in stamp] == [dy[j] * tap for tap in w]
        under_it = [sums[j * stride + a].column for a in range(len(w))]
        assert [cell.column for cell in stamp] == under_it
        said = f"Output place {j}, slope {dy[j]}, adds {listed(dy[j] * w)} at places {j * stride}"
        assert said in label(figure)
    assert f"Sums, slopes of the input: {listed(dx)}." in label(figure)
    unread = [str(i) for i in range(n) if i not in read]
    assert label(figure).endswith(f"Read by no output: {', '.join(unread)}.") == bool(unread)
    assert {"input", "kernel", "output, dy", "sum: dx"} <= set(words(figure))


@pytest.mark.parametrize(
    ("dy", "w", "stride", "n"),
    [(DY, W, 1, 4), (SLOPES, WIDE, 2, 6), (SLOPES, WIDE, 2, 5), (FOUR - 4, W, 3, 12)],
)
def test_stamps_stand_over_the_places_that_their_output_has_read(
    dy: np.ndarray, w: np.ndarray, stride: int, n: int
) -> None:
    check_stamped(dy, w, stride, n)


def check_gathered(dy: np.ndarray, w: np.ndarray, places: list[int], stride: int) -> None:
    figure = pictures.gathered(dy, w, places, stride=stride)
    between = [0] * (stride - 1)
    spread = [number for slope in dy for number in (slope, *between)][: 1 - stride or None]
    wide = [0] * (len(w) - 1) + spread + [0] * (len(w) - 1)
    dx = by_hand(dy, w, len(wide) - len(w) + 1, stride)
    *frames, kernels = rows(cells(figure, OUTPUT, PADDING)), rows(cells(figure, KERNEL))
    for place, frame, taps in zip(places, *frames, kernels, strict=True):
        assert [cell.value for cell in frame] == wide
        real = [len(w) - 1 + stride * j for j in range(len(dy))]
        assert [not cell.hatched for cell in frame] == [i in real for i in range(len(wide))]
        assert [cell.value for cell in taps] == list(w[::-1])
        assert taps[0].column == frame[place].column
        pairs = zip(wide[place:], w[::-1], strict=False)
        sum_of = " + ".join(f"{number(value)}·{number(tap)}" for value, tap in pairs)
        assert f"dx at {place}: {sum_of} = {number(dx[place])}" in words(figure)
        plain = f"Place {place}: {sum_of} = {number(dx[place])}".replace("\N{MINUS SIGN}", "-")
        assert plain in label(figure)
    found = cells(figure, INPUT)
    assert [cell.value for cell in found] == dx
    assert [i for i, cell in enumerate(found) if cell.selected] == places
    assert label(figure).endswith(f"Slopes of the input: {listed(dx)}.")
    assert {"input, dx", "kernel backwards", "output, dy, and zeros"} <= set(words(figure))


@pytest.mark.parametrize(
    ("dy", "w", "places", "stride"),
    [(DY, W, [2], 1), (SLOPES, WIDE, [2], 2), (SLOPES, WIDE, [0, 1, 4], 2), (DY - 4, W, [3], 3)],
)
def test_the_kernel_backwards_is_laid_over_slopes_and_zeros(
    dy: np.ndarray, w: np.ndarray, places: list[int], stride: int
) -> None:
    check_gathered(dy, w, places, stride)


def check_shared(x: np.ndarray, dy: np.ndarray, tile: int) -> None:
    figure = pictures.shared(x, dy, tile)
    k = len(x) - len(dy) + 1
    local = [[dy[j] * x[j + a] for a in range(k)] for j in range(len(dy))]
    phases = [list(range(r, len(dy), tile)) for r in range(tile)]
    tiled = [[sum(local[j][a] for j in places) for a in range(k)] for places in phases]
    whole = [sum(local[j][a] for j in range(len(dy))) for a in range(k)]
    assert values(figure, INPUT) == list(x)
    assert values(figure, OUTPUT) == list(dy)
    taps = cells(figure, KERNEL)
    own = [cell for cell in taps if cell.column < min(c.column for c in taps) + k - 0.5]
    assert [cell.value for cell in own] == [value for row in local for value in row]
    sums = [cell.value for cell in taps if cell not in own]
    assert sums == [value for row in (*tiled, whole) for value in row]
    slopes = cells(figure, OUTPUT)
    assert [cell.row for cell in own[::k]] == [cell.row for cell in slopes]
    for places in (*phases, range(len(dy))):
        assert " + ".join(map(str, places)) in words(figure)
    for places, row in zip(phases, tiled, strict=True):
        assert f"Places {listed(places)} together: {listed(row)}." in label(figure)
    assert f"row by row: {listed(np.array(local))}." in label(figure)
    assert label(figure).endswith(f"Shared by all: {listed(whole)}.")
    assert {"input, x", "output, dy", "local", f"tiled, t = {tile}", "one kernel"} <= set(
        words(figure)
    )


@pytest.mark.parametrize(("x", "dy", "tile"), [(ROW, FOUR, 2), (ROW - 2, FOUR, 3), (X, DY, 1)])
def test_slopes_of_shared_weights_are_summed(x: np.ndarray, dy: np.ndarray, tile: int) -> None:
    check_shared(x, dy, tile)


def check_routed(x: np.ndarray, dy: np.ndarray, size: int) -> None:
    figure = pictures.routed(x, dy, size)
    most, mean, won = np.zeros(x.shape), np.zeros(x.shape), []
    for j in np.ndindex(dy.shape):
        window = [(j[0] * size + a, j[1] * size + b) for a in range(size) for b in range(size)]
        winner = max(window, key=lambda place: x[place])  # of equal ones the first
        won.append(winner)
        most[winner] = dy[j]
        for place in window:
            mean[place] = dy[j] / size**2
    found = cells(figure, INPUT)
    tables = [found[: x.size]]
    left, right = [], []
    for line in rows(found[x.size :]):
        left += line[: x.shape[1]]
        right += line[x.shape[1] :]
    tables += [left, right]
    for table, expected in zip(tables, (x, most, mean), strict=True):
        assert [cell.value for cell in table] == list(expected.flat)
        assert listed(expected) in label(figure)
    for table in tables[:2]:
        marked = [divmod(nth, x.shape[1]) for nth, cell in enumerate(table) if cell.selected]
        assert marked == sorted(won)
    assert not any(cell.selected for cell in tables[2])
    assert values(figure, OUTPUT) == list(dy.flat)
    assert f"are won at {', '.join(map(str, won))}." in label(figure)
    assert {"input", "output, dy", "dx, maximum", "dx, mean"} <= set(words(figure))


@pytest.mark.parametrize(
    ("x", "dy", "size"),
    [(GRID, BLOCK, 2), (GRID[:2] * 0, BLOCK[:1], 2), (GRID[:3, :3], BLOCK[:1, :1] + 1, 3)],
)
def test_a_slope_goes_to_the_winner_or_to_all_alike(
    x: np.ndarray, dy: np.ndarray, size: int
) -> None:
    check_routed(x, dy, size)


def unflipped(y: Any, w: Any, **options: Any) -> np.ndarray:
    """A way back that forgets to flip."""
    return literal.conv_transpose(y, np.flip(np.asarray(w), -1), **options)


def averaged(x: Any, dy: Any, **options: Any) -> np.ndarray:
    """Slopes of the weights that are a mean over the places."""
    return literal.conv_weight_grad(x, dy, **options) / np.asarray(dy).size


def last(x: np.ndarray, size: int) -> np.ndarray:
    """Winners of which the last is taken where several are equal."""
    turned = literal.max_pool_indices(x[..., ::-1, ::-1], size)
    return np.asarray(x[0, 0].size - 1 - turned[..., ::-1, ::-1])


@pytest.mark.parametrize(
    ("name", "fault", "check"),
    [
        ("conv_transpose", unflipped, lambda: check_transposed(X, W, DY, 2)),
        ("conv_transpose", unflipped, lambda: check_stamped(DY, W, 1, 4)),
        ("conv_transpose", unflipped, lambda: check_gathered(DY, W, [2], 1)),
        ("flip", np.asarray, lambda: check_gathered(DY, W, [2], 1)),
        (
            "pattern",
            lambda window, n: np.ones((2, window.places(n), n), bool),
            lambda: check_transposed(X, W, DY, 2),
        ),
        (
            "matrix",
            lambda window, n, w: np.arange(window.places(n) * n).reshape(-1, n),
            lambda: check_transposed(X, W, DY, 2),
        ),
        ("conv_weight_grad", averaged, lambda: check_shared(ROW, FOUR, 2)),
        (
            "tiled_conv_grad",
            lambda x, w, dy: (None, w + 1),
            lambda: check_shared(ROW, FOUR, 2),
        ),
        ("max_pool_indices", last, lambda: check_routed(GRID, BLOCK, 2)),
        (
            "avg_pool_grad",
            lambda shape, dy, size: np.ones(shape),
            lambda: check_routed(GRID, BLOCK, 2),
        ),
        ("listed", lambda table: "1, 2", lambda: check_stamped(DY, W, 1, 4)),
        ("listed", lambda table: "1, 2", lambda: check_shared(ROW, FOUR, 2)),
        ("listed", lambda table: "1, 2", lambda: check_routed(GRID, BLOCK, 2)),
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
        lambda: pictures.transposed(X, W, DY, 2),
        lambda: pictures.stamped(DY, W),
        lambda: pictures.stamped(SLOPES, WIDE, stride=2, output_size=6),
        lambda: pictures.gathered(SLOPES, WIDE, [2], stride=2),
        lambda: pictures.shared(ROW, FOUR, 2),
        lambda: pictures.routed(GRID, BLOCK, 2),
    ],
)
def test_the_pictures_of_the_page_fit_a_phone(figure: Callable[[], Figure]) -> None:
    assert figure().get_size_inches()[0] <= 10 * CELL
