"""Which place won each window: one axis after the other, a few planes at a time."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.separable import places, planes
from cnnref.window import Window

CACHE = 1 << 19
"""Bytes of input that are searched at a time."""


def winners(x: Array, windows: Sequence[Window]) -> Iterator[tuple[slice, Array]]:
    """For a few planes (N C, *n) at a time: which, and the flat place that won each window (*m).

    It is that of the first largest entry, where NaN is the largest; -1 where there is none.
    """
    each = list(zip(windows, x.shape[2:], places(x, windows), strict=True))
    steps = [math.prod(x.shape[axis + 1 :]) for axis in range(2, x.ndim)]
    corners = [np.arange(m) * w.stride - w.before for w, _, m in each]
    corner = sum(np.ix_(*(at * step for at, step in zip(corners, steps, strict=True))))
    firsts = [first(window, at, n) for (window, n, _), at in zip(each, corners, strict=True)]
    start = sum(np.ix_(*(at * step for at, step in zip(firsts, steps, strict=True))))
    for at in np.ix_(*firsts):
        start = np.where(at < 0, -1, start)
    kept = (slice(None), *(slice(0, m * w.stride, w.stride) for w, _, m in each))
    for some, block in planes(x, windows, -np.inf, CACHE):
        largest, shift = searched(block, windows, steps)
        where = corner + shift[kept]
        if any(w.before or w.after for w in windows):  # minus infinity ties with the padding
            low = largest[kept] == -np.inf
            where = np.where(low, start, where) if low.any() else where
        yield some, where


def first(window: Window, corners: Array, n: int) -> Array:
    """The first of n input places that each window reads along an axis, -1 where there is none."""
    skipped = -(np.minimum(corners, 0) // window.dilation)
    read = corners + skipped * window.dilation
    return np.where((skipped < window.kernel) & (read < n), read, -1)


def searched(x: Array, windows: Sequence[Window], steps: Sequence[int]) -> tuple[Array, Array]:
    """The largest entry of the window at every place, and how far behind that place it lies.

    Planes are taken as one long row: windows that hang over an end mean nothing.
    """
    flat = x.reshape(-1)
    farthest = sum((w.span - 1) * step for w, step in zip(windows, steps, strict=True))
    shift = np.zeros(flat.size, np.min_scalar_type(farthest))
    missing = bool(np.isnan(flat.max()))
    for axis in reversed(range(len(windows))):
        window, inner = windows[axis], math.prod(x.shape[axis + 2 :])
        source, before, largest = flat, shift.copy(), np.empty_like(flat)
        for tap in range(1, window.kernel):
            behind = tap * window.dilation
            seen, taken = source[behind * inner :], before[behind * inner :]
            best, kept = flat[: seen.size], shift[: seen.size]
            later = seen > best
            if missing:
                later |= np.isnan(seen) & ~np.isnan(best)
            np.maximum(best, seen, out=largest[: seen.size])
            # whole numbers that wrap around: where it is later, what is there in place of this
            change = taken + shift.dtype.type(behind * steps[axis])
            change -= kept
            change *= later
            kept += change
            flat = largest
    return flat.reshape(x.shape), shift.reshape(x.shape)
