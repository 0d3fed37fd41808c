"""Back through a layer: to its input by the phases of its stride, to its weights by columns."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.algorithms.choose import chosen, computed
from cnnref.fast.algorithms.shifted import NEAR, Runs
from cnnref.fast.algorithms.task import Task, blocks, boxes, volume
from cnnref.fast.views import padded, patches
from cnnref.window import Window

PLACES = 1 << 10
"""Places whose columns are multiplied at a time, at least: fewer make poor products."""

APART = 1 << 8
"""Places of one image that are enough for a product."""

COLUMNS = 1 << 18
"""Entries of columns that are gathered at a time, where that is more places."""


class Phases(NamedTuple):
    """Phases of the stride that read y alike along one axis, at the same taps apart.

    Padded input places are $q s + r$ with phase $r$. `first` are the first taps of the phases,
    `step` is from one tap to the next, `places` is q from the first to the last of all of them.
    """

    residues: list[int]
    first: list[int]
    step: int
    window: Window
    reads: slice
    places: range


def phased(window: Window, n: int, m: int) -> list[Phases]:
    """All phases of an axis that any tap reaches; n places of the input, m of the output."""
    common = math.gcd(window.stride, window.dilation)
    step, dilation = window.stride // common, window.dilation // common
    alike = defaultdict(list)
    for tap in range(min(window.kernel, step)):
        behind, residue = divmod(tap * window.dilation, window.stride)
        alike[behind, len(range(tap, window.kernel, step))].append((residue, tap))
    found = []
    for (behind, taps), some in alike.items():
        residues, first = map(list, zip(*some, strict=True))
        ends = [inside(window, n, residue) for residue in residues]
        places = range(min(one.start for one in ends), max(one.stop for one in ends))
        before = (taps - 1) * dilation + behind - places.start
        after = places.stop - 1 - behind - (m - 1)
        reads = slice(max(0, -before), max(0, m + min(0, after)))
        if places and reads.start < reads.stop:
            looks = Window(taps, 1, dilation, max(0, before), max(0, after))
            found.append(Phases(residues, first, step, looks, reads, places))
    return found


def inside(window: Window, n: int, residue: int) -> range:
    """The q for which padded place q s + residue is one of the input's n."""
    first = -((residue - window.before) // window.stride)
    return range(first, -((residue - window.before - n) // window.stride))


def transposed(
    y: Array, w: Array, n: Sequence[int], windows: Sequence[Window], groups: int, integers: bool
) -> Array:
    """What a layer with finite weights passes back to its input (N, C_in, *n).

    On every s-th place only every s-th tap lands: each phase of the stride is a layer of stride 1
    with its own taps, turned around. Phases that read the same places are one layer.

    Source: Shi, Caballero, Theis, Huszar, Aitken, Ledig, Wang, Is the Deconvolution Layer the Same
    as a Convolutional Layer?, 2016.
    """
    axes = [phased(*each) for each in zip(windows, n, y.shape[2:], strict=True)]
    x = np.zeros((len(y), groups, w.shape[1], *n), y.dtype)
    by_group = w.reshape(groups, len(w) // groups, *w.shape[1:]).swapaxes(1, 2)
    for some in product(*axes):
        taps: list[list[Any]] = [[slice(a, None, one.step) for a in one.first] for one in some]
        reads: list[Any] = [one.reads for one in some]
        kernels = np.stack([by_group[(..., *tap)] for tap in product(*taps)], 1)
        kernels = np.flip(kernels, tuple(range(4, kernels.ndim)))  # (groups, phases, I, O, *k)
        layer = kernels.reshape(-1, *kernels.shape[3:])
        seen = y[(..., *reads)]
        task = Task(seen, layer, tuple(one.window for one in some), groups)
        result = computed(task, chosen(task, integers), integers)
        result = result.reshape(len(y), *kernels.shape[:3], *result.shape[2:])
        each = zip(some, windows, n, strict=True)
        spots = [list(spread(one, window, size)) for one, window, size in each]
        for phase, places in enumerate(product(*spots)):
            into, taken = zip(*places, strict=True)
            here: Any = (slice(None), slice(None), phase, slice(None), *taken)
            x[(..., *into)] = result[here]
    return x.reshape(len(y), groups * w.shape[1], *n)


def spread(phases: Phases, window: Window, n: int) -> Iterator[tuple[slice, slice]]:
    """For each phase its places of the input, and where the layer has them."""
    for residue in phases.residues:
        kept = inside(window, n, residue)
        first = kept.start * window.stride + residue - window.before
        taken = slice(kept.start - phases.places.start, kept.stop - phases.places.start)
        yield slice(first, n, window.stride), taken


def weight_sums(
    x: Array, dy: Array, k: tuple[int, ...], windows: tuple[Window, ...], groups: int
) -> Array:
    """The gradient (C_out, C_in/groups, *k): columns of some places, times dy there, added up.

    The columns stand to the left, which makes faster products; but where there are few places, to
    turn the sum around in the end would take longer than that saves.
    """
    task = Task(x, np.empty((dy.shape[1], x.shape[1] // groups, *k), x.dtype), windows, groups)
    lone = groups > 1 and task.w.shape[1] == 1
    if lone and all(one.stride == 1 for one in windows) and np.isfinite(x).all():
        return entrywise(task, dy)
    m, taps, outputs = task.m, volume(task.w.shape[1:]), len(task.w) // groups
    view = patches(padded(task.x, task.windows), task.windows)  # (N, C_in, *k, *m)
    turned = len(x) * volume(m) >= PLACES
    dw = np.zeros((groups, taps, outputs) if turned else (groups, outputs, taps), x.dtype)
    held = max(PLACES, COLUMNS // (taps * groups))
    for images in blocks(len(x), volume(m), held):
        for box in boxes(m, images.stop - images.start, held):
            read: Any = (images, ..., *box)
            here: Any = (images, slice(None), *box)
            seen, given = view[read], dy[here]
            products = len(seen)
            if volume(m) < APART:
                seen, given = np.moveaxis(seen, 0, 1 + task.rank), np.moveaxis(given, 0, 1)
                products = 1
            columns = np.ascontiguousarray(seen).reshape(products, groups, taps, -1)
            given = given.reshape(products, groups, outputs, -1)
            left, right = (columns, given) if turned else (given, columns)
            dw += np.matmul(left, right.swapaxes(-2, -1)).sum(axis=0)
    return (dw.swapaxes(1, 2) if turned else dw).reshape(task.w.shape)


def entrywise(task: Task, dy: Array) -> Array:
    """One finite channel in each group, at stride 1: sums of products of two runs.

    Zeros stand for dy where runs go on between the ends of rows.
    """
    runs, outputs = Runs(task), len(task.w) // task.groups
    dw = np.zeros((task.groups, outputs, *task.k), task.x.dtype)
    x = padded(task.x, task.windows).reshape(*task.x.shape[:2], volume(task.around), 1)
    given = dy.reshape(len(dy), task.groups, outputs, *task.m)
    for few in blocks(task.groups, 2 * outputs * runs.room * task.x.itemsize, NEAR):
        spaced = np.zeros((few.stop - few.start, outputs, runs.room), dy.dtype)
        for image, seen in zip(x[:, few], given[:, few], strict=True):
            runs.kept(spaced)[...] = seen
            for tap, run in runs.taps():
                product = np.matmul(spaced[..., : runs.length], image[:, run])
                here: Any = (few, slice(None), *tap)
                dw[here] += product[..., 0]
    return dw.reshape(task.w.shape)
