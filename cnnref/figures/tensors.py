"""Pictures of tensors: their orders, the two ways to count places, one kernel tensor."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from cnnref.figures.drawing import arrow, board, cells, described, listed, number, word
from cnnref.tensors import entry, order

Table: TypeAlias = NDArray[Any]

WIDE = 10.4
"""Cells a line of tensors may take, so that a phone need not scroll."""
APART = 0.9
"""Cells between two tensors."""
GAP = 0.7
"""Cells between two tables of one tensor."""


def orders(*tensors: ArrayLike) -> Figure:
    """Tensors as cells, from left to right, with the order above and the shape under each.

    Args:
        tensors: arrays of order 0 to 3; one of order 3 is shown as tables next to each other.

    Returns:
        The figure.

    Raises:
        TypeError: for arrays that do not hold numbers.
        ValueError: for rows of unequal length, an order above 3.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 2.1.

    >>> orders(7, [1, 2]).get_label()
    'Order 0, shape (): 7. Order 1, shape (2,): 1, 2.'
    """
    tables = [_tables(t) for t in tensors]
    widths = [max(1.6, _across(each)) for each in tables]
    lines = _lines(widths)
    heights = [max(tables[i].shape[1] for i in line) + 2.2 for line in lines]
    across = [sum(widths[i] + APART for i in line) for line in lines]
    figure, axes = board(max(across), sum(heights))
    for nth, line in enumerate(lines):
        top, left = sum(heights[:nth]), (APART + max(across) - across[nth]) / 2
        for i in line:
            _named(axes, tables[i], tensors[i], top, left + widths[i] / 2)
            left += widths[i] + APART
    told = [
        f"Order {order(t)}, shape {np.shape(t)}: {' and '.join(map(listed, each))}."
        for t, each in zip(tensors, tables, strict=True)
    ]
    return described(figure, " ".join(told))


def indexed(t: ArrayLike, i: int, j: int) -> Figure:
    r"""A table with the book's places (from 1) and Python's (from 0), and the entry $T_{i,j}$.

    Args:
        t: tensor, shape (n1, n2).
        i: row of the entry, from 1.
        j: column of the entry, from 1.

    Returns:
        The figure: the book's places above and left of the table, Python's below and right.

    Raises:
        TypeError: for arrays that do not hold numbers, places that are no integers.
        ValueError: for a tensor without two axes, a place outside it.

    Source: the draft chapter, section 1.4.

    >>> indexed([[1, 2], [3, 4]], 2, 1).get_label()[-66:]
    'Row 2, column 1 in the book is row 1, column 0 in Python: it is 3.'
    """
    value = entry(t, i, j)
    values = np.asarray(t)
    rows, columns = values.shape
    left, top = 2.6, 1.9
    figure, axes = board(columns + 5.2, rows + 4.1)
    word(axes, 0.5, left + columns / 2, "column j")
    arrow(axes, (1.0, left + 0.2), (1.0, left + columns - 0.2))
    word(axes, top + rows / 2, 0.65, "row i")
    arrow(axes, (top + 0.2, 1.5), (top + rows - 0.2, 1.5))
    cells(axes, values, top, left, "ink", selected=[(i - 1, j - 1)])
    for place in range(columns):
        word(axes, top - 0.45, left + place + 0.5, str(place + 1))
        word(axes, top + rows + 0.5, left + place + 0.5, str(place))
    for place in range(rows):
        word(axes, top + place + 0.5, left - 0.45, str(place + 1))
        word(axes, top + place + 0.5, left + columns + 0.5, str(place))
    word(axes, top - 0.45, left - 0.2, "book", align="right")
    word(axes, top + rows + 0.5, left + columns + 0.2, "Python", align="left")
    said = f"book: row {i}, column {j}; Python: t[{i - 1}, {j - 1}]"
    word(axes, top + rows + 1.6, 0.2, said, align="left")
    return described(
        figure,
        f"The table {listed(values)}. Rows are counted downwards and columns to the right, from 1 "
        f"in the book and from 0 in Python. Row {i}, column {j} in the book is row {i - 1}, "
        f"column {j - 1} in Python: it is {value:g}.",
    )


def kernels(w: ArrayLike, place: tuple[int, int, int, int]) -> Figure:
    """The weights of a layer as a table of small kernels: a row per output channel.

    Args:
        w: weights, shape (C_out, C_in, k1, k2).
        place: the weight (f, c, a1, a2) to outline, counted from 0.

    Returns:
        The figure.

    Raises:
        IndexError: for a place outside w.
        ValueError: for a w without four axes.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.5.

    >>> kernels([[[[1]], [[2]]]], (0, 1, 0, 0)).get_label()[-39:]
    '2. Outlined: w[0, 1, 0, 0], which is 2.'
    """
    values = np.asarray(w)
    outputs, inputs, rows, columns = values.shape
    f, c, *tap = place
    left, top = 2.7, 2
    right = left + _across(values[0])
    figure, axes = board(max(right, 9) + 0.3, top + outputs * (rows + GAP) + 1.1)
    word(axes, 0.5, 0.2, "output channel", role="output", align="left")
    word(axes, 0.5, (left + right) / 2, "input channel", role="input")
    for channel in range(outputs):
        row = top + channel * (rows + GAP) + rows / 2
        word(axes, row, 1.2, f"f = {channel}", role="output")
    for channel in range(inputs):
        column = left + channel * (columns + GAP) + columns / 2
        word(axes, top - 0.5, column, f"c = {channel}", role="input")
    for to, come in np.ndindex(outputs, inputs):
        row, column = top + to * (rows + GAP), left + come * (columns + GAP)
        here = [(tap[0], tap[1])] if (to, come) == (f, c) else ()
        cells(axes, values[to, come], row, column, "kernel", selected=here)
    said = f"kernel, shape {values.shape}; w{list(place)} = {number(values[place])}"
    word(axes, top + outputs * (rows + GAP) + 0.3, 0.2, said, role="kernel", align="left")
    told = [
        f"To output channel {to}, from input channel {come}: {listed(values[to, come])}."
        for to, come in np.ndindex(outputs, inputs)
    ]
    chosen = f"Outlined: w{list(place)}, which is {values[place]:g}."
    return described(figure, f"Weights of shape {values.shape}. {' '.join(told)} {chosen}")


def _lines(widths: Sequence[float]) -> list[list[int]]:
    """Which tensors stand on which line, so that none is too wide."""
    lines: list[list[int]] = [[]]
    for nth, width in enumerate(widths):
        if lines[-1] and sum(widths[i] + APART for i in lines[-1]) + width > WIDE:
            lines.append([])
        lines[-1].append(nth)
    return lines


def _named(axes: Axes, tables: Table, t: ArrayLike, top: float, middle: float) -> None:
    """One tensor, its order above it and its shape under it."""
    word(axes, top + 0.6, middle, f"order {order(t)}")
    start = middle - _across(tables) / 2
    for nth, values in enumerate(tables):
        cells(axes, values, top + 1.1, start + nth * _step(values), "ink")
    word(axes, top + tables.shape[1] + 1.6, middle, str(np.shape(t)))


def _tables(t: ArrayLike) -> Table:
    """The tensor as a row of tables, (tables, rows, columns)."""
    if order(t) > 3:
        raise ValueError(f"orders: tensors must have order 3 at most; got order {order(t)}")
    values = np.asarray(t)
    return values.reshape((1,) * (3 - values.ndim) + values.shape)


def _step(table: Table) -> float:
    """Cells from one table of a tensor to the next."""
    return float(table.shape[1] + GAP)


def _across(tables: Table) -> float:
    """Cells that a row of tables takes."""
    return len(tables) * _step(tables[0]) - GAP
