"""The pictures of tensors show the numbers, shapes and places of the tensors they are given."""

from collections.abc import Callable, Iterator

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from cnnref.figures import tensors as pictures
from cnnref.figures.drawing import listed
from cnnref.figures.palette import INK, KERNEL
from tests.figures.reading import cells, label, values, words

TENSORS = [
    np.array(5),
    np.array([1, 2, 3]),
    np.array([[1, 2, 3], [4, 5, 6]]),
    np.arange(1, 13).reshape(2, 2, 3),
]
DRAFT = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
WEIGHTS = np.arange(24).reshape(2, 3, 2, 2)


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


def check_orders(tensors: list[np.ndarray]) -> None:
    figure = pictures.orders(*tensors)
    assert sorted(values(figure, INK)) == sorted(value for t in tensors for value in t.flat)
    for t in tensors:
        assert f"order {t.ndim}" in words(figure)
        assert str(t.shape) in words(figure)
        rows = np.atleast_1d(t).reshape(-1, t.shape[-1] if t.ndim else 1)
        assert f"Order {t.ndim}, shape {t.shape}: " in label(figure)
        for row in rows:
            assert listed(row) in label(figure)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_each_order_shows_its_numbers_and_its_shape(count: int) -> None:
    check_orders(TENSORS[:count])


@pytest.mark.parametrize("t", TENSORS)
def test_the_cells_of_a_tensor_read_as_its_rows(t: np.ndarray) -> None:
    figure = pictures.orders(t)
    drawn = values(figure, INK)
    tables = t if t.ndim == 3 else [np.atleast_2d(t)]
    assert drawn == list(np.hstack(list(tables)).flat)


def test_shapes_stand_under_their_tensors() -> None:
    figure = pictures.orders(*TENSORS)
    (axes,) = figure.axes
    at = {text.get_text(): text.get_position() for text in axes.texts}
    for t in TENSORS:
        above, under = at[f"order {t.ndim}"], at[str(t.shape)]
        rows = t.shape[-2] if t.ndim > 1 else 1
        assert above[0] == under[0]
        assert under[1] - above[1] == pytest.approx(rows + 1)


def test_a_tensor_of_order_four_is_refused() -> None:
    with pytest.raises(ValueError, match="orders: tensors must have order 3 at most; got order 4"):
        pictures.orders(WEIGHTS)


def check_indexed(t: list[list[int]], i: int, j: int) -> None:
    figure = pictures.indexed(t, i, j)
    table = cells(figure, INK)
    assert [cell.value for cell in table] == [value for row in t for value in row]
    (marked,) = [cell for cell in table if cell.selected]
    assert marked.value == t[i - 1][j - 1]
    corner = table[0]
    ruler = rulers(figure)
    down, right = marked.row - corner.row, marked.column - corner.column
    assert ruler["left"][round(down)] == str(i)
    assert ruler["above"][round(right)] == str(j)
    assert ruler["right"][round(down)] == str(i - 1)
    assert ruler["below"][round(right)] == str(j - 1)
    assert f"book: row {i}, column {j}; Python: t[{i - 1}, {j - 1}]" in words(figure)
    assert label(figure).endswith(f"in Python: it is {t[i - 1][j - 1]}.")
    assert listed(np.array(t)) in label(figure)


def rulers(figure: Figure) -> dict[str, list[str]]:
    """The place numbers on each side of the table, in order."""
    table = cells(figure, INK)
    top, bottom = table[0].row, table[-1].row + 1
    left, right = table[0].column, table[-1].column + 1
    digits = [
        (*text.get_position(), text.get_text())
        for text in figure.axes[0].texts
        if text.get_text().isdigit()
    ]
    return {
        "above": [text for x, y, text in sorted(digits) if y < top],
        "below": [text for x, y, text in sorted(digits) if y > bottom],
        "left": [text for y, x, text in sorted((y, x, t) for x, y, t in digits) if x < left],
        "right": [text for y, x, text in sorted((y, x, t) for x, y, t in digits) if x > right],
    }


@pytest.mark.parametrize(("t", "i", "j"), [(DRAFT, 2, 3), (DRAFT, 1, 1), ([[1, 2], [3, 4]], 2, 1)])
def test_both_ways_of_counting_lead_to_the_entry(t: list[list[int]], i: int, j: int) -> None:
    check_indexed(t, i, j)


def test_the_first_place_in_the_book_is_one() -> None:
    ruler = rulers(pictures.indexed(DRAFT, 2, 3))
    assert ruler["above"] == ruler["left"] == ["1", "2", "3"]
    assert ruler["below"] == ruler["right"] == ["0", "1", "2"]


def check_kernels(w: np.ndarray, place: tuple[int, int, int, int]) -> None:
    figure = pictures.kernels(w, place)
    drawn = values(figure, KERNEL)
    assert drawn == list(np.vstack([np.hstack(list(row)) for row in w]).flat)
    (marked,) = [cell for cell in cells(figure, KERNEL) if cell.selected]
    assert marked.value == w[place]
    assert f"kernel, shape {w.shape}; w{list(place)} = {w[place]}" in words(figure)
    for f, c in np.ndindex(w.shape[:2]):
        said = f"To output channel {f}, from input channel {c}: {listed(w[f, c])}."
        assert said in label(figure)
    assert label(figure).endswith(f"Outlined: w{list(place)}, which is {w[place]}.")


@pytest.mark.parametrize(
    ("w", "place"),
    [
        (WEIGHTS, (1, 2, 0, 1)),
        (WEIGHTS, (0, 0, 1, 0)),
        (np.arange(9).reshape(1, 1, 3, 3), (0,) * 4),
    ],
)
def test_kernels_stand_by_output_and_input_channel(
    w: np.ndarray, place: tuple[int, int, int, int]
) -> None:
    check_kernels(w, place)


@pytest.mark.parametrize(
    ("name", "fault", "check"),
    [
        ("_tables", lambda t: np.zeros((1, 2, 3)), lambda: check_orders([TENSORS[2]])),
        ("order", lambda t: 1, lambda: check_orders([TENSORS[2]])),
        ("entry", lambda t, i, j: t[j - 1][i - 1], lambda: check_indexed(DRAFT, 2, 3)),
        ("listed", lambda values: "1, 2", lambda: check_orders([TENSORS[1]])),
        ("listed", lambda values: "1, 2", lambda: check_kernels(WEIGHTS, (1, 2, 0, 1))),
        ("number", lambda value: "7", lambda: check_kernels(WEIGHTS, (1, 2, 0, 1))),
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
        lambda: pictures.orders(*TENSORS),
        lambda: pictures.indexed(DRAFT, 2, 3),
        lambda: pictures.kernels(WEIGHTS, (1, 2, 0, 1)),
    ],
)
def test_the_pictures_of_the_page_fit_a_phone(figure: Callable[[], Figure]) -> None:
    assert figure().get_size_inches()[0] * 72 <= 468
