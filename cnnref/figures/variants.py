"""Pictures of layers that share less, and of the way back: index tables, staircases, stamps."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from cnnref.connectivity import weight_index
from cnnref.fast import conv_transpose, tiled_conv
from cnnref.figures import palette
from cnnref.figures.drawing import (
    CELL,
    ROLES,
    arrow,
    board,
    cells,
    described,
    listed,
    number,
    word,
    written,
)
from cnnref.window import Window

Table: TypeAlias = NDArray[Any]

EDGE = 0.1
"""Cells between the edge of the board and what stands on it."""
GAP = 0.7
"""Cells between two tables."""
MARGIN = 2.2
"""Cells left of a row, for its name."""
NARROW = 0.9 * CELL
"""Inches of a cell where two tables stand side by side, so that a phone need not scroll."""
SMALL = 0.8 * CELL
"""Inches of a cell in a map of counts, whose numbers have one digit."""


def sharing(n: int, kernel_size: int, tile: int) -> Figure:
    """Which weight sits on which connection: convolution, tiled, local and dense, as four tables.

    Args:
        n: input places.
        kernel_size: taps; the stride is 1, nothing is padded.
        tile: places after which the weights of the tiled layer repeat.

    Returns:
        The figure: per layer a table with a row for each output and a column for each input; in
        each connected cell the number of its weight, the darker the later its kernel.

    Raises:
        TypeError, ValueError: what `cnnref.weight_index` raises.

    Source: Goodfellow, Bengio, Courville, Deep Learning, figures 9.14 and 9.16.

    >>> sharing(2, 1, 1).get_label().split(". ")[-1]
    'Dense, 4 weights: 0, 1; 2, 3.'
    """
    tables = _indices(n, kernel_size, tile)
    m = len(tables["dense"])
    width, height = 2 * (EDGE + n) + GAP, 2 * (m + 1.3) + 0.8
    figure, axes = board(width, height)
    figure.set_size_inches(NARROW * width, NARROW * height)
    word(axes, 0.4, EDGE, "row: output", role="output", align="left")
    word(axes, 0.4, width / 2, "column: input", role="input")
    word(axes, 0.4, width - EDGE, "number: weight", role="kernel", align="right")
    told = []
    for nth, (name, table) in enumerate(tables.items()):
        top, left = 0.8 + (nth // 2) * (m + 1.3), EDGE + (nth % 2) * (n + GAP)
        weights = np.unique(table[table >= 0]).size
        said = f"{name}, {weights} weight{'s' if weights > 1 else ''}"
        word(axes, top + 0.5, left, said, align="left")
        _weights(axes, table, top + 0.9, left, n if name == "dense" else kernel_size)
        rows = "; ".join(", ".join("none" if i < 0 else str(i) for i in row) for row in table)
        told.append(f"{said[0].upper()}{said[1:]}: {rows}.")
    return described(
        figure,
        f"Four tables, a row for each of {m} outputs and a column for each of {n} inputs; in the "
        f"cells the number of the weight. {' '.join(told)}",
    )


def _indices(n: int, kernel_size: int, tile: int) -> dict[str, Table]:
    """The weight on each connection of the four layers, -1 where there is none."""
    window = Window(kernel_size)
    m = window.places(n)
    whole = weight_index(Window(n), n)  # a dense output is the one place of a window of all
    return {
        "convolution": weight_index(window, n),
        f"tiled by {tile}": weight_index(window, n, tile),
        "local": weight_index(window, n, m),
        "dense": np.vstack([whole + n * j for j in range(m)]),
    }


def _weights(axes: Axes, table: Table, top: float, left: float, each: int) -> None:
    """A table of weights, `each` of them to a kernel; unconnected cells stay empty."""
    kernels = int(table.max()) // each
    for (j, i), weight in np.ndenumerate(table):
        corner = (left + i, top + j)
        if weight < 0:
            faint = (palette.PADDING, 0.4)
            axes.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor=faint, linewidth=0.6))
            continue
        _shaded(axes, corner, weight // each / max(1, kernels))
        word(axes, top + j + 0.5, left + i + 0.5, str(weight))


def _shaded(axes: Axes, corner: tuple[float, float], shade: float) -> None:
    """A cell of a kernel, its shade from 0, the first kernel, to 1, the last."""
    colour = palette.KERNEL
    face = (colour, round(0.1 + 0.4 * shade, 2))
    axes.add_patch(
        Rectangle(corner, 1, 1, facecolor=face, edgecolor=colour, linewidth=1, clip_on=False)
    )


def staircase(x: ArrayLike, w: ArrayLike) -> Figure:
    r"""A tiled layer on one axis by hand: which kernel each output uses, where it lies, the sum.

    Args:
        x: input, shape (n,).
        w: kernels of the tile, shape (t, k); the stride is 1, nothing is padded.

    Returns:
        The figure: the input, under it a line for each output with its kernel where it reads, the
        sum of products, and the output.

    Raises:
        TypeError, ValueError: what `cnnref.tiled_conv` raises.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.5 (equation 9.10).

    >>> staircase([1, 2], [[3], [4]]).get_label().split(". ")[-1]
    'Output 1, kernel 1: 2·4 = 8.'
    """
    x, w = np.asarray(x), np.asarray(w)
    y = tiled_conv([[x]], w[:, np.newaxis, np.newaxis])[0, 0]
    tile, window, step = len(w), Window(w.shape[1]), 1.15
    right = EDGE + MARGIN + x.size + 0.6
    figure, axes = board(right + 1 + 2 * EDGE, 2 + step * y.size)
    word(axes, 0.9, EDGE, "input", role="input", align="left")
    cells(axes, x, 0.4, EDGE + MARGIN, "input")
    word(axes, 0.9, right + 0.5, "output", role="output")
    told = []
    for j in range(y.size):
        top, reads = 1.7 + step * j, [window.reads(j, a) for a in range(window.kernel)]
        r = j % tile
        word(axes, top + 0.5, EDGE, f"kernel {r}", role="kernel", align="left")
        for i, tap in zip(reads, w[r], strict=True):
            _shaded(axes, (EDGE + MARGIN + i, top), r / max(1, tile - 1))
            word(axes, top + 0.5, EDGE + MARGIN + i + 0.5, number(tap))
        arrow(axes, (top + 0.5, EDGE + MARGIN + reads[-1] + 1.1), (top + 0.5, right - 0.1))
        cells(axes, [y[j]], top, right, "output")
        told.append(f"Output {j}, kernel {r}: {written(x[reads], w[r])} = {number(y[j])}.")
    kernels = " ".join(f"Kernel {r}: {listed(kernel)}." for r, kernel in enumerate(w))
    return described(figure, f"Input: {listed(x)}. {kernels} {' '.join(told)}")


def stamps(y: ArrayLike, w: ArrayLike, stride: int = 1) -> Figure:
    r"""Transposed convolution on one axis: each input place stamps the kernel, and stamps add up.

    Args:
        y: what comes in, shape (m,).
        w: kernel, shape (k,).
        stride: output places from one stamp to the next.

    Returns:
        The figure: input and kernel; a line for each stamp, where it falls; and their sum.

    Raises:
        TypeError, ValueError: what `cnnref.conv_transpose` raises.

    Source: Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016.

    >>> stamps([3, 5], [1, 1]).get_label().split(". ")[-1]
    'Output, their sum: 3, 8, 5.'
    """
    y, w = np.asarray(y), np.asarray(w)
    x = conv_transpose([[y]], [[w]], stride=stride)[0, 0]
    each = conv_transpose(np.diag(y)[:, np.newaxis], [[w]], stride=stride)[:, 0]  # (m, n)
    left = EDGE + MARGIN
    figure, axes = board(left + max(x.size, y.size + w.size + GAP) + EDGE, 4.4 + 1.15 * y.size)
    word(axes, 0.4, left + y.size / 2, "input", role="input")
    cells(axes, y, 0.8, left, "input")
    word(axes, 0.4, left + y.size + GAP + w.size / 2, "kernel", role="kernel")
    cells(axes, w, 0.8, left + y.size + GAP, "kernel")
    told = []
    for j, value in enumerate(y):
        top, first = 2.2 + 1.15 * j, j * stride
        stamp = each[j, first : first + w.size]
        word(axes, top + 0.5, EDGE, f"{number(value)} \N{MULTIPLICATION SIGN} kernel", align="left")
        cells(axes, stamp, top, left + first, "kernel")
        told.append(f"{number(value)} stamps {listed(stamp)} from place {first} on.")
    foot = 2.5 + 1.15 * y.size
    axes.plot([left, left + x.size], [foot, foot], color=palette.INK, linewidth=1)
    word(axes, foot + 0.75, EDGE, "output", role="output", align="left")
    cells(axes, x, foot + 0.25, left, "output")
    return described(
        figure,
        f"Input: {listed(y)}. Kernel: {listed(w)}. Stamps lie {stride} apart. {' '.join(told)} "
        f"Output, their sum: {listed(x)}.",
    )


def coverage(m: int, kernel_sizes: Sequence[int], stride: int) -> Figure:
    """How many stamps fall on each place of an image that a transposed convolution makes.

    Args:
        m: places per axis that come in.
        kernel_sizes: taps per axis, one map each, from top to bottom.
        stride: places between stamps, per axis.

    Returns:
        The figure: the counts, the higher the darker.

    Raises:
        TypeError, ValueError: what `cnnref.conv_transpose` raises.

    Source: Odena, Dumoulin, Olah, Deconvolution and Checkerboard Artifacts, Distill, 2016.

    >>> coverage(2, [1], 1).get_label()
    'How many stamps fall on each place, 2 by 2 of them 1 apart. Kernels of 1 by 1: 1, 1; 1, 1.'
    """
    maps = {k: _fallen(m, k, stride) for k in kernel_sizes}
    widest = max(max(len(counts) for counts in maps.values()), 8)
    height = sum(len(counts) + 1.3 for counts in maps.values())
    figure, axes = board(widest + 2 * EDGE, height)
    figure.set_size_inches(SMALL * (widest + 2 * EDGE), SMALL * height)
    top, most = 0.0, max(int(counts.max()) for counts in maps.values())
    for k, counts in maps.items():
        word(axes, top + 0.5, EDGE, f"output, kernel {k} by {k}", role="output", align="left")
        for (i, j), count in np.ndenumerate(counts):
            shade = (ROLES["output"], round(0.05 + 0.5 * float(count) / most, 2))
            edge = ROLES["output"]
            corner = (EDGE + j, top + 1 + i)
            cell = Rectangle(corner, 1, 1, facecolor=shade, edgecolor=edge, lw=1, clip_on=False)
            axes.add_patch(cell)
            word(axes, top + 1.5 + i, EDGE + j + 0.5, number(count))
        top += len(counts) + 1.3
    told = " ".join(f"Kernels of {k} by {k}: {listed(counts)}." for k, counts in maps.items())
    return described(
        figure,
        f"How many stamps fall on each place, {m} by {m} of them {stride} apart. {told}",
    )


def _fallen(m: int, kernel_size: int, stride: int) -> Table:
    """The number of stamps on each place: a transposed convolution of ones with ones."""
    ones, kernel = np.ones((1, 1, m, m)), np.ones((1, 1, kernel_size, kernel_size))
    counts: Table = conv_transpose(ones, kernel, stride=stride)[0, 0]
    return counts
