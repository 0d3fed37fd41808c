"""Convolution and correlation of arrays without channels: one shifted sum per tap."""

import numpy as np
from numpy.typing import ArrayLike

from cnnref import arguments
from cnnref.arguments import Array, Signals, silently
from cnnref.window import Padding


@silently
def convolve(x: ArrayLike, w: ArrayLike, mode: str = "full") -> Array:
    """`cnnref.literal.convolve`, one shifted sum per tap."""
    return shifted_sum(arguments.signals("convolve", x, w, mode))


@silently
def correlate(x: ArrayLike, w: ArrayLike, mode: str = "valid") -> Array:
    """`cnnref.literal.correlate`, the convolution with the flipped kernel."""
    signals = arguments.signals("correlate", x, w, mode)
    return shifted_sum(signals._replace(w=np.flip(signals.w).conj()))


def shifted_sum(signals: Signals) -> Array:
    """The kept part of sum_b x(t - b) w(b), one slice of the larger operand per smaller entry."""
    large, small, keep, dtype = signals
    if large.size < small.size:  # the sum is symmetric, and a short loop is a fast one
        large, small = small, large
    y = np.zeros([kept.stop - kept.start for kept in keep], large.dtype)
    for tap in np.ndindex(small.shape):
        target, source = [], []
        for b, n, kept in zip(tap, large.shape, keep, strict=True):
            first = max(kept.start, b)
            last = max(first, min(kept.stop, b + n))  # nothing is kept where they are equal
            target.append(slice(first - kept.start, last - kept.start))
            source.append(slice(first - b, last - b))
        y[tuple(target)] += large[tuple(source)] * small[tap]
    return y.astype(dtype)


def flip(w: ArrayLike) -> Array:
    """`cnnref.literal.flip`, one copy."""
    w, dtype = arguments.signal("flip", "w", w)
    return np.flip(w).astype(dtype)


@silently
def pad(x: ArrayLike, padding: Padding, value: float = 0) -> Array:
    """`cnnref.literal.pad`, one copy."""
    x, sides, fill, dtype = arguments.padded("pad", x, padding, value)
    return np.pad(x.astype(dtype), sides, constant_values=fill)
