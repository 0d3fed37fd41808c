"""Pictures of receptive fields: the cone of cells under a unit, and a field that grows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from cnnref.connectivity import pattern
from cnnref.figures import palette
from cnnref.figures.drawing import ROLES, board, described, listed, outline, word
from cnnref.receptive import ReceptiveField, receptive_field
from cnnref.window import Window

Table: TypeAlias = NDArray[Any]

EDGE = 0.1
"""Cells between the edge of the board and what stands on it."""
LEFT = 2.4
"""Cells left of a cone, for the names of its layers."""
WIDE = 8.0
"""Cells that a cone takes at most."""
STEP = 2.1
"""Cells from one layer of a cone to the next."""
FRAME = 4.8
"""Cells that a frame of a growing field takes."""
SMALL = 11
"""Points of a number in a small cell."""


@dataclass(frozen=True, slots=True)
class Level:
    """The places of one layer of a cone, or of its input.

    Attributes:
        seen: which of its places lead to the unit, (m,).
        before: places of padding in front, as the layer above reads them.
        after: places of padding behind.
        field: where a place of it stands over the input.
    """

    seen: Table
    before: int
    after: int
    field: ReceptiveField

    @property
    def shown(self) -> range:
        """Its places, padding included."""
        return range(-self.before, len(self.seen) + self.after)

    def middle(self, place: int) -> float:
        """Where a place stands, in input places."""
        return self.field.start + place * self.field.jump + (self.field.size - 1) / 2


def cone(windows: Sequence[Window], n: int, unit: int) -> Figure:
    r"""What one unit sees through the layers below it, on one axis, place by place.

    Args:
        windows: one Window per layer, the first layer first.
        n: input places.
        unit: the unit of the last layer.

    Returns:
        The figure: the input at the bottom, each layer over the one that it reads; the places that
        lead to the unit filled, with lines between them; padding hatched; under the input the
        interval of the receptive field; dashed what lies in it and is not seen.

    Raises:
        IndexError: for a unit that there is none.
        TypeError, ValueError: what `cnnref.pattern` raises.

    Source: Goodfellow, Bengio, Courville, Deep Learning, figure 9.4.

    >>> cone([Window(3)], 4, 1).get_label().split(". ")[-1]
    'The interval of unit 1 is 1 to 3: 3 places, of which it sees 3.'
    """
    levels = _levels(windows, n, unit)
    field = levels[-1].field
    first, last = field.interval(unit)
    low = min(first, *(level.middle(level.shown[0]) for level in levels))
    high = max(last, *(level.middle(level.shown[-1]) for level in levels))
    step = min(0.8, WIDE / (high - low + 1))
    figure, axes = board(LEFT + WIDE + EDGE, STEP * len(windows) + 2.5)
    tops = [0.7 + STEP * (len(windows) - height) for height in range(len(levels))]
    origin = LEFT + (WIDE - step * (high + low + 1)) / 2  # the left edge of input place 0
    lefts = [
        {place: origin + level.middle(place) * step for place in level.shown} for level in levels
    ]
    for height, (level, top) in enumerate(zip(levels, tops, strict=True)):
        inside = range(first, last + 1) if not height else ()
        _row(axes, level, top, lefts[height], step, _name(height, len(windows)), inside)
        _names(axes, height, windows, len(level.seen), top + step / 2)
        if height:
            reads = pattern(windows[height - 1], len(levels[height - 1].seen)).any(axis=0)
            ways = reads & level.seen[:, np.newaxis]
            under = (tops[height - 1], lefts[height - 1])
            _joined(axes, ways, (top + step, lefts[height]), under, step)
    outline(axes, tops[-1], lefts[-1][unit], step, step, palette.OUTPUT)
    _bracket(axes, tops[0] + step + 0.15, [origin + i * step for i in (first, last + 1)])
    return described(figure, _cone_alt(levels, windows, unit))


def _levels(windows: Sequence[Window], n: int, unit: int) -> list[Level]:
    """The input and every layer, with the places that lead to the unit."""
    sizes = [n]
    for window in windows:
        sizes.append(window.places(sizes[-1]))
    seen = [np.eye(sizes[-1], dtype=bool)[unit]]
    for window, size in zip(reversed(windows), reversed(sizes[:-1]), strict=True):
        reads = np.asarray(pattern(window, size).any(axis=0))
        seen.append(np.asarray(reads[seen[-1]].any(axis=0)))
    sides = [*((window.before, window.after) for window in windows), (0, 0)]
    return [
        Level(marks, *around, receptive_field(windows[:height]))
        for height, (marks, around) in enumerate(zip(reversed(seen), sides, strict=True))
    ]


def _name(height: int, layers: int) -> str:
    return "input" if not height else "output" if height == layers else f"layer {height}"


def _row(
    axes: Axes,
    level: Level,
    top: float,
    lefts: dict[int, float],
    step: float,
    name: str,
    inside: Iterable[int],
) -> None:
    """The places of one layer: filled if they lead to the unit, hatched if they are padding."""
    colour = ROLES.get(name, palette.INK)
    for place, left in lefts.items():
        real = 0 <= place < len(level.seen)
        seen = real and bool(level.seen[place])
        axes.add_patch(
            Rectangle(
                (left, top),
                step,
                step,
                facecolor=(colour, 0.4) if seen else "none",
                edgecolor=colour if real else palette.PADDING,
                hatch=None if real else "////",
                linewidth=1.6 if seen else 0.6,
                clip_on=False,
            )
        )
        if real:
            word(axes, top + step / 2, left + step / 2, str(place), size=SMALL)
        if real and not seen and place in inside:
            outline(axes, top, left, step, step, palette.WRONG, (0, (2, 1.5)))


def _names(axes: Axes, height: int, windows: Sequence[Window], size: int, row: float) -> None:
    """What a layer is called, how many places it has, and what it reads with."""
    name = _name(height, len(windows))
    role = name if name in ROLES else "ink"
    word(axes, row - 0.25, EDGE, name, role=role, align="left")
    word(axes, row + 0.27, EDGE, f"{size} place{'s' if size > 1 else ''}", align="left")
    if height:
        said = _kernel(windows[height - 1]).split(", ")
        for line, part in enumerate(said):
            at = row + STEP / 2 + 0.5 * (line - (len(said) - 1) / 2)
            word(axes, at, EDGE, part, role="kernel", align="left")


def _kernel(window: Window) -> str:
    """What a layer reads with: its kernel, and stride and dilation unless they are 1."""
    extras = [("stride", window.stride), ("dilation", window.dilation)]
    said = [f"{name} {value}" for name, value in extras if value != 1]
    return ", ".join([f"kernel {window.kernel}", *said])


def _joined(
    axes: Axes,
    wanted: Table,
    above: tuple[float, dict[int, float]],
    below: tuple[float, dict[int, float]],
    step: float,
) -> None:
    """A line for each connection on the way to the unit."""
    ends: list[list[float]] = [[], []]
    for j, i in np.argwhere(wanted):
        ends[0] += [above[1][j] + step / 2, below[1][i] + step / 2, np.nan]
        ends[1] += [above[0], below[0], np.nan]
    axes.plot(*ends, color=palette.KERNEL, linewidth=1.2)


def _bracket(axes: Axes, row: float, ends: Sequence[float]) -> None:
    """A bracket under the interval of a receptive field."""
    left, right = ends
    rows = [row, row + 0.2, row + 0.2, row]
    axes.plot([left, left, right, right], rows, color=palette.INK, linewidth=1.2)
    middle = min(max((left + right) / 2, LEFT + 1.7), LEFT + WIDE - 1.7)
    word(axes, row + 0.65, middle, "receptive field")


def _cone_alt(levels: Sequence[Level], windows: Sequence[Window], unit: int) -> str:
    """A cone in words."""
    told = []
    for height, level in enumerate(levels):
        name = _name(height, len(windows)).capitalize()
        reading = f" ({_kernel(windows[height - 1])})" if height else ""
        zeros = f", padding {level.before} before and {level.after} after"
        padding = zeros if level.before + level.after else ""
        marked = listed(np.flatnonzero(level.seen)) if level.seen.any() else "none"
        told.append(f"{name}{reading}: {len(level.seen)} places{padding}, marked: {marked}.")
    first, last = levels[-1].field.interval(unit)
    places = levels[0].seen[max(first, 0) : last + 1]
    over = last - first + 1 - len(places)
    outside = f", {over} of them outside the input" if over else ""
    hidden = [max(first, 0) + int(i) for i in np.flatnonzero(~places)]
    lost = f"; it does not see {', '.join(map(str, hidden))}" if hidden else ""
    told.append(
        f"The interval of unit {unit} is {first} to {last}: {last - first + 1} places{outside}, "
        f"of which it sees {places.sum()}{lost}."
    )
    return " ".join(told)


def growing(windows: Sequence[Window], n: int) -> Figure:
    r"""What a unit in the middle of each layer sees of a square input, one frame per layer.

    Args:
        windows: one Window per layer, the same on both axes, the first layer first.
        n: input places per axis.

    Returns:
        The figure: two frames side by side, then the next two; what the unit sees is filled, the
        darker the more of the layers so far see it.

    Raises:
        TypeError, ValueError: what `cnnref.pattern` raises.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.2.

    >>> growing([Window(3), Window(3)], 5).get_label().split(". ")[-1]
    'Layer 2 (kernel 3): rows and columns 0, 1, 2, 3, 4: 5 by 5 places.'
    """
    seen = _middles(windows, n)
    lines = -(-len(seen) // 2)
    figure, axes = board(2 * FRAME + 0.6 + 2 * EDGE, (FRAME + 1.2) * lines)
    told = [f"An input of {n} by {n} places."]
    for nth, (window, marks) in enumerate(zip(windows, seen, strict=True)):
        top = (FRAME + 1.2) * (nth // 2) + 1
        left = EDGE + (FRAME + 0.6) * (nth % 2)
        size = f"{marks.sum()} by {marks.sum()}"
        word(axes, top - 0.6, left, "input", role="input", align="left")
        word(axes, top - 0.6, left + FRAME, f"layer {nth + 1}: {size}", align="right")
        _frame(axes, seen[: nth + 1], n, top, left)
        where = listed(np.flatnonzero(marks))
        told.append(
            f"Layer {nth + 1} ({_kernel(window)}): rows and columns {where}: {size} places."
        )
    return described(figure, " ".join(told))


def _middles(windows: Sequence[Window], n: int) -> list[Table]:
    """For each layer what its unit sees, from the middle unit of the last layer on down."""
    sizes = [n]
    for window in windows:
        sizes.append(window.places(sizes[-1]))
    units = [(sizes[-1] - 1) // 2]
    for window, size in zip(reversed(windows), reversed(sizes[:-1]), strict=True):
        read = window.reads(units[-1], (window.kernel - 1) // 2)
        units.append(min(max(read, 0), size - 1))
    heights = range(1, len(windows) + 1)
    return [
        _levels(windows[:height], n, units[len(windows) - height])[0].seen for height in heights
    ]


def _frame(axes: Axes, seen: Sequence[Table], n: int, top: float, left: float) -> None:
    """A grid, filled once for each layer so far where its unit sees."""
    step = FRAME / n
    for marks in seen:
        for row, rows in _runs(marks):
            for column, columns in _runs(marks):
                corner = (left + column * step, top + row * step)
                shade = (palette.INPUT, 0.25)
                size = (columns * step, rows * step)
                axes.add_patch(Rectangle(corner, *size, facecolor=shade, edgecolor="none"))
    ends: list[list[float]] = [[], []]
    for line in range(n + 1):
        ends[0] += [left, left + FRAME, np.nan, left + line * step, left + line * step, np.nan]
        ends[1] += [top + line * step, top + line * step, np.nan, top, top + FRAME, np.nan]
    axes.plot(*ends, color=palette.INPUT, linewidth=0.6)
    for row, rows in _runs(seen[-1]):
        for column, columns in _runs(seen[-1]):
            at = (top + row * step, left + column * step)
            outline(axes, *at, rows * step, columns * step, palette.INPUT)


def _runs(marks: Table) -> list[tuple[int, int]]:
    """Where the marked places begin, and how many there are in a row."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], marks.astype(int), [0]))))
    return [(int(start), int(end - start)) for start, end in edges.reshape(-1, 2)]
