"""The pictures of connections show who reads whom, and through which weight, counted by hand."""

from collections import Counter
from collections.abc import Callable, Iterator

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from cnnref import literal
from cnnref.figures import connectivity as pictures
from cnnref.figures.drawing import SELECTED
from cnnref.figures.palette import INPUT, KERNEL, OUTPUT, PADDING
from cnnref.window import Window
from tests.figures.reading import Cell, cells, label, words

Pair = tuple[int, int]
FANS: list[tuple[int, int, list[int], str, int, str]] = [
    (6, 3, [0, 2], "output", 1, "same"),
    (7, 3, [0, 1, 3], "input", 1, "valid"),
    (7, 3, [2, 3], "input", 2, "valid"),
    (5, 1, [1, 2], "input", 2, "valid"),
    (3, 2, [0, 3], "output", 1, "full"),
]


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


def reading(n: int, k: int, s: int, word: str) -> tuple[int, int, list[list[int]]]:
    """The padding before and after, and the places that each window covers, padding included."""
    places = -(-n // s)
    total = {"valid": 0, "full": 2 * (k - 1)}.get(word, max((places - 1) * s + k - n, 0))
    before, after = total // 2, total - total // 2
    starts = range(-before, n + after - k + 1, s)
    return before, after, [list(range(start, start + k)) for start in starts]


def rows(found: list[Cell]) -> list[list[Cell]]:
    """Cells row by row, from the top of the picture down."""
    tops = sorted({cell.row for cell in found})
    return [[cell for cell in found if cell.row == top] for top in tops]


def joined(lines: list[Line2D], above: list[Cell], below: list[Cell]) -> Counter[Pair]:
    """Which cell of the upper row these lines join with which of the lower row, by their texts."""
    upper = {round(cell.column + 0.5, 3): int(cell.value) for cell in above}
    lower = {round(cell.column + 0.5, 3): int(cell.value) for cell in below}
    found: Counter[Pair] = Counter()
    for line in lines:
        across, down = (np.asarray(data, float).reshape(-1, 3) for data in line.get_data())
        for (start, end, _), (top, bottom, _) in zip(across, down, strict=True):
            if (top, bottom) == pytest.approx((above[0].row + 1, below[0].row)):
                found[upper[round(start, 3)], lower[round(end, 3)]] += 1
    return found


def check_fan(n: int, k: int, places: list[int], of: str, s: int, word: str) -> None:
    figure = pictures.fan(n, k, places, of, stride=s, padding=word)
    before, after, taps = reading(n, k, s, word)
    wanted = Counter((j, i) for j, row in enumerate(taps) for i in row if 0 <= i < n)
    outputs, inputs = rows(cells(figure, OUTPUT)), rows(cells(figure, INPUT, PADDING))
    lines = list(figure.axes[0].lines)
    heavy = [line for line in lines if same_color(line.get_color(), KERNEL)]
    side = {"output": 0, "input": 1}[of]
    for place, above, below in zip(places, outputs, inputs, strict=True):
        assert [int(cell.value) for cell in above] == list(range(len(taps)))
        assert [int(cell.value) for cell in below] == list(range(-before, n + after))
        assert [cell.hatched for cell in below] == [
            not 0 <= i < n for i in range(-before, n + after)
        ]
        assert joined(lines, above, below) == wanted
        followed = {pair for pair in wanted if pair[side] == place}
        assert set(joined(heavy, above, below)) == followed
        for nth, row in enumerate((above, below)):
            ends = {pair[nth] for pair in followed} | ({place} if nth == side else set())
            assert {int(cell.value) for cell in row if cell.selected} == ends
        partners = sorted(pair[1 - side] for pair in followed)
        said = told(of, place, partners)
        assert said in words(figure)
        assert f"{said}." in label(figure)
    assert {"input", "kernel", "output"} <= set(words(figure))
    assert label(figure).startswith(f"{n} inputs, {len(taps)} outputs, kernel of {k}, stride {s}, ")


def told(of: str, place: int, partners: list[int]) -> str:
    verb, other = {"output": ("reads", "input"), "input": ("is read by", "output")}[of]
    if not partners:
        return f"{of.capitalize()} {place} {verb} no {other}"
    many = "s" if len(partners) > 1 else ""
    return f"{of.capitalize()} {place} {verb} {other}{many} {', '.join(map(str, partners))}"


@pytest.mark.parametrize(("n", "k", "places", "of", "s", "word"), FANS)
def test_the_heavy_lines_are_all_connections_of_one_place(
    n: int, k: int, places: list[int], of: str, s: int, word: str
) -> None:
    check_fan(n, k, places, of, s, word)


def test_an_output_stands_above_the_middle_of_its_window() -> None:
    figure = pictures.fan(7, 3, [0], "input", stride=2)
    above, below = cells(figure, OUTPUT), cells(figure, INPUT)
    assert [cell.column for cell in above] == [cell.column for cell in below[1:6:2]]


def test_an_input_that_no_output_reads_is_said_to_have_none() -> None:
    assert label(pictures.fan(5, 1, [1], "input", stride=2)).endswith(
        "Input 1 is read by no output."
    )


def weighted(n: int, k: int, tile: int) -> dict[str, np.ndarray]:
    """With which weight, counted from one, each layer multiplies which input: dots show it."""
    m = n - k + 1
    dots = np.eye(n)[:, np.newaxis]

    def numbered(kernels: int) -> np.ndarray:
        return np.arange(1.0, 1 + kernels * k).reshape(kernels, 1, 1, k)

    dense = np.arange(1.0, 1 + m * n).reshape(m, 1, n)
    return {
        "dense": literal.dense(dots, dense).T,
        "local": literal.locally_connected(dots, numbered(m))[:, 0].T,
        f"tiled, t = {tile}": literal.tiled_conv(dots, numbered(tile))[:, 0].T,
        "convolution": literal.conv(dots, numbered(1)[0])[:, 0].T,
    }


def boxes(figure: Figure) -> dict[tuple[float, float], int]:
    """The numbers of the weights, by the middle of the lower edge of their squares."""
    texts = {
        (round(t.get_position()[0], 3), round(t.get_position()[1], 3)): t.get_text()
        for t in figure.axes[0].texts
    }
    found = {}
    for patch in figure.axes[0].patches:
        assert isinstance(patch, Rectangle)
        if patch.get_width() == pictures.BOX:
            across, down = patch.get_x() + pictures.BOX / 2, patch.get_y()
            number = int(texts[round(across, 3), round(down + pictures.BOX / 2, 3)])
            found[round(across, 3), round(down + pictures.BOX, 3)] = number
    return found


def check_sharing(n: int, k: int, tile: int) -> None:
    figure = pictures.sharing(n, k, tile)
    numbers, lines = boxes(figure), list(figure.axes[0].lines)
    outputs, inputs = rows(cells(figure, OUTPUT)), rows(cells(figure, INPUT))
    layers = weighted(n, k, tile)
    assert len(numbers) == len(lines) == sum(np.count_nonzero(table) for table in layers.values())
    for (name, table), above, below in zip(layers.items(), outputs, inputs, strict=True):
        drawn, looks = np.zeros_like(table), dict[int, set[str]]()
        for line in lines:
            (start, end), (top, bottom) = (np.asarray(data, float) for data in line.get_data())
            if bottom != pytest.approx(below[0].row):
                continue
            number = numbers[round(float(start), 3), round(float(top), 3)]
            j = min(above, key=lambda cell: abs(cell.column + 0.5 - start)).value
            i = next(c.value for c in below if c.column + 0.5 == pytest.approx(end, abs=0.01))
            drawn[int(j), int(i)] = number + 1
            looks.setdefault(number, set()).add(look(line, number))
        np.testing.assert_array_equal(drawn, table)
        assert {len(one) for one in looks.values()} == {1}
        assert len({*map(str, looks.values())}) == min(len(looks), len(pictures.STYLES))
        sizes = f"{np.count_nonzero(table)} connections, {np.unique(table[table > 0]).size} weights"
        assert f"{name}: {sizes}" in words(figure)
        ways = [
            f"Output {j} reads "
            + ", ".join(f"input {i} through weight {w - 1:g}" for i, w in enumerate(row) if w)
            for j, row in enumerate(table)
        ]
        assert f"{name.capitalize()}: {sizes}. {'. '.join(ways)}." in label(figure)
    assert {"input", "kernel", "output"} <= set(words(figure))


def look(line: Line2D, number: int) -> str:
    """How a line is dashed; weight 0 is heavy and coloured, the others are not."""
    assert same_color(line.get_color(), KERNEL) == (number == 0)
    assert (line.get_linewidth() == SELECTED) == (number == 0)
    return str(vars(line)["_dash_pattern"])


@pytest.mark.parametrize(("n", "k", "tile"), [(5, 2, 2), (5, 3, 2), (4, 1, 3), (3, 3, 1)])
def test_every_line_starts_from_the_weight_that_the_layer_has_there(
    n: int, k: int, tile: int
) -> None:
    check_sharing(n, k, tile)


def late(window: Window, n: int, tile: int = 1) -> np.ndarray:
    """Tiles that repeat a kernel in a row: j // t in place of j mod t."""
    index = np.full((window.places(n), n), -1)
    for j in range(len(index)):
        index[j, j : j + window.kernel] = np.arange(window.kernel) + (j // tile) * window.kernel
    return index


@pytest.mark.parametrize(
    ("name", "fault", "check"),
    [
        ("weight_index", late, lambda: check_sharing(5, 2, 2)),
        (
            "pattern",
            lambda window, n: np.ones((1, window.places(n), n), bool),
            lambda: check_fan(*FANS[1]),
        ),
        (
            "windows",
            lambda n, k, s, word: (Window(k, s, before=0, after=2),),
            lambda: check_fan(*FANS[0]),
        ),
        ("_told", lambda of, place, partners: "Nothing.", lambda: check_fan(*FANS[0])),
        ("STYLES", ("-",) * 4, lambda: check_sharing(5, 2, 2)),
        ("_connected", lambda index: "Nothing.", lambda: check_sharing(5, 2, 2)),
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
        lambda: pictures.fan(6, 3, [0, 2], padding="same"),
        lambda: pictures.fan(7, 3, [0, 1, 3], "input"),
        lambda: pictures.sharing(5, 2),
    ],
)
def test_the_pictures_of_the_page_fit_a_phone(figure: Callable[[], Figure]) -> None:
    assert figure().get_size_inches()[0] * 96 * 0.7 <= 358
