"""Mistakes in the transposed convolution."""

from dataclasses import replace

import numpy as np

from cnnref import literal
from cnnref.laws.cases import Sizes, TransposeCase, along, with_margin
from cnnref.laws.mistakes import mistake
from cnnref.laws.numbers import Array
from cnnref.window import Window, windows


def right(case: TransposeCase) -> Array:
    """What the transpose should be."""
    return case.on(literal.conv_transpose)


def bare(case: TransposeCase) -> TransposeCase:
    """The case without its bias."""
    return replace(case, b=None)


def biased(case: TransposeCase, x: Array) -> Array:
    """The result with its bias, which is no mistake here."""
    if case.b is None:
        return x
    b = case.b if case.b.ndim > 1 else case.b.reshape(-1, *(1,) * (x.ndim - 2))
    return np.asarray(x + b, right(case).dtype)


def looks(case: TransposeCase) -> tuple[Window, ...]:
    """Where the layer looks on each axis of the result."""
    n = right(bare(case)).shape[2:]
    return windows(n, case.w.shape[2:], case.stride, case.padding, case.dilation)


def padded(case: TransposeCase) -> Array:
    """The gradient of the padded input, before the padding is cropped."""
    n = right(bare(case)).shape[2:]
    around = tuple(w.before + i + w.after for i, w in zip(n, looks(case), strict=True))
    return right(replace(bare(case), padding="valid", output_size=around))


def cut(x: Array, starts: Sizes, n: Sizes) -> Array:
    """So many places of an array from these starts on, zeros where it has none."""
    room = tuple((0, max(0, s + i - m)) for s, i, m in zip(starts, n, x.shape[2:], strict=True))
    wide = with_margin(x, room)
    cropped: Array = wide[along(slice(s, s + i) for s, i in zip(starts, n, strict=True))]
    return cropped.copy()


def cropped(case: TransposeCase, x: Array) -> Array:
    """The gradient of the padded input without its padding."""
    starts = tuple(look.before for look in looks(case))
    return biased(case, cut(x, starts, right(bare(case)).shape[2:]))


@mistake("conv_transpose.flips-the-kernel")
def conv_transpose_flips_the_kernel(case: TransposeCase) -> Array:
    """The kernel is flipped once too often: the layer does not flip, so its transpose does."""
    return right(replace(case, w=np.flip(case.w, tuple(range(2, case.w.ndim)))))


@mistake("conv_transpose.does-not-crop")
def conv_transpose_does_not_crop(case: TransposeCase) -> Array:
    """The padding of the layer is not cropped from the result."""
    if case.b is not None and case.b.ndim > 1:
        return right(case)
    return biased(case, padded(case))


@mistake("conv_transpose.exchanges-sides")
def conv_transpose_exchanges_sides(case: TransposeCase) -> Array:
    """Each axis is cropped in front by the padding that belongs behind it."""
    starts = tuple(look.after for look in looks(case))
    return biased(case, cut(padded(case), starts, right(bare(case)).shape[2:]))


@mistake("conv_transpose.ignores-stride")
def conv_transpose_ignores_stride(case: TransposeCase) -> Array:
    """No zeros are put between the places of y: the stamps follow each other at stride 1."""
    close = right(replace(bare(case), stride=(), padding="valid", output_size=None))
    return cropped(case, close)


@mistake("conv_transpose.zeros-come-first")
def conv_transpose_zeros_come_first(case: TransposeCase) -> Array:
    """The zeros of a stride are put in front of each place of y, and not behind it."""
    x = padded(case)
    late = with_margin(x, tuple((s - 1, 0) for s in case.stride))
    return cropped(case, late)


@mistake("conv_transpose.ignores-dilation")
def conv_transpose_ignores_dilation(case: TransposeCase) -> Array:
    """The taps of each stamp stay together."""
    close = right(replace(bare(case), dilation=(), padding="valid", output_size=None))
    return cropped(case, close)


@mistake("conv_transpose.exchanges-channels")
def conv_transpose_exchanges_channels(case: TransposeCase) -> Array:
    """Where there are as many input as output channels, the kernels are taken the wrong way."""
    square = case.groups == 1 and case.w.shape[0] == case.w.shape[1]
    return right(replace(case, w=case.w.swapaxes(0, 1)) if square else case)


