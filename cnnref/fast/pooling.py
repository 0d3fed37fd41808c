"""Pooling on (N, C, *n): one strided slice of the input per tap."""

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnnref import arguments
from cnnref.arguments import Array, silently
from cnnref.fast.layers import padded
from cnnref.window import Padding, Sizes, Window


@silently
def max_pool(
    x: ArrayLike,
    kernel_size: Sizes,
    *,
    stride: Sizes | None = None,
    padding: Padding = "valid",
    dilation: Sizes = 1,
    ceil_mode: bool = False,
) -> Array:
    """`cnnref.literal.max_pool`, one maximum per tap."""
    x, windows, _, dtype = arguments.pool(
        "max_pool", x, kernel_size, stride, padding, dilation, ceil_mode
    )
    y: Array = reduce(np.maximum, taps(padded(x, windows, -np.inf), windows))
    return y.astype(dtype, order="C")


@silently
def avg_pool(
    x: ArrayLike,
    kernel_size: Sizes,
    *,
    stride: Sizes | None = None,
    padding: Padding = "valid",
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    count_include_pad: bool = False,
) -> Array:
    """`cnnref.literal.avg_pool`, one sum per tap."""
    x, windows, sides, dtype = arguments.pool(
        "avg_pool", x, kernel_size, stride, padding, dilation, ceil_mode
    )
    include = arguments.flag("avg_pool", "count_include_pad", count_include_pad)
    counts = np.ones(())
    for n, window, (before, after) in zip(x.shape[2:], windows, sides, strict=True):
        first, last = (-before, n + after) if include else (0, n)
        counts = np.multiply.outer(counts, averaged(window, n, first, last))  # (*m,) so far
    sums: Array = reduce(np.add, taps(padded(x, windows, 0), windows))
    y: Array = sums / arguments.nonzero("avg_pool", counts).astype(x.dtype)
    return y.astype(dtype, order="C")


def averaged(window: Window, n: int, first: int, last: int) -> Array:
    """How many taps of each output place read a place from first to last - 1."""
    places = np.arange(window.places(n))[:, np.newaxis] * window.stride - window.before
    reads = places + np.arange(window.kernel) * window.dilation  # (m, k)
    return np.asarray(((first <= reads) & (reads < last)).sum(axis=1))


def taps(x: Array, windows: Sequence[Window]) -> Iterator[Array]:
    """For each tap, what it reads from a padded input at all output places, a view (N, C, *m)."""
    for tap in np.ndindex(*(window.kernel for window in windows)):
        slices: list[Any] = [...]
        for a, n, window in zip(tap, x.shape[2:], windows, strict=True):
            first = a * window.dilation
            slices.append(slice(first, first + n - window.span + 1, window.stride))
        yield x[tuple(slices)]
