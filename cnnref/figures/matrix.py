"""Pictures of a layer as a matrix: by hand, of an image, wrapped around, and through columns."""

from collections.abc import Collection
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from cnnref.connectivity import matrix, pattern
from cnnref.fast import conv, im2col
from cnnref.figures import palette
from cnnref.figures.drawing import (
    ROLES,
    board,
    cells,
    described,
    listed,
    number,
    outline,
    word,
    written,
)
from cnnref.window import Window, windows

Table: TypeAlias = NDArray[Any]

EDGE = 0.1
"""Cells between the edge of the board and what stands on it."""
GAP = 0.8
"""Cells between two tables."""
SMALL = 0.52
"""Cells that an entry of the matrix of an image takes."""
MARGIN = 1.7
"""Cells left of that matrix, for the names of its rows."""
TIGHT = 0.9
"""Cells that an entry takes where columns stand beside weights."""


def applied(w: ArrayLike, x: ArrayLike, *, stride: int = 1) -> Figure:
    """A layer on one axis, written out as a matrix times its input, without padding.

    Args:
        w: kernel, shape (k,).
        x: input, shape (n,).
        stride: input places from one output place to the next.

    Returns:
        The figure: the matrix, the darker the later the tap, its fixed zeros plain; the input and
        the output as columns; below, the sum of the first row.

    Raises:
        TypeError, ValueError: what `cnnref.matrix` raises.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.1.

    >>> applied([1, 2], [3, 4, 5]).get_label().split(". ")[-1]
    'Row 0: 1·3 + 2·4 = 11.'
    """
    w, x = np.asarray(w), np.asarray(x)
    window = Window(w.size, stride)
    table, taps = matrix(window, x.size, w), _taps(window, x.size)
    y = table @ x
    n, m = x.size, y.size
    top = 1 + (n - m) / 2
    figure, axes = board(n + 2 * GAP + 2.5, n + 2.2)
    word(axes, top - 0.5, EDGE + n / 2, "matrix of the kernel", role="kernel")
    _matrix(axes, table, taps, top, EDGE)
    left = EDGE + n + GAP
    for name, role, values, sign in (("input", "input", x, "·"), ("output", "output", y, "=")):
        start = 1 + (n - values.size) / 2
        word(axes, 1 + n / 2, left - GAP / 2, sign)
        word(axes, start - 0.5, left + 0.5, name, role=role)
        cells(axes, values[:, np.newaxis], start, left, role, selected=[(0, 0)] * (role != "input"))
        left += 1 + GAP
    outline(axes, top, EDGE, 1, n, palette.KERNEL)
    read = taps[0] >= 0
    said = f"{written(table[0, read], x[read])} = {number(y[0])}"
    word(axes, n + 1.7, EDGE, f"row 0: {said}", align="left")
    return described(
        figure,
        f"The matrix, a row for each output: {listed(table)}. Times the input {listed(x)} it is "
        f"the output {listed(y)}. Row 0: {said}.",
    )


def _taps(window: Window, n: int) -> Table:
    """Which tap stands where in the matrix (m, n), and -1 where nothing is connected."""
    reads = pattern(window, n)  # (k, m, n)
    return np.where(reads.any(axis=0), reads.argmax(axis=0), -1)


def _matrix(
    axes: Axes,
    table: Table,
    taps: Table,
    top: float,
    left: float,
    size: float = 1,
    *,
    marked: Collection[tuple[int, int]] = (),
    zeros: bool = True,
) -> None:
    """A matrix (m, n): a shade and a number for each tap, thin plain cells where it is fixed."""
    most = max(int(taps.max()), 1)
    for (j, i), value in np.ndenumerate(table):
        tap = int(taps[j, i])
        shade = (palette.KERNEL, round(0.08 + 0.4 * tap / most, 2)) if tap >= 0 else "none"
        edge, width = (palette.KERNEL, 1.0) if tap >= 0 else (palette.PADDING, 0.4)
        corner = (left + size * i, top + size * j)
        axes.add_patch(
            Rectangle(
                corner, size, size, facecolor=shade, edgecolor=edge, linewidth=width, clip_on=False
            )
        )
        role = "ink" if tap >= 0 else "padding"
        middle = top + size * (j + 0.5), left + size * (i + 0.5)
        if zeros or tap >= 0:
            word(axes, *middle, number(value), role=role, bold=tap >= 0)
    for j, i in marked:
        outline(axes, top + size * j, left + size * i, size, size, palette.KERNEL)


