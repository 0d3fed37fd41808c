"""Pictures of gradients: a layer read both ways, stamps, shared slopes, slopes through pools."""

from collections.abc import Collection, Sequence
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from cnnref.connectivity import matrix, pattern
from cnnref.fast import (
    avg_pool_grad,
    conv,
    conv_transpose,
    conv_weight_grad,
    flip,
    locally_connected_grad,
    max_pool_grad,
    max_pool_indices,
    tiled_conv_grad,
)
from cnnref.figures import palette
from cnnref.figures.drawing import (
    arrow,
    board,
    cells,
    described,
    listed,
    number,
    outline,
    word,
    written,
)
from cnnref.window import Window

Table: TypeAlias = NDArray[Any]

EDGE = 0.1
"""Cells between the edge of the board and what stands on it."""
GAP = 0.8
"""Cells between two tables, with a sign in them."""
LEAD = 2.3
"""Cells left of the places of a layer, for the slopes of the output."""
STEP = 1.2
"""Cells from one row of a list of rows to the next."""
SUM = 2.0
"""Cells that a row of sums takes, with the places that it sums under it."""
APART = 0.2
"""Cells between two windows, so that they can be told apart."""


def transposed(x: ArrayLike, w: ArrayLike, dy: ArrayLike, place: int) -> Figure:
    r"""A layer on one axis as a matrix, and the transposed matrix that leads its slopes back.

    Args:
        x: input, shape (n,).
        w: kernel, shape (k,).
        dy: slopes of the output, shape (n - k + 1,).
        place: the input place whose column is outlined above, and whose row below.

    Returns:
        The figure: y = M x above, dx = M^T dy below. A connection is a cell with its weight; where
        there is none stands a bare 0.

    Raises:
        IndexError: for a place that the input does not have.
        TypeError, ValueError: what `cnnref.conv` and `cnnref.conv_transpose` raise.

    Source: Goodfellow, Bengio, Courville, Deep Learning, sections 9.1 and 9.5.

    >>> transposed([1, 2, 3], [1, 10], [4, 5], 1).get_label().split(". ")[-2]
    'Row 1 of it is 10, 1: the kernel backwards'
    """
    x, w, dy = np.asarray(x), np.asarray(w), np.asarray(dy)
    window, n = Window(len(w)), len(x)
    table = matrix(window, n, w)  # (m, n)
    reads = np.asarray(pattern(window, n).any(axis=0))
    y, dx = _forward(x, w), _back(dy, w, n)
    met = table[reads[:, place], place]
    part = "the kernel" if len(met) == len(w) else "a part of the kernel,"
    width, high = 2 * EDGE + n + 2 * GAP + 2.5, max(len(y), n)
    figure, axes = board(width, 2 * high + 3.9)
    word(axes, 0.45, EDGE, "kernel, in rows", role="kernel", align="left")
    level = 0.9 + (high - len(y)) / 2
    _product(axes, level, table, reads, ("input", x, "input"), ("output", y, "output"))
    outline(axes, level, EDGE + place, len(y), 1, palette.KERNEL)
    said = f"column {place}, downwards: {_row(met)}"
    word(axes, 0.9 + high + 0.5, EDGE, said, align="left")
    below = high + 2.9
    word(axes, below - 0.45, EDGE, "transposed", role="kernel", align="left")
    _product(axes, below, table.T, reads.T, ("output", dy, "dy"), ("input", dx, "dx"))
    outline(axes, below + place, EDGE, 1, len(y), palette.KERNEL)
    said = f"row {place}: {_row(met)}, {part} backwards"
    word(axes, below + high + 0.5, EDGE, said, align="left")
    return described(
        figure,
        f"Kernel {listed(w)}. The layer as a matrix, a row for each output place: {listed(table)}. "
        f"Times the input {listed(x)} it gives the output {listed(y)}. Its column {place}, "
        f"downwards and without zeros of no connection: {listed(met)}. The transposed matrix: "
        f"{listed(table.T)}. Row {place} of it is {listed(met)}: {part} backwards. Times the "
        f"slopes of the output, {listed(dy)}, it gives the slopes of the input: {listed(dx)}.",
    )


def _forward(x: Table, w: Table) -> Table:
    """The output of a layer on one axis, without options."""
    y: Table = conv([[x]], [[w]])[0, 0]
    return y


