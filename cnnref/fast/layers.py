"""Layers on (N, C, *n): strided views of all windows, and matrix products."""

import math
from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from cnnref import arguments
from cnnref.arguments import Array, silently
from cnnref.fast.algorithms import ALGORITHMS, Task, chosen, computed
from cnnref.fast.views import around, inside, padded, patches, taps
from cnnref.window import Padding, Sizes

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
    view = patches(padded(x, windows), windows)  # (N, C, *k, *m)
    rank = len(windows)
    rows, places = math.prod(view.shape[1 : 2 + rank]), math.prod(view.shape[2 + rank :])
    return view.reshape(len(x), rows, places).astype(dtype)


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
