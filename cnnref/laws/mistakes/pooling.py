"""Mistakes in max and average pooling."""

from dataclasses import replace

import numpy as np

from cnnref import literal
from cnnref.laws.cases import PoolCase, along, with_margin
from cnnref.laws.mistakes import looks, mistake, sides
from cnnref.laws.numbers import Array


def right(case: PoolCase) -> Array:
    """What max pooling should be."""
    return case.on(literal.max_pool)


def mean(case: PoolCase) -> Array:
    """What average pooling should be."""
    return case.on(literal.avg_pool)


def ones(case: PoolCase) -> tuple[int, ...]:
    """A one for every axis."""
    return (1,) * len(case.kernel_size)


@mistake("max_pool.pads-with-zero")
def max_pool_pads_with_zero(case: PoolCase) -> Array:
    """Padding is zero, and wins over negative entries."""
    x = with_margin(case.x, sides(case))
    return right(replace(case, x=x, padding="valid", ceil_mode=False))


@mistake("max_pool.stride-is-one")
def max_pool_stride_is_one(case: PoolCase) -> Array:
    """Without a stride the windows move by one place, and overlap."""
    return right(case if case.stride else replace(case, stride=ones(case)))


@mistake("max_pool.exchanges-strides")
def max_pool_exchanges_strides(case: PoolCase) -> Array:
    """The strides of the axes are taken in the wrong order."""
    return right(replace(case, stride=case.strides[::-1]))


@mistake("max_pool.rounds-up")
def max_pool_rounds_up(case: PoolCase) -> Array:
    """A last window that hangs over the end is kept without being asked for."""
    return right(replace(case, ceil_mode=True))


@mistake("max_pool.ignores-ceil-mode")
def max_pool_ignores_ceil_mode(case: PoolCase) -> Array:
    """A last window that hangs over the end is dropped although ceil_mode asks for it."""
    return right(replace(case, ceil_mode=False))


@mistake("max_pool.starts-behind-the-input")
def max_pool_starts_behind_the_input(case: PoolCase) -> Array:
    """With ceil_mode a window may start behind the input, where there is nothing to see."""
    if not case.ceil_mode:
        return right(case)
    wider = []
    floor = looks(replace(case, ceil_mode=False))
    for window, n in zip(floor, case.x.shape[2:], strict=True):
        over = (n + window.before + window.after - window.span) % window.stride
        wider.append((window.before, window.after + (window.stride - over if over else 0)))
    return right(replace(case, padding=tuple(wider), ceil_mode=False))


@mistake("max_pool.exchanges-sides")
def max_pool_exchanges_sides(case: PoolCase) -> Array:
    """Each axis gets in front the padding that belongs behind it."""
    exchanged = tuple((after, before) for before, after in sides(case))
    return right(replace(case, padding=exchanged, ceil_mode=False))


@mistake("max_pool.wins-by-size")
def max_pool_wins_by_size(case: PoolCase) -> Array:
    """The sign is left out of the comparison: what comes out is the largest absolute value."""
    return right(replace(case, x=np.abs(case.x)))


@mistake("max_pool.takes-the-mean")
def max_pool_takes_the_mean(case: PoolCase) -> Array:
    """The mean of the window comes out, where there is one."""
    return mean(case)


@mistake("max_pool.takes-the-least")
def max_pool_takes_the_least(case: PoolCase) -> Array:
    """The least entry of the window comes out."""
    return -right(replace(case, x=-literal.relu(case.x) + literal.relu(-case.x)))


@mistake("max_pool.passes-over-nan")
def max_pool_passes_over_nan(case: PoolCase) -> Array:
    """A NaN is passed over as if it were not there."""
    return right(replace(case, x=np.where(np.isnan(case.x), -np.inf, case.x)))


@mistake("max_pool.goes-across-channels")
def max_pool_goes_across_channels(case: PoolCase) -> Array:
    """The maximum is taken over the channels, too."""
    y = right(case)
    return np.broadcast_to(y.max(axis=1, keepdims=True), y.shape).copy()


@mistake("max_pool.adds-the-corner")
def max_pool_adds_the_corner(case: PoolCase) -> Array:
    """The window is one place too large where the input allows it."""
    larger = replace(case, stride=case.strides, kernel_size=tuple(k + 1 for k in case.kernel_size))
    fits = all(
        window.span + window.dilation <= n
        for window, n in zip(looks(case), case.x.shape[2:], strict=True)
    )
    return right(larger if fits else case)


@mistake("max_pool.forgets-the-last-tap")
def max_pool_forgets_the_last_tap(case: PoolCase) -> Array:
    """The last tap of each window is not read."""
    fewer = tuple(max(1, k - 1) for k in case.kernel_size)
    shorter = replace(case, kernel_size=fewer, stride=case.strides, ceil_mode=False)
    places = (slice(m) for m in right(case).shape[2:])
    y: Array = right(replace(shorter, padding=sides(case)))[along(places)]
    return y


@mistake("avg_pool.divides-by-the-window")
def avg_pool_divides_by_the_window(case: PoolCase) -> Array:
    """The sum is divided by the size of the window even where padding does not count."""
    window = np.prod(case.kernel_size)
    counts = share(case, case.x.shape[2:]) * window
    return (mean(case) * counts / window).astype(mean(case).dtype)


def share(case: PoolCase, n: tuple[int, ...]) -> Array:
    """Which share of each window lies in the input."""
    ones = with_margin(np.ones((1, 1, *n)), sides(case))
    return mean(replace(case, x=ones, padding="valid", ceil_mode=False))


@mistake("avg_pool.counts-the-overhang")
def avg_pool_counts_the_overhang(case: PoolCase) -> Array:
    """With count_include_pad the overhang of ceil_mode counts as padding, too."""
    if not (case.ceil_mode and case.count_include_pad):
        return mean(case)
    return mean(replace(case, padding=sides(case), ceil_mode=False))


@mistake("avg_pool.always-counts-padding")
def avg_pool_always_counts_padding(case: PoolCase) -> Array:
    """Padding counts whether it was asked for or not."""
    return mean(replace(case, count_include_pad=True))


@mistake("avg_pool.never-counts-padding")
def avg_pool_never_counts_padding(case: PoolCase) -> Array:
    """Padding is left out although count_include_pad asks for it."""
    return mean(replace(case, count_include_pad=False))


@mistake("avg_pool.only-sums")
def avg_pool_only_sums(case: PoolCase) -> Array:
    """The division is forgotten."""
    return mean(case) * np.prod(case.kernel_size)
