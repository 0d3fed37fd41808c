"""Layers that share their weights less, or over time: local, tiled, recurrent.

Its page is docs/variants.md, its laws are in cnnref/laws/variants.py, run by tests/laws.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnnref import arguments
from cnnref.arguments import Array, Layer, silently
from cnnref.literal.layers import conv, pad_places, relu
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
    r"""A layer that looks where `conv` looks but has weights of its own at every place.

    $y_f(j) = b_f + \sum_c \sum_a x_c(j s + a d - p)\, w_{j,f,c}(a)$.

    Args:
        x: input, shape (N, C_in, *n).
        w: weights, shape (*m, C_out, C_in, *k).
        b: bias, shape (C_out,) shared over places, (C_out, *m) one per place, or None.
        stride: input places between neighbouring output places.
        padding: "valid", "same", "same_lower", "full", or numbers, see `windows`.
        dilation: input places between neighbouring taps; 1 is the plain kernel.

    Returns:
        Array (N, C_out, *m); dtype ``np.result_type`` of what came in, integers as float64.

    Raises:
        TypeError: for arrays that do not hold real numbers, options of a wrong kind.
        ValueError: for shapes that do not fit together, a window larger than the padded input,
            integers whose result could pass 2**53.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.5 (equation 9.9).

    >>> locally_connected([[[1, 2, 3]]], [[[[1]]], [[[10]]], [[[100]]]])
    array([[[  1.,  20., 300.]]])
    """
    layer = arguments.tiled("locally_connected", x, w, b, stride, padding, dilation)
    return placed(layer)


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
    r"""A layer whose weights repeat every t places: place j uses those of $j \bmod t$.

    $y_f(j) = b_f + \sum_c \sum_a x_c(j s + a d - p)\, w_{j \bmod t,f,c}(a)$.

    Args:
        x: input, shape (N, C_in, *n).
        w: weights, shape (*t, C_out, C_in, *k).
        b: bias, shape (C_out,) shared, (C_out, *t) tiled, (C_out, *m) one per place, or None.
        stride: input places between neighbouring output places.
        padding: "valid", "same", "same_lower", "full", or numbers, see `windows`.
        dilation: input places between neighbouring taps; 1 is the plain kernel.

    Returns:
        Array (N, C_out, *m); dtype ``np.result_type`` of what came in, integers as float64.

    Raises:
        TypeError: for arrays that do not hold real numbers, options of a wrong kind.
        ValueError: for shapes that do not fit together, a window larger than the padded input,
            integers whose result could pass 2**53.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.5 (equation 9.10), with places
    counted from 0.

    >>> tiled_conv([[[1, 2, 3, 4]]], [[[[1]]], [[[10]]]])
    array([[[ 1., 20.,  3., 40.]]])
    """
    layer = arguments.tiled("tiled_conv", x, w, b, stride, padding, dilation)
    return placed(layer)


def placed(layer: Layer) -> Array:
    """The layer, place by place: the window there times the weights of that place."""
    x, w, b, windows, dtype = layer
    padded, rank = pad_places(x, windows, 0), len(windows)
    m = [window.places(n) for window, n in zip(windows, x.shape[2:], strict=True)]
    y = np.zeros((len(x), w.shape[rank], *m), x.dtype)
    for j in np.ndindex(*m):
        kernel = w[tuple(ji % t for ji, t in zip(j, w.shape, strict=False))]  # (C_out, C_in, *k)
        window: list[Any] = [
            slice(ji * look.stride, ji * look.stride + look.span, look.dilation)
            for ji, look in zip(j, windows, strict=True)
        ]
        seen = padded[(..., *window)]  # (N, C_in, *k)
        for f in range(len(kernel)):
            y[(slice(None), f, *j)] = (seen * kernel[f]).sum(axis=tuple(range(1, seen.ndim)))
    return (y if b is None else y + b).astype(dtype)


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
    r"""Convolution that refines its own output with the same kernels at every step.

    $H_t = \phi(u \star x + w \star Y_{t-1})$ and $Y_t = v \star H_t$ with $Y_0 = 0$; every
    $\star$ is `conv` with padding "same".

    Args:
        x: input, shape (N, C_in, *n).
        u: input to hidden, shape (C_h, C_in, *k).
        v: hidden to output, shape (C_out, C_h, *k).
        w: output back to hidden, shape (C_h, C_out, *k); the three may differ in k.
        steps: number of refinements, at least 1.
        activation: "tanh", "relu" or "identity".

    Returns:
        All estimates, array (steps, N, C_out, *n); dtype ``np.result_type`` of what came in.

    Raises:
        TypeError: for arrays that do not hold real numbers, options of a wrong kind.
        ValueError: for shapes that do not fit together, an unknown activation, integers whose
            result could pass 2**53.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.6 (figure 9.17); Pinheiro and
    Collobert, Recurrent Convolutional Neural Networks for Scene Labeling, 2014.

    >>> one = [[[1]]]
    >>> recurrent_conv([[[5, 7]]], one, one, [[[2]]], steps=2, activation="identity")[:, 0, 0]
    array([[ 5.,  7.],
           [15., 21.]])
    """
    x, u, v, w, count, dtype = arguments.recurrent("recurrent_conv", x, u, v, w, steps, activation)
    y = np.zeros((len(x), len(v), *x.shape[2:]), x.dtype)
    estimates = []
    for _step in range(count):
        hidden = activated(conv(x, u, padding="same") + conv(y, w, padding="same"), activation)
        y = conv(hidden, v, padding="same")
        estimates.append(y)
    return np.stack(estimates).astype(dtype)


def activated(x: Array, activation: str) -> Array:
    """The hidden values after the named function."""
    if activation == "tanh":
        return np.tanh(x)
    return relu(x) if activation == "relu" else x