def _back(dy: Table, w: Table, n: int, stride: int = 1) -> Table:
    """The slopes of the input of a layer on one axis, without padding."""
    dx: Table = conv_transpose([[dy]], [[w]], output_size=n, stride=stride)[0, 0]
    return dx


def _row(values: Table) -> str:
    return ", ".join(map(number, values))


def _product(
    axes: Axes,
    top: float,
    table: Table,
    reads: Table,
    vector: tuple[str, Table, str],
    result: tuple[str, Table, str],
) -> None:
    """A matrix times a column, and the column that it gives; columns come with role and name."""
    for (j, i), connected in np.ndenumerate(reads):
        if connected:
            cells(axes, [table[j, i]], top + j, EDGE + i, "kernel")
        else:
            word(axes, top + j + 0.5, EDGE + i + 0.5, "0")
    left, middle = EDGE + table.shape[1], top + len(table) / 2
    for sign, (role, column, name) in zip("·=", (vector, result), strict=True):
        word(axes, middle, left + GAP / 2, sign)
        start = middle - len(column) / 2
        word(axes, start - 0.45, left + GAP + 0.5, name, role=role)
        cells(axes, column[:, np.newaxis], start, left + GAP, role)
        left += GAP + 1


def stamped(
    dy: ArrayLike, w: ArrayLike, *, stride: int = 1, output_size: int | None = None
) -> Figure:
    r"""Each output place stamps the kernel, times its slope, onto the places that it has read.

    Args:
        dy: slopes of the output on one axis, shape (m,).
        w: kernel, shape (k,).
        stride: input places from one output place to the next.
        output_size: input places; the fewest when None.

    Returns:
        The figure: the kernel, a line per output place with its slope and its stamp, and under
        them the slopes of the input, which are the sums of the columns. Places that no output has
        read are dashed.

    Raises:
        TypeError, ValueError: what `cnnref.conv_transpose` raises.

    Source: Dumoulin, Visin, A guide to convolution arithmetic for deep learning, 2016.

    >>> stamped([3, 4], [1, 2], stride=3, output_size=6).get_label().split(". ", 2)[-1]
    'Output place 1, slope 4, adds 4, 8 at places 3 to 4. Sums, slopes of the input: 3, 6, 0, 4, 8, 0. Read by no output: 2, 5.'
    """  # noqa: E501 - one line of output
    dy, w = np.asarray(dy), np.asarray(w)
    window = Window(len(w), stride)
    n = (len(dy) - 1) * stride + len(w) if output_size is None else output_size
    dx, reads = _back(dy, w, n, stride), pattern(window, n)  # (k, m, n)
    unread = [int(i) for i in np.flatnonzero(~reads.any(axis=(0, 1)))]
    figure, axes = board(EDGE + LEAD + n + EDGE, 2.3 + STEP * len(dy) + 2)
    word(axes, 0.5, EDGE + LEAD - 0.3, "kernel", role="kernel", align="right")
    cells(axes, w, 0, EDGE + LEAD, "kernel")
    word(axes, 1.75, EDGE, "output, dy", role="output", align="left")
    told = [f"Kernel {listed(w)}."]
    for j, slope in enumerate(dy):
        row, first = 2.2 + STEP * j, window.reads(j, 0)
        cells(axes, [slope], row, EDGE + 0.5, "output")
        arrow(axes, (row + 0.5, EDGE + 1.6), (row + 0.5, EDGE + LEAD + first - 0.1))
        cells(axes, slope * w, row, EDGE + LEAD + first, "kernel")
        told.append(
            f"Output place {j}, slope {slope:g}, adds {listed(slope * w)} at places {first} to "
            f"{window.reads(j, len(w) - 1)}."
        )
    bottom = 2.2 + STEP * len(dy) + 0.2
    axes.plot([EDGE + LEAD, EDGE + LEAD + n], [bottom - 0.2] * 2, color=palette.INK, linewidth=1.2)
    word(axes, bottom + 0.5, EDGE, "sum: dx", align="left")
    cells(axes, dx, bottom, EDGE + LEAD, "input", wrong=[(0, i) for i in unread])
    word(axes, bottom + 1.45, EDGE + LEAD, "input", role="input", align="left")
    told.append(f"Sums, slopes of the input: {listed(dx)}.")
    told += [f"Read by no output: {', '.join(map(str, unread))}."] if unread else []
    return described(figure, " ".join(told))


