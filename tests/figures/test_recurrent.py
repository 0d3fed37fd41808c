"""The pictures of recurrent convolution show every step as the formula gives it."""

from collections.abc import Callable, Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import same_color, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from cnnref import literal
from cnnref.figures import recurrent as pictures
from cnnref.figures.drawing import listed, number
from cnnref.figures.palette import INK, INPUT, KERNEL, OUTPUT, WRONG
from tests.figures.reading import cells, label, values, words

ROW, ONE, HALF, BACK = [0.0, 0, 16, 0, 0], [1.0], [0.5], [0.5, 0, 0.5]
NEIGHBOURS = np.array([[0.2, 0.2, 0.2], [0.2, 0, 0.2], [0.2, 0.2, 0.2]])
HALVES = np.where(np.add(*np.indices((9, 9))) < 9, 1, -1)
NOISY = np.where(np.random.default_rng(0).random((9, 9)) < 0.2, -HALVES, HALVES)


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


def same(x: np.ndarray, w: list[float]) -> np.ndarray:
    """A row correlated with a kernel of odd size, with zeros around it."""
    side = len(w) // 2
    return np.convolve(np.pad(x, side), w[::-1], "valid")


def check_unrolled(
    x: list[float], u: list[float], v: list[float], w: list[float], steps: int, phi: str
) -> None:
    figure = pictures.unrolled(x, u, v, w, steps=steps, activation=phi)
    bent: dict[str, Callable[[Any], Any]] = {
        "relu": lambda h: np.maximum(h, 0),
        "identity": np.asarray,
        "tanh": np.tanh,
    }
    assert values(figure, INPUT) == x
    assert values(figure, KERNEL) == [*u, *v, *w]
    hidden, outputs = cells(figure, INK), cells(figure, OUTPUT)
    y = np.zeros(len(x))
    for t in range(steps):
        h = bent[phi](same(np.array(x, float), u) + same(y, w))
        y = same(h, v)
        for row, drawn in ((h, hidden), (y, outputs)):
            shown = [cell.text for cell in drawn[t * len(x) : (t + 1) * len(x)]]
            assert shown == [number(float(f"{value:.6g}")) for value in row]
        assert f"hidden {listed(h)}; v gives estimate {listed(y)}." in label(figure)
        assert {f"hidden {t + 1}", f"estimate {t + 1}"} <= set(words(figure))
    assert len(hidden) == len(outputs) == steps * len(x)


@pytest.mark.parametrize(
    ("x", "u", "v", "w", "steps", "phi"),
    [
        (ROW, ONE, HALF, BACK, 3, "relu"),
        ([1, -2, 3], [1, 0, -1], [2], [1, 2, 3], 2, "relu"),
        ([1, -2, 3], [1, 0, -1], [1, 1, 0], [3], 2, "identity"),
        ([1, 0], [1], [1], [0.5], 1, "tanh"),
    ],
)
def test_every_row_is_that_of_the_formula(
    x: list[float], u: list[float], v: list[float], w: list[float], steps: int, phi: str
) -> None:
    check_unrolled(x, u, v, w, steps, phi)


def test_the_last_estimate_is_that_of_the_literal_layer() -> None:
    figure = pictures.unrolled(ROW, ONE, HALF, BACK, steps=3, activation="relu")
    kernels = ([[kernel]] for kernel in (ONE, HALF, BACK))
    y = literal.recurrent_conv([[ROW]], *kernels, steps=3, activation="relu")[:, 0, 0]
    assert values(figure, OUTPUT) == list(y.flat)


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_each_step_has_an_arrow_for_each_kernel_and_the_first_has_none_back(steps: int) -> None:
    figure = pictures.unrolled(ROW, ONE, HALF, BACK, steps=steps, activation="relu")
    said = words(figure)
    assert [said.count(name) for name in "uvw"] == [1 + steps, 1 + steps, steps]
    arrows = [p for p in figure.axes[0].patches if isinstance(p, FancyArrowPatch)]
    assert len(arrows) == 3 * steps - 1
    assert "kernels, the same in every step" in said


def runs(filled: list[bool]) -> str:
    """The filled columns as the alt text lists them."""
    found: list[list[int]] = []
    for column, full in enumerate(filled):
        if full and found and found[-1][-1] == column - 1:
            found[-1].append(column)
        elif full:
            found.append([column])
    parts = [f"{run[0]} to {run[-1]}" if len(run) > 1 else str(run[0]) for run in found]
    return ", ".join(parts) or "none"


