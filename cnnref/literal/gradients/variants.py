"""Gradients of the local, tiled and recurrent layers."""

import numpy as np
from numpy.typing import ArrayLike

from cnnref import arguments
from cnnref.arguments import Array, silently
from cnnref.literal.gradients.layers import conv_transpose, conv_weight_grad, stamp
from cnnref.literal.layers import conv, pad_places, unpadded
from cnnref.literal.variants import activated
from cnnref.window import Padding, Sizes


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
    """The gradients of `locally_connected` with respect to its input and its weights.

    Args:
        x: input, shape (N, C_in, *n).
        w: weights, shape (*m, C_out, C_in, *k).
        dy: output gradient, shape (N, C_out, *m).
        stride: as of the layer.
        padding: as of the layer.
        dilation: as of the layer.

    Returns:
        dx of x's shape and dw of w's shape; dtype ``np.result_type`` of what came in.

    Raises:
        TypeError: for arrays that do not hold real numbers, options of a wrong kind.
        ValueError: for shapes that do not fit together, integers whose result could pass 2**53.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.5.

    >>> locally_connected_grad([[[1, 2]]], [[[[3]]], [[[4]]]], [[[1, 10]]])[0]
    array([[[ 3., 40.]]])
    """
    return placed_grad("locally_connected_grad", x, w, dy, stride, padding, dilation)


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
    """The gradients of `tiled_conv` with respect to its input and its weights.

    Args:
        x: input, shape (N, C_in, *n).
        w: weights, shape (*t, C_out, C_in, *k).
        dy: output gradient, shape (N, C_out, *m).
        stride: as of the layer.
        padding: as of the layer.
        dilation: as of the layer.

    Returns:
        dx of x's shape and dw of w's shape; dtype ``np.result_type`` of what came in.

    Raises:
        TypeError: for arrays that do not hold real numbers, options of a wrong kind.
        ValueError: for shapes that do not fit together, integers whose result could pass 2**53.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.5.

    >>> tiled_conv_grad([[[1, 2, 3]]], [[[[1]]], [[[10]]]], [[[1, 1, 1]]])[1].ravel()
    array([4., 2.])
    """
    return placed_grad("tiled_conv_grad", x, w, dy, stride, padding, dilation)


def placed_grad(
    op: str,
    x: ArrayLike,
    w: ArrayLike,
    dy: ArrayLike,
    stride: object,
    padding: object,
    dilation: object,
) -> tuple[Array, Array]:
    """Both gradients, place by place: the window there against the weights of that place."""
    layer, dy = arguments.tiled_grad(op, x, w, dy, stride, padding, dilation)
    padded = pad_places(layer.x, layer.windows, 0)
    dpadded, dw = np.zeros(padded.shape, dy.dtype), np.zeros(layer.w.shape, dy.dtype)
    for j in np.ndindex(dy.shape[2:]):
        tile = tuple(ji % t for ji, t in zip(j, layer.w.shape, strict=False))
        window = (..., *stamp(j, layer.windows))
        for item, f in np.ndindex(dy.shape[:2]):
            value = dy[(item, f, *j)]
            dpadded[item][window] += value * layer.w[tile][f]
            dw[tile][f] += value * padded[item][window]
    dx = unpadded(dpadded, layer.x.shape[2:], layer.windows)
    return dx.astype(layer.dtype), dw.astype(layer.dtype)


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
    """The gradients of `recurrent_conv`, summed over the steps that share the kernels.

    Args:
        x: input, shape (N, C_in, *n).
        u: input to hidden, shape (C_h, C_in, *k).
        v: hidden to output, shape (C_out, C_h, *k).
        w: output back to hidden, shape (C_h, C_out, *k).
        dy: gradient of every estimate, shape (steps, N, C_out, *n).
        steps: as of the layer.
        activation: as of the layer.

    Returns:
        dx, du, dv and dw, each of its argument's shape; dtype ``np.result_type`` of what came in.

    Raises:
        TypeError: for arrays that do not hold real numbers, options of a wrong kind.
        ValueError: for shapes that do not fit together, an unknown activation.

    Source: Goodfellow, Bengio, Courville, Deep Learning, sections 9.6 and 10.2.

    >>> one = [[[1]]]
    >>> dx, *_ = recurrent_conv_grad(
    ...     [[[5]]], one, one, [[[2]]], [[[[0]]], [[[1]]]], steps=2, activation="identity"
    ... )
    >>> dx
    array([[[3.]]])
    """
    layer, dy = arguments.recurrent_grad("recurrent_conv_grad", x, u, v, w, dy, steps, activation)
    x, u, v, w = layer.x, layer.u, layer.v, layer.w
    hiddens, estimates = [], [np.zeros(dy.shape[1:], x.dtype)]
    for _ in range(layer.steps):
        before = conv(x, u, padding="same") + conv(estimates[-1], w, padding="same")
        hiddens.append(activated(before, activation))
        estimates.append(conv(hiddens[-1], v, padding="same"))
    n, gradients = x.shape[2:], [np.zeros(a.shape, dy.dtype) for a in (x, u, v, w)]
    later = np.zeros(dy.shape[1:], dy.dtype)
    for t in reversed(range(layer.steps)):
        outer = dy[t] + later  # what this estimate owes to the loss, now and later
        inner = conv_transpose(outer, v, output_size=n, padding="same")
        inner = through(inner, hiddens[t], activation)
        later = conv_transpose(inner, w, output_size=n, padding="same")
        gradients[0] += conv_transpose(inner, u, output_size=n, padding="same")
        gradients[1] += kernel_grad(x, inner, u)
        gradients[2] += kernel_grad(hiddens[t], outer, v)
        gradients[3] += kernel_grad(estimates[t], inner, w)
    dx, du, dv, dw = (gradient.astype(layer.dtype) for gradient in gradients)
    return dx, du, dv, dw


def kernel_grad(x: Array, dy: Array, kernel: Array) -> Array:
    """The gradient with respect to a kernel applied with padding "same"."""
    return conv_weight_grad(x, dy, kernel_size=kernel.shape[2:], padding="same")


def through(dy: Array, hidden: Array, activation: str) -> Array:
    """What the activation passes back, told from its value: its slope times dy, and if it is closed
    nothing, not even NaN, as `relu_grad` has it."""
    if activation == "identity":
        return dy
    return np.asarray(dy * (1 - hidden**2) if activation == "tanh" else np.where(hidden > 0, dy, 0))
