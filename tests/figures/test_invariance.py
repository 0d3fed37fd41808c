"""The pictures of detectors show what literal layers answer, and the largest of the answers."""

from collections.abc import Callable, Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import same_color, to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from cnnref import literal
from cnnref.figures import invariance as pictures
from cnnref.figures.drawing import listed
from cnnref.figures.palette import INPUT, KERNEL, OUTPUT
from tests.figures.reading import cells, label, values, words

Table = np.ndarray[Any, Any]

LEVEL, FALLING = np.array([[0, 0, 0], [1, 1, 1], [0, 0, 0]]), np.eye(3, dtype=int)
BARS = np.stack([LEVEL, FALLING[::-1], LEVEL.T, FALLING])
PATTERNS = [
    (BARS, 3 * BARS[:3] - 1),
    (np.array([[[1, 2]], [[0, 3]]]), np.array([[[1, -1]], [[-1, 1]]])),
    (np.array([[[1], [2]]]), np.array([[[0], [1]], [[0], [1]], [[1], [0]]])),
]


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


def answered(x: Table, w: Table) -> tuple[Table, Table]:
    """What each detector answers to each pattern, (P, Q), and the largest per pattern."""
    answers = literal.conv(x[:, np.newaxis], w[:, np.newaxis])
    return answers[:, :, 0, 0], literal.channel_max_pool(answers, len(w))[:, 0, 0, 0]


def check_poses(x: Table, w: Table) -> None:
    figure = pictures.poses(x, w)
    answers, largest = answered(x, w)
    drawn = sorted(cells(figure, KERNEL), key=lambda cell: cell.column)
    for q, kernel in enumerate(w):
        panel, drawn = drawn[: kernel.size], drawn[kernel.size :]
        panel.sort(key=lambda cell: (cell.row, cell.column))
        assert [cell.value for cell in panel] == list(kernel.flat)
        assert f"Kernel {q}: {listed(kernel)}." in label(figure)
        assert f"kernel {q}" in words(figure)
    assert values(figure, INPUT) == list(x.flat)
    outputs = cells(figure, OUTPUT)
    for pattern, own, most in zip(x, answers, largest, strict=True):
        line, outputs = outputs[: len(w) + 1], outputs[len(w) + 1 :]
        assert [cell.value for cell in line] == [*own, most]
        best = own == own.max()
        assert [cell.selected for cell in line] == [*(best & (best.sum() == 1)), False]
        who = f"from kernel {own.argmax()}" if best.sum() == 1 else "from no kernel alone"
        told = f"Input {listed(pattern)}: answers {listed(own)}, maximum {most:g}, {who}."
        assert told in label(figure)
    assert not outputs
    assert {"input", "answers", "output"} <= set(words(figure))


@pytest.mark.parametrize(("x", "w"), PATTERNS)
def test_each_pattern_stands_beside_its_answers_and_the_largest_of_them(x: Table, w: Table) -> None:
    check_poses(x, w)


def test_on_the_page_three_poses_give_six_and_the_fourth_gives_nothing() -> None:
    said = label(pictures.poses(*PATTERNS[0]))
    told = said.split("Input ")[1:]
    assert [part.split("maximum ")[1][0] for part in told] == ["6", "6", "6", "0"]
    assert said.endswith("from no kernel alone.")


def test_what_is_positive_is_shaded_and_nothing_else() -> None:
    figure = pictures.poses(*PATTERNS[0])
    shaded = {
        (round(box.get_y(), 2), round(box.get_x(), 2))
        for box in figure.axes[0].patches
        if isinstance(box, Rectangle) and box.get_linewidth() == 0
    }
    tables = cells(figure, INPUT, KERNEL)
    assert shaded == {(cell.row, cell.column) for cell in tables if cell.value > 0}


def bar(degrees: float) -> Table:
    i, j = np.mgrid[-3:4, -3:4]
    off = i * np.cos(np.radians(degrees)) + j * np.sin(np.radians(degrees))
    return np.asarray(np.exp(-(off**2) / 2) * (i**2 + j**2 < 12))


def soft(set_for: tuple[int, ...], step: int) -> tuple[list[float], Table, Table, tuple[int, ...]]:
    """The arguments of the page: a soft bar that turns, and detectors set for some angles."""
    kernels = []
    for degrees in set_for:
        w = bar(degrees) - bar(degrees).mean()
        kernels.append(w / (w * bar(degrees)).sum())
    turns = [float(t) for t in range(0, 181, step)]
    return turns, np.stack([bar(t) for t in turns]), np.stack(kernels), set_for


THREE, TWO = soft((0, 60, 120), 5), soft((30, 100), 20)


def curves(figure: Figure, colour: str) -> list[Line2D]:
    return [line for line in figure.axes[0].lines if same_color(line.get_color(), colour)]