def pixels(figure: Figure, colour: str) -> list[Rectangle]:
    """The pixels of the maps in this colour, in the order in which they were drawn."""
    found = [p for p in figure.axes[0].patches if isinstance(p, Rectangle)]
    return [p for p in found if same_color(to_rgba(p.get_edgecolor())[:3], colour)]


def check_refined(truth: np.ndarray, x: np.ndarray, w: np.ndarray, shown: list[int]) -> None:
    figure = pictures.refined(truth, x, [[0.5]], [[1]], w, shown=shown)
    y = literal.recurrent_conv([[x]], [[[[0.5]]]], [[[[1]]]], [[w]], steps=max(shown))[:, 0, 0]
    maps = {"input": x, **{f"estimate {t}": y[t - 1] for t in shown}}
    drawn, dashed = pixels(figure, INPUT) + pixels(figure, OUTPUT), pixels(figure, WRONG)
    for name, table in maps.items():
        panel, drawn = drawn[: table.size], drawn[table.size :]
        filled = [to_rgba(pixel.get_facecolor())[3] > 0 for pixel in panel]
        assert filled == list((table > 0).flat)
        wrong = [(i, j) for i, j in np.ndindex(table.shape) if table[i, j] * truth[i, j] <= 0]
        marks, dashed = dashed[: len(wrong)], dashed[len(wrong) :]
        for (i, j), mark in zip(wrong, marks, strict=True):
            under = panel[i * table.shape[1] + j]
            assert 0 < mark.get_x() - under.get_x() < under.get_width() - mark.get_width()
            assert 0 < mark.get_y() - under.get_y() < under.get_height() - mark.get_height()
        assert f"{name}: {len(wrong)} wrong" in words(figure)
        rows = "; ".join(runs(list(row > 0)) for row in table)
        places = " ".join(map(str, wrong))
        said = f"{rows}; {len(wrong)} wrong{f' at {places}' if wrong else ''}."
        assert f"{name.capitalize()}: {said}" in label(figure)
    assert not drawn
    assert not dashed


@pytest.mark.parametrize(
    ("truth", "x", "w", "shown"),
    [
        (HALVES, NOISY, NEIGHBOURS, [2, 4, 60]),
        (HALVES, HALVES, NEIGHBOURS, [1]),
        (HALVES[:3, 2:], NOISY[:3, 2:], -NEIGHBOURS, [1, 3]),
    ],
)
def test_a_map_shows_who_is_positive_and_who_is_wrong(
    truth: np.ndarray, x: np.ndarray, w: np.ndarray, shown: list[int]
) -> None:
    check_refined(truth, x, w, shown)


def test_a_surer_label_is_darker() -> None:
    figure = pictures.refined([[1, 1]], [[1, 3]], [[1]], [[1]], [[0]], shown=[1])
    faint, strong = (to_rgba(pixel.get_facecolor())[3] for pixel in pixels(figure, INPUT))
    assert faint < strong


@pytest.mark.parametrize(
    ("name", "fault", "check"),
    [
        (
            "recurrent_conv",
            lambda x, u, v, w, **options: literal.recurrent_conv(x, u, v, -w, **options),
            lambda: check_unrolled(ROW, ONE, HALF, BACK, 3, "relu"),
        ),
        (
            "conv",
            lambda x, w, padding: literal.conv(x, 2 * w, padding=padding),
            lambda: check_unrolled(ROW, ONE, HALF, BACK, 3, "relu"),
        ),
        (
            "recurrent_conv",
            lambda x, u, v, w, steps: literal.recurrent_conv(x, u, v, w, steps=steps)[::-1],
            lambda: check_refined(HALVES, NOISY, NEIGHBOURS, [2, 4]),
        ),
        ("_runs", lambda row: "0", lambda: check_refined(HALVES, NOISY, NEIGHBOURS, [2])),
        ("listed", lambda row: "0", lambda: check_unrolled(ROW, ONE, HALF, BACK, 2, "relu")),
    ],
)
def test_a_picture_of_something_else_is_noticed(
    name: str, fault: object, check: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    check()
    monkeypatch.setattr(pictures, name, fault)
    with pytest.raises(AssertionError):
        check()


@pytest.mark.parametrize(
    "figure",
    [
        lambda: pictures.unrolled(ROW, ONE, HALF, BACK, steps=3, activation="relu"),
        lambda: pictures.refined(HALVES, NOISY, [[0.5]], [[1]], NEIGHBOURS, shown=[2, 4, 60]),
    ],
)
def test_the_pictures_of_the_page_fit_a_phone(figure: Callable[[], Figure]) -> None:
    assert figure().get_size_inches()[0] * 72 <= 360
