"""Ratios and growing lines stand where their logarithms are, and are told in words."""

from collections.abc import Callable, Iterator

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from cnnref.figures import benchmarks as pictures
from cnnref.figures import curves
from cnnref.figures.drawing import SELECTED
from cnnref.figures.palette import INK
from tests.figures.reading import label, words

NAMES, AUTO, NAMED = ["3x3", "1x1", "stem"], [2.0, 0.5, 1.0], [1.0, 0.5, 0.1]
SIZES = [1, 4, 16]
TIMES = {"cnnref": [1.0, 10, 100], "PyTorch": [2.0, 3, 4]}
MEMORY = {"cnnref": [0.5, 0.6, 0.7], "naive": [1.0, 50, 3000]}


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


def circles(figure: Figure) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Column and row of the full circles and of the empty ones, those of the key left out."""
    found: tuple[list[tuple[float, float]], ...] = ([], [])
    for line in figure.axes[0].lines:
        if line.get_marker() == "o":
            place = float(np.ravel(line.get_xdata())[0]), float(np.ravel(line.get_ydata())[0])
            found[line.get_markerfacecolor() == "none"].append(place)
    last = max(row for _, row in found[0])
    full, empty = ([place for place in places if place[1] < last] for places in found)
    return full, empty


def check_ratios() -> None:
    figure = pictures.ratios(NAMES, AUTO, NAMED)
    order = np.argsort(AUTO)
    for places, values in zip(circles(figure), (AUTO, NAMED), strict=True):
        columns = np.array([column for column, _ in sorted(places, key=lambda place: place[1])])
        logs = np.log10(np.array(values)[order])
        slope, start = np.polyfit([*logs, 0.0], [*columns, even(figure)], 1)
        assert slope > 0
        assert columns == pytest.approx(slope * logs + start)
    rows = [text.get_text() for text in figure.axes[0].texts if text.get_text() in NAMES]
    assert rows == ["1x1", "stem", "3x3"]
    assert {"faster", "slower", "auto", "best by name", "0.5", "1", "2"} <= set(words(figure))
    assert label(figure).endswith("1x1 0.5, by name 0.5; stem 1, by name 0.1; 3x3 2, by name 1.")


def even(figure: Figure) -> float:
    """The column of the line where both take as long."""
    (line,) = [
        line
        for line in figure.axes[0].lines
        if len(set(np.ravel(line.get_xdata()))) == 1 and line.get_linewidth() == 1.4
        and line.get_color() == INK
    ]  # fmt: skip
    return float(np.ravel(line.get_xdata())[0])


def test_ratios_stand_on_a_logarithmic_axis_the_lowest_first() -> None:
    check_ratios()


def check_growth() -> None:
    figure = pictures.growth("batch", SIZES, TIMES, MEMORY)
    marked = [line for line in figure.axes[0].lines if line.get_marker() not in ("None", "", None)]
    lines = [*TIMES.values(), *MEMORY.values()]
    for two, panel in ((marked[:2], lines[:2]), (marked[2:], lines[2:])):
        rows = np.concatenate([np.asarray(line.get_ydata(), float) for line in two])
        slope, start = np.polyfit(np.log10(np.concatenate(panel)), rows, 1)
        assert slope < 0
        assert rows == pytest.approx(slope * np.log10(np.concatenate(panel)) + start)
    for line in marked:
        columns = np.asarray(line.get_xdata(), float)
        assert (columns - columns[0]) / (columns[-1] - columns[0]) == pytest.approx([0, 0.5, 1])
    assert [line.get_linewidth() == SELECTED for line in marked] == [True, False, True, False]
    assert max(np.asarray(marked[0].get_ydata())) < min(np.asarray(marked[2].get_ydata()))
    assert "cnnref 1, 10, 100; PyTorch 2, 3, 4." in label(figure)
    assert label(figure).endswith("cnnref 0.5, 0.6, 0.7; naive 1, 50, 3000.")


def test_time_stands_above_memory_each_on_logarithmic_axes() -> None:
    check_growth()


@pytest.mark.parametrize(
    ("module", "name", "fault", "check"),
    [
        (curves, "_share", lambda logs: (10**logs - 1) / (10 ** logs[-1] - 1), check_growth),
        (curves, "_rows", lambda top, logs, low, high: top + 10.0**logs, check_growth),
        (pictures, "number", lambda value: "1", check_ratios),
        (pictures, "_mark", lambda *_, **__: None, check_ratios),
    ],
)
def test_a_picture_of_something_else_is_noticed(
    module: object,
    name: str,
    fault: object,
    check: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, name, fault)
    with pytest.raises((AssertionError, ValueError)):
        check()


@pytest.mark.parametrize(
    ("names", "auto"), [([], []), (["a"], []), (["a"], [0.0]), (["a", "b"], [1.0, -1.0])]
)
def test_ratios_that_are_none_are_refused(names: list[str], auto: list[float]) -> None:
    with pytest.raises(ValueError, match="ratios: "):
        pictures.ratios(names, auto, auto)


def test_the_pictures_of_the_page_fit_a_phone() -> None:
    for figure in (
        pictures.ratios(["audio, 9 taps, dilation 16"], [1], [1]),
        pictures.growth("batch", SIZES, TIMES, MEMORY),
    ):
        assert figure.get_size_inches()[0] * 72 <= 468.1
