"""Pictures of the labs that train: images, losses, mistakes, what a change of the input does."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from cnnref.figures import palette
from cnnref.figures.drawing import described

WIDTH = 4.4
"""Inches: 422 px on the page, so that a phone makes the words little smaller."""
LINES = (
    (palette.INPUT, "--"),
    (palette.OUTPUT, "-."),
    (palette.KERNEL, ":"),
    (palette.PADDING, (0, (6, 1, 1, 1, 1, 1))),
)
"""Colour and dashes of the curves, one after the other; the last curve is a wide line in ink."""


def gallery(
    images: ArrayLike,
    columns: int,
    said: str,
    *,
    titles: Sequence[str] = (),
    signed: bool = False,
) -> Figure:
    """Small grey images side by side, all on one scale.

    Args:
        images: shape (N, rows, columns).
        columns: images in a row.
        said: what they are, for the alt text, which goes on with the titles.
        titles: one above each image, or none.
        signed: grey is zero, white the largest value and black as far below; else paper is zero
            and black the largest value.

    Returns:
        The figure.

    Raises:
        ValueError: for more or fewer titles than images.

    >>> gallery([[[0, 1]], [[1, 0]]], 2, "Two", titles=["a", "b"]).get_label()
    'Two: a; b.'
    """
    images = np.asarray(images)
    rows = -(-len(images) // columns)
    side = WIDTH / columns
    figure = plt.figure(figsize=(WIDTH, rows * (side + 0.25 * bool(titles))))
    largest = np.abs(images).max()
    grid = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axes in grid:
        axes.axis("off")
    for axes, image in zip(grid, images, strict=False):
        colours = "gray" if signed else "gray_r"
        axes.imshow(image, colours, vmin=-largest if signed else 0, vmax=largest)
    for axes, title, _ in zip(grid, titles or [""] * len(images), images, strict=False):
        axes.set_title(title, fontsize=11)
    if titles and len(titles) != len(images):
        raise ValueError(f"gallery: one title for each image; got {len(titles)} for {len(images)}")
    return described(figure, f"{said}: {'; '.join(titles)}." if titles else f"{said}.")


def learning(curves: ArrayLike) -> Figure:
    """How the loss of several trainings fell, on a logarithmic axis.

    Args:
        curves: the loss of each epoch, shape (runs, epochs), positive.

    Returns:
        The figure, a line for each run.

    Raises:
        ValueError: for another rank.

    >>> learning([[1, 0.5], [2, 0.25]]).get_label()
    'Falling lines on a logarithmic axis. Loss of run 0: 1.000 at first, 0.500 at last; \
run 1: 2.000 at first, 0.250 at last.'
    """
    curves = np.asarray(curves)
    if curves.ndim != 2:
        raise ValueError(f"learning: curves must have two axes; got {curves.ndim}")
    figure, axes = _plot(2.6)
    epochs = np.arange(1, curves.shape[1] + 1)
    for run, (losses, (colour, dashes)) in enumerate(zip(curves, cycle(LINES), strict=False)):
        mark = "os^Dv"[run % 5]
        axes.semilogy(
            epochs, losses, color=colour, linestyle=dashes, marker=mark, markersize=4, label=run
        )
    axes.set(xlabel="epoch", ylabel="loss", xticks=epochs)
    axes.legend(title="run", ncols=2)
    told = [f"run {n}: {c[0]:.3f} at first, {c[-1]:.3f} at last" for n, c in enumerate(curves)]
    says = f"Falling lines on a logarithmic axis. Loss of {'; '.join(told)}."
    return described(figure, says)


def confusion(table: ArrayLike) -> Figure:
    """Which class is taken for which, as a table: the right answers on the diagonal.

    Args:
        table: how often class i is taken for class j, shape (classes, classes).

    Returns:
        The figure; what never happened is blank, a mistake has a dashed outline.

    Raises:
        ValueError: for a table that is not square.

    >>> confusion([[4, 0], [1, 3]]).get_label()
    'A table. Right: 0 4 times, 1 3 times. Wrong: 1 taken for 0 once.'
    """
    table = np.asarray(table)
    classes = len(table)
    if table.shape != (classes, classes):
        raise ValueError(f"confusion: the table must be square; got shape {table.shape}")
    figure, axes = _plot(WIDTH)
    for (i, j), times in np.ndenumerate(table):
        if times:
            colour, dashes = (palette.OUTPUT, "-") if i == j else (palette.WRONG, "--")
            axes.add_patch(
                Rectangle(
                    (j - 0.45, i - 0.45), 0.9, 0.9, fill=False, edgecolor=colour, linestyle=dashes
                )
            )
            weight = "bold" if i == j else "normal"
            axes.text(j, i, str(times), ha="center", va="center", fontweight=weight, fontsize=10)
    axes.set(xlim=(-0.5, classes - 0.5), ylim=(classes - 0.5, -0.5), aspect="equal")
    axes.set(xticks=range(classes), yticks=range(classes), xlabel="said", ylabel="is")
    right = ", ".join(f"{n} {_times(table[n, n])}" for n in range(classes))
    wrong = ", ".join(
        f"{i} taken for {j} {_times(times)}"
        for (i, j), times in np.ndenumerate(table)
        if i != j and times
    )
    return described(figure, f"A table. Right: {right}. Wrong: {wrong or 'nothing'}.")


def turning(
    angles: ArrayLike, curves: Mapping[str, ArrayLike], poses: Sequence[float], label: str
) -> Figure:
    """Curves over the angle by which the input is turned, the last one as a wide line.

    Args:
        angles: degrees, shape (n,).
        curves: the values of each curve by its name, shape (n,).
        poses: angles to mark with a dotted upright.
        label: what the values are.

    Returns:
        The figure.

    Raises:
        ValueError: for a curve of another length.

    >>> turning([0, 90], {"a": [1, 2], "b": [3, 4]}, [0], "answer").get_label()
    'The answer by angle. a: 1 at 0°, 2 at 90°; b: 3 at 0°, 4 at 90°.'
    """
    angles = np.asarray(angles)
    figure, axes = _plot(3.2)
    for pose in poses:
        axes.axvline(pose, color=palette.PADDING, linestyle=":", linewidth=1)
    *others, last = curves
    axes.plot(angles, np.asarray(curves[last]), color=palette.INK, linewidth=5, alpha=0.35)
    axes.plot([], [], color=palette.INK, linewidth=5, alpha=0.35, label=last)
    for name, (colour, dashes) in zip(others, cycle(LINES), strict=False):
        axes.plot(angles, np.asarray(curves[name]), color=colour, linestyle=dashes, label=name)
    marked = [angle for angle in angles if angle % 45 == 0]
    axes.set(xlabel="turned by (degrees)", ylabel=label, xticks=marked)
    figure.legend(loc="outside lower center", ncols=2)
    told = [
        f"{name}: "
        + ", ".join(
            f"{np.asarray(curve)[angles == angle][0]:.3g} at {angle:g}°" for angle in marked
        )
        for name, curve in curves.items()
    ]
    return described(figure, f"The {label} by angle. {'; '.join(told)}.")


def tradeoff(sizes: Mapping[str, int], rates: Mapping[str, ArrayLike], bottom: float) -> Figure:
    """The share of right answers against the number of parameters, on a logarithmic axis.

    Args:
        sizes: the parameters of each network, by its name.
        rates: the share of right answers of each of its runs, shape (runs,).
        bottom: where the axis of the shares begins.

    Returns:
        The figure: for each network its mean and a bar from its worst run to its best.

    Raises:
        KeyError: for a network without rates.

    >>> tradeoff({"a": 1000}, {"a": [0.9, 0.94]}, 0.8).get_label()
    'Right answers by parameters. a: 1,000 parameters, 92.0% right (90.0% to 94.0%).'
    """
    figure, axes = _plot(2.8)
    told = []
    for place, (name, size) in enumerate(sorted(sizes.items(), key=lambda item: item[1])):
        found = 100 * np.asarray(rates[name])
        mean, low, high = found.mean(), found.min(), found.max()
        spread = [[mean - low], [high - mean]]
        axes.errorbar(size, mean, spread, fmt="o", color=palette.OUTPUT, capsize=4)
        below = place % 2 == 0
        axes.annotate(
            name,
            (size, low if below else high),
            (0, -5 if below else 5),
            textcoords="offset points",
            ha="center",
            va="top" if below else "bottom",
        )
        told.append(f"{name}: {size:,} parameters, {mean:.1f}% right ({low:.1f}% to {high:.1f}%)")
    axes.set(xscale="log", ylim=(100 * bottom, 100))
    axes.set(xlim=(min(sizes.values()) / 4, max(sizes.values()) * 3))
    axes.set(xlabel="parameters", ylabel="right (%)")
    return described(figure, f"Right answers by parameters. {'; '.join(told)}.")


def compared(rates: Mapping[str, tuple[float, float]], names: tuple[str, str]) -> Figure:
    """The share of right answers in two conditions, as two bars for each network.

    Args:
        rates: both shares of each network, by its name.
        names: what the conditions are called.

    Returns:
        The figure: the first condition filled, the second hatched.

    Raises:
        ValueError: for more or fewer than two shares.

    >>> compared({"a": (0.9, 0.5)}, ("still", "moved")).get_label()
    'Right answers. a: still 90%, moved 50%.'
    """
    figure, axes = _plot(0.62 * len(rates) + 0.6)
    told = []
    for row, (name, shares) in enumerate(rates.items()):
        said = []
        for share, condition, offset in zip(shares, names, (-0.2, 0.2), strict=True):
            bar = Rectangle((0, row + offset - 0.17), 100 * share, 0.34, edgecolor=palette.OUTPUT)
            bar.set_facecolor(palette.OUTPUT if offset < 0 else "none")
            if offset > 0:
                bar.set_hatch("////")
            axes.add_patch(bar)
            axes.text(100 * share + 2, row + offset, f"{condition} {share:.0%}", va="center")
            said.append(f"{condition} {share:.0%}")
        told.append(f"{name}: {', '.join(said)}")
    axes.set(xlim=(0, 140), ylim=(len(rates) - 0.5, -0.5), xlabel="right (%)")
    axes.set(yticks=range(len(rates)), yticklabels=rates, xticks=range(0, 101, 25))
    return described(figure, f"Right answers. {'; '.join(told)}.")


def _plot(height: float) -> tuple[Figure, Axes]:
    figure = plt.figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots()


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
