"""Mistakes in reading windows into columns, and in putting them back."""

from dataclasses import replace

import numpy as np

from cnnref import literal
from cnnref.laws.cases import ColumnsCase, PatchCase, Sizes
from cnnref.laws.mistakes import mistake
from cnnref.laws.numbers import Array
from cnnref.window import windows


def right(case: PatchCase) -> Array:
    """What the columns should be."""
    return case.on(literal.im2col)


def m_of(case: PatchCase | ColumnsCase) -> Sizes:
    """The output places, per axis."""
    n = case.x.shape[2:] if isinstance(case, PatchCase) else case.output_size
    look = windows(n, case.kernel_size, case.stride, case.padding, case.dilation)
    return tuple(window.places(size) for window, size in zip(look, n, strict=True))


def exchanged(case: PatchCase | ColumnsCase) -> str | tuple[tuple[int, int], ...]:
    """The padding with its sides exchanged."""
    n = case.x.shape[2:] if isinstance(case, PatchCase) else case.output_size
    look = windows(n, case.kernel_size, case.stride, case.padding, case.dilation)
    return tuple((window.after, window.before) for window in look)


@mistake("im2col.transposes-its-taps")
def im2col_transposes_its_taps(case: PatchCase) -> Array:
    """The taps of a window are read column after column, the weights row after row."""
    cols, channels = right(case), case.x.shape[1]
    taps = cols.reshape(len(cols), channels, *case.kernel_size, -1)
    rank = len(case.kernel_size)
    turned = taps.transpose(0, 1, *range(1 + rank, 1, -1), 2 + rank)
    return turned.reshape(cols.shape).copy()


@mistake("im2col.puts-taps-before-channels")
def im2col_puts_taps_before_channels(case: PatchCase) -> Array:
    """The rows go through the taps first, and through the channels for each of them."""
    cols = right(case)
    taps = cols.reshape(len(cols), case.x.shape[1], -1, cols.shape[2])
    return taps.swapaxes(1, 2).reshape(cols.shape).copy()


@mistake("im2col.transposes-its-places")
def im2col_transposes_its_places(case: PatchCase) -> Array:
    """The places are gone through column after column."""
    cols, m = right(case), m_of(case)
    order = np.arange(int(np.prod(m))).reshape(m).T.ravel()
    return cols[:, :, order]


@mistake("im2col.exchanges-sides")
def im2col_exchanges_sides(case: PatchCase) -> Array:
    """The input is padded in front as it should be behind."""
    return right(replace(case, padding=exchanged(case)))


@mistake("im2col.flips-windows")
def im2col_flips_windows(case: PatchCase) -> Array:
    """Windows are read backwards, as a convolution that flips would need them."""
    cols = right(case)
    taps = cols.reshape(len(cols), case.x.shape[1], -1, cols.shape[2])
    return taps[:, :, ::-1].reshape(cols.shape).copy()


@mistake("im2col.stacks-the-batch")
def im2col_stacks_the_batch(case: PatchCase) -> Array:
    """Every item has the columns of the first."""
    return np.broadcast_to(right(case)[:1], right(case).shape).copy()


def back(case: ColumnsCase) -> Array:
    """What should be put back."""
    return case.on(literal.col2im)


def counts(case: ColumnsCase) -> Array:
    """How often each place was read."""
    return back(replace(case, cols=np.ones(case.cols.shape)))


@mistake("col2im.sets")
def col2im_sets(case: ColumnsCase) -> Array:
    """Of several entries read from one place the last stands, instead of their sum."""
    numbered = np.arange(1.0, case.cols[0].size + 1).reshape(1, *case.cols.shape[1:])
    x, size = np.zeros_like(back(case)), case.cols.shape[1] * case.cols.shape[2]
    for entry in range(size):
        alone = np.where(numbered == entry + 1, case.cols, 0)
        there = back(replace(case, cols=np.where(numbered == entry + 1, 1.0, 0.0)))
        x = np.where(there > 0, back(replace(case, cols=alone)), x).astype(x.dtype)
    return x


@mistake("col2im.averages")
def col2im_averages(case: ColumnsCase) -> Array:
    """Entries read from one place are averaged, so that an input read and put back is itself."""
    return (back(case) / np.maximum(counts(case), 1)).astype(back(case).dtype)


@mistake("col2im.exchanges-sides")
def col2im_exchanges_sides(case: ColumnsCase) -> Array:
    """The padding is taken off in front as it should be behind."""
    return back(replace(case, padding=exchanged(case)))


@mistake("col2im.transposes-its-taps")
def col2im_transposes_its_taps(case: ColumnsCase) -> Array:
    """The taps of a column are taken for column after column, though they stand row after row."""
    cols, rank = case.cols, len(case.kernel_size)
    taps = cols.reshape(len(cols), -1, *case.kernel_size[::-1], cols.shape[2])
    turned = taps.transpose(0, 1, *range(1 + rank, 1, -1), 2 + rank)
    return back(replace(case, cols=turned.reshape(cols.shape)))


@mistake("col2im.keeps-the-dtype")
def col2im_keeps_the_dtype(case: ColumnsCase) -> Array:
    """The sum has the dtype of the columns, and bytes wrap around."""
    x = back(case)
    return x.astype(np.int64).astype(case.cols.dtype) if case.cols.dtype.kind in "iu" else x
