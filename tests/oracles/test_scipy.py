"""SciPy's convolutions and filters on random cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnnref
from tests.oracles.drawn import fits, images, modes, quickly, signals

signal = pytest.importorskip("scipy.signal", reason="SciPy is not installed: not asked")
ndimage = pytest.importorskip("scipy.ndimage", reason="SciPy is not installed: not asked")


@quickly
@given(images, images, modes)
def test_images_are_convolved_and_correlated_as_in_scipy(
    x: np.ndarray, w: np.ndarray, mode: str
) -> None:
    if not fits(x, w):
        w = w[: x.shape[0], : x.shape[1]]
    expected = signal.convolve2d(x, w, mode)
    np.testing.assert_array_equal(cnnref.convolve(x, w, mode), expected)
    direct = signal.correlate(x, w, mode, method="direct")
    np.testing.assert_array_equal(cnnref.correlate(x, w, mode), direct)


@quickly
@given(signals, signals, modes)
def test_signals_of_complex_numbers_are_scipys(x: np.ndarray, w: np.ndarray, mode: str) -> None:
    if not fits(x, w):
        x, w = w, x
    x, w = x + 1j * x[::-1], w - 2j * w[::-1]
    for ours, theirs in ((cnnref.convolve, signal.convolve), (cnnref.correlate, signal.correlate)):
        np.testing.assert_array_equal(ours(x, w, mode), theirs(x, w, mode, method="direct"))


@quickly
@given(images, st.integers(1, 3), st.integers(1, 3))
def test_pooling_with_full_windows_is_scipys_filter_at_every_stride(
    x: np.ndarray, kernel: int, stride: int
) -> None:
    kernel = min(kernel, *x.shape)
    filtered = ndimage.maximum_filter(x, kernel, origin=-(kernel // 2))
    places = [n - kernel + 1 for n in x.shape]
    expected = filtered[: places[0], : places[1]][::stride, ::stride]
    pooled = cnnref.max_pool(x[None, None], kernel, stride=stride)[0, 0]
    np.testing.assert_array_equal(pooled, expected)
