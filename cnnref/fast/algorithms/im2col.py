"""All windows written out as columns, then one matrix product."""

from typing import Any

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.algorithms.cost import Cost, copy, product
from cnnref.fast.algorithms.task import CACHE, Task, around, blocks, boxes, padding, patches, volume


def im2col(task: Task) -> Array:
    r"""The columns of a block of windows, times the weights as a matrix.

    Operations: those of the definition, $N \, C_\text{out} \, C_\text{in} \prod k \prod m$
    multiplies. Memory: the padded input, and columns for as many images, or places of one, as the
    cache holds. Accuracy: sums of products, in another order than the definition's.

    Source: Chellapilla, Puri, Simard, High Performance Convolutional Neural Networks for Document
    Processing, 2006.
    """
    view, y = patches(around(task), task), task.result()  # (N, C_in, *k, *m)
    size = volume(task.w.shape[1:]) * y.itemsize  # of the columns of one place
    taps = (slice(None),) * task.rank
    room = np.empty(held(task), y.dtype)
    for ins, outs in task.parts():
        w = task.w[outs].reshape(outs.stop - outs.start, -1)
        for images in blocks(len(y), size * volume(task.m)):
            for box in boxes(task.m, size * (images.stop - images.start)):
                into = y[(images, outs, *box)]
                shape = (len(into), w.shape[1], into[0, 0].size)
                columns = room[: volume(shape)].reshape(shape)
                seen = view[(images, ins, *taps, *box)]
                np.copyto(columns.reshape(seen.shape), seen)
                multiplied(w, columns, into)
    return y


def multiplied(w: Array, columns: Array, into: Array) -> None:
    """The product, at its place in the output (N, C_out, *m)."""
    flat: Any = into.reshape(*into.shape[:2], -1)
    if np.may_share_memory(flat, into):
        np.matmul(w, columns, out=flat)
    else:  # parts of rows: the places do not lie in one line
        into[...] = np.matmul(w, columns).reshape(into.shape)


def held(task: Task) -> int:
    """Entries of the columns of a block."""
    taps = volume(task.w.shape[1:])
    return min(max(CACHE // task.x.itemsize, taps), taps * volume(task.m) * len(task.x))


def memory(task: Task) -> int:
    """The columns of a block, and their products where these are parts of rows."""
    columns, outputs = held(task), len(task.w) // task.groups
    whole = columns >= volume((*task.w.shape[1:], *task.m[1:]))
    products = 0 if whole else columns // volume(task.w.shape[1:]) * outputs
    return padding(task) + (columns + products) * task.x.itemsize


def cost(task: Task) -> Cost:
    """A copy of all windows, and a product for each image and group."""
    taps, places = volume(task.w.shape[1:]), volume(task.m)
    one = copy(taps * places, task.m[-1]) + product(len(task.w) // task.groups, taps, places)
    bytes_ = taps * places * task.x.itemsize * len(task.x)
    return (one.times(len(task.x)) + Cost(calls=3 + 3 * bytes_ / CACHE)).times(task.groups)
