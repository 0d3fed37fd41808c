"""A kernel of one tap is a matrix product over the channels."""

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.algorithms.cost import Cost, copy, product
from cnnref.fast.algorithms.task import Task, padding, volume
from cnnref.fast.views import padded, patches


def refuses(task: Task) -> str:
    """Why this call is not one for it, or nothing."""
    return "" if set(task.k) == {1} else f"needs kernels of one tap; got k {task.k}"


def matmul(task: Task) -> Array:
    """One product for each image and group: the weights times its channels, all places at once.

    Operations: those of the definition. Memory: what is read, if padding or a stride asks for a
    copy. Accuracy: sums of products, in another order than the definition's.

    Source: Lin, Chen, Yan, Network In Network, 2013.
    """
    y, groups = task.result(), task.groups
    view = patches(padded(task.x, task.windows), task.windows)
    seen = view.reshape(len(y), groups, task.w.shape[1], -1)
    w = task.w.reshape(groups, -1, task.w.shape[1])
    multiply = np.multiply if task.w.shape[1] == 1 else np.matmul
    multiply(w, seen, out=y.reshape(len(y), groups, w.shape[1], -1))
    return y


def memory(task: Task) -> int:
    """What is read, where it does not lie in one line."""
    apart = any(window.stride > 1 for window in task.windows)
    gathered = volume((*task.x.shape[:2], *task.m, task.x.itemsize)) if apart else 0
    return padding(task) + gathered


def cost(task: Task) -> Cost:
    """A product for each image and group; a copy if something is left out."""
    places, inputs = volume(task.m), task.w.shape[1]
    outputs = len(task.w) // task.groups
    one = copy(outputs * places, places) if inputs == 1 else product(outputs, inputs, places)
    if task.around != task.m:
        one += copy(inputs * places, task.m[-1], task.strided)
    return one.times(len(task.x) * task.groups) + Cost(calls=3)
