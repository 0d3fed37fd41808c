"""Laws of max and average pooling, on (N, C, *n)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from cnnref import literal
from cnnref.laws.cases import (
    Chain,
    ConvCase,
    Moved,
    Pairs,
    PoolCase,
    Shuffled,
    Twins,
    along,
    with_margin,
)
from cnnref.laws.engine import law, refuted
from cnnref.laws.layers import moved_by_one, reached, reordered, row, spoilt
from cnnref.laws.numbers import Array
from cnnref.laws.sides import Sides, Within, at_most, rounding, within
from cnnref.laws.strategies import chains, moved, pools, shuffled, twins

AVERAGED = pools(operation="avg_pool", include=True)


@law("pooling.max.is-its-definition", cases=pools(reading=False))
def max_pool_is_its_definition(cnn: Any, case: PoolCase) -> Sides:
    """`max_pool` gives the numbers of its definition: the largest entry of each full window."""
    return case.on(cnn.max_pool), case.on(literal.max_pool)


@law("pooling.avg.is-its-definition", cases=AVERAGED, exact=False)
def avg_pool_is_its_definition(cnn: Any, case: PoolCase) -> Sides:
    """`avg_pool` gives the numbers of its definition: the mean of each window's counted places."""
    return case.on(cnn.avg_pool), averages(case, case.on(literal.avg_pool))


def averages(case: PoolCase, means: Array) -> Within:
    """These means, up to the rounding of a sum of so many terms and of its division."""
    steps = int(np.prod(case.kernel_size)) + 2
    return within(means, rounding(steps, case.x.dtype) * np.abs(case.x).max())


def seen(case: PoolCase, m: Sequence[int]) -> list[list[list[int]]]:
    """For each axis and output place, the input places that its taps are on, padding included."""
    options = zip(case.kernel_size, case.strides, case.dilation, case.around, strict=True)
    return [
        [[j * s + a * d - before for a in range(k)] for j in range(places)]
        for places, (k, s, d, (before, _)) in zip(m, options, strict=True)
    ]


@law("pooling.max.takes-the-largest", cases=pools(1, 2, padding="pairs", reading=False))
def max_pool_takes_the_largest(cnn: Any, case: PoolCase) -> Sides:
    """An output is the largest of the input places its window reads; padding never wins."""
    y = case.on(cnn.max_pool)
    reads = seen(case, y.shape[2:])
    expected = np.full(y.shape, -np.inf)
    for j in np.ndindex(y.shape[2:]):
        places = [
            inside(taps[ji], n) for taps, ji, n in zip(reads, j, case.x.shape[2:], strict=True)
        ]
        window = case.x[np.ix_(*map(range, case.x.shape[:2]), *places)]
        expected[(..., *j)] = window.max(axis=tuple(range(2, y.ndim)), initial=-np.inf)
    return y, expected


def inside(places: Sequence[int], n: int) -> list[int]:
    """Those of the places that lie in the input."""
    return [place for place in places if 0 <= place < n]


@law(
    "pooling.avg.divides-by-what-counts",
    cases=pools(1, 2, operation="avg_pool", padding="pairs", include=True),
    exact=False,
)
def avg_pool_divides_by_what_counts(cnn: Any, case: PoolCase) -> Sides:
    """A mean counts the input places it reads, padding only if asked to, and the overhang never."""
    y = case.on(cnn.avg_pool)
    reads = seen(case, y.shape[2:])
    expected = np.empty(y.shape)
    for j in np.ndindex(y.shape[2:]):
        taps = [axis[ji] for axis, ji in zip(reads, j, strict=True)]
        places = [inside(t, n) for t, n in zip(taps, case.x.shape[2:], strict=True)]
        counted = places
        if case.count_include_pad:
            ends = [(-b, n + a) for (b, a), n in zip(case.around, case.x.shape[2:], strict=True)]
            counted = [[i for i in t if b <= i < a] for t, (b, a) in zip(taps, ends, strict=True)]
        window = case.x[np.ix_(*map(range, case.x.shape[:2]), *places)].astype(float)
        total = window.sum(axis=tuple(range(2, y.ndim)))
        expected[(..., *j)] = total / np.prod([len(axis) for axis in counted])
    return y, averages(case, expected)


