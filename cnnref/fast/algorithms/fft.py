"""Through waves: a product for each frequency."""

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.algorithms.cost import Cost, copy, product
from cnnref.fast.algorithms.task import Task, around, blocks, volume

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
    w = spread(task)
    kept = tuple(
        slice(0, (m - 1) * window.stride + 1, window.stride)
        for m, window in zip(task.m, task.windows, strict=True)
    )
    each = 2 * task.x.itemsize * volume(sizes)  # bytes of the waves of one channel
    for ins, outs in task.parts():
        for few in blocks(outs.stop - outs.start, each * w.shape[1], BUFFER):
            into = y[:, outs][:, few]
            kernels = np.fft.rfftn(w[outs][few], sizes, axes).conj()
            for images in blocks(len(x), each * (w.shape[1] + into.shape[1]), BUFFER):
                waves = mixed(np.fft.rfftn(x[images, ins], sizes, axes), kernels)
                into[images] = np.fft.irfftn(waves, sizes, axes)[(..., *kept)]
    return y


def spread(task: Task) -> Array:
    """The weights, with zeros between taps that are apart."""
    if all(window.dilation == 1 for window in task.windows):
        return task.w
    w = np.zeros((*task.w.shape[:2], *(window.span for window in task.windows)), task.w.dtype)
    w[(..., *(slice(None, None, window.dilation) for window in task.windows))] = task.w
    return w


def error(task: Task) -> float:
    r"""How far an output can be from its exact value.

    A transform of $L$ places errs, in length, by $\epsilon = \eta \log_2 L$ of what it transforms,
    with $\eta = u + \gamma_4 (\sqrt{2} + u)$ (Higham). So products of waves err by
    $2 \epsilon + 4 u$ of the lengths of $x$ and $w$, the sum over channels by as many $u$, and the
    way back by $\epsilon$ again.

    Source: Higham, Accuracy and Stability of Numerical Algorithms, 2002, theorem 24.2.
    """
    u = float(np.finfo(task.x.dtype).eps) / 2
    levels = sum(np.ceil(np.log2(good(size))) for size in task.padded) + 1
    step = levels * (u + 4 * u / (1 - 4 * u) * (2**0.5 + u))
    spatial = tuple(range(2, 2 + task.rank))
    signals = np.linalg.norm(task.x.reshape(*task.x.shape[:2], -1), axis=2)  # (N, C_in)
    kernels = np.linalg.norm(task.w.reshape(*task.w.shape[:2], -1), axis=2)  # (C_out, C)
    loud = np.abs(task.w).sum(axis=spatial).max()
    share = 3 * step + (task.w.shape[1] + 8) * u
    return float(share * task.w.shape[1] * signals.max(initial=0) * max(kernels.max(), loud) * 2)


def mixed(x: Array, w: Array) -> Array:
    """Per frequency the sum over channels: (N, C, *q) and (F, C, *q) to (N, F, *q)."""
    if x.shape[1] == 1:
        return x * w[:, 0]
    frequencies = x.shape[2:]
    rows = x.reshape(*x.shape[:2], volume(frequencies)).transpose(2, 0, 1)
    columns = w.reshape(*w.shape[:2], volume(frequencies)).transpose(2, 1, 0)
    return (rows @ columns).transpose(1, 2, 0).reshape(len(x), len(w), *frequencies)


def cost(task: Task) -> Cost:
    """The transforms, about as many steps for each entry as it has binary digits, and products."""
    places = volume(good(size) for size in task.padded)
    inputs, outputs, images = task.w.shape[1], len(task.w) // task.groups, len(task.x)
    transforms = images * inputs + inputs * outputs + images * outputs
    levels = np.log2(places)
    one = copy(transforms * places * levels / 2, levels / 6)
    one += Cost(multiplies=8 * images * inputs * outputs * places, operands=transforms * places)
    if inputs > 1:
        one += copy(transforms * places, 1) + Cost(products=places / 2)
    return (one + Cost(calls=15)).times(task.groups)
