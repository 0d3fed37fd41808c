"""Pooling on (N, C, *n): what each full window holds, place by place.

Its page is docs/pooling.md, its laws are in cnnref/laws/pooling.py, run by tests/laws.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnnref import arguments
from cnnref.arguments import Array, silently
from cnnref.literal.layers import every, pad_places
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
    r"""The largest entry of each window: $y(j) = \max_a x(j s + a d - p)$, channel by channel.

    Args:
        x: input, shape (N, C, *n).
        kernel_size: taps per axis, one integer or one per axis.
        stride: input places between neighbouring windows; the kernel size when None.
        padding: "valid", "same", "same_lower", "full", or numbers; pads with minus infinity.
        dilation: input places between neighbouring taps; 1 is the plain window.
        ceil_mode: keep a last window that hangs over the end, see `windows`.

    Returns:
        Array (N, C, *m) of x's dtype, integers as float64. NaN wins its window; a window with
        nothing but padding is minus infinity.

    Raises:
        TypeError: for an x that does not hold real numbers, options of a wrong kind.
        ValueError: for a missing or empty axis, a window larger than the padded input.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.3.

    >>> max_pool([[[0, 1, 3, 9]]], 2)
    array([[[1., 9.]]])
    """
    x, windows, _, dtype = arguments.pool(
        "max_pool", x, kernel_size, stride, padding, dilation, ceil_mode
    )
    padded = pad_places(x, windows, -np.inf)
    return every(each_window(padded, windows, np.max), windows).astype(dtype)


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
    r"""The mean of each window: $y(j) = \frac{1}{|A_j|}\sum_{a \in A_j} x(j s + a d - p)$.

    $A_j$ are the taps that read the input; with `count_include_pad` also those that read padding
    (as zeros), but never those in the overhang of `ceil_mode`.

    Args:
        x: input, shape (N, C, *n).
        kernel_size: taps per axis, one integer or one per axis.
        stride: input places between neighbouring windows; the kernel size when None.
        padding: "valid", "same", "same_lower", "full", or numbers.
        dilation: input places between neighbouring taps; 1 is the plain window.
        ceil_mode: keep a last window that hangs over the end, see `windows`.
        count_include_pad: count padding places as zeros of the input.

    Returns:
        Array (N, C, *m) of x's dtype, integers as float64.

    Raises:
        TypeError: for an x that does not hold real numbers, options of a wrong kind.
        ValueError: for a missing or empty axis, a window larger than the padded input, a window
            with nothing to average.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.3.

    >>> avg_pool([[[0, 1, 3, 9]]], 2)
    array([[[0.5, 6. ]]])
    """
    x, windows, sides, dtype = arguments.pool(
        "avg_pool", x, kernel_size, stride, padding, dilation, ceil_mode
    )
    include = arguments.flag("avg_pool", "count_include_pad", count_include_pad)
    counts = counted(x.shape[2:], windows, sides, include)
    sums = every(each_window(pad_places(x, windows, 0), windows, np.sum), windows)
    y: Array = sums / arguments.nonzero("avg_pool", counts).astype(x.dtype)
    return y.astype(dtype)


def counted(
    n: Sequence[int],
    windows: Sequence[Window],
    sides: Sequence[tuple[int, int]],
    include: bool,
) -> Array:
    """How many places each window averages, (1, 1, *m), counted place by place."""
    ends = [min(after, w.after) for (_, after), w in zip(sides, windows, strict=True)]
    padding = [(before, end) for (before, _), end in zip(sides, ends, strict=True)]
    overhang = [(0, w.after - end) for w, end in zip(windows, ends, strict=True)]
    ones = np.pad(np.ones(n), padding, constant_values=float(include))
    counts = np.pad(ones, overhang)[np.newaxis, np.newaxis]
    return every(each_window(counts, windows, np.sum), windows)


def each_window(x: Array, windows: Sequence[Window], summary: Callable[..., Array]) -> Array:
    """One number for each full window of (N, C, *n), at every place where the window fits."""
    everywhere = [n - window.span + 1 for n, window in zip(x.shape[2:], windows, strict=True)]
    y = np.empty((*x.shape[:2], *everywhere), x.dtype)
    for place in np.ndindex(*everywhere):
        taken: list[Any] = [
            slice(j, j + window.span, window.dilation)
            for j, window in zip(place, windows, strict=True)
        ]
        y[(..., *place)] = summary(x[(..., *taken)], axis=tuple(range(2, x.ndim)))
    return y


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
    r"""Where `max_pool` found each maximum: the flat row-major place in the unpadded input.

    Of equal maxima the first in row-major order counts; NaN counts as the largest.

    Args:
        x: input, shape (N, C, *n).
        kernel_size: taps per axis, one integer or one per axis.
        stride: input places between neighbouring windows; the kernel size when None.
        padding: "valid", "same", "same_lower", "full", or numbers.
        dilation: input places between neighbouring taps; 1 is the plain window.
        ceil_mode: keep a last window that hangs over the end, see `windows`.

    Returns:
        Integer array (N, C, *m); -1 where a window holds nothing but padding.

    Raises:
        TypeError: for an x that does not hold real numbers, options of a wrong kind.
        ValueError: for a missing or empty axis, a window larger than the padded input.

    Source: Zeiler and Fergus, Visualizing and Understanding Convolutional Networks, 2014.

    >>> max_pool_indices([[[0, 1, 9, 3]]], 2)
    array([[[1, 2]]])
    """
    x, windows, _, _ = arguments.pool(
        "max_pool_indices", x, kernel_size, stride, padding, dilation, ceil_mode
    )
    return winners(x, windows)


def winners(x: Array, windows: Sequence[Window]) -> Array:
    """The flat place of the first largest entry of each window, -1 where there is none."""
    n = x.shape[2:]
    padded = pad_places(x, windows, -np.inf)
    flat = np.arange(np.prod(n)).reshape(n)[np.newaxis, np.newaxis]
    places = np.pad(
        flat, [(0, 0), (0, 0), *((w.before, w.after) for w in windows)], constant_values=-1
    )
    m = [window.places(size) for window, size in zip(windows, n, strict=True)]
    found = np.full((*x.shape[:2], *m), -1)
    for j in np.ndindex(*m):
        taken: list[Any] = [
            slice(ji * w.stride, ji * w.stride + w.span, w.dilation)
            for ji, w in zip(j, windows, strict=True)
        ]
        where = places[(0, 0, *taken)].ravel()
        if (where >= 0).any():
            inside = padded[(..., *taken)].reshape(*x.shape[:2], where.size)[..., where >= 0]
            found[(..., *j)] = where[where >= 0][inside.argmax(axis=-1)]
    return found


@silently
def max_unpool(y: ArrayLike, indices: ArrayLike, output_size: Sizes) -> Array:
    """Puts each value back at its index and zero everywhere else.

    A value is set, never added; of several values with one index the last in row-major order
    stands, and index -1 is skipped.

    Args:
        y: values, shape (N, C, *m).
        indices: flat row-major places in the result, shape (N, C, *m), as of `max_pool_indices`.
        output_size: spatial shape n of the result, one integer per axis (or one for one axis).

    Returns:
        Array (N, C, *n) of y's dtype, integers as float64.

    Raises:
        TypeError: for a y that does not hold real numbers, indices that are not integers.
        ValueError: for shapes that do not fit together, an index outside the result.

    Source: Zeiler and Fergus, Visualizing and Understanding Convolutional Networks, 2014.

    >>> max_unpool([[[1, 9]]], [[[1, 2]]], 4)
    array([[[0., 1., 9., 0.]]])
    """
    y, places, n, dtype = arguments.unpool("max_unpool", y, indices, output_size)
    x = np.zeros((*y.shape[:2], *n), dtype)
    for j in np.ndindex(y.shape):
        if places[j] >= 0:
            x[(*j[:2], *np.unravel_index(places[j], n))] = y[j]
    return x


@silently
def channel_max_pool(x: ArrayLike, size: int) -> Array:
    r"""The largest over consecutive groups of channels: $y_g = \max_{r < q} x_{g q + r}$.

    Args:
        x: input, shape (N, C, *n).
        size: channels per group, q; divides C.

    Returns:
        Array (N, C/size, *n) of x's dtype, integers as float64; NaN wins.

    Raises:
        TypeError: for an x that does not hold real numbers, a size that is no integer.
        ValueError: for a missing or empty axis, a size that does not divide the channels.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.3 (figure 9.9); Goodfellow,
    Warde-Farley, Mirza, Courville, Bengio, Maxout Networks, 2013.

    >>> channel_max_pool([[[1, 5], [4, 2]]], 2)
    array([[[4., 5.]]])
    """
    x, size, dtype = arguments.channel_pool("channel_max_pool", x, size)
    groups = [x[:, c : c + size].max(axis=1) for c in range(0, x.shape[1], size)]
    return np.stack(groups, axis=1).astype(dtype)
