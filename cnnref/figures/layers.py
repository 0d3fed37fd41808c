"""Pictures of a convolution layer: one output by hand, the moving window, what fits, 1x1."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from cnnref.fast import conv, convolve, flip
from cnnref.figures import palette
from cnnref.figures.drawing import (
    board,
    cells,
    described,
    listed,
    number,
    outline,
    word,
    written,
)
from cnnref.window import Window, windows

Table: TypeAlias = NDArray[Any]

EDGE = 0.1
"""Cells between the edge of the board and a table."""
GAP = 0.8
"""Cells between two tables."""
LINE = 0.6
"""Cells that a window takes when it is drawn as a line."""


def summed(x: ArrayLike, w: ArrayLike, b: float, place: tuple[int, int]) -> Figure:
    r"""One output entry of a layer with several input channels, added up by hand.

    Args:
        x: one input, shape (C, n1, n2).
        w: the kernels of one output channel, shape (C, k1, k2).
        b: the bias of that output channel.
        place: the output entry (row, column).

    Returns:
        The figure: per channel the input with the window outlined, its kernel and the sum of
        products; below, these sums and the bias, and the output with the entry outlined.

    Raises:
        TypeError, ValueError: what `cnnref.conv` raises.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.5, equation 9.7.

    >>> summed([[[1, 2]], [[3, 4]]], [[[5]], [[6]]], 7, (0, 1)).get_label().split(". ")[-1]
    'Entry (0, 1) is 10 + 24 + bias 7 = 41; the output is 30, 41.'
    """
    x, w = np.asarray(x), np.asarray(w)
    y = conv(x[np.newaxis], w[np.newaxis], [b])[0, 0]
    sums = [conv(x[np.newaxis, [c]], w[np.newaxis, [c]])[(0, 0, *place)] for c in range(len(x))]
    step = x.shape[1] + 1.4
    figure, axes = board(EDGE + x.shape[2] + 2 * GAP + w.shape[2] + 6.2, step * len(x) + 3.7)
    told = []
    for c, (channel, kernel) in enumerate(zip(x, w, strict=True)):
        said = f"{written(_window(channel, kernel, place), kernel)} = {number(sums[c])}"
        _channel(axes, channel, kernel, place, f"channel {c}", said, step * c)
        told.append(f"Channel {c}: input {listed(channel)}, kernel {listed(kernel)}, {said}.")
    parts = " + ".join([*map(number, sums), f"bias {number(b)}"])
    top, right = step * len(x), EDGE + y.shape[1]
    word(axes, top + 0.5, EDGE + y.shape[1] / 2, "output", role="output")
    cells(axes, y, top + 0.9, EDGE, "output", selected=[place])
    sentence = f"{parts} = {number(y[place])}"
    word(axes, top + 0.9 + y.shape[0] / 2, right + GAP, sentence, align="left")
    told.append(f"Entry {place} is {sentence}; the output is {listed(y)}.")
    return described(figure, " ".join(told))


def _channel(
    axes: Axes,
    x: Table,
    w: Table,
    place: tuple[int, int],
    name: str,
    said: str,
    top: float,
) -> None:
    """One input channel with its window outlined, the kernel for it, the sum of products."""
    word(axes, top + 0.5, EDGE, f"input, {name}", role="input", align="left")
    cells(axes, x, top + 0.9, EDGE, "input")
    _outlined(axes, w, top + 0.9 + place[0], EDGE + place[1])
    left, row = EDGE + x.shape[1] + GAP, top + 0.9 + (x.shape[0] - w.shape[0]) / 2
    word(axes, row - 0.4, left + w.shape[1] / 2, "kernel", role="kernel")
    cells(axes, w, row, left, "kernel")
    word(axes, top + 0.9 + x.shape[0] / 2, left + w.shape[1] + GAP, said, align="left")


def _outlined(axes: Axes, w: Table, row: float, column: float) -> None:
    """The outline of a window as large as a kernel, its top left corner here."""
    outline(axes, row, column, w.shape[0], w.shape[1], palette.KERNEL)


def _window(x: Table, w: Table, place: tuple[int, int]) -> Table:
    """The part of x that lies under w at this place."""
    return x[tuple(slice(start, start + k) for start, k in zip(place, w.shape, strict=True))]


def worked(x: ArrayLike, w: ArrayLike, places: Sequence[tuple[int, int]]) -> Figure:
    r"""The window in several positions: the layer, which does not flip, beside convolution.

    Args:
        x: input, shape (n1, n2).
        w: kernel, shape (k1, k2), not larger than x on either axis.
        places: the output entries (row, column), one picture each, from top to bottom.

    Returns:
        The figure: both kernels; then per place the input with the window outlined, both outputs
        with that entry outlined, and both sums.

    Raises:
        TypeError, ValueError: what `cnnref.conv` raises.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.1 and figure 9.1.

    >>> worked([[1, 2]], [[3, 4]], [(0, 0)]).get_label().split("Window at ")[-1]
    '(0, 0), over 1, 2: layer 1·3 + 2·4 = 11, convolution 1·4 + 2·3 = 10.'
    """
    x, w = np.asarray(x), np.asarray(w)
    results = (conv([[x]], [[w]])[0, 0], convolve(x, w, "valid"))
    rows, columns = results[0].shape
    lefts = [EDGE + x.shape[1] + GAP + 0.4 + nth * (columns + 1) for nth in (0, 1)]
    figure, axes = board(
        lefts[1] + columns + 0.7, w.shape[0] + len(places) * (x.shape[0] + 3.1) + 1
    )
    looks = tuple(zip(("layer", "convolution"), (w, flip(w)), results, lefts, strict=True))
    for (_, used, _, left), how in zip(looks, ("as it is", "turned"), strict=True):
        word(axes, 0.4, left + columns / 2, f"kernel {how}", role="kernel")
        cells(axes, used, 0.8, left + (columns - w.shape[1]) / 2, "kernel")
    told = [f"Input: {listed(x)}. Kernel as it is: {listed(w)}; turned: {listed(flip(w))}."]
    told += [f"Output of the {name}: {listed(y)}." for name, _, y, _ in looks]
    for nth, place in enumerate(places):
        top = w.shape[0] + 1.2 + nth * (x.shape[0] + 3.1)
        word(axes, top + 0.4, EDGE + x.shape[1] / 2, "input", role="input")
        cells(axes, x, top + 0.8, EDGE, "input")
        _outlined(axes, w, top + 0.8 + place[0], EDGE + place[1])
        sums = []
        for line, (name, used, y, left) in enumerate(looks):
            row = top + 0.8 + (x.shape[0] - rows) / 2
            word(axes, top + 0.4, left + columns / 2, f"{name}'s output", role="output")
            cells(axes, y, row, left, "output", selected=[place])
            sums.append(f"{written(_window(x, used, place), used)} = {number(y[place])}")
            under = top + x.shape[0] + 1.3 + 0.75 * line
            word(axes, under, EDGE, f"{name}: {sums[-1]}", align="left")
        seen = listed(_window(x, w, place))
        told.append(f"Window at {place}, over {seen}: layer {sums[0]}, convolution {sums[1]}.")
    return described(figure, " ".join(told))


def fitting(
    n: int,
    kernel_size: int,
    *,
    stride: int = 1,
    paddings: Sequence[str] = ("valid",),
    dilation: int = 1,
) -> Figure:
    r"""Which input places each output place reads, on one axis, under several paddings.

    Args:
        n: input places.
        kernel_size: taps.
        stride: input places from one output place to the next.
        paddings: padding words, one picture each, from top to bottom.
        dilation: input places from one tap to the next.

    Returns:
        The figure: the places of the input, padding hatched, places that no window reads dashed;
        under them one line per output place, with a dot for each tap.

    Raises:
        TypeError, ValueError: what `cnnref.windows` raises.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.5.

    >>> fitting(4, 3, stride=2).get_label()
    'Padding "valid", no zeros: the kernel fits 1 time. Output 0 reads 0, 1, 2. Not read: 3.'
    """
    looks = [windows(n, kernel_size, stride, padding, dilation)[0] for padding in paddings]
    before, after = (max(getattr(w, side) for w in looks) for side in ("before", "after"))
    heights = [2.3 + LINE * window.places(n) for window in looks]
    figure, axes = board(max(2 * EDGE + before + n + after + 1.8, 8), sum(heights) - 0.2)
    told = []
    for nth, (padding, window) in enumerate(zip(paddings, looks, strict=True)):
        told.append(
            f'Padding "{padding}", {_fitted(axes, window, n, padding, sum(heights[:nth]), before)}'
        )
    return described(figure, " ".join(told))


def _fitted(axes: Axes, window: Window, n: int, padding: str, top: float, lead: int) -> str:
    """One row of places with the windows under it; what it shows, in words."""
    left, m = EDGE + lead, window.places(n)
    reads = [[window.reads(j, a) for a in range(window.kernel)] for j in range(m)]
    unread = [i for i in range(n) if not any(i in taps for taps in reads)]
    shown = range(-window.before, n + window.after)
    outside = [(0, nth) for nth, i in enumerate(shown) if not 0 <= i < n]
    lost = [(0, nth) for nth, i in enumerate(shown) if i in unread]
    times = f"the kernel fits {m} time{'s' if m > 1 else ''}"
    word(axes, top + 0.45, EDGE, f'input, "{padding}": {times}', align="left")
    cells(axes, shown, top + 0.85, left - window.before, "input", padding=outside, wrong=lost)
    for j, taps in enumerate(reads):
        row = top + 2.2 + LINE * j
        ends = left + taps[0] + 0.5, left + taps[-1] + 0.5
        axes.plot(ends, [row, row], color=palette.KERNEL, linewidth=1.6)
        axes.plot([left + i + 0.5 for i in taps], [row] * len(taps), "o", color=palette.KERNEL)
        word(axes, row, ends[1] + 0.4, f"output {j}", role="output", align="left")
    edges = f"zeros: {window.before} before, {window.after} after" if outside else "no zeros"
    told = [f"Output {j} reads {', '.join(map(str, taps))}." for j, taps in enumerate(reads)]
    over = f" Not read: {', '.join(map(str, unread))}." if unread else ""
    return f"{edges}: {times}. {' '.join(told)}{over}"


def pointwise(x: ArrayLike, w: ArrayLike, place: int) -> Figure:
    r"""A layer with kernels of one tap: one matrix, multiplied with the channels of every place.

    Args:
        x: one input, shape (C_in, n).
        w: the matrix, shape (C_out, C_in).
        place: the place to outline.

    Returns:
        The figure: the kernels as a matrix, the input with a row per channel and a column per
        place, the output likewise; one column and what it becomes outlined.

    Raises:
        TypeError, ValueError: what `cnnref.conv` raises.

    Source: Lin, Chen, Yan, Network In Network, 2014.

    >>> pointwise([[1, 2], [3, 4]], [[1, 10]], 1).get_label().split(". ")[-1]
    'At place 1 the matrix takes 2; 4 to 42.'
    """
    x, w = np.asarray(x), np.asarray(w)
    y = conv(x[np.newaxis], w[..., np.newaxis])[0]
    tables = (("kernels", "kernel", w), ("input", "input", x), ("output", "output", y))
    width = sum(table.shape[1] for *_, table in tables) + 2 * GAP + 2 * EDGE
    height = max(table.shape[0] for *_, table in tables)
    figure, axes = board(width, height + 1.1)
    left = EDGE
    for (name, role, table), sign in zip(tables, ("·", "=", ""), strict=True):
        top = 1 + (height - table.shape[0]) / 2
        word(axes, top - 0.45, left + table.shape[1] / 2, name, role=role)
        cells(axes, table, top, left, role)
        if role != "kernel":
            outline(axes, top, left + place, table.shape[0], 1, palette.COLOURS[role])
        left += table.shape[1] + GAP
        word(axes, 1 + height / 2, left - GAP / 2, sign)
    return described(
        figure,
        f"The kernels as a matrix: {listed(w)}. Input, a row per channel and a column per place: "
        f"{listed(x)}. Output: {listed(y)}. At place {place} the matrix takes "
        f"{listed(x[:, [place]])} to {listed(y[:, [place]])}.",
    )
