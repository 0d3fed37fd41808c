"""One product per tap, of the input as it lies there; nothing is gathered."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.algorithms.cost import Cost, copy, product
from cnnref.fast.algorithms.task import Task, blocks, padding, volume
from cnnref.fast.views import padded, patches

NEAR = 1 << 20
"""Bytes of a buffer that stays beside the arithmetic."""

LEAST = 16
"""Entries of the smallest buffer that NumPy has."""


def shifted(task: Task) -> Array:
    """For each tap its weights times the places that it reads, added up.

    At stride 1 what a tap reads is one run of the padded input, from the first place to the last;
    what it reads between the ends of rows comes out as well, and is left behind. With one channel
    in each group the product is entry by entry.

    Operations: those of the definition. Memory: the padded input, and twice one image's output.
    Accuracy: the taps are added one by one, a sum of channels each.

    Source: Anderson, Vasudevan, Keane, Gregg, Low-memory GEMM-based Convolution Algorithms for
    Deep Neural Networks, 2017.
    """
    x, y = padded(task.x, task.windows), task.result()
    if any(window.stride > 1 for window in task.windows):
        gathered(x, task, y)
    elif task.w.shape[1] == 1:
        with unbuffered():
            entrywise(Runs(task), x, task, y)
    else:
        mixed(Runs(task), x, task, y)
    return y


class Runs:
    """What the taps of a layer at stride 1 read of an input whose spatial axes lie in one line."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.steps = [volume(task.around[axis + 1 :]) for axis in range(task.rank)]
        self.room = task.m[0] * self.steps[0]
        """Places of whole rows, of which the last ones are read by no tap."""
        ends = zip(task.m, self.steps, strict=True)
        self.length = 1 + sum((m - 1) * step for m, step in ends)
        """Places from the first that a tap reads to the last one."""

    def taps(self) -> list[tuple[tuple[int, ...], slice]]:
        """Each tap, and its run."""
        dilations = [window.dilation for window in self.task.windows]
        found = []
        for tap in np.ndindex(self.task.k):
            each = zip(tap, dilations, self.steps, strict=True)
            first = sum(a * d * step for a, d, step in each)
            found.append((tap, slice(first, first + self.length)))
        return found

    def kept(self, flat: Array) -> Array:
        """Of whole rows (..., room) the places that the output has, (..., *m)."""
        rows = flat.reshape(*flat.shape[:-1], self.task.m[0], *self.task.around[1:])
        real: list[Any] = [slice(0, m) for m in self.task.m]
        return rows[(..., *real)]


def mixed(runs: Runs, x: Array, task: Task, y: Array) -> None:
    """A matrix product per tap and image, of which nothing is copied."""
    flat, taps = x.reshape(*x.shape[:2], -1), runs.taps()
    total = np.empty((len(task.w) // task.groups, runs.room), x.dtype)
    product = np.empty((len(total), runs.length), x.dtype)
    for ins, outs in task.parts():
        weights = np.ascontiguousarray(np.moveaxis(task.w[outs], (0, 1), (-2, -1)))
        for image, into in zip(flat[:, ins], y[:, outs], strict=True):
            total[...] = 0
            for tap, run in taps:
                np.matmul(weights[tap], image[:, run], out=product)
                total[:, : runs.length] += product
            into[...] = runs.kept(total)


@contextmanager
def unbuffered() -> Iterator[None]:
    """NumPy does not gather runs of some hundred entries in a buffer first."""
    before = np.setbufsize(LEAST)
    try:
        yield
    finally:
        np.setbufsize(before)


def entrywise(runs: Runs, x: Array, task: Task, y: Array) -> None:
    """One channel in each group: each output channel reads one, entry by entry."""
    each = len(task.w) // task.groups
    flat, taps = x.reshape(*x.shape[:2], 1, -1), runs.taps()
    groups = list(blocks(task.groups, 3 * each * runs.room * x.itemsize, NEAR))
    room = np.empty((2, groups[0].stop, each, runs.room), x.dtype)
    for image, into in zip(flat, y, strict=True):
        for few in groups:
            outs = slice(few.start * each, few.stop * each)
            w = np.moveaxis(task.w[outs].reshape(-1, each, 1, *task.k), (0, 1, 2), (-3, -2, -1))
            total, product = room[:, : few.stop - few.start]
            added, product = total[..., : runs.length], product[..., : runs.length]
            for nth, (tap, run) in enumerate(taps):
                np.multiply(image[few, :, run], w[tap], out=product if nth else added)
                if nth:
                    np.add(added, product, out=added)
            into[outs] = runs.kept(total.reshape(-1, runs.room))


def gathered(x: Array, task: Task, y: Array) -> None:
    """With a stride, what a tap reads is gathered first."""
    view = patches(x, task.windows)  # (N, C_in, *k, *m)
    y[...] = 0
    for ins, outs in task.parts():
        for tap in np.ndindex(task.k):
            w = task.w[(outs, slice(None), *tap)]
            for image, into in zip(view[:, ins], y[:, outs], strict=True):
                seen = image[(slice(None), *tap)]  # (C_in/groups, *m)
                into += (w @ seen.reshape(len(seen), -1)).reshape(into.shape)


def memory(task: Task) -> int:
    """Weights of a group in another order; of one image what is added up, or what a tap reads."""
    outputs, inputs = len(task.w) // task.groups, task.w.shape[1]
    if any(window.stride > 1 for window in task.windows):
        held = (inputs + 2 * outputs) * volume(task.m) + outputs * inputs
    elif inputs == 1:
        held = max(NEAR // task.w.itemsize, 3 * outputs * Runs(task).room)
    else:
        held = outputs * (3 * Runs(task).room + 2 * volume(task.w.shape[1:]))
    return int(padding(task) + held * task.w.itemsize)


def cost(task: Task) -> Cost:
    """For each image, group and tap a product, which is then added."""
    outputs, inputs, places = len(task.w) // task.groups, task.w.shape[1], volume(task.m)
    around_ = copy(2 * outputs * places, task.m[-1])  # zeros, and what is kept
    calls = 3.0 * volume(task.k)
    if any(window.stride > 1 for window in task.windows):
        one = copy(inputs * places, task.m[-1], task.strided) + product(outputs, inputs, places)
        one, calls = one + copy(2 * outputs * places, places), 2 * calls
    elif inputs == 1:
        length = Runs(task).length
        one = copy(3 * outputs * length, length)  # a product, and a sum that is read and written
        share = 3 * task.w.itemsize * outputs * length / NEAR  # of a block
        calls = (2 * volume(task.k) + 5) * max(share, 1 / task.groups)
    else:
        length = Runs(task).length
        one = product(outputs, inputs, length) + copy(outputs * length, length)
    one = one.times(volume(task.k)) + around_ + Cost(calls=calls)
    weights = copy(task.w.size * (inputs > 1), volume(task.k), apart=True)
    return one.times(len(task.x) * task.groups) + weights + Cost(calls=8)
