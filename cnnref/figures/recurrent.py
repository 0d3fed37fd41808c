"""Pictures of recurrent convolution: unrolled with its numbers, and a map refined step by step."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from cnnref.fast import conv, recurrent_conv, relu
from cnnref.figures import palette
from cnnref.figures.drawing import ROLES, arrow, board, cells, described, listed, word

Table: TypeAlias = NDArray[Any]

EDGE = 0.1
"""Cells between the edge of the board and what stands on it."""
MARGIN = 2.4
"""Cells left of a row, for its name."""
LINK = 0.85
"""Cells between two rows, for the arrow and the kernel's name."""
RAIL = 1.0
"""Cells from the rows to the line that brings the input to every step."""
PIXEL = 0.5
"""Cells that a pixel of a map takes."""
BENT: Mapping[str, Callable[[Any], Any]] = {
    "identity": lambda x: x,
    "relu": relu,
    "tanh": np.tanh,
}
"""The activations, by their names."""


def unrolled(
    x: ArrayLike,
    u: ArrayLike,
    v: ArrayLike,
    w: ArrayLike,
    *,
    steps: int,
    activation: str = "tanh",
) -> Figure:
    r"""A recurrent convolution on one axis, drawn as the deep network that it is.

    Args:
        x: input, shape (n,).
        u: kernel from the input to the hidden values, shape (k,).
        v: kernel from the hidden values to the estimate, shape (k,).
        w: kernel from the estimate back to the hidden values, shape (k,).
        steps: how many times, at least 1.
        activation: "tanh", "relu" or "identity".

    Returns:
        The figure: the three kernels once; from top to bottom the input, and for each step the
        hidden values and the estimate, each arrow with the name of its kernel.

    Raises:
        TypeError, ValueError: what `cnnref.recurrent_conv` raises.

    Source: Goodfellow, Bengio, Courville, Deep Learning, figure 9.17.

    >>> unrolled([1], [1], [1], [2], steps=2, activation="relu").get_label().split(". ")[-1]
    'Step 2: u of the input and w of estimate 1 give hidden 3; v gives estimate 3.'
    """
    x, kernels = np.asarray(x), {"u": np.asarray(u), "v": np.asarray(v), "w": np.asarray(w)}
    hidden, estimates = _values(x, kernels, steps, activation)
    used = sum(kernel.size for kernel in kernels.values()) + 2 * 1.1 + 0.6
    right = EDGE + MARGIN + x.size
    figure, axes = board(max(right + RAIL + 0.6, used) + EDGE, 3.6 + 2 * (1 + LINK) * steps)
    left = EDGE
    for name, kernel in kernels.items():
        word(axes, 1.3, left + 0.25, name, role="kernel", bold=True)
        cells(axes, kernel, 0.8, left + 0.6, "kernel")
        left += kernel.size + 1.1
    word(axes, 0.4, EDGE, "kernels, the same in every step", role="kernel", align="left")
    word(axes, 3, EDGE, "input", role="input", align="left")
    cells(axes, x, 2.5, EDGE + MARGIN, "input")
    _rail(axes, 3, right, [3 + (1 + LINK) * (2 * t + 1) for t in range(steps)])
    told = []
    for t in range(steps):
        top = 2.5 + (1 + LINK) * (2 * t + 1)
        _step(axes, hidden[t], estimates[t], top, t)
        back = f" and w of estimate {t}" if t else ""
        told.append(
            f"Step {t + 1}: u of the input{back} give{'s' if not t else ''} hidden "
            f"{listed(hidden[t])}; v gives estimate {listed(estimates[t])}."
        )
    shown = " ".join(f"Kernel {name}: {listed(kernel)}." for name, kernel in kernels.items())
    return described(figure, f"{shown} Input: {listed(x)}. {' '.join(told)}")


def _values(
    x: Table, kernels: dict[str, Table], steps: int, activation: str
) -> tuple[list[Table], Table]:
    """The hidden values and the estimates of all steps."""
    u, v, w = (kernel[np.newaxis, np.newaxis] for kernel in kernels.values())
    estimates = recurrent_conv([[x]], u, v, w, steps=steps, activation=activation)
    before = np.concatenate([np.zeros_like(estimates[:1]), estimates[:-1]])
    seen = conv([[x]], u, padding="same")
    hidden = [BENT[activation](seen + conv(y, w, padding="same"))[0, 0] for y in before]
    return hidden, estimates[:, 0, 0]


def _step(axes: Axes, hidden: Table, estimate: Table, top: float, t: int) -> None:
    """The two rows of one step, the hidden values at this height, with the arrows into them."""
    left, middle = EDGE + MARGIN, EDGE + MARGIN + hidden.size / 2
    word(axes, top + 0.5, EDGE, f"hidden {t + 1}", align="left")
    cells(axes, hidden, top, left, "ink")
    if t:
        arrow(axes, (top - LINK + 0.08, middle), (top - 0.08, middle))
        word(axes, top - LINK / 2, middle + 0.35, "w", role="kernel", bold=True)
    below = top + 1 + LINK
    arrow(axes, (below - LINK + 0.08, middle), (below - 0.08, middle))
    word(axes, below - LINK / 2, middle + 0.35, "v", role="kernel", bold=True)
    word(axes, below + 0.3, EDGE, "output,", role="output", align="left")
    word(axes, below + 0.75, EDGE, f"estimate {t + 1}", role="output", align="left")
    cells(axes, estimate, below, left, "output")


