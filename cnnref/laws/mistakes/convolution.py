"""Mistakes in convolution and correlation without channels, in flipping and in padding."""

from dataclasses import replace

import numpy as np

from cnnref import literal
from cnnref.laws.cases import Pair, Signal
from cnnref.laws.mistakes import mistake
from cnnref.laws.numbers import Array


@mistake("convolve.does-not-flip")
def convolve_does_not_flip(case: Pair) -> Array:
    """The kernel is not flipped: what comes out is correlation."""
    return replace(case, w=np.flip(case.w)).on(literal.convolve)


@mistake("convolve.wraps-around")
def convolve_wraps_around(case: Pair) -> Array:
    """What hangs over the end is added at the front, as by an FFT of the size of the input."""
    full = literal.convolve(case.x, case.w)
    for axis, n in enumerate(case.x.shape):
        full = np.moveaxis(full, axis, 0)
        full[: len(full) - n] += full[n:][:n] if len(full) <= 2 * n else 0
        full = np.moveaxis(full, 0, axis)
    return full[kept(case)]


@mistake("convolve.repeats-the-edge")
def convolve_repeats_the_edge(case: Pair) -> Array:
    """Beyond its edge the input is taken to go on as it ends, and not to be zero."""
    around = [(k - 1, k - 1) for k in case.w.shape]
    x = np.pad(case.x, around, mode="edge")
    return literal.convolve(x, case.w, mode="valid")[kept(case)]


def kept(case: Pair) -> tuple[slice, ...]:
    """The part of the full result that the mode keeps."""
    sizes = list(zip(case.x.shape, case.w.shape, strict=True))
    if case.mode == "valid":
        return tuple(slice(k - 1, n) for n, k in sizes)
    if case.mode == "same":
        return tuple(slice((k - 1) // 2, (k - 1) // 2 + n) for n, k in sizes)
    return tuple(slice(n + k - 1) for n, k in sizes)


@mistake("convolve.exchanges-kernel-axes")
def convolve_exchanges_kernel_axes(case: Pair) -> Array:
    """Rows and columns of a square kernel are exchanged."""
    return replace(case, w=exchanged(case.w)).on(literal.convolve)


def exchanged(w: Array) -> Array:
    """The kernel with its last two axes exchanged, if they are equally long."""
    return w.swapaxes(-1, -2) if w.ndim > 1 and w.shape[-1] == w.shape[-2] else w


@mistake("convolve.clips")
def convolve_clips(case: Pair) -> Array:
    """The result is clipped to 0 and 255, as the brightness of a pixel is."""
    return np.asarray(np.clip(case.on(literal.convolve).real, 0, 255))


@mistake("convolve.same-starts-late")
def convolve_same_starts_late(case: Pair) -> Array:
    """Mode "same" begins at k // 2, one entry late for even kernels."""
    if case.mode != "same":
        return case.on(literal.convolve)
    first = [k // 2 for k in case.w.shape]
    slices = (slice(start, start + n) for start, n in zip(first, case.x.shape, strict=True))
    return literal.convolve(case.x, case.w)[tuple(slices)]


@mistake("convolve.valid-is-too-short")
def convolve_valid_is_too_short(case: Pair) -> Array:
    """Mode "valid" has n - k entries: the last window is forgotten."""
    y = case.on(literal.convolve)
    return y[tuple(slice(max(1, n - 1)) for n in y.shape)] if case.mode == "valid" else y


@mistake("correlate.flips")
def correlate_flips(case: Pair) -> Array:
    """The kernel is flipped: what comes out is convolution."""
    return replace(case, w=np.flip(case.w)).on(literal.correlate)


@mistake("correlate.exchanges-kernel-axes")
def correlate_exchanges_kernel_axes(case: Pair) -> Array:
    """Rows and columns of a square kernel are exchanged."""
    return replace(case, w=exchanged(case.w)).on(literal.correlate)


@mistake("correlate.forgets-to-conjugate")
def correlate_forgets_to_conjugate(case: Pair) -> Array:
    """A complex kernel is multiplied as it is."""
    return replace(case, w=case.w.conj()).on(literal.correlate)


@mistake("correlate.comes-out-reversed")
def correlate_comes_out_reversed(case: Pair) -> Array:
    """The input is reversed instead of the kernel, so that the result comes out reversed."""
    return np.flip(case.on(literal.correlate)).copy()


@mistake("flip.last-axis-only")
def flip_last_axis_only(case: Signal) -> Array:
    """Only the last axis is reversed, and a 2-D kernel is mirrored instead of turned."""
    return literal.flip(np.flip(case.x, axis=tuple(range(case.x.ndim - 1))))


@mistake("flip.is-a-view")
def flip_is_a_view(case: Signal) -> Array:
    """The result is a view: whoever writes into it writes into the kernel."""
    return np.flip(case.x) if case.x.dtype.kind in "fc" else literal.flip(case.x)


@mistake("pad.exchanges-sides")
def pad_exchanges_sides(case: Signal) -> Array:
    """Each axis gets in front what belongs behind it."""
    exchanged = tuple((after, before) for before, after in case.padding)
    return literal.pad(case.x, exchanged, case.value)


@mistake("pad.ignores-the-value")
def pad_ignores_the_value(case: Signal) -> Array:
    """The new places are zero, whatever value was asked for."""
    return literal.pad(case.x, case.padding)


@mistake("pad.wraps-around")
def pad_wraps_around(case: Signal) -> Array:
    """The input goes on periodically in the new places."""
    return literal.flip(np.flip(np.pad(case.x, case.padding, mode="wrap")))


@mistake("pad.one-too-many")
def pad_one_too_many(case: Signal) -> Array:
    """Every axis gets one place too many behind it."""
    wider = tuple((before, after + 1) for before, after in case.padding)
    return literal.pad(case.x, wider, case.value)
