"""Tiles of outputs from tiles of inputs: transformed, multiplied place by place, and back."""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.algorithms.task import Task, blocks
from cnnref.fast.views import padded

BUFFER = 1 << 20
"""Bytes of transformed tiles that are held at a time, at least."""


class Transforms(NamedTuple):
    """F(m, 3): on each axis tiles of m outputs from m + 2 inputs, in as many multiplies."""

    inputs: Array
    kernel: Array
    outputs: Array


class Grid:
    """How the tiles of a layer lie; taps that are d places apart see every d-th place, a phase."""

    def __init__(self, task: Task, transforms: Transforms) -> None:
        tile, size = transforms.outputs.shape
        self.steps = tuple(window.dilation for window in task.windows)
        each = zip(task.m, self.steps, strict=True)
        self.tiles = rows, columns = tuple(-(-m // (step * tile)) for m, step in each)
        self.read = (
            self.steps[0] * (rows * tile + size - tile),
            self.steps[1] * (columns + 1) * tile,
        )
        """Places of the input, of which the last column of tiles is not used up."""
        self.written = self.steps[0] * rows * tile, self.steps[1] * columns * tile

    def phases(self) -> Iterator[tuple[slice, slice]]:
        """The places of each phase."""
        for i, j in np.ndindex(self.steps):
            yield slice(i, None, self.steps[0]), slice(j, None, self.steps[1])


def tiled(task: Task, transforms: Transforms) -> Array:
    """Rows of tiles, as many at a time as the buffer holds.

    Channels come last, and the columns of a tile apart, so that every step reads long runs.
    """
    grid, (tile, size) = Grid(task, transforms), transforms.outputs.shape
    rows, columns = grid.tiles
    x = padded(task.x, task.windows, (grid.read[0] - task.around[0], grid.read[1] - task.around[1]))
    y = np.empty((len(x), len(task.w), *grid.written), x.dtype)
    channels = task.w.shape[1] + len(task.w) // task.groups
    each = size**2 * channels * columns * x.itemsize  # bytes of a row of tiles of one image
    for ins, outs in task.parts():
        u = transformed(task.w[outs], transforms)
        most = max(BUFFER, u.nbytes // 4)  # the transformed weights are read once for each block
        for images, phase in product(blocks(len(x), each * rows, most), grid.phases()):
            seen, into = x[(images, ins, *phase)], y[(images, outs, *phase)]
            apart = seen.reshape(*seen.shape[:3], columns + 1, tile).transpose(2, 4, 0, 3, 1)
            last = np.ascontiguousarray(apart)  # (n, tile, N, T + 1, C)
            into = into.reshape(*into.shape[:2], rows, tile, columns, tile)
            for some in blocks(rows, each * len(seen), most):
                z = bands(last, u, transforms, some)  # (tile, tile, R, N, T, F)
                into[:, :, some] = z.transpose(3, 5, 2, 1, 4, 0)
    return np.ascontiguousarray(y[:, :, : task.m[0], : task.m[1]])


def transformed(w: Array, transforms: Transforms) -> Array:
    """The weights (F, C, 3, 3) as (b, a, C, F), b across and a down."""
    kernel = transforms.kernel.astype(w.dtype)
    size, (outputs, channels) = len(kernel), w.shape[:2]
    last = np.empty((3, 3, channels, outputs), w.dtype)
    for few in blocks(outputs, 1, 16):  # a copy that stays near what it reads
        last[..., few] = w[few].transpose(2, 3, 1, 0)
    both = np.einsum("ai,bj->baij", kernel, kernel).reshape(size**2, 9)
    u: Array = (both @ last.reshape(9, -1)).reshape(size, size, channels, outputs)
    return u


def bands(x: Array, u: Array, transforms: Transforms, rows: slice) -> Array:
    """Of (n, tile, N, T + 1, C) some rows of tiles, as outputs (tile, tile, R, N, T, F)."""
    tile, size = transforms.outputs.shape
    inputs, outputs = (one.astype(x.dtype) for one in (transforms.inputs, transforms.outputs))
    _, _, images, columns, channels = x.shape
    count = rows.stop - rows.start
    slabs = np.empty((size, size, count, images, columns - 1, channels), x.dtype)
    for row in range(count):
        first = (rows.start + row) * tile
        down = inputs @ x[first : first + size].reshape(size, -1)
        down = down.reshape(size, tile, images, columns, channels)
        for b in range(size):
            behind, phase = divmod(b, tile)
            slabs[b, :, row] = down[:, phase, :, behind : behind + columns - 1]
    v = (inputs @ slabs.reshape(size, -1)).reshape(size, size, -1, channels)
    mixed = np.matmul(v, u)  # (b, a, R N T, F)
    across = (outputs @ mixed.reshape(size, -1)).reshape(tile, size, -1)
    z: Array = np.matmul(outputs, across)
    return z.reshape(tile, tile, count, images, columns - 1, -1)
