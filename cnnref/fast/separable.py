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
    m = places(x, windows)
    y = np.empty((math.prod(x.shape[:2]), *m), x.dtype)
    for some, padded in planes(x, windows, fill):
        block, kept = padded, []
        for axis, (window, size) in enumerate(zip(windows, m, strict=True), 1):
            step, left = steps(window, block.shape[axis + 1 :])
            block = along(block, axis, window, step, operation)
            kept.append(slice(0, size * left, left))
        y[some] = block[(slice(None), *kept)]
    return y.reshape(*x.shape[:2], *m)


def places(x: Array, windows: Sequence[Window]) -> tuple[int, ...]:
    """The number of output places on each axis."""
    return tuple(window.places(size) for size, window in zip(x.shape[2:], windows, strict=True))


def planes(
    x: Array, windows: Sequence[Window], fill: float, most: int = CACHE
) -> Iterator[tuple[slice, Array]]:
    """A few planes (N C, *n) at a time: which, and what they hold with padding around them.

    Behind it is more of the same, up to a multiple of the stride.
    """
    n, count = x.shape[2:], math.prod(x.shape[:2])
    bare = x.reshape(count, *n)
    each = list(zip(n, windows, strict=True))
    whole = [-(-(size + w.before + w.after) // w.stride) * w.stride for size, w in each]
    few = max(1, most // (math.prod(whole) * x.itemsize))
    real = [slice(w.before, w.before + size) for size, w in each]
    room = None if whole == list(n) else np.full((min(few, count), *whole), fill, x.dtype)
    for first in range(0, count, few):
        some = slice(first, min(first + few, count))
        if room is None:
            yield some, np.ascontiguousarray(bare[some])
        else:
            block = room[: some.stop - first]
            block[(slice(None), *real)] = bare[some]
            yield some, block


def steps(window: Window, inner: Sequence[int]) -> tuple[int, int]:
    """The stride, as what is taken of it along an axis, and what is left for the end.

    Where runs of neighbours are short, windows at every place are faster than at every s-th.
    """
    soon = window.stride >= 9 or (window.stride - 1) * math.prod(inner) >= 150
    return (window.stride, 1) if soon else (1, window.stride)


def along(x: Array, axis: int, window: Window, stride: int, operation: Operation) -> Array:
    """The windows of one axis, whose size is a multiple of the stride.

    Planes are taken as one long row, so the last places of an axis, which do not exist, hold
    what the next row begins with, or anything at all: they are cut off in the end.
    """
    shape = list(x.shape)
    shape[axis] //= stride
    inner = math.prod(shape[axis + 1 :])
    y = before = None
    for source, tap in sources(x.reshape(-1), window, stride, inner, operation):
        seen = shifted(source, tap * window.dilation, stride, inner)
        if before is None:  # the first tap is never behind
            before = seen
            continue
        if y is None:
            y = np.empty(before.shape, x.dtype)
        operation(before[: len(seen)], seen, out=y[: len(seen)])
        before = y
    assert before is not None
    return before.reshape(shape)


def shifted(x: Array, shift: int, stride: int, inner: int) -> Array:
    """Every stride-th run of inner entries from this one on."""
    behind, phase = divmod(shift, stride)
    return x.reshape(-1, stride, inner)[behind:, phase]


def sources(
    x: Array, window: Window, stride: int, inner: int, operation: Operation
) -> Iterator[tuple[Array, int]]:
    """What to read, and at which taps, to have the window: in sums no place twice."""
    k = window.kernel
    if k - 1 <= (k.bit_length() + 1) * stride and (stride > 1 or k < 4):
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
