"""Pictures of max pooling: its windows, what a move does to them, a ragged end."""

from collections.abc import Collection, Sequence
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from cnnref.fast import max_pool
from cnnref.figures.drawing import arrow, board, cells, described, listed, word
from cnnref.figures.palette import INK
from cnnref.window import windows

Place: TypeAlias = tuple[int, ...]
Table: TypeAlias = NDArray[Any]

MOVES = {"right": (0, 1), "left": (0, -1), "up": (-1, 0), "down": (1, 0)}
"""Where a move by one place takes each entry, as (rows, columns)."""
GAP = 0.2
"""Cells between two windows, so that they can be told apart."""
LEFT, TOP = 0.3, 1.1
"""Where an input stands, in cells; its name stands above it."""


def windowed(x: ArrayLike, size: int) -> Figure:
    """The windows of a table side by side, the largest number of each, and the pooled table.

    Args:
        x: input, shape (n1, n2), finite.
        size: taps per axis; the stride is the same.

    Returns:
        The figure: the input taken apart into its windows, each with its largest number outlined
        heavily, and the output.

    Raises:
        TypeError, ValueError: what `cnnref.max_pool` raises.

    Source: the draft chapter, section 1.9.

    >>> windowed([[0, 1], [4, 8]], 2).get_label()
    'Input: 0, 1; 4, 8. Windows of 2 by 2, side by side. Output, the largest of each: 8.'
    """
    x = np.asarray(x)
    y = _pooled(x, size)
    figure, axes = board(*_extent(x, size, y))
    largest = [_winner(x, size, j) for j in np.ndindex(y.shape)]
    _apart(axes, "input", x, size, TOP, selected=largest)
    _beside(axes, x, size, y, TOP)
    return described(
        figure,
        f"Input: {listed(x)}. Windows of {size} by {size}, side by side. "
        f"Output, the largest of each: {listed(y)}.",
    )


def shift(x: ArrayLike, size: int, direction: str, fill: float = 0) -> Figure:
    """Pooling before and after the input moves by one place: outputs kept, outputs lost.

    Args:
        x: input, shape (n1, n2), finite.
        size: taps per axis; the stride is the same.
        direction: where the input moves: "right", "left", "up" or "down".
        fill: what comes in at the edge.

    Returns:
        The figure: input and output above, the moved input and its output below. What comes in at
        the edge is hatched; kept outputs have a heavy outline, lost ones a dashed one.

    Raises:
        KeyError: for another direction.
        TypeError, ValueError: what `cnnref.max_pool` raises.

    Source: the draft chapter, section 1.9; Deep Learning, figure 9.8.

    >>> shift([[5, 5], [3, 4]], 1, "right").get_label()[-43:]
    'Output: 0, 5; 0, 3. Kept 1 of 4: at (0, 1).'
    """
    x = np.asarray(x)
    moved, entered = _shifted(x, direction, fill)
    before, after = _pooled(x, size), _pooled(moved, size)
    kept = _places(before == after)
    width, height = _extent(x, size, before)
    figure, axes = board(width, 2 * height + 0.3)
    _apart(axes, "input", x, size, TOP)
    _beside(axes, x, size, before, TOP)
    below = TOP + height + 0.3
    _apart(axes, f"input moved {direction}", moved, size, below, padding=_places(entered))
    middle = _beside(axes, x, size, after, below, selected=kept, wrong=_places(before != after))
    count = f"{len(kept)} of {after.size}"
    word(axes, below + (_spread(len(x), size) + len(after)) / 2 + 0.6, middle, f"{count} kept")
    return described(
        figure,
        f"Input: {listed(x)}. Output: {listed(before)}. Input moved {direction} by one, with "
        f"{fill:g} coming in: {listed(moved)}. Output: {listed(after)}. "
        f"Kept {count}: at {', '.join(map(str, kept)) or 'no place'}.",
    )


