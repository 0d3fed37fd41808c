"""The pictures of effective fields show sums over ways, found by powers and by literal layers."""

from collections.abc import Callable, Iterator, Sequence
from math import sqrt

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import same_color, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnnref import literal
from cnnref.figures import effective_fields as pictures
from cnnref.figures.drawing import listed
from cnnref.figures.palette import INPUT
from tests.figures.reading import label, words


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


def powers(kernel: Sequence[int], layers: int) -> np.ndarray:
    """The coefficients of a polynomial, multiplied by itself."""
    return np.asarray((np.poly1d(list(kernel)[::-1]) ** layers).coeffs[::-1])


def check_influence(kernel: list[int], depths: list[int]) -> None:
    figure = pictures.influence(kernel, depths)
    rows: dict[float, list[Rectangle]] = {}
    for patch in figure.axes[0].patches:
        assert isinstance(patch, Rectangle)
        rows.setdefault(round(patch.get_y(), 3), []).append(patch)
    curves = figure.axes[0].lines
    single = np.arange(len(kernel))
    variance = np.average(single**2, weights=kernel) - np.average(single, weights=kernel) ** 2
    for layers, foot, curve in zip(depths, sorted(rows), curves, strict=True):
        ways, bars = powers(kernel, layers), sorted(rows[foot], key=Rectangle.get_x)
        heights = np.array([-bar.get_height() for bar in bars])
        np.testing.assert_allclose(heights * ways.sum() / heights.sum(), ways)
        spread = sqrt(layers * variance)
        top = float(foot - np.asarray(curve.get_ydata(), float).min())
        wanted = ways.sum() / sqrt(2 * np.pi) / spread
        assert top / heights.sum() == pytest.approx(wanted / ways.sum(), rel=0.02)
        assert max(top, heights.max()) <= pictures.BARS + 1e-9
        name = f"{layers} layer{'s' if layers > 1 else ''}"
        title = f"{name}: {len(ways)} places, spread {spread:.2f}"
        assert title in words(figure)
        told = f"{name}, {len(ways)} places, spread {spread:.2f}: {listed(ways)}."
        assert told in label(figure)
        assert len(ways) > 9 or [f"{way:g}" in words(figure) for way in ways]


@pytest.mark.parametrize(
    ("kernel", "depths"), [([1, 1, 1], [1, 2, 4, 8]), ([1, 1], [2, 5]), ([1, 2], [1, 3])]
)
def test_a_bar_is_as_high_as_there_are_ways(kernel: list[int], depths: list[int]) -> None:
    check_influence(kernel, depths)


def check_weighed(kernel: list[int], layers: int) -> None:
    figure = pictures.weighed(kernel, layers)
    once = powers(kernel, layers)
    taps = np.outer(kernel, kernel)[np.newaxis, np.newaxis]
    y = np.eye(once.size**2).reshape(-1, 1, once.size, once.size)
    for _ in range(layers):
        y = literal.conv(y, taps)
    table = y.reshape(once.size, once.size)
    pixels = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    assert words(figure)[1:] == [f"{value:g}" for value in table.flat]
    shades = [to_rgba(pixel.get_facecolor())[3] for pixel in pixels]
    assert list(np.argsort(shades, kind="stable")) == list(np.argsort(table.flat, kind="stable"))
    assert words(figure)[0].startswith("input")
    assert all(same_color(pixel.get_edgecolor(), INPUT) for pixel in pixels)
    assert label(figure).endswith(f"how much each counts for one output: {listed(table)}.")


@pytest.mark.parametrize(("kernel", "layers"), [([1, 1, 1], 3), ([1, 2], 2), ([1], 2)])
def test_each_pixel_says_what_it_adds_to_the_output(kernel: list[int], layers: int) -> None:
    check_weighed(kernel, layers)


@pytest.mark.parametrize(
    ("name", "fault", "check"),
    [
        ("_ways", lambda w, layers: np.ones(2 * layers + 1), lambda: check_influence([1] * 3, [2])),
        ("_ways", lambda w, layers: np.ones(5), lambda: check_weighed([1] * 3, 2)),
        ("_spread", lambda ways: len(ways) / 4, lambda: check_influence([1] * 3, [2])),
        ("listed", lambda values: "1", lambda: check_weighed([1] * 3, 2)),
        ("listed", lambda values: "1", lambda: check_influence([1] * 3, [2])),
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
        lambda: pictures.influence([1, 1, 1], [1, 2, 4, 8]),
        lambda: pictures.weighed([1, 1, 1], 3),
    ],
)
def test_the_pictures_of_the_page_fit_a_phone(figure: Callable[[], Figure]) -> None:
    assert figure().get_size_inches()[0] * 96 * 0.7 <= 358