def blocks(size: int, w: ArrayLike) -> Figure:
    """The matrix of a layer on a square image, without padding: a block for each pair of rows.

    Args:
        size: rows, and columns, of the image.
        w: kernel, shape (k1, k2), no entry zero, no two alike.

    Returns:
        The figure: the matrix with its weights told apart by number and shade, heavy lines around
        the blocks, and which rows of the image they join.

    Raises:
        TypeError, ValueError: what `cnnref.conv` raises; ValueError if two weights are alike.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.1.

    >>> blocks(2, [[5, 6]]).get_label().split("column: ")[-1]
    '5, 6, 0, 0; 0, 0, 5, 6.'
    """
    w = np.asarray(w)
    if len({0, *w.flat}) <= w.size:
        raise ValueError(f"blocks: weights must differ from zero and from each other; got {w}")
    units = np.eye(size * size).reshape(-1, 1, size, size)
    y = conv(units, w[np.newaxis, np.newaxis])[:, 0]  # (i, m1, m2)
    rows, columns = y.shape[1:]
    table = y.reshape(len(y), -1).T
    taps = np.argmax(table[..., np.newaxis] == [*w.flat], axis=-1) - (table == 0)
    top = 1.5
    figure, axes = board(MARGIN + SMALL * size * size + EDGE, top + SMALL * rows * columns + 0.2)
    _matrix(axes, table, taps, top, MARGIN, SMALL, zeros=False)
    _named_blocks(axes, size, rows, columns, top)
    return described(
        figure,
        f"Kernel {listed(w)}. Matrix of {rows} by {size} blocks, each {columns} by {size}; block "
        f"(j, i) joins row j of the output to row i of the input, and is the same along a "
        f"diagonal. A row for each output, an input in each column: {listed(table)}.",
    )


def _named_blocks(axes: Axes, size: int, rows: int, columns: int, top: float) -> None:
    """Heavy lines around the blocks, and the rows of the image that they join."""
    word(axes, 0.35, MARGIN + SMALL * size * size / 2, "input", role="input", bold=True)
    word(axes, top - 0.45, EDGE, "output", role="output", align="left", bold=True)
    high, wide = SMALL * columns, SMALL * size
    for i in range(size):
        word(axes, top - 0.45, MARGIN + wide * (i + 0.5), f"row {i}", role="input")
    for j in range(rows):
        word(axes, top + high * (j + 0.5), EDGE, f"row {j}", role="output", align="left")
        for i in range(size):
            corner = (MARGIN + wide * i, top + high * j)
            frame = Rectangle(
                corner, wide, high, fill=False, edgecolor=palette.INK, lw=1.6, clip_on=False
            )
            frame.set_zorder(3)
            axes.add_patch(frame)


def wrapped(w: ArrayLike, n: int) -> Figure:
    """The matrix of "same" padding with zeros, beside that of an input that wraps around.

    Args:
        w: kernel, shape (k,), with an odd k not larger than n.
        n: input places.

    Returns:
        The figure: both matrices; outlined what reaches around the end.

    Raises:
        TypeError, ValueError: what `cnnref.matrix` and `cnnref.conv` raise.

    Source: Gray, Toeplitz and Circulant Matrices: A Review, 2006.

    >>> wrapped([1, 2, 3], 3).get_label().split("wraps around: ")[-1]
    '2, 3, 1; 1, 2, 3; 3, 1, 2. Other entries: 2, those that reach around the end.'
    """
    w = np.asarray(w)
    (window,) = windows(n, w.size, padding="same")
    zeros, taps = matrix(window, n, w), _taps(window, n)
    around = np.pad(np.eye(n), ((0, 0), (window.before, window.after)), mode="wrap")
    circulant = conv(around[:, np.newaxis], w[np.newaxis, np.newaxis])[:, 0].T  # (j, i)
    numbered = np.pad(np.arange(n), (window.before, window.after), mode="wrap")
    read = numbered[np.arange(n)[:, np.newaxis] + np.arange(w.size)]  # (j, a)
    turned = np.full((n, n), -1)
    np.put_along_axis(turned, read, np.arange(w.size)[np.newaxis].repeat(n, axis=0), axis=1)
    other = [(int(j), int(i)) for j, i in np.argwhere((turned >= 0) & (taps < 0))]
    wide = TIGHT * n
    figure, axes = board(2 * wide + GAP + 2 * EDGE, wide + 3)
    sides = (("zeros outside", zeros, taps), ("wraps around", circulant, turned))
    for nth, (name, table, where) in enumerate(sides):
        left = EDGE + nth * (wide + GAP)
        word(axes, 0.5, left + wide / 2, name)
        _matrix(axes, table, where, 1, left, TIGHT, marked=other if nth else ())
        kind = "kernel: circulant" if nth else "kernel: Toeplitz"
        word(axes, wide + 1.5, left + wide / 2, kind, role="kernel")
    word(axes, wide + 2.4, EDGE + wide / 2, "a row: an output", role="output")
    word(axes, wide + 2.4, EDGE + 1.5 * wide + GAP, "a column: an input", role="input")
    return described(
        figure,
        f'Kernel {listed(w)}. Matrix with zeros outside, padding "same": {listed(zeros)}. Matrix '
        f"for an input that wraps around: {listed(circulant)}. Other entries: {len(other)}, those "
        "that reach around the end.",
    )