def crossing(x: ArrayLike, size: int, at: Sequence[Place], fill: float = 0) -> Figure:
    """What leaves, stays in and enters some windows when their table moves left by one place.

    Args:
        x: input, shape (n1, n2), finite.
        size: taps per axis, at least 2; the stride is the same.
        at: the output places (j1, j2) whose windows to draw, next to each other.
        fill: what comes in at the edge.

    Returns:
        The figure: per window the columns that leave, stay and enter, and the output before and
        after the move; an output that is lost has a dashed outline.

    Raises:
        TypeError, ValueError: what `cnnref.max_pool` raises.

    Source: Deep Learning, section 9.3.

    >>> crossing([[9, 2], [1, 3]], 2, [(0, 0)]).get_label()
    'Window (0, 0): 9; 1 leaves, 2; 3 stays, 0; 0 enters. Output before 9, after 3: lost.'
    """
    x = np.asarray(x)
    moved, _ = _shifted(x, "left", fill)
    step = size + 2 + 4 * GAP
    width = len(at) * step - 0.2
    figure, axes = board(width, TOP + size + 4.2)
    word(axes, 0.6, width / 2, "input", role="input")
    word(axes, TOP + size + 3.7, width / 2, "output", role="output")
    told = []
    for nth, place in enumerate(at):
        window = tuple(slice(j * size, (j + 1) * size) for j in place)
        seen = np.hstack([x[window], moved[window][:, -1:]])  # (size, size + 1)
        told.append(f"Window {place}: {_crossed(axes, seen, 0.3 + nth * step)}")
    return described(figure, " ".join(told))


def ragged(x: ArrayLike, size: int) -> Figure:
    """The end of a row that the windows do not divide: dropped, or kept with `ceil_mode`.

    Args:
        x: input, shape (n,), finite.
        size: taps; the stride is the same.

    Returns:
        The figure: above, the places that no window reads have a dashed outline; below, the last
        window hangs over the end, over hatched places.

    Raises:
        TypeError, ValueError: what `cnnref.max_pool` raises.

    Source: Deep Learning, figure 9.10.

    >>> ragged([1, 2, 3], 2).get_label()[-71:]
    'ceil_mode=True: output 2, 3, 0 unread, the last window hangs over by 1.'
    """
    x = np.asarray(x)
    figure, axes = board(_spread(len(x) + size - 1, size) + 3, 8.1)
    ends = [_ended(axes, x, size, ceil, top) for ceil, top in ((False, TOP), (True, TOP + 4))]
    told = f"Input: {listed(x)}. Windows of {size}, side by side."
    return described(figure, f"{told} {' '.join(ends)}")


def _pooled(x: Table, size: int) -> Table:
    """The maximum of each window of one table without channels."""
    y: Table = max_pool(x[np.newaxis, np.newaxis], size)[0, 0]
    return y


def _shifted(x: Table, direction: str, fill: float) -> tuple[Table, Table]:
    """The table moved by one place, and which of its places were filled from the edge."""
    down, right = MOVES[direction]
    frame = np.pad(x, 1, constant_values=fill)
    inside = np.pad(np.ones(x.shape, bool), 1)
    view = slice(1 - down, len(frame) - 1 - down), slice(1 - right, frame.shape[1] - 1 - right)
    return frame[view], ~inside[view]


def _winner(x: Table, size: int, j: Place) -> Place:
    """The first place, row by row, of the largest number that output place j reads."""
    axes = zip(windows(x.shape, size, size), j, strict=True)
    read = [[window.reads(place, a) for a in range(size)] for window, place in axes]
    return max(((i1, i2) for i1 in read[0] for i2 in read[1]), key=lambda i: x[i])


def _places(where: Table) -> list[Place]:
    """The places of a table at which it is true, as plain integers."""
    return [(int(i), int(j)) for i, j in np.argwhere(where)]