@law("pooling.places-are-counted", cases=pools(padding="pairs", ceil=False, reading=False))
def places_are_counted(cnn: Any, case: PoolCase) -> Sides:
    """A pool has an output for its first window, and for each one a stride on that still fits."""
    return np.array(case.on(cnn.max_pool).shape[2:]), np.array(starts(case))


@law(
    "pooling.ceil-mode-keeps-the-rest",
    cases=pools(padding="pairs", ceil=True, reading=False),
    needs=["max_pool.ceil_mode"],
)
def ceil_mode_keeps_the_rest(cnn: Any, case: PoolCase) -> Sides:
    """With ceil_mode, windows go on until one reaches the end, but none starts behind the input."""
    return np.array(case.on(cnn.max_pool).shape[2:]), np.array(starts(case))


def starts(case: PoolCase) -> list[int]:
    """How many windows there are on each axis, tried one by one."""
    m = []
    sizes = zip(case.x.shape[2:], case.spans, case.strides, case.around, strict=True)
    for n, span, s, (before, after) in sizes:
        places, end = 1, before + n + after
        while places * s + span <= end and not case.ceil_mode:
            places += 1
        while case.ceil_mode and places * s < before + n and (places - 1) * s + span < end:
            places += 1
        m.append(places)
    return m


@law("pooling.max.moves-with-stride", cases=pools(padding="valid"))
def max_pool_moves_with_stride(cnn: Any, case: PoolCase) -> Sides:
    """Without padding, moving the input by one stride moves the max-pooled output by one place."""
    further = replace(case, x=with_margin(case.x, tuple((s, 0) for s in case.strides), 1))
    moved_on = further.on(cnn.max_pool)[along(slice(1, None) for _ in case.strides)]
    return moved_on, case.on(cnn.max_pool)


@law(
    "pooling.max.survives-a-move",
    cases=moved(pools(1, padding="valid", dilated=False, ceil=False), 4),
)
def max_pool_survives_a_move(cnn: Any, case: Moved[PoolCase]) -> Sides:
    """A max-pooled output survives a move if, and only if, what enters its window and what stays
    have the same maximum as what stays and what leaves."""
    (k,), (s,), by = case.case.kernel_size, case.case.strides, case.by
    old = case.case.x
    x = np.concatenate([old[..., :1] + 1] * by + [old], axis=2)  # places to come in from
    here = replace(case.case, x=x[..., by:]).on(cnn.max_pool)
    there = replace(case.case, x=x[..., : x.shape[2] - by]).on(cnn.max_pool)
    kept = np.empty(here.shape, bool)
    for j in range(here.shape[2]):
        first = by + j * s  # of the window in x; after the move it reads from first - by on
        enter = x[..., first - by : min(first, first - by + k)]
        leave = x[..., max(first, first - by + k) : first + k]
        stay = x[..., first : max(first, first - by + k)]
        now, then = (np.concatenate([part, stay], axis=2) for part in (enter, leave))
        kept[..., j] = now.max(axis=2) == then.max(axis=2)
    return here == there, kept


@law("pooling.max.commutes-with-growth", cases=pools())
def max_pool_commutes_with_growth(cnn: Any, case: PoolCase) -> Sides:
    """Where every window reads the input, max pooling commutes with every map that never falls."""

    def rising(v: Array) -> Array:
        return np.asarray(np.clip(v**3, -1, 8))

    return replace(case, x=rising(case.x)).on(cnn.max_pool), rising(case.on(cnn.max_pool))


@law("pooling.max.of-maxima", cases=twins(pools()))
def max_pool_of_maxima(cnn: Any, case: Twins[PoolCase]) -> Sides:
    """The pooled maximum of two inputs is the maximum of the two pooled inputs."""
    first, second = case.first, case.second
    both = replace(first, x=np.maximum(first.x, second.x)).on(cnn.max_pool)
    return both, np.maximum(first.on(cnn.max_pool), second.on(cnn.max_pool))


@law("pooling.max.is-subadditive", cases=twins(pools()))
def max_pool_is_subadditive(cnn: Any, case: Twins[PoolCase]) -> Sides:
    """The pooled sum of two inputs is at most the sum of the two pooled inputs."""
    first, second = case.first, case.second
    both = replace(first, x=first.x + second.x).on(cnn.max_pool)
    return both, at_most(first.on(cnn.max_pool) + second.on(cnn.max_pool))