def gathered(dy: ArrayLike, w: ArrayLike, places: Sequence[int], *, stride: int = 1) -> Figure:
    r"""The same from the side of the input: the kernel backwards, laid over dy and its zeros.

    Args:
        dy: slopes of the output on one axis, shape (m,).
        w: kernel, shape (k,).
        places: the input places, one picture each, from top to bottom.
        stride: input places from one output place to the next.

    Returns:
        The figure: dy with its zeros (hatched), stride - 1 between neighbours and k - 1 at each
        end; per place the kernel backwards under its window and the sum of products; the slopes.

    Raises:
        TypeError, ValueError: what `cnnref.conv_transpose` raises.

    Source: Dumoulin, Visin, A guide to convolution arithmetic for deep learning, 2016.

    >>> gathered([3, 4], [1, 2], [1], stride=2).get_label().split(". ", 1)[-1]
    'Place 1: 3·2 + 0·1 = 6. Slopes of the input: 3, 6, 4, 8.'
    """
    dy, w = np.asarray(dy), np.asarray(w)
    spare = len(w) - 1
    wide = np.zeros((len(dy) - 1) * stride + 1 + 2 * spare, dy.dtype)
    real = spare + stride * np.arange(len(dy))
    wide[real] = dy
    dx = _back(dy, w, len(wide) - spare, stride)
    zeros = [(0, i) for i in range(len(wide)) if i not in real]
    width = max(len(wide), max(places) + len(w) + 3.8)
    figure, axes = board(width + 2 * EDGE, 4 * len(places) + 2)
    told = [f"Slopes of the output with zeros: {listed(wide)}; kernel backwards: {listed(flip(w))}"]
    for nth, place in enumerate(places):
        top, seen = 4 * nth, wide[place : place + len(w)]
        word(axes, top + 0.45, EDGE, "output, dy, and zeros", role="output", align="left")
        cells(axes, wide, top + 0.9, EDGE, "output", padding=zeros)
        cells(axes, flip(w), top + 2, EDGE + place, "kernel")
        said = f"{written(seen, flip(w))} = {number(dx[place])}"
        end = EDGE + place + len(w) + 0.2
        word(axes, top + 2.5, end, "kernel backwards", role="kernel", align="left")
        word(axes, top + 3.4, EDGE, f"dx at {place}: {said}", align="left")
        told.append(f"Place {place}: {said}")
    bottom, chosen = 4 * len(places) + 0.9, [(0, place) for place in places]
    word(axes, bottom - 0.45, EDGE, "input, dx", role="input", align="left")
    cells(axes, dx, bottom, EDGE, "input", selected=chosen)
    told.append(f"Slopes of the input: {listed(dx)}.")
    return described(figure, ". ".join(told).replace("\N{MINUS SIGN}", "-"))


def shared(x: ArrayLike, dy: ArrayLike, tile: int) -> Figure:
    r"""The slopes of the weights when no place shares them, when every t-th does, when all do.

    Args:
        x: input on one axis, shape (n,).
        dy: slopes of the output, shape (m,), m not above n: the kernel has n - m + 1 taps.
        tile: places after which the weights of the tiled layer repeat, t.

    Returns:
        The figure: a row per output place with dy and the slopes of its own weights; beside them
        the sums over places that share, each with its places under it.

    Raises:
        TypeError, ValueError: what `cnnref.tiled_conv_grad` raises.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.5.

    >>> shared([1, 2, 3], [4, 5], 1).get_label().split(". ")[-1]
    'Shared by all: 14, 23.'
    """
    x, dy = np.asarray(x), np.asarray(dy)
    m, k = len(dy), len(x) - len(dy) + 1
    local = locally_connected_grad([[x]], np.zeros((m, 1, 1, k)), [[dy]])[1].reshape(m, k)
    tiled = tiled_conv_grad([[x]], np.zeros((tile, 1, 1, k)), [[dy]])[1].reshape(tile, k)
    whole = conv_weight_grad([[x]], [[dy]], kernel_size=k)[0]  # (1, k)
    phases = [[j for j in range(m) if j % tile == r] for r in range(tile)]
    right = max(k, 0.7 * m)  # cells of the sums, and of what is written under the last
    height = max(m, SUM * (tile + 1) + 0.6)
    figure, axes = board(max(len(x), 4 + k + right) + 2 * EDGE, 3.3 + height)
    word(axes, 0.45, EDGE, "input, x", role="input", align="left")
    cells(axes, x, 0.9, EDGE, "input")
    top, left = 3.2, EDGE + 3.1
    word(axes, top - 0.45, EDGE, "output, dy", role="output", align="left")
    cells(axes, dy[:, np.newaxis], top, EDGE + 1.2, "output")
    word(axes, top - 0.45, left + k / 2, "local", role="kernel")
    cells(axes, local, top, left, "kernel")
    for j in range(m):
        word(axes, top + j + 0.5, EDGE, f"j = {j}", align="left")
    middle = left + k + 0.9 + right / 2
    top = _sums(axes, f"tiled, t = {tile}", tiled, phases, top, middle)
    _sums(axes, "one kernel", whole, [list(range(m))], top + 0.9, middle)
    told = " ".join(
        f"Places {', '.join(map(str, places))} together: {listed(row)}."
        for places, row in zip(phases, tiled, strict=True)
    )
    return described(
        figure,
        f"Input {listed(x)}, slopes of the output {listed(dy)}. Slopes of the weights that each "
        f"place has for itself, row by row: {listed(local)}. In tiles of {tile}: {told} "
        f"Shared by all: {listed(whole)}.",
    )


