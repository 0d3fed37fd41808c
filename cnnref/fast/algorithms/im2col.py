"""All windows written out as columns, then one matrix product."""

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.algorithms.task import Task, around, blocks, patches, volume


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
