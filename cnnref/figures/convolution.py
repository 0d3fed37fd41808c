"""Pictures of convolution: the sum at one place, the sliding kernel, the flip in two dimensions."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from cnnref.fast import convolve, correlate, flip, pad
from cnnref.figures import palette
from cnnref.figures.drawing import (
    ROLES,
    WORD,
    arrow,
    board,
    cells,
    described,
    listed,
    number,
    outline,
    word,
    written,
)
from cnnref.window import Window

MARGIN = 3.3
"""Cells left of a row, for its name."""
EDGE = 0.1
"""Cells between the edge of the board and a table."""
GAP = 0.8
"""Cells between two tables."""
LARGE = 17
"""Points on the wide picture, which a phone shows at half its size."""
SMALL = 12
"""Points of a place number, which is said by its column as well."""
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def sum_at(x: ArrayLike, w: ArrayLike, t: int) -> Figure:
    r"""The convolution sum at one place, read twice: in matched cells, and in a long product.

    Above, the reversed kernel stands under the input so that $x(a)$ meets $w(t - a)$, with the
    product of each pair. Below, the polynomials with these coefficients are multiplied by hand:
    column $z^t$ holds the same products, because $z^a z^{t-a} = z^t$.

    Args:
        x: input, shape (n,).
        w: kernel, shape (k,), with n + k - 1 at most 9 for a figure that fits a phone.
        t: a place of the full convolution, from 0 to n + k - 2.

    Returns:
        The figure; its label is its alt text.

    Raises:
        TypeError, ValueError: what `cnnref.convolve` raises.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.1.

    >>> sum_at([1, 2, 3], [0, 1, 2], 3).get_label().split("; ")[-1]
    'the column of z^3 holds 4 and 3, sum 7.'
    """
    x, w = np.asarray(x), np.asarray(w)
    y = convolve(x, w)
    lead = max(0, w.size - 1 - t)  # columns in front of x that the reversed kernel needs
    figure, axes = board(MARGIN + lead + max(y.size, t + 1) + EDGE, 8.1 + x.size)
    _pairs(axes, x, w, t, MARGIN + lead)
    _long_product(axes, x, w, t, MARGIN + lead)
    return described(figure, _sum_alt(x, w, t))


def _pairs(axes: Axes, x: np.ndarray, w: np.ndarray, t: int, left: float) -> None:
    """The input over the reversed kernel, the products of what meets, the output."""
    y, meeting = convolve(x, w), _meeting(x, w, t)
    _named(axes, 0.4, "place")
    for place in range(y.size):
        word(axes, 0.4, left + place + 0.5, str(place), size=SMALL)
    _named(axes, 1.35, "input", "input")
    cells(axes, x, 0.85, left, "input", selected=[(0, a) for a, _ in meeting])
    _named(axes, 2.45, "reversed kernel", "kernel")
    taps = [(0, tap) for _, tap in meeting]
    cells(axes, flip(w), 1.95, left + t - w.size + 1, "kernel", selected=taps)
    _named(axes, 3.4, "products")
    for (a, _), product in zip(meeting, _products(x, w, t), strict=True):
        word(axes, 3.4, left + a + 0.5, number(product))
        if a != meeting[-1][0]:
            word(axes, 3.4, left + a + 1, "+")
    middle = left + (meeting[0][0] + meeting[-1][0] + 1) / 2
    arrow(axes, (3.7, middle), (4.25, left + t + 0.5))
    _named(axes, 4.8, "output", "output")
    cells(axes, y, 4.3, left, "output", selected=[(0, t)])


def _long_product(axes: Axes, x: np.ndarray, w: np.ndarray, t: int, left: float) -> None:
    """The product of two polynomials as it is written at school, column t marked."""
    y, top = convolve(x, w), 6.2
    _named(axes, top, "coefficient of")
    for power in range(y.size):
        word(axes, top, left + power + 0.5, _power(power).translate(SUPERSCRIPT) or "1")
    for a, row in enumerate(_rows(x, w)):
        _named(axes, top + 1 + a, f"{number(x[a])}{_power(a).translate(SUPERSCRIPT)} times kernel")
        for power in range(a, a + w.size):
            word(axes, top + 1 + a, left + power + 0.5, number(row[power]))
    foot = top + 0.55 + x.size
    axes.plot([left, left + y.size], [foot, foot], color=palette.INK, linewidth=1)
    _named(axes, foot + 0.65, "sum", "output")
    cells(axes, y, foot + 0.15, left, "output")
    outline(axes, top - 0.5, left + t, foot + 1.65 - top, 1, palette.OUTPUT)


def _named(axes: Axes, row: float, name: str, role: str = "ink") -> None:
    """The name of a row, in the margin."""
    word(axes, row, EDGE, name, role=role, align="left")


def _meeting(x: np.ndarray, w: np.ndarray, t: int) -> list[tuple[int, int]]:
    """Which place of x meets which tap of the reversed kernel at t."""
    window = Window(w.size, before=w.size - 1, after=w.size - 1)
    pairs = [(window.reads(t, tap), tap) for tap in range(w.size)]
    return [(a, tap) for a, tap in pairs if 0 <= a < x.size]


def _products(x: np.ndarray, w: np.ndarray, t: int) -> list[float]:
    """What the pairs that meet at t contribute."""
    return [float(x[a] * flip(w)[tap]) for a, tap in _meeting(x, w, t)]


def _rows(x: np.ndarray, w: np.ndarray) -> list[np.ndarray]:
    """The rows of the long product: each entry of x alone, convolved with the kernel."""
    return [convolve(np.where(np.arange(x.size) == a, x, 0), w) for a in range(x.size)]


def _power(exponent: int) -> str:
    return "" if exponent == 0 else "z" if exponent == 1 else f"z{exponent}"


def _sum_alt(x: np.ndarray, w: np.ndarray, t: int) -> str:
    y, turned = convolve(x, w), flip(w)
    pairs = " and ".join(
        f"{number(x[a])} at place {a} meets {number(turned[tap])}" for a, tap in _meeting(x, w, t)
    )
    products = " and ".join(number(product) for product in _products(x, w, t))
    rows = "; ".join(
        f"{number(x[a])} times z^{a} gives {listed(row[a : a + w.size])} from z^{a} on"
        for a, row in enumerate(_rows(x, w))
    )
    return (
        f"The input {listed(x)} stands over the reversed kernel {listed(turned)}, which ends under "
        f"place {t}: {pairs}. The products {products} add up to {number(y[t])}, entry {t} of the "
        f"output {listed(y)}. Below, the same numbers as coefficients of polynomials, multiplied "
        f"by hand: {rows}. The columns add up to {listed(y)}; the column of z^{t} holds "
        f"{products}, sum {number(y[t])}."
    )


def sliding(x: ArrayLike, w: ArrayLike, places: Sequence[int]) -> Figure:
    r"""The reversed kernel at several places of the input, each with its sum and the output so far.

    The input stands in the zeros that a stored array has outside its storage, k - 1 on each side.

    Args:
        x: input, shape (n,).
        w: kernel, shape (k,), with n + 2(k - 1) at most 9 for a figure that fits a phone.
        places: places t of the full convolution, one picture each, from top to bottom.

    Returns:
        The figure; its label is its alt text.

    Raises:
        TypeError, ValueError: what `cnnref.convolve` raises.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.1.

    >>> sliding([1, 2], [3, 4], [1]).get_label().split(". ")[-1]
    'At place 1: 1 times 4 plus 2 times 3 is 10; the output so far is 3, 10.'
    """
    x, w = np.asarray(x), np.asarray(w)
    wide = pad(x, w.size - 1)
    figure, axes = board(MARGIN + wide.size + EDGE, 4.6 * len(places) - 0.2)
    for row, t in enumerate(places):
        _position(axes, x, w, t, 4.6 * row)
    return described(figure, _sliding_alt(x, w, places))


def _position(axes: Axes, x: np.ndarray, w: np.ndarray, t: int, top: float) -> None:
    """One place: the sum in figures, then input, kernel and output under each other."""
    edge, wide, y = w.size - 1, pad(x, w.size - 1), convolve(x, w)
    zeros = [(0, place) for place in range(wide.size) if not edge <= place < edge + x.size]
    _named(axes, top + 0.5, f"t = {t}")
    word(
        axes,
        top + 0.5,
        MARGIN,
        f"{written(wide[t : t + w.size], flip(w))} = {number(y[t])}",
        align="left",
    )
    _named(axes, top + 1.5, "input", "input")
    cells(axes, wide, top + 1, MARGIN, "input", padding=zeros)
    _named(axes, top + 2.5, "reversed kernel", "kernel")
    cells(axes, flip(w), top + 2, MARGIN + t, "kernel")
    outline(axes, top + 1, MARGIN + t, 2, w.size, palette.KERNEL)
    _named(axes, top + 3.6, "output so far", "output")
    cells(axes, y[: t + 1], top + 3.1, MARGIN + edge, "output", selected=[(0, t)])


def _sliding_alt(x: np.ndarray, w: np.ndarray, places: Sequence[int]) -> str:
    wide, y = pad(x, w.size - 1), convolve(x, w)
    said = [
        f"At place {t}: {_spoken(wide[t : t + w.size], flip(w))} is {number(y[t])}; "
        f"the output so far is {listed(y[: t + 1])}."
        for t in places
    ]
    return (
        f"The input {listed(x)}, with {w.size - 1} zeros on each side as hatched padding, and the "
        f"reversed kernel {listed(flip(w))} under it. {' '.join(said)}"
    )


def _spoken(inputs: np.ndarray, taps: np.ndarray) -> str:
    pairs = zip(np.ravel(inputs), np.ravel(taps), strict=True)
    return " plus ".join(f"{number(value)} times {number(tap)}" for value, tap in pairs)


def flip_or_not(x: ArrayLike, w: ArrayLike, place: tuple[int, int] = (0, 0)) -> Figure:
    r"""Convolution and cross-correlation of the same input and kernel, one above the other.

    Args:
        x: input, shape (rows, columns).
        w: kernel, shape (rows, columns), not larger than x on either axis.
        place: the output entry (row, column) whose window is marked and whose sum is written out.

    Returns:
        The figure; its label is its alt text.

    Raises:
        TypeError, ValueError: what `cnnref.convolve` raises in mode "valid".

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.1 and figure 9.1.

    >>> flip_or_not([[1, 2]], [[3, 4]]).get_label().split("correlation: ")[-1]
    'kernel as it is, 3, 4: entry (0, 0) is 1·3 + 2·4 = 11, output 11.'
    """
    x, w = np.asarray(x), np.asarray(w)
    looks = (
        ("convolution: kernel turned by 180°", flip(w), convolve(x, w, "valid")),
        ("cross-correlation: kernel as it is", w, correlate(x, w)),
    )
    height = x.shape[0] + 3.2
    figure, axes = board(max(_width(x), 8.2), 2 * height - 0.4)
    said = [f"The input, row by row: {listed(x)}."]
    for top, (name, used, y) in zip((0, height), looks, strict=True):
        word(axes, top + 0.4, EDGE, name, align="left", bold=True)
        _look(axes, x, used, y, place, top + 0.8)
        result = f"{written(_window(x, used, place), used)} = {number(y[place])}"
        word(axes, top + x.shape[0] + 2.2, EDGE, result, align="left")
        said.append(f"{name}, {listed(used)}: entry {place} is {result}, output {listed(y)}.")
    return described(figure, " ".join(said))


def looking(x: ArrayLike, w: ArrayLike, place: tuple[int, int]) -> Figure:
    r"""One output entry of a cross-correlation, with the window of the input that it comes from.

    The larger a number, the stronger its cell is filled.

    Args:
        x: input, shape (rows, columns), no negative entries.
        w: kernel, shape (rows, columns), no negative entries, not larger than x on either axis.
        place: the output entry (row, column) to mark.

    Returns:
        The figure; its label is its alt text.

    Raises:
        TypeError, ValueError: what `cnnref.correlate` raises.

    Source: Goodfellow, Bengio, Courville, Deep Learning, section 9.1.

    >>> looking([[0, 1], [1, 0]], [[1], [1]], (0, 1)).get_label().split(". ")[-1]
    'Output entry (0, 1) is 1: it comes from the window 1; 0.'
    """
    x, w = np.asarray(x), np.asarray(w)
    y = correlate(x, w)
    figure, axes = board(_width(x), x.shape[0] + 1.2)
    _look(axes, x, w, y, place, 0, filled=True)
    return described(
        figure,
        f"The input, row by row: {listed(x)}. The kernel: {listed(w)}. The output: {listed(y)}. "
        f"Output entry {place} is {number(y[place])}: it comes from the window "
        f"{listed(_window(x, w, place))}.",
    )


def _width(x: np.ndarray) -> float:
    """Columns for input, kernel and output beside each other: n + k + (n - k + 1), and space."""
    return 2 * int(x.shape[1]) + 1 + 2 * GAP + 2 * EDGE


def _window(x: np.ndarray, w: np.ndarray, place: tuple[int, int]) -> np.ndarray:
    """The part of x that lies under w at this place."""
    return x[tuple(slice(start, start + k) for start, k in zip(place, w.shape, strict=True))]


def _look(
    axes: Axes,
    x: np.ndarray,
    used: np.ndarray,
    y: np.ndarray,
    place: tuple[int, int],
    top: float,
    *,
    filled: bool = False,
) -> None:
    """Input, kernel as it is laid on, output beside each other; rays join what belongs together."""
    column, corners, size = EDGE, [], LARGE if filled else WORD
    for role, values in (("input", x), ("kernel", used), ("output", y)):
        row = top + 0.9 + (x.shape[0] - values.shape[0]) / 2
        word(axes, row - 0.4, column + values.shape[1] / 2, role, role=role, size=size)
        cells(axes, values, row, column, role, size=size)
        if filled:
            _fill(axes, values, row, column, role)
        corners.append((row, column))
        column += values.shape[1] + GAP
    (row, column), (kernel_row, kernel_column), (output_row, output_column) = corners
    rows, columns = used.shape
    outline(axes, row + place[0], column + place[1], rows, columns, palette.KERNEL)
    outline(axes, output_row + place[0], output_column + place[1], 1, 1, palette.OUTPUT)
    over, under = kernel_row, kernel_row + rows
    for start, end in ((row + place[0], over), (row + place[0] + rows, under)):
        _ray(axes, (start, column + x.shape[1]), (end, kernel_column))
    for start, end in ((over, output_row + place[0]), (under, output_row + place[0] + 1)):
        _ray(axes, (start, kernel_column + columns), (end, output_column))


def _ray(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    """A thin line between two places (row, column), in the gap between two tables."""
    axes.plot([start[1], end[1]], [start[0], end[0]], color=palette.INK, linewidth=1, alpha=0.45)


def _fill(axes: Axes, values: np.ndarray, row: float, column: float, role: str) -> None:
    """Fill each cell the more, the nearer its number is to the largest."""
    for (i, j), value in np.ndenumerate(values / max(values.max(), 1)):
        if value > 0:
            axes.add_patch(
                Rectangle((column + j, row + i), 1, 1, color=ROLES[role], alpha=0.5 * value, lw=0)
            )
