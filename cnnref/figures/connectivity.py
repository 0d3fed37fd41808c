"""Pictures of connections: who reads whom, and which connections have the same weight on them."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from cnnref.connectivity import pattern, weight_index
from cnnref.figures import palette
from cnnref.figures.drawing import SELECTED, WORD, board, cells, described, word
from cnnref.window import Window, windows

Table: TypeAlias = NDArray[Any]

EDGE = 0.1
"""Cells between the edge of the board and what stands on it."""
LEFT = 1.7
"""Cells left of a row, for its name."""
DROP = 1.2
"""Cells between the outputs and the inputs of a panel."""
BOX = 0.42
"""Cells that the number of one weight takes."""
NAMES = 1.3
"""Cells left of a layer of `sharing`, for the names of its rows."""
WIDE = 9.2
"""Cells that a layer of `sharing` takes right of them."""
STYLES = ("-", (0, (5, 2)), (0, (1, 1.3)), (0, (6, 1.5, 1.2, 1.5)))
"""Lines of weights 0, 1, 2, 3, and over again."""


def fan(
    n: int,
    kernel_size: int,
    places: Sequence[int],
    of: str = "output",
    *,
    stride: int = 1,
    padding: str = "valid",
) -> Figure:
    r"""All inputs of one output, or all outputs of one input, on one axis.

    Args:
        n: input places.
        kernel_size: taps.
        places: the outputs, or inputs, to follow, one picture each, from top to bottom.
        of: "output" for the inputs of an output, "input" for the outputs of an input.
        stride: input places from one output place to the next.
        padding: a padding word.

    Returns:
        The figure: the outputs above the inputs, padding hatched, a line for each connection;
        those of the followed place heavy, and both their ends outlined.

    Raises:
        KeyError: for another `of`.
        IndexError: for a place that there is none.
        TypeError, ValueError: what `cnnref.windows` raises.

    Source: Goodfellow, Bengio, Courville, Deep Learning, figures 9.2 and 9.3.

    >>> fan(4, 3, [0], "input").get_label().split(". ")[-1]
    'Input 0 is read by output 0.'
    """
    (window,) = windows(n, kernel_size, stride, padding)
    reads = np.asarray(pattern(window, n).any(axis=0))  # (m, n)
    axis = {"output": 0, "input": 1}[of]
    height = 3.4 + DROP
    wide = LEFT + window.before + n + window.after + EDGE
    figure, axes = board(max(wide, 8.4), height * len(places) - 0.2)
    zeros = f'padding "{padding}"' if window.before + window.after else "no padding"
    told = [f"{n} inputs, {len(reads)} outputs, kernel of {kernel_size}, stride {stride}, {zeros}."]
    for nth, place in enumerate(places):
        partners = np.flatnonzero(np.take(reads, place, axis=axis))
        told.append(_told(of, place, partners))
        top = height * nth
        word(axes, top + 0.45, EDGE, told[-1].rstrip("."), align="left")
        _panel(axes, window, reads, top + 0.85, (of, place))
    return described(figure, " ".join(told))


def _told(of: str, place: int, partners: Table) -> str:
    """One fan in words."""
    other, verb = ("input", "reads") if of == "output" else ("output", "is read by")
    listed = ", ".join(map(str, partners)) or "none"
    plural = "s" if len(partners) > 1 else ""
    if not len(partners):
        return f"{of.capitalize()} {place} {verb} no {other}."
    return f"{of.capitalize()} {place} {verb} {other}{plural} {listed}."


def _panel(axes: Axes, window: Window, reads: Table, top: float, followed: tuple[str, int]) -> None:
    """The outputs of a layer, its inputs under them, the connections; one fan heavy."""
    m, n = reads.shape
    of, place = followed
    below = top + 1 + DROP
    left = LEFT + window.before
    middles = [left + 0.5 + window.reads(j, 0) + (window.span - 1) / 2 for j in range(m)]
    heavy = np.zeros_like(reads)
    heavy[(place, ...) if of == "output" else (..., place)] = True
    heavy &= reads
    _lines(axes, reads & ~heavy, (top + 1, middles), (below, left))
    _lines(axes, heavy, (top + 1, middles), (below, left), followed=True)
    chosen = {"output": set(np.flatnonzero(heavy.any(axis=1)).tolist())}
    chosen["input"] = set(np.flatnonzero(heavy.any(axis=0)).tolist())
    chosen[of] = {place}
    for j, middle in enumerate(middles):
        marked = [(0, 0)] if j in chosen["output"] else []
        cells(axes, [j], top, middle - 0.5, "output", selected=marked)
    shown = range(-window.before, n + window.after)
    outside = [(0, nth) for nth, i in enumerate(shown) if not 0 <= i < n]
    marked = [(0, nth) for nth, i in enumerate(shown) if i in chosen["input"]]
    cells(axes, shown, below, LEFT, "input", selected=marked, padding=outside)
    word(axes, top + 0.5, EDGE, "output", role="output", align="left")
    word(axes, top + 1 + DROP / 2, EDGE, "kernel", role="kernel", align="left")
    word(axes, below + 0.5, EDGE, "input", role="input", align="left")


def _lines(
    axes: Axes,
    connected: Table,
    above: tuple[float, Sequence[float]],
    below: tuple[float, float],
    *,
    followed: bool = False,
) -> None:
    """A line for each connection, from where the outputs stand to the cell of the input."""
    ends: list[list[float]] = [[], []]
    for j, i in np.argwhere(connected):
        ends[0] += [above[1][j], below[1] + i + 0.5, np.nan]
        ends[1] += [above[0], below[0], np.nan]
    colour = palette.KERNEL if followed else palette.INK
    width, alpha = (2.2, 1) if followed else (0.8, 0.45)
    axes.plot(*ends, color=colour, linewidth=width, alpha=alpha)


def sharing(n: int, kernel_size: int, tile: int = 2) -> Figure:
    r"""The same places four times: dense, local, tiled, convolution, and the weight on every line.

    Args:
        n: input places.
        kernel_size: taps of the last three; without padding, at stride 1.
        tile: places after which the weights of the tiled layer repeat.

    Returns:
        The figure: under every output the numbers of its weights, from each a line to the input
        that it reads; the line style goes with the number, and weight 0 is heavy and coloured.

    Raises:
        TypeError, ValueError: what `cnnref.Window` and `cnnref.weight_index` raise.

    Source: Goodfellow, Bengio, Courville, Deep Learning, figures 9.14 and 9.16.

    >>> sharing(3, 2).get_label().split(". ")[-1]
    'Output 1 reads input 1 through weight 0, input 2 through weight 1.'
    """
    window = Window(kernel_size)
    m = window.places(n)
    numbered = {
        "dense": np.arange(m * n).reshape(m, n),
        "local": weight_index(window, n, m),
        f"tiled, t = {tile}": weight_index(window, n, tile),
        "convolution": weight_index(window, n),
    }
    height = 3.4 + BOX + DROP
    figure, axes = board(NAMES + WIDE + EDGE, height * len(numbered) - 0.3)
    told = [f"{n} inputs and {m} outputs, joined in four ways."]
    for nth, (name, index) in enumerate(numbered.items()):
        connected = index[index >= 0]
        sizes = f"{connected.size} connections, {np.unique(connected).size} weights"
        word(axes, height * nth + 0.45, EDGE, f"{name}: {sizes}", align="left", bold=True)
        _shared(axes, index, height * nth + 0.9)
        told.append(f"{name.capitalize()}: {sizes}. {_connected(index)}")
    return described(figure, " ".join(told))


def _connected(index: Table) -> str:
    """Every connection of a layer and the number of its weight, in words."""
    told = []
    for j, weights in enumerate(index):
        reads = [f"input {i} through weight {weights[i]}" for i in np.flatnonzero(weights >= 0)]
        told.append(f"Output {j} reads {', '.join(reads)}.")
    return " ".join(told)


def _shared(axes: Axes, index: Table, top: float) -> None:
    """One layer: outputs, the numbers of their weights, a line from each to its input."""
    m, n = index.shape
    below = top + 1 + BOX + DROP
    places = [NAMES + WIDE * (i + 0.5) / n for i in range(n)]
    for j, weights in enumerate(index):
        middle = NAMES + WIDE * (j + 0.5) / m
        cells(axes, [j], top, middle - 0.5, "output")
        taps = np.flatnonzero(weights >= 0)
        for nth, tap in enumerate(taps):
            across = middle + BOX * (nth - (len(taps) - 1) / 2)
            _box(axes, weights[tap], top + 1.05, across - BOX / 2)
            _line(axes, weights[tap], (top + 1.05 + BOX, across), (below, places[tap]))
    for i, middle in enumerate(places):
        cells(axes, [i], below, middle - 0.5, "input")
    rows = {"output": top + 0.5, "kernel": top + 1.05 + BOX / 2, "input": below + 0.5}
    for name, row in rows.items():
        word(axes, row, EDGE, name, role=name, align="left")


def _box(axes: Axes, number: int, row: float, column: float) -> None:
    """The number of a weight in a small square."""
    axes.add_patch(
        Rectangle(
            (column, row),
            BOX,
            BOX,
            facecolor=(palette.KERNEL, 0.12 if number else 0.4),
            edgecolor=palette.KERNEL,
            linewidth=SELECTED if not number else 0.8,
            clip_on=False,
        )
    )
    word(axes, row + BOX / 2, column + BOX / 2, str(number), size=WORD if number < 10 else 11)


def _line(axes: Axes, number: int, start: tuple[float, float], end: tuple[float, float]) -> None:
    """The line of a weight, in its style."""
    axes.plot(
        [start[1], end[1]],
        [start[0], end[0]],
        color=palette.INK if number else palette.KERNEL,
        linewidth=1.1 if number else SELECTED,
        linestyle=STYLES[number % len(STYLES)],
        zorder=1 if number else 2,
    )
