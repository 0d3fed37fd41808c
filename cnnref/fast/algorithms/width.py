"""Windows written out along the last axis only; the other taps are slices of that."""

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.algorithms.cost import Cost, copy, product
from cnnref.fast.algorithms.task import Task, around, patches, volume
from cnnref.window import Window


def width(task: Task) -> Array:
    r"""Columns along the last axis, then a product for each tap of the other axes.

    Operations: those of the definition. Memory: the padded input and, for one image, its columns:
    $k$ times its size for the last axis' $k$, and not $\prod k$ times.
    Accuracy: as many sums as the other axes have taps, added one by one.

    Source: Cho, Brand, MEC: Memory-efficient Convolution for Deep Neural Network, 2017.
    """
    *others, last = task.windows
    plain = [Window(1) for _ in others]
    lowered = task._replace(w=task.w[(..., *(slice(1),) * len(others), slice(None))])
    x, y = around(task), task.result()
    flat = lowered._replace(x=x, windows=(*plain, Window(last.kernel, last.stride, last.dilation)))
    view = patches(x, flat)  # (N, C_in, 1.., k, *n.., m)
    for ins, outs in task.parts():
        for image, into in zip(view[:, ins], y[:, outs], strict=True):
            channels, rows = image.shape[0], image.shape[1 + task.rank : -1]
            columns = image.reshape(channels * last.kernel, *rows, task.m[-1])
            total, product = np.zeros((2, len(into), volume(task.m)), x.dtype)
            for tap in np.ndindex(task.k[:-1]):
                w = task.w[(outs, slice(None), *tap)].reshape(len(into), -1)
                places = tuple(
                    slice(a * o.dilation, a * o.dilation + (m - 1) * o.stride + 1, o.stride)
                    for a, o, m in zip(tap, others, task.m, strict=False)
                )
                seen = columns[(slice(None), *places)].reshape(w.shape[1], volume(task.m))
                np.matmul(w, seen, out=product)
                total += product
            into[...] = total.reshape(into.shape)
    return y


def cost(task: Task) -> Cost:
    """For each image and group a copy, and for each tap of the other axes a product, added."""
    outputs, inputs, places = len(task.w) // task.groups, task.w.shape[1], volume(task.m)
    run = task.m[-1] if task.windows[-1].stride == 1 else 1
    taps = inputs * task.k[-1]
    one = product(outputs, taps, places) + copy(outputs * places, places) + Cost(calls=4)
    if any(window.stride > 1 for window in task.windows[:-1]):
        one += copy(taps * places, task.m[-1])
    one = one.times(volume(task.k[:-1]))
    one += copy(taps * volume(task.padded[:-1]) * task.m[-1], run) + Cost(calls=3)
    return one.times(len(task.x) * task.groups)
