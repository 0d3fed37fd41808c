"""Pictures of fast ways to compute a layer: a tile, its values, and their products."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from cnnref.fast import correlate
from cnnref.figures.curves import curves
from cnnref.figures.drawing import arrow, board, cells, described, listed, word

Table: TypeAlias = NDArray[Any]

EDGE = 0.1
"""Cells between the edge of the board and what stands on it."""
GAP = 1.2
"""Cells between two tables beside each other."""
STEP = 5.6
"""Cells from one row of tables to the next."""
INS = np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]])
KERNEL = np.array([[2, 0, 0], [1, 1, 1], [1, -1, 1], [0, 0, 2]]) / 2
OUTS = np.array([[1, 1, 1, 0], [0, 1, -1, -1]])


def tile(x: ArrayLike, w: ArrayLike) -> Figure:
    """One tile of Winograd's F(2 x 2, 3 x 3): values of both sides, their products, the outputs.

    Args:
        x: what the tile reads, shape (4, 4).
        w: kernel, shape (3, 3).

    Returns:
        The figure: input and kernel; below them the four by four values of each; below these
        their products, entry by entry, and the four outputs that are sums of them.

    Raises:
        ValueError: for other shapes.

    Source: Lavin, Gray, Fast Algorithms for Convolutional Neural Networks, 2016.

    >>> tile(np.eye(4), np.eye(3)).get_label().split(". ")[-1]
    'Outputs 3, 0; 0, 3.'
    """
    x, w = np.asarray(x), np.asarray(w)
    if x.shape != (4, 4) or w.shape != (3, 3):
        raise ValueError(f"tile: x must be (4, 4) and w (3, 3); got {x.shape} and {w.shape}")
    v, u = INS @ x @ INS.T, KERNEL @ w @ KERNEL.T
    y = correlate(x, w)
    figure, axes = board(2 * EDGE + 8 + GAP, 3 * STEP - 0.5)
    right = EDGE + 4 + GAP
    tables = (
        (x, "input", "input", 0, EDGE),
        (w, "kernel", "kernel", 0, right),
        (v, "its values", "input", 1, EDGE),
        (u, "its values", "kernel", 1, right),
        (v * u, "products", "output", 2, EDGE),
        (y, "output", "output", 2, right),
    )
    for table, name, role, row, column in tables:
        word(axes, STEP * row + 0.45, column, name, role=role, align="left")
        cells(axes, table, STEP * row + 0.9, column, role)
    word(axes, STEP + 2.9, EDGE + 4 + GAP / 2, "·", size=30, bold=True)
    for start in (4.95, STEP + 4.95):
        arrow(axes, (start, EDGE + 2.5), (start + 1.35, EDGE + 2.5))
    arrow(axes, (3.95, right + 2.5), (STEP + 0.7, right + 2.5))
    arrow(axes, (2 * STEP + 1.9, EDGE + 4.1), (2 * STEP + 1.9, right - 0.1))
    return described(
        figure,
        f"Input {listed(x)}; its values {listed(v)}. Kernel {listed(w)}; its values {listed(u)}. "
        f"The sixteen products, entry by entry, {listed(v * u)}. Outputs {listed(y)}.",
    )


def counted(sizes: Sequence[int], lines: Mapping[str, Sequence[float]]) -> Figure:
    """Multiplications for each output against the size of the kernel, on logarithmic axes.

    Args:
        sizes: kernel sizes, growing.
        lines: multiplications for each output, by the name of the way, one for each size.

    Returns:
        The figure: a line with marks for each way, named at its end.

    Raises:
        ValueError: for a line of another length, for counts that are not above zero.

    >>> counted([3, 5], {"definition": [9, 25]}).get_label().split(": ")[-1]
    'definition 9, 25.'
    """
    return curves("multiplications for each output", "kernel size", sizes, lines)
