"""The pictures of convolution show what the literal definition computes."""

from collections.abc import Callable, Iterator

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from cnnref import literal
from cnnref.figures import convolution as pictures
from cnnref.figures.drawing import listed, number

SIGNALS = [
    ([1, 2, 3], [0, 1, 2]),
    ([1, -2, 3], [4, 1, 2]),
    ([5], [1, 2]),
    ([1, 2, 3, 4], [-1]),
    ([2, 0, 1, 4], [3, 1]),
]
IMAGES = [
    ([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 0], [0, 2]], (0, 0)),
    ([[1, 2, 3, 4], [0, 1, 0, 2], [5, 0, 1, 1]], [[1, 2], [3, 4]], (1, 2)),
    ([[1, 2, 3], [3, 1, 0]], [[2, 1]], (1, 0)),
]


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


def written(figure: Figure) -> dict[tuple[float, float], str]:
    """The words on a picture by row and column, to a tenth of a cell."""
    texts = figure.axes[0].texts
    return {
        (round(t.get_position()[1], 1), round(t.get_position()[0], 1)): t.get_text() for t in texts
    }


def rows(figure: Figure) -> list[list[str]]:
    """The words on a picture line by line, each line from left to right."""
    words = written(figure)
    lines = sorted({row for row, _ in words})
    return [[words[place] for place in sorted(words) if place[0] == line] for line in lines]


def row_named(figure: Figure, name: str, which: int = 0) -> list[str]:
    """What stands right of the row with this name."""
    return [line[1:] for line in rows(figure) if line[0] == name][which]


def shown(values: np.ndarray | list[int]) -> list[str]:
    return [number(value) for value in np.ravel(values)]


def check_sum(x: list[int], w: list[int], t: int) -> None:
    figure = pictures.sum_at(x, w, t)
    y = literal.convolve(x, w)
    products = [x[a] * w[t - a] for a in range(len(x)) if 0 <= t - a < len(w)]
    assert row_named(figure, "input") == shown(x)
    assert row_named(figure, "reversed kernel") == shown(w[::-1])
    assert [word for word in row_named(figure, "products") if word != "+"] == shown(products)
    assert sum(products) == y[t]
    assert row_named(figure, "output") == shown(y)
    assert row_named(figure, "sum") == shown(y)
    for value in (*x, *w, *products, *y):
        assert number(value).replace("\N{MINUS SIGN}", "-") in plain(figure)
    assert listed(y) in plain(figure)


def plain(figure: Figure) -> str:
    return str(figure.get_label()).replace("\N{MINUS SIGN}", "-")


@pytest.mark.parametrize(("x", "w"), SIGNALS)
def test_the_sum_at_each_place_is_that_of_the_definition(x: list[int], w: list[int]) -> None:
    for t in range(len(x) + len(w) - 1):
        check_sum(x, w, t)
        plt.close("all")


@pytest.mark.parametrize(("x", "w"), SIGNALS)
def test_matched_cells_stand_under_each_other(x: list[int], w: list[int]) -> None:
    t = len(x) // 2
    figure = pictures.sum_at(x, w, t)
    words = written(figure)
    (input_row, first) = min(place for place, text in words.items() if text == "input")
    (kernel_row, _) = min(place for place, text in words.items() if text == "reversed kernel")
    left = min(column for row, column in words if row == input_row and column > first)
    for a, value in enumerate(x):
        assert words[input_row, round(left + a, 1)] == number(value)
        if 0 <= t - a < len(w):
            assert words[kernel_row, round(left + a, 1)] == number(w[t - a])


@pytest.mark.parametrize(("x", "w"), SIGNALS)
def test_the_long_product_adds_up_to_the_output(x: list[int], w: list[int]) -> None:
    figure = pictures.sum_at(x, w, 0)
    lines = [line for line in written(figure).items() if line[1].endswith("times kernel")]
    sums: dict[float, float] = {}
    for (row, _), _ in lines:
        for (other, column), text in written(figure).items():
            if other == row and not text.endswith("times kernel"):
                sums[column] = sums.get(column, 0) + float(text.replace("\N{MINUS SIGN}", "-"))
    assert len(lines) == len(x)
    assert [sums[column] for column in sorted(sums)] == list(literal.convolve(x, w))


def check_sliding(x: list[int], w: list[int], places: list[int]) -> None:
    figure = pictures.sliding(x, w, places)
    y, edge = literal.convolve(x, w), len(w) - 1
    wide = [0] * edge + x + [0] * edge
    for which, t in enumerate(places):
        seen, taps = wide[t : t + len(w)], w[::-1]
        terms = " + ".join(f"{number(i)}·{number(b)}" for i, b in zip(seen, taps, strict=True))
        assert row_named(figure, f"t = {t}") == [f"{terms} = {number(y[t])}"]
        assert row_named(figure, "input", which) == shown(wide)
        assert row_named(figure, "output so far", which) == shown(y[: t + 1])
        assert f"At place {t}: " in plain(figure)
        assert f"is {y[t]:g}; the output so far is {listed(y[: t + 1])}." in plain(figure)


@pytest.mark.parametrize(("x", "w"), SIGNALS)
def test_the_sliding_kernel_gives_the_output_one_by_one(x: list[int], w: list[int]) -> None:
    check_sliding(x, w, [0, len(x) - 1, len(x) + len(w) - 2][: 1 + len(x)])


