"""All windows written out as columns, then one matrix product."""

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.algorithms.cost import Cost, copy, product
from cnnref.fast.algorithms.task import CACHE, Task, around, blocks, patches, volume


def im2col(task: Task) -> Array:
    r"""The columns of a block of windows, times the weights as a matrix.

    Operations: those of the definition, $N \, C_\text{out} \, C_\text{in} \prod k \prod m$ multiplies.
    Memory: the padded input, and columns for as many images, or rows of one, as the cache holds.
    Accuracy: sums of products, in another order than the definition's.

    Source: Chellapilla, Puri, Simard, High Performance Convolutional Neural Networks for Document
    Processing, 2006.
    """
    seen, y = views(task), task.result()
    width = volume((task.w.shape[1], *task.k, *task.m[1:])) * y.itemsize  # of one row of outputs
    for ins, outs in task.parts():
        w = task.w[outs].reshape(outs.stop - outs.start, -1)
        for images in blocks(len(y), width * task.m[0]):
            for rows in blocks(task.m[0], width * (images.stop - images.start)):
                into = y[images, outs, rows]
                shape = (len(into), task.w.shape[1], *task.k, *into.shape[2:])
                columns = np.empty(shape, y.dtype)
                places = (slice(None),) * task.rank
                for last, view in seen:
                    columns[(slice(None), slice(None), *places[1:], last)] = view[
                        (images, ins, *places, rows)
                    ]
                flat = columns.reshape(len(into), w.shape[1], -1)
                np.matmul(w, flat, out=into.reshape(*into.shape[:2], -1))  # a view of y
    return y


def views(task: Task) -> list[tuple[slice, Array]]:
    """Which taps of the last axis, and what they read, as views (N, C_in, *k, *m) in long runs.

    With a stride, the places of each remainder are put together first.
    """
    last = task.windows[-1]
    if last.stride == 1:
        return [(slice(None), patches(around(task), task))]
    spare = -task.padded[-1] % last.stride
    x = around(task, (*(0,) * (task.rank - 1), spare))
    apart = x.reshape(*x.shape[:-1], -1, last.stride)
    phases = np.ascontiguousarray(np.moveaxis(apart, -1, 0))  # (s, N, C_in, *n)
    found = []
    for tap in range(last.kernel):
        behind, phase = divmod(tap * last.dilation, last.stride)
        seen = phases[phase][..., behind : behind + task.m[-1]]
        found.append((slice(tap, tap + 1), patches(seen, task, (*task.k[:-1], 1), plain=True)))
    return found


def cost(task: Task) -> Cost:
    """A copy of all windows, and a product for each image and group."""
    taps, places = volume(task.w.shape[1:]), volume(task.m)
    one = copy(taps * places, task.m[-1]) + product(len(task.w) // task.groups, taps, places)
    bytes_ = taps * places * task.x.itemsize * len(task.x)
    return (one.times(len(task.x)) + Cost(calls=3 + 3 * bytes_ / CACHE)).times(task.groups)
