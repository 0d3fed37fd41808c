"""The pictures of variants show which weight sits where, and where each stamp falls."""

from collections.abc import Callable, Iterator
from itertools import product

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import same_color, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnnref import literal
from cnnref.figures import variants as pictures
from cnnref.figures.drawing import listed, number
from cnnref.figures.palette import INPUT, KERNEL, OUTPUT, PADDING
from tests.figures.reading import cells, label, values, words

SIGNAL, TILES = np.array([1, 2, 3, 4, 5]), np.array([[1, 1], [1, -1]])


@pytest.fixture(autouse=True)
def no_figure_stays() -> Iterator[None]:
    yield
    plt.close("all")


def plain(text: str) -> str:
    return text.replace("\N{MINUS SIGN}", "-")


def numbered(n: int, k: int, tile: int) -> dict[str, dict[tuple[int, int], int]]:
    """The weight on each connection (output, input), numbered in order of first use."""
    m = n - k + 1
    reads = [(j, a) for j in range(m) for a in range(k)]
    return {
        "convolution": {(j, j + a): a for j, a in reads},
        f"tiled by {tile}": {(j, j + a): j % tile * k + a for j, a in reads},
        "local": {(j, j + a): nth for nth, (j, a) in enumerate(reads)},
        "dense": {pair: nth for nth, pair in enumerate(product(range(m), range(n)))},
    }


def squares(figure: Figure, colour: str, width: float) -> list[Rectangle]:
    """The squares with an edge of this colour and width."""
    found = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    return [
        p for p in found if same_color(p.get_edgecolor(), colour) and p.get_linewidth() == width
    ]


def shade(square: Rectangle) -> float:
    *_, alpha = to_rgba(square.get_facecolor())
    return alpha


def check_sharing(n: int, k: int, tile: int) -> None:
    figure = pictures.sharing(n, k, tile)
    m, drawn = n - k + 1, cells(figure, KERNEL)
    panels: list[dict[tuple[int, int], int]] = [{}, {}, {}, {}]
    for cell in drawn:
        right = cell.column > pictures.EDGE + n - 0.5
        below = cell.row > 0.8 + 0.9 + m - 0.5
        left = pictures.EDGE + right * (n + pictures.GAP)
        top = 0.8 + 0.9 + below * (m + 1.3)
        place = round(cell.row - top), round(cell.column - left)
        panels[2 * below + right][place] = int(cell.value)
    wanted = numbered(n, k, tile)
    assert panels == list(wanted.values())
    for name, table in wanted.items():
        count = len(set(table.values()))
        said = f"{name}, {count} weight{'s' if count > 1 else ''}"
        assert said in words(figure)
        rows = [[str(table.get((j, i), "none")) for i in range(n)] for j in range(m)]
        told = "; ".join(", ".join(row) for row in rows)
        assert f"{said[0].upper()}{said[1:]}: {told}." in label(figure)
    assert {"row: output", "column: input", "number: weight"} <= set(words(figure))
    empty = [
        p for p in figure.axes[0].patches if isinstance(p, Rectangle) and p.get_linewidth() == 0.6
    ]
    assert len(empty) == sum(m * n - len(table) for table in wanted.values())
    assert all(same_color(to_rgba(p.get_edgecolor())[:3], PADDING) for p in empty)


@pytest.mark.parametrize(
    ("n", "k", "tile"), [(5, 2, 2), (4, 2, 2), (6, 3, 3), (3, 3, 1), (4, 1, 2)]
)
def test_each_cell_says_which_weight_sits_there(n: int, k: int, tile: int) -> None:
    check_sharing(n, k, tile)


def test_each_kernel_of_a_tile_has_a_shade_of_its_own() -> None:
    figure = pictures.staircase(SIGNAL, TILES)
    shades = [shade(square) for square in squares(figure, KERNEL, 1)]
    assert shades[:2] == shades[4:6] != shades[2:4] == shades[6:8]
    assert len(set(shades)) == 2


def check_staircase(x: np.ndarray, w: np.ndarray) -> None:
    figure = pictures.staircase(x, w)
    y = literal.tiled_conv([[x]], w[:, None, None])[0, 0]
    k = w.shape[1]
    assert values(figure, INPUT) == list(x)
    assert values(figure, OUTPUT) == list(y)
    first, *_ = cells(figure, INPUT)
    taps, outputs = cells(figure, KERNEL), cells(figure, OUTPUT)
    assert len(taps) == k * y.size
    for j in range(y.size):
        line = taps[j * k : (j + 1) * k]
        assert [round(tap.column - first.column) for tap in line] == list(range(j, j + k))
        assert [tap.value for tap in line] == list(w[j % len(w)])
        assert {tap.row for tap in line} == {outputs[j].row}
        pairs = zip(x[j : j + k], w[j % len(w)], strict=True)
        terms = " + ".join(f"{value}·{tap}" for value, tap in pairs)
        said = f"Output {j}, kernel {j % len(w)}: {terms} = {number(y[j])}."
        assert plain(said) in plain(label(figure))
    kernels = [said for said in words(figure) if said.startswith("kernel ")]
    assert kernels == [f"kernel {j % len(w)}" for j in range(y.size)]
    assert {"input", "output"} <= set(words(figure))


@pytest.mark.parametrize(
    ("x", "w"),
    [
        (SIGNAL, TILES),
        (SIGNAL - 3, TILES[:1]),
        (SIGNAL, np.array([[2], [0], [-1]])),
        (SIGNAL[:3], np.array([[1, 2, 3], [4, 5, 6]])),
    ],
)
def test_each_kernel_lies_where_it_reads(x: np.ndarray, w: np.ndarray) -> None:
    check_staircase(x, w)


