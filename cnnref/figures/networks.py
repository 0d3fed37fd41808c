"""Pictures of whole networks: three stages of a row, a stack with its shapes, what each costs."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from cnnref.connectivity import pattern
from cnnref.fast import conv, max_pool, relu
from cnnref.figures import palette
from cnnref.figures.drawing import ROLES, board, cells, described, listed, word
from cnnref.network import AvgPool, Conv, Dense, Flatten, Layer, MaxPool, ReLU, Sequential, count
from cnnref.window import Window

Table: TypeAlias = NDArray[Any]
Shape: TypeAlias = tuple[int, ...]
Row: TypeAlias = tuple[str, bool, Shape]
"""A tensor of a stack: the layer that made it, whether a rectifier follows, its shape."""

EDGE = 0.1
"""Cells between the edge of the board and what stands on it."""
NAMES = 2.45
"""Cells left of the rows of a picture of stages, for their names."""
STEP = 2
"""Cells from one row of such a picture to the next."""
PLACE = 0.06
"""Cells that one place of a tensor takes in a stack."""
SHEET = (0.11, 0.05)
"""Cells from one channel of a tensor to the next, to the right and upwards."""
NUMBER = 0.0075
"""Cells that one number takes in a stack when there are no places any more."""
LEFT, RIGHT = 3.05, 6.25
"""Where the tensors of a stack stand, and where their shapes do, in cells."""
MARGIN = 2.7
"""Cells left of a bar, for its name."""
WHOLE = 4.6
"""Cells that a bar takes that is all there is."""
LINE, BAR = 0.72, 0.46
"""Cells from one bar to the next, and cells that a bar is high."""
GROUP = 1.05 + 2 * LINE
"""Cells from one layer with its two bars to the next."""


def stages(x: ArrayLike, w: ArrayLike, size: int) -> Figure:
    r"""One row through convolution, rectifier, max pooling: three layers, or stages of one.

    Args:
        x: input, shape (n,), finite.
        w: kernel, shape (k,).
        size: taps of the max pool; its stride is the same.

    Returns:
        The figure: the input, the outputs of the stages below each other, and lines from each
        output to what it reads. What the rectifier set to zero has a dashed outline.

    Raises:
        TypeError, ValueError: what `cnnref.conv` and `cnnref.max_pool` raise.

    Source: Goodfellow, Bengio, Courville, Deep Learning, figure 9.7.

    >>> stages([0, 2, 1], [-1, 1], 2).get_label().split(". ")[2:5]
    ['Convolution: 2, -1', 'ReLU: 2, 0, set to zero: place 1', 'Max of 2: 2']
    """
    x, w = np.asarray(x), np.asarray(w)
    filtered = conv([[x]], [[w]])[0, 0]
    rectified = relu(filtered)
    pooled = max_pool([[rectified]], size)[0, 0]
    looks = (Window(w.size), Window(1), Window(size, size))
    rows = (x, filtered, rectified, pooled)
    names = ("convolution", "ReLU", f"max of {size}")
    right, first = NAMES + x.size + 0.3, 1.7
    width = right + 1.75
    figure, axes = board(width, first + STEP * 4 - 0.1)
    spots = _spots(looks, [row.size for row in rows])
    closed = np.flatnonzero(filtered < 0)
    word(axes, EDGE + 0.5, EDGE, "kernel", role="kernel", align="left")
    cells(axes, w, EDGE, NAMES, "kernel")
    word(axes, first + 0.5, EDGE, "input", role="input", align="left")
    _row(axes, x, spots[0], first, "input")
    for nth, (name, window) in enumerate(zip(names, looks, strict=True), start=1):
        top = first + STEP * nth
        _lines(axes, window, spots[nth - 1], spots[nth], top)
        _row(axes, rows[nth], spots[nth], top, "output", closed if nth == 2 else ())
        word(axes, top + 0.25, EDGE, f"layer {nth}:", align="left", bold=True)
        word(axes, top + 0.8, EDGE, name, align="left")
        word(axes, top + 0.5, right + 0.2, f"stage {nth}", align="left")
    _bracket(axes, right, first + STEP, first + 1 + 3 * STEP)
    word(axes, first + 1.5 + 3 * STEP, width - EDGE, "of one layer", align="right", bold=True)
    zeroed = f"place {', '.join(map(str, closed))}" if closed.size else "no place"
    return described(
        figure,
        f"Input: {listed(x)}. Kernel: {listed(w)}. Convolution: {listed(filtered)}. "
        f"ReLU: {listed(rectified)}, set to zero: {zeroed}. Max of {size}: {listed(pooled)}. "
        "The three are called three layers, or three stages of one layer.",
    )


def _spots(looks: Sequence[Window], sizes: Sequence[int]) -> list[list[float]]:
    """The left edge of each place of each row: an output stands in the middle of what it reads."""
    spots = [[NAMES + i for i in range(sizes[0])]]
    for window, m in zip(looks, sizes[1:], strict=True):
        ends = [(window.reads(j, 0), window.reads(j, window.kernel - 1)) for j in range(m)]
        spots.append([(spots[-1][first] + spots[-1][last]) / 2 for first, last in ends])
    return spots


def _row(
    axes: Axes,
    values: Table,
    spots: Sequence[float],
    top: float,
    role: str,
    closed: ArrayLike = (),
) -> None:
    """Numbers in cells of their own, dashed where the rectifier closed."""
    shut = set(np.ravel(closed))
    for j, (value, left) in enumerate(zip(values, spots, strict=True)):
        cells(axes, [value], top, left, role, wrong=[(0, 0)] if j in shut else ())


def _lines(
    axes: Axes, window: Window, below: Sequence[float], above: Sequence[float], top: float
) -> None:
    """A line from every output, whose cells begin at `top`, up to each place that it reads."""
    for j, i in np.argwhere(pattern(window, len(below)).any(axis=0)):
        ends = [below[i] + 0.5, above[j] + 0.5]
        axes.plot(ends, [top - STEP + 1, top], color=palette.INK, linewidth=0.8, alpha=0.5)


def _bracket(axes: Axes, column: float, top: float, foot: float) -> None:
    """A bracket that opens to the left."""
    across = [column - 0.15, column, column, column - 0.15]
    axes.plot(across, [top, top, foot, foot], color=palette.INK, linewidth=1.2)


def stack(net: Sequential, shape: Sequence[int]) -> Figure:
    """A network from its input to its scores, each tensor drawn to scale.

    Args:
        net: the network; a rectifier is named with the layer before it.
        shape: shape of one input, (C, *n), with one or two axes of places.

    Returns:
        The figure: per layer its name, what comes out of it, and the shape of that. Channels are
        sheets that lie behind each other; a row of numbers is a bar.

    Raises:
        TypeError, ValueError: what the layers raise for this shape.

    Source: LeCun, Bottou, Bengio, Haffner, Gradient-Based Learning Applied to Document
    Recognition, 1998, figure 2.

    >>> stack(Sequential((Conv(2, 3), ReLU(), Flatten(), Dense(4))), (1, 5, 5)).get_label()[:76]
    'Input: 1 × 5 × 5. Convolution 3 × 3, ReLU: 2 × 3 × 3. Flatten: 18. Dense: 4.'
    """
    rows = _rows(net, tuple(shape))
    heights = [
        max(_height(made), 0.6 * len(_lined(name, bends)) + 0.1) + 0.35
        for name, bends, made in rows
    ]
    figure, axes = board(RIGHT + 4, sum(heights) + 0.2)
    told, top = [], 0.2
    for nth, ((name, bends, made), height) in enumerate(zip(rows, heights, strict=True)):
        role = "output" if nth == len(rows) - 1 else "ink" if nth else "input"
        middle = top + height / 2
        lines = _lined(name, bends)
        for at, line in enumerate(lines):
            row = middle + 0.6 * (at - (len(lines) - 1) / 2)
            word(axes, row, EDGE, line, role="ink" if nth else "input", align="left")
        _tensor(axes, made, middle, role)
        size = " × ".join(map(str, made))
        word(axes, middle, RIGHT, size, role=role, align="left")
        told.append(f"{name[0].upper()}{name[1:]}{', ReLU' if bends else ''}: {size}.")
        top += height
    word(axes, top - heights[-1] / 2, RIGHT - 0.4, "output", role="output", align="right")
    parts = filter(None, [_repeated(axes, rows, heights, spatial) for spatial in (True, False)])
    return described(figure, f"{' '.join(told)} In brackets: {', '.join(parts)}.")


def _lined(name: str, bends: bool) -> list[str]:
    """The name of a layer, in lines that are short enough to stand left of its tensor."""
    kind, _, taps = name.partition(" ")
    if kind == "convolution":
        return [kind, f"{taps}, ReLU" if bends else taps]
    return [name, "ReLU"] if bends else [name]


def _repeated(axes: Axes, rows: Sequence[Row], heights: Sequence[float], spatial: bool) -> str:
    """A bracket around the part with places, or the dense part, with how often its layer comes."""
    ours = [
        nth
        for nth, (name, _, made) in enumerate(rows)
        if nth and (len(made) > 1 if spatial else name == "dense")
    ]
    what = "convolution" if spatial else "dense"
    times = sum(rows[nth][0].startswith(what) for nth in ours)
    if not times:
        return ""
    top, foot = 0.2 + sum(heights[: ours[0]]), 0.2 + sum(heights[: ours[-1] + 1])
    _bracket(axes, RIGHT + 3, top + 0.15, foot - 0.15)
    word(axes, (top + foot) / 2, RIGHT + 3.2, f"× {times}", align="left", bold=True)
    return f"{what} × {times}"


def _rows(net: Sequential, shape: Shape) -> list[Row]:
    """The tensors of a network, the input first."""
    rows: list[Row] = [("input", False, shape)]
    for layer in net.layers:
        before = rows[-1][2]
        if isinstance(layer, ReLU):
            rows[-1] = (rows[-1][0], True, before)
        else:
            rows.append((named(layer, before), False, layer.shape(before)))
    return rows


def named(layer: Layer, shape: Shape) -> str:
    """A layer in words, with the taps that it has per axis on an input of this shape."""
    match layer:
        case Conv():
            return f"convolution {' × '.join(map(str, layer.kernel(shape)))}"
        case MaxPool() | AvgPool():
            taps = " × ".join(str(window.kernel) for window in layer.windows(shape))
            return f"{'max' if isinstance(layer, MaxPool) else 'mean'} of {taps}"
        case Flatten() | Dense():
            return type(layer).__name__.lower()
    return type(layer).__name__


def _height(shape: Shape) -> float:
    """Cells that a tensor takes from top to bottom."""
    if len(shape) == 1:
        return BAR
    rows = shape[1] if len(shape) > 2 else 1
    return PLACE * rows + SHEET[1] * (shape[0] - 1)


def _tensor(axes: Axes, shape: Shape, middle: float, role: str) -> None:
    """A sheet for every channel, the first one in front; a bar for numbers without places."""
    if len(shape) == 1:
        _sheet(axes, LEFT, middle - BAR / 2, NUMBER * shape[0], BAR, role)
        return
    (channels, *n), foot = shape, middle + _height(shape) / 2
    rows = n[0] if len(n) > 1 else 1
    for c in reversed(range(channels)):
        left, low = LEFT + SHEET[0] * c, foot - SHEET[1] * c
        _sheet(axes, left, low - PLACE * rows, PLACE * n[-1], PLACE * rows, role)


def _sheet(axes: Axes, left: float, top: float, width: float, height: float, role: str) -> None:
    """A rectangle that hides what lies behind it."""
    for face in (palette.PAPER, (ROLES[role], 0.15)):
        axes.add_patch(
            Rectangle(
                (left, top),
                width,
                height,
                facecolor=face,
                edgecolor=ROLES[role],
                linewidth=1,
                clip_on=False,
            )
        )


def shares(net: Sequential, shape: Sequence[int]) -> Figure:
    """Where the parameters of a network sit, and where its work is done, as bars.

    Args:
        net: the network; layers without parameters are left out.
        shape: shape of one input, (C, *n).

    Returns:
        The figure: per layer two bars, its share of all parameters and of all multiplies.

    Raises:
        TypeError, ValueError: what the layers raise for this shape.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.2.

    >>> shares(Sequential((Conv(2, 2), Flatten(), Dense(3))), (1, 3, 3)).get_label().split("; ")[1]
    'dense, to 3: parameters 27 (73.0%), multiplies 24 (42.9%).'
    """
    total, before, counted = count(net, shape), net.shapes(shape), []
    for layer, came in zip(net.layers, before[:-1], strict=True):
        cost = count(layer, came)
        if cost.parameters:
            made = " × ".join(map(str, layer.shape(came)))
            costs = ((cost.parameters, total.parameters), (cost.multiplies, total.multiplies))
            counted.append((f"{named(layer, came)}, to {made}", costs))
    figure, axes = board(MARGIN + WHOLE + 3.1, GROUP * len(counted) + 0.1)
    told = []
    for nth, (title, costs) in enumerate(counted):
        word(axes, GROUP * nth + 0.55, EDGE, title, align="left", bold=True)
        said = []
        for line, (what, (part, whole)) in enumerate(
            zip(("parameters", "multiplies"), costs, strict=True)
        ):
            middle = GROUP * nth + 1 + LINE * (line + 0.5)
            text = f"{part:,} ({part / whole:.1%})"
            word(axes, middle, EDGE, what, role=("kernel", "ink")[line], align="left")
            _bar(axes, middle, WHOLE * part / whole, what)
            word(axes, middle, MARGIN + WHOLE * part / whole + 0.15, text, align="left")
            said.append(f"{what} {text}")
        told.append(f"{title}: {', '.join(said)}")
    wholes = f"{total.parameters:,} parameters and {total.multiplies:,} multiplies in all"
    return described(figure, f"Bars, {wholes}: {'; '.join(told)}.")


def _bar(axes: Axes, middle: float, length: float, what: str) -> None:
    """A bar of this length: plain for parameters, hatched for multiplies."""
    role, hatch = {"parameters": ("kernel", None), "multiplies": ("ink", "////")}[what]
    axes.add_patch(
        Rectangle(
            (MARGIN, middle - BAR / 2),
            length,
            BAR,
            facecolor="none" if hatch else (ROLES[role], 0.35),
            edgecolor=ROLES[role],
            hatch=hatch,
            linewidth=1,
        )
    )
