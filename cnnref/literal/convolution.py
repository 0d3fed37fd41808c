"""Convolution and correlation of arrays without channels, as the chapter defines them.

Its page is docs/convolution.md, its laws are in cnnref/laws/convolution.py, run by tests/laws.
"""

from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from cnnref import arguments
from cnnref.arguments import Array, silently
from cnnref.window import Padding


@silently
def convolve(x: ArrayLike, w: ArrayLike, mode: str = "full") -> Array:
    r"""The convolution sum $(x * w)(t) = \sum_a x(a)\, w(t - a)$, over the stored entries.

    The two loops are the formula. An array counts as zero outside its storage, so the sum runs
    over those $a$ for which both $x(a)$ and $w(t - a)$ are stored.

    Args:
        x: signal, shape (*n), real or complex.
        w: kernel, shape (*k), as many axes as x.
        mode: "full" (n + k - 1 entries per axis), "valid" (n - k + 1, where w lies inside x) or
            "same" (the n entries of "full" from (k - 1)//2 on).

    Returns:
        Array of the shape the mode says; dtype ``np.result_type`` of x and w, integers as float64.

    Raises:
        TypeError: for arrays that do not hold numbers, or a mode that is no word.
        ValueError: for unequal numbers of axes, an empty axis, an unknown mode, a w larger than x
            in mode "valid", integers whose result could pass 2**53.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.1.

    >>> convolve([1, 2, 3], [0, 1, 2])
    array([0., 1., 4., 7., 6.])
    """
    x, w, keep, dtype = arguments.signals("convolve", x, w, mode)
    full = np.zeros([n + k - 1 for n, k in zip(x.shape, w.shape, strict=True)], x.dtype)
    for t in np.ndindex(full.shape):
        for a in product(*map(stored, t, x.shape, w.shape)):
            full[t] += x[a] * w[tuple(ti - ai for ti, ai in zip(t, a, strict=True))]
    return full[keep].astype(dtype)


def stored(t: int, n: int, k: int) -> range:
    """The a on one axis for which x(a) and w(t - a) are both stored."""
    return range(max(0, t - k + 1), min(t, n - 1) + 1)


@silently
def correlate(x: ArrayLike, w: ArrayLike, mode: str = "valid") -> Array:
    r"""The correlation sum $(x \star w)(t) = \sum_a x(t + a)\, \overline{w(a)}$: no flip.

    The loops are the formula; place t of the result "full" starts k - 1 places before x.

    Args:
        x: signal, shape (*n), real or complex.
        w: kernel, shape (*k), as many axes as x; conjugated if complex.
        mode: "full" (n + k - 1 entries per axis), "valid" (n - k + 1, where w lies inside x) or
            "same" (the n entries of "full" from (k - 1)//2 on).

    Returns:
        Array of the shape the mode says; dtype ``np.result_type`` of x and w, integers as float64.

    Raises:
        TypeError: for arrays that do not hold numbers, or a mode that is no word.
        ValueError: for unequal numbers of axes, an empty axis, an unknown mode, a w larger than x
            in mode "valid", integers whose result could pass 2**53.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.1 (equation 9.6).

    >>> correlate([1, 2, 3], [0, 1, 2], mode="full")
    array([2., 5., 8., 3., 0.])
    """
    x, w, keep, dtype = arguments.signals("correlate", x, w, mode)
    w = w.conj()
    full = np.zeros([n + k - 1 for n, k in zip(x.shape, w.shape, strict=True)], x.dtype)
    for t in np.ndindex(full.shape):
        start = [ti - (k - 1) for ti, k in zip(t, w.shape, strict=True)]
        for a in product(*map(inside, start, x.shape, w.shape)):
            full[t] += x[tuple(si + ai for si, ai in zip(start, a, strict=True))] * w[a]
    return full[keep].astype(dtype)


def inside(start: int, n: int, k: int) -> range:
    """The taps a on one axis for which x(start + a) is stored."""
    return range(max(0, -start), min(k, n - start))


def flip(w: ArrayLike) -> Array:
    r"""The kernel reversed along every axis: $\tilde w(a) = w(k - 1 - a)$.

    Args:
        w: kernel, shape (*k), real or complex.

    Returns:
        Array of w's shape, integers as float64.

    Raises:
        TypeError: for arrays that do not hold numbers.
        ValueError: for an array without axes or with an empty one.

    Source: Deep Learning, section 9.1.

    >>> flip([[1, 2], [3, 4]])
    array([[4., 3.],
           [2., 1.]])
    """
    w, dtype = arguments.signal("flip", "w", w)
    flipped = np.empty(w.shape, dtype)
    for a in np.ndindex(w.shape):
        flipped[a] = w[tuple(k - 1 - ai for k, ai in zip(w.shape, a, strict=True))]
    return flipped


@silently
def pad(x: ArrayLike, padding: Padding, value: float = 0) -> Array:
    r"""The array with extra places around it: $p(i) = x(i - \mathrm{before})$ inside, else value.

    Args:
        x: array, shape (*n), real or complex.
        padding: one integer, one per axis, or one (before, after) per axis; counted per side.
        value: the number in the new places.

    Returns:
        Array of n + before + after entries per axis; dtype of x, integers as float64.

    Raises:
        TypeError: for an x or a value that is not numeric, for padding words.
        ValueError: for negative padding, a wrong number of entries, an empty or missing axis.

    Source: Deep Learning, section 9.5.

    >>> pad([1, 2], ((1, 2),))
    array([0., 1., 2., 0., 0.])
    """
    x, sides, fill, dtype = arguments.padded("pad", x, padding, value)
    shape = [n + before + after for n, (before, after) in zip(x.shape, sides, strict=True)]
    padded = np.full(shape, fill, dtype)
    for i in np.ndindex(x.shape):
        padded[tuple(ii + before for ii, (before, _) in zip(i, sides, strict=True))] = x[i]
    return padded
