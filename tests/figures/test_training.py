"""The pictures of the labs show the numbers they are given, and say all of them."""

from collections.abc import Iterator

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnnref.figures import training as pictures
from cnnref.figures.palette import OUTPUT, WRONG
from tests.figures.reading import label, words

TABLE = np.array([[5, 0, 2], [1, 4, 0], [0, 0, 6]])


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


def check_confusion(table: np.ndarray) -> None:
    """Read the table back from its words and outlines."""
    figure = pictures.confusion(table)
    (axes,) = figure.axes
    found = np.zeros_like(table)
    for text in axes.texts:
        j, i = (int(place) for place in text.get_position())
        found[i, j] = int(text.get_text())
    assert np.array_equal(found, TABLE)
    boxes = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    assert len(boxes) == np.count_nonzero(TABLE)
    for box in boxes:
        right = box.get_x() == box.get_y()
        assert same_color(box.get_edgecolor(), OUTPUT if right else WRONG)
        assert (box.get_linestyle() in ("-", "solid")) == right
    assert "0 taken for 2 2 times, 1 taken for 0 once." in label(figure)


def test_the_table_of_mistakes_has_each_count_in_its_row_and_column() -> None:
    check_confusion(TABLE)


def test_a_table_with_rows_and_columns_exchanged_is_noticed() -> None:
    with pytest.raises(AssertionError):
        check_confusion(TABLE.T)


def test_images_stand_in_their_order_on_one_scale_below_their_titles() -> None:
    images = np.arange(24).reshape(3, 2, 4)
    figure = pictures.gallery(images, 2, "Three images", titles=["a", "b", "c"])
    shown = [axes for axes in figure.axes if axes.images]
    assert [axes.get_title() for axes in shown] == ["a", "b", "c"]
    for axes, image in zip(shown, images, strict=True):
        assert np.array_equal(np.asarray(axes.images[0].get_array()), image)
        assert axes.images[0].get_clim() == (0, 23)
    assert label(figure) == "Three images: a; b; c."


def test_zero_is_the_middle_of_signed_images() -> None:
    figure = pictures.gallery([[[-1, 3]]], 1, "One", signed=True)
    assert figure.axes[0].images[0].get_clim() == (-3, 3)


def test_every_image_needs_its_title() -> None:
    with pytest.raises(ValueError, match="one title for each image; got 1 for 2"):
        pictures.gallery(np.zeros((2, 1, 1)), 2, "Two", titles=["a"])


def curves(figure: Figure) -> dict[str, np.ndarray]:
    """The values of the lines that a legend names, and of the wide one."""
    found = {}
    for line in figure.axes[0].lines:
        if len(np.atleast_1d(line.get_ydata())) > 2:
            found[str(line.get_label())] = np.asarray(line.get_ydata())
    return found


def test_each_run_is_a_line_of_its_own_shape() -> None:
    runs = np.array([[1.5, 0.5, 0.1], [2, 0.4, 0.2], [1, 1, 1], [3, 2, 1], [9, 8, 7]])
    figure = pictures.learning(runs)
    drawn = curves(figure)
    assert list(drawn) == ["0", "1", "2", "3", "4"]
    assert np.array_equal(np.array(list(drawn.values())), runs)
    marks = {line.get_marker() for line in figure.axes[0].lines}
    assert len(marks) == len(runs)
    assert "run 1: 2.000 at first, 0.200 at last" in label(figure)
    with pytest.raises(ValueError, match="two axes"):
        pictures.learning([1, 2])


def test_the_last_curve_is_the_wide_one_and_all_are_told() -> None:
    values: dict[str, list[float]] = {"left": [1, 2, 0.5], "right": [0, 2, 3], "both": [1, 2, 3]}
    figure = pictures.turning([-45, 0, 45], values, [0], "answer")
    drawn = [line for line in figure.axes[0].lines if len(np.atleast_1d(line.get_ydata())) == 3]
    assert {tuple(np.asarray(line.get_ydata())) for line in drawn} == {
        tuple(map(float, curve)) for curve in values.values()
    }
    (wide,) = (line for line in drawn if line.get_linewidth() > 4)
    assert np.array_equal(np.asarray(wide.get_ydata()), values["both"])
    assert "left: 1 at -45°, 2 at 0°, 0.5 at 45°" in label(figure)


def test_a_point_stands_at_its_parameters_and_mean_between_its_worst_and_best() -> None:
    figure = pictures.tradeoff(
        {"small": 100, "large": 10_000}, {"small": [0.9, 0.96], "large": [0.95, 0.97]}, 0.8
    )
    (axes,) = figure.axes
    points = {tuple(np.ravel(line.get_xydata()).round(6)) for line in axes.lines}
    assert {(100, 93), (10_000, 96)} <= points
    assert sorted(words(figure)) == ["large", "small"]
    assert "small: 100 parameters, 93.0% right (90.0% to 96.0%)" in label(figure)


def test_bars_are_as_long_as_the_shares_and_say_them() -> None:
    rates = {"one": (0.9, 0.4), "two": (0.5, 0.25)}
    figure = pictures.compared(rates, ("stays", "moved"))
    bars = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    assert [bar.get_width() for bar in bars] == pytest.approx([90, 40, 50, 25])
    assert [bool(bar.get_hatch()) for bar in bars] == [False, True] * 2
    assert words(figure) == ["stays 90%", "moved 40%", "stays 50%", "moved 25%"]
    assert label(figure) == "Right answers. one: stays 90%, moved 40%; two: stays 50%, moved 25%."


def test_the_pictures_fit_a_phone() -> None:
    drawn = [
        pictures.confusion(TABLE),
        pictures.learning([[1, 2]]),
        pictures.gallery(np.zeros((1, 2, 2)), 1, "One"),
        pictures.turning([0], {"a": [1]}, [], "b"),
        pictures.tradeoff({"a": 10}, {"a": [1]}, 0),
        pictures.compared({"a": (1, 1)}, ("b", "c")),
    ]
    assert all(figure.get_figwidth() * 96 <= 468 for figure in drawn)
