"""Where a layer looks, by counting: every small window, and every way to write one."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from cnnref import Window, conv_transpose, windows

WINDOWS = [Window(*numbers) for numbers in product((1, 2, 3), (1, 2, 3), (1, 2), (0, 1), (0, 2))]
SIZES = range(1, 9)
FITTING = [(w, n) for w, n in product(WINDOWS, SIZES) if w.span <= n + w.before + w.after]
STRIDED = [(n, k, s, d) for n, k, s, d in product(SIZES, (1, 2, 3, 4), (1, 2, 3), (1, 2))]


def fits(window: Window, n: int, j: int) -> bool:
    """Whether all taps of output place j lie in the padded input."""
    return window.reads(j, window.kernel - 1) < n + window.after


def test_a_tap_reads_at_its_place_times_stride_plus_dilation_less_the_padding_before() -> None:
    w = Window(3, stride=5, dilation=7, before=2)
    reads = [[w.reads(j, a) for a in range(3)] for j in range(2)]
    assert reads == [[-2, 5, 12], [3, 10, 17]]


def test_the_span_is_from_the_first_tap_to_the_last() -> None:
    assert all(w.span == w.reads(0, w.kernel - 1) - w.reads(0, 0) + 1 for w in WINDOWS)


def test_there_are_as_many_places_as_windows_that_fit() -> None:
    for window, n in FITTING:
        assert window.places(n) == sum(fits(window, n, j) for j in range(20))


def test_a_window_larger_than_the_padded_input_has_no_places() -> None:
    for window, n in product(WINDOWS, SIZES):
        if (window, n) not in FITTING:
            with pytest.raises(ValueError, match="must fit"):
                window.places(n)
            with pytest.raises(ValueError, match="must fit"):
                windows(n, window.kernel, 1, ((window.before, window.after),), window.dilation)


@pytest.mark.parametrize("word", ["same", "same_lower"])
def test_same_gives_a_place_for_every_stride_begun_with_no_more_padding_than_that_takes(
    word: str,
) -> None:
    for n, kernel, stride, dilation in STRIDED:
        (window,) = windows(n, kernel, stride, word, dilation)
        begun = len(range(0, n, stride))
        assert window.places(n) == begun
        total = window.before + window.after
        if total:
            less = Window(kernel, stride, dilation, 0, total - 1)
            assert not fits(less, n, begun - 1)
        assert window.after - window.before == (total % 2 if word == "same" else -(total % 2))


def test_full_pads_with_all_but_one_of_the_span_on_both_sides_and_valid_with_nothing() -> None:
    for n, kernel, stride, dilation in STRIDED:
        (full,) = windows(n, kernel, stride, "full", dilation)
        assert (full.before, full.after) == (full.span - 1, full.span - 1)
        if full.span <= n:
            (valid,) = windows(n, kernel, stride, "valid", dilation)
            assert (valid.before, valid.after) == (0, 0)


def test_ceil_mode_keeps_what_starts_before_the_inputs_end_until_nothing_is_left_over() -> None:
    for window, n in FITTING:
        sides = ((window.before, window.after),)
        (ceil,) = windows(n, window.kernel, window.stride, sides, window.dilation, ceil_mode=True)
        ends = [window.reads(j, window.kernel - 1) + 1 for j in range(20)]
        kept = sum(
            window.reads(j, 0) < n and (j == 0 or ends[j - 1] < n + window.after) for j in range(20)
        )
        assert ceil.places(n) == kept
        last = ceil.reads(kept - 1, window.kernel - 1)
        assert ceil.after == max(0, last - n + 1)


def test_without_ceil_mode_the_padding_is_as_given() -> None:
    for window, n in FITTING:
        sides = ((window.before, window.after),)
        assert windows(n, window.kernel, window.stride, sides, window.dilation) == (window,)


PAIRS = ((1, 2), (0, 3))
FORMS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"n": [5, 6]}, {}),
    ({"kernel_size": 2}, {"kernel_size": (2, 2)}),
    ({"kernel_size": [2, 3]}, {"kernel_size": (2, 3)}),
    ({"stride": [1, 2]}, {"stride": (1, 2)}),
    ({"stride": np.int64(2)}, {"stride": (2, 2)}),
    ({"dilation": 2}, {"dilation": (2, 2)}),
    ({"dilation": [np.uint8(1), 2]}, {"dilation": (1, 2)}),
    ({"padding": 1}, {"padding": ((1, 1), (1, 1))}),
    ({"padding": [1, 2]}, {"padding": ((1, 1), (2, 2))}),
    ({"padding": [[1, 2], [0, 3]]}, {"padding": PAIRS}),
    ({"ceil_mode": np.True_, "stride": 2}, {"ceil_mode": True, "stride": 2}),
    ({"ceil_mode": np.False_, "stride": 2}, {"stride": 2}),
]


@pytest.mark.parametrize(("written", "meant"), FORMS, ids=[str(form[0]) for form in FORMS])
def test_a_layer_can_be_written_in_many_ways(
    written: dict[str, Any], meant: dict[str, Any]
) -> None:
    common: dict[str, Any] = {"n": (5, 6), "kernel_size": 2}
    assert windows(**(common | written)) == windows(**(common | meant))


def test_each_axis_has_its_own_window() -> None:
    found = windows((8, 9), (2, 3), (1, 2), PAIRS, (3, 1))
    assert found == (Window(2, 1, 3, 1, 2), Window(3, 2, 1, 0, 3))


def test_one_size_is_one_axis() -> None:
    n: Any = np.int64(5)
    assert windows(n, 2) == windows(5, 2) == (Window(2),)


@pytest.mark.parametrize("word", ["same", "same_lower"])
@pytest.mark.parametrize(("m", "n"), [(1, 1), (2, 4), (3, 7)])
def test_the_way_back_through_same_padding_takes_the_smallest_size(
    word: str, m: int, n: int
) -> None:
    x = conv_transpose(np.ones((1, 1, m)), np.ones((1, 1, 2)), stride=3, padding=word)
    assert x.shape == (1, 1, n)
    assert windows(n, 2, 3, word)[0].places(n) == m


def test_the_numbers_of_a_window_are_pythons() -> None:
    given: list[Any] = [np.int64(3), np.int8(2), np.uint8(1), np.int16(1), np.int32(0)]
    window = Window(*given)
    numbers = (window.kernel, window.stride, window.dilation, window.before, window.after)
    assert numbers == (3, 2, 1, 1, 0)
    results = (window.places(given[0]), window.reads(given[1], given[2]))
    assert {type(number) for number in (*numbers, *results)} == {int}