def _sums(
    axes: Axes, name: str, table: Table, groups: list[list[int]], top: float, middle: float
) -> float:
    """Rows of sums under a name, each over the places that it sums; return where they end."""
    word(axes, top - 0.45, middle, name, role="kernel")
    for values, places in zip(table, groups, strict=True):
        cells(axes, values, top, middle - len(values) / 2, "kernel")
        word(axes, top + 1.4, middle, " + ".join(map(str, places)))
        top += SUM
    return top


def routed(x: ArrayLike, dy: ArrayLike, size: int) -> Figure:
    """The slopes of the output of a pool, and where a maximum and a mean lead them.

    Args:
        x: input, shape (n1, n2), finite.
        dy: slopes of the output, shape (m1, m2).
        size: taps per axis; the stride is the same.

    Returns:
        The figure: the input, the place outlined that wins each window, and dy; below, the slopes
        of the input through max pooling and through average pooling.

    Raises:
        TypeError, ValueError: what `cnnref.max_pool_grad` raises.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.3.

    >>> routed([[1, 7], [7, 2]], [[8]], 2).get_label().split(". ", 2)[-1]
    'Through the maximum: 0, 8; 0, 0. Through the mean: 2, 2; 2, 2.'
    """
    x, dy = np.asarray(x), np.asarray(dy)
    stacked, slopes = x[np.newaxis, np.newaxis], dy[np.newaxis, np.newaxis]
    most = max_pool_grad(stacked, slopes, size)[0, 0]
    mean = avg_pool_grad(stacked.shape, slopes, size)[0, 0]
    winners = max_pool_indices(stacked, size)[0, 0]
    chosen = [divmod(int(i), x.shape[1]) for i in winners.flat]
    wide, high = (n + APART * (n // size - 1) for n in x.shape[::-1])
    figure, axes = board(2 * wide + 2 * EDGE + 1, 2 * high + 2.1)
    right, below = EDGE + wide + 1, high + 2
    word(axes, 0.45, EDGE, "input", role="input", align="left")
    _apart(axes, x, size, 0.9, EDGE, chosen)
    level = 0.9 + (high - len(dy)) / 2
    word(axes, level - 0.45, right, "output, dy", role="output", align="left")
    cells(axes, dy, level, right, "output")
    for left, name, table, marks in (
        (EDGE, "dx, maximum", most, chosen),
        (right, "dx, mean", mean, []),
    ):
        word(axes, below - 0.45, left, name, role="input", align="left")
        _apart(axes, table, size, below, left, marks)
    where = ", ".join(map(str, chosen))
    return described(
        figure,
        f"Input {listed(x)}; windows of {size} by {size} are won at {where}. Slopes of the output: "
        f"{listed(dy)}. Through the maximum: {listed(most)}. Through the mean: {listed(mean)}.",
    )


def _apart(
    axes: Axes,
    table: Table,
    size: int,
    top: float,
    left: float,
    selected: Collection[tuple[int, int]],
) -> None:
    """A table with its windows standing apart."""
    for (i, j), value in np.ndenumerate(table):
        row, column = (place + APART * (place // size) for place in (i, j))
        marks = [(0, 0)] if (i, j) in selected else []
        cells(axes, [[value]], top + row, left + column, "input", selected=marks)