@mistake("conv_transpose.interleaves-groups")
def conv_transpose_interleaves_groups(case: TransposeCase) -> Array:
    """Group g gives to every groups-th input channel from g on, instead of its own stretch."""
    x = right(bare(case))
    return biased(case, x[:, np.arange(x.shape[1]).reshape(case.groups, -1).T.ravel()])


@mistake("conv_transpose.sets-overlaps")
def conv_transpose_sets_overlaps(case: TransposeCase) -> Array:
    """Where stamps overlap the last one stands, instead of their sum."""
    places = list(np.ndindex(case.y.shape[2:]))
    alone = np.zeros((len(places), *case.y.shape), case.y.dtype)
    for number, j in enumerate(places):
        alone[(number, ..., *j)] = case.y[(..., *j)]
    items, size = alone.reshape(-1, *case.y.shape[1:]), right(bare(case)).shape[2:]
    stamps = padded(replace(bare(case), y=items, output_size=size))
    x = np.zeros_like(padded(case))
    for stamp in stamps.reshape(len(places), *x.shape):
        x = np.where(stamp != 0, stamp, x)
    return cropped(case, x)


@mistake("conv_transpose.averages-overlaps")
def conv_transpose_averages_overlaps(case: TransposeCase) -> Array:
    """Where stamps overlap their mean stands, instead of their sum."""
    ones = replace(case, y=np.ones_like(case.y), w=np.ones_like(case.w))
    counts = right(bare(ones)) / (len(case.w) // case.groups)
    return biased(case, (right(bare(case)) / np.maximum(counts, 1)).astype(case.y.dtype))


@mistake("conv_transpose.takes-the-largest-size")
def conv_transpose_takes_the_largest_size(case: TransposeCase) -> Array:
    """Without an output size, the largest one comes out that the layer maps onto y."""
    if case.output_size is not None:
        return right(case)
    least = right(case).shape[2:]
    return cut(right(case), (0,) * len(least), tuple(largest(case, least)))


def largest(case: TransposeCase, least: Sizes) -> list[int]:
    """The largest output sizes, from the least on."""
    sizes = []
    for axis, (n, s) in enumerate(zip(least, case.stride or (1,) * len(least), strict=True)):
        sizes.append(n)
        for more in range(1, s):
            tried = replace(bare(case), output_size=(*least[:axis], n + more, *least[axis + 1 :]))
            try:
                right(tried)
            except ValueError:
                break
            sizes[-1] = n + more
    return sizes


@mistake("conv_transpose.takes-any-size")
def conv_transpose_takes_any_size(case: TransposeCase) -> Array:
    """An output size that no layer maps onto y is filled with zeros, or cut."""
    try:
        return right(case)
    except ValueError:
        if case.output_size is None:
            return np.zeros((len(case.y), case.w.shape[1], *case.y.shape[2:]))
        smallest = right(replace(bare(case), output_size=None))
        return biased(case, cut(smallest, (0,) * len(case.output_size), case.output_size))


@mistake("conv_transpose.forgets-the-bias")
def conv_transpose_forgets_the_bias(case: TransposeCase) -> Array:
    """The bias is not added."""
    return right(bare(case))


@mistake("conv_transpose.reverses-the-bias")
def conv_transpose_reverses_the_bias(case: TransposeCase) -> Array:
    """The first channel gets the bias of the last."""
    return right(case if case.b is None else replace(case, b=case.b[::-1]))


@mistake("conv_transpose.sums-the-batch")
def conv_transpose_sums_the_batch(case: TransposeCase) -> Array:
    """Every item of the batch gets the sum of all of them, as if it were a weight's gradient."""
    return right(replace(case, y=np.broadcast_to(case.y.sum(axis=0), case.y.shape)))


@mistake("conv_transpose.rounds-large-integers")
def conv_transpose_rounds_large_integers(case: TransposeCase) -> Array:
    """Integers become floats before anyone looks at their size."""
    b = None if case.b is None else floats(case.b)
    return right(replace(case, y=floats(case.y), w=floats(case.w), b=b))


def floats(array: Array) -> Array:
    """Integers as floats, and floats as they are."""
    return array.astype(float) if array.dtype.kind in "biu" else array
