"""Small tiles of outputs with fewer multiplies: Winograd's minimal filtering."""

import numpy as np

from cnnref.arguments import Array
from cnnref.fast.algorithms.cost import Cost, copy, product
from cnnref.fast.algorithms.task import Task, volume
from cnnref.fast.algorithms.tiles import BUFFER, Grid, Transforms, tiled

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
    if task.k != (3, 3):
        return f"needs 3 x 3 kernels; got k {task.k}"
    return "" if stride == (1, 1) else f"needs stride 1; got stride {stride}"


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


def memory(task: Task, transforms: Transforms) -> int:
    """The input twice, weights and their transforms, a block of tiles, the output at most again."""
    grid, size = Grid(task, transforms), len(transforms.inputs)
    rows, columns = grid.tiles
    inputs, outputs, images = task.w.shape[1], len(task.w) // task.groups, len(task.x)
    seen = images * inputs * volume(grid.read)
    u = (size**2 + 9) * inputs * outputs
    row = size**2 * (inputs + outputs) * columns
    block = min(images * rows * row, max(BUFFER // task.x.itemsize, u // 4, row))
    y = len(task.w) * images * volume(grid.written) * (grid.written != task.m)
    return int(((1 + task.groups) * seen + u + 2 * block + y) * task.x.itemsize)


def cost(task: Task, transforms: Transforms) -> Cost:
    """The transforms, and a product for each of the places of a tile."""
    grid, (tile, size) = Grid(task, transforms), transforms.outputs.shape
    phases = volume(grid.steps)
    tiles = len(task.x) * volume(grid.tiles) * phases
    inputs, outputs = task.w.shape[1], len(task.w) // task.groups
    ins, outs = tiles * inputs, tiles * outputs
    one = product(9, size**2, inputs * outputs) + copy(9 * inputs * outputs, 9, apart=True)
    one += product(tiles, inputs, outputs).times(size**2)
    one += copy(ins * tile**2, tile * grid.tiles[1], apart=True)
    one += copy(ins * size**2, inputs * grid.tiles[1])
    one += product(size, size, ins * size).times(2)
    one += product(tile, size, outs * size) + product(tile, size, outs * tile)
    one += copy(outs * tile**2, tile * grid.tiles[1], apart=True)
    used = max(phases, size**2 * (ins + outs) * task.x.itemsize / BUFFER)
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
