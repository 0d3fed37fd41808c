"""Mistakes in pooling across channels, in the places of maxima, and in putting them back."""

from dataclasses import replace
from itertools import product

import numpy as np

from cnnref import literal
from cnnref.laws.cases import ChannelCase, PoolCase, UnpoolCase
from cnnref.laws.mistakes import looks, mistake
from cnnref.laws.numbers import Array


def across(case: ChannelCase) -> Array:
    """What pooling across channels should be."""
    return case.on(literal.channel_max_pool)


@mistake("channel_max_pool.takes-every-qth")
def channel_max_pool_takes_every_qth(case: ChannelCase) -> Array:
    """Group g has every channel that is g mod their number, instead of q neighbours."""
    order = np.arange(case.x.shape[1]).reshape(case.size, -1).T.ravel()
    return across(replace(case, x=case.x[:, order]))


@mistake("channel_max_pool.takes-the-mean")
def channel_max_pool_takes_the_mean(case: ChannelCase) -> Array:
    """The mean of the group comes out."""
    y = across(case)
    groups = case.x.reshape(len(y), y.shape[1], case.size, *y.shape[2:])
    return np.asarray(groups.mean(axis=2), y.dtype)


@mistake("channel_max_pool.wins-by-size")
def channel_max_pool_wins_by_size(case: ChannelCase) -> Array:
    """What comes out is the largest absolute value."""
    return across(replace(case, x=np.abs(case.x)))


@mistake("channel_max_pool.slides")
def channel_max_pool_slides(case: ChannelCase) -> Array:
    """Groups overlap: the next one begins a single channel further."""
    count = case.x.shape[1] - case.size + 1
    groups = [case.x[:, first : first + case.size].max(axis=1) for first in range(count)]
    return np.stack(groups, axis=1).astype(across(case).dtype)


@mistake("channel_max_pool.passes-over-nan")
def channel_max_pool_passes_over_nan(case: ChannelCase) -> Array:
    """A NaN is passed over as if it were not there."""
    return across(replace(case, x=np.where(np.isnan(case.x), -np.inf, case.x)))


@mistake("channel_max_pool.keeps-a-rest")
def channel_max_pool_keeps_a_rest(case: ChannelCase) -> Array:
    """Channels that make no full group quietly make a smaller one."""
    size, count = case.size, case.x.shape[1]
    groups = [case.x[:, first : first + size].max(axis=1) for first in range(0, count, size)]
    return np.stack(groups, axis=1).astype(across(replace(case, size=1)).dtype)


@mistake("channel_max_pool.looks-aside")
def channel_max_pool_looks_aside(case: ChannelCase) -> Array:
    """The place before, along the last axis, is looked at, too."""
    y = across(case)
    y[..., 1:] = np.maximum(y[..., 1:], across(case)[..., :-1])
    return y


def places(case: PoolCase) -> Array:
    """Where the maxima should be."""
    return case.on(literal.max_pool_indices)


@mistake("max_pool_indices.takes-the-last")
def max_pool_indices_takes_the_last(case: PoolCase) -> Array:
    """Of equal maxima the last one counts."""
    found, n, windows = places(case), case.x.shape[2:], looks(case)
    flat = case.x.reshape(*case.x.shape[:2], int(np.prod(n)))
    for j in np.ndindex(found.shape[2:]):
        reads = [
            [w.reads(ji, a) for a in range(w.kernel)] for w, ji in zip(windows, j, strict=True)
        ]
        axes = [[i for i in taps if 0 <= i < size] for taps, size in zip(reads, n, strict=True)]
        last_first = [int(np.ravel_multi_index(place, n)) for place in product(*axes)][::-1]
        if last_first:
            winner = flat[:, :, last_first].argmax(axis=2)
            found[(..., *j)] = np.array(last_first)[winner]
    return found


@mistake("max_pool_indices.counts-padding")
def max_pool_indices_counts_padding(case: PoolCase) -> Array:
    """Places are counted in the padded input."""
    found, n = places(case), case.x.shape[2:]
    inner = np.unravel_index(np.where(found < 0, 0, found), n)
    outer = tuple(i + w.before for i, w in zip(inner, looks(case), strict=True))
    padded = [size + w.before + w.after for size, w in zip(n, looks(case), strict=True)]
    return np.where(found < 0, -1, np.ravel_multi_index(outer, padded))


