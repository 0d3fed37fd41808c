"""Pooling on (N, C, *n): one strided slice of the input per tap."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from cnnref import arguments
from cnnref.arguments import Array, silently
from cnnref.fast.layers import padded, patches
from cnnref.fast.separable import separable
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
    """How many places each window averages, (*m,): the product of the counts on each axis."""
    counts = np.ones(())
    for size, window, (before, after) in zip(n, windows, sides, strict=True):
        first, last = (-before, size + after) if include else (0, size)
        counts = np.multiply.outer(counts, averaged(window, size, first, last))
    return counts


def averaged(window: Window, n: int, first: int, last: int) -> Array:
    """How many taps of each output place read a place from first to last - 1."""
    places = np.arange(window.places(n))[:, np.newaxis] * window.stride - window.before
    reads = places + np.arange(window.kernel) * window.dilation  # (m, k)
    return np.asarray(((first <= reads) & (reads < last)).sum(axis=1))


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
    """`cnnref.literal.max_pool_indices`, one search over a view."""
    x, windows, _, _ = arguments.pool(
        "max_pool_indices", x, kernel_size, stride, padding, dilation, ceil_mode
    )
    return winners(x, windows)


def winners(x: Array, windows: Sequence[Window]) -> Array:
    """The flat place of the first largest entry of each window, -1 where there is none."""
    n, rank = x.shape[2:], len(windows)
    values = patches(padded(x, windows, -np.inf), windows)  # (N, C, *m, *k)
    flat = np.arange(math.prod(n)).reshape(1, 1, *n)
    places = patches(padded(flat, windows, -1), windows)[0, 0]  # (*m, *k)
    taken = math.prod(values.shape[2 + rank :])
    values = values.reshape(*values.shape[: 2 + rank], taken)
    places = places.reshape(*places.shape[:rank], taken)
    largest = values.max(axis=-1, keepdims=True)
    # minus infinity in the input ties with padding, and NaN, the largest, with nothing
    tied = (places >= 0) & ((values == largest) | np.isnan(values))
    first = np.where(tied, places, flat.size).min(axis=-1)  # taps come in the order of places
    return np.where(tied.any(axis=-1), first, -1)


@silently
def max_unpool(y: ArrayLike, indices: ArrayLike, output_size: Sizes) -> Array:
    """`cnnref.literal.max_unpool`, one scattered assignment."""
    y, places, n, dtype = arguments.unpool("max_unpool", y, indices, output_size)
    size = math.prod(n)
    first = np.arange(math.prod(y.shape[:2])).reshape(*y.shape[:2], *(1,) * (y.ndim - 2)) * size
    x = np.zeros(math.prod(y.shape[:2]) * size, dtype)
    x[(first + places)[places >= 0]] = y[places >= 0]  # NumPy: of several values the last stands
    return x.reshape(*y.shape[:2], *n)


@silently
def channel_max_pool(x: ArrayLike, size: int) -> Array:
    """`cnnref.literal.channel_max_pool`, one maximum."""
    x, size, dtype = arguments.channel_pool("channel_max_pool", x, size)
    grouped = x.reshape(len(x), x.shape[1] // size, size, *x.shape[2:])
    return np.asarray(grouped.max(axis=2), dtype)
