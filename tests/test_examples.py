"""Numbers worked by hand: the chapter's own, and those others have published."""

import doctest

import numpy as np
import pytest

import cnnref
from cnnref import Window, convolve, correlate, fast, literal, max_pool, windows

SEED = np.array([[0, 1, 3, 9], [4, 8, 6, 2], [7, 4, 2, 0], [4, 3, 5, 1]], float)


@pytest.mark.parametrize("name", literal.__all__)
def test_the_examples_of_the_specification_hold_for_the_fast_operations(name: str) -> None:
    operation = getattr(fast, name)
    finder = doctest.DocTestFinder(recurse=False)
    (example,) = finder.find(getattr(literal, name), name, globs={name: operation})
    assert example.examples
    outcome = doctest.DocTestRunner().run(example)
    assert (outcome.failed, outcome.attempted) == (0, len(example.examples))


def test_the_draft_pools_its_grid_to_8_9_7_5() -> None:
    assert max_pool(SEED[None, None], 2)[0, 0].tolist() == [[8, 9], [7, 5]]


@pytest.mark.parametrize(("side", "kept"), [("right", 2), ("left", 2), ("up", 2), ("down", 1)])
def test_a_one_pixel_shift_with_zero_fill_keeps_this_many_pooled_values(
    side: str, kept: int
) -> None:
    moved = np.zeros_like(SEED)
    if side == "right":
        moved[:, 1:] = SEED[:, :-1]
    elif side == "left":
        moved[:, :-1] = SEED[:, 1:]
    elif side == "up":
        moved[:-1] = SEED[1:]
    else:
        moved[1:] = SEED[:-1]
    before, after = (max_pool(grid[None, None], 2)[0, 0] for grid in (SEED, moved))
    assert int((before == after).sum()) == kept


def test_max_pooling_pads_with_minus_infinity_not_with_zero() -> None:
    pooled = max_pool([[[-1, -2, -3]]], 2, stride=1, padding=1)
    assert pooled.tolist() == [[[-1, -1, -2, -3]]]


def test_correlation_does_not_commute() -> None:
    assert correlate([1, 2], [3, 4], "full").tolist() == [4, 11, 6]
    assert correlate([3, 4], [1, 2], "full").tolist() == [6, 11, 4]


def test_same_convolution_is_not_associative() -> None:
    x, w, v = [0, 0, 1], [0, 0, 1], [1, 0, 0]
    left = convolve(convolve(x, w, "same"), v, "same")
    right = convolve(x, convolve(w, v, "same"), "same")
    assert (left.tolist(), right.tolist()) == ([0, 0, 0], [0, 0, 1])


def test_the_books_shrinking_network_goes_16_11_6_1() -> None:
    sizes = [16]
    while sizes[-1] >= 6:
        sizes.append(Window(6).places(sizes[-1]))
    assert sizes == [16, 11, 6, 1]


def test_mnist_by_3x3_gives_676_outputs() -> None:
    y = cnnref.conv(np.zeros((1, 1, 28, 28)), np.zeros((1, 1, 3, 3)))
    assert (y.shape, y.size) == ((1, 1, 26, 26), 676)


def test_same_padding_at_stride_2_pads_0_and_1_for_6_places() -> None:
    (window,) = windows(6, 3, stride=2, padding="same")
    assert (window.before, window.after) == (0, 1)


def test_the_strided_example_of_the_arithmetic_guide_is_this() -> None:
    # 5x5 input, 3x3 kernel, stride 2: Dumoulin and Visin, A guide to convolution arithmetic.
    assert Window(3, stride=2).places(5) == 2
    assert Window(3, stride=2, before=1, after=1).places(5) == 3
    assert Window(3, stride=2, before=1, after=1).places(6) == 3  # the last place goes unread
