"""Small tiles of outputs with fewer multiplies: Winograd's minimal filtering."""

from typing import NamedTuple

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.algorithms.task import Task, around, blocks

BUFFER = 1 << 22
"""Bytes of transformed tiles that are held at a time."""


class Transforms(NamedTuple):
    """F(m, 3): tiles of m outputs from m + 2 inputs, in as many multiplies."""

    inputs: Array
    kernel: Array
    outputs: Array


TWO = Transforms(
    np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]]),
    np.array([[2, 0, 0], [1, 1, 1], [1, -1, 1], [0, 0, 2]]) / 2,
    np.array([[1, 1, 1, 0], [0, 1, -1, -1]]),
)
FOUR = Transforms(
    np.array(
        [
            [4, 0, -5, 0, 1, 0],
            [0, -4, -4, 1, 1, 0],
            [0, 4, -4, -1, 1, 0],
            [0, -2, -1, 2, 1, 0],
            [0, 2, -1, -2, 1, 0],
            [0, 4, 0, -5, 0, 1],
        ]
    ),
    np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]) / 24,
    np.array([[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]]),
)


def refuses(task: Task) -> str:
    """Why this call is not one for it, or nothing."""
    return "" if task.plain and task.k == (3, 3) else "needs 3 x 3 kernels, stride 1, dilation 1"


def winograd2(task: Task) -> Array:
    """Tiles of 2 x 2 outputs: 16 multiplies for what takes 36.

    Memory: the transformed weights, 16/9 of them, and a block of tiles. Accuracy: about that of
    the definition; the transforms hold halves and ones only.

    Source: Lavin, Gray, Fast Algorithms for Convolutional Neural Networks, 2015.
    """
    return tiled(task, TWO)


def winograd4(task: Task) -> Array:
    """Tiles of 4 x 4 outputs: 36 multiplies for what takes 144.

    Memory: the transformed weights, 4 times them, and a block of tiles. Accuracy: in float32 more
    than a digit is lost, because the transforms hold numbers from 1/24 to 8.

    Source: Lavin, Gray, Fast Algorithms for Convolutional Neural Networks, 2015.
    """
    return tiled(task, FOUR)


def tiled(task: Task, transforms: Transforms) -> Array:
    """All tiles of one row of tiles, for as many images as the buffer holds."""
    inputs, kernel, outputs = (matrix.astype(task.x.dtype) for matrix in transforms)
    tile, size = outputs.shape
    rows, columns = (-(-m // tile) for m in task.m)
    spare = (rows * tile - task.m[0], columns * tile - task.m[1])
    x = around(task, spare)
    y = np.empty((len(x), len(task.w), rows * tile, columns * tile), x.dtype)
    u = np.ascontiguousarray((kernel @ task.w @ kernel.T).transpose(2, 3, 0, 1))  # (a, a, F, C)
    channels = task.w.shape[1] + len(task.w) // task.groups
    for ins, outs in task.parts():
        for row in range(rows):
            band = x[:, ins, row * tile : row * tile + size]  # (N, C, a, n)
            for images in blocks(len(x), size**2 * channels * columns * x.itemsize, BUFFER):
                seen = np.lib.stride_tricks.sliding_window_view(band[images], size, axis=3)
                tiles = seen[:, :, :, ::tile].transpose(2, 4, 1, 0, 3)  # (a, a, C, N, T)
                flat = tiles.reshape(size, size, ins.stop - ins.start, -1)
                v = through(inputs, flat)
                z = through(outputs, np.matmul(u[:, :, outs], v))  # (t, t, F, N T)
                z = z.reshape(tile, tile, outs.stop - outs.start, -1, columns)
                into = y[images, outs, row * tile : (row + 1) * tile]
                into[...] = z.transpose(3, 2, 0, 4, 1).reshape(into.shape)
    return np.ascontiguousarray(y[:, :, : task.m[0], : task.m[1]])


def through(matrix: Array, tiles: Array) -> Array:
    """The matrix applied along the first two axes of (a, b, C, T)."""
    a, b, *rest = tiles.shape
    first = (matrix @ tiles.reshape(a, -1)).reshape(len(matrix), b, -1)
    return np.matmul(matrix, first).reshape(len(matrix), len(matrix), *rest)
