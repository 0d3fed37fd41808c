"""NumPy's convolutions and polynomials on random cases."""

import numpy as np
from hypothesis import given

import cnnref
from tests.oracles.drawn import fits, quickly, signals


@quickly
@given(signals, signals)
def test_full_convolution_is_numpys(x: np.ndarray, w: np.ndarray) -> None:
    np.testing.assert_array_equal(cnnref.convolve(x, w), np.convolve(x, w))


@quickly
@given(signals, signals)
def test_valid_parts_are_numpys_where_the_kernel_is_not_longer(
    x: np.ndarray, w: np.ndarray
) -> None:
    if not fits(x, w):
        x, w = w, x
    np.testing.assert_array_equal(cnnref.convolve(x, w, "valid"), np.convolve(x, w, "valid"))
    np.testing.assert_array_equal(cnnref.correlate(x, w), np.correlate(x, w))


@quickly
@given(signals, signals)
def test_convolution_is_the_product_of_polynomials(x: np.ndarray, w: np.ndarray) -> None:
    product = np.polynomial.Polynomial(x) * np.polynomial.Polynomial(w)
    coefficients = np.zeros(len(x) + len(w) - 1)
    coefficients[: len(product.coef)] = product.coef
    np.testing.assert_array_equal(cnnref.convolve(x, w), coefficients)
