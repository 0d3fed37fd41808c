"""Through waves: a product for each frequency."""

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.algorithms.task import Task, around, volume

BUFFER = 1 << 22
"""Bytes of transforms that are held at a time."""


def good(n: int) -> int:
    """The first size from n on that is a product of twos, threes and fives: its waves are fast."""
    while True:
        left = n
        for prime in (2, 3, 5):
            while left % prime == 0:
                left //= prime
        if left == 1:
            return n
        n += 1


def fft(task: Task) -> Array:
    r"""The transforms of input and kernel, multiplied, the channels added up, and back.

    What wraps around falls on places that the layer does not have, so the transform need not be
    larger than the padded input. A stride keeps every so many of the places.

    Operations: about $N C_\text{in} + C_\text{in} C_\text{out} + N C_\text{out}$ transforms of
    $\tfrac{5}{2} L \log_2 L$ each for $L$ places, and $3 N C_\text{in} C_\text{out} L / 2$
    multiplies. Memory: the transforms. Accuracy: the error is a share of the largest output, not
    of each.

    Source: Mathieu, Henaff, LeCun, Fast Training of Convolutional Networks through FFTs, 2013.
    """
    axes = tuple(range(2, 2 + task.rank))
    sizes = [good(size) for size in task.padded]
    x, y = around(task), task.result()
    spans = [window.span for window in task.windows]
    spread = np.zeros((*task.w.shape[:2], *spans), task.w.dtype)
    spread[(..., *(slice(None, None, window.dilation) for window in task.windows))] = task.w
    kept = tuple(
        slice(0, (m - 1) * window.stride + 1, window.stride)
        for m, window in zip(task.m, task.windows, strict=True)
    )
    for ins, outs in task.parts():
        waves = np.fft.rfftn(x[:, ins], sizes, axes)
        kernels = np.fft.rfftn(spread[outs], sizes, axes).conj()
        y[:, outs] = np.fft.irfftn(mixed(waves, kernels), sizes, axes)[(..., *kept)]
    return y


def mixed(x: Array, w: Array) -> Array:
    """Per frequency the sum over channels: (N, C, *q) and (F, C, *q) to (N, F, *q)."""
    if x.shape[1] == 1:
        return x * w[:, 0]
    frequencies = x.shape[2:]
    rows = x.reshape(*x.shape[:2], volume(frequencies)).transpose(2, 0, 1)
    columns = w.reshape(*w.shape[:2], volume(frequencies)).transpose(2, 1, 0)
    return (rows @ columns).transpose(1, 2, 0).reshape(len(x), len(w), *frequencies)