@law("pooling.max.is-nonexpansive", cases=twins(pools()))
def max_pool_is_nonexpansive(cnn: Any, case: Twins[PoolCase]) -> Sides:
    """Where every window reads the input, max pooling never enlarges the largest change."""
    change = np.abs(case.first.on(cnn.max_pool) - case.second.on(cnn.max_pool))
    return change.max(), at_most(np.abs(case.first.x - case.second.x).max())


@law("pooling.max.composes", cases=chains(gaps=False), needs=["max_pool.stride"])
def max_pool_composes(cnn: Any, case: Chain) -> Sides:
    """If s <= k, max pooling with (k, s), then (l, t), is that with (k + (l - 1) s, s t)."""
    return case.on(cnn.max_pool), case.at_once().on(cnn.max_pool)


@law("pooling.max.whole-ignores-order", cases=shuffled(pools(padding="valid", dilated=False)))
def whole_ignores_order(cnn: Any, case: Shuffled[PoolCase]) -> Sides:
    """The maximum over the whole input does not depend on the order of its places."""
    whole = PoolCase(case.case.x, case.case.x.shape[2:])
    return replace(whole, x=reordered(whole.x, case.order)).on(cnn.max_pool), whole.on(cnn.max_pool)


@law(
    "pooling.max.pads-with-minus-infinity",
    cases=pools(padding="pairs", ceil=False, reading=False),
    needs=["max_pool.padding"],
)
def max_pool_pads_with_minus_infinity(cnn: Any, case: PoolCase) -> Sides:
    """Without ceil_mode, padding a max pool is putting minus infinity around its input first."""
    x = with_margin(case.x, case.around, -np.inf)
    return case.on(cnn.max_pool), replace(case, x=x, padding="valid").on(cnn.max_pool)


@law("pooling.max.nan-wins", cases=pools(padding="pairs"))
def nan_wins(cnn: Any, case: PoolCase) -> Sides:
    """A NaN is the maximum of every window that reads it, and of no other."""
    place = spoilt(case.x)
    y = case.on(cnn.max_pool)
    expected = np.zeros(y.shape, bool)
    expected[0, 0] = reached(place, case, case.kernel_size, y.shape[2:])
    return np.isnan(y), expected


@law("pooling.channels-are-alone", cases=pools())
def channels_are_alone(cnn: Any, case: PoolCase) -> Sides:
    """Pooling treats every channel of every item alone."""
    channels = case.x.reshape(-1, 1, *case.x.shape[2:])
    alone = [replace(case, x=channel[np.newaxis]).on(cnn.max_pool) for channel in channels]
    pooled = case.on(cnn.max_pool)
    return pooled, np.concatenate(alone).reshape(pooled.shape)


@law("pooling.windows-stand-side-by-side", cases=pools(strided=False), needs=["max_pool.stride"])
def windows_stand_side_by_side(cnn: Any, case: PoolCase) -> Sides:
    """Without a stride, windows stand side by side: the stride is the kernel size."""
    given = replace(case, stride=case.kernel_size)
    return case.on(cnn.max_pool), given.on(cnn.max_pool)


@law(
    "pooling.avg.is-correlation-with-ones",
    cases=pools(operation="avg_pool", padding="valid", ceil=False),
    exact=False,
)
def avg_pool_is_correlation_with_ones(cnn: Any, case: PoolCase) -> Sides:
    """Without padding, the mean is the correlation with ones, divided by the number of taps."""
    channels = case.x.reshape(-1, 1, *case.x.shape[2:])
    ones = np.ones((1, 1, *case.kernel_size), case.x.dtype)
    sums = ConvCase(channels, ones, stride=case.strides, dilation=case.dilation).on(cnn.conv)
    y = case.on(cnn.avg_pool)
    return y, averages(case, sums.reshape(y.shape) / ones.size)


