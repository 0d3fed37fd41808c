"""The pictures of layers show what the literal definition computes."""

from collections.abc import Callable, Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnnref import literal
from cnnref.figures import layers as pictures
from cnnref.figures.drawing import SELECTED, listed, number
from cnnref.figures.palette import INPUT, KERNEL, OUTPUT, PADDING
from cnnref.window import Window
from tests.figures.reading import Cell, cells, label, values, words

CHANNELS = np.array([[[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[0, 1, 0], [2, 0, 1], [0, 3, 0]]])
KERNELS = np.array([[[1, 0], [0, 2]], [[3, 1], [1, 0]]])
IMAGE = np.array([[1, 2, 0, 3], [4, 0, 1, 2], [2, 5, 3, 0]])
WEIGHTS = np.array([[0, 1], [2, 3]])
MATRIX = np.array([[1, 0, 2], [0, 3, -1]])
COLUMNS = np.array([[1, 2, 3, 4], [0, 1, 0, 2], [1, 1, 0, 0]])


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


def plain(figure: Figure) -> str:
    return label(figure).replace("\N{MINUS SIGN}", "-")


def outlines(figure: Figure) -> list[tuple[float, float, float, float]]:
    """Row, column, rows and columns of the heavy outlines."""
    heavy = [
        patch
        for patch in figure.axes[0].patches
        if isinstance(patch, Rectangle) and patch.get_linewidth() == SELECTED
    ]
    return [
        (round(p.get_y(), 2), round(p.get_x(), 2), p.get_height(), p.get_width()) for p in heavy
    ]


def under(figure: Figure, found: list[Cell], outline: tuple[float, ...]) -> list[float]:
    """The numbers of the cells inside an outline."""
    row, column, rows, columns = outline
    inside = [
        cell
        for cell in found
        if row - 0.01 <= cell.row < row + rows - 0.01
        and column - 0.01 <= cell.column < column + columns - 0.01
    ]
    return [cell.value for cell in inside]


def by_hand(seen: np.ndarray, taps: np.ndarray) -> str:
    """The sum of products of two tables of one shape, written out."""
    pairs = zip(seen.flat, taps.flat, strict=True)
    terms = " + ".join(f"{number(value)}·{number(tap)}" for value, tap in pairs)
    return f"{terms} = {number((seen * taps).sum())}"


def check_summed(x: np.ndarray, w: np.ndarray, b: float, place: tuple[int, int]) -> None:
    figure = pictures.summed(x, w, b, place)
    y = literal.conv(x[None], w[None], [b])[0, 0]
    assert sorted(values(figure, INPUT)) == sorted(x.ravel())
    assert values(figure, KERNEL) == list(w.flat)
    outputs = cells(figure, OUTPUT)
    assert [cell.value for cell in outputs] == list(y.flat)
    assert [cell.value for cell in outputs if cell.selected] == [y[place]]
    i, j = place
    for (row, column, *size), channel, kernel in zip(outlines(figure), x, w, strict=False):
        seen = channel[i : i + len(kernel), j : j + kernel.shape[1]]
        assert under(figure, cells(figure, INPUT), (row, column, *size)) == list(seen.flat)
        assert by_hand(seen, kernel) in words(figure)
        assert by_hand(seen, kernel) in label(figure)
    assert f"bias {number(b)} = {number(y[place])}" in label(figure)
    assert plain(figure).endswith(f"the output is {listed(y)}.")


@pytest.mark.parametrize("place", [(0, 0), (0, 1), (1, 1)])
def test_an_entry_is_the_sum_over_all_channels(place: tuple[int, int]) -> None:
    check_summed(CHANNELS, KERNELS, 10, place)
    check_summed(CHANNELS[:1] - 4, KERNELS[:1], -1, place)


def check_worked(x: np.ndarray, w: np.ndarray, places: list[tuple[int, int]]) -> None:
    figure = pictures.worked(x, w, places)
    layer, convolution = literal.correlate(x, w), literal.convolve(x, w, "valid")
    assert values(figure, KERNEL) == list(np.hstack([w, np.rot90(w, 2)]).flat)
    assert values(figure, INPUT) == list(x.flat) * len(places)
    both = list(np.hstack([layer, convolution]).flat)
    assert values(figure, OUTPUT) == both * len(places)
    chosen = [cell.value for cell in cells(figure, OUTPUT) if cell.selected]
    assert chosen == [y[place] for place in places for y in (layer, convolution)]
    windows = [each for each in outlines(figure) if each[2:] == w.shape]
    assert len(windows) == len(places)
    for place, window in zip(places, windows, strict=True):
        seen = x[place[0] :, place[1] :][: len(w), : w.shape[1]]
        assert under(figure, cells(figure, INPUT), window) == list(seen.flat)
        for name, taps in (("layer", w), ("convolution", np.rot90(w, 2))):
            assert f"{name}: {by_hand(seen, taps)}" in words(figure)
            assert f"{name} {by_hand(seen, taps)}" in label(figure)
    for y in (layer, convolution):
        assert f": {listed(y)}." in plain(figure)


@pytest.mark.parametrize(
    ("x", "w", "places"),
    [
        (IMAGE, WEIGHTS, [(0, 0), (0, 1), (1, 2)]),
        (IMAGE - 2, WEIGHTS[:1], [(2, 0)]),
        (IMAGE[:, :2], np.array([[1], [-2], [3]]), [(0, 1), (0, 0)]),
    ],
)
def test_the_moving_window_gives_the_layer_and_convolution(
    x: np.ndarray, w: np.ndarray, places: list[tuple[int, int]]
) -> None:
    check_worked(x, w, places)


def padded(n: int, k: int, s: int, d: int, word: str) -> tuple[int, int]:
    """What a padding word adds on each side, counted from its meaning."""
    span = d * (k - 1) + 1
    if word in ("valid", "full"):
        return (0, 0) if word == "valid" else (span - 1, span - 1)
    total = max(0, (len(range(0, n, s)) - 1) * s + span - n)
    sides = (total // 2, total - total // 2)
    return sides if word == "same" else sides[::-1]


def check_fitting(n: int, k: int, s: int, d: int, paddings: list[str]) -> None:
    figure = pictures.fitting(n, k, stride=s, dilation=d, paddings=paddings)
    table = cells(figure, INPUT, PADDING)
    dots = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    for word in paddings:
        before, after = padded(n, k, s, d, word)
        shown = list(range(-before, n + after))
        panel, table = table[: len(shown)], table[len(shown) :]
        assert [cell.value for cell in panel] == shown
        assert [cell.hatched for cell in panel] == [not 0 <= i < n for i in shown]
        starts = range(-before, n + after - d * (k - 1), s)
        reads = [[start + a * d for a in range(k)] for start in starts]
        assert f'input, "{word}": the kernel fits {len(reads)} ' in " ".join(words(figure))
        seen = {i for taps in reads for i in taps}
        assert [cell.dashed for cell in panel] == [0 <= i < n and i not in seen for i in shown]
        zero = panel[before].column + 0.5  # where place 0 stands
        for j, taps in enumerate(reads):
            line = dots.pop(0)
            assert np.round(np.asarray(line.get_xdata(), float) - zero, 6).tolist() == taps
            assert f"Output {j} reads {', '.join(map(str, taps))}." in label(figure)
            assert f"output {j}" in words(figure)
    assert not table
    assert not dots


@pytest.mark.parametrize(
    ("n", "k", "s", "d"), [(7, 3, 2, 1), (8, 3, 2, 1), (7, 3, 1, 2), (6, 4, 1, 1), (5, 2, 3, 2)]
)
def test_lines_join_the_places_that_a_window_reads(n: int, k: int, s: int, d: int) -> None:
    check_fitting(n, k, s, d, ["valid"])
    check_fitting(n, k, s, d, ["same", "full", "same_lower"])


def test_the_places_counted_by_hand_are_three_four_and_five() -> None:
    said = " ".join(words(pictures.fitting(7, 3, stride=2, paddings=["valid", "same", "full"])))
    for word, count in (("valid", 3), ("same", 4), ("full", 5)):
        assert f'"{word}": the kernel fits {count} times' in said


def check_pointwise(x: np.ndarray, w: np.ndarray, place: int) -> None:
    figure = pictures.pointwise(x, w, place)
    y = literal.conv(x[None], w[..., None])[0]
    for colour, table in ((KERNEL, w), (INPUT, x), (OUTPUT, y)):
        assert values(figure, colour) == list(table.flat)
        assert listed(table) in plain(figure)
    columns = outlines(figure)
    assert under(figure, cells(figure, INPUT), columns[0]) == list(x[:, place])
    assert under(figure, cells(figure, OUTPUT), columns[1]) == list(y[:, place])
    taken = f"takes {listed(x[:, [place]])} to {listed(y[:, [place]])}."
    assert plain(figure).endswith(f"At place {place} the matrix {taken}")


@pytest.mark.parametrize("place", [0, 1, 3])
def test_the_matrix_takes_a_column_to_a_column(place: int) -> None:
    check_pointwise(COLUMNS, MATRIX, place)
    check_pointwise(COLUMNS[:1], MATRIX[:, :1], place)


def flipped(x: Any, w: Any, *arguments: Any, **options: Any) -> np.ndarray:
    """A layer that flips its kernel."""
    w = np.asarray(w)
    return literal.conv(x, np.flip(w, tuple(range(2, w.ndim))), *arguments, **options)


def shifted(x: np.ndarray, w: np.ndarray, place: tuple[int, int]) -> np.ndarray:
    """A window that starts at the first place, wherever it should."""
    return x[: w.shape[0], : w.shape[1]]


@pytest.mark.parametrize(
    ("name", "fault", "check"),
    [
        ("conv", flipped, lambda: check_summed(CHANNELS, KERNELS, 10, (0, 1))),
        ("conv", flipped, lambda: check_worked(IMAGE, WEIGHTS, [(0, 1)])),
        ("_window", shifted, lambda: check_summed(CHANNELS, KERNELS, 10, (0, 1))),
        ("_window", shifted, lambda: check_worked(IMAGE, WEIGHTS, [(0, 1)])),
        ("flip", np.asarray, lambda: check_worked(IMAGE, WEIGHTS, [(0, 1)])),
        ("conv", lambda x, w: x[:, :2] + 1, lambda: check_pointwise(COLUMNS, MATRIX, 1)),
        ("listed", lambda values: "1, 2", lambda: check_pointwise(COLUMNS, MATRIX, 1)),
        (
            "windows",
            lambda n, k, s, word, d: (Window(k, s, d, 1, 1),),
            lambda: check_fitting(6, 4, 1, 1, ["same"]),
        ),
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
        lambda: pictures.summed(CHANNELS, KERNELS, 10, (0, 1)),
        lambda: pictures.worked(IMAGE, WEIGHTS, [(0, 0), (0, 1), (1, 2)]),
        lambda: pictures.fitting(7, 3, stride=2, paddings=["valid", "same", "full"]),
        lambda: pictures.fitting(4, 2, paddings=["same", "same_lower"]),
        lambda: pictures.pointwise(COLUMNS, MATRIX, 1),
    ],
)
def test_the_pictures_of_the_pages_fit_a_phone(figure: Callable[[], Figure]) -> None:
    assert figure().get_size_inches()[0] * 72 <= 468
