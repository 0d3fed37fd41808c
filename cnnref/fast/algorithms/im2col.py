"""All windows written out as columns, then one matrix product."""

from typing import Any

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.algorithms.cost import Cost, copy, product
from cnnref.fast.algorithms.task import CACHE, Task, blocks, boxes, padding, volume
from cnnref.fast.views import padded, patches

SHORT = 16
"""Entries of a row of output, below which images lie innermost."""

LEAST = 4
"""So many images at least."""


def im2col(task: Task) -> Array:
    r"""The columns of a block of windows, times the weights as a matrix.

    Small images are taken several at a time and lie innermost, so that runs are long.

    Operations: those of the definition, $N \, C_\text{out} \, C_\text{in} \prod k \prod m$
    multiplies. Memory: the padded input, and columns for as many images, or places of one, as the
    cache holds. Accuracy: sums of products, in another order than the definition's.

    Source: Chellapilla, Puri, Simard, High Performance Convolutional Neural Networks for Document
    Processing, 2006.
    """
    y = task.result()
    into = y.reshape(len(y), task.groups, -1, *task.m)
    weights = task.w.reshape(task.groups, into.shape[2], -1)
    compute = innermost if together(task) > 1 else outermost
    compute(task, weights, np.empty(held(task), y.dtype), into)
    return y


def outermost(task: Task, weights: Array, room: Array, y: Array) -> None:
    """A product for each image and group, at its place in the output (N, groups, C_out, *m)."""
    view = patches(padded(task.x, task.windows), task.windows)
    view = view.reshape(len(y), task.groups, -1, *view.shape[2:])  # (N, groups, C, *k, *m)
    size = weights.shape[2] * y.itemsize  # of the columns of one place
    one, taps = size * volume(task.m), (slice(None),) * (1 + task.rank)
    for groups in blocks(task.groups, one * len(y), room.nbytes):
        w, few = weights[groups], groups.stop - groups.start
        for images in blocks(len(y), one * few, room.nbytes):
            for box in boxes(task.m, size * few * (images.stop - images.start), room.nbytes):
                here: Any = (images, groups, slice(None), *box)
                seen, into = view[(images, groups, *taps, *box)], y[here]
                columns = room[: seen.size].reshape(*seen.shape[:2], w.shape[2], -1)
                np.copyto(columns.reshape(seen.shape), seen)
                flat: Any = into.reshape(*into.shape[:3], -1)
                if np.may_share_memory(flat, into):
                    np.matmul(w, columns, out=flat)
                else:  # parts of rows: the places do not lie in one line
                    into[...] = np.matmul(w, columns).reshape(into.shape)


def innermost(task: Task, weights: Array, room: Array, y: Array) -> None:
    """A product for some images and each group."""
    x, one = padded(task.x, task.windows), weights.shape[2] * volume(task.m) * y.itemsize
    for images in blocks(len(x), 1, together(task)):
        lines = np.ascontiguousarray(np.moveaxis(x[images], 0, -1))  # (C_in, *n, N)
        view = np.moveaxis(patches(np.moveaxis(lines, -1, 0), task.windows), 0, -1)
        view = view.reshape(task.groups, -1, *view.shape[1:])  # (groups, C, *k, *m, N)
        for groups in blocks(task.groups, one * lines.shape[-1], room.nbytes):
            seen, w = view[groups], weights[groups]
            columns = room[: seen.size].reshape(len(seen), w.shape[2], -1)
            np.copyto(columns.reshape(seen.shape), seen)
            z = np.matmul(w, columns).reshape(*w.shape[:2], *task.m, -1)
            y[images, groups] = np.moveaxis(z, -1, 0)


def together(task: Task) -> int:
    """How many images lie innermost: more than one, where rows of output are short."""
    one = volume((*task.w.shape[1:], *task.m, task.x.itemsize))
    some = min(len(task.x), max(CACHE // 2 // one, min(8, 4 * CACHE // one)))
    short = task.m[-1] * task.windows[-1].stride < SHORT and volume(task.k) > 1
    return some if short and some >= LEAST else 1


def held(task: Task) -> int:
    """Entries of the columns of a block."""
    taps, some = volume(task.w.shape[1:]), together(task)
    least = max(CACHE // task.x.itemsize, taps, some * taps * volume(task.m) * (some > 1))
    return min(least, taps * volume(task.m) * len(task.x) * task.groups)


def memory(task: Task) -> int:
    """The columns of a block, and what is not at its place at once: products, some of the input."""
    columns, outputs = held(task), len(task.w) // task.groups
    some, per_place = together(task), volume(task.w.shape[1:])
    whole = columns >= per_place * volume(task.m[1:]) and some == 1
    products = 0 if whole else columns // per_place * outputs
    lines = some * task.x.shape[1] * volume(task.around) * (some > 1)
    beside = products + lines
    if some < len(task.x):  # the next ones are made before the last ones go
        beside *= 2
    return int(padding(task) + (columns + beside) * task.x.itemsize)


def cost(task: Task) -> Cost:
    """A copy of all windows, and a product for some images and each group."""
    taps, places, outputs = volume(task.w.shape[1:]), volume(task.m), len(task.w) // task.groups
    some = together(task)
    run = task.m[-1] if task.m[-1] > 1 else task.k[-1]
    one = product(outputs, taps, some * places)
    if some > 1:
        one += copy(some * taps * places, some * run)
        one += copy(some * task.w.shape[1] * volume(task.around), task.around[-1], apart=True)
        one += copy(some * outputs * places, task.m[-1], apart=True)
    else:
        one += copy(taps * places, run, task.strided)
    blocks = -(-taps * places * task.x.itemsize * len(task.x) * task.groups // CACHE)
    return one.times(len(task.x) / some * task.groups) + Cost(calls=5 + 5 * blocks)
