"""Gradients of the layers: the adjoint of convolution, and what it is made of."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnnref import arguments
from cnnref.arguments import Array, silently
from cnnref.literal.layers import pad_places, unpadded
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
    r"""The transpose of `conv`: each output place stamps its kernel onto the places it read.

    $x_c(i) = b_c + \sum_f \sum_{(j, a)\,:\, j s + a d - p = i} y_f(j)\, w_{f,c}(a)$, the gradient
    of `conv` with respect to its input, and not its inverse.

    Args:
        y: output gradient, shape (N, C_out, *m).
        w: weights of the `conv`, shape (C_out, C_in/groups, *k).
        b: bias on the result, shape (C_in,), (C_in, *n) or None.
        output_size: spatial shape n of the result; the smallest that `conv` maps to m when None.
        stride: as of the `conv`.
        padding: as of the `conv`.
        dilation: as of the `conv`.
        groups: as of the `conv`.

    Returns:
        Array (N, C_in, *n); dtype ``np.result_type`` of what came in, integers as float64.

    Raises:
        TypeError: for arrays that do not hold real numbers, options of a wrong kind.
        ValueError: for shapes that do not fit together, an output size that no `conv` with these
            options maps to m, integers whose result could pass 2**53.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.5 (equation 9.13); Dumoulin and
    Visin, A Guide to Convolution Arithmetic for Deep Learning, 2016.

    >>> conv_transpose([[[1, 2]]], [[[1, 10]]], stride=2)
    array([[[ 1., 10.,  2., 20.]]])
    """
    y, w, b, groups, n, windows, dtype = arguments.conv_transpose(
        "conv_transpose", y, w, b, output_size, stride, padding, dilation, groups
    )
    inputs, outputs = w.shape[1], len(w) // groups
    ends = [size + look.before + look.after for size, look in zip(n, windows, strict=True)]
    padded = np.zeros((len(y), inputs * groups, *ends), y.dtype)
    for f in range(len(w)):
        first = f // outputs * inputs
        for j in np.ndindex(y.shape[2:]):
            value = y[(slice(None), f, *j)].reshape(-1, *(1,) * (w.ndim - 1))  # (N, 1, *1)
            padded[(slice(None), slice(first, first + inputs), *stamp(j, windows))] += value * w[f]
    x = unpadded(padded, n, windows)
    return (x if b is None else x + b).astype(dtype)


def stamp(j: Sequence[int], windows: Sequence[Window]) -> list[Any]:
    """The places of the padded input that output place j reads."""
    return [
        slice(ji * look.stride, ji * look.stride + look.span, look.dilation)
        for ji, look in zip(j, windows, strict=True)
    ]


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
    r"""The gradient of `conv` with respect to its weights, a sum over all places that share them.

    $\mathrm{d}w_{f,c}(a) = \sum_n \sum_j \mathrm{d}y_{n,f}(j)\, x_{n,c}(j s + a d - p)$.

    Args:
        x: input, shape (N, C_in, *n).
        dy: output gradient, shape (N, C_out, *m).
        kernel_size: taps per axis, one integer or one per axis.
        stride: as of the `conv`.
        padding: as of the `conv`.
        dilation: as of the `conv`.
        groups: as of the `conv`.

    Returns:
        Array (C_out, C_in/groups, *k), zeros for an empty batch; dtype ``np.result_type`` of both.

    Raises:
        TypeError: for arrays that do not hold real numbers, options of a wrong kind.
        ValueError: for shapes that do not fit together, integers whose result could pass 2**53.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.5 (equation 9.11).

    >>> conv_weight_grad([[[1, 2, 3]]], [[[1, 10]]], kernel_size=2)
    array([[[21., 32.]]])
    """
    x, dy, groups, windows, dtype = arguments.conv_weight_grad(
        "conv_weight_grad", x, dy, kernel_size, stride, padding, dilation, groups
    )
    padded = pad_places(x, windows, 0)
    inputs, outputs = x.shape[1] // groups, dy.shape[1] // groups
    dw = np.zeros((dy.shape[1], inputs, *(look.kernel for look in windows)), x.dtype)
    for f in range(len(dw)):
        first = f // outputs * inputs
        for j in np.ndindex(dy.shape[2:]):
            seen = padded[(slice(None), slice(first, first + inputs), *stamp(j, windows))]
            value = dy[(slice(None), f, *j)].reshape(-1, *(1,) * (seen.ndim - 1))
            dw[f] += (value * seen).sum(axis=0)
    return dw.astype(dtype)


@silently
def bias_grad(dy: ArrayLike, shape: tuple[int, ...]) -> Array:
    r"""The gradient with respect to a bias: the sum of dy over all places that share an entry.

    $\mathrm{d}b_f(r) = \sum_n \sum_{j \bmod t = r} \mathrm{d}y_{n,f}(j)$, with $t = 1$ for a bias
    shared over places and $t = m$ for one per place.

    Args:
        dy: output gradient, shape (N, C, *m).
        shape: the shape of the bias, (C,), (C, *t) or (C, *m).

    Returns:
        Array of that shape and dy's dtype, integers as float64.

    Raises:
        TypeError: for a dy that does not hold real numbers, a shape that is none.
        ValueError: for a shape that no bias of this layer has, integers whose sum could pass 2**53.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.5.

    >>> bias_grad([[[1, 2, 3]]], (1,)), bias_grad([[[1, 2, 3]]], (1, 2))
    (array([6.]), array([[4., 2.]]))
    """
    dy, tile, dtype = arguments.bias_grad("bias_grad", dy, shape)
    db = np.zeros((dy.shape[1], *tile), dy.dtype)
    for j in np.ndindex(dy.shape[2:]):
        db[(slice(None), *(ji % t for ji, t in zip(j, tile, strict=True)))] += dy[(..., *j)].sum(
            axis=0
        )
    return db.reshape(shape).astype(dtype)


@silently
def dense_grad(x: ArrayLike, w: ArrayLike, dy: ArrayLike) -> tuple[Array, Array]:
    r"""The gradients of `dense` with respect to its input and its weights.

    $\mathrm{d}x_c(i) = \sum_f \mathrm{d}y_f\, w_{f,c}(i)$ and
    $\mathrm{d}w_{f,c}(i) = \sum_n \mathrm{d}y_{n,f}\, x_{n,c}(i)$.

    Args:
        x: input, shape (N, C_in, *n).
        w: weights, shape (C_out, C_in, *n).
        dy: output gradient, shape (N, C_out).

    Returns:
        dx of x's shape and dw of w's shape; dtype ``np.result_type`` of what came in.

    Raises:
        TypeError: for arrays that do not hold real numbers.
        ValueError: for shapes that do not fit together, integers whose result could pass 2**53.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 6.5.

    >>> dense_grad([[1, 2]], [[1, 10]], [[3]])
    (array([[ 3., 30.]]), array([[3., 6.]]))
    """
    x, w, dy, dtype = arguments.dense_grad("dense_grad", x, w, dy)
    dx, dw = np.zeros(x.shape, x.dtype), np.zeros(w.shape, w.dtype)
    for item in range(len(x)):
        for f in range(len(w)):
            dx[item] += dy[item, f] * w[f]
            dw[f] += dy[item, f] * x[item]
    return dx.astype(dtype), dw.astype(dtype)


@silently
def relu_grad(x: ArrayLike, dy: ArrayLike) -> Array:
    """The gradient of `relu`: dy where x is positive, 0 elsewhere, at 0 too.

    Args:
        x: input, any shape.
        dy: output gradient, of x's shape.

    Returns:
        Array of x's shape; dtype ``np.result_type`` of both, integers as float64.

    Raises:
        TypeError: for arrays that do not hold real numbers.
        ValueError: for a dy of another shape.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 6.3.

    >>> relu_grad([-1, 0, 2], [5, 6, 7])
    array([0., 0., 7.])
    """
    x, dy, dtype = arguments.elementwise_grad("relu_grad", x, dy)
    return np.where(x > 0, dy, 0).astype(dtype)


@silently
def softmax_cross_entropy(z: ArrayLike, labels: ArrayLike) -> tuple[float, Array]:
    r"""The loss of a classifier and its gradient with respect to the scores.

    $L = -\frac{1}{N} \sum_n \log \frac{e^{z_{n,l_n}}}{\sum_q e^{z_{n,q}}}$.

    Args:
        z: scores, shape (N, classes).
        labels: the right class of each row, integers, shape (N,).

    Returns:
        The loss, the mean over the batch (0 for an empty one), and dz of z's shape and dtype.

    Raises:
        TypeError: for scores that are not real numbers, labels that are not integers.
        ValueError: for shapes that do not fit together, a label that is no class.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 6.2.2.3.

    >>> loss, dz = softmax_cross_entropy([[0, 0]], [1])
    >>> round(loss, 4), dz
    (0.6931, array([[ 0.5, -0.5]]))
    """
    z, labels, dtype = arguments.labelled("softmax_cross_entropy", z, labels)
    loss, dz = 0.0, np.zeros(z.shape, z.dtype)
    for row, label in enumerate(labels):
        shifted = z[row] - z[row].max()
        chances = np.exp(shifted) / np.exp(shifted).sum()
        loss += float(np.log(np.exp(shifted).sum()) - shifted[label]) / len(z)
        dz[row] = chances / len(z)
        dz[row, label] -= 1 / len(z)
    return loss, dz.astype(dtype)
