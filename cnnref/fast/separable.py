"""Pools one axis after the other, on a few planes at a time, in runs as long as these planes."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.views import around, inside, places
from cnnref.window import Window

CACHE = 1 << 21
"""Bytes of input that are pooled at a time."""

RUN = 512
"""Entries between two windows along an axis from which on those between are not computed, too."""

Operation = Callable[..., object]


def separable(x: Array, windows: Sequence[Window], fill: float, operation: Operation) -> Array:
    """Every window of (N, C, *n) combined by np.maximum or np.add: (N, C, *m).

    Both may be done along one axis after the other. Along an axis, windows of twice the size come
    from two neighbours, so that a large one takes about as many steps as its size has digits.
    """
    m = places(x.shape[2:], windows)
    y = np.empty((math.prod(x.shape[:2]), *m), x.dtype)
    for some, block in planes(x, windows, fill, CACHE):
        left = 1
        for axis, window in enumerate(windows, 1):
            block, left = along(thinned(block, axis - 1, left), axis, window, operation)
        kept: list[Any] = [*map(slice, m[:-1]), slice(0, m[-1] * left, left)]
        y[some] = block[(slice(None), *kept)]
    return y.reshape(*x.shape[:2], *m)


def planes(
    x: Array, windows: Sequence[Window], fill: float, most: int
) -> Iterator[tuple[slice, Array]]:
    """A few planes (N C, *n) at a time: which, and what they hold with padding around them.

    Behind it is more of the same, up to a multiple of the stride.
    """
    n, count = x.shape[2:], math.prod(x.shape[:2])
    bare, each = x.reshape(count, *n), zip(around(n, windows), windows, strict=True)
    whole = [-(-size // window.stride) * window.stride for size, window in each]
    few = max(1, most // (math.prod(whole) * x.itemsize))
    room = None if whole == list(n) else np.full((min(few, count), *whole), fill, x.dtype)
    for first in range(0, count, few):
        some = slice(first, min(first + few, count))
        if room is None:
            yield some, np.ascontiguousarray(bare[some])
        else:
            block = room[: some.stop - first]
            inside(block, n, windows)[...] = bare[some]
            yield some, block


def along(x: Array, axis: int, window: Window, operation: Operation) -> tuple[Array, int]:
    """The windows of one axis, whose size is a multiple of the stride, and which of them to keep.

    Planes are taken as one long row, so the last places of an axis, which do not exist, hold
    what the next row begins with, or anything at all: they are cut off in the end.
    """
    inner = math.prod(x.shape[axis + 1 :])
    step, left = steps(window.stride, inner)
    y = before = None
    for source, tap in sources(x.reshape(-1), window, step, inner, operation):
        seen = runs(source, tap * window.dilation, step, inner)
        if before is None:  # the first tap is never behind
            before = seen
            continue
        if y is None:
            y = np.empty(before.shape, x.dtype)
        operation(before[: len(seen)], seen, out=y[: len(seen)])
        before = y
    assert before is not None
    return before.reshape(*x.shape[:axis], x.shape[axis] // step, *x.shape[axis + 1 :]), left


def steps(stride: int, inner: int) -> tuple[int, int]:
    """The stride, as the steps that are taken along an axis, and what is left for the end.

    Where runs of neighbours are short, windows at all places cost less than those at every s-th.
    """
    return (stride, 1) if (stride - 1) * inner >= RUN else (1, stride)


def runs(x: Array, shift: int, step: int, inner: int) -> Array:
    """Every so many-th run of inner entries of a row, from the one that is shifted on."""
    behind, phase = divmod(shift, step)
    return x.reshape(-1, step, inner)[behind:, phase]


def thinned(x: Array, axis: int, step: int) -> Array:
    """Every so many-th place of an axis, whose size is a multiple of that."""
    if step == 1:
        return x
    shape = (*x.shape[:axis], x.shape[axis] // step, *x.shape[axis + 1 :])
    rows = x.reshape(-1, math.prod(x.shape[axis + 1 :]))
    if rows.shape[1] == 1:
        return np.ascontiguousarray(rows[::step]).reshape(shape)
    return rows.take(np.arange(0, len(rows), step), axis=0).reshape(shape)


def sources(
    x: Array, window: Window, step: int, inner: int, operation: Operation
) -> Iterator[tuple[Array, int]]:
    """What to read, and at which taps, to have the window: in sums no place twice."""
    k = window.kernel
    if k < 4 or (step > 1 and k - 1 <= (k.bit_length() + 1) * step):
        yield from ((x, tap) for tap in range(k))
        return
    width, tap = 1, 0
    while True:
        if operation is np.add and k & width:
            yield x, tap
            tap += width
        if 2 * width > k:
            break
        shift, double = width * window.dilation * inner, np.empty_like(x)
        operation(x[: len(x) - shift], x[shift:], out=double[: len(x) - shift])
        x, width = double, 2 * width
    if operation is not np.add:  # a maximum may read a place twice
        yield x, 0
        if width < k:
            yield x, k - width
