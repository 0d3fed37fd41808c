"""Gradients, each an operation of its own: one strided sum per tap, one product per group."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from cnnref import arguments
from cnnref.arguments import Array, silently
from cnnref.fast.algorithms.backward import transposed, weight_sums
from cnnref.fast.algorithms.task import blocks
from cnnref.fast.layers import contracted
from cnnref.fast.placed import every, placed_grads, tiled_grads
from cnnref.fast.pooling import counted
from cnnref.fast.separable import CACHE, separable
from cnnref.fast.variants import unrolled
from cnnref.fast.views import around, inside, taps
from cnnref.fast.winners import winners
from cnnref.window import Padding, Sizes, Window


@silently
def conv_transpose(
    y: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None = None,
    *,
    output_size: Sizes | None = None,
    stride: Sizes = 1,
    padding: Padding = "valid",
    dilation: Sizes = 1,
    groups: int = 1,
) -> Array:
    """`cnnref.literal.conv_transpose`, a layer of stride 1 for each phase of the stride."""
    layer = arguments.conv_transpose(
        "conv_transpose", y, w, b, output_size, stride, padding, dilation, groups
    )
    integers = arguments.integral(y, w)
    y, w, b, groups, n, windows, dtype = layer
    if np.isfinite(w).all():
        x = transposed(y, w, n, windows, groups, integers)
    else:  # the layers read zeros around y, where no kernel was
        x = np.ascontiguousarray(stamped(y, w, n, windows, groups))
    return (x if b is None else x + b).astype(dtype, copy=False)


def stamped(y: Array, w: Array, n: Sequence[int], windows: Sequence[Window], groups: int) -> Array:
    """The kernels, times each place of y, added up where they lie: (N, C_in, *n)."""
    x = np.zeros((len(y), w.shape[1] * groups, *around(n, windows)), y.dtype)
    inputs, outputs = w.shape[1], len(w) // groups
    for g in range(groups):
        ins, outs = slice(g * inputs, (g + 1) * inputs), slice(g * outputs, (g + 1) * outputs)
        for tap, places in zip(np.ndindex(w.shape[2:]), taps(x[:, ins], windows), strict=True):
            product = contracted(y[:, outs], w[(outs, slice(None), *tap)], [1], [0])
            places += np.moveaxis(product, -1, 1)  # (N, C_in/groups, *m), a view of x
    return inside(x, n, windows)


@silently
def conv_weight_grad(
    x: ArrayLike,
    dy: ArrayLike,
    *,
    kernel_size: Sizes,
    stride: Sizes = 1,
    padding: Padding = "valid",
    dilation: Sizes = 1,
    groups: int = 1,
) -> Array:
    """`cnnref.literal.conv_weight_grad`, a product for some places at a time."""
    x, dy, groups, windows, dtype = arguments.conv_weight_grad(
        "conv_weight_grad", x, dy, kernel_size, stride, padding, dilation, groups
    )
    k = tuple(window.kernel for window in windows)
    return weight_sums(x, dy, k, windows, groups).astype(dtype, copy=False)


@silently
def bias_grad(dy: ArrayLike, shape: tuple[int, ...]) -> Array:
    """`cnnref.literal.bias_grad`, one sum per phase of the tile."""
    dy, tile, dtype = arguments.bias_grad("bias_grad", dy, shape)
    db = np.zeros((dy.shape[1], *tile), dy.dtype)
    for phase in np.ndindex(*map(min, tile, dy.shape[2:])):
        seen = dy[(slice(None), slice(None), *every(phase, tile))]
        db[(slice(None), *phase)] = seen.sum(axis=(0, *range(2, dy.ndim)))
    return db.reshape(shape).astype(dtype)


@silently
def max_pool_grad(
    x: ArrayLike,
    dy: ArrayLike,
    kernel_size: Sizes,
    *,
    stride: Sizes | None = None,
    padding: Padding = "valid",
    dilation: Sizes = 1,
    ceil_mode: bool = False,
) -> Array:
    """`cnnref.literal.max_pool_grad`, what each window passes back put to the place that won."""
    x, dy, windows, dtype = arguments.pool_grad(
        "max_pool_grad", x, dy, kernel_size, stride, padding, dilation, ceil_mode
    )
    count, size = math.prod(x.shape[:2]), math.prod(x.shape[2:])
    given, dx = dy.reshape(count, math.prod(dy.shape[2:])), np.zeros((count, size), dy.dtype)
    alone = all(window.span <= window.stride for window in windows)
    hangs = any(window.before or window.after for window in windows)
    for some, where in winners(x, windows):
        share, back = given[some], dx[some].reshape(-1)
        where = where.reshape(share.shape)
        into = where + size * np.arange(len(where))[:, np.newaxis]
        won = where >= 0 if hangs else slice(None)
        into, share = into[won].reshape(-1), share[won].reshape(-1)
        if alone:
            back[into] = share
        else:
            back[...] = np.bincount(into, share, len(back))  # sums in float64
    return dx.reshape(x.shape).astype(dtype, copy=False)


@silently
def avg_pool_grad(
    x_shape: tuple[int, ...],
    dy: ArrayLike,
    kernel_size: Sizes,
    *,
    stride: Sizes | None = None,
    padding: Padding = "valid",
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    count_include_pad: bool = False,
) -> Array:
    """`cnnref.literal.avg_pool_grad`, sums of windows turned around, one axis after the other."""
    shape, (dy, windows, sides, dtype) = arguments.pool_shape_grad(
        "avg_pool_grad", x_shape, dy, kernel_size, stride, padding, dilation, ceil_mode
    )
    include = arguments.flag("avg_pool_grad", "count_include_pad", count_include_pad)
    counts = arguments.nonzero("avg_pool_grad", counted(shape[2:], windows, sides, include))
    share = (dy / counts.astype(dy.dtype)).reshape(math.prod(shape[:2]), 1, *dy.shape[2:])
    each = list(zip(shape[2:], windows, strict=True))
    size = [n + window.span - 1 for n, window in each]
    corners, seen = zip(*(reaching(n, window) for n, window in each), strict=True)
    turned = [Window(window.kernel, 1, window.dilation) for window in windows]
    dx = np.empty((len(share), 1, *shape[2:]), dy.dtype)
    for some in blocks(len(share), math.prod(size) * dy.itemsize, CACHE):
        room = np.zeros((some.stop - some.start, 1, *size), dy.dtype)
        room[(..., *corners)] = share[(some, ..., *seen)]
        dx[some] = separable(room, turned, 0, np.add)
    return dx.reshape(shape).astype(dtype, copy=False)


def reaching(n: int, window: Window) -> tuple[slice, slice]:
    """Where windows begin that reach the n places, and which these are.

    Places count from one span before the last place that a window at the first of n reads.
    """
    ahead, stride = window.span - 1 - window.before, window.stride
    first = max(0, -(ahead // stride))
    last = max(first, min(window.places(n), -(-(n + window.before) // stride)))
    return slice(first * stride + ahead, last * stride + ahead, stride), slice(first, last)


@silently
def dense_grad(x: ArrayLike, w: ArrayLike, dy: ArrayLike) -> tuple[Array, Array]:
    """`cnnref.literal.dense_grad`, two matrix products."""
    x, w, dy, dtype = arguments.dense_grad("dense_grad", x, w, dy)
    dx, dw = contracted(dy, w, [1], [0]), contracted(dy, x, [0], [0])
    return dx.astype(dtype), dw.astype(dtype)


@silently
def locally_connected_grad(
    x: ArrayLike,
    w: ArrayLike,
    dy: ArrayLike,
    *,
    stride: Sizes = 1,
    padding: Padding = "valid",
    dilation: Sizes = 1,
) -> tuple[Array, Array]:
    """`cnnref.literal.locally_connected_grad`, two products for each place."""
    (x, w, _, windows, dtype), dy = arguments.tiled_grad(
        "locally_connected_grad", x, w, dy, stride, padding, dilation
    )
    dx, dw = placed_grads(x, w, dy, windows)
    return dx.astype(dtype, copy=False), dw.astype(dtype, copy=False)


@silently
def tiled_conv_grad(
    x: ArrayLike,
    w: ArrayLike,
    dy: ArrayLike,
    *,
    stride: Sizes = 1,
    padding: Padding = "valid",
    dilation: Sizes = 1,
) -> tuple[Array, Array]:
    """`cnnref.literal.tiled_conv_grad`, the weights of each phase summed over its places."""
    (x, w, _, windows, dtype), dy = arguments.tiled_grad(
        "tiled_conv_grad", x, w, dy, stride, padding, dilation
    )
    dx, dw = tiled_grads(x, w, dy, windows)
    return dx.astype(dtype, copy=False), dw.astype(dtype, copy=False)


@silently
def relu_grad(x: ArrayLike, dy: ArrayLike) -> Array:
    """`cnnref.literal.relu_grad`, one selection."""
    x, dy, dtype = arguments.elementwise_grad("relu_grad", x, dy)
    return np.where(x > 0, dy, 0).astype(dtype)


@silently
def channel_max_pool_grad(x: ArrayLike, dy: ArrayLike, size: int) -> Array:
    """`cnnref.literal.channel_max_pool_grad`, one selection."""
    x, dy, size, dtype = arguments.channel_pool_grad("channel_max_pool_grad", x, dy, size)
    grouped = x.reshape(len(x), dy.shape[1], size, *x.shape[2:])
    winner = np.expand_dims(grouped.argmax(axis=2), 2)
    channels = np.arange(size).reshape(size, *(1,) * (x.ndim - 2))
    dx = np.where(winner == channels, np.expand_dims(dy, 2), 0)
    return dx.reshape(x.shape).astype(dtype)


@silently
def recurrent_conv_grad(
    x: ArrayLike,
    u: ArrayLike,
    v: ArrayLike,
    w: ArrayLike,
    dy: ArrayLike,
    *,
    steps: int,
    activation: str = "tanh",
) -> tuple[Array, Array, Array, Array]:
    """`cnnref.literal.recurrent_conv_grad`, with the sums over steps taken once at the end."""
    layer, dy = arguments.recurrent_grad("recurrent_conv_grad", x, u, v, w, dy, steps, activation)
    x, u, v, w = layer.x, layer.u, layer.v, layer.w
    hiddens, estimates = unrolled(x, u, v, w, layer.steps, activation)
    outers, inners = [], []
    later: Array | float = 0.0
    for t in reversed(range(layer.steps)):
        outers.append(dy[t] + later)
        inner = back(outers[-1], v)
        if activation == "tanh":
            inner = inner * (1 - hiddens[t] ** 2)
        elif activation == "relu":
            inner = np.where(hiddens[t] > 0, inner, 0)
        inners.append(inner)
        later = back(inner, w)
    steps_back = range(layer.steps - 1, -1, -1)
    dx = back(sum(inners), u)
    du = kernel_grad([x] * layer.steps, inners, u)
    dv = kernel_grad([hiddens[t] for t in steps_back], outers, v)
    dw = kernel_grad([estimates[t] for t in steps_back], inners, w)
    dtype = layer.dtype
    return dx.astype(dtype), du.astype(dtype), dv.astype(dtype), dw.astype(dtype)


def back(dy: ArrayLike, kernel: Array) -> Array:
    """The gradient through a convolution with padding "same"."""
    return conv_transpose(dy, kernel, padding="same")


def kernel_grad(x: Sequence[Array], dy: Sequence[Array], kernel: Array) -> Array:
    """The gradient of a kernel that all steps share: the steps are one long batch."""
    taken, given = np.concatenate(x), np.concatenate(dy)
    return conv_weight_grad(taken, given, kernel_size=kernel.shape[2:], padding="same")


@silently
def softmax_cross_entropy(z: ArrayLike, labels: ArrayLike) -> tuple[float, Array]:
    """`cnnref.literal.softmax_cross_entropy`, all rows at once."""
    z, labels, dtype = arguments.labelled("softmax_cross_entropy", z, labels)
    rows = np.arange(len(z))
    shifted = z - z.max(axis=1, keepdims=True)
    chances = np.exp(shifted)
    sums = chances.sum(axis=1, keepdims=True)
    losses = np.log(sums[:, 0]) - shifted[rows, labels]
    dz = chances / sums
    dz[rows, labels] -= 1
    size = max(len(z), 1)
    return float(losses.sum() / size), (dz / size).astype(dtype)
