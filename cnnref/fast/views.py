"""Inputs with their padding around them, and views of what windows read in them."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnnref.arguments import Array
from cnnref.window import Window


def around(n: Sequence[int], windows: Sequence[Window]) -> tuple[int, ...]:
    """The spatial size of an input with its padding."""
    return tuple(size + w.before + w.after for size, w in zip(n, windows, strict=True))


def places(n: Sequence[int], windows: Sequence[Window]) -> tuple[int, ...]:
    """Output places per axis."""
    return tuple(window.places(size) for size, window in zip(n, windows, strict=True))


def padded(x: Array, windows: Sequence[Window], spare: Sequence[int] | None = None) -> Array:
    """An input (N, C, *n) with zeros around it, and so many more behind each axis; contiguous."""
    sizes, spare = around(x.shape[2:], windows), spare or (0,) * len(windows)
    if not any(spare) and sizes == x.shape[2:]:
        return np.ascontiguousarray(x)
    sizes = tuple(size + more for size, more in zip(sizes, spare, strict=True))
    room = np.zeros((*x.shape[:2], *sizes), x.dtype)
    inside(room, x.shape[2:], windows)[...] = x
    return room


def inside(x: Array, n: Sequence[int], windows: Sequence[Window]) -> Array:
    """The input (N, C, *n) inside its padding, as a view."""
    real: list[Any] = [slice(w.before, w.before + size) for size, w in zip(n, windows, strict=True)]
    return x[(..., *real)]


def patches(x: Array, windows: Sequence[Window]) -> Array:
    """What each output place reads of a padded input (N, C, *n): a view (N, C, *k, *m)."""
    each = list(zip(x.shape[2:], x.strides[2:], windows, strict=True))
    m = ((size - window.span) // window.stride + 1 for size, _, window in each)
    shape = (*x.shape[:2], *(window.kernel for window in windows), *m)
    taps = (step * window.dilation for _, step, window in each)
    places = (step * window.stride for _, step, window in each)
    view: Array = as_strided(x, shape, (*x.strides[:2], *taps, *places), writeable=False)
    return view


def taps(x: Array, windows: Sequence[Window]) -> Iterator[Array]:
    """For each tap, what it reads from a padded input at all output places, a view (N, C, *m)."""
    for tap in np.ndindex(*(window.kernel for window in windows)):
        slices: list[Any] = [...]
        for a, n, window in zip(tap, x.shape[2:], windows, strict=True):
            first = a * window.dilation
            slices.append(slice(first, first + n - window.span + 1, window.stride))
        yield x[tuple(slices)]
