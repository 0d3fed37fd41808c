"""Gradients of pooling: to the winner, or to all alike."""

import numpy as np
from numpy.typing import ArrayLike

from cnnref import arguments
from cnnref.arguments import Array, silently
from cnnref.literal.gradients.layers import stamp
from cnnref.literal.layers import unpadded
from cnnref.literal.pooling import counted, winners
from cnnref.window import Padding, Sizes


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
    """The gradient of `max_pool`: each dy goes to the one place whose entry won the window.

    Args:
        x: input, shape (N, C, *n).
        dy: output gradient, shape (N, C, *m).
        kernel_size: as of the `max_pool`.
        stride: as of the `max_pool`.
        padding: as of the `max_pool`.
        dilation: as of the `max_pool`.
        ceil_mode: as of the `max_pool`.

    Returns:
        Array of x's shape; dtype ``np.result_type`` of both, integers as float64. Of equal maxima
        the first in row-major order wins; a window of padding alone passes nothing on.

    Raises:
        TypeError: for arrays that do not hold real numbers, options of a wrong kind.
        ValueError: for shapes that do not fit together, integers whose result could pass 2**53.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.3.

    >>> max_pool_grad([[[0, 1, 9, 3]]], [[[5, 7]]], 2)
    array([[[0., 5., 7., 0.]]])
    """
    x, dy, windows, dtype = arguments.pool_grad(
        "max_pool_grad", x, dy, kernel_size, stride, padding, dilation, ceil_mode
    )
    dx = np.zeros(x.shape, dy.dtype)
    where = winners(x, windows)
    for j in np.ndindex(dy.shape):
        if where[j] >= 0:
            dx[(*j[:2], *np.unravel_index(where[j], x.shape[2:]))] += dy[j]
    return dx.astype(dtype)


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
    """The gradient of `avg_pool`: each dy is shared equally among the places averaged.

    Args:
        x_shape: shape of the input, (N, C, *n); its values do not matter.
        dy: output gradient, shape (N, C, *m).
        kernel_size: as of the `avg_pool`.
        stride: as of the `avg_pool`.
        padding: as of the `avg_pool`.
        dilation: as of the `avg_pool`.
        ceil_mode: as of the `avg_pool`.
        count_include_pad: as of the `avg_pool`.

    Returns:
        Array of shape x_shape and dy's dtype, integers as float64.

    Raises:
        TypeError: for a dy that does not hold real numbers, options of a wrong kind.
        ValueError: for shapes that do not fit together, a window with nothing to average.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.3.

    >>> avg_pool_grad((1, 1, 4), [[[4, 6]]], 2)
    array([[[2., 2., 3., 3.]]])
    """
    shape, (dy, windows, sides, dtype) = arguments.pool_shape_grad(
        "avg_pool_grad", x_shape, dy, kernel_size, stride, padding, dilation, ceil_mode
    )
    include = arguments.flag("avg_pool_grad", "count_include_pad", count_include_pad)
    counts = arguments.nonzero("avg_pool_grad", counted(shape[2:], windows, sides, include))
    share = dy / counts.astype(dy.dtype)
    ends = [n + look.before + look.after for n, look in zip(shape[2:], windows, strict=True)]
    padded = np.zeros((*shape[:2], *ends), dy.dtype)
    for j in np.ndindex(dy.shape[2:]):
        one = share[(..., *j)].reshape(*shape[:2], *(1,) * len(j))
        padded[(..., *stamp(j, windows))] += one
    return unpadded(padded, shape[2:], windows).astype(dtype)


@silently
def channel_max_pool_grad(x: ArrayLike, dy: ArrayLike, size: int) -> Array:
    """The gradient of `channel_max_pool`: each dy goes to the first largest of its channels.

    Args:
        x: input, shape (N, C, *n).
        dy: output gradient, shape (N, C/size, *n).
        size: channels per group; divides C.

    Returns:
        Array of x's shape; dtype ``np.result_type`` of both, integers as float64.

    Raises:
        TypeError: for arrays that do not hold real numbers, a size that is no integer.
        ValueError: for shapes that do not fit together.

    Source: Goodfellow, Warde-Farley, Mirza, Courville, Bengio, Maxout Networks, 2013.

    >>> channel_max_pool_grad([[[1, 5], [4, 2]]], [[[10, 20]]], 2)
    array([[[ 0., 20.],
            [10.,  0.]]])
    """
    x, dy, size, dtype = arguments.channel_pool_grad("channel_max_pool_grad", x, dy, size)
    dx = np.zeros(x.shape, dy.dtype)
    for item, group, *place in np.ndindex(dy.shape):
        first = group * size
        winner = first + x[(item, slice(first, first + size), *place)].argmax()
        dx[(item, winner, *place)] = dy[(item, group, *place)]
    return dx.astype(dtype)
