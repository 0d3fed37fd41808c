"""Windows written out along the last axis only; the other taps are slices of that."""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnnref.arguments import Array
from cnnref.fast.algorithms.cost import Cost, copy, product
from cnnref.fast.algorithms.task import CACHE, Task, blocks, padding, volume
from cnnref.fast.views import padded

NEAR = 1 << 18
"""Bytes of columns that are held at a time, where one image does not have more."""


def width(task: Task) -> Array:
    r"""Columns along the last axis, then a product for each tap of the other axes.

    Small images are taken several at a time and lie innermost, so that runs are long; large ones in
    bands of rows.

    Operations: those of the definition. Memory: the padded input and, for some small images or a
    band, columns of $k$ times its size for the last axis' $k$, and not $\prod k$ times, and twice
    its output. Accuracy: as many sums as the other axes have taps, added one by one.

    Source: Cho, Brand, MEC: Memory-efficient Convolution for Deep Neural Network, 2017.
    """
    x, y = padded(task.x, task.windows), task.result()
    first, few = task.windows[0], rows(task)
    for ins, outs in task.parts():
        taps = [task.w[(outs, slice(None), *tap)] for tap in np.ndindex(task.k[:-1])]
        weights = [np.ascontiguousarray(w).reshape(len(w), -1) for w in taps]
        for images in blocks(len(x), held(task), NEAR):
            for some in blocks(task.m[0], 1, few):
                start, count = some.start * first.stride, some.stop - some.start
                seen = x[images, ins, start : start + read_by(task, count)]
                reads = slices(task, count)
                y[images, outs, some] = added(lowered(seen, task), weights, reads)
    return y


def added(columns: Array, weights: list[Array], reads: list[Any]) -> Array:
    """The products of all taps, of columns (C k, *n, m, N): outputs (N, C_out, *m), a view."""
    first = columns[reads[0]]
    total = np.matmul(weights[0], first.reshape(len(first), -1))
    product = np.empty_like(total)
    for w, read in zip(weights[1:], reads[1:], strict=True):
        np.matmul(w, columns[read].reshape(len(columns), -1), out=product)
        total += product
    return np.moveaxis(total.reshape(-1, *first.shape[1:]), -1, 0)


def lowered(x: Array, task: Task) -> Array:
    """The windows along the last axis of padded images (N, C, *n, n): (C k, *n, m, N)."""
    last = task.windows[-1]
    lines = np.ascontiguousarray(np.moveaxis(x, 0, -1))  # (C, *n, n, N)
    *others, step, one = lines.strides
    shape = (*lines.shape[:-2], last.kernel, task.m[-1], lines.shape[-1])
    strides = (*others, step * last.dilation, step * last.stride, one)
    view = as_strided(lines, shape, strides, writeable=False)
    columns = np.ascontiguousarray(np.moveaxis(view, -3, 1))  # (C, k, *n, m, N)
    return columns.reshape(-1, *columns.shape[2:])


def rows(task: Task) -> int:
    """How many places of the first axis are computed at a time: a band, of large images."""
    if task.rank == 1:
        return task.m[0]
    first, line = task.windows[0], held(task) // task.around[0]
    least = CACHE // line - first.span
    return min(task.m[0], max(least, 4 * first.span) // first.stride + 1)


def read_by(task: Task, count: int) -> int:
    """Places of the first axis that so many rows of output read; all, where it is the only one."""
    first = task.windows[0]
    return task.around[0] if task.rank == 1 else (count - 1) * first.stride + first.span


def slices(task: Task, rows: int) -> list[Any]:
    """What each tap of the other axes reads of the columns of so many rows of output."""
    found = []
    for tap in np.ndindex(task.k[:-1]):
        each = zip(tap, task.windows, (rows, *task.m[1:]), strict=False)
        first = [(a * w.dilation, (m - 1) * w.stride + 1, w.stride) for a, w, m in each]
        found.append((slice(None), *(slice(a, a + size, step) for a, size, step in first)))
    return found


def held(task: Task) -> int:
    """Bytes of the columns of one image."""
    places = volume(task.around[:-1]) * task.m[-1]
    return volume((task.w.shape[1], task.k[-1], places, task.x.itemsize))


def memory(task: Task) -> int:
    """Of some images, or a band of one: itself, its columns, its output twice; weights."""
    outputs = len(task.w) // task.groups
    slab = max(1, min(len(task.x), NEAR // held(task)))
    m = volume(task.m) / task.m[0] * rows(task)
    read = volume(task.around) / task.around[0] * read_by(task, rows(task))
    lines = task.w.shape[1] * read * (1 + task.k[-1] * task.m[-1] / task.around[-1])
    lines += 2 * outputs * m
    if task.rank > 2 or any(window.stride > 1 for window in task.windows[:-1]):
        lines += task.w.shape[1] * task.k[-1] * m  # slices are copied
    weights = outputs * volume(task.w.shape[1:])
    return int(padding(task) + (slab * lines + weights) * task.x.itemsize)


def cost(task: Task) -> Cost:
    """For each image and group a copy, and for each tap of the other axes a product, added."""
    outputs, inputs, places = len(task.w) // task.groups, task.w.shape[1], volume(task.m)
    slab = max(1, min(len(task.x), NEAR // held(task)))
    run, strided = slab * task.m[-1], task.strided and slab == 1
    taps, bands = inputs * task.k[-1], -(-task.m[0] // rows(task))
    one = product(outputs, taps, slab * places / bands) + Cost(calls=3)
    one = one.times(bands) + copy(slab * outputs * places, places)
    if task.rank > 2 or any(window.stride > 1 for window in task.windows[:-1]):
        one += copy(slab * taps * places, run)  # slices are copied
    one = one.times(volume(task.k[:-1]))
    if slab > 1:
        one += copy(slab * inputs * volume(task.around), task.around[-1], apart=True)
        one += copy(slab * outputs * places, task.m[-1], apart=True)
    written = bands * volume((read_by(task, rows(task)), *task.around[1:])) / task.around[-1]
    one += copy(slab * taps * written * task.m[-1], run, strided) + Cost(calls=10 * bands)
    weights = copy(task.w.size, task.k[-1], apart=True) + Cost(calls=volume(task.k[:-1]))
    return one.times(len(task.x) / slab * task.groups) + weights