@law(
    "pooling.avg.counted-padding-is-input",
    cases=pools(operation="avg_pool", padding="pairs"),
    exact=False,
    needs=["avg_pool.padding", "avg_pool.count_include_pad"],
)
def counted_padding_is_input(cnn: Any, case: PoolCase) -> Sides:
    """Padding in front that counts is as good as zeros in the input, also with ceil_mode, whose
    overhang never counts."""
    before: Pairs = tuple((b + a, 0) for b, a in case.around)
    counted = replace(case, padding=before, count_include_pad=True).on(cnn.avg_pool)
    zeros = replace(case, x=with_margin(case.x, before), padding="valid").on(cnn.avg_pool)
    return counted, averages(case, zeros)


@law("pooling.avg.keeps-constants", cases=pools(operation="avg_pool"), exact=False)
def avg_pool_keeps_constants(cnn: Any, case: PoolCase) -> Sides:
    """Unless padding counts, the mean of a constant is that constant, at padded borders too."""
    constant = replace(case, x=np.full_like(case.x, case.x.flat[0]))
    y = constant.on(cnn.avg_pool)
    return y, averages(constant, np.full(y.shape, case.x.flat[0]))


@refuted(
    "pooling.max.is-shift-invariant",
    case=PoolCase(row(0, 1), (2,)),
    cases=pools(1, padding="valid", dilated=False, ceil=False, strided=False, least=2),
)
def max_pool_is_shift_invariant(cnn: Any, case: PoolCase) -> Sides:
    """Moving the input by one place leaves the max-pooled output as it was."""
    return replace(case, x=moved_by_one(case.x)).on(cnn.max_pool), case.on(cnn.max_pool)


@refuted(
    "pooling.max.is-linear",
    case=Twins(PoolCase(row(1, 0), (2,)), PoolCase(row(0, 1), (2,))),
    cases=twins(pools(1, padding="valid", dilated=False, ceil=False, strided=False)),
)
def max_pool_is_linear(cnn: Any, case: Twins[PoolCase]) -> Sides:
    """The pooled sum of two inputs is the sum of the two pooled inputs."""
    first, second = case.first, case.second
    both = replace(first, x=first.x + second.x).on(cnn.max_pool)
    return both, first.on(cnn.max_pool) + second.on(cnn.max_pool)


@refuted(
    "pooling.max.commutes-with-negation",
    case=PoolCase(row(1, 0), (2,)),
    cases=pools(1, padding="valid", dilated=False, ceil=False, strided=False),
)
def max_pool_commutes_with_negation(cnn: Any, case: PoolCase) -> Sides:
    """Max pooling commutes with negation: the largest of -x is minus the largest of x."""
    return replace(case, x=-case.x).on(cnn.max_pool), -case.on(cnn.max_pool)


@refuted(
    "pooling.max.composes-with-gaps",
    case=Chain(row(0, 1, 0), ((1,), (2,)), ((2,), (1,))),
    cases=chains(gaps=True),
    needs=["max_pool.stride"],
)
def max_pool_composes_with_gaps(cnn: Any, case: Chain) -> Sides:
    """Even if s > k, max pooling with (k, s), then (l, t), is that with (k + (l - 1) s, s t)."""
    return case.on(cnn.max_pool), case.at_once().on(cnn.max_pool)


@refuted(
    "pooling.max.pads-with-zero",
    case=PoolCase(row(-1), (2,), padding=((1, 0),)),
    cases=pools(1, padding="pairs", dilated=False, ceil=False, strided=False),
    needs=["max_pool.padding"],
)
def max_pool_pads_with_zero(cnn: Any, case: PoolCase) -> Sides:
    """Padding for max pooling is zero, as it is for convolution."""
    zeros = replace(case, x=with_margin(case.x, case.around), padding="valid")
    return case.on(cnn.max_pool), zeros.on(cnn.max_pool)


@refuted(
    "pooling.avg.divides-by-the-window",
    case=PoolCase(row(1), (2,), padding=((1, 0),)),
    cases=pools(1, operation="avg_pool", padding="pairs", dilated=False, ceil=False, strided=False),
    needs=["avg_pool.padding", "avg_pool.count_include_pad"],
)
def avg_pool_divides_by_the_window(cnn: Any, case: PoolCase) -> Sides:
    """It makes no difference to average pooling whether padding counts: zeros add nothing."""
    counting = replace(case, count_include_pad=True)
    return case.on(cnn.avg_pool), counting.on(cnn.avg_pool)
