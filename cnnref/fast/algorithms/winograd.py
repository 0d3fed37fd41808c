"""Small tiles of outputs with fewer multiplies: Winograd's minimal filtering."""

from typing import NamedTuple

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.algorithms.cost import Cost, copy, product
from cnnref.fast.algorithms.task import Task, around, blocks, volume

BUFFER = 1 << 20
"""Bytes of transformed tiles that are held at a time, at least."""


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
    stride = tuple(window.stride for window in task.windows)
    dilation = tuple(window.dilation for window in task.windows)
    if task.k != (3, 3):
        return f"needs 3 x 3 kernels; got k {task.k}"
    if stride != (1, 1):
        return f"needs stride 1; got stride {stride}"
    return "" if dilation == (1, 1) else f"needs dilation 1; got dilation {dilation}"


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


def error2(task: Task) -> float:
    """How far an output of tiles of 2 x 2 can be from its exact value."""
    return error(task, TWO)


def error4(task: Task) -> float:
    """How far an output of tiles of 4 x 4 can be from its exact value."""
    return error(task, FOUR)


def error(task: Task, transforms: Transforms) -> float:
    r"""How far an output can be from its exact value.

    With the largest input $X$ and weight $W$, no term of the sum that an output is passes
    $q^2 C X W$, where $q = \max_i \sum_\xi |A_{i\xi}| (|G| 1)_\xi (|B| 1)_\xi$ on one axis; and no
    term is rounded more often than the transforms and the channels have steps.

    Source: Higham, Accuracy and Stability of Numerical Algorithms, 2002, lemma 3.1; Barabasz and
    others, Error Analysis and Improving the Accuracy of Winograd Convolution, 2020.
    """
    rows = [np.abs(one).sum(axis=1) for one in (transforms.inputs, transforms.kernel)]
    growth = float((np.abs(transforms.outputs) @ (rows[0] * rows[1])).max()) ** 2
    channels, size = task.w.shape[1], transforms.outputs.shape[1]
    steps = 2 * (size + 3 + 1 + size) + channels + 1
    rounded = steps * float(np.finfo(task.x.dtype).eps) / 2
    largest = float(np.abs(task.x).max(initial=0)) * float(np.abs(task.w).max())
    return float(rounded / (1 - rounded) * growth * channels * largest)


def tiled(task: Task, transforms: Transforms) -> Array:
    """Rows of tiles, as many at a time as the buffer holds.

    Channels come last, and the columns of a tile apart, so that every step reads long runs.
    """
    tile, size = transforms.outputs.shape
    rows, columns = (-(-m // tile) for m in task.m)
    grid = ((rows, rows * tile + size - tile), (columns, (columns + 1) * tile))
    spare = [room - n for (_, room), n in zip(grid, task.padded, strict=True)]
    x = around(task, (spare[0], spare[1]))
    y = np.empty((len(x), len(task.w), rows * tile, columns * tile), x.dtype)
    channels = task.w.shape[1] + len(task.w) // task.groups
    each = size**2 * channels * columns * x.itemsize  # bytes of a row of tiles of one image
    for ins, outs in task.parts():
        u = transformed(task.w[outs], transforms)
        most = max(BUFFER, u.nbytes // 4)  # the transformed weights are read once for each block
        for images in blocks(len(x), each * rows, most):
            seen = x[images, ins]
            apart = seen.reshape(*seen.shape[:3], columns + 1, tile).transpose(2, 4, 0, 3, 1)
            last = np.ascontiguousarray(apart)  # (n, tile, N, T + 1, C)
            into = y[images, outs].reshape(*y[images, outs].shape[:2], rows, tile, columns, tile)
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


def memory(task: Task, transforms: Transforms) -> int:
    """The input twice, weights and their transforms, a block of tiles, the output at most again."""
    tile, size = transforms.outputs.shape
    rows, columns = (-(-m // tile) for m in task.m)
    inputs, outputs, images = task.w.shape[1], len(task.w) // task.groups, len(task.x)
    around_ = images * inputs * (rows * tile + size - tile) * (columns + 1) * tile
    u = (size**2 + 9) * inputs * outputs
    row = size**2 * (inputs + outputs) * columns
    block = min(images * rows * row, max(BUFFER // task.x.itemsize, u // 4, row))
    trimmed = (rows * tile, columns * tile) != task.m
    y = len(task.w) * images * rows * columns * tile**2 * trimmed
    return int(((1 + task.groups) * around_ + u + 2 * block + y) * task.x.itemsize)


def cost(task: Task, transforms: Transforms) -> Cost:
    """The transforms, and a product for each of the places of a tile."""
    tile, size = transforms.outputs.shape
    tiles = len(task.x) * volume(-(-m // tile) for m in task.m)
    inputs, outputs = task.w.shape[1], len(task.w) // task.groups
    ins, outs = tiles * inputs, tiles * outputs
    one = product(9, size**2, inputs * outputs) + copy(9 * inputs * outputs, 1)
    one += product(tiles, inputs, outputs).times(size**2)
    one += copy(ins * tile**2, 1) + copy(ins * size**2, inputs * task.m[1] / tile)
    one += product(size, size, ins * size).times(2)
    one += product(tile, size, outs * size) + product(tile, size, outs * tile)
    one += copy(outs * tile**2, 1)
    used = size**2 * (ins + outs) * task.x.itemsize / BUFFER
    return (one + Cost(calls=20 + (8 + 2 * size) * used)).times(task.groups)


def memory2(task: Task) -> int:
    """That of tiles of 2 x 2."""
    return memory(task, TWO)


def memory4(task: Task) -> int:
    """That of tiles of 4 x 4."""
    return memory(task, FOUR)


def cost2(task: Task) -> Cost:
    """That of tiles of 2 x 2."""
    return cost(task, TWO)


def cost4(task: Task) -> Cost:
    """That of tiles of 4 x 4."""
    return cost(task, FOUR)
