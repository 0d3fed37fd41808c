"""The picture of a tile shows what sums written out term by term give."""

from collections.abc import Iterator

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cnnref import literal
from cnnref.fast.algorithms.winograd import TWO
from cnnref.figures import algorithms as pictures
from cnnref.figures.drawing import listed
from cnnref.figures.palette import INPUT, KERNEL, OUTPUT
from tests.figures.reading import label, values, words

TILES = [
    (
        [[1, 2, 0, 3], [4, 0, 1, 2], [2, 5, 3, 0], [0, 1, 2, 1]],
        [[1, 0, 1], [0, -1, 1], [1, -1, 2]],
    ),
    (np.arange(16).reshape(4, 4), [[4, 0, 8], [0, -4, 0], [0, 0, 12]]),
]


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.mark.parametrize(("x", "w"), TILES)
def test_a_tile_shows_both_sides_their_values_and_the_outputs(
    x: list[list[int]], w: list[list[int]]
) -> None:
    figure = pictures.tile(x, w)
    v, u = np.zeros((4, 4)), np.zeros((4, 4))
    for i, j, k, m in np.ndindex(4, 4, 4, 4):
        v[i, j] += TWO.inputs[i, k] * TWO.inputs[j, m] * x[k][m]
    for i, j, a, b in np.ndindex(4, 4, 3, 3):
        u[i, j] += TWO.kernel[i, a] * TWO.kernel[j, b] * w[a][b]
    y = literal.correlate(x, w)
    assert sorted(values(figure, INPUT)) == sorted([*np.ravel(x), *v.ravel()])
    assert sorted(values(figure, KERNEL)) == sorted([*np.ravel(w), *u.ravel()])
    assert sorted(values(figure, OUTPUT)) == sorted([*(u * v).ravel(), *y.ravel()])
    assert {"input", "kernel", "output", "products", "its values", "·"} <= set(words(figure))
    said = label(figure)
    assert all(f" {listed(table)}" in said for table in (np.array(x), np.array(w), v, u, u * v, y))


def test_a_tile_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"tile: x must be \(4, 4\) and w \(3, 3\)"):
        pictures.tile(np.zeros((4, 3)), np.zeros((3, 3)))


LINES = {"definition": [9.0, 25, 225], "waves": [50.0, 51, 52]}


def test_lines_of_counts_stand_as_high_as_their_logarithms_and_are_told() -> None:
    figure = pictures.counted([3, 5, 15], LINES)
    drawn = [line for line in figure.axes[0].lines if np.size(line.get_xdata()) == 3]
    counts = [LINES["definition"], LINES["waves"]]
    for line, logs in zip(drawn, np.log10(counts), strict=True):
        rows = np.asarray(line.get_ydata())
        unit = (rows[0] - rows[-1]) / (logs[-1] - logs[0])
        np.testing.assert_allclose(rows[0] - rows, unit * (logs - logs[0]), atol=1e-9)
    assert {"3", "5", "15", "definition", "waves", "kernel size"} <= set(words(figure))
    assert "definition 9, 25, 225; waves 50, 51, 52." in label(figure)


def test_lines_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="curves: waves needs 2 numbers above zero"):
        pictures.counted([3, 5], {"waves": [1.0]})
