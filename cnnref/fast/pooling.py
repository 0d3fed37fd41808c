"""Pooling on (N, C, *n)."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from cnnref import arguments
from cnnref.arguments import Array, silently
from cnnref.fast.separable import separable
from cnnref.fast.views import places
from cnnref.fast.winners import winners
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
    """`cnnref.literal.max_pool`, one axis after the other."""
    x, windows, _, dtype = arguments.pool(
        "max_pool", x, kernel_size, stride, padding, dilation, ceil_mode
    )
    return separable(x, windows, -np.inf, np.maximum).astype(dtype, copy=False)


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
    """`cnnref.literal.avg_pool`, one axis after the other."""
    x, windows, sides, dtype = arguments.pool(
        "avg_pool", x, kernel_size, stride, padding, dilation, ceil_mode
    )
    include = arguments.flag("avg_pool", "count_include_pad", count_include_pad)
    counts = arguments.nonzero("avg_pool", counted(x.shape[2:], windows, sides, include))
    y = separable(x, windows, 0, np.add)
    y /= counts.astype(x.dtype)
    return y.astype(dtype, copy=False)


def counted(
    n: Sequence[int],
    windows: Sequence[Window],
    sides: Sequence[tuple[int, int]],
    include: bool,
) -> Array:
    """How many places each window averages: the product of the counts on each axis.

    (*m,), or 1 in place of m where all windows of an axis average alike.
    """
    counts = np.ones(())
    for size, window, (before, after) in zip(n, windows, sides, strict=True):
        first, last = (-before, size + after) if include else (0, size)
        counts = np.multiply.outer(counts, averaged(window, size, first, last))
    return counts


def averaged(window: Window, n: int, first: int, last: int) -> Array:
    """How many taps of each output place read a place from first to last - 1."""
    places = np.arange(window.places(n))[:, np.newaxis] * window.stride - window.before
    reads = places + np.arange(window.kernel) * window.dilation  # (m, k)
    counts = np.asarray(((first <= reads) & (reads < last)).sum(axis=1))
    return counts[:1] if (counts == counts[0]).all() else counts


@silently
def max_pool_indices(
    x: ArrayLike,
    kernel_size: Sizes,
    *,
    stride: Sizes | None = None,
    padding: Padding = "valid",
    dilation: Sizes = 1,
    ceil_mode: bool = False,
) -> Array:
    """`cnnref.literal.max_pool_indices`, one axis after the other."""
    x, windows, _, _ = arguments.pool(
        "max_pool_indices", x, kernel_size, stride, padding, dilation, ceil_mode
    )
    found = np.empty((math.prod(x.shape[:2]), *places(x.shape[2:], windows)), np.intp)
    for some, where in winners(x, windows):
        found[some] = where
    return found.reshape(*x.shape[:2], *found.shape[1:])


@silently
def max_unpool(y: ArrayLike, indices: ArrayLike, output_size: Sizes) -> Array:
    """`cnnref.literal.max_unpool`, one scattered assignment."""
    y, indices, n, dtype = arguments.unpool("max_unpool", y, indices, output_size)
    size = math.prod(n)
    first = np.arange(math.prod(y.shape[:2])).reshape(*y.shape[:2], *(1,) * (y.ndim - 2)) * size
    x = np.zeros(math.prod(y.shape[:2]) * size, dtype)
    x[(first + indices)[indices >= 0]] = y[indices >= 0]  # NumPy: of several values the last stands
    return x.reshape(*y.shape[:2], *n)


@silently
def channel_max_pool(x: ArrayLike, size: int) -> Array:
    """`cnnref.literal.channel_max_pool`, one maximum."""
    x, size, dtype = arguments.channel_pool("channel_max_pool", x, size)
    grouped = x.reshape(len(x), x.shape[1] // size, size, *x.shape[2:])
    return np.asarray(grouped.max(axis=2), dtype)