def read(line: Line2D) -> Table:
    """The answers that a curve shows."""
    rows = np.asarray(line.get_ydata(), float)
    return np.asarray((pictures.TOP + pictures.HIGH - rows) / pictures.HIGH)


def images(figure: Figure, colour: str, size: int) -> list[Table]:
    """The shades in each frame of this colour, from the left."""
    boxes = [box for box in figure.axes[0].patches if isinstance(box, Rectangle)]
    frames = [b for b in boxes if not b.get_fill() and same_color(b.get_edgecolor(), colour)]
    found = []
    for frame in sorted(frames, key=lambda box: box.get_x()):
        image, step = np.zeros((size, size)), frame.get_width() / size
        for box in boxes:
            i, j = (box.get_y() - frame.get_y()) / step, (box.get_x() - frame.get_x()) / step
            if box is not frame and -0.5 < i < size - 0.5 and -0.5 < j < size - 0.5:
                image[round(i), round(j)] = to_rgba(box.get_facecolor())[3]
        found.append(image)
    return found


def check_tuned(degrees: list[float], x: Table, w: Table, set_for: tuple[int, ...]) -> None:
    figure = pictures.tuned(degrees, x, w, set_for)
    answers, largest = answered(x, w)
    drawn = curves(figure, KERNEL)
    for q, angle in enumerate(set_for):
        key, curve = drawn.pop(0), drawn.pop(0)
        np.testing.assert_allclose(read(curve), answers[:, q], atol=1e-12)
        assert key.get_linestyle() == curve.get_linestyle()
        own = answers[:, q]
        told = f"set for {angle}°: largest, {own.max():.2f}, at {degrees[own.argmax()]:g}°, "
        assert f"{told}smallest {own.min():.2f}." in label(figure)
        assert f"kernel {angle}°" in words(figure)
    assert not drawn
    (most,) = curves(figure, OUTPUT)
    np.testing.assert_allclose(read(most), largest, atol=1e-12)
    across = np.asarray(most.get_xdata(), float)
    steps = np.diff(across) / np.diff(degrees)
    np.testing.assert_allclose(steps, steps[0])
    lowest = largest.argmin()
    told = f"At the lowest it is {largest[lowest]:.2f}, at {degrees[lowest]:g}°."
    assert label(figure).endswith(told)
    shades = [*images(figure, KERNEL, 7), *images(figure, INPUT, 7)]
    places = np.linspace(0, len(degrees) - 1, 5).round().astype(int)
    for shade, image in zip(shades, [*w, *x[places]], strict=True):
        whole = np.round(np.maximum(image, 0) / image.max(), 2)
        np.testing.assert_allclose(shade, np.where(whole > 0.04, whole, 0), atol=1e-9)
    for p in places:
        assert f"{degrees[p]:g}°" in words(figure)
        assert f"{largest[p]:.2f}" in label(figure)
    assert {"input", "output: the maximum"} <= set(words(figure))


@pytest.mark.parametrize("given", [THREE, TWO])
def test_a_curve_goes_through_what_its_detector_answers(given: Any) -> None:
    check_tuned(*given)


def test_neighbouring_detectors_are_drawn_in_lines_of_their_own() -> None:
    lines = curves(pictures.tuned(*THREE), KERNEL)
    assert [line.is_dashed() for line in lines] == [True] * 6
    assert len(set(pictures.LINES[:3])) == 3


@pytest.mark.parametrize(
    ("name", "fault", "check"),
    [
        (
            "conv",
            lambda x, w: literal.conv(x, np.flip(w, (2, 3))[::-1]),
            lambda: check_poses(*PATTERNS[0]),
        ),
        (
            "channel_max_pool",
            lambda y, size: y.mean(axis=1, keepdims=True),
            lambda: check_poses(*PATTERNS[0]),
        ),
        (
            "channel_max_pool",
            lambda y, size: y.mean(axis=1, keepdims=True),
            lambda: check_tuned(*TWO),
        ),
        ("_height", lambda y: 1 + np.asarray(y), lambda: check_tuned(*TWO)),
        (
            "_small",
            lambda axes, image, top, left, role: None,
            lambda: check_tuned(*TWO),
        ),
        ("listed", lambda values: "1, 2", lambda: check_poses(*PATTERNS[0])),
    ],
)
def test_a_picture_of_something_else_is_noticed(
    name: str, fault: object, check: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    check()
    monkeypatch.setattr(pictures, name, fault)
    with pytest.raises((AssertionError, ValueError)):
        check()


@pytest.mark.parametrize(
    "figure", [lambda: pictures.poses(*PATTERNS[0]), lambda: pictures.tuned(*THREE)]
)
def test_the_pictures_of_the_page_fit_a_phone(figure: Callable[[], Figure]) -> None:
    assert figure().get_size_inches()[0] * 96 <= 506
