"""The door of pooling on (N, C, *n)."""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from cnnref.arguments.arrays import Array, named, numeric, room, said, solid, working
from cnnref.arguments.layers import fits, layered, places, spatial
from cnnref.window import Window, integer, resolve


class Pool(NamedTuple):
    """Input, one Window per axis, the padding that counts as input, the result's dtype."""

    x: Array
    windows: tuple[Window, ...]
    sides: tuple[tuple[int, int], ...]
    dtype: np.dtype[Any]


def pool(
    op: str,
    x: ArrayLike,
    kernel_size: object,
    stride: object,
    padding: object,
    dilation: object,
    ceil_mode: object,
) -> Pool:
    """The door of max_pool and avg_pool."""
    array = numeric(op, "x", x)
    layered(op, "x", array, said(x=array.shape))
    found, sides = pooled(op, array.shape[2:], kernel_size, stride, padding, dilation, ceil_mode)
    (array,), dtype = working([array])
    fits(op, array, found, (*array.shape[:2], *places(found, array.shape[2:])))
    return Pool(array, found, sides, dtype)


def pooled(
    op: str,
    n: tuple[int, ...],
    kernel_size: object,
    stride: object,
    padding: object,
    dilation: object,
    ceil_mode: object,
) -> tuple[tuple[Window, ...], tuple[tuple[int, int], ...]]:
    """The Windows of a pool, and the padding that counts as input whatever ceil_mode adds."""
    steps = kernel_size if stride is None else stride
    floor = named(op, lambda: resolve(n, kernel_size, steps, padding, dilation))
    found = named(op, lambda: resolve(n, kernel_size, steps, padding, dilation, ceil_mode))
    return found, tuple((window.before, window.after) for window in floor)


def nonzero(op: str, counts: Array) -> Array:
    """The counts, none of which may be zero."""
    if not counts.all():
        raise ValueError(f"{op}: every window must reach a place to average; got one that does not")
    return counts


def channel_pool(op: str, x: ArrayLike, size: object) -> tuple[Array, int, np.dtype[Any]]:
    """The door of channel_max_pool: x, the channels per group, the dtype."""
    array = numeric(op, "x", x)
    shapes = said(x=array.shape)
    if array.ndim < 2:
        raise ValueError(f"{op}: x must have the axes (N, C, *n); got {shapes}")
    solid(op, "x", array, shapes, 1)
    count = named(op, lambda: integer("size", size, 1))
    if array.shape[1] % count:
        raise ValueError(
            f"{op}: size must divide the channels; got {array.shape[1]} and size={count} ({shapes})"
        )
    (array,), dtype = working([array])
    return array, count, dtype


def unpool(
    op: str, y: ArrayLike, indices: ArrayLike, output_size: object
) -> tuple[Array, Array, tuple[int, ...], np.dtype[Any]]:
    """The door of max_unpool: values, their places (-1 for none), the spatial shape, the dtype."""
    array, where = numeric(op, "y", y), numeric(op, "indices", indices)
    shapes = said(y=array.shape, indices=where.shape)
    layered(op, "y", array, shapes)
    if not np.issubdtype(where.dtype, np.integer):
        raise TypeError(f"{op}: indices must be integers; got dtype {where.dtype}")
    if where.shape != array.shape:
        raise ValueError(f"{op}: y and indices must have the same shape; got {shapes}")
    n = named(op, lambda: spatial("output_size", output_size))
    if len(n) != array.ndim - 2:
        raise ValueError(
            f"{op}: output_size must have one entry per spatial axis; got {len(n)} for "
            f"{array.ndim - 2} ({output_size!r})"
        )
    count = math.prod(n)
    (array,), dtype = working([array])
    room(op, (*array.shape[:2], *n), array.dtype)
    places = where.astype(np.int64)
    if places.size and (places.min() < -1 or places.max() >= count):
        wrong = next(int(i) for i in places.flat if not -1 <= i < count)
        raise ValueError(f"{op}: indices must be from -1 to {count - 1}; got {wrong}")
    return array, places, n, dtype
