"""Pictures of pooling over channels: a detector for each pose, and what their maximum makes."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from cnnref.fast import channel_max_pool, conv
from cnnref.figures import palette
from cnnref.figures.drawing import ROLES, arrow, board, cells, described, listed, number, word

Table: TypeAlias = NDArray[Any]

EDGE = 0.1
"""Cells between the edge of the board and what stands on it."""
GAP = 0.45
"""Cells between two kernels, and between two inputs."""
ARROW = 0.9
"""Cells that an arrow takes, with the space around it."""
LEFT, WIDE = 1.2, 8.3
"""Where the curves begin, and how far they go, in cells."""
TOP, HIGH = 4.3, 5.0
"""Where the answer 1 is drawn, and how far below it the answer 0, in cells."""
SMALL = 1.4
"""Cells that a shaded image takes."""
LINES: tuple[Any, ...] = ((0, (6, 2)), (0, (1, 1.5)), (0, (8, 2, 1, 2)), "-")
"""How the curves of neighbouring detectors are drawn, over and over."""


def poses(patterns: ArrayLike, kernels: ArrayLike) -> Figure:
    r"""One pattern in several poses, what each detector answers, and the largest of the answers.

    Args:
        patterns: the inputs, shape (P, n1, n2).
        kernels: the detectors, of the same size, shape (Q, n1, n2).

    Returns:
        The figure: the kernels; below, per input the answers and their maximum over the channels.
        The channel that gives the maximum has a heavy outline, if it is only one.

    Raises:
        TypeError, ValueError: what `cnnref.conv` and `cnnref.channel_max_pool` raise.

    Source: Goodfellow, Bengio, Courville, Deep Learning, figure 9.9.

    >>> poses([[[0, 1]]], [[[2, -1]], [[-1, 2]]]).get_label()
    'Kernel 0: 2, -1. Kernel 1: -1, 2. Input 0, 1: answers -1, 2, maximum 2, from kernel 1.'
    """
    x, w = np.asarray(patterns)[:, np.newaxis], np.asarray(kernels)[:, np.newaxis]
    answers = conv(x, w)[:, :, 0, 0]  # (P, Q)
    largest = channel_max_pool(answers, len(w))[:, 0]
    rows, columns = w.shape[2:]
    first = EDGE + columns + ARROW
    last = first + len(w) + ARROW
    figure, axes = board(
        max(2 * EDGE + len(w) * (columns + GAP) - GAP, last + 1.6),
        (len(x) + 1) * (rows + GAP) + 1.9,
    )
    told = []
    for q, kernel in enumerate(w[:, 0]):
        left = EDGE + q * (columns + GAP)
        word(axes, 0.45, left + columns / 2, f"kernel {q}", role="kernel")
        _shaded(axes, kernel, 0.9, left, "kernel")
        told.append(f"Kernel {q}: {listed(kernel)}.")
    top = rows + 2.6
    word(axes, top - 0.6, EDGE + columns / 2, "input", role="input")
    word(axes, top - 0.6, first + len(w) / 2, "answers", role="output")
    word(axes, top - 0.6, last + 0.5, "output", role="output")
    for nth, pattern in enumerate(x[:, 0]):
        upper = top + nth * (rows + GAP)
        told.append(_answered(axes, pattern, answers[nth], largest[nth], upper))
    return described(figure, " ".join(told))


def _answered(axes: Axes, x: Table, answers: Table, largest: float, top: float) -> str:
    """An input, the answer of each detector, their maximum; what it shows, in words."""
    first = EDGE + x.shape[1] + ARROW
    last, middle = first + len(answers) + ARROW, top + len(x) / 2
    winners = [int(q) for q in np.flatnonzero(answers == largest)]
    alone = len(winners) == 1
    _shaded(axes, x, top, EDGE, "input")
    arrow(axes, (middle, first - ARROW + 0.1), (middle, first - 0.1))
    marked = [(0, winners[0])] if alone else []
    cells(axes, answers, middle - 0.5, first, "output", selected=marked)
    arrow(axes, (middle, last - ARROW + 0.1), (middle, last - 0.1))
    cells(axes, [largest], middle - 0.5, last, "output")
    who = f"from kernel {winners[0]}" if alone else "from no kernel alone"
    return (
        f"Input {listed(x)}: answers {listed(answers)}, maximum {number(largest)}, {who}."
    ).replace("\N{MINUS SIGN}", "-")


def _shaded(axes: Axes, values: Table, top: float, left: float, role: str) -> None:
    """A table whose positive entries are darker, so that they are seen as a shape."""
    for i, j in np.argwhere(values > 0):
        corner = (left + j, top + i)
        axes.add_patch(Rectangle(corner, 1, 1, facecolor=(ROLES[role], 0.3), linewidth=0))
    cells(axes, values, top, left, role)


def tuned(
    degrees: Sequence[float], patterns: ArrayLike, kernels: ArrayLike, set_for: Sequence[float]
) -> Figure:
    r"""What each detector answers to a pattern that turns, and the largest of the answers.

    Args:
        degrees: how far the pattern is turned, ascending, P of them.
        patterns: the pattern at each of these angles, shape (P, n1, n2), from 0 to 1.
        kernels: the detectors, of the same size, shape (Q, n1, n2).
        set_for: the angle that each detector was set for.

    Returns:
        The figure: the kernels, above; a curve for each of them over the angle, and their maximum
        as a heavy curve; some of the patterns, under their angles.

    Raises:
        TypeError, ValueError: what `cnnref.conv` and `cnnref.channel_max_pool` raise.

    Source: Goodfellow, Bengio, Courville, Deep Learning, figure 9.9.

    >>> tuned([0, 90], [[[1, 0]], [[0, 1]]], [[[1, 0]]], [0]).get_label().split(". ")[-1]
    'At the lowest it is 0.00, at 90°.'
    """
    x, w = np.asarray(patterns)[:, np.newaxis], np.asarray(kernels)[:, np.newaxis]
    answers = conv(x, w)[:, :, 0, 0]  # (P, Q)
    largest = channel_max_pool(answers, len(w))[:, 0]
    across = LEFT + WIDE * (np.asarray(degrees) - degrees[0]) / (degrees[-1] - degrees[0])
    figure, axes = board(LEFT + WIDE + 0.9, TOP + HIGH + 4.2)
    _scale(axes)
    told = []
    for q, (angle, curve) in enumerate(zip(set_for, answers.T, strict=True)):
        left, dashes = LEFT + 0.4 + q * WIDE / len(w), LINES[q % len(LINES)]
        word(axes, 0.45, left + SMALL / 2, f"kernel {angle:g}°", role="kernel")
        _small(axes, w[q, 0], 0.9, left, "kernel")
        key = [left - 0.3, left + SMALL + 0.3], [2.75, 2.75]
        for ends in (key, (across, _height(curve))):
            axes.plot(*ends, color=palette.KERNEL, lw=1.8, linestyle=dashes)
        best = degrees[int(curve.argmax())]
        told.append(
            f"Detector set for {angle:g}°: largest, {curve.max():.2f}, at {best:g}°, "
            f"smallest {curve.min():.2f}."
        )
    axes.plot(across, _height(largest), color=palette.OUTPUT, lw=3.2, zorder=3)
    word(axes, TOP - 0.55, LEFT + WIDE, "output: the maximum", role="output", align="right")
    shown = _turning(axes, x[:, 0], across, degrees)
    lowest = int(largest.argmin())
    told.append(
        f"The pattern is shown at {', '.join(f'{degrees[p]:g}°' for p in shown)}, where the "
        f"maximum is {', '.join(f'{largest[p]:.2f}' for p in shown)}. "
        f"At the lowest it is {largest[lowest]:.2f}, at {degrees[lowest]:g}°."
    )
    return described(figure, " ".join(told))


def _height(answers: Table) -> Table:
    """The row at which answers are drawn."""
    return TOP + HIGH * (1 - np.asarray(answers))


def _scale(axes: Axes) -> None:
    """Thin lines at the answers 0, one half and 1, with their numbers."""
    for value in (0, 0.5, 1):
        row = float(_height(np.array(value)))
        axes.plot([LEFT, LEFT + WIDE], [row, row], color=palette.INK, lw=0.8, alpha=0.35)
        word(axes, row, LEFT - 0.3, f"{value:g}", align="right")


def _turning(axes: Axes, patterns: Table, across: Table, degrees: Sequence[float]) -> list[int]:
    """Some of the patterns under their angles; which ones."""
    count = min(5, len(degrees))
    shown = [int(p) for p in np.linspace(0, len(degrees) - 1, count).round()]
    for p in shown:
        _small(axes, patterns[p], TOP + HIGH + 0.7, across[p] - SMALL / 2, "input")
        word(axes, TOP + HIGH + 2.7, across[p], f"{degrees[p]:g}°")
    word(axes, TOP + HIGH + 3.7, LEFT + WIDE / 2, "input", role="input")
    return shown


def _small(axes: Axes, image: Table, top: float, left: float, role: str) -> None:
    """A small image, darker where it is larger; what is not positive stays empty."""
    step = SMALL / max(image.shape)
    most = max(float(image.max()), 1e-9)
    for (i, j), value in np.ndenumerate(image):
        shade = round(float(value) / most, 2)
        if shade > 0.04:
            axes.add_patch(
                Rectangle(
                    (left + step * j, top + step * i),
                    step,
                    step,
                    facecolor=(ROLES[role], shade),
                    edgecolor="none",
                )
            )
    frame = Rectangle(
        (left, top),
        step * image.shape[1],
        step * image.shape[0],
        fill=False,
        edgecolor=ROLES[role],
        lw=1,
    )
    axes.add_patch(frame)
