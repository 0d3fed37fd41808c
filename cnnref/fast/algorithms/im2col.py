"""All windows written out as columns, then one matrix product."""

from typing import Any

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.algorithms.cost import Cost, copy, product
from cnnref.fast.algorithms.task import CACHE, Task, around, blocks, boxes, padding, patches, volume


def im2col(task: Task) -> Array:
    r"""The columns of a block of windows, times the weights as a matrix.

    Weights that are larger than the cache are read once for several images, whose columns then
    stand side by side.

    Operations: those of the definition, $N \, C_\text{out} \, C_\text{in} \prod k \prod m$
    multiplies. Memory: the padded input, and columns for as many images, or places of one, as the
    cache holds, or as many as there are weights. Accuracy: sums of products, in another order than
    the definition's.

    Source: Chellapilla, Puri, Simard, High Performance Convolutional Neural Networks for Document
    Processing, 2006.
    """
    y, inputs = task.result(), task.w.shape[1]
    view = patches(around(task), task)
    view = view.reshape(len(y), task.groups, inputs, *view.shape[2:])  # (N, groups, C, *k, *m)
    into = y.reshape(len(y), task.groups, -1, *task.m)
    weights = task.w.reshape(task.groups, into.shape[2], -1)
    room = np.empty(held(task), y.dtype)
    size = weights.shape[2] * y.itemsize  # of the columns of one place
    one, taps = size * volume(task.m), (slice(None),) * (1 + task.rank)
    side_by_side = together(task) > 1
    for groups in blocks(task.groups, one * len(y), 1 if side_by_side else room.nbytes):
        w, few = weights[groups], groups.stop - groups.start
        for images in blocks(len(y), one * few, room.nbytes):
            for box in boxes(task.m, size * few * (images.stop - images.start), room.nbytes):
                here: Any = (images, groups, slice(None), *box)
                seen = view[(images, groups, *taps, *box)]
                if side_by_side:
                    beside(w[0], seen[:, 0], room, into[here][:, 0])
                else:
                    each(w, seen, room, into[here])
    return y


def each(w: Array, seen: Array, room: Array, into: Array) -> None:
    """A product for each image and group, at its place in the output (N, groups, C_out, *m)."""
    columns = room[: seen.size].reshape(*seen.shape[:2], w.shape[2], -1)
    np.copyto(columns.reshape(seen.shape), seen)
    flat: Any = into.reshape(*into.shape[:3], -1)
    if np.may_share_memory(flat, into):
        np.matmul(w, columns, out=flat)
    else:  # parts of rows: the places do not lie in one line
        into[...] = np.matmul(w, columns).reshape(into.shape)


def beside(w: Array, seen: Array, room: Array, into: Array) -> None:
    """One product for some images, whose places stand in one row."""
    apart = np.moveaxis(seen, 0, seen.ndim // 2)  # (C_in, *k, N, *m)
    columns = room[: seen.size].reshape(w.shape[1], -1)
    np.copyto(columns.reshape(apart.shape), apart)
    products = (w @ columns).reshape(len(w), len(seen), *into.shape[2:])
    into[...] = np.moveaxis(products, 0, 1)


def together(task: Task) -> int:
    """How many images stand side by side: those whose columns take no more than the weights do."""
    heavy = task.w.nbytes // task.groups
    one = volume((*task.w.shape[1:], *task.m, task.x.itemsize))
    return max(1, min(len(task.x), heavy // one)) if heavy > CACHE else 1


def held(task: Task) -> int:
    """Entries of the columns of a block."""
    taps, some = volume(task.w.shape[1:]), together(task)
    least = max(CACHE // task.x.itemsize, taps, some * taps * volume(task.m) * (some > 1))
    return min(least, taps * volume(task.m) * len(task.x) * task.groups)


def memory(task: Task) -> int:
    """The columns of a block, and their products where these are not at their place at once."""
    columns, outputs = held(task), len(task.w) // task.groups
    whole = columns >= volume((*task.w.shape[1:], *task.m[1:])) and together(task) == 1
    products = 0 if whole else columns // volume(task.w.shape[1:]) * outputs
    return padding(task) + (columns + products) * task.x.itemsize


def cost(task: Task) -> Cost:
    """A copy of all windows, and a product for some images and each group."""
    taps, places, outputs = volume(task.w.shape[1:]), volume(task.m), len(task.w) // task.groups
    some = together(task)
    run = task.m[-1] if task.m[-1] > 1 else task.k[-1]
    one = copy(some * taps * places, run, task.strided)
    one += product(outputs, taps, some * places)
    if some > 1:
        one += copy(some * outputs * places, places)
    blocks = -(-taps * places * task.x.itemsize * len(task.x) * task.groups // CACHE)
    return one.times(len(task.x) / some * task.groups) + Cost(calls=5 + 5 * blocks)
