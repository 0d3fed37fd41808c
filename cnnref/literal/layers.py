"""Layers on (N, C, *n): convolution in four strokes, and the rectifier.

Its page is docs/layers.md, its laws are in cnnref/laws/layers.py, run by tests/laws.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnnref import arguments
from cnnref.arguments import Array, silently
from cnnref.window import Padding, Sizes, Window


@silently
def conv(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None = None,
    *,
    stride: Sizes = 1,
    padding: Padding = "valid",
    dilation: Sizes = 1,
    groups: int = 1,
) -> Array:
    r"""A convolution layer, which is cross-correlation: the kernel is not flipped.

    $y_{f}(j) = b_f + \sum_c \sum_a x_c(j s + a d - p)\, w_{f,c}(a)$, here in four strokes: pad the
    input, spread the kernel's taps apart, correlate everywhere, keep every s-th place.

    Args:
        x: input, shape (N, C_in, *n).
        w: weights, shape (C_out, C_in/groups, *k).
        b: bias, shape (C_out,) shared over places, (C_out, *m) one per place, or None.
        stride: input places between neighbouring output places, per axis or one for all.
        padding: "valid", "same", "same_lower", "full", or numbers, see `windows`.
        dilation: input places between neighbouring taps; 1 is the plain kernel.
        groups: channels are cut into this many groups that do not see each other.

    Returns:
        Array (N, C_out, *m) with m as `windows` says; dtype ``np.result_type`` of what came in.

    Raises:
        TypeError: for arrays that do not hold real numbers, options of a wrong kind.
        ValueError: for shapes that do not fit together, a window larger than the padded input,
            integers whose result could pass 2**53, a result larger than memory.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.5 (equations 9.7 and 9.8).

    >>> x, w = [[[1, 2, 3, 4]]], [[[1, 10]]]
    >>> conv(x, w, stride=2)
    array([[[21., 43.]]])
    """
    x, w, b, windows, dtype = arguments.conv("conv", x, w, b, stride, padding, dilation, groups)
    padded = pad_places(x, windows, 0)
    everywhere = [n - window.span + 1 for n, window in zip(padded.shape[2:], windows, strict=True)]
    y = np.zeros((len(x), len(w), *everywhere), x.dtype)
    inputs, outputs = w.shape[1], len(w) // groups
    for f in range(len(w)):
        first = f // outputs * inputs
        for c in range(inputs):
            for offset, weight in spread(w[f, c], windows):
                y[:, f] += padded[:, first + c][shifted(offset, everywhere)] * weight
    y = every(y, windows)
    return (y if b is None else y + b).astype(dtype)


def pad_places(x: Array, windows: Sequence[Window], value: float) -> Array:
    """The input (N, C, *n) with `before` and `after` more places of this value on each axis."""
    places = [(window.before, window.after) for window in windows]
    return np.pad(x, [(0, 0), (0, 0), *places], constant_values=value)


def spread(kernel: Array, windows: Sequence[Window]) -> Iterator[tuple[list[int], Array]]:
    """The taps (offset, weight) of a kernel (*k), `dilation` apart, with nothing in between."""
    for tap in np.ndindex(kernel.shape):
        yield [a * window.dilation for a, window in zip(tap, windows, strict=True)], kernel[tap]


def shifted(offset: Sequence[int], size: Sequence[int]) -> tuple[slice, ...]:
    """The places of an input (N, *n) that lie this offset from each of `size` places."""
    return (slice(None), *(slice(o, o + m) for o, m in zip(offset, size, strict=True)))


def every(y: Array, windows: Sequence[Window]) -> Array:
    """Every stride-th place of (N, C, *m) on each axis."""
    kept: list[Any] = [slice(None, None, window.stride) for window in windows]
    return y[(..., *kept)]


@silently
def relu(x: ArrayLike) -> Array:
    r"""The rectifier, entry by entry: $\max(x, 0)$.

    Args:
        x: array of any shape.

    Returns:
        Array of x's shape and dtype, integers as float64; NaN stays NaN.

    Raises:
        TypeError: for arrays that do not hold real numbers.

    Source: Deep Learning, section 6.3.1.

    >>> relu([-1, 0, 2])
    array([0., 0., 2.])
    """
    x, dtype = arguments.elementwise("relu", x)
    return np.where(x < 0, 0, x).astype(dtype)


@silently
def dense(x: ArrayLike, w: ArrayLike, b: ArrayLike | None = None) -> Array:
    r"""A dense layer: every output reads every input, through a weight of its own.

    $y_f = b_f + \sum_c \sum_i x_c(i)\, w_{f,c}(i)$.

    Args:
        x: input, shape (N, C_in, *n); n may be empty.
        w: weights, shape (C_out, C_in, *n).
        b: bias, shape (C_out,), or None.

    Returns:
        Array (N, C_out); dtype ``np.result_type`` of what came in, integers as float64.

    Raises:
        TypeError: for arrays that do not hold real numbers.
        ValueError: for shapes that do not fit together, integers whose result could pass 2**53.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 6.1.

    >>> dense([[1, 2]], [[1, 10], [3, 4]], [0, 100])
    array([[ 21., 111.]])
    """
    x, w, b, dtype = arguments.dense("dense", x, w, b)
    y = np.zeros((len(x), len(w)), x.dtype)
    for f in range(len(w)):
        for place in np.ndindex(x.shape[1:]):
            y[:, f] += x[(slice(None), *place)] * w[(f, *place)]
    return (y if b is None else y + b).astype(dtype)


@silently
def im2col(
    x: ArrayLike,
    kernel_size: Sizes,
    *,
    stride: Sizes = 1,
    padding: Padding = "valid",
    dilation: Sizes = 1,
) -> Array:
    r"""What each output place reads, as columns: row $(c, a)$, column $j$ is $x_c(j s + a d - p)$.

    The layer `conv` is then one matrix product, ``w.reshape(C_out, -1) @ cols``.

    Args:
        x: input, shape (N, C, *n).
        kernel_size: taps per axis, one integer or one per axis.
        stride: input places between neighbouring output places.
        padding: "valid", "same", "same_lower", "full", or numbers, see `windows`; zeros.
        dilation: input places between neighbouring taps; 1 is the plain kernel.

    Returns:
        Array (N, C*prod(k), prod(m)) of x's dtype, integers as float64.

    Raises:
        TypeError: for an x that does not hold real numbers, options of a wrong kind.
        ValueError: for a missing or empty axis, a window larger than the padded input.

    Source: Chellapilla, Puri, Simard, High Performance Convolutional Neural Networks for
    Document Processing, 2006.

    >>> im2col([[[1, 2, 3]]], 2)
    array([[[1., 2.],
            [2., 3.]]])
    """
    x, windows, dtype = arguments.patches("im2col", x, kernel_size, stride, padding, dilation)
    padded = pad_places(x, windows, 0)
    everywhere = [n - window.span + 1 for n, window in zip(padded.shape[2:], windows, strict=True)]
    taps = np.ones([window.kernel for window in windows])
    rows = [
        every(padded[(slice(None), slice(c, c + 1), *shifted(offset, everywhere)[1:])], windows)
        for c in range(x.shape[1])
        for offset, _ in spread(taps, windows)
    ]
    places = math.prod(window.places(n) for window, n in zip(windows, x.shape[2:], strict=True))
    return np.stack([row.reshape(len(x), places) for row in rows], axis=1).astype(dtype)


@silently
def col2im(
    cols: ArrayLike,
    kernel_size: Sizes,
    *,
    output_size: Sizes,
    stride: Sizes = 1,
    padding: Padding = "valid",
    dilation: Sizes = 1,
) -> Array:
    r"""The adjoint of `im2col`: every entry is added back to the place it was read from.

    Args:
        cols: columns, shape (N, C*prod(k), prod(m)).
        kernel_size: taps per axis, one integer or one per axis.
        output_size: spatial shape n of the result, one integer per axis (or one for one axis).
        stride: input places between neighbouring output places.
        padding: "valid", "same", "same_lower", "full", or numbers, see `windows`.
        dilation: input places between neighbouring taps; 1 is the plain kernel.

    Returns:
        Array (N, C, *n) of the columns' dtype, integers as float64.

    Raises:
        TypeError: for columns that are not real numbers, options of a wrong kind.
        ValueError: for columns that no input of this size has.

    Source: Chellapilla, Puri, Simard, High Performance Convolutional Neural Networks for
    Document Processing, 2006.

    >>> col2im([[[1, 2], [2, 3]]], 2, output_size=3)
    array([[[1., 4., 3.]]])
    """
    cols, n, windows, dtype = arguments.columns(
        "col2im", cols, kernel_size, output_size, stride, padding, dilation
    )
    rank = len(n)
    ends = [size + w.before + w.after for size, w in zip(n, windows, strict=True)]
    padded = np.zeros((*cols.shape[:2], *ends), cols.dtype)
    for tap in np.ndindex(cols.shape[2 : 2 + rank]):
        for j in np.ndindex(cols.shape[2 + rank :]):
            place = (
                ji * window.stride + a * window.dilation
                for ji, a, window in zip(j, tap, windows, strict=True)
            )
            padded[(..., *place)] += cols[(..., *tap, *j)]
    return unpadded(padded, n, windows).astype(dtype)


def unpadded(padded: Array, n: Sequence[int], windows: Sequence[Window]) -> Array:
    """The input (N, C, *n) inside its padding."""
    inside = [slice(w.before, w.before + size) for size, w in zip(n, windows, strict=True)]
    return padded[(slice(None), slice(None), *inside)]