@mistake("max_pool_indices.counts-in-its-window")
def max_pool_indices_counts_in_its_window(case: PoolCase) -> Array:
    """The number of the tap in its window is returned, and not the place in the input."""
    found, windows = places(case), looks(case)
    inner = np.unravel_index(np.where(found < 0, 0, found), case.x.shape[2:])
    taps = []
    for axis, window in enumerate(windows):
        starts = np.arange(found.shape[2 + axis]) * window.stride - window.before
        shape = [-1 if a == axis else 1 for a in range(len(windows))]
        taps.append((inner[axis] - starts.reshape(shape)) // window.dilation)
    return np.where(found < 0, -1, np.ravel_multi_index(taps, case.kernel_size))


@mistake("max_pool_indices.counts-columns-first")
def max_pool_indices_counts_columns_first(case: PoolCase) -> Array:
    """Places are counted column after column."""
    found, n = places(case), case.x.shape[2:]
    inner = np.unravel_index(np.where(found < 0, 0, found), n)
    return np.where(found < 0, -1, np.ravel_multi_index(inner, n, order="F"))


@mistake("max_pool_indices.counts-through-channels")
def max_pool_indices_counts_through_channels(case: PoolCase) -> Array:
    """Places are counted on through the channels, instead of anew in each."""
    found = places(case)
    channels = np.arange(found.shape[1]).reshape(-1, *(1,) * (found.ndim - 2))
    return np.where(found < 0, -1, found + channels * int(np.prod(case.x.shape[2:])))


@mistake("max_pool_indices.empty-is-the-first")
def max_pool_indices_empty_is_the_first(case: PoolCase) -> Array:
    """A window without input has the index 0, as if it had found something there."""
    return np.maximum(places(case), 0)


@mistake("max_pool_indices.passes-over-nan")
def max_pool_indices_passes_over_nan(case: PoolCase) -> Array:
    """A NaN is passed over as if it were not there."""
    return places(replace(case, x=np.where(np.isnan(case.x), -np.inf, case.x)))


def put(case: UnpoolCase) -> Array:
    """What unpooling should be."""
    return case.on(literal.max_unpool)


@mistake("max_unpool.adds")
def max_unpool_adds(case: UnpoolCase) -> Array:
    """Values with the same index are added up."""
    sums = np.zeros_like(put(case))
    for j in np.ndindex(case.y.shape):
        if case.indices[j] != -1:
            place = np.unravel_index(case.indices[j], case.output_size)
            sums[(*j[:2], *place)] += case.y[j]
    return sums


@mistake("max_unpool.keeps-the-first")
def max_unpool_keeps_the_first(case: UnpoolCase) -> Array:
    """Of several values with one index the first stands."""
    spatial = tuple(range(2, case.y.ndim))
    y, indices = (np.flip(array, spatial) for array in (case.y, case.indices))
    return put(replace(case, y=y, indices=indices))


@mistake("max_unpool.takes-minus-one-for-the-end")
def max_unpool_takes_minus_one_for_the_end(case: UnpoolCase) -> Array:
    """Index -1 is the last place, as it is in Python."""
    last = int(np.prod(case.output_size)) - 1
    return put(replace(case, indices=np.where(case.indices == -1, last, case.indices)))


@mistake("max_unpool.clips-places")
def max_unpool_clips_places(case: UnpoolCase) -> Array:
    """An index outside the result is quietly moved to its nearest place."""
    last = int(np.prod(case.output_size)) - 1
    return put(replace(case, indices=np.clip(case.indices, -1, last)))


@mistake("max_unpool.counts-columns-first")
def max_unpool_counts_columns_first(case: UnpoolCase) -> Array:
    """Places are counted column after column."""
    n = case.output_size
    turned = put(replace(case, output_size=n[::-1]))
    return turned.transpose(0, 1, *range(turned.ndim - 1, 1, -1)).copy()