def test_the_kernel_stands_over_the_padding_that_the_sum_reads() -> None:
    figure = pictures.sliding([1, 2, 3], [0, 1, 2], [4])
    words = written(figure)
    kernel_row = next(row for (row, _), text in words.items() if text == "reversed kernel")
    columns = [column for row, column in words if row == kernel_row][1:]
    under = [words[kernel_row - 1, column] for column in columns]
    assert under == ["3", "0", "0"]
    hatched = [patch for patch in figure.axes[0].patches if patch.get_hatch()]
    assert len(hatched) == 2 * (3 - 1)


def table(figure: Figure, name: str, shape: tuple[int, ...], which: int = 0) -> np.ndarray:
    """The numbers of this shape under the given name, the which-th from the top."""
    words = written(figure)
    top, middle = sorted(place for place, text in words.items() if text == name)[which]
    left = middle - shape[1] / 2 + 0.5
    places = np.ndindex(shape)
    found = [words[round(top + 0.9 + i, 1), round(left + j, 1)] for i, j in places]
    return np.array([float(text.replace("\N{MINUS SIGN}", "-")) for text in found]).reshape(shape)


def check_flip(x: list[list[int]], w: list[list[int]], place: tuple[int, int]) -> None:
    figure = pictures.flip_or_not(x, w, place)
    turned = np.rot90(w, 2)
    looks = ((turned, literal.convolve(x, w, "valid")), (np.array(w), literal.correlate(x, w)))
    for which, (used, y) in enumerate(looks):
        assert np.array_equal(table(figure, "input", np.shape(x), which), x)
        assert np.array_equal(table(figure, "kernel", used.shape, which), used)
        assert np.array_equal(table(figure, "output", y.shape, which), y)
        sums = [line[0] for line in rows(figure) if " = " in line[0]]
        assert sums[which].endswith(f" = {y[place]:g}")
        assert sums[which] in plain(figure)
        assert f"entry {place} is" in plain(figure)
        assert f"output {listed(y)}." in plain(figure)


@pytest.mark.parametrize(("x", "w", "place"), IMAGES)
def test_both_operations_stand_with_their_own_kernel_and_output(
    x: list[list[int]], w: list[list[int]], place: tuple[int, int]
) -> None:
    check_flip(x, w, place)


def test_the_written_sum_is_the_one_at_the_marked_place() -> None:
    x, w, place = IMAGES[1]
    lines = [line[0] for line in rows(pictures.flip_or_not(x, w, place)) if "=" in line[0]]
    assert lines == ["0·4 + 2·3 + 1·2 + 1·1 = 9", "0·1 + 2·2 + 1·3 + 1·4 = 11"]


def check_looking(x: list[list[int]], w: list[list[int]], place: tuple[int, int]) -> None:
    figure = pictures.looking(x, w, place)
    y = literal.correlate(x, w)
    for name, values in (("input", np.array(x)), ("kernel", np.array(w)), ("output", y)):
        assert np.array_equal(table(figure, name, values.shape), values)
        assert listed(values) in plain(figure)
    window = np.array(x)[place[0] :, place[1] :][: len(w), : len(w[0])]
    assert f"Output entry {place} is {y[place]:g}" in plain(figure)
    assert plain(figure).endswith(f"the window {listed(window)}.")


@pytest.mark.parametrize(("x", "w", "place"), IMAGES)
def test_the_window_looked_at_gives_the_marked_output(
    x: list[list[int]], w: list[list[int]], place: tuple[int, int]
) -> None:
    check_looking(x, w, place)


def wrong(x: list[int], w: list[int], mode: str = "full") -> np.ndarray:
    """A convolution that forgets to flip, or a correlation that flips."""
    return literal.convolve(x, np.flip(w), mode)


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("convolve", lambda: check_sum([1, 2, 3], [0, 1, 2], 3)),
        ("convolve", lambda: check_sliding([1, 2, 3], [0, 1, 2], [0, 2, 4])),
        ("convolve", lambda: check_flip(*IMAGES[0])),
        ("flip", lambda: check_sum([1, 2, 3], [0, 1, 2], 3)),
        ("flip", lambda: check_sliding([1, 2, 3], [0, 1, 2], [0, 2, 4])),
        ("flip", lambda: check_flip(*IMAGES[0])),
        ("correlate", lambda: check_flip(*IMAGES[0])),
        ("correlate", lambda: check_looking([[1, 2, 3], [4, 5, 6]], [[1, 2]], (0, 1))),
    ],
)
def test_a_picture_of_the_wrong_operation_is_noticed(
    name: str, check: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    check()
    planted = {
        "convolve": wrong,
        "correlate": lambda x, w: literal.convolve(x, w, "valid"),
        "flip": np.asarray,
    }
    monkeypatch.setattr(pictures, name, planted[name])
    with pytest.raises(AssertionError):
        check()


@pytest.mark.parametrize(
    "figure",
    [
        lambda: pictures.sum_at([1, 2, 3], [0, 1, 2], 3),
        lambda: pictures.sliding([1, 2, 3], [0, 1, 2], [0, 2, 4]),
        lambda: pictures.flip_or_not(*IMAGES[0]),
        lambda: pictures.looking(np.eye(5), np.eye(3), (1, 1)),
    ],
)
def test_the_pictures_of_the_pages_fit_a_phone(figure: Callable[[], Figure]) -> None:
    assert figure().get_size_inches()[0] * 72 <= 468
