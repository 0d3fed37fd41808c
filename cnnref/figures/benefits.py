"""Pictures of what convolution buys: multiplies, weights, and what a move of the input does."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from cnnref.fast import correlate, max_pool, pad
from cnnref.figures import palette
from cnnref.figures.drawing import ROLES, board, cells, described, listed, word
from cnnref.network import Conv, Count, Dense, Layer, LocallyConnected, count

Table: TypeAlias = NDArray[Any]

EDGE = 0.1
"""Cells between the edge of the board and what stands on it."""
MARGIN = 2.7
"""Cells left of a bar, for its name."""
DECADE = 0.92
"""Cells that a bar grows with each factor of ten."""
LINE = 0.72
"""Cells from one bar to the next."""
BAR = 0.46
"""Cells that a bar is high."""
GROUP = 1.2 + 3 * LINE
"""Cells from one input size to the next."""
LEFT = 2.2
"""Cells left of a row, for its name."""
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def costs(sizes: Sequence[int], kernel_size: int, of: str) -> Figure:
    """What dense, local and convolution layers cost as images grow, as bars on a logarithmic axis.

    Each layer has one channel and no bias, and as many outputs as the convolution without padding.

    Args:
        sizes: rows, and columns, of the images.
        kernel_size: taps per axis of the local layer and of the convolution.
        of: "multiplies" for the products that one input takes, "weights" for what is stored.

    Returns:
        The figure: per size one bar for each layer, with its number.

    Raises:
        KeyError: for another `of`.
        ValueError: for a kernel larger than an image.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.2.

    >>> costs([4], 3, "weights").get_label().split(": ", 1)[-1]
    '4 by 4 to 2 by 2: dense 64, local 36, convolution 9.'
    """
    counted = {size: _counts(size, kernel_size) for size in sizes}
    bars = {n: {name: _cost(each, of) for name, each in row.items()} for n, row in counted.items()}
    role = {"multiplies": "ink", "weights": "kernel"}[of]
    top = max(len(str(value)) for row in bars.values() for value in row.values())
    figure, axes = board(MARGIN + DECADE * top + 1.9, GROUP * len(sizes) + 1.2)
    _axis(axes, top, GROUP * len(sizes), of)
    told = []
    for nth, (n, row) in enumerate(bars.items()):
        m = n - kernel_size + 1
        title = f"input {n} by {n}, output {m} by {m}"
        word(axes, GROUP * nth + 0.6, EDGE, title, align="left", bold=True)
        for line, (name, value) in enumerate(row.items()):
            middle = GROUP * nth + 1.05 + LINE * (line + 0.5)
            word(axes, middle, EDGE, name, align="left")
            _bar(axes, middle, value, role)
        costs_ = ", ".join(f"{name} {value:,}" for name, value in row.items())
        told.append(f"{n} by {n} to {m} by {m}: {costs_}.")
    kernel = f"kernels of {kernel_size} by {kernel_size}"
    return described(figure, f"Bars on a logarithmic axis, {of}, {kernel}: {' '.join(told)}")


def _counts(n: int, kernel_size: int) -> dict[str, Count]:
    """The three layers on an image of this size, and what they cost."""
    shape = (1, n, n)
    local = LocallyConnected(1, kernel_size, bias=False)
    dense = Dense(count(local, shape).outputs, bias=False)
    layers: dict[str, Layer] = {
        "dense": dense,
        "local": local,
        "convolution": Conv(1, kernel_size, bias=False),
    }
    return {name: count(layer, shape) for name, layer in layers.items()}


def _cost(counted: Count, of: str) -> int:
    return {"multiplies": counted.multiplies, "weights": counted.parameters}[of]


def _bar(axes: Axes, middle: float, value: int, role: str) -> None:
    """A bar as long as the logarithm of a number, marked at each hundredfold, and the number."""
    length = DECADE * float(np.log10(value))
    corner = (MARGIN, middle - BAR / 2)
    axes.add_patch(
        Rectangle(
            corner, length, BAR, facecolor=(ROLES[role], 0.35), edgecolor=ROLES[role], linewidth=1
        )
    )
    for power in range(2, len(str(value)), 2):
        across = MARGIN + DECADE * power
        axes.plot([across, across], [middle - BAR / 2, middle + BAR / 2], color=palette.INK, lw=0.6)
    word(axes, middle, MARGIN + length + 0.15, f"{value:,}", align="left")


def _axis(axes: Axes, top: int, foot: float, of: str) -> None:
    """A line with powers of ten, under the bars."""
    axes.plot([MARGIN, MARGIN + DECADE * top], [foot + 0.1] * 2, color=palette.INK, lw=0.8)
    for power in range(0, top + 1, 2):
        across = MARGIN + DECADE * power
        axes.plot([across, across], [foot + 0.1, foot + 0.25], color=palette.INK, lw=0.8)
        word(axes, foot + 0.6, across, f"10{str(power).translate(SUPERSCRIPT)}" if power else "1")
    word(axes, foot + 0.6, EDGE, of, align="left")


def moves(x: ArrayLike, w: ArrayLike, size: int) -> Figure:
    """What a move of the input by one place does to a convolution, to its pool, to its maximum.

    Args:
        x: input, shape (n,), finite.
        w: kernel, shape (k,).
        size: taps of the max pool that follows; its stride is 1.

    Returns:
        The figure: before and after the move, for the input, the layer's output, the pooled
        output, and the largest number of all. What moved along or was kept has a heavy outline,
        what was lost a dashed one.

    Raises:
        TypeError, ValueError: what `cnnref.correlate` and `cnnref.max_pool` raise.

    Source: Goodfellow, Bengio, Courville, Deep Learning, sections 9.2 and 9.3.

    >>> moves([0, 3, 1, 0], [1], 2).get_label().split(". ")[-1]
    'Maximum of all: 3, then 3: invariant.'
    """
    x, w = np.asarray(x), np.asarray(w)
    pair = (x, pad(x, [(1, 0)])[:-1])
    outputs = [correlate(each, w) for each in pair]
    pooled = [max_pool([[y]], size, stride=1)[0, 0] for y in outputs]
    largest = [max_pool([[y]], y.size)[0, 0] for y in outputs]
    figure, axes = board(max(LEFT + x.size + 0.9 + w.size, 10.6), 12.6)
    word(axes, 0.45, LEFT + x.size / 2, "input", role="input")
    word(axes, 0.45, LEFT + x.size + 0.7 + w.size / 2, "kernel", role="kernel")
    cells(axes, w, 1.4, LEFT + x.size + 0.7, "kernel")
    _pair(axes, pair, "input", 0.9)
    along = np.flatnonzero(outputs[1][1:] == outputs[0][:-1]) + 1
    kept, lost = (np.flatnonzero((pooled[0] == pooled[1]) == same) for same in (True, False))
    whole = np.flatnonzero(largest[0] == largest[1])
    titles = (
        "output of the layer moves along: equivariant",
        f"max of {size} keeps {kept.size} of {pooled[0].size}: insensitive",
        "maximum of all stays: invariant",
    )
    _pair(axes, outputs, "output", 4, titles[0], selected=along)
    _pair(axes, pooled, "output", 7.1, titles[1], selected=kept, wrong=lost)
    _pair(axes, largest, "output", 10.2, titles[2], selected=whole)
    shown = [(listed(before), listed(after)) for before, after in (pair, outputs, pooled, largest)]
    return described(
        figure,
        f"Input {shown[0][0]}, moved by one place {shown[0][1]}; kernel {listed(w)}. Output of the "
        f"layer: {shown[1][0]}, then {shown[1][1]}: equivariant, {along.size} of "
        f"{outputs[0].size - 1} moved along. Largest of each {size}: {shown[2][0]}, then "
        f"{shown[2][1]}: insensitive, {kept.size} of {pooled[0].size} kept. Maximum of all: "
        f"{shown[3][0]}, then {shown[3][1]}: invariant.",
    )


def _pair(
    axes: Axes,
    pair: Sequence[Table],
    role: str,
    top: float,
    title: str = "",
    *,
    selected: Iterable[int] = (),
    wrong: Iterable[int] = (),
) -> None:
    """A row before the move and the row after it, under a title; marks go to the second."""
    word(axes, top - 0.45, EDGE, title, role=role, align="left")
    for nth, (name, values) in enumerate(zip(("before", "moved"), pair, strict=True)):
        row = top + 1.05 * nth
        word(axes, row + 0.5, EDGE, name, align="left")
        chosen, lost = ([(0, int(j)) for j in marked] * nth for marked in (selected, wrong))
        cells(axes, values, row, LEFT, role, selected=chosen, wrong=lost)
