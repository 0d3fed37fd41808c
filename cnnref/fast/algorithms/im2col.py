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
    view, y = patches(around(task), task), task.result()  # (N, C_in, *k, *m)
    width = volume((task.w.shape[1], *task.k, *task.m[1:])) * y.itemsize  # of one row of outputs
    for ins, outs in task.parts():
        w = task.w[outs].reshape(outs.stop - outs.start, -1)
        for images in blocks(len(y), width * task.m[0]):
            for rows in blocks(task.m[0], width * (images.stop - images.start)):
                seen = view[(images, ins, *(slice(None),) * task.rank, rows)]
                lead = seen.shape[: 2 + task.rank]
                columns = np.ascontiguousarray(seen).reshape(lead[0], w.shape[1], -1)
                into = y[images, outs, rows]
                into[...] = np.matmul(w, columns).reshape(into.shape)
    return y


def cost(task: Task) -> Cost:
    """A copy of all windows, and a product for each image and group."""
    taps, places = volume(task.w.shape[1:]), volume(task.m)
    run = task.m[-1] if task.windows[-1].stride == 1 else 1
    one = copy(taps * places, run) + product(len(task.w) // task.groups, taps, places)
    bytes_ = taps * places * task.x.itemsize * len(task.x)
    return (one.times(len(task.x)) + Cost(calls=3 + 3 * bytes_ / CACHE)).times(task.groups)