def _rail(axes: Axes, row: float, right: float, ends: Sequence[float]) -> None:
    """A line from the input down, and from there an arrow u into each row of hidden values."""
    down = right + RAIL
    axes.plot([right, down, down], [row, row, ends[-1]], color=palette.INK, linewidth=1.2)
    for end in ends:
        arrow(axes, (end, down), (end, right + 0.08))
        word(axes, end - 0.3, right + RAIL / 2 + 0.1, "u", role="kernel", bold=True)


def refined(
    truth: ArrayLike,
    x: ArrayLike,
    u: ArrayLike,
    v: ArrayLike,
    w: ArrayLike,
    *,
    shown: Sequence[int],
) -> Figure:
    r"""A map of two labels, refined step by step: who is positive, and who is wrong.

    Args:
        truth: the map as it should be, of 1 and -1, shape (n1, n2).
        x: the map that comes in, shape (n1, n2).
        u: kernel from the input to the hidden values, shape (k1, k2).
        v: kernel from the hidden values to the estimate.
        w: kernel from the estimate back to the hidden values.
        shown: the steps to draw, from 1 on; the activation is the hyperbolic tangent.

    Returns:
        The figure: the input and these estimates, two in a row; filled where positive, the
        stronger the darker; a dashed outline where the sign is wrong.

    Raises:
        TypeError, ValueError: what `cnnref.recurrent_conv` raises.

    Source: Pinheiro and Collobert, Recurrent Convolutional Neural Networks for Scene Labeling,
    2014.

    >>> refined([[1]], [[-1]], [[1]], [[1]], [[1]], shown=[1]).get_label().split(". ")[-1]
    'Estimate 1: none filled; 1 wrong at (0, 0).'
    """
    truth, x, u, v, w = map(np.asarray, (truth, x, u, v, w))
    estimates = recurrent_conv([[x]], [[u]], [[v]], [[w]], steps=max(shown))[:, 0, 0]
    maps = {"input": x, **{f"estimate {t}": estimates[t - 1] for t in shown}}
    wide, high = PIXEL * x.shape[1], PIXEL * x.shape[0]
    lines = (len(maps) + 1) // 2
    figure, axes = board(2 * wide + 0.6 + 2 * EDGE, lines * (high + 1.2))
    told = []
    for nth, (name, values) in enumerate(maps.items()):
        top, left = (high + 1.2) * (nth // 2) + 0.9, EDGE + (wide + 0.6) * (nth % 2)
        role = "input" if name == "input" else "output"
        wrong = np.sign(values) != truth
        word(axes, top - 0.4, left, f"{name}: {wrong.sum()} wrong", role=role, align="left")
        _map(axes, values, wrong, top, left, role)
        places = " ".join(f"({i}, {j})" for i, j in np.argwhere(wrong))
        filled = "; ".join(_runs(row > 0) for row in values)
        filled = filled if (values > 0).any() else "none filled"
        told.append(
            f"{name[0].upper()}{name[1:]}: {filled}; {wrong.sum()} wrong"
            f"{f' at {places}' if places else ''}."
        )
    return described(
        figure,
        f"Maps of {x.shape[0]} by {x.shape[1]} places, row after row the columns that are filled. "
        f"{' '.join(told)}",
    )


def _runs(filled: Table) -> str:
    """The filled columns of a row, neighbours together: "0 to 3, 5"."""
    columns = np.flatnonzero(filled)
    if not columns.size:
        return "none"
    parts = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    return ", ".join(f"{p[0]} to {p[-1]}" if p.size > 1 else f"{p[0]}" for p in parts)


def _map(axes: Axes, values: Table, wrong: Table, top: float, left: float, role: str) -> None:
    """A map of two labels: filled where positive, dashed where wrong."""
    colour, most = ROLES[role], float(np.abs(values).max())
    for (i, j), value in np.ndenumerate(values):
        face = (colour, round(0.15 + 0.5 * float(value) / most, 2)) if value > 0 else "none"
        corner = (left + PIXEL * j, top + PIXEL * i)
        axes.add_patch(
            Rectangle(corner, PIXEL, PIXEL, facecolor=face, edgecolor=(colour, 0.5), linewidth=0.6)
        )
        if wrong[i, j]:
            inset = (corner[0] + 0.06, corner[1] + 0.06)
            size = PIXEL - 0.12
            axes.add_patch(
                Rectangle(
                    inset,
                    size,
                    size,
                    fill=False,
                    edgecolor=palette.WRONG,
                    linewidth=1.8,
                    linestyle=(0, (2, 1)),
                    zorder=3,
                )
            )
