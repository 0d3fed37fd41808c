"""What the pictures are made of: boards, cells with their numbers, words, arrows.

A board is measured in cells, rows counted downwards, as an array is indexed. One cell is
48 px wide on the page at full size. A figure of up to 10 cells fits a phone, at 70 % of that size;
a wider one scrolls there.
"""

from collections.abc import Collection, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle
from numpy.typing import ArrayLike

from cnnref.figures import palette

CELL = 0.5
"""Inches a cell is wide: 48 px on the page."""
WORD = 14
"""Points of a word and of a cell's number: 19 px on the page."""
SELECTED = 2.8
"""Points of the heavy outline that says: this one."""

ROLES = {
    "input": palette.INPUT,
    "kernel": palette.KERNEL,
    "output": palette.OUTPUT,
    "padding": palette.PADDING,
    "wrong": palette.WRONG,
    "ink": palette.INK,
}


def board(columns: float, rows: float) -> tuple[Figure, Axes]:
    """An empty figure of this many cells, its axes measured in cells from the top left."""
    figure = plt.figure(figsize=(columns * CELL, rows * CELL), layout="none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, columns), ylim=(rows, 0), aspect="equal")  # so nothing has to be clipped
    axes.axis("off")
    return figure, axes


def cells(
    axes: Axes,
    values: ArrayLike,
    row: float,
    column: float,
    role: str,
    *,
    size: float = WORD,
    selected: Collection[tuple[int, int]] = (),
    padding: Collection[tuple[int, int]] = (),
    wrong: Collection[tuple[int, int]] = (),
) -> None:
    """Draw a table of numbers as squares, its top left corner at this row and column.

    Args:
        axes: the board.
        values: numbers, shape (*n) with at most two axes; one axis is a row.
        row: where the top edge stands, in cells.
        column: where the left edge stands, in cells.
        role: whose colour it has: input, kernel, output.
        size: points of a number of up to three characters; longer ones are smaller.
        selected: places (i, j) to outline heavily.
        padding: places to hatch.
        wrong: places to outline with dashes.
    """
    colour = ROLES[role]
    for (i, j), value in np.ndenumerate(np.atleast_2d(np.asarray(values))):
        corner = (column + j, row + i)
        hatched = (i, j) in padding
        axes.add_patch(
            Rectangle(
                corner,
                1,
                1,
                facecolor="none" if hatched else (colour, 0.12),
                edgecolor=palette.PADDING if hatched else colour,
                hatch="////" if hatched else None,
                linewidth=1,
                clip_on=False,
            )
        )
        shown = number(value)
        if hatched:
            _clear(axes, row + i + 0.5, column + j + 0.5, len(shown))
        word(axes, row + i + 0.5, column + j + 0.5, shown, size=size if len(shown) < 4 else 11)
    for places, ink, dashes in ((selected, colour, "-"), (wrong, palette.WRONG, (0, (2, 1.5)))):
        for i, j in places:
            outline(axes, row + i, column + j, 1, 1, ink, dashes)


def _clear(axes: Axes, row: float, column: float, letters: int) -> None:
    """Clear the hatching behind a number, centred here, so that it can be read."""
    width = 0.2 + 0.15 * letters
    corner = (column - width / 2, row - 0.26)
    patch = Rectangle(corner, width, 0.52, facecolor=palette.PAPER, edgecolor="none", clip_on=False)
    axes.add_patch(patch)


def outline(
    axes: Axes,
    row: float,
    column: float,
    rows: float,
    columns: float,
    colour: str,
    dashes: str | tuple[int, tuple[float, float]] = "-",
) -> None:
    """Draw a heavy outline around a block of cells."""
    axes.add_patch(
        Rectangle(
            (column, row),
            columns,
            rows,
            fill=False,
            edgecolor=colour,
            linewidth=SELECTED,
            linestyle=dashes,
            joinstyle="miter",
            clip_on=False,
            zorder=3,
        )
    )


def word(
    axes: Axes,
    row: float,
    column: float,
    text: str,
    *,
    role: str = "ink",
    align: str = "center",
    size: float = WORD,
    bold: bool = False,
) -> None:
    """Write a word, centred on its row."""
    axes.text(
        column,
        row,
        text,
        color=ROLES[role],
        ha=align,
        va="center_baseline",
        fontsize=size,
        fontweight="bold" if bold else "normal",
        zorder=4,
    )


def arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw an arrow between two places (row, column)."""
    axes.add_patch(
        FancyArrowPatch(
            (start[1], start[0]),
            (end[1], end[0]),
            arrowstyle="-|>",
            mutation_scale=14,
            linewidth=1.2,
            color=palette.INK,
            shrinkA=0,
            shrinkB=0,
        )
    )


def number(value: float) -> str:
    """A number as a cell shows it: no trailing zeros, a real minus sign; a boolean as yes or no."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return f"{value + 0:g}".replace("-", "\N{MINUS SIGN}")


def listed(values: Sequence[float] | np.ndarray) -> str:
    """Numbers as alt text reads them: "1, 2, 3", rows after one another with semicolons."""
    rows = np.atleast_2d(np.asarray(values))
    return "; ".join(", ".join(f"{value:g}" for value in row) for row in rows)


def written(inputs: ArrayLike, taps: ArrayLike) -> str:
    """A sum of products as one writes it by hand: "1·0 + 2·3"."""
    pairs = zip(np.ravel(inputs), np.ravel(taps), strict=True)
    return " + ".join(f"{number(value)}·{number(tap)}" for value, tap in pairs)


def described(figure: Figure, alt: str) -> Figure:
    """The figure, with its alt text."""
    figure.set_label(alt)
    return figure
