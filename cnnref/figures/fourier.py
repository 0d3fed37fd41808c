"""Pictures of convolution in waves: lengths that multiply, room that is short, time it takes."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle
from numpy.typing import ArrayLike, NDArray

from cnnref.fast import convolve
from cnnref.figures import curves, palette
from cnnref.figures.drawing import (
    ROLES,
    SELECTED,
    arrow,
    board,
    cells,
    described,
    listed,
    number,
    outline,
    word,
)

Table: TypeAlias = NDArray[Any]

EDGE = 0.1
"""Cells between the edge of the board and what stands on it."""
GAP = 0.4
"""Cells between a signal and its waves, or between input and kernel."""
PITCH = 0.88
"""Cells from one bar to the next."""
BAR = 1.6
"""Cells that the longest bar of a row is high."""
PANEL = 3.1
"""Cells from one signal to the next."""


def multiplied(x: ArrayLike, w: ArrayLike, room: int) -> Figure:
    r"""Two signals and their convolution, each beside the lengths of its waves, $|\hat x(q)|$.

    Args:
        x: input, shape (n,).
        w: kernel, shape (k,).
        room: entries of the transforms, N, at least n + k - 1.

    Returns:
        The figure: per signal its entries and a bar for each wave 0, ..., N/2; the bars of the
        output are the products of those above.

    Raises:
        TypeError, ValueError: what `cnnref.convolve` raises; ValueError for too little room.

    Source: Cooley, Tukey, An algorithm for the machine calculation of complex Fourier series, 1965.

    >>> multiplied([1, 1], [2], 2).get_label().split("Output ")[-1]
    '2, 2: lengths 4, 0.'
    """
    signals = {"input": np.asarray(x), "kernel": np.asarray(w), "output": convolve(x, w)}
    most = max(signal.size for signal in signals.values())
    if room < most:
        raise ValueError(f"multiplied: room must be at least {most}; got {room}")
    lengths = {name: np.abs(np.fft.rfft(signal, room)) for name, signal in signals.items()}
    waves = room // 2 + 1
    left = EDGE + most + GAP
    figure, axes = board(left + PITCH * waves + EDGE, PANEL * 3 + 0.7)
    for nth, (name, signal) in enumerate(signals.items()):
        top = PANEL * nth
        word(axes, top + 1.2, EDGE, name, role=name, align="left")
        cells(axes, signal, top + 1.6, EDGE, name)
        for q, length in enumerate(lengths[name]):
            height = BAR * length / lengths[name].max()
            _bar(axes, top + 2.9, left + PITCH * (q + 0.5), height, length, name)
        if nth:
            word(axes, top + 0.25, left + PITCH * waves / 2, "·="[nth - 1], bold=True)
    for q in range(waves):
        word(axes, 3 * PANEL + 0.2, left + PITCH * (q + 0.5), str(q))
    word(axes, 3 * PANEL + 0.2, left - 0.1, "wave", align="right")
    told = [
        f"{name.capitalize()} {listed(signal)}: lengths {_short(lengths[name])}."
        for name, signal in signals.items()
    ]
    return described(
        figure, f"Waves of {room} entries; the lengths of the output are products. {' '.join(told)}"
    )


def _bar(axes: Axes, foot: float, middle: float, height: float, length: float, role: str) -> None:
    """A bar that stands on this row, with its length above."""
    corner = (middle - 0.3, foot - height)
    bar = Rectangle(
        corner, 0.6, height, facecolor=(ROLES[role], 0.35), edgecolor=ROLES[role], linewidth=1
    )
    axes.add_patch(bar)
    word(axes, foot - height - 0.25, middle, _shown(length), size=12)


def _shown(length: float) -> str:
    """A length with three digits; what only rounding keeps from zero is zero."""
    return number(float(f"{length:.3g}")) if length > 1e-9 else "0"


def _short(lengths: Table) -> str:
    return ", ".join(map(_shown, lengths))


def folded(x: ArrayLike, w: ArrayLike, room: int) -> Figure:
    """What comes back from transforms that are too short: the end, added to the beginning.

    Args:
        x: input, shape (n,).
        w: kernel, shape (k,).
        room: entries of the transforms, at least n and k, less than n + k - 1.

    Returns:
        The figure: input and kernel; their convolution, its end moved under its beginning, and
        the sums; dashed what is not the convolution, outlined what is.

    Raises:
        TypeError, ValueError: what `cnnref.convolve` raises; ValueError for another room.

    Source: Oppenheim, Schafer, Discrete-Time Signal Processing, section 8.7.

    >>> folded([1, 2], [1, 1], 2).get_label().split(". ")[-1]
    'Room for 2 gives 3, 3: wrong at 0, right at 1.'
    """
    x, w = np.asarray(x), np.asarray(w)
    y = convolve(x, w)
    if not max(x.size, w.size) <= room < y.size:
        raise ValueError(f"folded: room must be enough for x and w, not for x * w; got {room}")
    came = np.rint(np.fft.irfft(np.fft.rfft(x, room) * np.fft.rfft(w, room), room))
    wrong = [int(t) for t in np.flatnonzero(came != y[:room])]
    right = [t for t in range(room) if t not in wrong]
    figure, axes = board(max(x.size + w.size + GAP, y.size + 1, 8) + 2 * EDGE, 8.6)
    word(axes, 0.45, EDGE, "input", role="input", align="left")
    cells(axes, x, 0.9, EDGE, "input")
    word(axes, 0.45, EDGE + x.size + GAP, "kernel", role="kernel", align="left")
    cells(axes, w, 0.9, EDGE + x.size + GAP, "kernel")
    word(axes, 2.55, EDGE, f"output, {y.size} places", role="output", align="left")
    cells(axes, y, 3, EDGE, "output")
    axes.plot([EDGE + room] * 2, [2.75, 4.25], color=palette.INK, linewidth=SELECTED)
    cells(axes, y[room:], 4.6, EDGE, "output")
    start = EDGE + (room + y.size) / 2
    arrow(axes, (4.1, start), (5.1, EDGE + y.size - room + 0.15))
    word(axes, 6.35, EDGE, f"comes back with room for {room}", role="output", align="left")
    row = 6.8
    cells(axes, came, row, EDGE, "output", selected=[(0, t) for t in right])
    for t in wrong:
        outline(axes, row, EDGE + t, 1, 1, palette.WRONG, (0, (2, 1.5)))
    word(axes, row + 1.4, EDGE, "dashed: wrong", role="wrong", align="left")
    return described(
        figure,
        f"Input {listed(x)}, kernel {listed(w)}; their convolution {listed(y)}. Its end, "
        f"{listed(y[room:])}, is added to its beginning. Room for {room} gives {listed(came)}: "
        f"wrong at {_places(wrong)}, right at {_places(right)}.",
    )


def _places(places: Sequence[int]) -> str:
    return ", ".join(map(str, places)) or "none"


def times(sizes: Sequence[int], lines: Mapping[str, Sequence[float]]) -> Figure:
    """Time against kernel size, both on logarithmic axes, with each crossing marked.

    Args:
        sizes: kernel sizes, growing.
        lines: milliseconds by the name of the way, one for each size; the ways whose name begins
            with "FFT" are drawn heavily, and each crossing of such a line with another is marked.

    Returns:
        The figure: a line for each way, named at its end, a circle around each crossing.

    Raises:
        ValueError: for a line of another length, for times that are not above zero.

    >>> times([3, 5], {"direct": [1, 3], "FFT": [2, 2]}).get_label().split(". ")[-1]
    'FFT against direct: slower at 3, faster from 5 on.'
    """
    figure, axes = board(curves.LEFT + curves.WIDE + curves.RIGHT, curves.PANEL)
    heavy = [name for name in lines if name.startswith("FFT")]
    across, rows = curves.panel(axes, 0, "milliseconds", "kernel size", sizes, lines, heavy)
    told = []
    for fast in heavy:
        for other in (name for name in lines if name not in heavy):
            _crossed(axes, across, rows[fast], rows[other])
            told.append(f"{fast} against {other}: {_won(sizes, lines[fast], lines[other])}.")
    numbers = curves.told("milliseconds", "kernel size", sizes, lines)
    return described(figure, f"{numbers} {' '.join(told)}")


def _crossed(axes: Axes, across: Table, fast: Table, other: Table) -> None:
    """A circle around each place where the two lines meet."""
    gap = fast - other
    for nth in np.flatnonzero(gap[:-1] * gap[1:] < 0):
        part = gap[nth] / (gap[nth] - gap[nth + 1])
        at = across[nth] + part * (across[nth + 1] - across[nth])
        row = fast[nth] + part * (fast[nth + 1] - fast[nth])
        axes.add_patch(
            Circle((at, row), 0.22, fill=False, edgecolor=palette.OUTPUT, lw=SELECTED, zorder=3)
        )


def _won(sizes: Sequence[int], fast: Sequence[float], other: Sequence[float]) -> str:
    """At which sizes the first is slower, and from which on it is faster, if it stays so."""
    slower = [size for size, a, b in zip(sizes, fast, other, strict=True) if a >= b]
    after = [size for size in sizes if not slower or size > slower[-1]]
    lost = f"slower at {_places(slower)}" if slower else "never slower"
    return f"{lost}, faster from {after[0]} on" if after else f"{lost}, never faster after that"
