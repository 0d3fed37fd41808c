"""One product per tap, of the input as it lies there; nothing is gathered."""

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.algorithms.task import Task, around, patches


def shifted(task: Task) -> Array:
    """For each tap its weights times the places that it reads, added up.

    With one channel in each group the product is entry by entry.

    Operations: those of the definition. Memory: the padded input and one image's output more.
    Accuracy: the taps are added one by one, a sum of channels each.

    Source: Anderson, Vasudevan, Keane, Gregg, Low-memory GEMM-based Convolution Algorithms for
    Deep Neural Networks, 2017.
    """
    view, y = patches(around(task), task), task.result()  # (N, C_in, *k, *m)
    y[...] = 0
    for ins, outs in task.parts():
        for tap in np.ndindex(task.k):
            w = task.w[(outs, slice(None), *tap)]
            for image, into in zip(view[:, ins], y[:, outs], strict=True):
                seen = image[(slice(None), *tap)]  # (C_in/groups, *m)
                into += (w @ seen.reshape(len(seen), -1)).reshape(into.shape)
    return y
