"""Pictures of effective fields: how much each place of a receptive field counts for its unit."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from cnnref.fast import conv
from cnnref.figures import palette
from cnnref.figures.drawing import board, described, listed, word

Table: TypeAlias = NDArray[Any]

EDGE = 0.1
"""Cells between the edge of the board and what stands on it."""
BARS = 1.7
"""Cells that the highest bar takes."""
WIDE = 10.4
"""Cells that the board of the bars takes."""


def influence(kernel: ArrayLike, depths: Sequence[int]) -> Figure:
    r"""In how many ways each place reaches a unit, through more and more layers of one kernel.

    Args:
        kernel: weights of every layer, shape (k,), at least 0, not all of them 0, without bias.
        depths: how many layers, one picture each, from top to bottom.

    Returns:
        The figure: a bar for each place of the receptive field, as high as the sum, over all ways
        from it to the unit, of the products of the weights, with these numbers for up to 9 places;
        a dashed line for the normal curve of the same mean, variance and sum.

    Raises:
        TypeError, ValueError: what `cnnref.conv` raises.

    Source: Luo, Li, Urtasun, Zemel, Understanding the Effective Receptive Field in Deep
        Convolutional Neural Networks, 2016.

    >>> influence([1, 1], [2]).get_label().split(": ")[-1]
    '1, 2, 1.'
    """
    w = np.asarray(kernel, dtype=np.float64)
    bars = [_ways(w, layers) for layers in depths]
    wide = max(map(len, bars))
    step = min(1.0, (WIDE - 2 * EDGE) / wide)
    height = BARS + 2.1
    figure, axes = board(WIDE, height * len(bars) - 0.2)
    told = [f"Layers with the kernel {listed(w)}; how much each place counts for one unit."]
    for nth, (layers, ways) in enumerate(zip(depths, bars, strict=True)):
        name = f"{layers} layer{'s' if layers > 1 else ''}"
        spread = f"spread {_spread(ways):.2f}"
        word(axes, height * nth + 0.45, EDGE, "input", role="input", align="left")
        title = f"{name}: {len(ways)} places, {spread}"
        word(axes, height * nth + 0.45, EDGE + 1.3, title, align="left")
        _bars(axes, ways, height * nth + 0.95 + BARS, step)
        told.append(f"{name.capitalize()}, {len(ways)} places, {spread}: {listed(ways)}.")
    return described(figure, " ".join(told))


def _ways(w: Table, layers: int) -> Table:
    """What each place of its receptive field adds to a unit if it is one and the others zero."""
    size = layers * (len(w) - 1) + 1
    y = np.eye(size)[:, np.newaxis]
    for _ in range(layers):
        y = conv(y, w[np.newaxis, np.newaxis])
    return np.asarray(y).ravel()


def _spread(ways: Table) -> float:
    """The standard deviation of the places, each as often as its ways."""
    places = np.arange(len(ways))
    mean = np.average(places, weights=ways)
    return float(np.sqrt(np.average((places - mean) ** 2, weights=ways)))


def _bars(axes: Axes, ways: Table, foot: float, step: float) -> None:
    """Bars in the middle of the board, their numbers under them, and the normal curve."""
    left = (WIDE - len(ways) * step) / 2
    along = np.linspace(-0.5, len(ways) - 0.5, 81)
    curve = _normal(ways, along)
    unit = BARS / max(float(ways.max()), float(curve.max()))
    for place, count in enumerate(ways):
        corner = (left + (place + 0.08) * step, foot)
        axes.add_patch(
            Rectangle(
                corner,
                0.84 * step,
                -unit * float(count),
                facecolor=(palette.INPUT, 0.4),
                edgecolor=palette.INPUT,
                linewidth=1,
                clip_on=False,
            )
        )
        if len(ways) <= 9:
            word(axes, foot + 0.4, left + (place + 0.5) * step, f"{count:g}", role="input")
    across, heights = left + (along + 0.5) * step, foot - unit * curve
    axes.plot(across, heights, color=palette.INK, linewidth=1.2, linestyle=(0, (4, 2)))


def _normal(ways: Table, along: Table) -> Table:
    """The normal curve with the mean, the variance and the sum of these numbers."""
    mean, spread = np.average(np.arange(len(ways)), weights=ways), _spread(ways)
    top = ways.sum() / np.sqrt(2 * np.pi) / spread
    return np.asarray(top * np.exp(-((along - mean) ** 2) / (2 * spread**2)))


def weighed(kernel: ArrayLike, layers: int) -> Figure:
    r"""How much each pixel of the receptive field counts, for kernels that are alike on both axes.

    Args:
        kernel: weights on one axis, shape (k,); the kernel is $w(a) w(b)$.
        layers: how many layers, without bias and rectifiers.

    Returns:
        The figure: the receptive field in the input, each pixel with its number, the darker the
        higher.

    Raises:
        TypeError, ValueError: what `cnnref.conv` raises.

    Source: Luo, Li, Urtasun, Zemel, Understanding the Effective Receptive Field in Deep
        Convolutional Neural Networks, 2016.

    >>> weighed([1, 1], 2).get_label()
    'Input, 3 by 3 places; how much each counts for one output: 1, 2, 1; 2, 4, 2; 1, 2, 1.'
    """
    once = _ways(np.asarray(kernel, dtype=np.float64), layers)
    table = np.outer(once, once)
    size = len(once)
    figure, axes = board(max(size, 7) + 2 * EDGE, size + 1)
    title = f"input: {size} by {size} places of one output"
    word(axes, 0.5, EDGE, title, role="input", align="left")
    for (i, j), count in np.ndenumerate(table):
        shade = (palette.INPUT, round(0.04 + 0.5 * float(count / table.max()), 3))
        corner = (EDGE + j, 0.95 + i)
        axes.add_patch(
            Rectangle(corner, 1, 1, facecolor=shade, edgecolor=palette.INPUT, lw=1, clip_on=False)
        )
        word(axes, 1.45 + i, EDGE + j + 0.5, f"{count:g}")
    return described(
        figure,
        f"Input, {size} by {size} places; how much each counts for one output: {listed(table)}.",
    )
