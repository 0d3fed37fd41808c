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
    view, y = patches(around(task), task), task.result()  # (N, C_in, *k, *m)
    room = np.empty(held(task), y.dtype)
    size = volume(task.w.shape[1:]) * y.itemsize  # of the columns of one place
    taps = (slice(None),) * task.rank
    multiplied = beside if together(task) > 1 else each
    for ins, outs in task.parts():
        w = task.w[outs].reshape(outs.stop - outs.start, -1)
        for images in blocks(len(y), size * volume(task.m), room.nbytes):
            for box in boxes(task.m, size * (images.stop - images.start), room.nbytes):
                multiplied(w, view[(images, ins, *taps, *box)], room, y[(images, outs, *box)])
    return y


def each(w: Array, seen: Array, room: Array, into: Array) -> None:
    """A product for each image, at its place in the output (N, C_out, *m)."""
    columns = room[: seen.size].reshape(len(seen), w.shape[1], -1)
    np.copyto(columns.reshape(seen.shape), seen)
    flat: Any = into.reshape(*into.shape[:2], -1)
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
    return min(least, taps * volume(task.m) * len(task.x))


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
    one = copy(some * taps * places, task.m[-1]) + product(outputs, taps, some * places)
    if some > 1:
        one += copy(some * outputs * places, places)
    bytes_ = taps * places * task.x.itemsize * len(task.x)
    return (one.times(len(task.x) / some) + Cost(calls=3 + 3 * bytes_ / CACHE)).times(task.groups)