def lowered(x: ArrayLike, w: ArrayLike, place: int = 0) -> Figure:
    """A layer as a product: windows copied into columns, the kernel laid out as a row.

    Args:
        x: input, shape (n1, n2).
        w: kernel, shape (k1, k2).
        place: the output place to follow, counted row by row.

    Returns:
        The figure: the input with one window outlined, the kernel; below, the windows as columns
        with that one outlined, and under each column the output that it gives.

    Raises:
        TypeError, ValueError: what `cnnref.im2col` raises.

    Source: Chellapilla, Puri, Simard, High Performance Convolutional Neural Networks for Document
    Processing, 2006.

    >>> lowered([[1, 2, 3]], [[4, 5]], 1).get_label().split(". ")[-1]
    'Column 1: 4·2 + 5·3 = 23.'
    """
    x, w = np.asarray(x), np.asarray(w)
    columns = im2col([[x]], w.shape)[0]  # (k1 k2, m1 m2)
    taps = w.reshape(1, -1)
    y = taps @ columns
    corner = divmod(place, x.shape[1] - w.shape[1] + 1)
    side = TIGHT * w.size + GAP
    figure, axes = board(
        max(side + TIGHT * y.size, TIGHT * x.shape[1]) + 2 * EDGE,
        TIGHT * (len(x) + len(columns) + 1) + 4.6,
    )
    _titled(axes, x, "input", "input", 0.9, EDGE)
    at = 0.9 + TIGHT * corner[0], EDGE + TIGHT * corner[1]
    outline(axes, *at, TIGHT * w.shape[0], TIGHT * w.shape[1], palette.INPUT)
    beside = EDGE + max(side, TIGHT * x.shape[1] + GAP)
    _titled(axes, w, "kernel", "kernel", 0.9, beside)
    top = 2.2 + TIGHT * len(x)
    _titled(axes, columns, "input", f"{y.size} windows as columns", top, EDGE + side)
    under = top + TIGHT * len(columns) + 1.0
    _titled(axes, taps, "kernel", "kernel", under, EDGE)
    _titled(axes, y, "output", "output", under, EDGE + side)
    across = EDGE + side + TIGHT * place
    outline(axes, top, across, TIGHT * len(columns), TIGHT, palette.INPUT)
    outline(axes, under, across, TIGHT, TIGHT, palette.OUTPUT)
    said = f"{written(taps, columns[:, place])} = {number(y[0, place])}"
    word(axes, under + TIGHT + 0.6, EDGE, said, align="left")
    return described(
        figure,
        f"Input {listed(x)}, kernel {listed(w)}. The {y.size} windows as columns of a table with a "
        f"row for each tap: {listed(columns)}. The kernel as a row, {listed(taps)}, times this "
        f"table is the output {listed(y)}. Column {place}: {said}.",
    )


def _titled(axes: Axes, table: Table, role: str, title: str, top: float, left: float) -> None:
    """A table of numbers in cells of the tighter size, under its name."""
    word(axes, top - 0.45, left, title, role=role, align="left")
    for (row, column), value in np.ndenumerate(table):
        corner = (left + TIGHT * column, top + TIGHT * row)
        axes.add_patch(
            Rectangle(
                corner,
                TIGHT,
                TIGHT,
                facecolor=(ROLES[role], 0.12),
                edgecolor=ROLES[role],
                linewidth=1,
                clip_on=False,
            )
        )
        middle = corner[1] + TIGHT / 2, corner[0] + TIGHT / 2
        word(axes, *middle, number(value))
