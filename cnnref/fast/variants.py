"""Layers that share their weights less, or over time: products in blocks."""

import numpy as np
from numpy.typing import ArrayLike

from cnnref import arguments
from cnnref.arguments import Array, silently
from cnnref.fast.layers import conv
from cnnref.fast.placed import placed, tiled
from cnnref.window import Padding, Sizes


@silently
def locally_connected(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None = None,
    *,
    stride: Sizes = 1,
    padding: Padding = "valid",
    dilation: Sizes = 1,
) -> Array:
    """`cnnref.literal.locally_connected`, one product for each place."""
    layer = arguments.tiled("locally_connected", x, w, b, stride, padding, dilation)
    y = placed(layer.x, layer.w, layer.windows)
    if layer.b is not None:
        y += layer.b
    return y.astype(layer.dtype, copy=False)


@silently
def tiled_conv(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None = None,
    *,
    stride: Sizes = 1,
    padding: Padding = "valid",
    dilation: Sizes = 1,
) -> Array:
    """`cnnref.literal.tiled_conv`, a strided layer for each phase of the tile."""
    layer = arguments.tiled("tiled_conv", x, w, b, stride, padding, dilation)
    y = tiled(layer.x, layer.w, layer.windows)
    if layer.b is not None:
        y += layer.b
    return y.astype(layer.dtype, copy=False)


@silently
def recurrent_conv(
    x: ArrayLike,
    u: ArrayLike,
    v: ArrayLike,
    w: ArrayLike,
    *,
    steps: int,
    activation: str = "tanh",
) -> Array:
    """`cnnref.literal.recurrent_conv`, with u applied to x only once."""
    x, u, v, w, count, dtype = arguments.recurrent("recurrent_conv", x, u, v, w, steps, activation)
    _, estimates = unrolled(x, u, v, w, count, activation)
    return np.stack(estimates[1:]).astype(dtype)


def unrolled(
    x: Array, u: Array, v: Array, w: Array, steps: int, activation: str
) -> tuple[list[Array], list[Array]]:
    """The hidden values of each step, and the estimates, of which the first is zero."""
    seen = conv(x, u, padding="same")
    hiddens, estimates = [], [np.zeros((len(x), len(v), *x.shape[2:]), x.dtype)]
    for _ in range(steps):
        before = seen + conv(estimates[-1], w, padding="same")
        hiddens.append(activated(before, activation))
        estimates.append(conv(hiddens[-1], v, padding="same"))
    return hiddens, estimates


def activated(x: Array, activation: str) -> Array:
    """The hidden values after the named function."""
    if activation == "tanh":
        return np.tanh(x)
    return np.asarray(np.maximum(x, 0)) if activation == "relu" else x
