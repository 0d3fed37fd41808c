"""What an algorithm is given, and blocks of it."""

import math
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.views import around, places
from cnnref.window import Window

CACHE = 1 << 21
"""Bytes of a buffer that stays near the processor while it is filled and read."""


@dataclass(frozen=True, eq=False)
class Task:
    """One layer to compute: x (N, C_in, *n), w (C_out, C_in/groups, *k), a Window per axis."""

    x: Array
    w: Array
    windows: tuple[Window, ...]
    groups: int = 1

    @cached_property
    def m(self) -> tuple[int, ...]:
        """Output places per axis."""
        return places(self.x.shape[2:], self.windows)

    @property
    def k(self) -> tuple[int, ...]:
        """Taps per axis."""
        return self.w.shape[2:]

    @property
    def rank(self) -> int:
        """The number of spatial axes."""
        return len(self.windows)

    @cached_property
    def sizes(self) -> Hashable:
        """All that the time and the memory of a computation depend on."""
        lies = self.x.flags.c_contiguous
        return self.x.shape, self.w.shape, self.windows, self.groups, self.x.itemsize, lies

    @cached_property
    def around(self) -> tuple[int, ...]:
        """The spatial size of the input with its padding."""
        return around(self.x.shape[2:], self.windows)

    @property
    def strided(self) -> bool:
        """Whether neighbouring output places read places that are apart, on the last axis."""
        return self.windows[-1].stride > 1

    def result(self) -> Array:
        """Room for the output (N, C_out, *m)."""
        return np.empty((len(self.x), len(self.w), *self.m), self.x.dtype)

    def parts(self) -> Iterator[tuple[slice, slice]]:
        """The input and the output channels of each group."""
        inputs, outputs = self.w.shape[1], len(self.w) // self.groups
        for g in range(self.groups):
            yield slice(g * inputs, (g + 1) * inputs), slice(g * outputs, (g + 1) * outputs)


def padding(task: Task) -> int:
    """Bytes of the input with its padding around it; without padding it stays where it is."""
    if task.around == task.x.shape[2:] and task.x.flags.c_contiguous:
        return 0
    return volume((*task.x.shape[:2], *task.around, task.x.itemsize))


def blocks(count: int, size: int, most: int) -> Iterator[slice]:
    """`count` things of `size` bytes, as many at a time as fit into `most` bytes, at least one."""
    step = max(1, most // max(size, 1))
    for first in range(0, count, step):
        yield slice(first, min(first + step, count))


def boxes(m: tuple[int, ...], size: int, most: int) -> Iterator[tuple[slice, ...]]:
    """Output places of `size` bytes each, as boxes of whole rows where `most` bytes hold one."""
    row = size * volume(m[1:])
    if len(m) == 1 or row <= most:
        for some in blocks(m[0], row, most):
            yield (some, *(slice(0, n) for n in m[1:]))
    else:
        for j in range(m[0]):
            for rest in boxes(m[1:], size, most):
                yield (slice(j, j + 1), *rest)


def volume(shape: Iterable[int]) -> int:
    """The number of entries."""
    return int(math.prod(shape))
