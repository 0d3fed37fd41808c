"""Lines on logarithmic axes: what grows, and how fast."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from cnnref.figures import palette
from cnnref.figures.drawing import SELECTED, board, described, number, word

Table: TypeAlias = NDArray[Any]

EDGE = 0.1
"""Cells between the edge of the board and what stands on it."""
LEFT = 1.3
"""Cells left of the lines, for the names of heights."""
WIDE, HIGH = 6.0, 5.0
"""Cells that the lines take across and downwards."""
RIGHT = 3.4
"""Cells right of the lines, for their names."""
PANEL = HIGH + 2.3
"""Cells that lines with both axes take downwards."""
APART = 0.55
"""Cells between the names of two lines, at least."""
DASHES = ("-", (0, (6, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)), "-", (0, (6, 2)))
MARKS = ("s", "^", "o", "D", "v", "x")


def curves(
    heights: str, across: str, sizes: Sequence[int], lines: Mapping[str, Sequence[float]]
) -> Figure:
    """Lines against a size, on logarithmic axes, each named at its end.

    Args:
        heights: what the lines are of.
        across: what the sizes are of.
        sizes: at least two, growing.
        lines: a number above zero for each size, by the name of the line.

    Returns:
        The figure.

    Raises:
        ValueError: for a line of another length, for numbers that are not above zero.

    >>> curves("steps", "size", [3, 5], {"one": [9, 25]}).get_label()
    'Steps for size 3, 5, on logarithmic axes: one 9, 25.'
    """
    figure, axes = board(LEFT + WIDE + RIGHT, PANEL)
    panel(axes, 0, heights, across, sizes, lines)
    return described(figure, told(heights, across, sizes, lines))


def told(
    heights: str, across: str, sizes: Sequence[int], lines: Mapping[str, Sequence[float]]
) -> str:
    """The lines in words."""
    every = (f"{name} {', '.join(map(number, values))}" for name, values in lines.items())
    listed = ", ".join(map(str, sizes))
    return f"{heights.capitalize()} for {across} {listed}, on logarithmic axes: {'; '.join(every)}."


def panel(
    axes: Axes,
    top: float,
    heights: str,
    across: str,
    sizes: Sequence[int],
    lines: Mapping[str, Sequence[float]],
    heavy: Collection[str] = (),
) -> tuple[Table, dict[str, Table]]:
    """Draw lines with their axes from this row down; return their columns and the rows of each.

    Those in `heavy` are drawn heavily.
    """
    for name, values in lines.items():
        if len(values) != len(sizes) or min(values) <= 0:
            raise ValueError(f"curves: {name} needs {len(sizes)} numbers above zero; got {values}")
    logs = np.log10([value for values in lines.values() for value in values])
    low, high = logs.min() - 0.1, logs.max() + 0.1
    if high - low < 1:  # so that a power of ten is among the heights
        low, high = np.floor(low), np.ceil(high)
    columns = LEFT + WIDE * _share(np.log10(sizes))
    rows = {name: _rows(top, np.log10(values), low, high) for name, values in lines.items()}
    word(axes, top + 0.35, EDGE, heights, align="left")
    for power in range(int(np.ceil(low)), int(np.floor(high)) + 1):
        row = float(_rows(top, np.asarray(power), low, high))
        axes.plot([LEFT, LEFT + WIDE], [row, row], color=palette.PADDING, linewidth=0.6, alpha=0.6)
        word(axes, row, LEFT - 0.2, number(10.0**power), align="right")
    _foot(axes, top + 0.9 + HIGH, across, sizes, columns)
    for nth, (name, row_of) in enumerate(rows.items()):
        axes.plot(
            columns,
            row_of,
            color=palette.INK,
            lw=SELECTED if name in heavy else 1.4,
            linestyle=DASHES[nth % len(DASHES)],
            marker=MARKS[nth % len(MARKS)],
            markersize=5,
        )
    last = -APART
    for name, row_of in sorted(rows.items(), key=lambda line: float(line[1][-1])):
        last = max(float(row_of[-1]), last + APART)
        word(axes, last, LEFT + WIDE + 0.25, name, align="left", bold=name in heavy)
    return columns, rows


def _rows(top: float, logs: Table, low: float, high: float) -> Table:
    """The rows of heights."""
    return np.asarray(top + 0.9 + HIGH * (high - logs) / (high - low))


def _share(values: Table) -> Table:
    """Where values lie between the first and the last, from 0 to 1."""
    return np.asarray((values - values[0]) / (values[-1] - values[0]))


def _foot(axes: Axes, foot: float, across: str, sizes: Sequence[int], columns: Table) -> None:
    """The axis of the sizes; the last one has its number, others where there is room."""
    axes.plot([LEFT, LEFT + WIDE], [foot, foot], color=palette.INK, linewidth=0.8)
    last = LEFT + WIDE + 1.0
    for size, column in zip(sizes[::-1], columns[::-1], strict=True):
        axes.plot([column, column], [foot, foot + 0.12], color=palette.INK, linewidth=0.8)
        if last - column > 0.6:
            word(axes, foot + 0.45, float(column), str(size))
            last = float(column)
    word(axes, foot + 1.0, LEFT + WIDE / 2, across, role="kernel" if "kernel" in across else "ink")