def _spread(n: int, size: int) -> float:
    """How many cells n places take when their windows stand apart."""
    return n + GAP * ((n - 1) // size)


def _extent(x: Table, size: int, y: Table) -> tuple[float, float]:
    """Width and height in cells of an input with its output beside it."""
    return LEFT + _spread(x.shape[1], size) + 2 + y.shape[1] + 0.6, TOP + _spread(
        len(x), size
    ) + 0.2


def _apart(
    axes: Axes,
    name: str,
    x: Table,
    size: int,
    top: float,
    *,
    selected: Collection[Place] = (),
    padding: Collection[Place] = (),
    wrong: Collection[Place] = (),
) -> None:
    """Draw an input under its name, its windows standing apart."""
    word(axes, top - 0.5, LEFT + _spread(x.shape[1], size) / 2, name, role="input")
    here = ((0, 0),)
    for i, value in np.ndenumerate(x):
        row, column = (place + GAP * (place // size) for place in i)
        cells(
            axes,
            [[value]],
            top + row,
            LEFT + column,
            "input",
            selected=here if i in selected else (),
            padding=here if i in padding else (),
            wrong=here if i in wrong else (),
        )


def _beside(
    axes: Axes,
    x: Table,
    size: int,
    y: Table,
    top: float,
    *,
    selected: Collection[Any] = (),
    wrong: Collection[Any] = (),
) -> float:
    """Draw an arrow from an input to its output and the output; return the output's middle."""
    edge = LEFT + _spread(x.shape[1], size)
    level = top + _spread(len(x), size) / 2
    middle: float = edge + 2 + y.shape[1] / 2
    arrow(axes, (level, edge + 0.5), (level, edge + 1.5))
    word(axes, level - len(y) / 2 - 0.5, middle, "output", role="output")
    cells(axes, y, level - len(y) / 2, edge + 2, "output", selected=selected, wrong=wrong)
    return middle


def _crossed(axes: Axes, seen: Table, left: float) -> str:
    """Draw one window's columns before and after it moves, and both outputs; say what they are."""
    size, top = len(seen), TOP + 0.8
    said = []
    edges = [left]
    for name, part in (("leaves", slice(0, 1)), ("stays", slice(1, size)), ("enters", [size])):
        values = seen[:, part]
        word(axes, top - 0.5, edges[-1] + values.shape[1] / 2, name)
        cells(axes, values, top, edges[-1], "input")
        said.append(f"{listed(values)} {name}")
        edges.append(edges[-1] + values.shape[1] + 2 * GAP)
    before, after = seen[:, :size].max(), seen[:, 1:].max()
    here = ((0, 0),)
    kept, lost = (here, ()) if before == after else ((), here)
    for name, value, first, down in (("before", before, 0, 0.2), ("after", after, 1, 0.4)):
        start, end = edges[first], edges[first + 2] - 2 * GAP
        axes.plot([start, end], [top + size + down] * 2, color=INK, linewidth=1.2)
        word(axes, top + size + 0.95, (start + end) / 2, name)
        marks = (kept, lost) if name == "after" else ((), ())
        middle, row = (start + end) / 2 - 0.5, top + size + 1.4
        cells(axes, [[value]], row, middle, "output", selected=marks[0], wrong=marks[1])
    verdict = "lost" if lost else "kept"
    return f"{', '.join(said)}. Output before {before:g}, after {after:g}: {verdict}."


def _ended(axes: Axes, x: Table, size: int, ceil: bool, top: float) -> str:
    """Draw a row, its windows and their outputs under it; say what the last window does."""
    y = max_pool(x[np.newaxis, np.newaxis], size, ceil_mode=ceil)[0, 0]
    (window,) = windows(len(x), size, size, ceil_mode=ceil)
    shown = np.append(x, np.full(window.after, -np.inf))[np.newaxis]
    unread = range(window.reads(len(y) - 1, size - 1) + 1, len(x))
    _apart(
        axes,
        f"input, ceil_mode={ceil}",
        shown,
        size,
        top,
        padding=[(0, i) for i in range(len(x), shown.shape[1])],
        wrong=[(0, i) for i in unread],
    )
    for j, value in enumerate(y):
        middle = LEFT + j * (size + GAP) + size / 2
        arrow(axes, (top + 1.15, middle), (top + 1.65, middle))
        cells(axes, [value], top + 1.75, middle - 0.5, "output")
    word(
        axes, top + 2.25, LEFT + len(y) * (size + GAP) + 0.1, "output", role="output", align="left"
    )
    over = f", the last window hangs over by {window.after}" if window.after else ""
    return f"ceil_mode={ceil}: output {listed(y)}, {len(unread)} unread{over}."