def check_stamps(y: np.ndarray, w: np.ndarray, s: int) -> None:
    figure = pictures.stamps(y, w, s)
    x = np.zeros((len(y) - 1) * s + len(w))
    for j, a in product(range(len(y)), range(len(w))):
        x[j * s + a] += y[j] * w[a]
    assert values(figure, INPUT) == list(y)
    outputs, kernel = cells(figure, OUTPUT), cells(figure, KERNEL)
    assert [cell.value for cell in outputs] == list(x)
    assert [cell.value for cell in kernel[: len(w)]] == list(w)
    for j, value in enumerate(y):
        stamp = kernel[(j + 1) * len(w) : (j + 2) * len(w)]
        places = [round(cell.column - outputs[0].column) for cell in stamp]
        assert places == list(range(j * s, j * s + len(w)))
        assert [cell.value for cell in stamp] == list(value * w)
        said = f"{number(value)} stamps {listed(value * w)} from place {j * s} on."
        assert said in label(figure)
        assert f"{number(value)} \N{MULTIPLICATION SIGN} kernel" in words(figure)
    assert label(figure).endswith(f"Output, their sum: {listed(x)}.")
    assert {"input", "kernel", "output"} <= set(words(figure))


@pytest.mark.parametrize(
    ("y", "w", "s"),
    [
        ([2, 6, 4], [0.5, 1, 0.5], 2),
        ([3, 5], [1, 1], 1),
        ([1, 0, 2], [3], 2),
        ([1, 2], [1, 2, 3], 3),
    ],
)
def test_stamps_fall_a_stride_apart_and_add_up(y: list[int], w: list[float], s: int) -> None:
    check_stamps(np.array(y), np.array(w), s)


def check_coverage(m: int, sizes: list[int], s: int) -> None:
    figure = pictures.coverage(m, sizes, s)
    drawn = cells(figure, OUTPUT)
    for k in sizes:
        n = (m - 1) * s + k
        once = [sum(j * s <= i < j * s + k for j in range(m)) for i in range(n)]
        counts = np.outer(once, once)
        panel, drawn = drawn[: counts.size], drawn[counts.size :]
        assert [cell.value for cell in panel] == list(counts.flat)
        assert f"Kernels of {k} by {k}: {listed(counts)}." in label(figure)
        assert f"output, kernel {k} by {k}" in words(figure)
    assert not drawn


@pytest.mark.parametrize(("m", "sizes", "s"), [(3, [3, 4], 2), (2, [2], 2), (2, [1, 3], 1)])
def test_each_cell_says_how_many_stamps_fall_on_it(m: int, sizes: list[int], s: int) -> None:
    check_coverage(m, sizes, s)


def test_more_stamps_are_darker() -> None:
    figure = pictures.coverage(3, [3], 2)
    found = zip(values(figure, OUTPUT), squares(figure, OUTPUT, 1), strict=True)
    shades = {value: shade(square) for value, square in found}
    assert [shades[count] for count in (1, 2, 4)] == sorted(shades.values())
    assert len(set(shades.values())) == 3


@pytest.mark.parametrize(
    ("name", "fault", "check"),
    [
        (
            "weight_index",
            lambda window, n, tile=1: np.zeros((window.places(n), n), int),
            lambda: check_sharing(5, 2, 2),
        ),
        ("_indices", lambda n, k, t: _local_twice(n, k, t), lambda: check_sharing(5, 2, 2)),
        (
            "tiled_conv",
            lambda x, w: literal.tiled_conv(x, w[::-1]),
            lambda: check_staircase(SIGNAL, TILES),
        ),
        (
            "conv_transpose",
            lambda y, w, stride: literal.conv_transpose(y, np.flip(w, -1), stride=stride),
            lambda: check_stamps(np.array([1, 2]), np.array([1, 2, 3]), 3),
        ),
        (
            "conv_transpose",
            lambda y, w, stride: literal.conv_transpose(y, 2 * np.asarray(w), stride=stride),
            lambda: check_coverage(3, [3], 2),
        ),
        ("listed", lambda table: "1, 2", lambda: check_coverage(3, [3], 2)),
        ("written", lambda x, w: "1·2", lambda: check_staircase(SIGNAL, TILES)),
    ],
)
def test_a_picture_of_something_else_is_noticed(
    name: str, fault: object, check: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    check()
    monkeypatch.setattr(pictures, name, fault)
    with pytest.raises(AssertionError):
        check()


def _local_twice(n: int, k: int, tile: int) -> dict[str, np.ndarray]:
    """The tiled layer's table replaced by that of the local layer."""
    tables = {}
    for name, table in numbered(n, k, tile).items():
        tables[name] = np.full((n - k + 1, n), -1)
        for place, weight in table.items():
            tables[name][place] = weight
    return {**tables, f"tiled by {tile}": tables["local"]}


@pytest.mark.parametrize(
    "figure",
    [
        lambda: pictures.sharing(5, 2, tile=2),
        lambda: pictures.staircase(SIGNAL, TILES),
        lambda: pictures.stamps([2, 6, 4], [0.5, 1, 0.5], stride=2),
        lambda: pictures.coverage(3, [3, 4], stride=2),
    ],
)
def test_the_pictures_of_the_page_fit_a_phone(figure: Callable[[], Figure]) -> None:
    assert figure().get_size_inches()[0] * 72 <= 360
