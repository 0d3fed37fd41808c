"""The tables of connections, against what each window reads, place by place."""

from itertools import product

import numpy as np
import pytest

from cnnref import Window, conv
from cnnref.connectivity import matrix, pattern, weight_index

WINDOWS = [Window(*numbers) for numbers in product((1, 2, 3), (1, 2), (1, 2), (0, 1), (0, 1))]
TABLES = [(w, n) for w, n in product(WINDOWS, (1, 3, 6)) if w.span <= n + w.before + w.after]


def connections(window: Window, n: int) -> set[tuple[int, int, int]]:
    """Tap, output place and input place of every connection."""
    places = product(range(window.kernel), range(window.places(n)))
    found = {(a, j, window.reads(j, a)) for a, j in places}
    return {(a, j, i) for a, j, i in found if 0 <= i < n}


def test_the_pattern_is_true_where_a_place_reads_through_a_tap() -> None:
    for window, n in TABLES:
        table = pattern(window, n)
        assert table.shape == (window.kernel, window.places(n), n)
        assert table.dtype == np.bool_
        assert {tuple(map(int, found)) for found in np.argwhere(table)} == connections(window, n)


@pytest.mark.parametrize("tile", [1, 2, 3, 9])
def test_the_weights_of_a_place_are_those_of_its_phase_in_the_tile(tile: int) -> None:
    for window, n in TABLES:
        expected = np.full((window.places(n), n), -1)
        for a, j, i in connections(window, n):
            expected[j, i] = j % tile * window.kernel + a
        np.testing.assert_array_equal(weight_index(window, n, tile), expected)


def test_weights_are_shared_by_all_places_unless_told_otherwise() -> None:
    np.testing.assert_array_equal(weight_index(Window(2), 4), weight_index(Window(2), 4, tile=1))


def test_the_matrix_times_an_input_is_the_layer() -> None:
    for window, n in TABLES:
        x, w = np.arange(1, n + 1) ** 2, np.arange(1, window.kernel + 1)
        sides = ((window.before, window.after),)
        layer = conv(
            x[None, None], w[None, None], stride=window.stride, padding=sides,
            dilation=window.dilation,
        )  # fmt: skip
        np.testing.assert_array_equal(matrix(window, n, w) @ x, layer[0, 0])


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64"])
def test_the_matrix_has_the_dtype_of_its_weights(dtype: str) -> None:
    w = np.asarray([1.5, -2], dtype)
    table = matrix(Window(2), 3, w)
    assert table.dtype == dtype
    assert table.tolist() == [[1.5, -2, 0], [0, 1.5, -2]]


def test_the_matrix_of_infinite_weights_has_zeros_where_nothing_connects() -> None:
    assert matrix(Window(1), 2, [np.inf]).tolist() == [[np.inf, 0], [0, np.inf]]
