"""Pools one axis after the other, on a few planes at a time, in runs as long as these planes."""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from cnnref.arguments import Array
from cnnref.window import Window

CACHE = 1 << 20
"""Bytes of input that are pooled at a time."""

Operation = Callable[..., object]


def separable(x: Array, windows: Sequence[Window], fill: float, operation: Operation) -> Array:
    """Every window of (N, C, *n) combined by np.maximum or np.add: (N, C, *m).

    Both may be done along one axis after the other. Along an axis, windows of twice the size come
    from two neighbours, so that a large one takes about as many steps as its size has digits.
    """
    n = x.shape[2:]
    m = tuple(window.places(size) for size, window in zip(n, windows, strict=True))
    planes, count = x.reshape(math.prod(x.shape[:2]), *n), math.prod(x.shape[:2])
    y = np.empty((count, *m), x.dtype)
    whole = [
        -(-(size + w.before + w.after) // w.stride) * w.stride
        for size, w in zip(n, windows, strict=True)
    ]
    few = max(1, CACHE // (math.prod(whole) * x.itemsize))
    room = None if whole == list(n) else np.full((min(few, count), *whole), fill, x.dtype)
    real = [slice(w.before, w.before + size) for size, w in zip(n, windows, strict=True)]
    kept = tuple(slice(0, size) for size in m)
    tight = all(size == n * w.stride for size, n, w in zip(whole, m, windows, strict=True))
    for first in range(0, count, few):
        block = planes[first : first + few]
        if room is not None:
            block, bare = room[: len(block)], block
            block[(slice(None), *real)] = bare
        into = y[first : first + few]
        for axis, window in enumerate(windows, 1):
            out = into if tight and axis == len(windows) else None
            block = along(block, axis, window, operation, out)
        if block is not into:
            into[...] = block[(slice(None), *kept)]
    return y.reshape(*x.shape[:2], *m)


def along(
    x: Array, axis: int, window: Window, operation: Operation, out: Array | None = None
) -> Array:
    """The windows of one axis, whose size is a multiple of the stride; into `out` if it can.

    Planes are taken as one long row, so the last places of an axis, which do not exist, hold
    what the next row begins with, or anything at all: they are cut off in the end.
    """
    shape = list(x.shape)
    shape[axis] //= window.stride
    inner = math.prod(shape[axis + 1 :])
    rows = x.size // (window.stride * inner)
    y = before = None
    for source, tap in sources(x.reshape(-1), window, inner, operation):
        behind, phase = divmod(tap * window.dilation, window.stride)
        seen = source.reshape(rows, window.stride, inner)[behind:, phase]
        if before is None:  # the first tap is never behind
            before = seen
            continue
        if y is None:
            y = np.empty((rows, inner), x.dtype) if out is None else out.reshape(rows, inner)
        operation(before[: len(seen)], seen, out=y[: len(seen)])
        before = y
    assert before is not None
    return before.reshape(shape) if out is None or y is None else out


def sources(
    x: Array, window: Window, inner: int, operation: Operation
) -> Iterator[tuple[Array, int]]:
    """What to read, and at which taps, to have the window: in sums no place twice."""
    k = window.kernel
    if k - 1 <= (k.bit_length() + 1) * window.stride:
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
