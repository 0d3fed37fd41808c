"""The pictures of padding show who reads whom, counted one connection at a time."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import product

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import same_color, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnnref import literal
from cnnref.figures import padding as pictures
from cnnref.figures.drawing import SELECTED, listed
from cnnref.figures.palette import INPUT, KERNEL, OUTPUT, PADDING
from cnnref.window import Window
from tests.figures.reading import cells, label, words

GRID = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
NETWORKS = [(16, 6, 4, "valid"), (16, 6, 3, "same"), (7, 3, 2, "valid"), (5, 2, 2, "full")]


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


def around(k: int, word: str) -> tuple[int, int]:
    """The zeros on each side at stride 1, from the meaning of the word."""
    total = {"valid": 0, "same": k - 1, "full": 2 * (k - 1)}[word]
    return total // 2, total - total // 2


def layer(n: int, k: int, word: str) -> list[list[int]]:
    """The real places that each output reads, one window after the other."""
    before, after = around(k, word)
    starts = range(-before, n + after - k + 1)
    return [[i for i in range(start, start + k) if 0 <= i < n] for start in starts]


def nodes(figure: Figure) -> list[list[tuple[float, bool]]]:
    """The places of each layer from the top down: where they stand, and whether they are real."""
    rows: dict[float, list[tuple[float, bool]]] = {}
    for patch in figure.axes[0].patches:
        assert isinstance(patch, Rectangle)
        middle = patch.get_x() + patch.get_width() / 2
        rows.setdefault(round(patch.get_y(), 3), []).append((middle, patch.get_hatch() is None))
    return [sorted(rows[row]) for row in sorted(rows)]


def segments(figure: Figure) -> Counter[tuple[float, ...]]:
    """The lines of a picture: from column and row to column and row."""
    found: Counter[tuple[float, ...]] = Counter()
    for line in figure.axes[0].lines:
        xs, ys = (np.asarray(data, float).reshape(-1, 3) for data in line.get_data())
        assert np.isnan(xs[:, 2]).all()
        for (x0, x1, _), (y0, y1, _) in zip(xs, ys, strict=True):
            found[tuple(round(float(end), 3) for end in (x0, y0, x1, y1))] += 1
    return found


def check_network(n: int, k: int, layers: int, word: str) -> None:
    figure = pictures.network(n, k, layers, word)
    sizes: list[int] = [n]
    reads: list[list[list[int]]] = []
    while len(reads) < layers and sizes[-1] + sum(around(k, word)) >= k:
        reads.append(layer(sizes[-1], k, word))
        sizes.append(len(reads[-1]))
    rows = nodes(figure)[::-1]
    before, after = around(k, word)
    for level, (row, size) in enumerate(zip(rows, sizes, strict=True)):
        zeros = (before, after) if level < len(reads) else (0, 0)
        real = [False] * zeros[0] + [True] * size + [False] * zeros[1]
        assert [is_real for _, is_real in row] == real
    heights = [0.6 + 0.8 * (len(reads) < layers) + pictures.STEP * left for left in range(9)]
    wanted: Counter[tuple[float, ...]] = Counter()
    for level, outputs in enumerate(reads):
        below = [at for at, real in rows[level] if real]
        above = [at for at, real in rows[level + 1] if real]
        up = heights[len(reads) - level - 1]
        for j, places in enumerate(outputs):
            for i in places:
                ends = (above[j], up, below[i], up + pictures.STEP)
                wanted[tuple(round(end, 3) for end in ends)] += 1
    assert segments(figure) == wanted
    assert [f"{size} place{'s' if size > 1 else ''}" in words(figure) for size in sizes]
    assert f"from the input up: {listed(sizes)}." in label(figure)
    ended = f"a kernel of {k} does not fit any more"
    assert (ended in words(figure)) == (ended in label(figure)) == (len(reads) < layers)
    assert {"input", "output", f"kernel of {k}"} <= set(words(figure))


@pytest.mark.parametrize(("n", "k", "layers", "word"), NETWORKS)
def test_a_line_joins_each_output_to_each_real_place_it_reads(
    n: int, k: int, layers: int, word: str
) -> None:
    check_network(n, k, layers, word)


def test_the_heavy_lines_are_one_kernel_for_each_layer() -> None:
    figure = pictures.network(16, 6, 3, "same")
    heavy = [line for line in figure.axes[0].lines if same_color(line.get_color(), KERNEL)]
    assert [np.asarray(line.get_xdata()).size // 3 for line in heavy] == [6, 6, 6]


def test_the_book_s_network_shrinks_from_sixteen_to_one() -> None:
    said = words(pictures.network(16, 6, 4))
    assert [each for each in said if "place" in each] == [
        "16 places",
        "11 places",
        "6 places",
        "1 place",
    ]


def check_framed(x: np.ndarray, k: int, paddings: list[str]) -> None:
    figure = pictures.framed(x, k, paddings)
    table, outputs = cells(figure, INPUT, PADDING), cells(figure, OUTPUT)
    corners = [p for p in figure.axes[0].patches if p.get_linewidth() == SELECTED]
    corners = [p for p in corners if same_color(p.get_edgecolor(), KERNEL)]
    for word, corner in zip(paddings, corners, strict=True):
        wide = np.pad(x, around(k, word))
        real = np.pad(np.ones(x.shape, bool), around(k, word))
        panel, table = table[: wide.size], table[wide.size :]
        assert [cell.value for cell in panel] == list(wide.flat)
        assert [cell.hatched for cell in panel] == list((~real).flat)
        assert isinstance(corner, Rectangle)
        assert (corner.get_width(), corner.get_height()) == (k, k)
        assert (corner.get_y(), corner.get_x()) == pytest.approx((panel[0].row, panel[0].column))
        y = literal.correlate(wide, np.ones((k, k)))
        made, outputs = outputs[: y.size], outputs[y.size :]
        assert [cell.value for cell in made] == list(y.flat)
        assert [cell.selected for cell in made] == [True] + [False] * (y.size - 1)
        size = " by ".join(map(str, wide.shape))
        assert f'"{word}", {size} places: a kernel of {k} by {k} ones gives {listed(y)}.' in label(
            figure
        )
    assert not table
    assert not outputs


@pytest.mark.parametrize(
    ("x", "k"), [(GRID, 3), (GRID, 2), (GRID[:2] - 5, 2), (np.array([[7, 8]]), 1)]
)
def test_a_grid_stands_in_its_zeros_beside_what_comes_of_it(x: np.ndarray, k: int) -> None:
    check_framed(x, k, ["same", "full"])
    check_framed(x, k, ["valid"] if min(x.shape) >= k else ["full"])


def check_visits(n: int, k: int, of: str) -> None:
    figure = pictures.visits(n, k, of)
    colour = {"input": INPUT, "output": OUTPUT}[of]
    drawn = sorted(cells(figure, colour), key=lambda cell: (cell.column, cell.row))
    for word in ("valid", "same", "full"):
        reads = layer(n, k, word)
        pairs = Counter(
            (i, j) if of == "input" else (p, q)
            for (p, rows), (q, columns) in product(enumerate(reads), repeat=2)
            for i in rows
            for j in columns
        )
        size = n if of == "input" else len(reads)
        counts = np.array([[pairs[i, j] for j in range(size)] for i in range(size)])
        panel, drawn = drawn[: counts.size], drawn[counts.size :]
        assert [cell.value for cell in panel] == list(counts.T.flat)
        assert f"Padding {word}: {listed(counts)}." in label(figure)
        assert f"{of}, {word}" in words(figure)
    assert not drawn


@pytest.mark.parametrize("of", ["input", "output"])
@pytest.mark.parametrize(("n", "k"), [(5, 3), (4, 2), (3, 1)])
def test_each_cell_says_how_many_read_it_or_how_many_it_reads(n: int, k: int, of: str) -> None:
    check_visits(n, k, of)


def test_higher_counts_are_darker() -> None:
    figure = pictures.visits(5, 3)
    squares = [p for p in figure.axes[0].patches if isinstance(p, Rectangle)]
    shades = {}
    for cell in cells(figure, INPUT):
        (square,) = [
            p
            for p in squares
            if (round(p.get_y(), 2), round(p.get_x(), 2)) == (cell.row, cell.column)
        ]
        *_, shades[cell.value] = to_rgba(square.get_facecolor())
    assert [shades[count] for count in sorted(shades)] == sorted(shades.values())


def skewed(n: int, k: int, s: int, word: str) -> tuple[Window, ...]:
    """The spare zero on the other side, and no zeros for "full"."""
    before, after = around(k, word) if word != "full" else (k - 1, 0)
    return (Window(k, s, before=after, after=before),)


@pytest.mark.parametrize(
    ("name", "fault", "check"),
    [
        ("windows", skewed, lambda: check_network(16, 6, 3, "same")),
        ("windows", skewed, lambda: check_visits(4, 2, "input")),
        (
            "pattern",
            lambda window, n: np.ones((1, window.places(n), n)),
            lambda: check_network(*NETWORKS[2]),
        ),
        (
            "pattern",
            lambda window, n: np.zeros((1, window.places(n), n), int),
            lambda: check_visits(5, 3, "input"),
        ),
        (
            "pad",
            lambda x, sides: np.pad(x, sides, constant_values=1),
            lambda: check_framed(GRID, 3, ["same"]),
        ),
        (
            "conv",
            lambda x, w, padding: np.zeros((1, 1, 3, 3)),
            lambda: check_framed(GRID, 3, ["same"]),
        ),
        ("listed", lambda table: "1, 2", lambda: check_framed(GRID, 3, ["same"])),
        ("listed", lambda table: "1, 2", lambda: check_network(*NETWORKS[0])),
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
        lambda: pictures.network(16, 6, 4),
        lambda: pictures.network(16, 6, 3, "same"),
        lambda: pictures.framed(GRID, 3),
        lambda: pictures.visits(5, 3),
        lambda: pictures.visits(5, 3, of="output"),
    ],
)
def test_the_pictures_of_the_page_fit_a_phone(figure: Callable[[], Figure]) -> None:
    assert figure().get_size_inches()[0] * 72 <= 468.1
