"""Weights of their own at every place: a product for each place, many places in one call."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnnref.arguments import Array
from cnnref.fast.algorithms.task import boxes, volume
from cnnref.window import Window

APART = 16
"""Entries left free behind the products of a place: at a power of two from one place to the next,
all places would fall on the same lines of the cache when they are written side by side."""


def placed(x: Array, w: Array, windows: Sequence[Window]) -> Array:
    """Input (N, C_in, *n) against weights (*m, C_out, C_in, *k): (N, C_out, *m).

    At each place (C_out, C_in prod k) @ (C_in prod k, N), for as many places as the cache holds
    the columns of.
    """
    rank = len(windows)
    m, outputs, taps = w.shape[:rank], w.shape[rank], volume(w.shape[rank + 1 :])
    view = seen(innermost(x, windows), windows, m)  # (*m, C_in, *k, N)
    y = np.empty((len(x), outputs, *m), x.dtype)
    for box in boxes(m, taps * len(x) * x.itemsize):
        kernels = w[box]
        places = kernels.shape[:rank]
        products = apart(places, outputs, len(x), x.dtype)
        columns = view[box].reshape(*places, taps, len(x))
        np.matmul(kernels.reshape(*places, outputs, taps), columns, out=products)
        y[(..., *box)] = np.moveaxis(products, (-1, -2), (0, 1))
    return y


def apart(places: Sequence[int], rows: int, columns: int, dtype: np.dtype[Any]) -> Array:
    """Room for a matrix at each place, with some entries free between them."""
    size = rows * columns
    room = np.empty((*places, size + APART), dtype)
    return room[..., :size].reshape(*places, rows, columns)


def innermost(x: Array, windows: Sequence[Window]) -> Array:
    """The input (N, C, *n) with its padding, images last: (C, *n, N)."""
    each = list(zip(x.shape[2:], windows, strict=True))
    lines = np.zeros((x.shape[1], *(w.before + n + w.after for n, w in each), len(x)), x.dtype)
    real = [slice(w.before, w.before + n) for n, w in each]
    lines[(slice(None), *real)] = np.moveaxis(x, 0, -1)
    return lines


def seen(lines: Array, windows: Sequence[Window], m: Sequence[int]) -> Array:
    """What each place reads of a padded input (C, *n, N), as a view (*m, C, *k, N)."""
    channel, *along, image = lines.strides
    each = list(zip(along, windows, strict=True))
    shape = (*m, len(lines), *(window.kernel for window in windows), lines.shape[-1])
    places, taps = [a * w.stride for a, w in each], [a * w.dilation for a, w in each]
    view: Array = as_strided(lines, shape, (*places, channel, *taps, image), writeable=False)
    return view
