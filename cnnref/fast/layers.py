"""Layers on (N, C, *n): strided views of all windows, and matrix products."""

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from cnnref import arguments
from cnnref.arguments import Array, silently
from cnnref.fast.algorithms import ALGORITHMS, Task, chosen, computed
from cnnref.window import Padding, Sizes, Window

ALGORITHM = """\
    algorithm: "auto" for the one that is expected to be the fastest among those that keep every
        promise, see `explain`; or "im2col", "shifted", "width", "matmul" (kernels of one tap),
        "winograd2", "winograd4" (3 x 3 at stride 1; in float32 the second one loses a digit),
        "fft". On integers the result is exact by each of them."""
"""What the public docstring says of the one option that the specification does not have."""


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
    algorithm: str = "auto",
) -> Array:
    """`cnnref.literal.conv`, by the algorithm that is named or expected to be the fastest."""
    layer = arguments.conv("conv", x, w, b, stride, padding, dilation, groups)
    task = Task(layer.x, layer.w, layer.windows, int(groups))
    refusals = {name: partial(known.refuses, task) for name, known in ALGORITHMS.items()}
    name = arguments.algorithm("conv", algorithm, refusals)
    integers = arguments.integral(x, w)
    name = chosen(task, integers) if name == "auto" else name
    y = computed(task, name, integers)
    if layer.b is not None:
        y += layer.b
    return y.astype(layer.dtype, copy=False)


def contracted(a: Array, b: Array, summed: Sequence[int], with_these: Sequence[int]) -> Array:
    """The sum of products over axes of a and of b: the other axes of a, then those of b.

    With `@`, because np.dot, and so np.tensordot, takes one weight for a factor, and loses NaN
    times zero.
    """
    kept = [axis for axis in range(a.ndim) if axis not in summed]
    others = [axis for axis in range(b.ndim) if axis not in with_these]
    before, after = (a.shape[axis] for axis in kept), (b.shape[axis] for axis in others)
    shape, size = (*before, *after), math.prod(a.shape[axis] for axis in summed)
    rows = a.transpose(*kept, *summed).reshape(math.prod(shape[: len(kept)]), size)
    columns = b.transpose(*with_these, *others).reshape(size, math.prod(shape[len(kept) :]))
    return np.asarray(rows @ columns).reshape(shape)


def padded(x: Array, windows: Sequence[Window], value: float) -> Array:
    """The input (N, C, *n) with the padding of each Window around it."""
    places = [(window.before, window.after) for window in windows]
    return np.pad(x, [(0, 0), (0, 0), *places], constant_values=value)


def patches(x: Array, windows: Sequence[Window]) -> Array:
    """What each output place reads from a padded input, as a view (N, C, *m, *k)."""
    axes = tuple(range(2, x.ndim))
    view = sliding_window_view(x, [window.span for window in windows], axis=axes)
    strides = (slice(None, None, window.stride) for window in windows)
    dilations = (slice(None, None, window.dilation) for window in windows)
    return view[(slice(None), slice(None), *strides, *dilations)]


@silently
def relu(x: ArrayLike) -> Array:
    """`cnnref.literal.relu`, one maximum."""
    x, _ = arguments.elementwise("relu", x)
    return np.asarray(np.maximum(x, 0))


@silently
def dense(x: ArrayLike, w: ArrayLike, b: ArrayLike | None = None) -> Array:
    """`cnnref.literal.dense`, one matrix product."""
    x, w, b, dtype = arguments.dense("dense", x, w, b)
    entries = tuple(range(1, x.ndim))
    y = np.tensordot(x, w, axes=(entries, entries))
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
    """`cnnref.literal.im2col`, one copy of a view."""
    x, windows, dtype = arguments.patches("im2col", x, kernel_size, stride, padding, dilation)
    view = patches(padded(x, windows, 0), windows)  # (N, C, *m, *k)
    rank = len(windows)
    m = view.shape[2 : 2 + rank]
    order = (0, 1, *range(2 + rank, 2 + 2 * rank), *range(2, 2 + rank))  # (N, C, *k, *m)
    taps = math.prod(window.kernel for window in windows)
    return view.transpose(order).reshape(len(x), x.shape[1] * taps, math.prod(m)).astype(dtype)


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
    """`cnnref.literal.col2im`, one strided sum per tap."""
    cols, n, windows, dtype = arguments.columns(
        "col2im", cols, kernel_size, output_size, stride, padding, dilation
    )
    x = np.zeros((*cols.shape[:2], *around(n, windows)), cols.dtype)
    rank = len(windows)
    for tap, places in zip(np.ndindex(cols.shape[2 : 2 + rank]), taps(x, windows), strict=True):
        places += cols[(slice(None), slice(None), *tap)]  # (N, C, *m), a view of x
    return inside(x, n, windows).astype(dtype)


def taps(x: Array, windows: Sequence[Window]) -> Iterator[Array]:
    """For each tap, what it reads from a padded input at all output places, a view (N, C, *m)."""
    for tap in np.ndindex(*(window.kernel for window in windows)):
        slices: list[Any] = [...]
        for a, n, window in zip(tap, x.shape[2:], windows, strict=True):
            first = a * window.dilation
            slices.append(slice(first, first + n - window.span + 1, window.stride))
        yield x[tuple(slices)]


def around(n: Sequence[int], windows: Sequence[Window]) -> list[int]:
    """The spatial size of an input with its padding."""
    return [size + w.before + w.after for size, w in zip(n, windows, strict=True)]


def inside(x: Array, n: Sequence[int], windows: Sequence[Window]) -> Array:
    """The input (N, C, *n) inside its padding, as a view."""
    real: list[Any] = [slice(w.before, w.before + size) for size, w in zip(n, windows, strict=True)]
    return x[(..., *real)]
