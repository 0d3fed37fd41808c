"""Pictures of what was measured: ratios of times, and how time and memory grow."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnref.figures import curves, palette
from cnnref.figures.drawing import SELECTED, board, described, number, word

NAMES = 4.6
"""Cells left of the marks, for the names."""
WIDE = 4.1
"""Cells that the marks take across."""
PITCH = 0.58
"""Cells from one name to the next."""
TOP = 1.7
"""Cells above the first name."""
SMALL = 11
"""Points of a name and of a number beside it."""
TICKS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)


def ratios(names: Sequence[str], auto: Sequence[float], named: Sequence[float]) -> Figure:
    """How long each layer takes against a peer, on a logarithmic axis: left of one is faster.

    Args:
        names: a name for each row.
        auto: ratios of times, a full circle; above zero.
        named: other ratios for the same rows, an empty one; those of the best algorithm.

    Returns:
        The figure: a row for each name, the lowest ratio first, with the number of the full circle.

    Raises:
        ValueError: for no rows, other lengths, ratios that are not above zero.

    >>> ratios(["1x1", "3x3"], [0.5, 2], [0.5, 1]).get_label().split(": ")[-1]
    '1x1 0.5, by name 0.5; 3x3 2, by name 1.'
    """
    if not names or not len(names) == len(auto) == len(named) or min([*auto, *named]) <= 0:
        raise ValueError(f"ratios: {len(names)} names must have as many ratios above zero")
    order = np.argsort(auto, kind="stable")
    low, high = np.log10(min(*auto, *named, 0.5)), np.log10(max(*auto, *named, 2))
    figure, axes = board(NAMES + WIDE + 1.3, TOP + PITCH * len(names) + 1.5)

    def column(ratio: float) -> float:
        return float(NAMES + 0.2 + (WIDE - 0.4) * (np.log10(ratio) - low) / (high - low))

    foot = TOP + PITCH * len(names)
    for tick in (tick for tick in TICKS if low <= np.log10(tick) <= high):
        here, even = column(tick), tick == 1
        ink, wide = (palette.INK, 1.4) if even else (palette.PADDING, 0.6)
        axes.plot([here, here], [TOP - 0.4, foot], color=ink, linewidth=wide)
        word(axes, foot + 0.4, here, number(tick), size=SMALL, bold=even)
    word(axes, 0.9, column(1) - 0.2, "faster", align="right", size=SMALL)
    word(axes, 0.9, column(1) + 0.2, "slower", align="left", size=SMALL)
    _key(axes, foot + 1.1)
    for place, nth in enumerate(order):
        row = TOP + PITCH * place
        word(axes, row, NAMES - 0.2, names[nth], align="right", size=SMALL)
        ends = column(named[nth]), column(auto[nth])
        axes.plot(ends, [row, row], color=palette.OUTPUT, linewidth=1.4)
        _mark(axes, row, ends[0], full=False)
        _mark(axes, row, ends[1], full=True)
        word(axes, row, NAMES + WIDE + 0.3, number(auto[nth]), align="left", size=SMALL)
    told = "; ".join(
        f"{names[nth]} {number(auto[nth])}, by name {number(named[nth])}" for nth in order
    )
    return described(figure, f"Ratios of times, below one is faster than the peer: {told}.")


def _mark(axes: Axes, row: float, column: float, full: bool) -> None:
    """A circle: full for what is chosen, empty for what can be asked for."""
    axes.plot(
        [column],
        [row],
        marker="o",
        markersize=7 if full else 10,
        markerfacecolor=palette.OUTPUT if full else "none",
        markeredgecolor=palette.OUTPUT,
        markeredgewidth=SELECTED / 2,
        linestyle="none",
    )


def _key(axes: Axes, row: float) -> None:
    """What the circles mean."""
    for start, full, said in ((NAMES - 3.2, True, "auto"), (NAMES - 0.6, False, "best by name")):
        _mark(axes, row, start, full)
        word(axes, row, start + 0.35, said, align="left", size=SMALL)


def growth(
    grows: str,
    sizes: Sequence[int],
    times: Mapping[str, Sequence[float]],
    memory: Mapping[str, Sequence[float]],
) -> Figure:
    """Time and memory against a size, one above the other, on logarithmic axes.

    Args:
        grows: what the sizes are of.
        sizes: at least two, growing.
        times: milliseconds by the name of the way, one for each size.
        memory: megabytes beside input and output, likewise.

    Returns:
        The figure: the lines of time, below them those of memory, each named at its end.

    Raises:
        ValueError: for a line of another length, for numbers that are not above zero.

    >>> growth("batch", [1, 2], {"cnnref": [1, 2]}, {"cnnref": [3, 6]}).get_label().split(": ")[-1]
    'cnnref 3, 6.'
    """
    figure, axes = board(curves.LEFT + curves.WIDE + curves.RIGHT, 2 * curves.PANEL)
    panels = ("milliseconds", times), ("megabytes beside input and output", memory)
    for top, (heights, lines) in zip((0, curves.PANEL), panels, strict=True):
        curves.panel(axes, top, heights, grows, sizes, lines, heavy=("cnnref",))
    told = (curves.told(heights, grows, sizes, lines) for heights, lines in panels)
    return described(figure, " ".join(told))
