"""Which place won each window: one axis after the other, on a few planes at a time."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.separable import planes, runs, steps, thinned
from cnnref.fast.views import places
from cnnref.window import Window

CACHE = 1 << 20
"""Bytes of input that are searched at a time."""


def winners(x: Array, windows: Sequence[Window]) -> Iterator[tuple[slice, Array]]:
    """For a few planes (N C, *n) at a time: which, and the flat place that won each window (*m).

    That is where the first largest entry is, and NaN is the largest; -1 where a window reads
    nothing.
    """
    n, m = x.shape[2:], places(x.shape[2:], windows)
    ahead = [math.prod(n[axis + 1 :]) for axis in range(len(n))]
    corners = [np.arange(to) * w.stride - w.before for to, w in zip(m, windows, strict=True)]
    firsts = [first(*each) for each in zip(windows, corners, n, strict=True)]
    corner, start = flat(corners, ahead), flat(firsts, ahead)
    for at in np.ix_(*firsts):
        start = np.where(at < 0, -1, start)
    hangs = any(window.before or window.after for window in windows)
    kept: tuple[Any, ...] = (slice(None), *map(slice, m))
    for some, block in planes(x, windows, -np.inf, CACHE):
        largest, further = searched(block, windows, ahead)
        where = corner + further[kept]
        if hangs:  # minus infinity ties with the padding, which does not win
            where = np.where(largest[kept] == -np.inf, start, where)
        yield some, where


def flat(places: Sequence[Array], ahead: Sequence[int]) -> Array:
    """Flat places (*m) of the places on each axis, the next of which are so far ahead."""
    scaled = (at * step for at, step in zip(places, ahead, strict=True))
    return np.asarray(sum(np.ix_(*scaled)))


def first(window: Window, corners: Array, n: int) -> Array:
    """The first of n input places that each window reads along an axis, -1 where there is none."""
    skipped = -(np.minimum(corners, 0) // window.dilation)
    read = corners + skipped * window.dilation
    return np.where((skipped < window.kernel) & (read < n), read, -1)


def searched(x: Array, windows: Sequence[Window], ahead: Sequence[int]) -> tuple[Array, Array]:
    """The largest entry of each window, and how far behind its corner that is found first.

    The last axis goes first, so that of equal entries the one in the upper row stays.
    """
    farthest = sum((w.span - 1) * step for w, step in zip(windows, ahead, strict=True))
    further = np.zeros(x.shape, np.min_scalar_type(farthest))
    undefined = bool(np.isnan(x).any())
    for axis in range(len(windows), 0, -1):
        window, inner = windows[axis - 1], math.prod(x.shape[axis + 1 :])
        step, left = steps(window.stride, inner)
        shape = (*x.shape[:axis], x.shape[axis] // step, *x.shape[axis + 1 :])
        values, before = x.reshape(-1), further.reshape(-1)
        best, kept = runs(values, 0, step, inner), runs(before, 0, step, inner).copy()
        largest = np.empty(best.shape, x.dtype)
        for tap in range(1, window.kernel):
            behind = tap * window.dilation
            seen = runs(values, behind, step, inner)
            some = slice(0, len(seen))
            later = seen > best[some]
            if undefined:
                later |= np.isnan(seen) & ~np.isnan(best[some])
            np.maximum(best[some], seen, out=largest[some])
            # whole numbers that wrap around: where it is later, what is there in place of this
            change = runs(before, behind, step, inner) + kept.dtype.type(behind * ahead[axis - 1])
            change -= kept[some]
            change *= later
            kept[some] += change
            best = largest
        x, further = (thinned(one.reshape(shape), axis, left) for one in (best, kept))
    return x, further
