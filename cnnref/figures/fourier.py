"""Pictures of convolution in waves: lengths that multiply, room that is short, time it takes."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle
from numpy.typing import ArrayLike, NDArray

from cnnref.fast import convolve
from cnnref.figures import palette
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
SIDE = 1.0
"""Cells left of the lines of time, for the names of heights."""
WIDE = 6.0
"""Cells that the lines of time take across."""
HIGH = 6.0
"""Cells that they take downwards."""
APART = 0.55
"""Cells between the names of two lines, at least."""
DASHES = ("-", (0, (6, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)))
MARKS = ("s", "^", "o", "D")


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
    for name, took in lines.items():
        if len(took) != len(sizes) or min(took) <= 0:
            raise ValueError(f"times: {name} must have {len(sizes)} times above zero; got {took}")
    all_times = [time for took in lines.values() for time in took]
    low, high = np.log10(min(all_times)) - 0.1, np.log10(max(all_times)) + 0.1
    figure, axes = board(SIDE + WIDE + 3, HIGH + 2.2)
    across = SIDE + WIDE * _share(np.log10(sizes))
    rows = {
        name: 0.9 + HIGH * (high - np.log10(took)) / (high - low) for name, took in lines.items()
    }
    _frame(axes, sizes, across, low, high)
    for nth, (name, row) in enumerate(rows.items()):
        heavy = SELECTED if name.startswith("FFT") else 1.4
        dashes, mark = DASHES[nth % len(DASHES)], MARKS[nth % len(MARKS)]
        axes.plot(
            across, row, color=palette.INK, lw=heavy, linestyle=dashes, marker=mark, markersize=5
        )
    _named(axes, {name: float(row[-1]) for name, row in rows.items()})
    told = []
    for fast in (name for name in lines if name.startswith("FFT")):
        for other in (name for name in lines if not name.startswith("FFT")):
            _crossed(axes, across, rows[fast], rows[other])
            told.append(f"{fast} against {other}: {_won(sizes, lines[fast], lines[other])}.")
    numbers = [f"{name} {', '.join(f'{time:g}' for time in took)}." for name, took in lines.items()]
    return described(
        figure,
        f"Milliseconds for kernel sizes {', '.join(map(str, sizes))}, on logarithmic axes: "
        f"{' '.join(numbers)} {' '.join(told)}",
    )


def _share(values: Table) -> Table:
    """Where values lie between the first and the last, from 0 to 1."""
    return np.asarray((values - values[0]) / (values[-1] - values[0]))


def _frame(axes: Axes, sizes: Sequence[int], across: Table, low: float, high: float) -> None:
    """The two axes with their names, a thin line at each power of ten."""
    foot = 0.9 + HIGH
    word(axes, 0.35, EDGE, "milliseconds", align="left")
    for power in range(int(np.ceil(low)), int(np.floor(high)) + 1):
        row = 0.9 + HIGH * (high - power) / (high - low)
        ends = [across[0], across[-1]]
        axes.plot(ends, [row, row], color=palette.PADDING, linewidth=0.6, alpha=0.6)
        word(axes, row, SIDE - 0.25, f"{10.0**power:g}", align="right")
    axes.plot([across[0], across[-1]], [foot, foot], color=palette.INK, linewidth=0.8)
    last = float(across[-1]) + 1
    for size, column in zip(sizes[::-1], across[::-1], strict=True):  # the last one has its name
        axes.plot([column, column], [foot, foot + 0.12], color=palette.INK, linewidth=0.8)
        if last - column > 0.6:
            word(axes, foot + 0.45, column, str(size))
            last = column
    word(axes, foot + 1.0, (across[0] + across[-1]) / 2, "kernel size", role="kernel")


def _named(axes: Axes, ends: Mapping[str, float]) -> None:
    """The name of each line at its end, moved down where the one above needs the place."""
    last = -APART
    for name, row in sorted(ends.items(), key=lambda end: end[1]):
        last = max(row, last + APART)
        word(axes, last, SIDE + WIDE + 0.25, name, align="left", bold=name.startswith("FFT"))


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
