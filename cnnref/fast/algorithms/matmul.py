"""A kernel of one tap is a matrix product over the channels."""

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.algorithms.task import Task, around, patches


def refuses(task: Task) -> str:
    """Why this call is not one for it, or nothing."""
    return "" if set(task.k) == {1} else "needs kernels of one tap"


def matmul(task: Task) -> Array:
    """One product for each image: the weights times its channels, all places at once.

    Operations: those of the definition. Memory: what is read, if padding or a stride asks for a
    copy. Accuracy: sums of products, in another order than the definition's.

    Source: Lin, Chen, Yan, Network In Network, 2013.
    """
    y = task.result()
    seen = patches(around(task), task).reshape(*task.x.shape[:2], -1)
    for ins, outs in task.parts():
        w = task.w[outs].reshape(outs.stop - outs.start, -1)
        into = y.reshape(*y.shape[:2], -1)[:, outs]
        np.matmul(w, seen[:, ins], out=into)
    return y
