"""Pictures of padding: networks that shrink or do not, padded grids, who is read how often."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from cnnref.connectivity import pattern
from cnnref.fast import conv, pad
from cnnref.figures import palette
from cnnref.figures.drawing import (
    CELL,
    ROLES,
    arrow,
    board,
    cells,
    described,
    listed,
    outline,
    word,
)
from cnnref.window import Window, windows

Table: TypeAlias = NDArray[Any]

EDGE = 0.1
"""Cells between the edge of the board and what stands on it."""
GAP = 0.4
"""Cells between two heat maps."""
MARGIN = 2.3
"""Cells left of a network, for the names of its layers."""
WIDE = 10.5
"""Cells that the places of a network take."""
STEP = 2.2
"""Cells from one layer of a network to the next."""
NODE = 0.3
"""Cells that a place of a network takes."""
WORDS = ("valid", "same", "full")


def network(n: int, kernel_size: int, layers: int, padding: str = "valid") -> Figure:
    """The places of a network on one axis, layer over layer, and who reads whom.

    Args:
        n: input places.
        kernel_size: taps of every layer; the stride is 1.
        layers: how many layers; fewer are drawn if no window fits any more.
        padding: the padding word of every layer.

    Returns:
        The figure: the input at the bottom, a line for every real place that an output reads,
        those of one output per layer heavy; padding hatched.

    Raises:
        TypeError, ValueError: what `cnnref.windows` raises for the first layer.

    Source: Goodfellow, Bengio, Courville, Deep Learning, figure 9.13.

    >>> network(6, 4, 5).get_label().split(": ")[-1]
    '6, 3. Then a kernel of 4 does not fit any more.'
    """
    stack, sizes = _stacked(n, kernel_size, layers, padding)
    most = max(size + 2 * max(w.before, w.after) for w, size in zip(stack, sizes, strict=False))
    step, short = min(0.8, WIDE / most), len(stack) < layers
    figure, axes = board(MARGIN + WIDE + 2 * EDGE, STEP * len(stack) + 1.3 + 0.8 * short)
    rows = [0.6 + 0.8 * short + STEP * (len(stack) - level) for level in range(len(sizes))]
    for level, window in enumerate(stack):
        _reading(axes, window, sizes[level], rows[level], step)
    for level, (size, above) in enumerate(zip(sizes, [*stack, None], strict=True)):
        name = "input" if not level else "output" if above is None else f"layer {level}"
        role = name if name in ROLES else "ink"
        _nodes(axes, above, size, rows[level], step, role)
        word(axes, rows[level] - 0.25, EDGE, name, role=role, align="left")
        places = f"{size} place{'s' if size > 1 else ''}"
        word(axes, rows[level] + 0.35, EDGE, places, align="left")
    taps, end = f"kernel of {kernel_size}", f"a kernel of {kernel_size} does not fit any more"
    word(axes, (rows[0] + rows[1]) / 2, EDGE, taps, role="kernel", align="left")
    if short:
        word(axes, 0.4, MARGIN + WIDE / 2, end)
    before, after = stack[0].before, stack[0].after
    zeros = f"{before} zeros in front and {after} behind" if before + after else "no zeros"
    return described(
        figure,
        f"A network of layers with kernels of {kernel_size}; each reads its input with {zeros}. "
        f"Places from the input up: {listed(sizes)}.{f' Then {end}.' if short else ''}",
    )


def _stacked(n: int, kernel_size: int, layers: int, padding: str) -> tuple[list[Window], list[int]]:
    """The windows of as many layers as fit, and the places before and after each."""
    stack = list(windows(n, kernel_size, 1, padding))
    sizes = [n, stack[0].places(n)]
    while len(stack) < layers and (padding != "valid" or sizes[-1] >= kernel_size):
        stack += windows(sizes[-1], kernel_size, 1, padding)
        sizes.append(stack[-1].places(sizes[-1]))
    return stack, sizes


def _middle(place: float, size: int, step: float) -> float:
    """Where a place stands, in cells, when `size` places are centred."""
    return EDGE + MARGIN + WIDE / 2 + step * (place - (size - 1) / 2)


def _reading(axes: Axes, window: Window, n: int, row: float, step: float) -> None:
    """Lines from the outputs of a layer down to the real places they read."""
    m = window.places(n)
    for heavy in (False, True):
        ends: list[list[float]] = [[], []]
        for j, i in np.argwhere(pattern(window, n).any(axis=0)):
            if (j == m // 2) == heavy:
                ends[0] += [_middle(j, m, step), _middle(i, n, step), np.nan]
                ends[1] += [row - STEP, row, np.nan]
        colour = palette.KERNEL if heavy else palette.INK
        axes.plot(*ends, color=colour, linewidth=2 if heavy else 0.8, alpha=1 if heavy else 0.35)


def _nodes(axes: Axes, window: Window | None, n: int, row: float, step: float, role: str) -> None:
    """The places of one layer, with the padding that the next layer reads."""
    before, after = (window.before, window.after) if window else (0, 0)
    for i in range(-before, n + after):
        real = 0 <= i < n
        axes.add_patch(
            Rectangle(
                (_middle(i, n, step) - NODE / 2, row - NODE / 2),
                NODE,
                NODE,
                facecolor=ROLES[role] if real else palette.PAPER,
                edgecolor=ROLES[role] if real else palette.PADDING,
                hatch=None if real else "//////",
                linewidth=1,
                clip_on=False,
                zorder=3,
            )
        )


def framed(x: ArrayLike, kernel_size: int, paddings: Sequence[str] = ("same", "full")) -> Figure:
    """A grid with its padding, and what a kernel of ones makes of it, at stride 1.

    Args:
        x: input, shape (n1, n2).
        kernel_size: taps per axis.
        paddings: padding words, one picture each, from top to bottom.

    Returns:
        The figure: padding hatched, the first window outlined, and the output it gives.

    Raises:
        TypeError, ValueError: what `cnnref.conv` raises.

    Source: the draft chapter, section 1.8.

    >>> framed([[1]], 2, ["full"]).get_label()
    'Input: 1. Padding "full", 3 by 3 places: a kernel of 2 by 2 ones gives 1, 1; 1, 1.'
    """
    x = np.asarray(x)
    ones = np.ones((1, 1, kernel_size, kernel_size))
    looks = [windows(x.shape, kernel_size, 1, word_) for word_ in paddings]
    wide = [pad(x, [(w.before, w.after) for w in look]) for look in looks]
    outputs = [conv([[x]], ones, padding=word_)[0, 0] for word_ in paddings]
    across = max(table.shape[1] + y.shape[1] for table, y in zip(wide, outputs, strict=True))
    figure, axes = board(across + 0.8 + 2 * EDGE, sum(len(table) + 1.5 for table in wide) - 0.4)
    top, told = 0.9, [f"Input: {listed(x)}."]
    for name, look, table, y in zip(paddings, looks, wide, outputs, strict=True):
        inside = {(i + look[0].before, j + look[1].before) for i, j in np.ndindex(x.shape)}
        zeros = set(np.ndindex(table.shape)) - inside
        word(axes, top - 0.45, EDGE, f'input, "{name}"', role="input", align="left")
        cells(axes, table, top, EDGE, "input", padding=zeros)
        outline(axes, top, EDGE, kernel_size, kernel_size, palette.KERNEL)
        word(axes, top - 0.45, EDGE + table.shape[1], "kernel", role="kernel", align="right")
        level, left = top + len(table) / 2, EDGE + table.shape[1] + 0.8
        arrow(axes, (level, left - 0.7), (level, left - 0.1))
        word(axes, level - len(y) / 2 - 0.45, left + y.shape[1] / 2, "output", role="output")
        cells(axes, y, level - len(y) / 2, left, "output", selected=[(0, 0)])
        size = " by ".join(map(str, table.shape))
        taps = f"{kernel_size} by {kernel_size}"
        told.append(f'Padding "{name}", {size} places: a kernel of {taps} ones gives {listed(y)}.')
        top += len(table) + 1.5
    return described(figure, " ".join(told))


def visits(n: int, kernel_size: int, of: str = "input") -> Figure:
    """How often each place of a square grid is read, or how many real places each output reads.

    Args:
        n: input places per axis.
        kernel_size: taps per axis; the stride is 1.
        of: "input" for the first, "output" for the second.

    Returns:
        The figure: the counts for the paddings "valid", "same" and "full", the higher the darker.

    Raises:
        KeyError: for another `of`.
        TypeError, ValueError: what `cnnref.windows` raises.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.5.

    >>> visits(2, 2).get_label().split(". ")[-2:]
    ['Padding same: 1, 2; 2, 4', 'Padding full: 4, 4; 4, 4.']
    """
    summed = {"input": 1, "output": 2}[of]
    axis = {name: windows(n, kernel_size, 1, name)[0] for name in WORDS}
    once = {name: pattern(w, n).sum(axis=(0, summed)) for name, w in axis.items()}
    tables = {name: np.outer(counts, counts) for name, counts in once.items()}
    width = sum(len(table) + GAP for table in tables.values()) - GAP + 2 * EDGE
    height = max(len(table) for table in tables.values())
    figure, axes = board(width, height + 1)
    scale = CELL * min(1, 13 / width)
    figure.set_size_inches(scale * width, scale * (height + 1))
    left = EDGE
    for name, table in tables.items():
        top = 0.95 + (height - len(table)) / 2
        word(axes, top - 0.45, left + len(table) / 2, f"{of}, {name}", role=of)
        _heat(axes, table, top, left, of, kernel_size**2)
        left += len(table) + GAP
    what = {
        "input": "How many outputs read each place of the input",
        "output": "How many real input places each output reads",
    }[of]
    told = " ".join(f"Padding {name}: {listed(table)}." for name, table in tables.items())
    return described(figure, f"{what}, {n} by {n} with {kernel_size} by {kernel_size}. {told}")


def _heat(axes: Axes, counts: Table, top: float, left: float, role: str, most: int) -> None:
    """A table of counts, each cell the darker the higher its count."""
    for (i, j), count in np.ndenumerate(counts):
        shade = (ROLES[role], round(0.08 + 0.47 * float(count) / most, 2))
        corner = (left + j, top + i)
        cell = Rectangle(corner, 1, 1, facecolor=shade, edgecolor=ROLES[role], lw=1, clip_on=False)
        axes.add_patch(cell)
        word(axes, top + i + 0.5, left + j + 0.5, str(count))
