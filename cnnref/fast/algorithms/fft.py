"""Through waves: a product for each frequency."""

from typing import Any

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.algorithms.cost import Cost
from cnnref.fast.algorithms.task import Task, blocks, padding, volume
from cnnref.fast.views import padded

BUFFER = 1 << 22
"""Bytes of transforms that are held at a time."""

ENTRY, DIGIT = 30, 2.5
"""An entry of a transform takes as long as copying so many, and so many more for each binary digit
of its size: measured, because NumPy does the steps inside."""


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
    sizes = [good(size) for size in task.around]
    x, y = padded(task.x, task.windows), task.result()
    w = spread(task)
    each = zip(task.m, task.windows, strict=True)
    kept: list[Any] = [slice(0, (m - 1) * one.stride + 1, one.stride) for m, one in each]
    size = waved(task)
    for ins, outs in task.parts():
        for few in blocks(outs.stop - outs.start, size * w.shape[1], BUFFER):
            into = y[:, outs][:, few]
            kernels = np.fft.rfftn(w[outs][few], sizes, axes).conj()
            for images in blocks(len(x), size * (w.shape[1] + into.shape[1]), BUFFER):
                waves = mixed(np.fft.rfftn(x[images, ins], sizes, axes), kernels)
                into[images] = np.fft.irfftn(waves, sizes, axes)[(..., *kept)]
    return y


def waved(task: Task) -> int:
    """Bytes of the waves of one channel: of a real signal half of them are enough."""
    *others, last = (good(size) for size in task.around)
    return 2 * task.x.itemsize * volume(others) * (last // 2 + 1)


def spread(task: Task) -> Array:
    """The weights, with zeros between taps that are apart."""
    if all(window.dilation == 1 for window in task.windows):
        return task.w
    w = np.zeros((*task.w.shape[:2], *(window.span for window in task.windows)), task.w.dtype)
    apart: list[Any] = [slice(None, None, window.dilation) for window in task.windows]
    w[(..., *apart)] = task.w
    return w


def error(task: Task) -> float:
    r"""How far an output can be from its exact value.

    A transform of $L$ places errs, in length, by a share $\epsilon = 2 \eta \log_2 L$ of what it
    transforms, with $\eta = u + \gamma_4 (\sqrt{2} + u)$ (Higham; twice, for threes and fives). So
    waves multiplied err by $2 \epsilon + 4 u$ of $|x|_2 |w|_2$ for each channel (Cauchy, Schwarz),
    their sum by as many $u$ as there are channels, and the way back by $\epsilon$ of its length,
    which is at most $|x|_2 |w|_1$ (Young).

    Source: Higham, Accuracy and Stability of Numerical Algorithms, 2002, theorem 24.2.
    """
    u = float(np.finfo(task.x.dtype).eps) / 2
    levels = float(sum(np.ceil(np.log2(good(size))) for size in task.around))
    step = 2 * levels * (u + 4 * u / (1 - 4 * u) * (2**0.5 + u))
    share = 3 * step + (task.w.shape[1] + 8) * u
    x, w = (one.reshape(*one.shape[:2], -1).astype(np.float64) for one in (task.x, task.w))
    signals, kernels = np.sqrt((x * x).sum(axis=2)), np.abs(w).sum(axis=2)  # (N, C_in), (C_out, C)
    longest = max((signals[:, ins] @ kernels[outs].T).max() for ins, outs in task.parts())
    return float(share / (1 - share) * longest)


def mixed(x: Array, w: Array) -> Array:
    """Per frequency the sum over channels: (N, C, *q) and (F, C, *q) to (N, F, *q)."""
    if x.shape[1] == 1:
        return x * w[:, 0]
    frequencies = x.shape[2:]
    rows = x.reshape(*x.shape[:2], volume(frequencies)).transpose(2, 0, 1)
    columns = w.reshape(*w.shape[:2], volume(frequencies)).transpose(2, 1, 0)
    return (rows @ columns).transpose(1, 2, 0).reshape(len(x), len(w), *frequencies)


def memory(task: Task) -> int:
    """For some images and outputs the waves, and what comes back; weights that are spread."""
    size = waved(task)
    inputs, outputs, images = task.w.shape[1], len(task.w) // task.groups, len(task.x)
    few = min(outputs, max(1, BUFFER // (size * inputs)))
    some = min(images, max(1, BUFFER // (size * (inputs + few))))
    kernels, signals, mixed = few * inputs, some * inputs, some * few
    transform = 2 if task.x.itemsize == 8 else 6  # NumPy goes through float64
    products = signals + mixed if inputs == 1 else 2 * (kernels + signals + mixed)
    waves = max(transform * kernels, kernels + max(transform * signals, products, 3 * mixed))
    apart = any(window.dilation > 1 for window in task.windows)
    spans = volume(window.span for window in task.windows) * apart
    return int(padding(task) + size * waves + volume(task.w.shape[:2]) * spans * task.x.itemsize)


def cost(task: Task) -> Cost:
    """The transforms, about as many steps for each entry as it has binary digits, and products."""
    places = volume(good(size) for size in task.around)
    inputs, outputs, images = task.w.shape[1], len(task.w) // task.groups, len(task.x)
    transforms = images * inputs + inputs * outputs + images * outputs
    one = Cost(moved=transforms * places * (ENTRY + DIGIT * float(np.log2(places))))
    one += Cost(multiplies=10 * images * inputs * outputs * places)
    if inputs > 1:
        one += Cost(products=places)
    return (one + Cost(calls=30)).times(task.groups)
